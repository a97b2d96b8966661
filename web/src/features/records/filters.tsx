// SPDX-License-Identifier: Apache-2.0
// The filters of a list as chips, the panel that adds one, and the choice of columns.
import { useQuery } from '@tanstack/react-query';
import { Button, Input, Select } from 'antd';
import { type FormEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { metaQuery, recordQuery } from '../../api/queries';
import type { Entity, Field, FieldValue, Filter } from '../../api/types';
import { shownFields } from '../../meta/fields';
import { FieldDisplay, FieldEditor, isEmpty, kindOf } from '../../meta/registry';
import { Icon } from '../../ui/icon';
import { needsValue } from './url-state';

function ReferenceName({ field, value }: { field: Field; value: FieldValue }) {
  const { data: meta } = useQuery(metaQuery);
  const readable = meta?.entities.some(({ name }) => name === field.to) && value !== '$me';
  const answer = useQuery({
    ...recordQuery(field.to ?? '', String(value)),
    enabled: readable === true,
  });
  const { t } = useTranslation('records');
  return <>{value === '$me' ? t('filter.me') : (answer.data?.label ?? String(value))}</>;
}

function FilterValue({ field, value }: { field: Field; value: FieldValue }) {
  if (Array.isArray(value)) {
    const titles = value.map(
      (one) => field.choices?.find((choice) => choice.value === one)?.title ?? String(one),
    );
    const shown = titles.slice(0, 3).join(', ');
    return <>{titles.length > 3 ? `${shown} +${titles.length - 3}` : shown}</>;
  }
  if (field.to) return <ReferenceName field={field} value={value} />;
  const choice = field.choices?.find((one) => one.value === value);
  return choice ? choice.title : <FieldDisplay field={field} value={value} />;
}

export function FilterChips({
  entity,
  filters,
  onChange,
}: {
  entity: Entity;
  filters: Filter[];
  onChange: (filters: Filter[]) => void;
}) {
  const { t } = useTranslation('records');
  return (
    <ul className="chips" aria-label={t('filter.title')}>
      {filters.map((filter, index) => {
        const field = entity.fields.find(({ name }) => name === filter.field);
        if (!field) return null;
        return (
          <li className="chip" key={`${filter.field}-${filter.operator}-${String(filter.value)}`}>
            <span>
              {field.title} <span className="quiet">{t(`operator.${filter.operator}`)}</span>{' '}
              {needsValue(filter.operator) && <FilterValue field={field} value={filter.value} />}
            </span>
            <button
              type="button"
              aria-label={t('filter.remove', { field: field.title })}
              onClick={() => onChange(filters.filter((_, other) => other !== index))}
            >
              <Icon name="close" size={12} />
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function ValueEditor({
  id,
  field,
  operator,
  value,
  onChange,
}: {
  id: string;
  field: Field;
  operator: string;
  value: FieldValue;
  onChange: (value: FieldValue) => void;
}) {
  if (operator === 'in') {
    return (
      <Select
        id={id}
        mode="multiple"
        className="filter-value"
        maxTagCount={3}
        value={(value as string[] | null) ?? []}
        onChange={(next: string[]) => onChange(next.length > 0 ? next : null)}
        options={(field.choices ?? []).map((choice) => ({
          value: choice.value,
          label: choice.title,
        }))}
      />
    );
  }
  // Of several a filter asks for one, of an address for words.
  const asked = field.type === 'address' ? 'text' : field.type.replace(/^multi_/, '');
  const one = { ...field, type: asked as Field['type'] };
  return (
    <div className="filter-value">
      <FieldEditor
        key={field.name}
        id={id}
        field={one}
        value={value}
        onChange={(next) => onChange(next)}
        required
      />
    </div>
  );
}

export function FilterPanel({
  entity,
  onAdd,
  where,
  onWhere,
  columns,
  onColumns,
}: {
  entity: Entity;
  onAdd: (filter: Filter) => void;
  where: string;
  onWhere: (where: string) => void;
  columns: string[];
  onColumns: (columns: string[]) => void;
}) {
  const { t } = useTranslation('records');
  const id = useId();
  const [name, setName] = useState(entity.label);
  const field = entity.fields.find((one) => one.name === name);
  const shown = shownFields(entity.fields);
  const options = shown.map((one) => ({ value: one.name, label: one.title }));
  const filtered = options.filter((_, index) => !shown[index]?.live);
  const [operator, setOperator] = useState<string>(
    field ? (kindOf(field).operators[0] ?? '=') : '=',
  );
  const [value, setValue] = useState<FieldValue>(null);
  const ready = field && (!needsValue(operator) || !isEmpty(value));

  function choose(next: string): void {
    const chosen = entity.fields.find((one) => one.name === next);
    setName(next);
    setOperator(chosen ? (kindOf(chosen).operators[0] ?? '=') : '=');
    setValue(null);
  }

  function add(event: FormEvent): void {
    event.preventDefault();
    if (!ready) return;
    onAdd(needsValue(operator) ? { field: name, operator, value } : { field: name, operator });
    setValue(null);
  }

  return (
    <div className="card card-body filter-panel">
      <form className="filter-form" onSubmit={add} aria-label={t('filter.add')}>
        <div>
          <label htmlFor={`${id}-field`}>{t('filter.field')}</label>
          <Select
            id={`${id}-field`}
            className="filter-field"
            showSearch={{ optionFilterProp: 'label' }}
            value={name}
            onChange={choose}
            options={filtered}
          />
        </div>
        <div>
          <label htmlFor={`${id}-operator`}>{t('filter.operator')}</label>
          <Select
            id={`${id}-operator`}
            className="filter-operator"
            value={operator}
            onChange={(next: string) => {
              setOperator(next);
              setValue(null);
            }}
            options={(field ? kindOf(field).operators : []).map((one) => ({
              value: one,
              label: t(`operator.${one}`),
            }))}
          />
        </div>
        {field && needsValue(operator) && (
          <div>
            <label htmlFor={`${id}-value`}>{t('filter.value')}</label>
            <ValueEditor
              id={`${id}-value`}
              field={field}
              operator={operator}
              value={value}
              onChange={setValue}
            />
          </div>
        )}
        <Button htmlType="submit" disabled={!ready}>
          {t('filter.add')}
        </Button>
      </form>
      <div className="filter-columns">
        <label htmlFor={`${id}-where`}>{t('filter.where')}</label>
        <Input.Search
          id={`${id}-where`}
          key={where}
          className="editor-wide"
          defaultValue={where}
          placeholder={t('filter.whereHint')}
          enterButton={t('filter.apply')}
          allowClear
          onSearch={(next) => onWhere(next.trim())}
        />
      </div>
      <div className="filter-columns">
        <label htmlFor={`${id}-columns`}>{t('filter.columns')}</label>
        <Select
          id={`${id}-columns`}
          mode="multiple"
          className="editor-wide"
          value={columns}
          onChange={(next: string[]) => next.length > 0 && onColumns(next)}
          options={options}
          showSearch={{ optionFilterProp: 'label' }}
        />
      </div>
    </div>
  );
}
