// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import {
  filtersOf,
  groupName,
  measureName,
  periodEnd,
  periodText,
  readSummaryState,
  writeSummaryState,
} from '../../src/features/records/summary-state';
import { makeEntity, makeField } from './make';

const entity = makeEntity('order', [
  makeField('number', 'text', { unique: true }),
  makeField('note', 'long_text'),
  makeField('status', 'choice'),
  makeField('customer', 'reference', { to: 'account' }),
  makeField('due', 'date'),
  makeField('total', 'money'),
  makeField('created_at', 'instant', { system: true }),
]);

function read(address: string) {
  const { groups, measures } = readSummaryState(entity, new URLSearchParams(address));
  return [groups.map(groupName).join(), measures.map(measureName).join()];
}

describe('a summary in the address', () => {
  it('begins by the status with the sum of the money', () => {
    expect(read('')).toEqual(['status', 'sum:total']);
  });

  it('may be by nothing and measure nothing', () => {
    expect(read('group=&measure=')).toEqual(['', '']);
  });

  it('leaves out what cannot be grouped by or measured', () => {
    expect(read('group=note,number,none,customer&measure=sum:status,minimum:due,sum:due')).toEqual([
      'customer',
      'minimum:due',
    ]);
  });

  it('gives dates a period, and comes back as it was written', () => {
    expect(read('group=due,created_at:year')).toEqual(['due:month,created_at:year', 'sum:total']);
    const state = readSummaryState(entity, new URLSearchParams('group=due:week&measure='));
    expect(writeSummaryState(new URLSearchParams('f=total.ge.1'), state).toString()).toBe(
      'f=total.ge.1&group=due%3Aweek&measure=',
    );
  });
});

describe('a group', () => {
  const { groups } = readSummaryState(
    entity,
    new URLSearchParams('group=status,due:quarter,created_at:day'),
  );

  it('leads to exactly its records', () => {
    const held = (value: unknown) => ({ value, label: null });
    const by = {
      status: held(null),
      'due:quarter': held('2026-10-01'),
      'created_at:day': held('2026-02-28'),
    };
    expect(filtersOf(groups, by)).toEqual([
      { field: 'status', operator: 'is null' },
      { field: 'due', operator: '>=', value: '2026-10-01' },
      { field: 'due', operator: '<', value: '2027-01-01' },
      { field: 'created_at', operator: '>=', value: '2026-02-28T00:00:00Z' },
      { field: 'created_at', operator: '<', value: '2026-03-01T00:00:00Z' },
    ]);
  });

  it('of a period ends where the next begins', () => {
    expect(periodEnd('2026-12-28', 'week')).toBe('2027-01-04');
    expect(periodEnd('2024-02-01', 'month')).toBe('2024-03-01');
    expect(periodEnd('2026-01-01', 'year')).toBe('2027-01-01');
  });

  it('of a period has a name in both languages', () => {
    expect(periodText('2026-10-01', 'quarter', 'en')).toBe('2026 Q4');
    expect(periodText('2026-10-01', 'month', 'en')).toBe('October 2026');
    expect(periodText('2026-10-01', 'month', 'zh-CN')).toBe('2026年10月');
    expect(periodText('2026-01-01', 'year', 'en')).toBe('2026');
  });
});
