// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it, vi } from 'vitest';
import type { Problem } from '../../src/api/types';
import { FieldForm, type FormEntry } from '../../src/ui/form';
import { click, labelled, render, serve, type } from './render';

const warehouse = { key: 'warehouse', name: 'Warehouse', colour: '#b45309' };

const entries: FormEntry[] = [
  {
    field: { name: 'tracking', title: 'Tracking number', type: 'text' },
    access: 'required',
    value: null,
  },
  {
    field: { name: 'note', title: 'Note', type: 'text', help: 'For the driver.' },
    access: 'optional',
    value: 'as is',
  },
  { field: { name: 'total', title: 'Total', type: 'money', scale: 2 }, access: 'read', value: 9 },
];

async function draw(more: { problem?: Problem; disabled?: boolean } = {}) {
  serve({});
  const onSubmit = vi.fn();
  const container = await render(
    <FieldForm entries={entries} submitLabel="Complete" onSubmit={onSubmit} {...more} />,
  );
  const submit = container.querySelector('button[type="submit"]');
  return { container, onSubmit, submit };
}

describe('a generated form', () => {
  it('holds back while a required field is empty and says so at the field', async () => {
    const { container, onSubmit, submit } = await draw();
    await click(submit);
    expect(onSubmit).not.toHaveBeenCalled();
    const input = labelled(container, 'Tracking number');
    expect(input?.getAttribute('aria-invalid')).toBe('true');
    const described = document.getElementById(input?.getAttribute('aria-describedby') ?? '');
    expect(described?.textContent).toBe('This has to be filled in.');
    expect(document.activeElement).toBe(input);
  });

  it('sends what can be written and nothing that is only read', async () => {
    const { container, onSubmit, submit } = await draw();
    await type(labelled(container, 'Tracking number'), 'DHL 1');
    await click(submit);
    expect(onSubmit).toHaveBeenCalledWith({ tracking: 'DHL 1', note: 'as is' });
  });

  it('is sent by Ctrl and Enter, never by Enter alone', async () => {
    const { container, onSubmit } = await draw();
    const input = labelled(container, 'Tracking number');
    await type(input, 'DHL 1');
    const alone = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true });
    input?.dispatchEvent(alone);
    expect(alone.defaultPrevented).toBe(true);
    expect(onSubmit).not.toHaveBeenCalled();
    input?.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true, bubbles: true }),
    );
    expect(onSubmit).toHaveBeenCalledOnce();
  });

  it('shows a field that is only read as text', async () => {
    const { container } = await draw();
    expect(labelled(container, 'Total')).toBeNull();
    expect(container.textContent).toContain('9.00');
  });

  it('explains a field with its help', async () => {
    const { container } = await draw();
    const input = labelled(container, 'Note');
    expect(
      document.getElementById(input?.getAttribute('aria-describedby') ?? '')?.textContent,
    ).toBe('For the driver.');
  });

  it("tells the server's refusal whole, with the open step and the way there", async () => {
    const { container } = await draw({
      problem: {
        status: 409,
        code: 'conflict',
        message: 'the order is not picked',
        field: 'note',
        hint: 'Pick it first.',
        open_step: {
          key: 'pick',
          name: 'Pick',
          instance: '7',
          where: '/work/8',
          who: { department: warehouse, position: null, users: [{ id: '1', name: 'Walt' }] },
        },
      },
    });
    const alert = container.querySelector('[role="alert"]');
    expect(alert?.textContent).toContain('the order is not picked');
    expect(alert?.textContent).toContain('Pick it first.');
    expect(alert?.textContent).toContain('Walt · Warehouse');
    expect(alert?.querySelector('a')?.getAttribute('href')).toBe('/work/8');
    expect(labelled(container, 'Note')?.getAttribute('aria-invalid')).toBe('true');
  });

  it('cannot be sent when the person may not complete the step', async () => {
    const { container, submit } = await draw({ disabled: true });
    expect(submit).toBeNull();
    expect(container.querySelector('input')).toBeNull();
  });
});
