// SPDX-License-Identifier: Apache-2.0
import { queryOptions, useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { queryClient } from '../../api/queries';
import { useNotice } from '../../ui/notice';

export const packsQuery = queryOptions({
  queryKey: ['packs'],
  staleTime: 0,
  queryFn: () => api.get('/packs'),
});

export const versionsQuery = queryOptions({
  queryKey: ['packs', 'versions'],
  staleTime: 0,
  queryFn: () => api.get('/packs/versions'),
});

export const positionsQuery = queryOptions({
  queryKey: ['records', 'position', 'keys'],
  queryFn: () =>
    api.get('/records/{entity}', {
      path: { entity: 'position' },
      query: { limit: 200, columns: 'key' },
    }),
});

interface Change {
  files: Record<string, unknown>;
  base: number;
  note: string;
}

// From then on the whole application knows the company's entities otherwise.
export function useApply(done: () => void) {
  const { t } = useTranslation('customise');
  const tell = useNotice();
  return useMutation({
    mutationFn: (change: Change) => api.post('/packs/company', { body: change }),
    onSuccess: async () => {
      await queryClient.invalidateQueries();
      tell(t('applied'));
      done();
    },
  });
}
