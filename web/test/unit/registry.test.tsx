// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { FieldShape, FieldType, FieldValue } from '../../src/api/types';
import { addressLines } from '../../src/meta/address';
import { currencyOf, shownFields } from '../../src/meta/fields';
import { FieldCell, FieldDisplay, FieldEditor, registry } from '../../src/meta/registry';
import { makeField } from './make';
import { labelled, render, serve } from './render';

const TYPES: Record<FieldType, FieldValue> = {
  text: 'plain',
  long_text: 'two\nlines',
  integer: 1200,
  decimal: 1.5,
  money: 1234.5,
  percent: 12.5,
  boolean: true,
  date: '2026-11-22',
  instant: '2026-11-22T10:00:00Z',
  choice: 'open',
  reference: '17',
  email: 'a@b.example',
  phone: '+44 113 555 0110',
  url: 'https://b.example/x',
  json: { a: 1 },
  multi_choice: ['open'],
  duration: 'PT2H30M',
  multi_reference: ['17', '18'],
  auto_number: '2026-00001',
  address: { street: 'Dam 1', postal_code: '28195', city: 'Bremen', region: null, country: 'DE' },
};

function field(type: FieldType, more: Partial<FieldShape> = {}): FieldShape {
  return {
    name: 'f',
    title: 'Field',
    type,
    ...(type.endsWith('choice')
      ? { choices: [{ value: 'open', title: 'Open', colour: 'blue' }] }
      : {}),
    ...(type.endsWith('reference') ? { to: 'account' } : {}),
    ...more,
  };
}

describe('the registry of field types', () => {
  it('knows every type of the contract', () => {
    expect(Object.keys(registry).sort()).toEqual(Object.keys(TYPES).sort());
  });

  it.each(Object.entries(TYPES))('shows and edits %s', async (type, value) => {
    serve({});
    const shape = field(type as FieldType);
    const container = await render(
      <>
        <FieldCell field={shape} value={value} reference={{ id: '17', label: 'Acme' }} />
        <FieldDisplay field={shape} value={value} reference={{ id: '17', label: 'Acme' }} />
        <label htmlFor="e">Field</label>
        <FieldEditor id="e" field={shape} value={value} onChange={() => {}} required />
      </>,
    );
    expect(container.textContent).not.toBe('Field');
    const editor = labelled(container, 'Field');
    expect(editor, 'the label leads to the editor').not.toBeNull();
    expect(editor?.getAttribute('aria-required')).toBe('true');
  });

  it('shows a type it does not know as text', async () => {
    const container = await render(
      <FieldDisplay field={field('colour' as FieldType)} value="mauve" />,
    );
    expect(container.textContent).toBe('mauve');
  });

  it('shows nothing of an empty value in a cell and a dash on a page', async () => {
    const container = await render(
      <>
        <p>
          <FieldCell field={field('text')} value={null} />
        </p>
        <i>
          <FieldDisplay field={field('text')} value={null} />
        </i>
      </>,
    );
    expect(container.querySelector('p')?.textContent).toBe('');
    expect(container.querySelector('i')?.textContent).toBe('—');
  });

  it('keeps the scale of money and never shifts a date', async () => {
    const container = await render(
      <>
        <p>
          <FieldDisplay field={field('money', { scale: 2 })} value={1234.5} currency="EUR" />
        </p>
        <i>
          <FieldDisplay field={field('date')} value="2026-01-01" />
        </i>
      </>,
    );
    expect(container.querySelector('p')?.textContent).toBe('1,234.50 EUR');
    expect(container.querySelector('i')?.textContent).toBe('Jan 1, 2026');
  });

  it('makes no link of an address that is not http', async () => {
    const container = await render(
      <FieldDisplay field={field('url')} value="javascript:alert(1)" />,
    );
    expect(container.querySelector('a')).toBeNull();
  });

  it('leads a reference to its record', async () => {
    const container = await render(
      <FieldDisplay
        field={field('reference')}
        value="17"
        reference={{ id: '17', label: 'Acme' }}
      />,
    );
    expect(container.querySelector('a')?.getAttribute('href')).toBe('/records/account/17');
    expect(container.textContent).toBe('Acme');
  });
});

describe('an address', () => {
  it.each([
    ['DE', ['1 Main St', 'Floor 2', '94016 Springfield', 'CA', 'Germany']],
    ['US', ['1 Main St', 'Floor 2', 'Springfield, CA 94016', 'United States']],
    ['GB', ['1 Main St', 'Floor 2', 'Springfield', 'CA', '94016', 'United Kingdom']],
    ['CN', ['94016', 'CASpringfield1 Main St', 'Floor 2', 'China']],
  ])('stands in the order of %s', (country, lines) => {
    const parts = { street: '1 Main St\nFloor 2', postal_code: '94016', city: 'Springfield' };
    expect(addressLines({ ...parts, region: 'CA', country }, 'en')).toEqual(lines);
  });

  it('leaves out what is not there, with what stands around it', () => {
    expect(addressLines({ city: 'Springfield', country: 'US' }, 'en')).toEqual([
      'Springfield',
      'United States',
    ]);
    expect(addressLines({ street: '千代田1', country: 'JP' }, 'zh-CN')).toEqual([
      '千代田1',
      '日本',
    ]);
  });
});

describe('several references', () => {
  it('lead to each record by its name', async () => {
    const container = await render(
      <FieldDisplay
        field={field('multi_reference')}
        value={['17', '18']}
        reference={[
          { id: '17', label: 'Acme' },
          { id: '18', label: 'Zenith' },
        ]}
      />,
    );
    const links = [...container.querySelectorAll('a')].map((link) => link.getAttribute('href'));
    expect(links).toEqual(['/records/account/17', '/records/account/18']);
    expect(container.textContent).toBe('Acme, Zenith');
  });
});

describe('fields', () => {
  it('stand with the business first and without id and version', () => {
    const fields = [
      makeField('version', 'integer', { system: true }),
      makeField('created_at', 'instant', { system: true }),
      makeField('number'),
    ];
    expect(shownFields(fields).map(({ name }) => name)).toEqual(['number', 'created_at']);
  });

  it('find their currency in the record, else in the metadata', () => {
    const money = field('money', { currency: 'cur' });
    expect(currencyOf(money, { cur: 'CNY' })).toBe('CNY');
    expect(currencyOf(field('money', { currency: 'EUR' }), {})).toBe('EUR');
    expect(currencyOf(field('money'), {})).toBeNull();
  });
});
