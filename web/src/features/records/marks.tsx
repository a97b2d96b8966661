// SPDX-License-Identifier: Apache-2.0
// A person's favourite records and those they saw last: the star, the note that a record is looked
// at, and the menu of both.
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button, Dropdown } from 'antd';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api, problemFrom } from '../../api/client';
import { favouritesQuery, queryClient, recentQuery } from '../../api/queries';
import type { Id, Mark } from '../../api/types';
import { Icon } from '../../ui/icon';
import { useNotice } from '../../ui/notice';
import { recordPath } from './paths';

export const RECENT_SHOWN = 10;

export function FavouriteStar({ entity, id, label }: { entity: string; id: Id; label: string }) {
  const { t } = useTranslation('records');
  const tell = useNotice();
  const favourites = useQuery(favouritesQuery);
  const on = favourites.data?.items.some((one) => one.entity === entity && one.id === id) ?? false;
  const path = { entity, id };
  const change = useMutation({
    mutationFn: () =>
      on
        ? api.delete('/records/{entity}/{id}/favourite', { path })
        : api.post('/records/{entity}/{id}/favourite', { path }),
    onError: (error) => tell(problemFrom(error).message, 'alert'),
    onSettled: () => queryClient.invalidateQueries(favouritesQuery),
  });
  const shown = change.isPending ? !on : on;
  return (
    <button
      type="button"
      className="star"
      aria-pressed={shown}
      aria-label={t('marks.starOf', { label })}
      title={t(shown ? 'marks.isFavourite' : 'marks.noFavourite')}
      disabled={change.isPending}
      onClick={() => change.mutate()}
    >
      <Icon name="star" size={15} />
    </button>
  );
}

// That a record is looked at is worth no message when it cannot be noted.
export function useSeen(entity: string, id: Id, there: boolean): void {
  useEffect(() => {
    if (!there) return;
    api
      .post('/records/{entity}/{id}/seen', { path: { entity, id } })
      .then(() => queryClient.invalidateQueries(recentQuery))
      .catch(() => undefined);
  }, [entity, id, there]);
}

function itemsOf(marks: Mark[] | undefined) {
  return (marks ?? []).map(({ entity, id, label }) => ({
    key: `${entity}/${id}`,
    label: <Link to={recordPath(entity, id)}>{label}</Link>,
  }));
}

export function MarksMenu() {
  const { t } = useTranslation('records');
  const favourites = itemsOf(useQuery(favouritesQuery).data?.items);
  const recent = itemsOf(useQuery(recentQuery).data?.items.slice(0, RECENT_SHOWN));
  const nothing = (text: string) => [{ key: text, disabled: true, label: text }];
  const groups = [
    { key: 'favourites', items: favourites, none: t('marks.noneFavourite') },
    { key: 'recent', items: recent, none: t('marks.noneRecent') },
  ];
  return (
    <Dropdown
      autoFocus
      trigger={['click']}
      placement="bottomRight"
      classNames={{ root: 'marks-menu' }}
      menu={{
        items: groups.map(({ key, items, none }) => ({
          key,
          type: 'group',
          label: t(`marks.${key}`),
          children: (items.length > 0 ? items : nothing(none)).map((item) => ({
            ...item,
            key: `${key}-${item.key}`,
          })),
        })),
      }}
    >
      <Button
        type="text"
        aria-haspopup="menu"
        aria-label={t('marks.menu')}
        title={t('marks.menu')}
        icon={<Icon name="star" />}
      />
    </Dropdown>
  );
}
