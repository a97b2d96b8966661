// SPDX-License-Identifier: Apache-2.0
// What stands beside a record in its story: a comment, a note, a file, an activity.
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api, problemFrom } from '../../api/client';
import { entityOf, metaQuery, queryClient } from '../../api/queries';
import type { Id, RecordComment, TimelineActivity, TimelineFile } from '../../api/types';
import { FieldDisplay } from '../../meta/registry';
import { ProblemNotice } from '../../ui/problem';
import type { BesideItem } from '../../ui/timeline';
import { recordPath } from './paths';

interface Place {
  entity: string;
  id: Id;
}

function useChanged({ entity, id }: Place) {
  return () => queryClient.invalidateQueries({ queryKey: ['record', entity, id] });
}

function Comment({ item, place }: { item: RecordComment; place: Place }) {
  const { t } = useTranslation('story');
  const [text, setText] = useState<string | null>(null);
  const changed = useChanged(place);
  const path = { ...place, comment: item.id };
  const save = useMutation({
    mutationFn: (body: { text: string }) =>
      api.patch('/records/{entity}/{id}/comments/{comment}', { path, body }),
    onSuccess: () => {
      setText(null);
      return changed();
    },
  });
  const remove = useMutation({
    mutationFn: () => api.delete('/records/{entity}/{id}/comments/{comment}', { path }),
    onSuccess: changed,
  });
  const error = save.error ?? remove.error;
  return (
    <>
      {text === null ? (
        <p className="long-text">{item.text}</p>
      ) : (
        <Input.TextArea
          aria-label={t('write')}
          autoFocus
          autoSize
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
      )}
      {error && <ProblemNotice problem={problemFrom(error)} />}
      {item.edited_at && <p className="timeline-foot">{t('edited')}</p>}
      {item.mine && (
        <div className="story-actions">
          {text === null ? (
            <>
              <Button size="small" onClick={() => setText(item.text)}>
                {t('edit')}
              </Button>
              <Button size="small" loading={remove.isPending} onClick={() => remove.mutate()}>
                {t('remove')}
              </Button>
            </>
          ) : (
            <>
              <Button size="small" loading={save.isPending} onClick={() => save.mutate({ text })}>
                {t('save')}
              </Button>
              <Button size="small" onClick={() => setText(null)}>
                {t('cancel')}
              </Button>
            </>
          )}
        </div>
      )}
    </>
  );
}

function FileLine({ item, place }: { item: TimelineFile; place: Place }) {
  const { t } = useTranslation('story');
  const changed = useChanged(place);
  const remove = useMutation({
    mutationFn: () => api.delete('/files/{id}', { path: { id: item.id } }),
    onSuccess: changed,
  });
  return (
    <>
      <p>
        <a href={api.address('/files/{id}', { path: { id: item.id } })} download={item.name}>
          {item.name}
        </a>{' '}
        <span className="quiet">{t('bytes', { count: item.size })}</span>
      </p>
      {remove.error && <ProblemNotice problem={problemFrom(remove.error)} />}
      <Button
        size="small"
        aria-label={t('removeFile', { name: item.name })}
        loading={remove.isPending}
        onClick={() => remove.mutate()}
      >
        {t('remove')}
      </Button>
    </>
  );
}

function ActivityLine({ item: { activity } }: { item: TimelineActivity }) {
  const meta = useQuery(metaQuery);
  const entity = meta.data && entityOf(meta.data, 'activity');
  const field = (name: string) => entity?.fields.find((one) => one.name === name);
  const [kind, status] = [field('kind'), field('status')];
  return (
    <p>
      {kind && <FieldDisplay field={kind} value={activity.fields.kind} />}{' '}
      <Link to={recordPath('activity', activity.id)}>{activity.label}</Link>{' '}
      {status && <FieldDisplay field={status} value={activity.fields.status} />}
    </p>
  );
}

export function Beside({ item, place }: { item: BesideItem; place: Place }) {
  if (item.type === 'file') return <FileLine item={item} place={place} />;
  if (item.type === 'activity') return <ActivityLine item={item} />;
  return <Comment item={item} place={place} />;
}
