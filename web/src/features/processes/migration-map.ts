// SPDX-License-Identifier: Apache-2.0
// What differs between two versions of a process, and which step of the old one could become which
// of the new: by kind and name, where no other step has them.
import type { Process } from '../../api/types';

type Step = Process['steps'][number];
export type Mapping = Record<string, string>;

export interface Difference {
  gone: Step[]; // of the old version, without a step of the same id in the new
  added: Step[]; // of the new version, that nothing becomes
}

const idsOf = (steps: Step[]) => new Set(steps.map(({ key }) => key));

export function differenceOf(from: Step[], to: Step[], mapping: Mapping): Difference {
  const old = idsOf(from);
  const next = idsOf(to);
  const targets = new Set(Object.values(mapping));
  return {
    gone: from.filter(({ key }) => !next.has(key)),
    added: to.filter(({ key }) => !old.has(key) && !targets.has(key)),
  };
}

// Only steps of the same kind can become each other.
export function targetsOf(step: Step, from: Step[], to: Step[]): Step[] {
  const old = idsOf(from);
  return to.filter(({ key, kind }) => kind === step.kind && !old.has(key));
}

export function proposed(from: Step[], to: Step[]): Mapping {
  const mapping: Mapping = {};
  for (const step of differenceOf(from, to, {}).gone) {
    const named = (each: Step) => each.kind === step.kind && each.name === step.name;
    const [target, ...others] = targetsOf(step, from, to).filter(named);
    const alone = from.filter(named).length === 1 && others.length === 0;
    if (target && alone) mapping[step.key] = target.key;
  }
  return mapping;
}
