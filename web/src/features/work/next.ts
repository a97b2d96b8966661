// SPDX-License-Identifier: Apache-2.0
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { api, problemFrom } from '../../api/client';
import { invalidateWork } from '../../api/queries';
import { useNotice } from '../../ui/notice';

// "Give me the next": the most urgent that I may take, and there I am.
export function useNext(): () => void {
  const { t } = useTranslation('work');
  const tell = useNotice();
  const navigate = useNavigate();
  const next = useMutation({
    mutationFn: () => api.post('/work-items/next', { body: {} }),
    onSuccess: (item) => navigate(`/work/${item.id}`),
    onError: (error) => {
      const problem = problemFrom(error);
      tell(problem.status === 404 ? t('nothingNext') : problem.message, 'alert');
    },
    onSettled: invalidateWork,
  });
  return () => next.mutate();
}
