// SPDX-License-Identifier: Apache-2.0
// What has to be said before something is done to many records: which fields become what, with whom
// they are shared, which process begins.
import { useQuery } from '@tanstack/react-query';
import { Button, Input, Select } from 'antd';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { processesQuery } from '../../api/queries';
import type { Entity, Field, FieldValue, FieldValues, Led } from '../../api/types';
import { FieldEditor } from '../../meta/registry';
import { Icon } from '../../ui/icon';
import { deleting, editing, sharing, starting } from './bulk-acts';
import type { Act } from './bulk-run';
import { ShareForm } from './share-form';

interface Props {
  entity: Entity;
  count: string; // in words
  go: (act: Act) => void;
}

interface Given {
  field: Field;
  value: FieldValue;
  reference: Led | null;
}

// What a process owns of some records may be free in others: the gate says which.
export function bulkFields(entity: Entity): Field[] {
  return entity.fields.filter((field) => !field.read_only && !field.system && !field.unique);
}

function GivenField({
  given,
  onChange,
  onRemove,
}: {
  given: Given;
  onChange: (given: Given) => void;
  onRemove: () => void;
}) {
  const { t } = useTranslation('records');
  const id = useId();
  const { field } = given;
  return (
    <div className="bulk-field">
      <label htmlFor={id}>{field.title}</label>
      <FieldEditor
        id={id}
        field={field}
        value={given.value}
        reference={given.reference}
        required={field.required ?? false}
        onChange={(value, reference) => onChange({ field, value, reference: reference ?? null })}
      />
      <Button
        type="text"
        aria-label={t('bulk.leave', { field: field.title })}
        icon={<Icon name="close" size={14} />}
        onClick={onRemove}
      />
    </div>
  );
}

// Into the history of each record.
function Reason({
  needed,
  value,
  onChange,
}: {
  needed: boolean;
  value: string;
  onChange: (value: string) => void;
}) {
  const { t } = useTranslation('records');
  const id = useId();
  return (
    <div>
      <label htmlFor={id}>
        {t('common:reason')} {!needed && <span className="quiet">{t('common:optional')}</span>}
      </label>
      <Input
        id={id}
        required={needed}
        maxLength={2000}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  );
}

export function EditMany({ entity, count, go }: Props) {
  const { t } = useTranslation('records');
  const id = useId();
  const [given, setGiven] = useState<Given[]>([]);
  const [reason, setReason] = useState('');
  const asked = given.some(({ field }) => field.asks_reason);
  const left = bulkFields(entity).filter(
    ({ name }) => !given.some((one) => one.field.name === name),
  );
  const values: FieldValues = Object.fromEntries(
    given.map(({ field, value }) => [field.name, value ?? null]),
  );
  function add(name: string): void {
    const field = left.find((one) => one.name === name);
    if (field) setGiven([...given, { field, value: null, reference: null }]);
  }
  return (
    <>
      <p className="quiet">{t('bulk.editHelp')}</p>
      {given.map((one, index) => (
        <GivenField
          key={one.field.name}
          given={one}
          onChange={(next) => setGiven(given.map((old, at) => (at === index ? next : old)))}
          onRemove={() => setGiven(given.filter((_, at) => at !== index))}
        />
      ))}
      <div>
        <label htmlFor={id}>{t('bulk.field')}</label>
        <Select
          id={id}
          className="editor-wide"
          showSearch={{ optionFilterProp: 'label' }}
          placeholder={t('bulk.chooseField')}
          value={null}
          onChange={(name: string | null) => name && add(name)}
          options={left.map(({ name, title }) => ({ value: name, label: title }))}
        />
      </div>
      <Reason needed={asked} value={reason} onChange={setReason} />
      <div>
        <Button
          type="primary"
          disabled={given.length === 0 || (asked && !reason.trim())}
          onClick={() => go(editing(entity.name, values, reason.trim()))}
        >
          {t('bulk.do.edit', { records: count })}
        </Button>
      </div>
    </>
  );
}

export function DeleteMany({ entity, count, go }: Props) {
  const { t } = useTranslation('records');
  const [reason, setReason] = useState('');
  return (
    <>
      <p>{t('bulk.deleteHelp')}</p>
      <Reason needed={false} value={reason} onChange={setReason} />
      <div>
        <Button type="primary" danger onClick={() => go(deleting(entity.name, reason.trim()))}>
          {t('bulk.do.delete', { records: count })}
        </Button>
      </div>
    </>
  );
}

export function ShareMany({ entity, go }: Props) {
  const { t } = useTranslation('records');
  return (
    <>
      <p className="quiet">{t('bulk.shareHelp')}</p>
      <ShareForm busy={false} onShare={(share) => go(sharing(entity.name, share))} />
    </>
  );
}

export function StartMany({ entity, count, go }: Props) {
  const { t } = useTranslation('records');
  const id = useId();
  const [process, setProcess] = useState<string | null>(null);
  const processes = useQuery(processesQuery);
  const fitting = (processes.data?.items ?? []).filter(
    (one) => one.entity === entity.name && !one.drawing,
  );
  return (
    <>
      <p className="quiet">{t('bulk.startHelp')}</p>
      <div>
        <label htmlFor={id}>{t('bulk.process')}</label>
        <Select
          id={id}
          className="editor-wide"
          value={process}
          onChange={setProcess}
          notFoundContent={t('bulk.noProcess')}
          options={fitting.map(({ key, name }) => ({ value: key, label: name }))}
        />
      </div>
      <div>
        <Button
          type="primary"
          disabled={!process}
          onClick={() => process && go(starting(entity.name, process))}
        >
          {t('bulk.do.start', { records: count })}
        </Button>
      </div>
    </>
  );
}
