// SPDX-License-Identifier: Apache-2.0
// The instances of a process, newest first. What is chosen stands in the address:
// ?state=running&step=ConfirmOrder&version=2&suspended=1.
import { useInfiniteQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { problemFrom } from '../../api/client';
import { type InstanceFilters, instancePagesQuery } from '../../api/owner';
import type { InstanceEntry, Process } from '../../api/types';
import { type Column, DataTable } from '../../ui/data-table';
import { ProblemNotice } from '../../ui/problem';
import { Empty, Loading } from '../../ui/states';
import { SuspendedTag } from '../../ui/suspended';
import { formatInstant, InstantText } from '../../ui/time';
import { type Change, changed } from '../../ui/url';
import { ProcessFrame } from '../processes/frame';
import { stepKind } from '../processes/kind';
import { SuspendButton } from '../processes/suspend';
import { VersionChoice } from '../processes/version-choice';

const STATES = ['', 'running', 'incident', 'completed', 'cancelled', 'failed'] as const;
const NOBODY_WAITS = new Set(['gateway', 'start', 'end', 'subprocess']);

function filtersOf(parameters: URLSearchParams): InstanceFilters {
  return {
    state: parameters.get('state') ?? undefined,
    step: parameters.get('step') ?? undefined,
    version: Number(parameters.get('version')) || undefined,
    suspended: parameters.has('suspended') || undefined,
  };
}

function Filters({ process }: { process: Process }) {
  const { t } = useTranslation('owner');
  const { t: p } = useTranslation('process');
  const [parameters, setParameters] = useSearchParams();
  const { state, step, suspended } = filtersOf(parameters);
  const set = (change: Change) => setParameters(changed(parameters, change), { replace: true });
  return (
    <div className="choice-line">
      <nav className="tabs" aria-label={t('instances.states')}>
        {STATES.map((each) => (
          <Link
            key={each}
            replace
            to={{ search: `?${changed(parameters, { state: each })}` }}
            aria-current={each === (state ?? '') ? 'true' : undefined}
          >
            {each ? p(`state.${each}`) : t('instances.all')}
          </Link>
        ))}
      </nav>
      <label>
        {t('instances.step')}
        <select
          className="plain-select"
          value={step ?? ''}
          onChange={(event) => set({ step: event.target.value })}
        >
          <option value="">{t('instances.anyStep')}</option>
          {process.steps
            .filter(({ kind }) => !NOBODY_WAITS.has(stepKind(kind)))
            .map(({ key, name }) => (
              <option key={key} value={key}>
                {name}
              </option>
            ))}
        </select>
      </label>
      <VersionChoice process={process.key} />
      <label>
        <input
          type="checkbox"
          checked={suspended ?? false}
          onChange={(event) => set({ suspended: event.target.checked ? '1' : undefined })}
        />
        {t('instances.onlySuspended')}
      </label>
    </div>
  );
}

function useNameOf(): (instance: InstanceEntry) => string {
  const { t, i18n } = useTranslation('owner');
  return ({ subject, started_at }) =>
    subject?.label ?? t('instances.unnamed', { at: formatInstant(started_at, i18n.language) });
}

function useColumns(): Column<InstanceEntry>[] {
  const { t } = useTranslation('owner');
  const { t: p } = useTranslation('process');
  const nameOf = useNameOf();
  return [
    {
      key: 'subject',
      title: t('instances.column.subject'),
      cell: (one) => <Link to={`/instances/${one.id}`}>{nameOf(one)}</Link>,
    },
    {
      key: 'state',
      title: t('instances.column.state'),
      cell: (one) => (
        <span className="tag-line">
          <span className={`state state-${one.state}`}>{p(`state.${one.state}`)}</span>
          {one.suspended !== null && <SuspendedTag reason={one.suspended} />}
        </span>
      ),
    },
    {
      key: 'steps',
      title: t('instances.column.steps'),
      cell: (one) => one.steps.map(({ name }) => name).join(', '),
    },
    {
      key: 'version',
      title: t('instances.column.version'),
      number: true,
      cell: (one) => one.process.version,
    },
    {
      key: 'started',
      title: t('instances.column.started'),
      cell: (one) => <InstantText value={one.started_at} />,
    },
    {
      key: 'ended',
      title: t('instances.column.ended'),
      cell: (one) => one.ended_at && <InstantText value={one.ended_at} />,
    },
    {
      key: 'action',
      title: t('instances.column.action'),
      cell: (one) => !one.ended_at && <SuspendButton instance={one} subject={nameOf(one)} />,
    },
  ];
}

function Instances({ process }: { process: Process }) {
  const { t, i18n } = useTranslation('owner');
  const [parameters] = useSearchParams();
  const pages = useInfiniteQuery(instancePagesQuery(process.key, filtersOf(parameters)));
  const columns = useColumns();
  const rows = pages.data?.pages.flatMap(({ items }) => items) ?? [];
  const count = pages.data?.pages[0]?.count ?? rows.length;
  return (
    <>
      <Filters process={process} />
      {pages.isPending && <Loading />}
      {pages.isError && (
        <ProblemNotice problem={problemFrom(pages.error)} retry={() => pages.refetch()} />
      )}
      {pages.isSuccess && (
        <p className="quiet" role="status">
          {t('instances.count', {
            count,
            shown: new Intl.NumberFormat(i18n.language).format(count),
          })}
        </p>
      )}
      {pages.isSuccess && rows.length === 0 && (
        <Empty title={t('instances.none')}>
          <p className="quiet">{t('instances.noneHint')}</p>
        </Empty>
      )}
      {rows.length > 0 && (
        <div className="card" aria-busy={pages.isPlaceholderData}>
          <DataTable
            label={t('instances.table')}
            columns={columns}
            rows={rows}
            rowKey={({ id }) => id}
          />
          {pages.hasNextPage && (
            <p className="card-foot">
              <Button loading={pages.isFetchingNextPage} onClick={() => pages.fetchNextPage()}>
                {t('instances.more')}
              </Button>
            </p>
          )}
        </div>
      )}
    </>
  );
}

export default function InstanceList() {
  const { t } = useTranslation('owner');
  return (
    <ProcessFrame page={t('tab.instances')}>
      {(process) => <Instances process={process} />}
    </ProcessFrame>
  );
}
