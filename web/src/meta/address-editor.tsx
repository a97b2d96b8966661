// SPDX-License-Identifier: Apache-2.0
// The parts of an address, each with its own field; the label of the whole leads to the street.
import { useQuery } from '@tanstack/react-query';
import { Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { metaQuery } from '../api/queries';
import { addressOf, countryName, PARTS, type Part } from './address';
import type { EditorProps } from './registry';

const LENGTHS: Record<Part, number> = {
  street: 400,
  postal_code: 20,
  city: 100,
  region: 100,
  country: 2,
};

export function AddressEditor(props: EditorProps) {
  const { t, i18n } = useTranslation();
  const { data: meta } = useQuery(metaQuery);
  const { id, value, onChange, required, invalid, describedBy, autoFocus } = props;
  const address = addressOf(value);
  const status = invalid ? ({ status: 'error' } as const) : {};
  const change = (part: Part, text: string | null) => {
    const next = { ...address, [part]: text || null };
    onChange(PARTS.some((each) => next[each]) ? next : null);
  };
  const countries = (meta?.countries ?? []).map((code) => ({
    value: code,
    label: countryName(code, i18n.language),
  }));
  return (
    <div className="address-editor">
      <Input.TextArea
        id={id}
        autoSize={{ minRows: 1, maxRows: 4 }}
        placeholder={t('address.street')}
        maxLength={LENGTHS.street}
        value={address.street ?? ''}
        onChange={({ target }) => change('street', target.value)}
        aria-required={required || undefined}
        aria-invalid={invalid || undefined}
        aria-describedby={describedBy}
        {...(autoFocus ? { autoFocus } : {})}
        {...status}
      />
      {(['postal_code', 'city', 'region'] as const).map((part) => (
        <Input
          key={part}
          aria-label={t(`address.${part}`)}
          placeholder={t(`address.${part}`)}
          maxLength={LENGTHS[part]}
          value={address[part] ?? ''}
          onChange={({ target }) => change(part, target.value)}
          {...status}
        />
      ))}
      <Select
        aria-label={t('address.country')}
        placeholder={t('address.country')}
        allowClear
        showSearch={{ optionFilterProp: 'label' }}
        value={address.country}
        onChange={(code: string | null | undefined) => change('country', code ?? null)}
        options={countries.sort((a, b) => a.label.localeCompare(b.label, i18n.language))}
        {...status}
      />
    </div>
  );
}
