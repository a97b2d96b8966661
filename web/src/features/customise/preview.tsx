// SPDX-License-Identifier: Apache-2.0
// What the change would be, as the server says it: the text, the statements, or what is wrong.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, problemFrom } from '../../api/client';
import { ProblemNotice } from '../../ui/problem';

const PAUSE_MS = 400;

function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

export function Preview({ files }: { files: Record<string, unknown> | null }) {
  const { t } = useTranslation('customise');
  const asked = useSettled(files ? JSON.stringify(files) : '');
  const tried = useQuery({
    queryKey: ['packs', 'try', asked],
    enabled: asked !== '',
    retry: false,
    placeholderData: keepPreviousData,
    queryFn: () => api.post('/packs/try', { body: { files: JSON.parse(asked) } }),
  });
  return (
    <section className="card card-body" aria-label={t('preview')} aria-busy={tried.isFetching}>
      <h2>{t('preview')}</h2>
      {asked === '' && <p className="quiet">{t('previewNothing')}</p>}
      {tried.isError && <ProblemNotice problem={problemFrom(tried.error)} />}
      {tried.data && !tried.isError && asked !== '' && (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable text needs the keyboard */}
          <pre className="customise-text" tabIndex={0}>
            {tried.data.diff || t('same')}
          </pre>
          <details>
            <summary>{t('statements', { count: tried.data.changes.length })}</summary>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: as above */}
            <pre className="customise-text" tabIndex={0}>
              {tried.data.changes.join('\n')}
            </pre>
          </details>
        </>
      )}
    </section>
  );
}
