// SPDX-License-Identifier: Apache-2.0
// The name of something that arrives either as text or as an object with a name.
export function nameOf(
  value: string | { name?: string | null } | null | undefined,
): string | undefined {
  if (!value) return undefined;
  return typeof value === 'string' ? value : (value.name ?? undefined);
}
