// SPDX-License-Identifier: Apache-2.0
// Saved views of a list: to go to, and to save what the list shows now.
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button, Dropdown, Input, Select } from 'antd';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'react-router';
import { api, problemFrom } from '../../api/client';
import { queryClient, viewsQuery } from '../../api/queries';
import type { Entity, Filter, View } from '../../api/types';
import { Dialog } from '../../ui/dialog';
import { Icon } from '../../ui/icon';
import { ProblemNotice } from '../../ui/problem';
import { type ListState, writeListState } from './url-state';

interface Sort {
  field: string;
  descending?: boolean;
}

function addressOf({ settings }: View): string {
  const sort = ((settings.sort ?? []) as Sort[]).map(
    ({ field, descending }) => (descending ? '-' : '') + field,
  );
  return writeListState(new URLSearchParams(), {
    filters: (settings.filter ?? []) as Filter[],
    where: settings.where ?? '',
    search: settings.search ?? '',
    sort,
    ...(settings.columns ? { columns: settings.columns } : {}),
  }).toString();
}

function settingsOf({ filters, where, search, sort, columns }: ListState): View['settings'] {
  return {
    filter: filters,
    ...(where ? { where } : {}),
    ...(search ? { search } : {}),
    sort: sort.map((key) => ({ field: key.replace(/^-/, ''), descending: key.startsWith('-') })),
    columns,
  };
}

function SaveDialog({
  entity,
  state,
  close,
}: {
  entity: Entity;
  state: ListState;
  close: () => void;
}) {
  const { t } = useTranslation('records');
  const id = useId();
  const [name, setName] = useState('');
  const [audience, setAudience] = useState<View['audience']>('mine');
  const save = useMutation({
    mutationFn: () =>
      api.post('/views', {
        body: { entity: entity.name, name, audience, settings: settingsOf(state) },
      }),
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: ['views', entity.name] });
      close();
    },
  });
  return (
    <Dialog
      title={t('views.save')}
      onCancel={close}
      okText={t('views.save')}
      cancelText={t('cancel')}
      okButtonProps={{ disabled: !name.trim(), loading: save.isPending }}
      onOk={() => save.mutate()}
    >
      {save.error && <ProblemNotice problem={problemFrom(save.error)} />}
      <label htmlFor={`${id}-name`}>{t('views.name')}</label>
      <Input id={`${id}-name`} value={name} onChange={(event) => setName(event.target.value)} />
      <label htmlFor={`${id}-audience`}>{t('views.audience')}</label>
      <Select
        id={`${id}-audience`}
        className="editor-wide"
        value={audience}
        onChange={setAudience}
        options={(['mine', 'team', 'all'] as const).map((one) => ({
          value: one,
          label: t(`views.for.${one}`),
        }))}
      />
    </Dialog>
  );
}

export function Views({ entity, state }: { entity: Entity; state: ListState }) {
  const { t } = useTranslation('records');
  const { pathname } = useLocation();
  const [saving, setSaving] = useState(false);
  const views = useQuery(viewsQuery(entity.name));
  const items = (views.data?.items ?? []).map((view) => ({
    key: view.id,
    label: (
      <Link to={`${pathname}?${addressOf(view)}`}>
        {view.name} {!view.own && <span className="quiet">· {view.owner.name}</span>}
      </Link>
    ),
  }));
  const save = { key: 'save', label: t('views.save'), onClick: () => setSaving(true) };
  return (
    <>
      <Dropdown autoFocus trigger={['click']} menu={{ items: [...items, save] }}>
        <Button aria-haspopup="menu">
          {t('views.title')} <Icon name="down" size={14} />
        </Button>
      </Dropdown>
      {saving && <SaveDialog entity={entity} state={state} close={() => setSaving(false)} />}
    </>
  );
}
