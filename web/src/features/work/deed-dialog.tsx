// SPDX-License-Identifier: Apache-2.0
// The dialog of one deed: to whom, until when, what to say.
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, problemFrom } from '../../api/client';
import { invalidateWork, workPeopleQuery } from '../../api/queries';
import type { Id, WorkItem } from '../../api/types';
import { Dialog } from '../../ui/dialog';
import { useNotice } from '../../ui/notice';
import { ProblemNotice } from '../../ui/problem';
import { type Deed, instantOf, tomorrow } from './deeds';

const TO_PEOPLE: ReadonlySet<Deed> = new Set(['delegate', 'forward', 'reassign']);
const NEEDS_TEXT: ReadonlySet<Deed> = new Set(['comment', 'skip']);

interface Given {
  to: string;
  until: string;
  comment: string;
}

function send(deed: Deed, id: Id, { to, until, comment }: Given): Promise<unknown> {
  const path = { id };
  const said = comment.trim() || null;
  switch (deed) {
    case 'delegate':
      return api.post('/work-items/{id}/delegate', { path, body: { to, comment: said } });
    case 'forward':
      return api.post('/work-items/{id}/forward', { path, body: { to, comment: said } });
    case 'reassign':
      return api.post('/work-items/{id}/reassign', { path, body: { to, comment: said } });
    case 'follow-up':
      return api.post('/work-items/{id}/follow-up', { path, body: { until: instantOf(until) } });
    case 'comment':
      return api.post('/work-items/{id}/comments', { path, body: { comment } });
    case 'skip':
      return api.post('/work-items/{id}/skip', { path, body: { reason: comment } });
  }
}

function People({
  id,
  deed,
  field,
  value,
  onChange,
}: {
  id: Id;
  deed: Deed;
  field: string;
  value: string;
  onChange: (value: string) => void;
}) {
  const { t } = useTranslation('work');
  const people = useQuery(workPeopleQuery(id));
  const shown =
    deed === 'delegate'
      ? (people.data?.delegates ?? []).map(({ id: key, name }) => ({ key, name }))
      : (people.data?.candidates ?? []).map((person) => ({
          key: person.id,
          name: [
            person.name,
            t('load', { count: person.load }),
            person.absent ? t('absent') : undefined,
          ]
            .filter(Boolean)
            .join(' · '),
        }));
  return (
    <select
      id={field}
      className="plain-select"
      required
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      <option value="">{t(shown.length || people.isPending ? 'choosePerson' : 'nobody')}</option>
      {shown.map(({ key, name }) => (
        <option key={key} value={key}>
          {name}
        </option>
      ))}
    </select>
  );
}

interface Props {
  item: Pick<WorkItem, 'id' | 'name'>;
  deed: Deed;
  close: () => void;
  done?: () => void;
}

export function DeedDialog({ item, deed, close, done }: Props) {
  const { t } = useTranslation('work');
  const tell = useNotice();
  const form = useId();
  const [given, setGiven] = useState<Given>({ to: '', until: tomorrow(), comment: '' });
  const act = useMutation({
    mutationFn: () => send(deed, item.id, given),
    onSuccess: () => {
      tell(t(`did.${deed}`, { step: item.name }));
      close();
      done?.();
    },
    onSettled: invalidateWork,
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    act.mutate();
  }
  return (
    <Dialog
      title={t(`deed.${deed}`)}
      onCancel={close}
      width={440}
      okText={t(`deed.${deed}`)}
      cancelText={t('cancel')}
      okButtonProps={{ htmlType: 'submit', form, loading: act.isPending }}
    >
      <form id={form} onSubmit={submit} className="deed-form">
        <p className="quiet">{t(`deedHelp.${deed}`)}</p>
        {TO_PEOPLE.has(deed) && (
          <p>
            <label htmlFor={`${form}-to`}>{t('to')}</label>
            <People
              id={item.id}
              deed={deed}
              field={`${form}-to`}
              value={given.to}
              onChange={(to) => setGiven({ ...given, to })}
            />
          </p>
        )}
        {deed === 'follow-up' ? (
          <p>
            <label htmlFor={`${form}-until`}>{t('until')}</label>
            <input
              id={`${form}-until`}
              className="plain-input"
              type="datetime-local"
              required
              autoFocus
              value={given.until}
              onChange={(event) => setGiven({ ...given, until: event.target.value })}
            />
          </p>
        ) : (
          <p>
            <label htmlFor={`${form}-comment`}>{t(deed === 'skip' ? 'reason' : 'comment')}</label>
            <textarea
              id={`${form}-comment`}
              className="plain-input"
              rows={3}
              maxLength={1000}
              required={NEEDS_TEXT.has(deed)}
              autoFocus={!TO_PEOPLE.has(deed)}
              value={given.comment}
              onChange={(event) => setGiven({ ...given, comment: event.target.value })}
            />
          </p>
        )}
        {act.isError && <ProblemNotice problem={problemFrom(act.error)} />}
      </form>
    </Dialog>
  );
}
