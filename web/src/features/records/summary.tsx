// SPDX-License-Identifier: Apache-2.0
// The records of a list in groups, counted and measured: a table with bars, each group the way to
// its records. What is filtered is the list's own state; all of it is in the address.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams, useSearchParams } from 'react-router';
import { api, problemFrom } from '../../api/client';
import { entityOf, metaQuery } from '../../api/queries';
import type { Entity, FieldValue } from '../../api/types';
import { FieldDisplay } from '../../meta/registry';
import { type Column, DataTable } from '../../ui/data-table';
import { ProblemNotice } from '../../ui/problem';
import { Empty, Loading } from '../../ui/states';
import NotFound from '../home/not-found';
import { FilterChips } from './filters';
import { recordsPath } from './paths';
import {
  filtersOf,
  type Group,
  type Grouping,
  groupFields,
  groupingOf,
  groupName,
  isDated,
  measureName,
  measuresOf,
  PERIODS,
  periodText,
  readSummaryState,
  type SummaryState,
  writeSummaryState,
} from './summary-state';
import { listQuery, readListState, writeListState } from './url-state';

const GROUPS = 2; // what can still be read as a table

function GroupChoice({
  entity,
  at,
  groups,
  onChange,
}: {
  entity: Entity;
  at: number;
  groups: Grouping[];
  onChange: (groups: Grouping[]) => void;
}) {
  const { t } = useTranslation('records');
  const id = useId();
  const chosen = groups[at];
  const others = groups.filter((_, other) => other !== at);
  const options = groupFields(entity)
    .filter(({ name }) => !others.some(({ field }) => field.name === name))
    .map(({ name, title }) => ({ value: name, label: title }));
  function choose(name: string | undefined, period?: string): void {
    const field = entity.fields.find((one) => one.name === name);
    const next = field ? [groupingOf(field, period)] : [];
    onChange([...groups.slice(0, at), ...next, ...groups.slice(at + 1)]);
  }
  return (
    <>
      <div>
        <label htmlFor={id}>{t(at === 0 ? 'summary.by' : 'summary.thenBy')}</label>
        <Select
          id={id}
          className="filter-field"
          allowClear
          showSearch={{ optionFilterProp: 'label' }}
          value={chosen?.field.name ?? null}
          onChange={(name: string | null | undefined) => choose(name ?? undefined)}
          options={options}
        />
      </div>
      {chosen && isDated(chosen.field) && (
        <div>
          <label htmlFor={`${id}-period`}>{t('summary.period')}</label>
          <Select
            id={`${id}-period`}
            className="filter-operator"
            value={chosen.period}
            onChange={(period) => choose(chosen.field.name, period)}
            options={PERIODS.map((one) => ({ value: one, label: t(`summary.periods.${one}`) }))}
          />
        </div>
      )}
    </>
  );
}

function Choices({
  entity,
  state,
  onChange,
}: {
  entity: Entity;
  state: SummaryState;
  onChange: (state: SummaryState) => void;
}) {
  const { t } = useTranslation('records');
  const id = useId();
  const known = measuresOf(entity);
  const shown = Math.min(GROUPS, state.groups.length + 1);
  return (
    <div className="card card-body filter-panel">
      <div className="filter-form">
        {Array.from({ length: shown }, (_, at) => (
          <GroupChoice
            // biome-ignore lint/suspicious/noArrayIndexKey: a choice is its place.
            key={at}
            entity={entity}
            at={at}
            groups={state.groups}
            onChange={(groups) => onChange({ ...state, groups })}
          />
        ))}
        <div className="summary-measures">
          <label htmlFor={id}>{t('summary.measures')}</label>
          <Select
            id={id}
            mode="multiple"
            className="editor-wide"
            showSearch={{ optionFilterProp: 'label' }}
            maxCount={8}
            value={state.measures.map(measureName)}
            onChange={(names: string[]) =>
              onChange({
                ...state,
                measures: names.flatMap(
                  (name) => known.find((one) => measureName(one) === name) ?? [],
                ),
              })
            }
            options={known.map((one) => ({
              value: measureName(one),
              label: t(`summary.kinds.${one.kind}`, { field: one.field.title }),
            }))}
          />
        </div>
      </div>
    </div>
  );
}

function GroupText({ grouping, by }: { grouping: Grouping; by: Group['by'] }) {
  const { t, i18n } = useTranslation('records');
  const { field, period } = grouping;
  const { value, label } = by[groupName(grouping)] ?? { value: null, label: null };
  if (value === null || value === undefined) return <>{t('summary.nothing')}</>;
  if (period) return <>{periodText(String(value), period, i18n.language)}</>;
  if (field.to || field.choices) return <>{label ?? String(value)}</>;
  return <FieldDisplay field={field} value={value as FieldValue} />;
}

// A bar says again what the number beside it says; what is below nothing has none.
function Bar({ share }: { share: number }) {
  return (
    <span className="summary-bar" aria-hidden="true">
      <span style={{ width: `${Math.max(0, Math.min(1, share)) * 100}%` }} />
    </span>
  );
}

function useColumns(
  { groups, measures }: SummaryState,
  rows: Group[],
  pathOf: (group: Group) => string,
): Column<Group>[] {
  const { t } = useTranslation('records');
  const drawn = measures.find(({ kind, field }) => kind === 'sum' && field.type !== 'date');
  const sizeOf = (group: Group) =>
    drawn ? Number(group.measures[measureName(drawn)] ?? 0) : group.count;
  const largest = Math.max(...rows.map(sizeOf), 0) || 1;
  const heldBy = (group: Group, grouping: Grouping) => {
    const held = group.by[groupName(grouping)];
    return (grouping.field.to ? held?.label : held?.value) as string | number | null | undefined;
  };
  return [
    ...groups.map((grouping, index) => ({
      key: groupName(grouping),
      title: grouping.field.title,
      sort: (group: Group) => heldBy(group, grouping),
      cell: (group: Group) =>
        index === 0 ? (
          <Link to={pathOf(group)}>
            <GroupText grouping={grouping} by={group.by} />
          </Link>
        ) : (
          <GroupText grouping={grouping} by={group.by} />
        ),
    })),
    ...(groups.length === 0
      ? [
          {
            key: 'all',
            title: t('summary.group'),
            cell: (group: Group) => <Link to={pathOf(group)}>{t('summary.all')}</Link>,
          },
        ]
      : []),
    {
      key: 'bar',
      title: t('summary.share'),
      cell: (group) => <Bar share={sizeOf(group) / largest} />,
    },
    {
      key: 'count',
      title: t('summary.count'),
      number: true,
      sort: ({ count }) => count,
      cell: ({ count }) => <FieldDisplay field={{ ...COUNT, title: '' }} value={count} />,
    },
    ...measures.map((measure) => ({
      key: measureName(measure),
      title: t(`summary.kinds.${measure.kind}`, { field: measure.field.title }),
      number: true,
      sort: (group: Group) => group.measures[measureName(measure)] as number | string | null,
      cell: (group: Group) => (
        <FieldDisplay
          field={measure.field}
          value={group.measures[measureName(measure)] as FieldValue}
        />
      ),
    })),
  ];
}

const COUNT = { name: 'count', type: 'integer' } as const;

function EntitySummary({ entity }: { entity: Entity }) {
  const { t, i18n } = useTranslation('records');
  const [parameters, setParameters] = useSearchParams();
  const list = readListState(entity, parameters);
  const state = readSummaryState(entity, parameters);
  const { sort: _, ...asked } = listQuery(list);
  const query = {
    ...asked,
    group: state.groups.map(groupName).join(','),
    measure: state.measures.map(measureName).join(','),
  };
  const answer = useQuery({
    queryKey: ['records', entity.name, 'summary', query],
    placeholderData: keepPreviousData,
    queryFn: () => api.get('/records/{entity}/summary', { path: { entity: entity.name }, query }),
  });
  const path = recordsPath(entity.name);
  const plain = new URLSearchParams(parameters);
  plain.delete('group');
  plain.delete('measure');
  const pathOf = (group: Group) => {
    const filters = [...list.filters, ...filtersOf(state.groups, group.by)];
    return `${path}?${writeListState(plain, { filters })}`;
  };
  // What is shown while the next answer is under way belongs to what was asked before.
  const fits = !answer.isPlaceholderData;
  const rows = (fits && answer.data?.groups) || [];
  const columns = useColumns(state, rows, pathOf);
  const title = t('summary.titleOf', { plural: entity.plural });
  return (
    <div className="page">
      <title>{`${title} · Millrace`}</title>
      <nav className="breadcrumb" aria-label={t('breadcrumb')}>
        <Link to={plain.size > 0 ? `${path}?${plain}` : path}>{entity.plural}</Link>
      </nav>
      <div className="page-head">
        <h1>{title}</h1>
        <span className="list-count" role="status">
          {answer.data &&
            t('count', {
              count: answer.data.count,
              formatted: new Intl.NumberFormat(i18n.language).format(answer.data.count),
            })}
        </span>
      </div>
      <Choices
        entity={entity}
        state={state}
        onChange={(next) => setParameters((before) => writeSummaryState(before, next))}
      />
      {(list.filters.length > 0 || list.where || list.search) && (
        <div className="chips-line">
          <FilterChips
            entity={entity}
            filters={list.filters}
            onChange={(filters) => setParameters((before) => writeListState(before, { filters }))}
          />
          {list.where && <code>{list.where}</code>}
          {list.search && <q>{list.search}</q>}
        </div>
      )}
      {answer.isError && (
        <ProblemNotice problem={problemFrom(answer.error)} retry={() => answer.refetch()} />
      )}
      {(answer.isPending || (!fits && !answer.isError)) && <Loading />}
      {answer.data && fits && rows.length === 0 && (
        <Empty title={t('empty', { plural: entity.plural })} />
      )}
      {rows.length > 0 && (
        <DataTable
          label={title}
          columns={columns}
          rows={rows}
          rowKey={({ by }) => JSON.stringify(by)}
        />
      )}
    </div>
  );
}

export default function RecordSummary({ entity: fixed }: { entity?: string }) {
  const parameters = useParams();
  const meta = useQuery(metaQuery);
  if (meta.isPending) return <Loading />;
  if (meta.isError) return <ProblemNotice problem={problemFrom(meta.error)} />;
  const entity = entityOf(meta.data, fixed ?? parameters.entity);
  return entity ? <EntitySummary key={entity.name} entity={entity} /> : <NotFound />;
}
