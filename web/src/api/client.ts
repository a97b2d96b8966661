// SPDX-License-Identifier: Apache-2.0
// The one door to the server: language, CSRF and problem+json are dealt with here and nowhere else.
import type { Problem, Session } from './types';

const BASE = '/api/v1';

export class ApiError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.message);
    this.name = 'ApiError';
    this.problem = problem;
  }
}

let csrf: string | null = null;
let language = 'en';
let signedOut: () => void = () => {};

export function setLanguage(value: string): void {
  language = value;
}

// Called when the server says the session has ended, for any request but those of the session.
export function onSignedOut(handler: () => void): void {
  signedOut = handler;
}

export function rememberSession(session: Session | null): void {
  csrf = session?.csrf ?? null;
}

export type Query = Record<string, string | number | boolean | undefined | null>;

export function address(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return BASE + path + (text ? `?${text}` : '');
}

interface Options {
  query?: Query;
  body?: unknown;
  signal?: AbortSignal;
  as?: 'json' | 'text';
}

async function problemOf(answer: Response): Promise<Problem> {
  const fallback = {
    status: answer.status,
    code: answer.status === 401 ? 'signed-out' : 'internal',
    message: answer.statusText || `HTTP ${answer.status}`,
  };
  try {
    const body = (await answer.json()) as Partial<Problem>;
    return { ...fallback, ...body, message: body.message ?? body.title ?? fallback.message };
  } catch {
    return fallback;
  }
}

async function send<T>(method: string, path: string, options: Options = {}): Promise<T> {
  const headers: Record<string, string> = { 'Accept-Language': language };
  if (options.as !== 'text') headers.Accept = 'application/json, application/problem+json';
  if (method !== 'GET' && csrf) headers['X-CSRF-Token'] = csrf;
  if (options.body !== undefined) headers['Content-Type'] = 'application/json';
  let answer: Response;
  try {
    answer = await fetch(address(path, options.query), {
      method,
      headers,
      credentials: 'same-origin',
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.signal ? { signal: options.signal } : {}),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError({ status: 0, code: 'unreachable', message: 'unreachable' });
  }
  if (!answer.ok) {
    const problem = await problemOf(answer);
    if (answer.status === 401 && path !== '/session') signedOut();
    throw new ApiError(problem);
  }
  if (answer.status === 204) return undefined as T;
  return (options.as === 'text' ? answer.text() : answer.json()) as Promise<T>;
}

export const api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) =>
    send<T>('GET', path, { ...(query ? { query } : {}), ...(signal ? { signal } : {}) }),
  text: (path: string, query?: Query) =>
    send<string>('GET', path, { as: 'text', ...(query ? { query } : {}) }),
  post: <T>(path: string, body?: unknown) => send<T>('POST', path, { body: body ?? {} }),
  patch: <T>(path: string, body: unknown) => send<T>('PATCH', path, { body }),
  remove: <T>(path: string) => send<T>('DELETE', path),
};

export function problemFrom(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem;
  return { status: 0, code: 'internal', message: error instanceof Error ? error.message : '' };
}
