// SPDX-License-Identifier: Apache-2.0
// The dialog of one deed: to whom, until when, what to say.
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { invalidateWork, workPeopleQuery } from '../../api/queries';
import type { Id, WorkItem } from '../../api/types';
import { AskDialog } from '../../ui/ask-dialog';
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
}

export function DeedDialog({ item, deed, close }: Props) {
  const { t } = useTranslation('work');
  const field = useId();
  const [to, setTo] = useState('');
  const [until, setUntil] = useState(tomorrow);
  const toPeople = TO_PEOPLE.has(deed);
  const waits = deed === 'follow-up';
  const said = NEEDS_TEXT.has(deed) ? 'needed' : 'welcome';
  return (
    <AskDialog
      title={t(`deed.${deed}`)}
      confirm={t(`deed.${deed}`)}
      keep={t('cancel')}
      reason={waits ? 'none' : said}
      label={t(deed === 'skip' ? 'reason' : 'comment')}
      begin={!toPeople}
      ready={(!toPeople || to !== '') && (!waits || until !== '')}
      act={(comment) => send(deed, item.id, { to, until, comment })}
      done={t(`did.${deed}`, { step: item.name })}
      after={invalidateWork}
      close={close}
    >
      <p className="quiet">{t(`deedHelp.${deed}`)}</p>
      {toPeople && (
        <div>
          <label htmlFor={field}>{t('to')}</label>
          <People id={item.id} deed={deed} field={field} value={to} onChange={setTo} />
        </div>
      )}
      {waits && (
        <div>
          <label htmlFor={field}>{t('until')}</label>
          <input
            id={field}
            className="plain-input"
            type="datetime-local"
            required
            // biome-ignore lint/a11y/noAutofocus: a dialog takes the focus.
            autoFocus
            value={until}
            onChange={(event) => setUntil(event.target.value)}
          />
        </div>
      )}
    </AskDialog>
  );
}
