// SPDX-License-Identifier: Apache-2.0
// Instants and dates in the person's language and time zone, by the browser's own formats.
import { useTranslation } from 'react-i18next';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function formatInstant(value: string, language: string): string {
  const at = new Date(value);
  if (Number.isNaN(at.getTime())) return value;
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(at);
}

// A date has no time zone: it is read and shown as UTC so that it never slips to its neighbour.
export function formatDate(value: string, language: string): string {
  const at = new Date(`${value}T00:00:00Z`);
  if (Number.isNaN(at.getTime())) return value;
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' }).format(at);
}

export function formatRelative(value: string, language: string, now = Date.now()): string {
  const distance = new Date(value).getTime() - now;
  if (Number.isNaN(distance)) return value;
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' });
  const size = Math.abs(distance);
  if (size < HOUR) return format.format(Math.round(distance / MINUTE), 'minute');
  if (size < DAY) return format.format(Math.round(distance / HOUR), 'hour');
  return format.format(Math.round(distance / DAY), 'day');
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

// The two largest units that it fills: "2 days 4 hr", "12 min".
export function formatDuration(seconds: number, language: string): string {
  const first = UNITS.findIndex(([, size]) => seconds >= size);
  const at = first < 0 ? UNITS.length - 1 : first;
  let left = Math.round(seconds);
  const parts = UNITS.slice(at, at + 2).flatMap(([unit, size], index) => {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count === 0 && index > 0) return [];
    return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'short' }).format(
      count,
    );
  });
  return parts.join(' ');
}

export function InstantText({ value, relative }: { value: string; relative?: boolean }) {
  const { i18n } = useTranslation();
  const full = formatInstant(value, i18n.language);
  return (
    <time dateTime={value} title={full}>
      {relative ? formatRelative(value, i18n.language) : full}
    </time>
  );
}

export function DueText({ value, overdue }: { value: string | null; overdue?: boolean }) {
  const { t, i18n } = useTranslation();
  if (!value) return <span className="quiet">{t('due.none')}</span>;
  const late = overdue ?? new Date(value).getTime() < Date.now();
  return (
    <time
      dateTime={value}
      title={formatInstant(value, i18n.language)}
      className={late ? 'due due-late' : 'due'}
    >
      {late ? `${t('due.overdue')} · ` : ''}
      {formatRelative(value, i18n.language)}
    </time>
  );
}
