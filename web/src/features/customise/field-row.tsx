// SPDX-License-Identifier: Apache-2.0
// One field of the entity that is being declared.
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { metaQuery } from '../../api/queries';
import { type DraftField, nameFrom, TYPES, type TypeName } from './declaration';

interface Props {
  field: DraftField;
  index: number;
  change: (field: DraftField) => void;
  remove: () => void;
}

function TextCell({
  label,
  value,
  change,
}: {
  label: string;
  value: string;
  change: (value: string) => void;
}) {
  const id = useId();
  return (
    <label htmlFor={id} className="customise-cell">
      {label}
      <input
        id={id}
        className="plain-input"
        value={value}
        onChange={({ target }) => change(target.value)}
      />
    </label>
  );
}

function Flag({
  label,
  value,
  change,
}: {
  label: string;
  value: boolean;
  change: (value: boolean) => void;
}) {
  return (
    <label className="customise-flag">
      <input type="checkbox" checked={value} onChange={({ target }) => change(target.checked)} />{' '}
      {label}
    </label>
  );
}

function Details({ field, change }: Pick<Props, 'field' | 'change'>) {
  const { t } = useTranslation('customise');
  const { data: meta } = useQuery(metaQuery);
  const id = useId();
  if (field.type.endsWith('reference'))
    return (
      <>
        <label htmlFor={id} className="customise-cell">
          {t('to')}
          <select
            id={id}
            className="plain-select"
            value={field.to}
            onChange={({ target }) => change({ ...field, to: target.value })}
          >
            <option value="">{t('chooseTo')}</option>
            {(meta?.entities ?? []).map(({ name, title }) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <Flag
          label={t('shown')}
          value={field.shown}
          change={(shown) => change({ ...field, shown })}
        />
      </>
    );
  if (field.type === 'auto_number')
    return (
      <TextCell
        label={t('pattern')}
        value={field.pattern}
        change={(pattern) => change({ ...field, pattern })}
      />
    );
  if (!field.type.endsWith('choice')) return null;
  return (
    <label htmlFor={id} className="customise-cell customise-choices">
      {t('choices')}
      <textarea
        id={id}
        className="plain-input"
        rows={3}
        value={field.choices}
        onChange={({ target }) => change({ ...field, choices: target.value })}
      />
    </label>
  );
}

export function FieldRow({ field, index, change, remove }: Props) {
  const { t } = useTranslation('customise');
  const id = useId();
  const named = field.name === nameFrom(field.en);
  return (
    <fieldset className="customise-field">
      <legend>{t('field', { number: index + 1 })}</legend>
      <TextCell
        label={t('titleEn')}
        value={field.en}
        change={(en) =>
          change({ ...field, en, name: named || !field.name ? nameFrom(en) : field.name })
        }
      />
      <TextCell label={t('titleZh')} value={field.zh} change={(zh) => change({ ...field, zh })} />
      <TextCell
        label={t('name')}
        value={field.name}
        change={(name) => change({ ...field, name })}
      />
      <label htmlFor={id} className="customise-cell">
        {t('typeOf')}
        <select
          id={id}
          className="plain-select"
          value={field.type}
          onChange={({ target }) => change({ ...field, type: target.value as TypeName })}
        >
          {TYPES.map((type) => (
            <option key={type} value={type}>
              {t(`type.${type}`)}
            </option>
          ))}
        </select>
      </label>
      <Details field={field} change={change} />
      <Flag
        label={t('required')}
        value={field.required}
        change={(required) => change({ ...field, required })}
      />
      <Flag
        label={t('unique')}
        value={field.unique}
        change={(unique) => change({ ...field, unique })}
      />
      <Flag
        label={t('personal')}
        value={field.personal}
        change={(personal) => change({ ...field, personal })}
      />
      <Flag
        label={t('askReason')}
        value={field.askReason}
        change={(askReason) => change({ ...field, askReason })}
      />
      <Flag
        label={t('listed')}
        value={field.listed}
        change={(listed) => change({ ...field, listed })}
      />
      <Button onClick={remove}>{t('removeField', { number: index + 1 })}</Button>
    </fieldset>
  );
}
