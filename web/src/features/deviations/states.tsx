// SPDX-License-Identifier: Apache-2.0
// ?state= of a page's address, as tabs: what is to be decided first.
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { changed } from '../../ui/url';

export const STATES = ['requested', 'granted', 'refused', 'closed'] as const;
export type State = (typeof STATES)[number];

export function useDeviationState(): State {
  const [parameters] = useSearchParams();
  return STATES.find((each) => each === parameters.get('state')) ?? 'requested';
}

export function StateTabs() {
  const { t } = useTranslation('deviations');
  const [parameters] = useSearchParams();
  const state = useDeviationState();
  return (
    <nav className="tabs" aria-label={t('states')}>
      {STATES.map((each) => (
        <Link
          key={each}
          replace
          to={{
            search: `?${changed(parameters, { state: each === 'requested' ? undefined : each })}`,
          }}
          aria-current={each === state ? 'true' : undefined}
        >
          {t(`state.${each}`)}
        </Link>
      ))}
    </nav>
  );
}
