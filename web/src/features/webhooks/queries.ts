// SPDX-License-Identifier: Apache-2.0
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api } from '../../api/client';
import { queryClient } from '../../api/queries';
import type { Id } from '../../api/types';

export const STATES = ['all', 'waiting', 'delivered', 'given-up'] as const;
export type State = (typeof STATES)[number];

export const webhooksQuery = queryOptions({
  queryKey: ['webhooks'],
  staleTime: 0,
  queryFn: () => api.get('/webhooks'),
});

export const deliveriesQuery = (webhook: Id, state: State) =>
  infiniteQueryOptions({
    queryKey: ['webhooks', webhook, 'deliveries', state],
    staleTime: 0,
    refetchInterval: 3000, // they go out while somebody looks
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      api.get('/webhooks/{id}/deliveries', {
        path: { id: webhook },
        query: {
          ...(pageParam && { after: pageParam }),
          ...(state !== 'all' && { state }),
        },
      }),
    getNextPageParam: ({ next }) => next,
  });

export const webhooksChanged = () => queryClient.invalidateQueries({ queryKey: ['webhooks'] });
