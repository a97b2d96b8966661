// SPDX-License-Identifier: Apache-2.0
// The heat map's numbers, for comparing: one row a step, sorted by what the map shows.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Heat, StepHeat } from '../../api/types';
import { type Column, DataTable, type Sort } from '../../ui/data-table';
import { formatDuration } from '../../ui/time';
import { heatOf, type Layer } from './heat-scale';
import { stepKind } from './kind';

function useColumns(process: string): Column<StepHeat>[] {
  const { t, i18n } = useTranslation('owner');
  const { t: p } = useTranslation('process');
  const count = new Intl.NumberFormat(i18n.language);
  const number = (value: number) =>
    value > 0 ? count.format(value) : <span className="quiet">{count.format(0)}</span>;
  const late = (value: number) =>
    value > 0 && <span className="late-text"> · {t('heat.lateOf', { count: value })}</span>;
  const times = (time: StepHeat['waiting']) =>
    time ? (
      <>
        {formatDuration(time.median, i18n.language)}
        <span className="quiet"> / {formatDuration(time.p90, i18n.language)}</span>
      </>
    ) : (
      <span className="quiet">–</span>
    );
  return [
    { key: 'step', title: p('column.step'), cell: (step) => step.name, sort: (step) => step.name },
    {
      key: 'kind',
      title: p('column.kind'),
      cell: (step) => p(`kind.${stepKind(step.kind)}`),
      sort: (step) => p(`kind.${stepKind(step.kind)}`),
    },
    {
      key: 'passed',
      title: t('heat.layer.passed'),
      number: true,
      cell: (step) => number(step.passed),
      sort: (step) => step.passed,
    },
    {
      key: 'now',
      title: t('heat.layer.now'),
      number: true,
      cell: (step) => (
        <>
          {step.waiting_now > 0 ? (
            <Link to={`/processes/${process}/instances?step=${encodeURIComponent(step.key)}`}>
              {number(step.waiting_now)}
            </Link>
          ) : (
            number(0)
          )}
          {late(step.late_now)}
        </>
      ),
      sort: (step) => step.waiting_now,
    },
    {
      key: 'waiting',
      title: t('heat.layer.waiting'),
      number: true,
      cell: (step) => times(step.waiting),
      sort: (step) => step.waiting?.median,
    },
    {
      key: 'working',
      title: t('heat.layer.working'),
      number: true,
      cell: (step) => times(step.working),
      sort: (step) => step.working?.median,
    },
    {
      key: 'late',
      title: t('heat.late'),
      number: true,
      cell: (step) => number(step.late),
      sort: (step) => step.late,
    },
    {
      key: 'returned',
      title: t('heat.returned'),
      number: true,
      cell: (step) => number(step.returned),
      sort: (step) => step.returned,
    },
  ];
}

interface Props {
  process: string;
  heat: Heat;
  layer: Layer;
}

export function HeatTable({ process, heat, layer }: Props) {
  const { t } = useTranslation('owner');
  const [sort, setSort] = useState<Sort | undefined>();
  const [all, setAll] = useState(false);
  const columns = useColumns(process);
  const shown = heat.steps.filter(
    (step) => all || step.passed > 0 || (heatOf(step, 'now') ?? 0) > 0,
  );
  return (
    <section className="card" aria-label={t('heat.table')}>
      <div className="card-head">
        <h2>{t('heat.table')}</h2>
        <span className="tab-count">{shown.length}</span>
        <label className="card-end check-label">
          <input type="checkbox" checked={all} onChange={(event) => setAll(event.target.checked)} />
          {t('heat.never')}
        </label>
      </div>
      {shown.length === 0 ? (
        <p className="empty-small">{t('heat.none')}</p>
      ) : (
        <DataTable
          label={t('heat.table')}
          columns={columns}
          rows={shown}
          rowKey={(step) => step.key}
          sort={sort ?? { column: layer, down: true }}
          onSort={setSort}
          tight
        />
      )}
      <p className="card-foot quiet">{t('heat.explain')}</p>
    </section>
  );
}
