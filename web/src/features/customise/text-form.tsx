// SPDX-License-Identifier: Apache-2.0
// A file of the company's pack as text.
import { Button } from 'antd';
import { type FormEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemFrom } from '../../api/client';
import { ProblemNotice } from '../../ui/problem';
import type { Packs } from './declaration';
import { Preview } from './preview';
import { useApply } from './queries';

function startOf(name: string): string {
  const entity = /^entities\/(.+)\.yaml$/.exec(name)?.[1];
  return entity ? `entity: ${entity}\nfields:\n` : '';
}

export function TextForm({
  packs,
  name,
  close,
}: {
  packs: Packs;
  name: string;
  close: () => void;
}) {
  const { t } = useTranslation('customise');
  const id = useId();
  const before = packs.files.find((file) => file.name === name)?.text;
  const [text, setText] = useState(before ?? startOf(name));
  const apply = useApply(close);
  const files = { [name]: text.trim() === '' ? null : text };
  function submit(event: FormEvent): void {
    event.preventDefault();
    apply.mutate({ files, base: packs.revision, note: name });
  }
  return (
    <div className="customise-two">
      <form className="card card-body" onSubmit={submit} aria-label={name}>
        <label htmlFor={id}>{name}</label>
        <textarea
          id={id}
          className="plain-input json"
          rows={22}
          spellCheck={false}
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
        <p className="form-help">{t('emptyGoes')}</p>
        {apply.isError && <ProblemNotice problem={problemFrom(apply.error)} />}
        <div className="choice-line">
          <Button type="primary" htmlType="submit" loading={apply.isPending}>
            {t('apply')}
          </Button>
          <Button onClick={close}>{t('cancel')}</Button>
        </div>
      </form>
      <Preview files={text === (before ?? '') ? null : files} />
    </div>
  );
}
