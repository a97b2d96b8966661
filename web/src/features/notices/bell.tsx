// SPDX-License-Identifier: Apache-2.0
// The way to the notices, with how many are new.
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { unreadQuery } from '../../api/queries';
import { Icon } from '../../ui/icon';

export function NoticeBell() {
  const { t } = useTranslation('story');
  const { data } = useQuery(unreadQuery);
  const count = data?.unread ?? 0;
  return (
    <Link to="/notices" className="notice-bell" aria-label={t('notices.open', { count })}>
      <Icon name="bell" />
      {count > 0 && (
        <span className="count" aria-hidden="true">
          {count}
        </span>
      )}
    </Link>
  );
}
