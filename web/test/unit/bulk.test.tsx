// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { BulkDialog } from '../../src/features/records/bulk';
import { allThatFit } from '../../src/features/records/bulk-acts';
import type { Target } from '../../src/features/records/bulk-run';
import { readListState } from '../../src/features/records/url-state';
import { makeEntity, makeField, makeRow } from './make';
import { type Call, click, labelled, render, serve, settle, type } from './render';

const entity = makeEntity('order', [makeField('number'), makeField('city')]);
const refusal = { status: 409, code: 'conflict', message: 'it is in use' };

const targets = (count: number): Target[] =>
  Array.from({ length: count }, (_, index) => ({ id: `${index + 1}`, label: `SO-${index + 1}` }));

async function* gather(count: number) {
  yield targets(count);
}

const dialog = () => document.querySelector('[role="dialog"]');
const buttonOf = (text: string) =>
  [...(dialog()?.querySelectorAll('button') ?? [])].find((one) => one.textContent?.trim() === text);

function deletes(answer: (ids: string[]) => unknown): Call[] {
  return serve({
    'POST /records/order/bulk': ({ body }) => ({
      body: { results: answer((body as { ids: string[] }).ids) },
    }),
  });
}

async function deleteMany(count: number) {
  await render(
    <BulkDialog
      entity={entity}
      deed="delete"
      count={count}
      gather={() => gather(count)}
      close={() => undefined}
    />,
  );
}

describe('many records at once', () => {
  it('are done some at a time, and what is refused stands first with its reason', async () => {
    const calls = deletes((ids) =>
      ids.map((id) => (id === '60' ? { id, ok: false, problem: refusal } : { id, ok: true })),
    );
    await deleteMany(60);
    await click(buttonOf('Delete 60 records'));
    await settle();
    const posts = calls.filter(({ method }) => method === 'POST');
    expect(posts.map(({ body }) => (body as { ids: string[] }).ids.length)).toEqual([50, 10]);
    expect(dialog()?.querySelector('[role="status"]')?.textContent).toBe(
      'Done: 59 records. Refused: 1 record.',
    );
    const [first] = dialog()?.querySelectorAll('tbody tr') ?? [];
    expect(first?.textContent).toBe('SO-60refusedit is in use');
    expect(first?.querySelector('a')?.getAttribute('href')).toBe('/records/order/60');
  });

  it('take a reason along', async () => {
    const calls = deletes((ids) => ids.map((id) => ({ id, ok: true })));
    await deleteMany(2);
    await type(labelled(document, 'Reason'), ' too many ');
    await click(buttonOf('Delete 2 records'));
    const post = calls.find(({ method }) => method === 'POST');
    expect(post?.body).toEqual({ ids: ['1', '2'], action: 'delete', reason: 'too many' });
  });

  it('stop where somebody stops them', async () => {
    let stop = () => {};
    const calls = deletes((ids) => {
      stop();
      return ids.map((id) => ({ id, ok: true }));
    });
    await deleteMany(120);
    stop = () => buttonOf('Stop')?.click();
    await click(buttonOf('Delete 120 records'));
    await settle();
    expect(calls.filter(({ method }) => method === 'POST')).toHaveLength(1);
    expect(dialog()?.textContent).toContain('Done: 50 records. Not tried: 70 records.');
  });

  it('tell what stopped them, and keep what was done until then', async () => {
    let times = 0;
    serve({
      'POST /records/order/bulk': ({ body }) =>
        times++ === 0
          ? { body: { results: (body as { ids: string[] }).ids.map((id) => ({ id, ok: true })) } }
          : { status: 503, body: { status: 503, code: 'unavailable', message: 'full' } },
    });
    await deleteMany(60);
    await click(buttonOf('Delete 60 records'));
    await settle();
    expect(dialog()?.querySelector('[role="alert"]')?.textContent).toContain('full');
    expect(dialog()?.textContent).toContain('Done: 50 records. Not tried: 10 records.');
  });

  it('are found page by page before the first is changed', async () => {
    const calls = serve({
      'GET /records/order': ({ query }) => ({
        body: query.get('after')
          ? { items: [makeRow('2', {})], next: null }
          : { items: [makeRow('1', {})], next: 'on' },
      }),
    });
    const state = readListState(entity, new URLSearchParams('f=city.eq.Ulm&w=x'));
    const found: Target[] = [];
    for await (const page of allThatFit('order', state)()) found.push(...page);
    expect(found.map(({ id }) => id)).toEqual(['1', '2']);
    expect(calls[0]?.query.get('where')).toBe('x');
    expect(JSON.parse(calls[1]?.query.get('filter') ?? '')).toEqual([
      { field: 'city', operator: '=', value: 'Ulm' },
    ]);
  });
});
