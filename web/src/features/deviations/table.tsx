// SPDX-License-Identifier: Apache-2.0
// Deviations as a table: what, why, who asked, who decided, and what can be done now.
import { useInfiniteQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { problemFrom } from '../../api/client';
import { type DeviationFilters, deviationsQuery } from '../../api/owner';
import type { Deviation } from '../../api/types';
import { type Column, DataTable } from '../../ui/data-table';
import { ProblemNotice } from '../../ui/problem';
import { Loading } from '../../ui/states';
import { InstantText } from '../../ui/time';
import { Decide } from './decide';
import { useWhat } from './what';

function Person({ name, at }: { name: string | undefined; at: string | null }) {
  return (
    <>
      {name}
      {at && (
        <div className="quiet nowrap">
          <InstantText value={at} />
        </div>
      )}
    </>
  );
}

function useColumns(withInstance: boolean): Column<Deviation>[] {
  const { t } = useTranslation('deviations');
  const what = useWhat();
  const instance: Column<Deviation> = {
    key: 'instance',
    title: t('column.instance'),
    cell: (one) => (
      <>
        <Link className="nowrap" to={`/instances/${one.instance}`}>
          {one.subject?.label ?? one.process.name}
        </Link>
        {one.subject?.label && <div className="quiet">{one.process.name}</div>}
      </>
    ),
  };
  return [
    { key: 'what', title: t('column.what'), cell: what },
    ...(withInstance ? [instance] : []),
    { key: 'why', title: t('column.why'), cell: (one) => one.reason },
    {
      key: 'asked',
      title: t('column.asked'),
      cell: (one) => <Person name={one.requested_by?.name} at={one.requested_at} />,
    },
    {
      key: 'state',
      title: t('column.state'),
      cell: (one) => (
        <>
          <span className={`state state-${one.state}`}>{t(`state.${one.state}`)}</span>
          {one.comment && <div className="quiet">“{one.comment}”</div>}
        </>
      ),
    },
    {
      key: 'decided',
      title: t('column.decided'),
      cell: (one) =>
        one.state === 'requested' ? (
          <Decide deviation={one} />
        ) : (
          <Person name={one.decided_by?.name} at={one.decided_at} />
        ),
    },
  ];
}

interface Props {
  title: string;
  filters: DeviationFilters;
  empty: ReactNode;
  quietWhenEmpty?: boolean; // then nothing is shown at all
}

export function DeviationTable({ title, filters, empty, quietWhenEmpty }: Props) {
  const { t } = useTranslation('deviations');
  const pages = useInfiniteQuery(deviationsQuery(filters));
  const columns = useColumns(filters.instance === undefined);
  const rows = pages.data?.pages.flatMap(({ items }) => items) ?? [];
  if (quietWhenEmpty && rows.length === 0 && !pages.isError) return null;
  return (
    <section className="card" aria-label={title}>
      <div className="card-head">
        <h2>{title}</h2>
        <span className="tab-count">{pages.data?.pages[0]?.count ?? rows.length}</span>
      </div>
      {pages.isPending && <Loading />}
      {pages.isError && (
        <ProblemNotice problem={problemFrom(pages.error)} retry={() => pages.refetch()} />
      )}
      {pages.isSuccess && rows.length === 0 && <p className="empty-small">{empty}</p>}
      {rows.length > 0 && (
        <DataTable label={title} columns={columns} rows={rows} rowKey={({ id }) => id} />
      )}
      {pages.hasNextPage && (
        <p className="card-foot">
          <Button loading={pages.isFetchingNextPage} onClick={() => pages.fetchNextPage()}>
            {t('more')}
          </Button>
        </p>
      )}
    </section>
  );
}
