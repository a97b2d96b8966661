// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Filter } from '../../src/api/types';
import {
  decodeFilter,
  encodeFilter,
  listQuery,
  nextSort,
  readListState,
  writeListState,
} from '../../src/features/records/url-state';
import { makeEntity, makeField } from './make';

const entity = makeEntity(
  'sales_order',
  [
    makeField('id', 'text', { system: true }),
    makeField('number'),
    makeField('status', 'choice'),
    makeField('total', 'money'),
    makeField('notes', 'long_text'),
  ],
  {
    lists: [
      {
        name: 'open',
        title: 'Open',
        columns: ['number', 'status', 'gone'],
        sort: [{ field: 'number', descending: true }],
        filter: [{ field: 'status', operator: '=', value: 'draft' }],
      },
      {
        name: 'all',
        title: 'All',
        columns: ['number'],
        sort: [{ field: 'total', descending: false }],
        filter: [],
      },
    ],
  },
);

describe('a filter in the address', () => {
  const filters: Filter[] = [
    { field: 'status', operator: '=', value: 'draft' },
    { field: 'total', operator: '>=', value: 1000.5 },
    { field: 'status', operator: 'in', value: ['draft', 'paid'] },
    { field: 'number', operator: 'contains', value: 'a.b&c=d 水' },
    { field: 'customer', operator: '=', value: '17' },
    { field: 'number', operator: '=', value: 'true' },
    { field: 'key_account', operator: '=', value: false },
    { field: 'notes', operator: 'is null' },
  ];

  it.each(filters.map((filter) => [encodeFilter(filter), filter] as const))(
    '%s comes back as it went',
    (text, filter) => {
      const carried = new URLSearchParams(new URLSearchParams([['f', text]]).toString()).get('f');
      expect(decodeFilter(carried ?? '')).toEqual(filter);
    },
  );

  it('is readable in the plain case', () => {
    expect(encodeFilter({ field: 'status', operator: '=', value: 'draft' })).toBe(
      'status.eq.draft',
    );
  });

  it.each(['', 'status', 'status.like.x', '.eq.x', 'status.eq'])(
    'is refused when it is %j',
    (text) => {
      expect(decodeFilter(text)).toBeNull();
    },
  );
});

describe('the state of a list', () => {
  const read = (text: string) => readListState(entity, new URLSearchParams(text));

  it('is that of the first named list when the address says nothing', () => {
    const state = read('');
    expect(state.list?.name).toBe('open');
    expect(state.filters).toEqual(entity.lists[0]?.filter);
    expect(state.sort).toEqual(['-number']);
    expect(state.columns).toEqual(['number', 'status']);
    expect(state.changed).toBe(false);
  });

  it('takes what the address says over the named list', () => {
    const state = read('list=all&f=total.ge.10&sort=-total,nonsense&columns=total,gone');
    expect(state.filters).toEqual([{ field: 'total', operator: '>=', value: 10 }]);
    expect(state.sort).toEqual(['-total']);
    expect(state.columns).toEqual(['total']);
    expect(state.changed).toBe(true);
  });

  it('can have all filters of the named list removed', () => {
    const after = writeListState(new URLSearchParams('list=open'), { filters: [] });
    expect(readListState(entity, after).filters).toEqual([]);
  });

  it('ignores a filter on a field that is not there', () => {
    expect(read('f=gone.eq.1').filters).toEqual([]);
  });

  it('forgets changes when another list is chosen', () => {
    const after = writeListState(new URLSearchParams('list=open&f=total.ge.1&sort=total'), {
      list: 'all',
    });
    expect(after.toString()).toBe('list=all');
  });

  it('shows default columns without system fields when no list is declared', () => {
    const state = readListState({ ...entity, lists: [] }, new URLSearchParams());
    expect(state.columns).toEqual(['number', 'status', 'total']);
  });

  it('turns the order around on a second click', () => {
    expect(nextSort(['-created_at'], 'total')).toEqual(['total']);
    expect(nextSort(['total'], 'total')).toEqual(['-total']);
    expect(nextSort(['-total'], 'total')).toEqual(['total']);
  });

  it('keeps the words it is searched by until another list is chosen', () => {
    const parameters = writeListState(new URLSearchParams('list=all'), { search: '水 pump' });
    expect(parameters.get('q')).toBe('水 pump');
    const state = readListState(entity, parameters);
    expect([state.search, state.changed, listQuery(state).search]).toEqual([
      '水 pump',
      true,
      '水 pump',
    ]);
    expect(writeListState(parameters, { search: '' }).has('q')).toBe(false);
    expect(writeListState(parameters, { list: 'open' }).has('q')).toBe(false);
  });
});
