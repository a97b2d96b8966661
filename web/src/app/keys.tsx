// SPDX-License-Identifier: Apache-2.0
// The keyboard. A page states its keys with useKeys; they work while no field has the focus and no
// dialog is open. Single letters can be turned off (WCAG 2.1.4); those with Ctrl always work.
import { useEffect, useRef } from 'react';
import { settings } from './settings';

export type Keys = Record<string, (event: KeyboardEvent) => void>;

function typing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

export function keyName(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return event.ctrlKey || event.metaKey ? `Ctrl+${key}` : key;
}

export function useKeys(keys: Keys): void {
  const current = useRef(keys);
  current.current = keys;
  useEffect(() => {
    function pressed(event: KeyboardEvent): void {
      if (event.defaultPrevented || event.altKey || event.isComposing) return;
      const name = keyName(event);
      const action = current.current[name];
      if (!action) return;
      if (!name.startsWith('Ctrl+')) {
        if (typing(event.target) || !settings().letterKeys) return;
        if (document.querySelector('[role="dialog"]')) return;
      }
      event.preventDefault();
      action(event);
    }
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, []);
}
