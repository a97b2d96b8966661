// SPDX-License-Identifier: Apache-2.0
// Keys and readers of everything that is cached. Keys begin with what they hold, so that an event
// from the server can name what has become old.
import {
  infiniteQueryOptions,
  keepPreviousData,
  QueryClient,
  queryOptions,
} from '@tanstack/react-query';
import { ApiError, api, rememberSession } from './client';
import type { Entity, Id, Meta, Session } from './types';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      refetchOnWindowFocus: true,
      retry: (failures, error) =>
        failures < 2 && (!(error instanceof ApiError) || error.problem.status >= 500),
    },
  },
});

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: async (): Promise<Session | null> => {
    try {
      const session = await api.get('/session');
      rememberSession(session);
      return session;
    } catch (error) {
      if (error instanceof ApiError && error.problem.status === 401) {
        rememberSession(null);
        return null;
      }
      throw error;
    }
  },
});

export const metaQuery = queryOptions({
  queryKey: ['meta'],
  staleTime: 5 * 60_000,
  queryFn: () => api.get('/meta'),
});

export function entityOf(
  meta: Meta | undefined,
  name: string | null | undefined,
): Entity | undefined {
  return meta?.entities.find((entity) => entity.name === name);
}

export const searchQuery = (words: string) =>
  queryOptions({
    queryKey: ['records', 'search', words],
    queryFn: () => api.get('/search', { query: { q: words, limit: 5 } }),
  });

export const importQuery = (id: Id) =>
  queryOptions({
    queryKey: ['imports', id],
    queryFn: () => api.get('/imports/{id}', { path: { id } }),
  });

export const importLookQuery = (id: Id) =>
  queryOptions({
    queryKey: ['imports', id, 'preview'],
    staleTime: 60_000,
    queryFn: () => api.get('/imports/{id}/preview', { path: { id } }),
  });

export type WorkView = 'mine' | 'team' | 'standing-in' | 'later' | 'delegated' | 'told' | 'done';
export interface WorkFilters {
  process?: string | null;
  overdue?: boolean;
}

export const workQuery = (view: WorkView, { process, overdue }: WorkFilters = {}) =>
  infiniteQueryOptions({
    queryKey: ['work', 'list', view, process ?? '', overdue ?? false],
    placeholderData: keepPreviousData,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      api.get('/work-items', {
        query: {
          queue: view === 'done' ? 'mine' : view,
          state: view === 'done' ? 'done' : 'open',
          process,
          ...(overdue ? { overdue } : {}),
          limit: 100,
          after: pageParam,
        },
      }),
    getNextPageParam: (page) => page.next,
  });

export const workStandingQuery = queryOptions({
  queryKey: ['work', 'standing'],
  queryFn: () => api.get('/work-standing'),
});

export const workTeamQuery = queryOptions({
  queryKey: ['work', 'team'],
  queryFn: () => api.get('/work-team'),
});

export const workPeopleQuery = (id: Id) =>
  queryOptions({
    queryKey: ['work', 'people', id],
    queryFn: () => api.get('/work-items/{id}/people', { path: { id } }),
  });

export const substitutesQuery = queryOptions({
  queryKey: ['work', 'substitutes'],
  queryFn: () => api.get('/session/substitutes'),
});

export function workCount(
  data: { pages: { count?: number; items: unknown[] }[] } | undefined,
): number | undefined {
  const [first] = data?.pages ?? [];
  return first?.count ?? first?.items.length;
}

export const workItemQuery = (id: Id) =>
  queryOptions({
    queryKey: ['work', 'item', id],
    queryFn: () => api.get('/work-items/{id}', { path: { id } }),
  });

export const recordQuery = (entity: string, id: Id) =>
  queryOptions({
    queryKey: ['record', entity, id, 'fields'],
    queryFn: () => api.get('/records/{entity}/{id}', { path: { entity, id } }),
  });

export const movesQuery = (entity: string, id: Id) =>
  queryOptions({
    queryKey: ['record', entity, id, 'moves'],
    queryFn: () => api.get('/records/{entity}/{id}/moves', { path: { entity, id } }),
  });

// `type` narrows it to what a person asks for: "comment,note".
export const historyQuery = (entity: string, id: Id, type = '') =>
  infiniteQueryOptions({
    queryKey: ['record', entity, id, 'history', type],
    placeholderData: keepPreviousData,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      api.get('/records/{entity}/{id}/history', {
        path: { entity, id },
        query: { type, after: pageParam, limit: 30 },
      }),
    getNextPageParam: (page) => page.next,
  });

export const followersQuery = (entity: string, id: Id) =>
  queryOptions({
    queryKey: ['record', entity, id, 'followers'],
    queryFn: () => api.get('/records/{entity}/{id}/followers', { path: { entity, id } }),
  });

export const noticesQuery = infiniteQueryOptions({
  queryKey: ['notices', 'list'],
  initialPageParam: null as string | null,
  queryFn: ({ pageParam }) => api.get('/notices', { query: { after: pageParam, limit: 50 } }),
  getNextPageParam: (page) => page.next,
});

export const unreadQuery = queryOptions({
  queryKey: ['notices', 'unread'],
  queryFn: () => api.get('/notices/unread'),
  refetchInterval: 30_000,
});

// What a person has planned, from one instant until another.
export const calendarQuery = (from: string, until: string) =>
  queryOptions({
    queryKey: ['records', 'activity', 'calendar', from, until],
    placeholderData: keepPreviousData,
    queryFn: () =>
      api.get('/records/{entity}', {
        path: { entity: 'activity' },
        query: {
          filter: JSON.stringify([
            { field: 'owner', operator: '=', value: '$me' },
            { field: 'start', operator: '>=', value: from },
            { field: 'start', operator: '<', value: until },
          ]),
          sort: 'start',
          limit: 200,
        },
      }),
  });

export const consentsQuery = (entity: string, id: Id) =>
  queryOptions({
    queryKey: ['record', entity, id, 'consents'],
    queryFn: () => api.get('/records/{entity}/{id}/consents', { path: { entity, id } }),
  });

export const sharesQuery = (entity: string, id: Id) =>
  queryOptions({
    queryKey: ['record', entity, id, 'shares'],
    queryFn: () => api.get('/records/{entity}/{id}/shares', { path: { entity, id } }),
  });

export const rightsQuery = (entity: string, id: Id, user: string) =>
  queryOptions({
    queryKey: ['record', entity, id, 'rights', user],
    queryFn: () =>
      api.get('/records/{entity}/{id}/rights', { path: { entity, id }, query: { user } }),
  });

export const favouritesQuery = queryOptions({
  queryKey: ['marks', 'favourites'],
  staleTime: 60_000,
  queryFn: () => api.get('/favourites'),
});

export const recentQuery = queryOptions({
  queryKey: ['marks', 'recent'],
  staleTime: 60_000,
  queryFn: () => api.get('/recent'),
});

export const viewsQuery = (entity: string) =>
  queryOptions({
    queryKey: ['views', entity],
    staleTime: 60_000,
    queryFn: () => api.get('/views', { query: { entity } }),
  });

export const namesQuery = (entity: string) =>
  queryOptions({
    queryKey: ['records', entity, 'names'],
    staleTime: 10 * 60_000,
    retry: false,
    queryFn: () => api.get('/records/{entity}', { path: { entity }, query: { limit: 200 } }),
  });

export const positionsQuery = namesQuery('position');

export const processesQuery = queryOptions({
  queryKey: ['processes'],
  queryFn: () => api.get('/processes'),
});

export const processQuery = (key: string) =>
  queryOptions({
    queryKey: ['process', key],
    queryFn: () => api.get('/processes/{key}', { path: { key } }),
  });

export const diagramQuery = (key: string, version?: number) =>
  queryOptions({
    queryKey: ['process', key, 'diagram', version ?? 'newest'],
    staleTime: 5 * 60_000,
    queryFn: () => api.text('/processes/{key}/diagram', { path: { key }, query: { version } }),
  });

export const instancesQuery = (query: { process?: string; state?: string; subject?: string }) =>
  queryOptions({
    queryKey: ['instances', query],
    placeholderData: keepPreviousData,
    queryFn: () => api.get('/instances', { query: { ...query, limit: 50 } }),
  });

export const instanceQuery = (id: Id) =>
  queryOptions({
    queryKey: ['instance', id],
    queryFn: () => api.get('/instances/{id}', { path: { id } }),
  });

export const instanceHistoryQuery = (id: Id) =>
  queryOptions({
    queryKey: ['instance', id, 'history'],
    queryFn: () => api.get('/instances/{id}/history', { path: { id } }),
  });

export type IncidentView = 'mine' | 'unresolved' | 'resolved';

export const incidentsQuery = (view: IncidentView, process?: string | null) =>
  infiniteQueryOptions({
    queryKey: ['incidents', view, process ?? ''],
    placeholderData: keepPreviousData,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      api.get('/incidents', {
        query: {
          state: view === 'resolved' ? 'resolved' : 'unresolved',
          owner: view === 'mine' ? 'me' : null,
          process,
          limit: 50,
          after: pageParam,
        },
      }),
    getNextPageParam: (page) => page.next,
  });

export const incidentQuery = (id: Id) =>
  queryOptions({
    queryKey: ['incident', id],
    queryFn: () => api.get('/incidents/{id}', { path: { id } }),
  });

export function invalidateIncidents(): Promise<unknown> {
  return Promise.all([
    queryClient.invalidateQueries({ queryKey: ['incidents'] }),
    queryClient.invalidateQueries({ queryKey: ['incident'] }),
    invalidateWork(),
  ]);
}

// What a finished, claimed or released step may have changed anywhere.
export function invalidateWork(): Promise<unknown> {
  return Promise.all([
    queryClient.invalidateQueries({ queryKey: ['work'] }),
    queryClient.invalidateQueries({ queryKey: ['record'] }),
    queryClient.invalidateQueries({ queryKey: ['records'] }),
    queryClient.invalidateQueries({ queryKey: ['instances'] }),
    queryClient.invalidateQueries({ queryKey: ['instance'] }),
  ]);
}
