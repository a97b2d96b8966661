// SPDX-License-Identifier: Apache-2.0
// Live refresh: one event stream per visible tab. A hidden tab closes its stream (browsers allow
// six connections to a host) and asks for everything anew when it is looked at again.
import { queryClient } from './queries';

interface ChangeEvent {
  entity: string;
  id: string;
}

const GATHER_MILLISECONDS = 400;

export function watchEvents(): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const pending = new Map<string, readonly string[]>();

  function later(key: readonly string[]): void {
    pending.set(key.join('\u0000'), key);
    timer ??= setTimeout(() => {
      timer = undefined;
      for (const queryKey of pending.values()) void queryClient.invalidateQueries({ queryKey });
      pending.clear();
    }, GATHER_MILLISECONDS);
  }

  function open(): void {
    if (source || typeof EventSource === 'undefined') return;
    source = new EventSource('/api/v1/events');
    source.addEventListener('change', (event) => {
      try {
        const change = JSON.parse(event.data) as ChangeEvent;
        later(['record', change.entity, change.id]);
        later(['records', change.entity]);
      } catch {
        // An event we cannot read is an event we do not know: the next refetch makes up for it.
      }
    });
    source.addEventListener('work', () => {
      later(['work']);
      later(['instance']);
      later(['instances']);
      later(['incident']);
      later(['incidents']);
    });
  }

  function close(): void {
    source?.close();
    source = null;
  }

  function turned(): void {
    if (document.hidden) close();
    else if (!source) {
      open();
      void queryClient.invalidateQueries({
        predicate: ({ queryKey }) => queryKey[0] !== 'session',
      });
    }
  }

  if (!document.hidden) open();
  document.addEventListener('visibilitychange', turned);
  return () => {
    document.removeEventListener('visibilitychange', turned);
    clearTimeout(timer);
    close();
  };
}
