// SPDX-License-Identifier: Apache-2.0
// Who stands in for me: what is entered, another one, and taking one back.
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { type FormEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, problemFrom } from '../../api/client';
import { invalidateWork, substitutesQuery } from '../../api/queries';
import type { OwnSubstitutes } from '../../api/types';
import { Dialog } from '../../ui/dialog';
import { useNotice } from '../../ui/notice';
import { ProblemNotice } from '../../ui/problem';
import { Loading } from '../../ui/states';
import { formatDate } from '../../ui/time';

type Entered = OwnSubstitutes['items'][number];

function EnteredRow({ entered }: { entered: Entered }) {
  const { t, i18n } = useTranslation('session');
  const day = (value: string) => formatDate(value, i18n.language);
  const name = entered.substitute?.name ?? t('substitutes.nobody');
  const withdraw = useMutation({
    mutationFn: () => api.delete('/session/substitutes/{id}', { path: { id: entered.id } }),
    onSettled: invalidateWork,
  });
  return (
    <li>
      <span>
        <strong>{name}</strong> {day(entered.first_day)} – {day(entered.last_day)}
        {entered.reason && <span className="quiet"> {entered.reason}</span>}
      </span>
      <Button
        size="small"
        loading={withdraw.isPending}
        aria-label={t('substitutes.withdrawOf', { name })}
        onClick={() => withdraw.mutate()}
      >
        {t('substitutes.withdraw')}
      </Button>
      {withdraw.isError && <ProblemNotice problem={problemFrom(withdraw.error)} />}
    </li>
  );
}

const NOTHING = { substitute: '', first_day: '', last_day: '', reason: '' };

function EnterForm({ people }: { people: OwnSubstitutes['people'] }) {
  const { t } = useTranslation('session');
  const tell = useNotice();
  const field = useId();
  const [given, setGiven] = useState(NOTHING);
  const enter = useMutation({
    mutationFn: () => {
      const reason = given.reason.trim() || null;
      return api.post('/session/substitutes', { body: { ...given, reason } });
    },
    onSuccess: () => {
      tell(t('substitutes.entered'));
      setGiven(NOTHING);
    },
    onSettled: invalidateWork,
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    enter.mutate();
  }
  const input = (name: 'first_day' | 'last_day' | 'reason', type: 'date' | 'text') => (
    <p>
      <label htmlFor={`${field}-${name}`}>{t(`substitutes.${name}`)}</label>
      <input
        id={`${field}-${name}`}
        className="plain-input"
        type={type}
        required={type === 'date'}
        min={name === 'last_day' ? given.first_day : undefined}
        maxLength={type === 'text' ? 120 : undefined}
        value={given[name]}
        onChange={(event) => setGiven({ ...given, [name]: event.target.value })}
      />
    </p>
  );
  return (
    <form onSubmit={submit} className="deed-form">
      <p>
        <label htmlFor={`${field}-who`}>{t('substitutes.who')}</label>
        <select
          id={`${field}-who`}
          className="plain-select"
          required
          value={given.substitute}
          onChange={(event) => setGiven({ ...given, substitute: event.target.value })}
        >
          <option value="">{t('substitutes.choose')}</option>
          {people.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </p>
      {input('first_day', 'date')}
      {input('last_day', 'date')}
      {input('reason', 'text')}
      {enter.isError && <ProblemNotice problem={problemFrom(enter.error)} />}
      <Button type="primary" htmlType="submit" loading={enter.isPending}>
        {t('substitutes.enter')}
      </Button>
    </form>
  );
}

export default function SubstitutesDialog({ close }: { close: () => void }) {
  const { t } = useTranslation('session');
  const { data, error } = useQuery(substitutesQuery);
  return (
    <Dialog title={t('substitutes.title')} onCancel={close} footer={null} width={480}>
      <p className="quiet">{t('substitutes.explain')}</p>
      {error && <ProblemNotice problem={problemFrom(error)} />}
      {!data && !error && <Loading />}
      {data && data.items.length > 0 && (
        <ul className="entered" aria-label={t('substitutes.list')}>
          {data.items.map((entered) => (
            <EnteredRow key={entered.id} entered={entered} />
          ))}
        </ul>
      )}
      {data && <EnterForm people={data.people} />}
    </Dialog>
  );
}
