// SPDX-License-Identifier: Apache-2.0
// What a process owner reads: versions, heat, suspension. Keys begin as those of queries.ts.
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from './client';
import { invalidateWork, queryClient } from './queries';

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

// What suspending, deploying, migrating or a deviation may have changed anywhere.
export function invalidateProcesses(): Promise<unknown> {
  return Promise.all([
    invalidateWork(),
    queryClient.invalidateQueries({ queryKey: ['process'] }),
    queryClient.invalidateQueries({ queryKey: ['processes'] }),
  ]);
}
