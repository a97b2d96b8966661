// SPDX-License-Identifier: Apache-2.0
// Weeks of a calendar, in the person's own time zone: they begin on Monday.

export function dayText(day: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

export function addDays(day: Date, days: number): Date {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + days);
}

// The Monday of the week that holds the day; of now, where the text is no day.
export function mondayOf(text: string | null, now = new Date()): Date {
  const [year, month, date] = /^\d{4}-\d{2}-\d{2}$/.test(text ?? '')
    ? (text as string).split('-').map(Number)
    : [now.getFullYear(), now.getMonth() + 1, now.getDate()];
  const day = new Date(year as number, (month as number) - 1, date as number);
  return addDays(day, -((day.getDay() + 6) % 7));
}

export function weekOf(monday: Date): Date[] {
  return [0, 1, 2, 3, 4, 5, 6].map((days) => addDays(monday, days));
}
