// SPDX-License-Identifier: Apache-2.0
// The form of a new record: what a person can write, the required fields first.
import type { Entity, Field } from '../../api/types';
import type { FormEntry } from '../../ui/form';

// A process owns it, and yet no record comes into being without it.
function needed(field: Field): boolean {
  return field.required && field.default === undefined;
}

export function newEntries(entity: Entity, given: Record<string, unknown> = {}): FormEntry[] {
  const writable = entity.fields.filter(
    (field) => !field.read_only && !field.system && (!field.process_owned || needed(field)),
  );
  return [
    ...writable.filter((field) => field.required),
    ...writable.filter((field) => !field.required),
  ].map((field) => ({
    field,
    access: field.required ? 'required' : 'optional',
    value: given[field.name] ?? field.default ?? null,
  }));
}
