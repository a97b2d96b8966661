// SPDX-License-Identifier: Apache-2.0
// The story of a record, and what a person adds to it: comments, notes, files, activities.
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { Button, Input, Select } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api, problemFrom } from '../../api/client';
import { entityOf, followersQuery, historyQuery, metaQuery, queryClient } from '../../api/queries';
import type { Entity, Id, RecordRow } from '../../api/types';
import { Icon } from '../../ui/icon';
import { useNotice } from '../../ui/notice';
import { ProblemNotice } from '../../ui/problem';
import { Loading } from '../../ui/states';
import { Timeline } from '../../ui/timeline';
import { Beside } from './beside';
import { RestoreButton } from './restore';

const KINDS = ['all', 'comment', 'note', 'file', 'activity', 'change', 'step'] as const;
type Kind = (typeof KINDS)[number];

interface Place {
  entity: string;
  id: Id;
}

export function refresh({ entity, id }: Place): void {
  void queryClient.invalidateQueries({ queryKey: ['record', entity, id] });
}

function FollowButton({ place }: { place: Place }) {
  const { t } = useTranslation('story');
  const { data } = useQuery(followersQuery(place.entity, place.id));
  const change = useMutation({
    mutationFn: async (follow: boolean) => {
      if (follow) await api.put('/records/{entity}/{id}/following', { path: { ...place } });
      else await api.delete('/records/{entity}/{id}/following', { path: { ...place } });
    },
    onSuccess: () => refresh(place),
  });
  const following = data?.following ?? false;
  return (
    <Button
      size="small"
      aria-pressed={following}
      loading={change.isPending}
      onClick={() => change.mutate(!following)}
    >
      {t(following ? 'unfollow' : 'follow')}
    </Button>
  );
}

function AttachButton({ place }: { place: Place }) {
  const { t } = useTranslation('story');
  const chosen = useRef<HTMLInputElement>(null);
  const attach = useMutation({
    mutationFn: (file: File) =>
      // Without the browser's guess at the type: the server looks for itself.
      api.upload('/records/{entity}/{id}/files', new Blob([file]), {
        path: { ...place },
        query: { name: file.name },
      }),
    onSuccess: () => refresh(place),
  });
  return (
    <>
      <input
        ref={chosen}
        type="file"
        className="hidden"
        tabIndex={-1}
        aria-label={t('attach')}
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          if (file) attach.mutate(file);
          target.value = '';
        }}
      />
      <Button loading={attach.isPending} onClick={() => chosen.current?.click()}>
        <Icon name="file" /> {t('attach')}
      </Button>
      {attach.error && <ProblemNotice problem={problemFrom(attach.error)} />}
    </>
  );
}

function Writer({ place }: { place: Place }) {
  const { t } = useTranslation('story');
  const tell = useNotice();
  const [text, setText] = useState('');
  const meta = useQuery(metaQuery);
  const plans = meta.data && entityOf(meta.data, 'activity')?.may.create;
  const write = useMutation({
    mutationFn: (kind: 'comment' | 'note') =>
      api.post('/records/{entity}/{id}/comments', { path: { ...place }, body: { kind, text } }),
    onSuccess: ({ unreached }) => {
      setText('');
      if (unreached.length > 0) tell(t('unreached', { who: unreached.join(', ') }));
      refresh(place);
    },
  });
  const empty = text.trim() === '';
  return (
    <div className="card-body story-writer">
      <Input.TextArea
        aria-label={t('write')}
        placeholder={t('hint')}
        autoSize={{ minRows: 2, maxRows: 10 }}
        maxLength={10_000}
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
      {write.error && <ProblemNotice problem={problemFrom(write.error)} />}
      <div className="story-actions">
        <Button
          type="primary"
          disabled={empty}
          loading={write.isPending}
          onClick={() => write.mutate('comment')}
        >
          {t('say')}
        </Button>
        <Button disabled={empty} loading={write.isPending} onClick={() => write.mutate('note')}>
          {t('note')}
        </Button>
        <AttachButton place={place} />
        {plans && (
          <Link to={`/records/activity/new?about=${place.entity}/${place.id}`}>{t('plan')}</Link>
        )}
      </div>
    </div>
  );
}

export function Story({ entity, record }: { entity: Entity; record: RecordRow }) {
  const { t } = useTranslation('story');
  const [kind, setKind] = useState<Kind>('all');
  const place = { entity: entity.name, id: record.id };
  const history = useInfiniteQuery(
    historyQuery(entity.name, record.id, kind === 'all' ? '' : kind),
  );
  return (
    <section className="card" aria-label={t('title')}>
      <div className="card-head">
        <h2>{t('title')}</h2>
        <span className="card-end">
          <FollowButton place={place} />
        </span>
      </div>
      <Writer place={place} />
      <div className="card-body">
        <Select
          aria-label={t('kind')}
          className="story-kind"
          value={kind}
          onChange={setKind}
          options={KINDS.map((value) => ({ value, label: t(`kinds.${value}`) }))}
        />
      </div>
      {history.isPending && <Loading />}
      {history.isError && <ProblemNotice problem={problemFrom(history.error)} />}
      {history.data && (
        <Timeline
          items={history.data.pages.flatMap(({ items }) => items)}
          entity={entity}
          action={(entry) => <RestoreButton entity={entity} record={record} entry={entry} />}
          beside={(item) => <Beside item={item} place={place} />}
        />
      )}
      {history.hasNextPage && (
        <div className="card-body">
          <Button loading={history.isFetchingNextPage} onClick={() => history.fetchNextPage()}>
            {t('more')}
          </Button>
        </div>
      )}
    </section>
  );
}
