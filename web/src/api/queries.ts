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
import type {
  Entity,
  HistoryItem,
  Id,
  Instance,
  InstanceEvent,
  Meta,
  Moves,
  Page,
  Process,
  ProcessRow,
  RecordDetail,
  RecordRow,
  Session,
  WorkItem,
  WorkItemDetail,
} from './types';

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
      const session = await api.get<Session>('/session');
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
  queryFn: () => api.get<Meta>('/meta'),
});

export const positionsQuery = queryOptions({
  queryKey: ['records', 'position', 'names'],
  staleTime: 10 * 60_000,
  retry: false,
  queryFn: () => api.get<Page<RecordRow>>('/records/position', { limit: 200 }),
});

export function entityOf(meta: Meta | undefined, name: string | undefined): Entity | undefined {
  return meta?.entities.find((entity) => entity.name === name);
}

export type WorkView = 'mine' | 'team' | 'done';

export const workQuery = (view: WorkView) =>
  infiniteQueryOptions({
    queryKey: ['work', 'list', view],
    placeholderData: keepPreviousData,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      api.get<Page<WorkItem>>('/work-items', {
        ...(view === 'team' ? { team: true } : { mine: true }),
        state: view === 'done' ? 'done' : 'open',
        limit: 100,
        after: pageParam,
      }),
    getNextPageParam: (page) => page.next,
  });

export function workCount(data: { pages: Page<WorkItem>[] } | undefined): number | undefined {
  const [first] = data?.pages ?? [];
  return first?.count ?? first?.items.length;
}

export const workItemQuery = (id: Id) =>
  queryOptions({
    queryKey: ['work', 'item', id],
    queryFn: () => api.get<WorkItemDetail>(`/work-items/${id}`),
  });

export const recordQuery = (entity: string, id: Id) =>
  queryOptions({
    queryKey: ['record', entity, id, 'fields'],
    queryFn: () => api.get<RecordDetail>(`/records/${entity}/${id}`),
  });

export const movesQuery = (entity: string, id: Id) =>
  queryOptions({
    queryKey: ['record', entity, id, 'moves'],
    queryFn: () => api.get<Moves>(`/records/${entity}/${id}/moves`),
  });

export const historyQuery = (entity: string, id: Id) =>
  queryOptions({
    queryKey: ['record', entity, id, 'history'],
    queryFn: () => api.get<{ items: HistoryItem[] }>(`/records/${entity}/${id}/history`),
  });

export const processesQuery = queryOptions({
  queryKey: ['processes'],
  queryFn: () => api.get<{ items: ProcessRow[] }>('/processes'),
});

export const processQuery = (key: string) =>
  queryOptions({
    queryKey: ['process', key],
    queryFn: () => api.get<Process>(`/processes/${key}`),
  });

export const diagramQuery = (key: string, version?: number) =>
  queryOptions({
    queryKey: ['process', key, 'diagram', version ?? 'newest'],
    staleTime: 5 * 60_000,
    queryFn: () => api.text(`/processes/${key}/diagram`, { version }),
  });

export const instancesQuery = (query: { process?: string; state?: string; subject?: string }) =>
  queryOptions({
    queryKey: ['instances', query],
    placeholderData: keepPreviousData,
    queryFn: () => api.get<Page<Instance>>('/instances', { ...query, limit: 50 }),
  });

export const instanceQuery = (id: Id) =>
  queryOptions({
    queryKey: ['instance', id],
    queryFn: () => api.get<Instance>(`/instances/${id}`),
  });

export const instanceHistoryQuery = (id: Id) =>
  queryOptions({
    queryKey: ['instance', id, 'history'],
    queryFn: () => api.get<{ items: InstanceEvent[] }>(`/instances/${id}/history`),
  });

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
