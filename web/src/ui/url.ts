// SPDX-License-Identifier: Apache-2.0
// The state of a page that stands in its address.

export type Change = Record<string, string | undefined>;

// The same parameters with some set, or taken off where they are empty.
export function changed(parameters: URLSearchParams, change: Change): URLSearchParams {
  const next = new URLSearchParams(parameters);
  for (const [name, value] of Object.entries(change)) {
    if (value) next.set(name, value);
    else next.delete(name);
  }
  return next;
}
