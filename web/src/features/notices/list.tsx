// SPDX-License-Identifier: Apache-2.0
// What the person was told: mentions, comments, changes of what is followed, reminders.
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api, problemFrom } from '../../api/client';
import { noticesQuery, queryClient } from '../../api/queries';
import type { Notice } from '../../api/types';
import { ProblemNotice } from '../../ui/problem';
import { Loading } from '../../ui/states';
import { InstantText } from '../../ui/time';
import { recordPath } from '../records/paths';

const changed = () => queryClient.invalidateQueries({ queryKey: ['notices'] });

function NoticeLine({ notice, read }: { notice: Notice; read: () => void }) {
  const { t } = useTranslation('story');
  return (
    <li>
      <p>
        {t(`notices.${notice.kind}`, { name: notice.by?.name ?? t('notices.system') })}:{' '}
        <Link to={recordPath(notice.entity, notice.record)} onClick={read}>
          {notice.label}
        </Link>{' '}
        {!notice.read && <strong className="count">{t('notices.unread')}</strong>}
      </p>
      {notice.text && <p className="long-text">{notice.text}</p>}
      <p className="timeline-foot">
        <InstantText value={notice.at} />
      </p>
    </li>
  );
}

export default function NoticesPage() {
  const { t } = useTranslation('story');
  const notices = useInfiniteQuery(noticesQuery);
  const readAll = useMutation({ mutationFn: () => api.post('/notices/read'), onSuccess: changed });
  const read = useMutation({
    mutationFn: (id: string) => api.post('/notices/{id}/read', { path: { id } }),
    onSuccess: changed,
  });
  const items = notices.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="page page-narrow">
      <title>{`${t('notices.title')} · Millrace`}</title>
      <div className="page-head">
        <h1>{t('notices.title')}</h1>
        <Button loading={readAll.isPending} onClick={() => readAll.mutate()}>
          {t('notices.readAll')}
        </Button>
      </div>
      {notices.isPending && <Loading />}
      {notices.isError && <ProblemNotice problem={problemFrom(notices.error)} />}
      {notices.data && items.length === 0 && <p className="empty-small">{t('notices.none')}</p>}
      <ul className="card card-body notice-list">
        {items.map((notice) => (
          <NoticeLine key={notice.id} notice={notice} read={() => read.mutate(notice.id)} />
        ))}
      </ul>
      {notices.hasNextPage && (
        <Button loading={notices.isFetchingNextPage} onClick={() => notices.fetchNextPage()}>
          {t('notices.more')}
        </Button>
      )}
    </div>
  );
}
