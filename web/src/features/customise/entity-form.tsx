// SPDX-License-Identifier: Apache-2.0
// A new entity: its names, its fields, who works with it; beside it the text that it becomes.
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { type FormEvent, useId, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemFrom } from '../../api/client';
import { usePositionName } from '../../ui/position';
import { ProblemNotice } from '../../ui/problem';
import {
  type Draft,
  type DraftField,
  filesOf,
  isComplete,
  nameFrom,
  newDraft,
  newField,
  type Packs,
} from './declaration';
import { FieldRow } from './field-row';
import { Preview } from './preview';
import { positionsQuery, useApply } from './queries';

const NAMES = ['en', 'zh', 'pluralEn', 'pluralZh', 'name'] as const;

function Names({ draft, change }: { draft: Draft; change: (draft: Draft) => void }) {
  const { t } = useTranslation('customise');
  const id = useId();
  function put(key: (typeof NAMES)[number], value: string): void {
    const named = draft.name === '' || draft.name === nameFrom(draft.en);
    change({ ...draft, [key]: value, ...(key === 'en' && named ? { name: nameFrom(value) } : {}) });
  }
  return (
    <div className="customise-field">
      {NAMES.map((key) => (
        <label key={key} htmlFor={`${id}-${key}`} className="customise-cell">
          {t(`entity.${key}`)}
          <input
            id={`${id}-${key}`}
            className="plain-input"
            value={draft[key]}
            onChange={({ target }) => put(key, target.value)}
          />
        </label>
      ))}
    </div>
  );
}

function Positions({ draft, change }: { draft: Draft; change: (draft: Draft) => void }) {
  const { t } = useTranslation('customise');
  const positions = useQuery(positionsQuery);
  const nameOf = usePositionName();
  const keys = (positions.data?.items ?? []).map((item) => String(item.fields.key));
  return (
    <fieldset className="customise-field">
      <legend>{t('who')}</legend>
      {keys.map((key) => (
        <label key={key} className="customise-flag">
          <input
            type="checkbox"
            checked={draft.positions.includes(key)}
            onChange={({ target }) =>
              change({
                ...draft,
                positions: target.checked
                  ? [...draft.positions, key]
                  : draft.positions.filter((each) => each !== key),
              })
            }
          />{' '}
          {nameOf(key)}
        </label>
      ))}
    </fieldset>
  );
}

export function EntityForm({ packs, close }: { packs: Packs; close: () => void }) {
  const { t } = useTranslation('customise');
  const [draft, setDraft] = useState(newDraft);
  const apply = useApply(close);
  const complete = isComplete(draft);
  const files = useMemo(() => (complete ? filesOf(packs, draft) : null), [packs, draft, complete]);
  const put = (field: DraftField) =>
    setDraft({
      ...draft,
      fields: draft.fields.map((each) => (each.key === field.key ? field : each)),
    });
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (files) apply.mutate({ files, base: packs.revision, note: draft.en });
  }
  return (
    <div className="customise-two">
      <form className="card card-body" onSubmit={submit} aria-label={t('newEntity')}>
        <h2>{t('newEntity')}</h2>
        <Names draft={draft} change={setDraft} />
        {draft.fields.map((field, index) => (
          <FieldRow
            key={field.key}
            field={field}
            index={index}
            change={put}
            remove={() =>
              setDraft({ ...draft, fields: draft.fields.filter((each) => each !== field) })
            }
          />
        ))}
        <Button onClick={() => setDraft({ ...draft, fields: [...draft.fields, newField()] })}>
          {t('addField')}
        </Button>
        <Positions draft={draft} change={setDraft} />
        {apply.isError && <ProblemNotice problem={problemFrom(apply.error)} />}
        <div className="choice-line">
          <Button type="primary" htmlType="submit" disabled={!complete} loading={apply.isPending}>
            {t('apply')}
          </Button>
          <Button onClick={close}>{t('cancel')}</Button>
        </div>
      </form>
      <Preview files={files} />
    </div>
  );
}
