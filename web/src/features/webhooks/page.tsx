// SPDX-License-Identifier: Apache-2.0
// The programs that are told what changes: each with its address, what it is told of and what
// became of it.
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, problemFrom } from '../../api/client';
import { entityOf, metaQuery } from '../../api/queries';
import type { Id, Webhook } from '../../api/types';
import { AskDialog } from '../../ui/ask-dialog';
import { type Column, DataTable } from '../../ui/data-table';
import { useNotice } from '../../ui/notice';
import { ProblemNotice } from '../../ui/problem';
import { Empty, Loading } from '../../ui/states';
import { Deliveries } from './deliveries';
import { Secret, WebhookForm } from './form';
import { webhooksChanged, webhooksQuery } from './queries';
import '../../app/owner.css';
import '../../app/webhooks.css';

type Open =
  | { kind: 'none' }
  | { kind: 'new' }
  | { kind: 'secret'; secret: string }
  | { kind: 'change' | 'remove' | 'renew'; webhook: Webhook };

function useColumns(show: (id: Id) => void): Column<Webhook>[] {
  const { t } = useTranslation('webhooks');
  const { data: meta } = useQuery(metaQuery);
  const titles = (names: string[]) =>
    names.map((name) => entityOf(meta, name)?.plural ?? name).join(', ');
  return [
    {
      key: 'name',
      title: t('name'),
      cell: ({ id, name }) => (
        <Button type="link" onClick={() => show(id)}>
          {name}
        </Button>
      ),
    },
    { key: 'url', title: t('url'), cell: ({ url }) => <span className="long-text">{url}</span> },
    {
      key: 'entities',
      title: t('entities'),
      cell: ({ entities }) => (entities.length ? titles(entities) : t('everything')),
    },
    { key: 'maker', title: t('reads'), cell: ({ made_by }) => made_by.name },
    {
      key: 'active',
      title: t('stateOf'),
      cell: ({ active, why }) => (active ? t('on') : (why ?? t('off'))),
    },
  ];
}

function Deeds({ webhook, open }: { webhook: Webhook; open: (what: Open) => void }) {
  const { t } = useTranslation('webhooks');
  const tell = useNotice();
  const path = { id: webhook.id };
  const test = useMutation({
    mutationFn: () => api.post('/webhooks/{id}/test', { path }),
    onSuccess: () => tell(t('tested')),
    onSettled: webhooksChanged,
  });
  const turn = useMutation({
    mutationFn: () => api.patch('/webhooks/{id}', { path, body: { active: !webhook.active } }),
    onSettled: webhooksChanged,
  });
  const failed = test.error ?? turn.error;
  return (
    <>
      {failed && <ProblemNotice problem={problemFrom(failed)} />}
      <div className="choice-line">
        <Button loading={test.isPending} onClick={() => test.mutate()}>
          {t('test')}
        </Button>
        <Button onClick={() => open({ kind: 'change', webhook })}>{t('change')}</Button>
        <Button loading={turn.isPending} onClick={() => turn.mutate()}>
          {webhook.active ? t('turnOff') : t('turnOn')}
        </Button>
        <Button onClick={() => open({ kind: 'renew', webhook })}>{t('renew')}</Button>
        <Button danger onClick={() => open({ kind: 'remove', webhook })}>
          {t('remove')}
        </Button>
      </div>
    </>
  );
}

function Dialogs({ what, open }: { what: Open; open: (what: Open) => void }) {
  const { t } = useTranslation('webhooks');
  const close = () => open({ kind: 'none' });
  const answer = useRef<Webhook>(undefined);
  const made = ({ secret }: Webhook) => secret && open({ kind: 'secret', secret });
  if (what.kind === 'none') return null;
  if (what.kind === 'new') return <WebhookForm close={close} made={made} />;
  if (what.kind === 'secret') return <Secret secret={what.secret} close={close} />;
  const path = { id: what.webhook.id };
  if (what.kind === 'change')
    return <WebhookForm webhook={what.webhook} close={close} made={made} />;
  if (what.kind === 'renew')
    return (
      <AskDialog
        title={t('renew')}
        confirm={t('renew')}
        reason="none"
        done={t('renewed')}
        close={close}
        act={async () => {
          answer.current = await api.post('/webhooks/{id}/secret', { path });
        }}
        after={() => answer.current && made(answer.current)}
      >
        <p>{t('renewHelp')}</p>
      </AskDialog>
    );
  return (
    <AskDialog
      title={t('remove')}
      confirm={t('remove')}
      danger
      reason="none"
      done={t('removed')}
      close={close}
      act={() => api.delete('/webhooks/{id}', { path })}
      after={webhooksChanged}
    >
      <p>{t('removeHelp', { name: what.webhook.name })}</p>
    </AskDialog>
  );
}

export default function WebhooksPage() {
  const { t } = useTranslation('webhooks');
  const webhooks = useQuery(webhooksQuery);
  const [open, setOpen] = useState<Open>({ kind: 'none' });
  const [shown, setShown] = useState<Id>();
  const columns = useColumns(setShown);
  const items = webhooks.data?.items ?? [];
  const webhook = items.find(({ id }) => id === shown) ?? items[0];
  return (
    <div className="page">
      <title>{`${t('title')} · Millrace`}</title>
      <div className="page-head">
        <h1>{t('title')}</h1>
        <Button type="primary" onClick={() => setOpen({ kind: 'new' })}>
          {t('new')}
        </Button>
      </div>
      <p className="quiet">{t('about')}</p>
      {webhooks.isPending && <Loading />}
      {webhooks.isError && <ProblemNotice problem={problemFrom(webhooks.error)} />}
      {webhooks.isSuccess && items.length === 0 && <Empty title={t('empty')} />}
      {items.length > 0 && (
        <div className="card table-card">
          <DataTable
            label={t('title')}
            columns={columns}
            rows={items}
            rowKey={({ id }) => id}
            chosen={webhook?.id}
          />
        </div>
      )}
      {webhook && <Deeds webhook={webhook} open={setOpen} />}
      {webhook && <Deliveries key={webhook.id} webhook={webhook} />}
      <Dialogs what={open} open={setOpen} />
    </div>
  );
}
