// SPDX-License-Identifier: Apache-2.0
// Proofs of a process and their certificates. Keys begin as those of queries.ts.
import { queryOptions } from '@tanstack/react-query';
import { api } from './client';
import type { Id, Proof } from './types';

const BUSY: readonly Proof['state'][] = ['waiting', 'working', 'cancelling'];

export const isBusy = (proof: Proof) => BUSY.includes(proof.state);

export const proofsQuery = (key: string) =>
  queryOptions({
    queryKey: ['process', key, 'proofs'],
    queryFn: () => api.get('/processes/{key}/proofs', { path: { key }, query: { limit: 20 } }),
    refetchInterval: (query) => (query.state.data?.items.some(isBusy) ? 1000 : false),
  });

// What is signed does not change any more.
export const certificateQuery = (id: Id) =>
  queryOptions({
    queryKey: ['proofs', id, 'certificate'],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => api.get('/proofs/{id}/certificate', { path: { id } }),
  });

export const certificateFile = (id: Id, form: 'certificate' | 'text') =>
  `/api/v1/proofs/${id}/${form}`;
