// SPDX-License-Identifier: Apache-2.0
// Draws a component as the application would: language, data, address. Answers come from `routes`,
// keyed by "GET /records/account"; what no test names is an empty page.
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, type ReactElement } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { MemoryRouter } from 'react-router';
import { afterEach, vi } from 'vitest';
import { applyLanguage, startLanguage } from '../../src/app/i18n';

export type Answer = { status?: number; body: unknown };
export interface Call {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
}

const roots: Root[] = [];

afterEach(async () => {
  await act(async () => {
    for (const root of roots.splice(0)) root.unmount();
  });
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

export function serve(routes: Record<string, (call: Call) => Answer>): Call[] {
  const calls: Call[] = [];
  vi.stubGlobal('fetch', async (address: string, init?: RequestInit) => {
    const url = new URL(address, 'http://localhost');
    const call: Call = {
      method: init?.method ?? 'GET',
      path: url.pathname.replace('/api/v1', ''),
      query: url.searchParams,
      body: init?.body ? JSON.parse(String(init.body)) : undefined,
    };
    calls.push(call);
    const nothing =
      call.path === '/meta'
        ? { entities: [], departments: [] }
        : { items: [], next: null, count: 0 };
    const answer = routes[`${call.method} ${call.path}`]?.(call) ?? { body: nothing };
    return new Response(JSON.stringify(answer.body), { status: answer.status ?? 200 });
  });
  return calls;
}

export async function settle(): Promise<void> {
  for (let round = 0; round < 4; round++) {
    await act(async () => {
      await new Promise((resolve) => setTimeout(resolve, 0));
    });
  }
}

export async function render(
  element: ReactElement,
  { language = 'en' as 'en' | 'zh-CN', address = '/' } = {},
): Promise<HTMLElement> {
  await startLanguage();
  await applyLanguage(language);
  const container = document.createElement('div');
  document.body.append(container);
  const root = createRoot(container);
  roots.push(root);
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  await act(async () => {
    root.render(
      <QueryClientProvider client={client}>
        <MemoryRouter initialEntries={[address]}>{element}</MemoryRouter>
      </QueryClientProvider>,
    );
  });
  await settle();
  return container;
}

export async function click(element: Element | null | undefined): Promise<void> {
  if (!element) throw new Error('nothing to click on');
  await act(async () => {
    element.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
  });
  await settle();
}

export async function type(input: HTMLInputElement | null, text: string): Promise<void> {
  if (!input) throw new Error('nothing to type into');
  const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set;
  await act(async () => {
    set?.call(input, text);
    input.dispatchEvent(new Event('input', { bubbles: true }));
  });
  await settle();
}

export function labelled(container: ParentNode, label: string): HTMLInputElement | null {
  const found = [...container.querySelectorAll('label')].find((one) =>
    one.textContent?.trim().startsWith(label),
  );
  return found ? (document.getElementById(found.htmlFor) as HTMLInputElement | null) : null;
}
