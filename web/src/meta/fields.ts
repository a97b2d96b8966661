// SPDX-License-Identifier: Apache-2.0
// What follows from a field's metadata, whatever its type.
import type { Field, FieldShape, FieldValues, Led, Reference } from '../api/types';

// Written by the engine and of no interest to a reader.
export function isHidden(field: Field): boolean {
  return field.name === 'id' || field.name === 'version';
}

// The business's own fields first, then the system's.
export function shownFields(fields: Field[]): Field[] {
  const shown = fields.filter((field) => !isHidden(field));
  return [...shown.filter((field) => !field.system), ...shown.filter((field) => field.system)];
}

// The currency of a money field: a code in the metadata, or in the field that it names.
export function currencyOf(field: FieldShape, values: FieldValues | undefined): string | null {
  const held = values?.[field.currency ?? 'currency'];
  if (typeof held === 'string') return held;
  return field.currency && /^[A-Z]{3}$/.test(field.currency) ? field.currency : null;
}

// The records that a field leads to: none, one, or several.
export function ledTo(reference: Led | null | undefined): Reference[] {
  if (!reference) return [];
  return Array.isArray(reference) ? reference : [reference];
}
