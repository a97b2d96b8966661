// SPDX-License-Identifier: Apache-2.0
import { useState } from 'react';
import { describe, expect, it } from 'vitest';
import type { OpenStep, RecordRow } from '../../src/api/types';
import { RecordFields } from '../../src/features/records/fields';
import { makeEntity, makeField } from './make';
import { type Answer, type Call, click, labelled, render, serve, type } from './render';

const entity = makeEntity('order', [
  makeField('number', 'text', { read_only: true }),
  makeField('reference'),
  makeField('frozen'),
  makeField('status', 'text', { process_owned: true }),
]);

const record: RecordRow = {
  id: '7',
  version: 3,
  label: 'SO-7',
  fields: { number: 'SO-7', reference: 'old', frozen: 'x', status: 'draft' },
  references: {},
  read_only: ['frozen', 'status'],
};

const openStep: OpenStep = { key: 'ship', name: 'Ship', instance: '1', where: '/work/9' };

async function edit(answer: (call: Call) => Answer, more: Record<string, () => Answer> = {}) {
  const calls = serve({ 'PATCH /records/order/7': answer, ...more });
  const container = await render(
    <RecordFields entity={entity} record={record} openStep={openStep} />,
  );
  await click(container.querySelector('[data-edit="reference"]'));
  await type(labelled(container, 'Reference'), 'mine');
  await click(container.querySelector('.inline-edit button[type="submit"]'));
  return { container, calls };
}

const dialog = () => document.querySelector('[role="dialog"]');

describe('the fields of a record', () => {
  it('can be edited but for those that are closed or belong to the process', async () => {
    serve({});
    const container = await render(<RecordFields entity={entity} record={record} />);
    const names = [...container.querySelectorAll<HTMLElement>('[data-edit]')].map(
      (button) => button.dataset.edit,
    );
    expect(names).toEqual(['reference']);
  });

  it('that a process owns can be edited while the record leaves them free', async () => {
    serve({});
    const free = { ...record, read_only: [] };
    const container = await render(<RecordFields entity={entity} record={free} />);
    expect(container.querySelector('[data-edit="status"]')).not.toBeNull();
  });

  it('explain a lock by the step that stands open', async () => {
    serve({});
    const container = await render(
      <RecordFields entity={entity} record={record} openStep={openStep} />,
    );
    await click(container.querySelector('[aria-label="Why Status is locked"]'));
    expect(dialog()?.textContent).toContain('“Status” is set by the process alone');
    expect(dialog()?.querySelector('a')?.getAttribute('href')).toBe('/work/9');
  });

  it('go out with the version that was seen', async () => {
    const { calls, container } = await edit(() => ({ body: { ...record, version: 4 } }));
    expect(calls.find(({ method }) => method === 'PATCH')?.body).toEqual({
      version: 3,
      fields: { reference: 'mine' },
    });
    expect(container.querySelector('.inline-edit')).toBeNull();
  });

  it('still go out with that version when the record is refreshed meanwhile', async () => {
    const calls = serve({ 'PATCH /records/order/7': () => ({ body: { ...record, version: 6 } }) });
    function Refreshed() {
      const [version, setVersion] = useState(3);
      return (
        <>
          <button type="button" id="refresh" onClick={() => setVersion(5)}>
            refresh
          </button>
          <RecordFields entity={entity} record={{ ...record, version }} />
        </>
      );
    }
    const container = await render(<Refreshed />);
    await click(container.querySelector('[data-edit="reference"]'));
    await click(container.querySelector('#refresh'));
    await click(container.querySelector('.inline-edit button[type="submit"]'));
    const patch = calls.find(({ method }) => method === 'PATCH');
    expect(patch?.body).toMatchObject({ version: 3 });
  });

  it('say at the field what the server finds wrong with it', async () => {
    const { container } = await edit(() => ({
      status: 400,
      body: { status: 400, code: 'invalid', message: 'too short', field: 'reference' },
    }));
    expect(container.querySelector('.inline-edit [role="alert"]')?.textContent).toBe('too short');
  });

  it('name the open step when the process refuses the change', async () => {
    await edit(() => ({
      status: 409,
      body: { status: 409, code: 'conflict', message: 'not now', open_step: openStep },
    }));
    expect(dialog()?.textContent).toContain('not now');
    expect(dialog()?.textContent).toContain('Nothing was changed.');
    expect(dialog()?.querySelector('a')?.getAttribute('href')).toBe('/work/9');
  });

  it('offer both values when somebody else was faster, and send the choice anew', async () => {
    let refusals = 0;
    const { calls } = await edit(
      () => {
        refusals += 1;
        if (refusals > 1) return { body: { ...record, version: 9 } };
        return { status: 409, body: { status: 409, code: 'conflict', message: 'changed' } };
      },
      {
        'GET /records/order/7': () => ({
          body: { ...record, version: 8, fields: { ...record.fields, reference: 'theirs' } },
        }),
      },
    );
    expect(dialog()?.textContent).toContain('Yours: mine');
    expect(dialog()?.textContent).toContain('As it is now: theirs');
    await click(dialog()?.querySelector('.ant-btn-primary'));
    expect(calls.filter(({ method }) => method === 'PATCH').at(-1)?.body).toEqual({
      version: 8,
      fields: { reference: 'mine' },
    });
  });
});
