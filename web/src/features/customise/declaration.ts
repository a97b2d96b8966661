// SPDX-License-Identifier: Apache-2.0
// What the form holds, and the files of the company's pack that it makes.
import type { components } from '../../api/schema';

export type Packs = components['schemas']['Packs'];

export const TYPES = [
  'text',
  'long_text',
  'integer',
  'decimal',
  'money',
  'percent',
  'boolean',
  'date',
  'instant',
  'choice',
  'multi_choice',
  'duration',
  'reference',
  'multi_reference',
  'address',
  'auto_number',
  'email',
  'phone',
  'url',
  'json',
] as const;
export type TypeName = (typeof TYPES)[number];

export interface DraftField {
  key: number;
  name: string;
  en: string;
  zh: string;
  type: TypeName;
  to: string;
  choices: string; // one a line: word, or word = title
  pattern: string; // of an auto_number
  required: boolean;
  unique: boolean;
  personal: boolean; // says something about a person
  askReason: boolean; // a change by hand says why
  listed: boolean;
  shown: boolean; // of a reference: as a list on the record that it leads to
}

export interface Draft {
  name: string;
  en: string;
  zh: string;
  pluralEn: string;
  pluralZh: string;
  fields: DraftField[];
  positions: string[];
}

type Entry = Record<string, unknown>;

const TEXTS: readonly TypeName[] = ['text', 'email', 'phone', 'url'];

let made = 0;
export function newField(): DraftField {
  return {
    key: ++made,
    name: '',
    en: '',
    zh: '',
    type: 'text',
    to: '',
    choices: '',
    pattern: '{year}-{counter:5}',
    required: false,
    unique: false,
    personal: false,
    askReason: false,
    listed: true,
    shown: true,
  };
}

export function newDraft(): Draft {
  const fields = [{ ...newField(), name: 'name', en: 'Name', zh: '名称', required: true }];
  return { name: '', en: '', zh: '', pluralEn: '', pluralZh: '', fields, positions: [] };
}

// "Serial number" -> "serial_number"
export function nameFrom(title: string): string {
  const name = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '');
  return name.slice(0, 48);
}

function title(en: string, zh: string): string | Entry {
  return zh && zh !== en ? { en, 'zh-CN': zh } : en;
}

function choicesOf(text: string): Entry[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => {
      const [word = '', said] = line.split('=').map((part) => part.trim());
      return said ? { value: word, title: said } : { value: word };
    });
}

function fieldOf(field: DraftField): Entry {
  return {
    name: field.name,
    type: field.type,
    ...(field.type.endsWith('reference') ? { to: field.to } : {}),
    title: title(field.en, field.zh),
    ...(field.type === 'auto_number' ? { pattern: field.pattern } : {}),
    ...(field.required ? { required: true } : {}),
    ...(field.unique ? { unique: true } : {}),
    ...(field.personal ? { personal: true } : {}),
    ...(field.askReason ? { ask_reason: true } : {}),
    ...(field.type.endsWith('choice') ? { choices: choicesOf(field.choices) } : {}),
  };
}

function entityOf(draft: Draft): Entry {
  const listed = draft.fields.filter((field) => field.listed).map((field) => field.name);
  const texts = draft.fields.filter((field) => TEXTS.includes(field.type)).map(({ name }) => name);
  const key = draft.fields.find((field) => field.unique && TEXTS.includes(field.type));
  return {
    entity: draft.name,
    title: title(draft.en, draft.zh),
    plural: title(draft.pluralEn || draft.en, draft.pluralZh || draft.zh),
    ...(key ? { key: key.name } : {}),
    ...(texts.length > 0 ? { search: texts } : {}),
    fields: draft.fields.map(fieldOf),
    lists: [
      {
        name: 'all',
        title: { en: 'All', 'zh-CN': '全部' },
        sort: ['created_at desc'],
        columns: listed,
      },
    ],
  };
}

function contentOf(packs: Packs, name: string): unknown {
  return packs.files.find((file) => file.name === name)?.value;
}

// An item of a list, in the place of the one of the same name.
function withItem(list: unknown, key: string, item: Entry): Entry[] {
  const items = Array.isArray(list) ? (list as Entry[]) : [];
  return [...items.filter((each) => each[key] !== item[key]), item];
}

// The list of these records on the page of what they lead to.
function targetOf(packs: Packs, draft: Draft, field: DraftField): [string, Entry] {
  const name = `entities/${field.to}.yaml`;
  const before = (contentOf(packs, name) ?? { entity: field.to }) as Entry;
  const child = {
    name: `${draft.name}_by_${field.name}`.slice(0, 48),
    entity: draft.name,
    by: field.name,
    title: title(draft.pluralEn || draft.en, draft.pluralZh || draft.zh),
  };
  return [name, { ...before, children: withItem(before.children, 'name', child) }];
}

export function filesOf(packs: Packs, draft: Draft): Record<string, unknown> {
  const files: Record<string, unknown> = { [`entities/${draft.name}.yaml`]: entityOf(draft) };
  for (const field of draft.fields) {
    if (!field.type.endsWith('reference') || !field.shown || !field.to || field.to === draft.name)
      continue;
    const [name, value] = targetOf(packs, draft, field);
    files[name] = value;
  }
  if (draft.positions.length > 0) {
    const role = {
      role: `${draft.name}_users`.slice(0, 48),
      title: title(draft.pluralEn || draft.en, draft.pluralZh || draft.zh),
      positions: draft.positions,
      permissions: [`${draft.name}.*`],
    };
    files['roles.yaml'] = withItem(contentOf(packs, 'roles.yaml'), 'role', role);
  }
  return files;
}

export function isComplete(draft: Draft): boolean {
  return (
    draft.name !== '' &&
    draft.en !== '' &&
    draft.fields.every(
      (field) =>
        field.name !== '' &&
        field.en !== '' &&
        (!field.type.endsWith('reference') || field.to !== '') &&
        (!field.type.endsWith('choice') || field.choices.trim() !== ''),
    )
  );
}
