// SPDX-License-Identifier: Apache-2.0
// The dialogs of an incident: mend data and try again, hand on, ask for a deviation, close.
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { type FormEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, problemFrom } from '../../api/client';
import {
  entityOf,
  instanceQuery,
  invalidateIncidents,
  metaQuery,
  recordQuery,
} from '../../api/queries';
import type { FieldValues, IncidentDetail, Subject } from '../../api/types';
import { AskDialog } from '../../ui/ask-dialog';
import { Dialog } from '../../ui/dialog';
import { FieldForm, type FormEntry } from '../../ui/form';
import { JsonField, readObject } from '../../ui/json-field';
import { useNotice } from '../../ui/notice';
import { ProblemNotice } from '../../ui/problem';
import { Loading } from '../../ui/states';

export type IncidentDeed = 'edit' | 'hand-on' | 'skip' | 'close';

interface Props {
  incident: IncidentDetail;
  deed: IncidentDeed;
  close: () => void;
}

type Mend = { fields?: FieldValues; version?: number; variables?: FieldValues };

function useMend(incident: IncidentDetail, close: () => void) {
  const { t } = useTranslation('incident');
  const tell = useNotice();
  return useMutation({
    mutationFn: (mend: Mend) =>
      api.post('/incidents/{id}/retry', { path: { id: incident.id }, body: mend }),
    onSuccess: (after) => {
      if (after.state === 'resolved') tell(t('did.retry'));
      else tell(t('again'), 'alert');
      close();
    },
    onSettled: invalidateIncidents,
  });
}

// The fields that nobody but a process writes are left out; the server refuses what is not lawful.
function RecordForm({ incident, subject, close }: Omit<Props, 'deed'> & { subject: Subject }) {
  const { t } = useTranslation('incident');
  const { data: meta } = useQuery(metaQuery);
  const record = useQuery(recordQuery(subject.entity, subject.id));
  const mend = useMend(incident, close);
  const entity = entityOf(meta, subject.entity);
  if (!record.data || !entity) return <Loading />;
  const locked = new Set(record.data.read_only ?? []);
  const before = record.data;
  const entries: FormEntry[] = entity.fields
    .filter((field) => !field.read_only && !field.system && !locked.has(field.name))
    .map((field) => ({
      field,
      access: 'optional',
      value: before.fields[field.name] ?? null,
      reference: before.references?.[field.name],
    }));
  function changed(values: FieldValues): FieldValues {
    return Object.fromEntries(
      Object.entries(values).filter(
        ([name, value]) => JSON.stringify(value) !== JSON.stringify(before.fields[name] ?? null),
      ),
    );
  }
  return (
    <FieldForm
      entries={entries}
      submitLabel={t('deed.edit')}
      busy={mend.isPending}
      problem={mend.error ? problemFrom(mend.error) : null}
      onSubmit={(values) => mend.mutate({ fields: changed(values), version: before.version })}
    />
  );
}

function VariablesForm({ incident, close }: Omit<Props, 'deed'>) {
  const { t } = useTranslation('incident');
  const instance = useQuery(instanceQuery(incident.instance));
  const [written, setWritten] = useState<string>();
  const mend = useMend(incident, close);
  if (instance.isPending) return <Loading />;
  const text = written ?? JSON.stringify(instance.data?.variables ?? {}, null, 2);
  const variables = readObject(text);
  const before = instance.data?.variables ?? {};
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (!variables) return;
    const changed = Object.entries(variables).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name]),
    );
    mend.mutate({ variables: Object.fromEntries(changed) });
  }
  return (
    <form onSubmit={submit} className="deed-form">
      <JsonField
        label={t('variables')}
        help={t('variablesHelp')}
        wrong={t('noObject')}
        text={text}
        onChange={setWritten}
      />
      {mend.isError && <ProblemNotice problem={problemFrom(mend.error)} />}
      <Button type="primary" htmlType="submit" disabled={!variables} loading={mend.isPending}>
        {t('deed.edit')}
      </Button>
    </form>
  );
}

function EditDialog({ incident, close }: Omit<Props, 'deed'>) {
  const { t } = useTranslation('incident');
  return (
    <Dialog title={t('deed.edit')} onCancel={close} footer={null} width={620}>
      {incident.may.edit_record && incident.subject ? (
        <RecordForm incident={incident} subject={incident.subject} close={close} />
      ) : (
        <VariablesForm incident={incident} close={close} />
      )}
    </Dialog>
  );
}

function send(
  incident: IncidentDetail,
  deed: IncidentDeed,
  text: string,
  to: string,
): Promise<unknown> {
  const path = { id: incident.id };
  if (deed === 'hand-on')
    return api.post('/incidents/{id}/hand-on', { path, body: { to, comment: text } });
  if (deed === 'close') return api.post('/incidents/{id}/close', { path, body: { comment: text } });
  return api.post('/instances/{id}/deviations', {
    path: { id: incident.instance },
    body: { kind: 'skip', wait: incident.wait, reason: text },
  });
}

function People({
  field,
  to,
  choose,
}: {
  field: string;
  to: string;
  choose: (to: string) => void;
}) {
  const { t } = useTranslation('incident');
  const people = useQuery({
    queryKey: ['records', 'user', 'names'],
    queryFn: () =>
      api.get('/records/{entity}', { path: { entity: 'user' }, query: { limit: 200 } }),
  });
  return (
    <select
      id={field}
      className="plain-select"
      required
      value={to}
      onChange={(event) => choose(event.target.value)}
    >
      <option value="">{t('choosePerson')}</option>
      {(people.data?.items ?? []).map(({ id, label }) => (
        <option key={id} value={id}>
          {label}
        </option>
      ))}
    </select>
  );
}

export function IncidentDialog({ incident, deed, close }: Props) {
  const { t } = useTranslation('incident');
  const field = useId();
  const [to, setTo] = useState('');
  if (deed === 'edit') return <EditDialog incident={incident} close={close} />;
  return (
    <AskDialog
      title={t(`deed.${deed}`)}
      confirm={t(`deed.${deed}`)}
      keep={t('cancel')}
      reason={deed === 'hand-on' ? 'welcome' : 'needed'}
      label={t(deed === 'skip' ? 'reason' : 'comment')}
      ready={deed !== 'hand-on' || to !== ''}
      act={(text) => send(incident, deed, text, to)}
      done={t(`did.${deed}`)}
      after={invalidateIncidents}
      close={close}
    >
      <p className="quiet">{t(`help.${deed}`)}</p>
      {deed === 'hand-on' && (
        <div>
          <label htmlFor={field}>{t('to')}</label>
          <People field={field} to={to} choose={setTo} />
        </div>
      )}
    </AskDialog>
  );
}
