// SPDX-License-Identifier: Apache-2.0
// With whom something is shared: a person, a position or a department, to read or to edit, perhaps
// until a day.

import { useQuery } from '@tanstack/react-query';
import { Button, Input, Select } from 'antd';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { namesQuery } from '../../api/queries';
import type { Share, ShareInput } from '../../api/types';

type Kind = ShareInput['with']['kind'];
const KINDS: Kind[] = ['user', 'position', 'department'];

// People, positions or departments by their keys.
export function useNames(kind: Kind) {
  const names = useQuery(namesQuery(kind));
  const key = kind === 'user' ? 'login' : 'key';
  return (names.data?.items ?? []).map((row) => ({
    value: String(row.fields[key]),
    label: row.label,
  }));
}

export function ShareForm({
  busy,
  onShare,
}: {
  busy: boolean;
  onShare: (body: ShareInput) => void;
}) {
  const { t } = useTranslation('records');
  const id = useId();
  const [kind, setKind] = useState<Kind>('user');
  const [key, setKey] = useState<string | null>(null);
  const [may, setMay] = useState<Share['may']>('read');
  const [day, setDay] = useState('');
  const names = useNames(kind);
  const give = () => {
    const until = day ? new Date(`${day}T23:59:59`).toISOString() : null;
    if (key) onShare({ with: { kind, key }, may, until });
  };
  return (
    <div className="access-form">
      <Select
        aria-label={t('access.kind')}
        value={kind}
        onChange={(next: Kind) => {
          setKind(next);
          setKey(null);
        }}
        options={KINDS.map((one) => ({ value: one, label: t(`access.kinds.${one}`) }))}
      />
      <Select
        aria-label={t('access.with')}
        className="editor-wide"
        showSearch={{ optionFilterProp: 'label' }}
        placeholder={t('access.with')}
        value={key}
        onChange={setKey}
        options={names}
      />
      <Select
        aria-label={t('access.right')}
        value={may}
        onChange={setMay}
        options={(['read', 'edit'] as const).map((one) => ({
          value: one,
          label: t(`access.may.${one}`),
        }))}
      />
      <label htmlFor={id}>{t('access.until')}</label>
      <Input id={id} type="date" value={day} onChange={(event) => setDay(event.target.value)} />
      <Button type="primary" disabled={!key} loading={busy} onClick={give}>
        {t('access.share')}
      </Button>
    </div>
  );
}
