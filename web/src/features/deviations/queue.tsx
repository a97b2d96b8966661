// SPDX-License-Identifier: Apache-2.0
// The deviations of the company that wait for a decision, and those that were decided.
import { useTranslation } from 'react-i18next';
import '../../app/owner.css';
import { StateTabs, useDeviationState } from './states';
import { DeviationTable } from './table';

export default function DeviationQueue() {
  const { t } = useTranslation('deviations');
  const state = useDeviationState();
  return (
    <div className="page">
      <title>{`${t('title')} · Millrace`}</title>
      <div className="page-head">
        <h1>{t('title')}</h1>
      </div>
      <p className="quiet">{t('about')}</p>
      <StateTabs />
      <DeviationTable
        key={state}
        title={t(`list.${state}`)}
        filters={{ state }}
        empty={t(`none.${state}`)}
      />
    </div>
  );
}
