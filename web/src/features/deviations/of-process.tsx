// SPDX-License-Identifier: Apache-2.0
// The deviations of one process: where it is left most often, and each of them. A step that is left
// again and again says that the model is wrong, not the people.
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { problemFrom } from '../../api/client';
import { deviationCountsQuery } from '../../api/owner';
import type { DeviationCount } from '../../api/types';
import { type Column, DataTable } from '../../ui/data-table';
import { ProblemNotice } from '../../ui/problem';
import { ProcessFrame } from '../processes/frame';
import { StateTabs, useDeviationState } from './states';
import { DeviationTable } from './table';

function Counts({ process }: { process: string }) {
  const { t } = useTranslation('deviations');
  const counts = useQuery(deviationCountsQuery(process));
  const items = counts.data?.items ?? [];
  if (counts.isError) return <ProblemNotice problem={problemFrom(counts.error)} />;
  if (items.length === 0) return null;
  const columns: Column<DeviationCount>[] = [
    {
      key: 'step',
      title: t('column.step'),
      cell: ({ step }) => step?.name ?? t('noStep'),
      sort: ({ step }) => step?.name,
    },
    {
      key: 'kind',
      title: t('column.kind'),
      cell: ({ kind }) => t(`kind.${kind}`),
      sort: ({ kind }) => t(`kind.${kind}`),
    },
    {
      key: 'state',
      title: t('column.state'),
      cell: ({ state }) => <span className={`state state-${state}`}>{t(`state.${state}`)}</span>,
      sort: ({ state }) => t(`state.${state}`),
    },
    {
      key: 'count',
      title: t('column.count'),
      number: true,
      cell: ({ count }) => count,
      sort: ({ count }) => count,
    },
  ];
  const title = t('counts');
  return (
    <section className="card" aria-label={title}>
      <div className="card-head">
        <h2>{title}</h2>
        <span className="tab-count">{counts.data?.total}</span>
      </div>
      <DataTable
        label={title}
        columns={columns}
        rows={[...items].sort((a, b) => b.count - a.count)}
        rowKey={({ step, kind, state }) => `${step?.key} ${kind} ${state}`}
      />
    </section>
  );
}

export default function DeviationsOfProcess() {
  const { t } = useTranslation('deviations');
  const state = useDeviationState();
  return (
    <ProcessFrame page={t('title')}>
      {({ key }) => (
        <>
          <Counts process={key} />
          <StateTabs />
          <DeviationTable
            key={state}
            title={t(`list.${state}`)}
            filters={{ state, process: key }}
            empty={t(`none.${state}`)}
          />
        </>
      )}
    </ProcessFrame>
  );
}
