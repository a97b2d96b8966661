// SPDX-License-Identifier: Apache-2.0
// What can be done with a step beside completing it. Which of it is asked for is in the address
// (?do=delegate), so that keys, the palette and links lead to the same dialog.
import type { WorkItemDetail } from '../../api/types';

export type Deed = 'delegate' | 'forward' | 'reassign' | 'follow-up' | 'comment' | 'skip';

type May = WorkItemDetail['may'];

export const DEEDS: { deed: Deed; key: string; may: (may: May) => boolean }[] = [
  { deed: 'delegate', key: 'd', may: (may) => may.delegate },
  { deed: 'forward', key: 'f', may: (may) => may.forward },
  { deed: 'reassign', key: 'a', may: (may) => may.reassign },
  { deed: 'follow-up', key: 'l', may: (may) => may.follow_up },
  { deed: 'comment', key: 'm', may: () => true },
  { deed: 'skip', key: 'x', may: (may) => may.skip },
];

export function deedOf(parameters: URLSearchParams): Deed | undefined {
  return DEEDS.find(({ deed }) => deed === parameters.get('do'))?.deed;
}

// A local time of the browser's field as an instant.
export function instantOf(local: string): string | null {
  const at = new Date(local);
  return local && !Number.isNaN(at.getTime()) ? at.toISOString() : null;
}

// Tomorrow at eight, as the field wants it.
export function tomorrow(now = new Date()): string {
  const at = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, 8);
  const two = (number: number) => String(number).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:00`;
}
