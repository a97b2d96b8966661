// SPDX-License-Identifier: Apache-2.0
// Pieces of pure reasoning behind the pages.
import { describe, expect, it } from 'vitest';
import { api } from '../../src/api/client';
import type { HistoryItem, Moves, StepEvent, Token, User, WorkItem } from '../../src/api/types';
import { keyName } from '../../src/app/keys';
import { isPermitted } from '../../src/app/session';
import { stepKind } from '../../src/features/processes/kind';
import { gatherTokens } from '../../src/features/processes/picture';
import { newEntries } from '../../src/features/records/entries';
import { myWork } from '../../src/features/records/record';
import { relationsOf } from '../../src/features/records/related';
import { groupByDue } from '../../src/features/work/groups';
import { localise } from '../../src/ui/localise';
import { positionName } from '../../src/ui/position';
import { formatRelative } from '../../src/ui/time';
import { gather } from '../../src/ui/timeline';
import { makeEntity, makeField, makeRow } from './make';

const NOW = new Date('2026-11-22T12:00:00');

function item(id: string, due: string | null, more: Partial<WorkItem> = {}): WorkItem {
  return {
    id,
    key: 'k',
    name: 'Step',
    process: { key: 'p', name: 'P' },
    instance: '1',
    subject: { entity: 'e', id: '1', label: 'E' },
    department: null,
    position: null,
    state: 'offered',
    assignee: null,
    priority: 50,
    created_at: '2026-11-01T00:00:00Z',
    due_at: due,
    overdue: false,
    acting_for: null,
    owner: null,
    blocked: false,
    suspended: false,
    escalated: false,
    follow_up_at: null,
    ...more,
  };
}

describe('my work', () => {
  it('is grouped by when it is due, urgent first', () => {
    const groups = groupByDue(
      [
        item('later', '2026-11-25T08:00:00'),
        item('open', null),
        item('late', '2026-11-20T08:00:00', { overdue: true }),
        item('tonight', '2026-11-22T18:00:00'),
        item('urgent', '2026-11-22T20:00:00', { priority: 90 }),
      ],
      NOW,
    );
    expect(groups.map(({ key, items }) => [key, items.map(({ id }) => id)])).toEqual([
      ['overdue', ['late']],
      ['today', ['urgent', 'tonight']],
      ['later', ['later']],
      ['open', ['open']],
    ]);
  });

  it('on a record names each step once, what must be done first', () => {
    const moves = {
      instances: [
        {
          now: [
            { work_item: '2', mine: true },
            { work_item: '3', mine: false },
          ],
        },
      ],
      must: [{ work_item: '1' }, { work_item: '2' }],
      may: [{ work_item: '4' }],
      blocks: [],
    } as unknown as Moves;
    expect(myWork(moves)).toEqual(['1', '2', '4']);
  });
});

describe('the timeline', () => {
  it('tells the beginning of a step only while the step is open', () => {
    const event = (key: string, kind: StepEvent['kind']): StepEvent => ({
      type: 'step',
      at: 'a',
      actor: null,
      step: { key, name: key, department: null },
      kind,
      instance: '1',
    });
    const newestFirst = [
      event('pick', 'entered'),
      event('check', 'completed'),
      event('check', 'entered'),
      event('pick', 'completed'),
      event('pick', 'entered'),
    ];
    expect(gather(newestFirst).map(({ step }) => [step?.step.key, step?.kind])).toEqual([
      ['pick', 'entered'],
      ['check', 'completed'],
      ['pick', 'completed'],
    ]);
  });

  it('tells changes made together as one', () => {
    const actor = { id: '1', name: 'Sam' };
    const change = (at: string, field: string): HistoryItem => ({
      type: 'change',
      at,
      actor,
      door: 'api',
      action: 'change',
      reason: null,
      field,
      title: field,
      old: null,
      new: 1,
    });
    const step: StepEvent = {
      type: 'step',
      at: 'a',
      actor,
      step: { key: 's', name: 'S', department: null },
      kind: 'completed',
      instance: '1',
    };
    const entries = gather([change('b', 'x'), change('b', 'y'), step, change('a', 'z')]);
    expect(entries.map(({ changes }) => changes.length)).toEqual([2, 0, 1]);
  });
});

describe('what belongs to a record', () => {
  it('is the declared parts first, then what refers to it, without what the system writes', () => {
    const order = makeEntity('order', [], {
      children: [{ name: 'lines', title: 'Lines', entity: 'line', by: 'order' }],
    });
    const reference = (name: string, system = false) =>
      makeField(name, 'reference', { title: name, to: 'order', system });
    const line = makeEntity('line', [reference('order')]);
    const visit = makeEntity('visit', [
      reference('first'),
      reference('second'),
      reference('made', true),
    ]);
    expect(relationsOf([order, visit, line], order).map(({ title }) => title)).toEqual([
      'Lines',
      'visits (first)',
      'visits (second)',
    ]);
  });
});

describe('a new record', () => {
  it('asks for what people write, required fields first, with defaults filled in', () => {
    const fields = [
      makeField('id', 'text', { system: true }),
      makeField('note'),
      makeField('number', 'text', { read_only: true }),
      makeField('status', 'choice', { process_owned: true, required: true, default: 'draft' }),
      makeField('total', 'money', { process_owned: true, required: true }),
      makeField('currency', 'text', { required: true, default: 'EUR' }),
    ];
    const entries = newEntries(makeEntity('order', fields), { note: 'given' });
    expect(entries.map(({ field, access, value }) => [field.name, access, value])).toEqual([
      ['total', 'required', null],
      ['currency', 'required', 'EUR'],
      ['note', 'optional', 'given'],
    ]);
  });
});

describe('processes', () => {
  it.each([
    ['userTask', 'user'],
    ['user task', 'user'],
    ['bpmn:ServiceTask', 'service'],
    ['business rule task', 'rule'],
    ['event-based gateway', 'gateway'],
    ['start event', 'start'],
    ['receive task', 'message'],
    ['event sub-process', 'subprocess'],
    ['boundary event', 'event'],
    ['something new', 'other'],
  ])('call a %s a %s', (kind, name) => {
    expect(stepKind(kind)).toBe(name);
  });

  it('count tokens that stand on one step', () => {
    const token = (wait: string, key: string): Token => ({
      wait,
      key,
      name: key,
      kind: 'task',
      work_item: null,
      due_at: null,
    });
    const gathered = gatherTokens([token('1', 'a'), token('2', 'b'), token('3', 'a')]);
    expect(gathered.map(({ key, count }) => [key, count])).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
  });

  const model = `<b:definitions xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:m="urn:m">
    <b:process id="p"><b:laneSet><b:lane id="l" name="Sales"><b:extensionElements>
    <m:lane department="sales"/><m:text lang="zh-CN">销售部</m:text></b:extensionElements></b:lane></b:laneSet>
    <b:userTask id="t" name="Ship"><b:extensionElements><m:instruction lang="zh-CN">不是名称</m:instruction>
    </b:extensionElements></b:userTask></b:process></b:definitions>`;

  it('are drawn in the language of the reader, with what lanes say of departments', () => {
    const chinese = localise(model, 'zh-CN');
    expect(chinese.xml).toContain('name="销售部"');
    expect(chinese.xml).toContain('name="Ship"');
    expect(chinese.lanes).toEqual({ l: 'sales' });
    expect(localise(model, 'en').xml).toContain('name="Sales"');
  });

  it('leave what is not XML to the viewer', () => {
    expect(localise('<a', 'en')).toEqual({ xml: '<a', lanes: {} });
  });
});

describe('permissions', () => {
  const user = (permissions: string[]) => ({ permissions }) as unknown as User;

  it('are held one by one, by area, or all', () => {
    expect(isPermitted(user(['process.read']), 'process.read')).toBe(true);
    expect(isPermitted(user(['process.*']), 'process.read')).toBe(true);
    expect(isPermitted(user(['*']), 'process.read')).toBe(true);
    expect(isPermitted(user(['process.deploy', 'order.*']), 'process.read')).toBe(false);
  });
});

describe('small words', () => {
  it('name a position by its record, else by its key', () => {
    const rows = [makeRow('1', { key: 'c', title_en: 'Clerk', title_zh: '专员' })];
    expect(positionName('c', rows, 'en')).toBe('Clerk');
    expect(positionName('c', rows, 'zh-CN')).toBe('专员');
    expect(positionName('finance_clerk', rows, 'en')).toBe('Finance clerk');
    expect(positionName(null, rows, 'en')).toBeUndefined();
  });

  it('say how far away an instant is', () => {
    const now = NOW.getTime();
    expect(formatRelative(new Date(now + 30 * 60_000).toISOString(), 'en', now)).toBe('in 30 min.');
    expect(formatRelative(new Date(now - 86_400_000).toISOString(), 'en', now)).toBe('yesterday');
    expect(formatRelative('nonsense', 'en', now)).toBe('nonsense');
  });

  it('name keys with Ctrl and Command alike', () => {
    expect(keyName(new KeyboardEvent('keydown', { key: 'K', metaKey: true }))).toBe('Ctrl+k');
    expect(keyName(new KeyboardEvent('keydown', { key: '?' }))).toBe('?');
  });

  it('write an address without empty parameters', () => {
    const query = { limit: 1, sort: undefined, after: null, columns: '', search: '水' };
    expect(api.address('/records/{entity}', { path: { entity: 'a/b' }, query })).toBe(
      '/api/v1/records/a%2Fb?limit=1&search=%E6%B0%B4',
    );
  });
});
