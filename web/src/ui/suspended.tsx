// SPDX-License-Identifier: Apache-2.0
// Says that something stands still, wherever it is shown; with its reason where there is room.
import { useTranslation } from 'react-i18next';
import { Icon } from './icon';

export function SuspendedTag({ reason, said }: { reason?: string; said?: boolean }) {
  const { t } = useTranslation();
  return (
    <span className="suspended-tag" title={reason}>
      <Icon name="pause" size={12} />
      {said && reason ? t('suspendedBecause', { reason }) : t('suspended')}
    </span>
  );
}
