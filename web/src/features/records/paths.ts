// SPDX-License-Identifier: Apache-2.0
// Addresses of records. Orders have a short one of their own; all else is /records/<entity>.
import type { Id } from '../../api/types';

const ALIASES: Record<string, string> = { sales_order: '/orders' };

export function recordsPath(entity: string): string {
  return ALIASES[entity] ?? `/records/${entity}`;
}

// Two records side by side.
export function mergePath(entity: string, id: Id, other: Id): string {
  return `/records/${entity}/${id}/merge/${other}`;
}

export function recordPath(entity: string, id: Id): string {
  return `${recordsPath(entity)}/${id}`;
}
