// SPDX-License-Identifier: Apache-2.0
// What a person allowed us to send, by which channel, and since when; entries are only added.
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, problemFrom } from '../../api/client';
import { consentsQuery, queryClient } from '../../api/queries';
import type { components } from '../../api/schema';
import type { Entity, RecordRow } from '../../api/types';
import { ProblemNotice } from '../../ui/problem';
import { InstantText } from '../../ui/time';

type Consent = components['schemas']['Consent'];
type ConsentInput = components['schemas']['ConsentInput'];
const CHANNELS: ConsentInput['channel'][] = ['email', 'phone', 'sms', 'messenger', 'post'];

// The newest entry of each purpose and channel.
export function standing(entries: Consent[]): Consent[] {
  const newest = new Map<string, Consent>();
  for (const entry of entries) {
    const key = `${entry.purpose} ${entry.channel}`;
    if (!newest.has(key)) newest.set(key, entry);
  }
  return [...newest.values()];
}

function AddForm({ entity, record }: { entity: Entity; record: RecordRow }) {
  const { t } = useTranslation('records');
  const id = useId();
  const [input, setInput] = useState<ConsentInput>({
    purpose: '',
    channel: 'email',
    granted: true,
    source: '',
  });
  const add = useMutation({
    mutationFn: () =>
      api.post('/records/{entity}/{id}/consents', {
        path: { entity: entity.name, id: record.id },
        body: input,
      }),
    onSuccess: () => {
      setInput({ ...input, purpose: '', source: '' });
      void queryClient.invalidateQueries({ queryKey: ['record', entity.name, record.id] });
    },
  });
  return (
    <form
      className="card-body"
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate();
      }}
    >
      {add.error && <ProblemNotice problem={problemFrom(add.error)} />}
      <label htmlFor={`${id}-purpose`}>{t('consents.purpose')}</label>
      <input
        id={`${id}-purpose`}
        className="plain-input"
        required
        maxLength={48}
        value={input.purpose}
        onChange={({ target }) => setInput({ ...input, purpose: target.value })}
      />
      <label htmlFor={`${id}-channel`}>{t('consents.by')}</label>
      <select
        id={`${id}-channel`}
        className="plain-select"
        value={input.channel}
        onChange={({ target }) =>
          setInput({ ...input, channel: target.value as ConsentInput['channel'] })
        }
      >
        {CHANNELS.map((channel) => (
          <option key={channel} value={channel}>
            {t(`consents.channel.${channel}`)}
          </option>
        ))}
      </select>
      <label htmlFor={`${id}-source`}>{t('consents.source')}</label>
      <input
        id={`${id}-source`}
        className="plain-input"
        required
        maxLength={200}
        value={input.source}
        onChange={({ target }) => setInput({ ...input, source: target.value })}
      />
      <label>
        <input
          type="checkbox"
          checked={input.granted}
          onChange={({ target }) => setInput({ ...input, granted: target.checked })}
        />{' '}
        {t('consents.grants')}
      </label>
      <Button size="small" htmlType="submit" loading={add.isPending}>
        {t('consents.add')}
      </Button>
    </form>
  );
}

export function ConsentCard({ entity, record }: { entity: Entity; record: RecordRow }) {
  const { t } = useTranslation('records');
  const consents = useQuery(consentsQuery(entity.name, record.id));
  const items = standing(consents.data?.items ?? []);
  return (
    <section className="card" aria-label={t('consents.title')}>
      <div className="card-head">
        <h2>{t('consents.title')}</h2>
      </div>
      {consents.isError && <ProblemNotice problem={problemFrom(consents.error)} />}
      {consents.isSuccess && items.length === 0 && (
        <p className="empty-small">{t('consents.none')}</p>
      )}
      <ul className="deleted card-body">
        {items.map((entry) => (
          <li key={`${entry.purpose} ${entry.channel}`}>
            <span>
              {entry.purpose} · {t(`consents.channel.${entry.channel}`)}
            </span>
            <span className="quiet">
              {t(entry.granted ? 'consents.granted' : 'consents.withdrawn')} ·{' '}
              <InstantText value={entry.at} /> · {entry.source}
            </span>
          </li>
        ))}
      </ul>
      {entity.may.edit && <AddForm entity={entity} record={record} />}
    </section>
  );
}
