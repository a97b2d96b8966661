// SPDX-License-Identifier: Apache-2.0
// What a certificate tells, brought into tables: counts by door, and equal refusals of several doors
// in one row.
import type { Certificate, TriedMove } from '../../api/types';

export interface DoorCount {
  door: string;
  moves: number;
  refused: number;
  through: number;
}

const sum = (moves: TriedMove[]) => moves.reduce((total, { count }) => total + count, 0);

export function doorCounts({ tried, through }: Certificate): DoorCount[] {
  const doors = [...new Set([...tried, ...through].map(({ door }) => door))].sort();
  return doors.map((door) => {
    const refused = sum(tried.filter((move) => move.door === door));
    const passed = sum(through.filter((move) => move.door === door));
    return { door, moves: refused + passed, refused, through: passed };
  });
}

/** The sets of open steps at which something was tried, in the order in which they were met. */
export function standings({ tried, through }: Certificate): string[] {
  return [...new Set([...tried, ...through].map(({ step }) => step))];
}

export interface Refusal extends TriedMove {
  doors: string[];
}

export function refusalsAt(certificate: Certificate, step: string): Refusal[] {
  const rows = new Map<string, Refusal>();
  for (const move of certificate.tried) {
    if (move.step !== step) continue;
    const key = [move.move, move.who, move.why].join('\n');
    const row = rows.get(key) ?? { ...move, doors: [], count: 0 };
    if (!row.doors.includes(move.door)) row.doors.push(move.door);
    row.count += move.count;
    rows.set(key, row);
  }
  return [...rows.values()];
}
