// SPDX-License-Identifier: Apache-2.0
// A list's state in its address: ?list=open&f=status.eq.draft&w=total>10&q=pump&sort=-total&columns=a,b
// What the address does not say comes from the named list of the metadata, so that a list that
// nobody has changed keeps a short address and follows later changes of the pack.
import type { Entity, Field, FieldValue, Filter, SavedList } from '../../api/types';

export interface ListState {
  list: SavedList | undefined;
  filters: Filter[];
  where: string; // a condition in FEEL, empty: none
  search: string; // words that each record holds, empty: none
  sort: string[]; // "-name" is descending
  columns: string[];
  changed: boolean; // differs from the named list
}

const OPERATOR_WORDS: Record<string, string> = {
  '=': 'eq',
  '!=': 'ne',
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
  in: 'in',
  contains: 'contains',
  starts: 'starts',
  'is null': 'null',
  'is not null': 'set',
};
const WORD_OPERATORS = Object.fromEntries(
  Object.entries(OPERATOR_WORDS).map(([operator, word]) => [word, operator]),
);
const NO_FILTER = 'none';
const CHANGES = ['f', 'w', 'q', 'sort', 'columns'] as const;
const DEFAULT_COLUMNS = 7;

export function needsValue(operator: string): boolean {
  return operator !== 'is null' && operator !== 'is not null';
}

function decodeValue(text: string): FieldValue {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

// Plain words stay plain; what would be read back as something else is quoted as JSON.
function encodeValue(value: FieldValue): string {
  if (typeof value === 'string' && decodeValue(value) === value) return value;
  return JSON.stringify(value ?? null);
}

export function encodeFilter({ field, operator, value }: Filter): string {
  const word = OPERATOR_WORDS[operator] ?? operator;
  return needsValue(operator) ? `${field}.${word}.${encodeValue(value)}` : `${field}.${word}`;
}

export function decodeFilter(text: string): Filter | null {
  const [field = '', word = '', ...rest] = text.split('.');
  const operator = WORD_OPERATORS[word];
  if (!field || !operator) return null;
  if (!needsValue(operator)) return { field, operator };
  return rest.length > 0 ? { field, operator, value: decodeValue(rest.join('.')) } : null;
}

function sortKeys(list: SavedList | undefined): string[] {
  return (list?.sort ?? []).map(({ field, descending }) => (descending ? '-' : '') + field);
}

function defaultColumns(fields: Field[], label: string): string[] {
  const shown = fields.filter(
    ({ name, type, system }) =>
      name !== label && !system && type !== 'long_text' && type !== 'json',
  );
  return [label, ...shown.slice(0, DEFAULT_COLUMNS - 1).map(({ name }) => name)];
}

export function readListState(entity: Entity, parameters: URLSearchParams): ListState {
  const named = parameters.get('list');
  const list = entity.lists.find(({ name }) => name === named) ?? entity.lists[0];
  const known = new Set(entity.fields.map(({ name }) => name));
  const filters = parameters.has('f')
    ? parameters
        .getAll('f')
        .map(decodeFilter)
        .filter((filter) => filter !== null)
        .filter(({ field }) => known.has(field))
    : (list?.filter ?? []);
  const sort = (parameters.get('sort')?.split(',') ?? sortKeys(list)).filter((key) =>
    known.has(key.replace(/^-/, '')),
  );
  const asked = parameters.get('columns')?.split(',') ?? list?.columns ?? [];
  const columns = asked.filter((name) => known.has(name));
  return {
    list,
    filters,
    where: parameters.get('w') ?? '',
    search: parameters.get('q') ?? '',
    sort,
    columns: columns.length > 0 ? columns : defaultColumns(entity.fields, entity.label),
    changed: CHANGES.some((name) => parameters.has(name)),
  };
}

// What the server is asked for.
export function listQuery({ filters, where, search, sort }: ListState) {
  return {
    filter: filters.length > 0 ? JSON.stringify(filters) : undefined,
    where,
    search,
    sort: sort.join(','),
  };
}

export interface ListChanges {
  list?: string;
  filters?: Filter[];
  where?: string;
  search?: string;
  sort?: string[];
  columns?: string[];
}

// The parameters after a change. Choosing another list drops what was changed about the old one.
export function writeListState(parameters: URLSearchParams, changes: ListChanges): URLSearchParams {
  const after = new URLSearchParams(parameters);
  if (changes.list !== undefined) {
    for (const name of CHANGES) after.delete(name);
    after.set('list', changes.list);
  }
  if (changes.filters) {
    after.delete('f');
    if (changes.filters.length === 0) after.set('f', NO_FILTER);
    for (const filter of changes.filters) after.append('f', encodeFilter(filter));
  }
  for (const [name, text] of [
    ['w', changes.where],
    ['q', changes.search],
  ] as const) {
    if (text) after.set(name, text);
    else if (text === '') after.delete(name);
  }
  if (changes.sort) {
    if (changes.sort.length > 0) after.set('sort', changes.sort.join(','));
    else after.delete('sort');
  }
  if (changes.columns) after.set('columns', changes.columns.join(','));
  return after;
}

// A click on a column's head: ascending, descending, and back again.
export function nextSort(sort: string[], field: string): string[] {
  return sort[0] === field ? [`-${field}`] : [field];
}
