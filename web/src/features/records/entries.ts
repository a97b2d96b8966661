// SPDX-License-Identifier: Apache-2.0
// The form of a new record: what a person can write, the required fields first.
import type { Entity } from '../../api/types';
import type { FormEntry } from '../../ui/form';

export function newEntries(entity: Entity, given: Record<string, unknown> = {}): FormEntry[] {
  const writable = entity.fields.filter((field) => !field.read_only && !field.owned_by);
  return [
    ...writable.filter((field) => field.required),
    ...writable.filter((field) => !field.required),
  ].map((field) => ({
    field,
    access: field.required ? 'required' : 'optional',
    value: given[field.name] ?? null,
  }));
}
