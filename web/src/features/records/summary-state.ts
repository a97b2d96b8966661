// SPDX-License-Identifier: Apache-2.0
// What a list is gathered by and measured, in its address: ?group=stage,close_date:month
// &measure=sum:amount beside the list's own state; and the way from a group to its records.
import type { Entity, Field, FieldType, FieldValue, Filter, Summary } from '../../api/types';

export const PERIODS = ['day', 'week', 'month', 'quarter', 'year'] as const;
export type Period = (typeof PERIODS)[number];

export interface Grouping {
  field: Field;
  period?: Period | undefined; // of dates and instants
}

export const MEASURES = ['sum', 'average', 'minimum', 'maximum'] as const;
export interface Measure {
  kind: (typeof MEASURES)[number];
  field: Field;
}

export interface SummaryState {
  groups: Grouping[];
  measures: Measure[];
}

export type Group = Summary['groups'][number];

const NO_GROUPS: ReadonlySet<FieldType> = new Set(['long_text', 'json', 'multi_choice']);
const NUMBERS: ReadonlySet<FieldType> = new Set(['integer', 'decimal', 'money', 'percent']);
const DAY_MILLISECONDS = 86_400_000;

export function isDated({ type }: Field): boolean {
  return type === 'date' || type === 'instant';
}

// What many records have in common: neither what names one of them nor what only the engine reads.
export function groupFields(entity: Entity): Field[] {
  return entity.fields.filter(
    ({ name, type, unique }) =>
      !NO_GROUPS.has(type) &&
      !unique &&
      name !== 'id' &&
      name !== 'version' &&
      name !== entity.label,
  );
}

export function measuresOf(entity: Entity): Measure[] {
  return entity.fields
    .filter(({ system }) => !system)
    .flatMap((field) =>
      MEASURES.filter((kind) =>
        kind === 'minimum' || kind === 'maximum'
          ? NUMBERS.has(field.type) || isDated(field)
          : NUMBERS.has(field.type),
      ).map((kind) => ({ kind, field })),
    );
}

export const groupName = ({ field, period }: Grouping): string =>
  period ? `${field.name}:${period}` : field.name;
export const measureName = ({ kind, field }: Measure): string => `${kind}:${field.name}`;

export function groupingOf(field: Field, period: string | undefined): Grouping {
  if (!isDated(field)) return { field };
  return { field, period: PERIODS.find((one) => one === period) ?? 'month' };
}

// Where the address says nothing: by the first choice there is, with the sum of the first money.
function beginning(entity: Entity): SummaryState {
  const fields = groupFields(entity);
  const first =
    fields.find(({ name }) => name === 'status' || name === 'stage') ??
    fields.find(({ type }) => type === 'choice') ??
    fields.find(({ name }) => name === 'created_at');
  const money = measuresOf(entity).find(
    ({ kind, field }) => kind === 'sum' && field.type === 'money',
  );
  return {
    groups: first ? [groupingOf(first, undefined)] : [],
    measures: money ? [money] : [],
  };
}

const wordsOf = (text: string): string[] => text.split(',').filter(Boolean);

export function readSummaryState(entity: Entity, parameters: URLSearchParams): SummaryState {
  const { groups, measures } = beginning(entity);
  const group = parameters.get('group');
  const measure = parameters.get('measure');
  const fields = groupFields(entity);
  const known = measuresOf(entity);
  return {
    groups:
      group === null
        ? groups
        : wordsOf(group).flatMap((word) => {
            const [name, period] = word.split(':');
            const field = fields.find((one) => one.name === name);
            return field ? [groupingOf(field, period)] : [];
          }),
    measures:
      measure === null
        ? measures
        : wordsOf(measure).flatMap((word) => known.find((one) => measureName(one) === word) ?? []),
  };
}

export function writeSummaryState(
  parameters: URLSearchParams,
  { groups, measures }: SummaryState,
): URLSearchParams {
  const after = new URLSearchParams(parameters);
  after.set('group', groups.map(groupName).join(','));
  after.set('measure', measures.map(measureName).join(','));
  return after;
}

// The first day after a period that begins on a day; periods count in UTC.
export function periodEnd(start: string, period: Period): string {
  const at = new Date(`${start.slice(0, 10)}T00:00:00Z`);
  const months = { month: 1, quarter: 3, year: 12 } as const;
  if (period === 'day' || period === 'week')
    at.setTime(at.getTime() + DAY_MILLISECONDS * (period === 'day' ? 1 : 7));
  else at.setUTCMonth(at.getUTCMonth() + months[period]);
  return at.toISOString().slice(0, 10);
}

// The filters by which a list shows the records of a group.
export function filtersOf(groups: Grouping[], by: Group['by']): Filter[] {
  return groups.flatMap((grouping): Filter[] => {
    const { field, period } = grouping;
    const value = by[groupName(grouping)]?.value as FieldValue;
    if (value === null || value === undefined) return [{ field: field.name, operator: 'is null' }];
    if (!period) return [{ field: field.name, operator: '=', value }];
    const days = [String(value).slice(0, 10), periodEnd(String(value), period)];
    const [from, until] = field.type === 'instant' ? days.map((day) => `${day}T00:00:00Z`) : days;
    return [
      { field: field.name, operator: '>=', value: from },
      { field: field.name, operator: '<', value: until },
    ];
  });
}

export function periodText(start: string, period: Period, language: string): string {
  const at = new Date(`${start.slice(0, 10)}T00:00:00Z`);
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(language, { timeZone: 'UTC', ...options }).format(at);
  switch (period) {
    case 'year':
      return format({ year: 'numeric' });
    case 'quarter':
      return `${at.getUTCFullYear()} Q${Math.floor(at.getUTCMonth() / 3) + 1}`;
    case 'month':
      return format({ year: 'numeric', month: 'long' });
    default:
      return format({ year: 'numeric', month: 'short', day: 'numeric' });
  }
}
