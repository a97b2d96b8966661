// SPDX-License-Identifier: Apache-2.0
// Line icons on a 24 grid, drawn here so that the first page carries only those it shows. They are
// decoration: whatever they say stands beside them as text.

const PATHS = {
  work: 'M4 6h10M4 12h10M4 18h6M17.500 16.500l2 2 3.500-4',
  orders: 'M6 3h12v18l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6',
  records: 'M4 5h16v14H4zM4 10h16M10 10v9',
  people:
    'M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM2.500 20c.6-3.600 3-5.500 6.500-5.500s5.900 1.900 6.500 5.500M16 4.600a3.500 3.500 0 0 1 0 5.900M18 15c2 .7 3.200 2.400 3.500 5',
  product: 'M12 3l8 4.500v9L12 21l-8-4.500v-9zM4 7.500l8 4.500 8-4.500M12 12v9',
  opportunity: 'M4 18l5-6 4 3 7-9M15 6h5v5',
  process: 'M3 9h6v6H3zM15 4h6v6h-6zM15 15h6v6h-6zM9 12h3M15 7h-3v11h3',
  deviation: 'M4 19h4c6 0 2-14 8-14h4M17 2l3 3-3 3M4 5h5M15 19h5',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l5 5',
  globe:
    'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3 12h18M12 3c3 3 3.500 6 3.500 9s-.5 6-3.500 9c-3-3-3.500-6-3.500-9s.5-6 3.500-9z',
  sun: 'M12 16.500a4.500 4.500 0 1 0 0-9 4.500 4.500 0 0 0 0 9zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.400 1.400M17.600 17.600L19 19M5 19l1.400-1.400M17.600 6.400L19 5',
  moon: 'M20 14.500A8.500 8.500 0 0 1 9.500 4 8.500 8.500 0 1 0 20 14.500z',
  user: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.500 21c.7-4.200 3.400-6.500 7.500-6.500s6.800 2.300 7.500 6.500',
  plus: 'M12 5v14M5 12h14',
  check: 'M5 12.500l4.500 4.500L19 7',
  now: 'M8 5l11 7-11 7z',
  next: 'M12 17a5 5 0 1 0 0-10 5 5 0 0 0 0 10z',
  skipped: 'M6 12h12',
  pause: 'M9 6v12M15 6v12',
  lock: 'M6 11h12v9H6zM9 11V8a3 3 0 0 1 6 0v3',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.500 2',
  star: 'M12 3.500l2.600 5.400 5.900.8-4.300 4.100 1 5.900L12 16.900l-5.200 2.800 1-5.900L3.500 9.700l5.900-.8z',
  bell: 'M6 17V11a6 6 0 0 1 12 0v6l1.500 2h-15zM10 21h4',
  calendar: 'M4 6h16v14H4zM4 10h16M8 3v5M16 3v5',
  comment: 'M4 5h16v11h-9l-5 4v-4H4z',
  note: 'M6 3h9l4 4v14H6zM9 11h7M9 15h7',
  file: 'M8 12V7a4 4 0 0 1 8 0v9a2.500 2.500 0 0 1-5 0V8',
  mail: 'M3 6h18v12H3zM3 7l9 6 9-6',
  alert: 'M12 4l9 16H3zM12 10v4M12 17v.5',
  arrow: 'M5 12h14M13 6l6 6-6 6',
  down: 'M6 9l6 6 6-6',
  up: 'M6 15l6-6 6 6',
  edit: 'M4 20l1-4L16 5l3 3L8 19zM14 7l3 3',
  close: 'M6 6l12 12M18 6L6 18',
  filter: 'M4 5h16l-6 7v6l-4 2v-8z',
  keyboard: 'M3 6h18v12H3zM7 10h.01M11 10h.01M15 10h.01M7 14h10',
  menu: 'M4 7h16M4 12h16M4 17h16',
  department: 'M4 20V9l8-5 8 5v11M9 20v-6h6v6',
  marketing: 'M4 10v4h3l8 5V5l-8 5zM18.500 9c1.300 1.700 1.300 4.300 0 6',
  sales: 'M3 4h3l2.500 11h9L20 8H7M10 20h.01M16.500 20h.01',
  finance: 'M4 10l8-6 8 6M5 10h14M7 10v7M12 10v7M17 10v7M4 20h16',
  warehouse: 'M3 9l9-5 9 5v11H3zM8 20v-7h8v7M8 16.500h8',
  service: 'M4 13a8 8 0 0 1 16 0v4h-4v-5h4M4 17v-4M4 17h4v-5H4',
  quality: 'M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6zM9 12l2.200 2.200L15.500 10',
} as const;

export type IconName = keyof typeof PATHS;

const FILLED: ReadonlySet<string> = new Set(['now']);

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill={FILLED.has(name) ? 'currentColor' : 'none'}
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

export function departmentIcon(key: string | undefined): IconName {
  return key && key in PATHS ? (key as IconName) : 'department';
}
