// SPDX-License-Identifier: Apache-2.0
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError, api, onSignedOut, rememberSession } from '../../src/api/client';
import type { Session } from '../../src/api/types';

function answer(status: number, body?: unknown) {
  const fetch = vi.fn(
    async (_address: string, _init: RequestInit) =>
      new Response(body === undefined ? null : JSON.stringify(body), { status }),
  );
  vi.stubGlobal('fetch', fetch);
  return fetch;
}

afterEach(() => {
  rememberSession(null);
  onSignedOut(() => {});
  vi.unstubAllGlobals();
});

describe('the client', () => {
  it('fills the path, sends the body and proves that it is no other page', async () => {
    const fetch = answer(200, {});
    rememberSession({ csrf: 'secret' } as Session);
    await api.patch('/records/{entity}/{id}', {
      path: { entity: 'account', id: 'a b' },
      body: { version: 1, fields: { name: 'X' } },
    });
    const [address, init] = fetch.mock.calls[0] ?? [];
    expect(address).toBe('/api/v1/records/account/a%20b');
    expect(init?.method).toBe('PATCH');
    expect(init?.headers).toMatchObject({ 'X-CSRF-Token': 'secret' });
    expect(init?.body).toBe('{"version":1,"fields":{"name":"X"}}');
  });

  it('gives nothing where the server answers nothing', async () => {
    answer(204);
    expect(await api.delete('/session')).toBeUndefined();
  });

  it('tells that the session is over, but not to who is signing in', async () => {
    const over = vi.fn();
    onSignedOut(over);
    answer(401, { status: 401, code: 'signed-out', message: 'nobody is signed in' });
    await expect(api.get('/session')).rejects.toThrow(ApiError);
    expect(over).not.toHaveBeenCalled();
    await expect(api.get('/meta')).rejects.toThrow('nobody is signed in');
    expect(over).toHaveBeenCalledOnce();
  });

  it('takes only what the server describes; the compiler holds this', () => {
    const wrong = [
      // @ts-expect-error no such path
      () => api.get('/record/{entity}', { path: { entity: 'account' } }),
      // @ts-expect-error no such method
      () => api.delete('/meta'),
      // @ts-expect-error a part of the path is missing
      () => api.get('/records/{entity}/{id}', { path: { entity: 'account' } }),
      // @ts-expect-error no such parameter
      () => api.get('/instances', { query: { sort: 'id' } }),
      // @ts-expect-error a parameter of another type
      () => api.get('/instances', { query: { limit: 'ten' } }),
      // @ts-expect-error the body is missing
      () => api.post('/session'),
      // @ts-expect-error the body is incomplete
      () => api.post('/session', { body: { login: 'sam' } }),
      // @ts-expect-error the answer has no such member
      async () => (await api.get('/meta')).people,
    ];
    expect(wrong).toHaveLength(8);
  });
});
