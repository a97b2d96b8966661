// SPDX-License-Identifier: Apache-2.0
// What a person prefers on this machine: language, theme, single-letter keys. It is not state that
// anybody would send to somebody else, so it lives in the browser's storage and not in the URL.
import { useSyncExternalStore } from 'react';
import type { Language } from '../api/types';

export type Theme = 'system' | 'light' | 'dark';

export interface Settings {
  language: Language | null; // null: the user's own, else the browser's
  theme: Theme;
  letterKeys: boolean;
}

const KEY = 'millrace.settings';
const DEFAULTS: Settings = { language: null, theme: 'system', letterKeys: true };

function load(): Settings {
  try {
    return { ...DEFAULTS, ...JSON.parse(localStorage.getItem(KEY) ?? '{}') };
  } catch {
    return DEFAULTS;
  }
}

let current = load();
const listeners = new Set<() => void>();

export function settings(): Settings {
  return current;
}

export function changeSettings(changes: Partial<Settings>): void {
  current = { ...current, ...changes };
  try {
    localStorage.setItem(KEY, JSON.stringify(current));
  } catch {
    // Without storage the choice lasts as long as the page does.
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useSettings(): Settings {
  return useSyncExternalStore(subscribe, settings);
}

function mediaQuery(text: string): MediaQueryList | null {
  return typeof matchMedia === 'function' ? matchMedia(text) : null;
}

const darkQuery = mediaQuery('(prefers-color-scheme: dark)');
const stillQuery = mediaQuery('(prefers-reduced-motion: reduce)');

function useMedia(query: MediaQueryList | null): boolean {
  return useSyncExternalStore(
    (listener) => {
      query?.addEventListener('change', listener);
      return () => query?.removeEventListener('change', listener);
    },
    () => query?.matches ?? false,
  );
}

// Ant Design has to know: its lists open only when their animation says that it has ended.
export function useReducedMotion(): boolean {
  return useMedia(stillQuery);
}

export function useDark(): boolean {
  const { theme } = useSettings();
  const system = useMedia(darkQuery);
  return theme === 'system' ? system : theme === 'dark';
}
