// SPDX-License-Identifier: Apache-2.0
// A webhook's name, address and entities; a new one's secret is shown once, behind it.
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { type FormEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, problemFrom } from '../../api/client';
import { metaQuery } from '../../api/queries';
import type { Webhook } from '../../api/types';
import { Dialog } from '../../ui/dialog';
import { ProblemNotice } from '../../ui/problem';
import { webhooksChanged } from './queries';

function Entities({ chosen, choose }: { chosen: string[]; choose: (names: string[]) => void }) {
  const { t } = useTranslation('webhooks');
  const { data: meta } = useQuery(metaQuery);
  const toggle = (name: string) =>
    choose(chosen.includes(name) ? chosen.filter((each) => each !== name) : [...chosen, name]);
  return (
    <fieldset className="webhook-entities">
      <legend>{t('entities')}</legend>
      {(meta?.entities ?? []).map(({ name, plural }) => (
        <label key={name}>
          <input type="checkbox" checked={chosen.includes(name)} onChange={() => toggle(name)} />{' '}
          {plural}
        </label>
      ))}
      <p className="form-help">{t('entitiesHelp')}</p>
    </fieldset>
  );
}

export function Secret({ secret, close }: { secret: string; close: () => void }) {
  const { t } = useTranslation('webhooks');
  const id = useId();
  return (
    <Dialog
      title={t('secret')}
      onCancel={close}
      footer={[
        <Button key="close" type="primary" onClick={close}>
          {t('kept')}
        </Button>,
      ]}
    >
      <label htmlFor={id}>{t('secretHelp')}</label>
      <input id={id} className="plain-input json webhook-secret" readOnly value={secret} />
    </Dialog>
  );
}

interface Props {
  webhook?: Webhook;
  close: () => void;
  made: (webhook: Webhook) => void;
}

export function WebhookForm({ webhook, close, made }: Props) {
  const { t } = useTranslation('webhooks');
  const id = useId();
  const [name, setName] = useState(webhook?.name ?? '');
  const [url, setUrl] = useState(webhook?.url ?? '');
  const [entities, setEntities] = useState(webhook?.entities ?? []);
  const save = useMutation({
    mutationFn: () => {
      const body = { name: name.trim(), url: url.trim(), entities };
      return webhook
        ? api.patch('/webhooks/{id}', { path: { id: webhook.id }, body })
        : api.post('/webhooks', { body });
    },
    onSuccess: (after) => {
      close();
      made(after);
    },
    onSettled: webhooksChanged,
  });
  function submit(event: FormEvent): void {
    event.preventDefault();
    save.mutate();
  }
  return (
    <Dialog title={webhook ? t('change') : t('new')} onCancel={close} footer={null}>
      <form className="deed-form" onSubmit={submit}>
        <p>
          <label htmlFor={`${id}-name`}>{t('name')}</label>
          <input
            id={`${id}-name`}
            className="plain-input"
            required
            value={name}
            onChange={({ target }) => setName(target.value)}
          />
        </p>
        <p>
          <label htmlFor={`${id}-url`}>{t('url')}</label>
          <input
            id={`${id}-url`}
            className="plain-input"
            type="url"
            required
            placeholder="https://example.com/millrace"
            value={url}
            onChange={({ target }) => setUrl(target.value)}
          />
        </p>
        <Entities chosen={entities} choose={setEntities} />
        {save.isError && <ProblemNotice problem={problemFrom(save.error)} />}
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {t('save')}
        </Button>
      </form>
    </Dialog>
  );
}
