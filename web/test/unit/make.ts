// SPDX-License-Identifier: Apache-2.0
// Whole answers of the server from the parts that a test is about.
import type { Entity, Field, FieldType, RecordRow } from '../../src/api/types';

export function makeField(
  name: string,
  type: FieldType = 'text',
  more: Partial<Field> = {},
): Field {
  return {
    name,
    title: name.charAt(0).toUpperCase() + name.slice(1),
    type,
    help: null,
    required: false,
    read_only: false,
    system: false,
    process_owned: false,
    unique: false,
    personal: false,
    asks_reason: false,
    ...more,
  };
}

export function makeEntity(name: string, fields: Field[], more: Partial<Entity> = {}): Entity {
  return {
    name,
    title: name.charAt(0).toUpperCase() + name.slice(1),
    plural: `${name}s`,
    icon: null,
    label: 'number',
    key: 'number',
    parent: null,
    searchable: false,
    compared: [],
    fields,
    lists: [],
    children: [],
    may: { read: true, create: true, edit: true, delete: true, export: true, import: true },
    ...more,
  };
}

export function makeRow(id: string, fields: RecordRow['fields']): RecordRow {
  return { id, version: 1, label: id, references: {}, fields };
}
