// SPDX-License-Identifier: Apache-2.0
// What a process owner reads: versions, heat, suspension. Keys begin as those of queries.ts.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from './client';
import { invalidateWork, queryClient } from './queries';
import type { Id } from './types';

export const versionsQuery = (key: string) =>
  queryOptions({
    queryKey: ['process', key, 'versions'],
    queryFn: () => api.get('/processes/{key}/versions', { path: { key } }),
  });

export interface HeatAsked {
  from: string;
  to: string;
  version: number | undefined;
}

export const heatQuery = (key: string, asked: HeatAsked) =>
  queryOptions({
    queryKey: ['process', key, 'heat', asked],
    placeholderData: keepPreviousData,
    queryFn: () => api.get('/processes/{key}/heat', { path: { key }, query: { ...asked } }),
  });

export const suspensionQuery = (key: string) =>
  queryOptions({
    queryKey: ['process', key, 'suspension'],
    queryFn: () => api.get('/processes/{key}/suspension', { path: { key } }),
  });

export interface InstanceFilters {
  state?: string | undefined;
  step?: string | undefined;
  version?: number | undefined;
  suspended?: boolean | undefined;
}

export const instancePagesQuery = (process: string, filters: InstanceFilters) =>
  infiniteQueryOptions({
    queryKey: ['instances', 'pages', process, filters],
    placeholderData: keepPreviousData,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      api.get('/instances', { query: { process, ...filters, limit: 50, after: pageParam } }),
    getNextPageParam: (page) => page.next,
  });

// A version as it was deployed, with its steps.
export const versionedQuery = (key: string, version: number) =>
  queryOptions({
    queryKey: ['process', key, 'version', version],
    queryFn: () => api.get('/processes/{key}', { path: { key }, query: { version } }),
  });

export const migrationsQuery = (key: string) =>
  queryOptions({
    queryKey: ['process', key, 'migrations'],
    queryFn: () => api.get('/processes/{key}/migrations', { path: { key }, query: { limit: 50 } }),
  });

export const migrationQuery = (id: Id) =>
  queryOptions({
    queryKey: ['process', 'migration', id],
    queryFn: () => api.get('/migrations/{id}', { path: { id } }),
  });

// Of a plan what it would do, of one that has run what it did.
export const migrationResultsQuery = (id: Id, dry: boolean) =>
  infiniteQueryOptions({
    queryKey: ['process', 'migration', id, dry ? 'try' : 'results'],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      api.get(dry ? '/migrations/{id}/try' : '/migrations/{id}/results', {
        path: { id },
        query: { limit: 50, after: pageParam },
      }),
    getNextPageParam: (page) => page.next,
  });

export interface DeviationFilters {
  state?: string;
  process?: string;
  instance?: string;
}

export const deviationsQuery = (filters: DeviationFilters) =>
  infiniteQueryOptions({
    queryKey: ['deviations', 'pages', filters],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      api.get('/deviations', { query: { ...filters, limit: 50, after: pageParam } }),
    getNextPageParam: (page) => page.next,
  });

export const deviationCountsQuery = (key: string) =>
  queryOptions({
    queryKey: ['deviations', 'counts', key],
    queryFn: () => api.get('/processes/{key}/deviations', { path: { key } }),
  });

// How many wait for a decision.
export const deviationsWaitingQuery = queryOptions({
  queryKey: ['deviations', 'waiting'],
  queryFn: () => api.get('/deviations', { query: { state: 'requested', limit: 1 } }),
});

// What suspending, deploying, migrating or a deviation may have changed anywhere.
export function invalidateProcesses(): Promise<unknown> {
  return Promise.all([
    invalidateWork(),
    queryClient.invalidateQueries({ queryKey: ['process'] }),
    queryClient.invalidateQueries({ queryKey: ['processes'] }),
    queryClient.invalidateQueries({ queryKey: ['deviations'] }),
  ]);
}
