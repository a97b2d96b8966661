// SPDX-License-Identifier: Apache-2.0
// Work in the order in which it is due: overdue, today, later, without a date.
import type { WorkItem } from '../../api/types';

export type GroupKey = 'overdue' | 'today' | 'later' | 'open';

export interface Group {
  key: GroupKey;
  items: WorkItem[];
}

const ORDER: GroupKey[] = ['overdue', 'today', 'later', 'open'];

function groupOf(item: WorkItem, now: Date): GroupKey {
  if (!item.due_at) return 'open';
  const due = new Date(item.due_at);
  if (item.overdue || due.getTime() < now.getTime()) return 'overdue';
  return due.toDateString() === now.toDateString() ? 'today' : 'later';
}

function before(a: WorkItem, b: WorkItem): number {
  return (
    b.priority - a.priority ||
    (a.due_at ?? '').localeCompare(b.due_at ?? '') ||
    a.created_at.localeCompare(b.created_at)
  );
}

export function groupByDue(items: WorkItem[], now = new Date()): Group[] {
  return ORDER.map((key) => ({
    key,
    items: items.filter((item) => groupOf(item, now) === key).sort(before),
  })).filter((group) => group.items.length > 0);
}
