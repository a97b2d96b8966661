// SPDX-License-Identifier: Apache-2.0
// Addresses of records. Orders have a short one of their own; all else is /records/<entity>.
import type { Id } from '../../api/types';

const ALIASES: Record<string, string> = { sales_order: '/orders' };

export function recordsPath(entity: string): string {
  return ALIASES[entity] ?? `/records/${entity}`;
}

export function recordPath(entity: string, id: Id): string {
  return `${recordsPath(entity)}/${id}`;
}
