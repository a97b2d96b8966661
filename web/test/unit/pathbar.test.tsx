// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { InstanceMoves } from '../../src/api/types';
import { PathBar } from '../../src/ui/pathbar';
import { render, serve } from './render';

const sales = { key: 'sales', name: 'Sales', colour: '#2563eb' };
const finance = { key: 'finance', name: 'Finance', colour: '#15803d' };

const sam = { id: '2', name: 'Sam' };
const untouched = { at: null, by: null };

const instance: InstanceMoves = {
  id: '70',
  process: { key: 'standard-order', name: 'Standard order', version: 3 },
  state: 'running',
  suspended: null,
  path: [
    { ...untouched, key: 'enter', name: 'Enter order', department: sales, state: 'done', by: sam },
    { ...untouched, key: 'check', name: 'Credit check', department: null, state: 'done' },
    { ...untouched, key: 'decide', name: 'Decide', department: finance, state: 'now' },
    { ...untouched, key: 'old', name: 'Old way', department: sales, state: 'skipped' },
    { ...untouched, key: 'ship', name: 'Ship', department: sales, state: 'next' },
  ],
  now: [
    {
      work_item: '5',
      key: 'decide',
      name: 'Decide',
      department: finance,
      position: 'finance_clerk',
      users: [{ id: '1', name: 'Fiona' }],
      due: '2020-01-01T00:00:00Z',
      mine: false,
      kind: 'task',
    },
  ],
  blocked_by: [
    {
      key: 'decide',
      name: 'Decide',
      who: { department: finance, position: 'finance_clerk', users: [] },
      where: '/work/5',
      reason: 'It waits for Finance.',
    },
  ],
};

describe('the path bar', () => {
  it('is an ordered list that marks the current step', async () => {
    serve({});
    const container = await render(<PathBar instance={instance} />);
    const steps = [...container.querySelectorAll('ol > li')];
    expect(steps).toHaveLength(5);
    expect(steps.filter((step) => step.getAttribute('aria-current') === 'step')).toEqual([
      steps[2],
    ]);
  });

  it('says state and department in words beside the colour', async () => {
    serve({});
    const container = await render(<PathBar instance={instance} />);
    const texts = [...container.querySelectorAll('ol > li')].map((step) => step.textContent);
    expect(texts[0]).toMatch(/Sales\W*Done/);
    expect(texts[1]).toMatch(/System\W*Done/);
    expect(texts[2]).toMatch(/Finance\W*Now · Blocked/);
    expect(texts[3]).toContain('Skipped');
    expect(texts[4]).toContain('Next');
    const first = container.querySelector<HTMLElement>('ol > li');
    expect(first?.style.getPropertyValue('--department')).toBe('#2563eb');
  });

  it('names who can do the step, until when, and leads there', async () => {
    const position = { name: 'position', fields: [], lists: [] };
    serve({
      'GET /meta': () => ({ body: { entities: [position], departments: [] } }),
      'GET /records/position': () => ({
        body: {
          items: [
            {
              id: '3',
              version: 1,
              label: 'Finance clerk',
              fields: { key: 'finance_clerk', title_en: 'Clerk of finance', title_zh: '财务专员' },
              references: {},
            },
          ],
          next: null,
        },
      }),
    });
    const container = await render(<PathBar instance={instance} />);
    expect(container.textContent).toContain('Finance · Clerk of finance · Fiona');
    expect(container.textContent).toContain('Overdue');
    expect(container.textContent).toContain('Blocked by “Decide” It waits for Finance.');
    expect(container.querySelector('a[href="/work/5"]')?.textContent).toBe('Open “Decide”');
  });

  it('speaks Chinese', async () => {
    serve({});
    const container = await render(<PathBar instance={instance} />, { language: 'zh-CN' });
    expect(container.querySelector('ol > li')?.textContent).toContain('已完成');
  });
});
