// SPDX-License-Identifier: Apache-2.0
// What a process owner reads: versions, heat, suspension. Keys begin as those of queries.ts.
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api } from './client';

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
