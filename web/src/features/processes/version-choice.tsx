// SPDX-License-Identifier: Apache-2.0
// ?version= of a page's address, as a choice among the versions that run.
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { versionsQuery } from '../../api/owner';
import { changed } from '../../ui/url';

export function VersionChoice({ process }: { process: string }) {
  const { t } = useTranslation('owner');
  const [parameters, setParameters] = useSearchParams();
  const versions = useQuery(versionsQuery(process));
  const running = versions.data?.items.filter(({ drawing }) => !drawing) ?? [];
  return (
    <label>
      {t('version')}
      <select
        className="plain-select"
        value={parameters.get('version') ?? ''}
        onChange={(event) =>
          setParameters(changed(parameters, { version: event.target.value }), { replace: true })
        }
      >
        <option value="">{t('allVersions')}</option>
        {running.map(({ version }) => (
          <option key={version} value={version}>
            {version}
          </option>
        ))}
      </select>
    </label>
  );
}
