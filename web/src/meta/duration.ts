// SPDX-License-Identifier: Apache-2.0
// Durations of days and time as ISO 8601 writes them, and as people do.
export interface Parts {
  days: number;
  hours: number;
  minutes: number;
}

export function durationParts(iso: string): Parts | null {
  const found = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(iso);
  if (!found) return null;
  const [, days = 0, hours = 0, minutes = 0] = found;
  return { days: Number(days), hours: Number(hours), minutes: Number(minutes) };
}

// As an editor shows it: hours and minutes, or what the server holds where that is not enough.
export function durationTyped(value: unknown): string {
  if (value === null || value === undefined) return '';
  const parts = durationParts(String(value));
  if (!parts) return String(value);
  return `${parts.days * 24 + parts.hours}:${String(parts.minutes).padStart(2, '0')}`;
}

export function durationOf(typed: string): string | null {
  const text = typed.trim();
  const clock = /^(\d+):([0-5]\d)$/.exec(text);
  if (clock) return `PT${Number(clock[1])}H${Number(clock[2])}M`;
  return text === '' ? null : text;
}
