// SPDX-License-Identifier: Apache-2.0
// The one door to the server: language, CSRF and problem+json are dealt with here and nowhere else.
// Paths, parameters, bodies and answers are typed by the server's own description: schema.d.ts.
import type { paths } from './schema';
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

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
type Described = {
  [P in keyof paths as P extends `${typeof BASE}${infer Rest}` ? Rest : never]: paths[P];
};
type PathWith<M extends Method> = {
  [P in keyof Described]: Described[P] extends Record<M, object> ? P : never;
}[keyof Described];
type Operation<M extends Method, P extends PathWith<M>> =
  Described[P] extends Record<M, infer O> ? O : never;

type PathOf<O> = O extends { parameters: { path: infer Path } } ? { path: Path } : { path?: never };
type QueryOf<O> = O extends { parameters: { query?: infer Query } }
  ? { query?: { [K in keyof Query]: Query[K] | null | undefined } }
  : never;
type BodyOf<O> = O extends { requestBody: { content: { 'application/json': infer Body } } }
  ? { body: Body }
  : { body?: never };
type Given<O> = PathOf<O> & QueryOf<O> & BodyOf<O> & { signal?: AbortSignal };
// Nothing has to be given where nothing is required.
type Arguments<O> = Record<never, never> extends Given<O> ? [given?: Given<O>] : [given: Given<O>];
type Answer<O> = O extends { responses: { '2XX': { content: { 'application/json': infer Json } } } }
  ? Json
  : undefined;

interface Sent {
  path?: Record<string, string> | undefined;
  query?: Record<string, unknown> | undefined;
  body?: unknown;
  file?: Blob;
  signal?: AbortSignal | undefined;
}

function addressOf(pattern: string, { path = {}, query = {} }: Sent): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') parameters.set(name, String(value));
  }
  const text = parameters.toString();
  const filled = pattern.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(path[name] ?? ''));
  return BASE + filled + (text ? `?${text}` : '');
}

async function problemOf(answer: Response): Promise<Problem> {
  const fallback = {
    status: answer.status,
    code: answer.status === 401 ? 'signed-out' : 'internal',
    message: answer.statusText || `HTTP ${answer.status}`,
  };
  try {
    const body = (await answer.json()) as Partial<Problem>;
    return { ...fallback, ...body, message: body.message ?? fallback.message };
  } catch {
    return fallback;
  }
}

async function send(method: Method, pattern: string, sent: Sent = {}): Promise<Response> {
  const headers: Record<string, string> = { 'Accept-Language': language };
  if (method !== 'get' && csrf) headers['X-CSRF-Token'] = csrf;
  if (sent.body !== undefined) headers['Content-Type'] = 'application/json';
  if (sent.file) headers['Content-Type'] = sent.file.type || 'application/octet-stream';
  let answer: Response;
  try {
    answer = await fetch(addressOf(pattern, sent), {
      method: method.toUpperCase(),
      headers,
      credentials: 'same-origin',
      ...(sent.body === undefined ? {} : { body: JSON.stringify(sent.body) }),
      ...(sent.file ? { body: sent.file } : {}),
      ...(sent.signal ? { signal: sent.signal } : {}),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError({ status: 0, code: 'unreachable', message: 'unreachable' });
  }
  if (!answer.ok) {
    const problem = await problemOf(answer);
    if (answer.status === 401 && pattern !== '/session') signedOut();
    throw new ApiError(problem);
  }
  return answer;
}

function caller<M extends Method>(method: M) {
  return async <P extends PathWith<M>>(
    pattern: P,
    ...[given]: Arguments<Operation<M, P>>
  ): Promise<Answer<Operation<M, P>>> => {
    const answer = await send(method, pattern, given as Sent | undefined);
    return (answer.status === 204 ? undefined : await answer.json()) as Answer<Operation<M, P>>;
  };
}

type Upload<P extends PathWith<'post'>> =
  Operation<'post', P> extends {
    requestBody: {
      content: { 'application/octet-stream': unknown } | { 'application/xml': unknown };
    };
  }
    ? P
    : never;

export const api = {
  get: caller('get'),
  post: caller('post'),
  put: caller('put'),
  patch: caller('patch'),
  delete: caller('delete'),
  // A file as it is, in a body of its own; its type is what the route takes.
  upload: async <P extends PathWith<'post'>>(
    pattern: Upload<P>,
    file: Blob,
    given: PathOf<Operation<'post', P>> & QueryOf<Operation<'post', P>>,
  ): Promise<Answer<Operation<'post', P>>> =>
    (await send('post', pattern, { ...given, file } as Sent)).json(),
  text: async <P extends PathWith<'get'>>(
    pattern: P,
    ...[given]: Arguments<Operation<'get', P>>
  ): Promise<string> => (await send('get', pattern, given as Sent | undefined)).text(),
  address: <P extends PathWith<'get'>>(
    pattern: P,
    ...[given]: Arguments<Operation<'get', P>>
  ): string => addressOf(pattern, (given ?? {}) as Sent),
};

export function problemFrom(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem;
  return { status: 0, code: 'internal', message: error instanceof Error ? error.message : '' };
}
