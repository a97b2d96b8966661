// SPDX-License-Identifier: Apache-2.0
// What a webhook was sent, what waits and what was given up.
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { Button } from 'antd';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, problemFrom } from '../../api/client';
import type { Webhook, WebhookDelivery } from '../../api/types';
import { type Column, DataTable } from '../../ui/data-table';
import { useNotice } from '../../ui/notice';
import { ProblemNotice } from '../../ui/problem';
import { Empty, Loading } from '../../ui/states';
import { InstantText } from '../../ui/time';
import { deliveriesQuery, STATES, type State, webhooksChanged } from './queries';

function useColumns(webhook: Webhook): Column<WebhookDelivery>[] {
  const { t } = useTranslation('webhooks');
  const tell = useNotice();
  const replay = useMutation({
    mutationFn: (delivery: string) =>
      api.post('/webhooks/{id}/deliveries/{delivery}/replay', {
        path: { id: webhook.id, delivery },
      }),
    onSuccess: () => tell(t('replayed')),
    onSettled: webhooksChanged,
  });
  return [
    { key: 'type', title: t('type'), cell: ({ type }) => type },
    { key: 'at', title: t('at'), cell: ({ at }) => <InstantText value={at} relative /> },
    { key: 'state', title: t('stateOf'), cell: ({ state }) => t(`state.${state}`) },
    { key: 'failures', title: t('failures'), number: true, cell: ({ failures }) => failures },
    { key: 'problem', title: t('problem'), cell: ({ problem }) => problem },
    {
      key: 'again',
      title: t('again'),
      cell: ({ id, type }) => (
        <Button
          size="small"
          aria-label={t('replayOf', { type })}
          loading={replay.isPending && replay.variables === id}
          onClick={() => replay.mutate(id)}
        >
          {t('replay')}
        </Button>
      ),
    },
  ];
}

export function Deliveries({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation('webhooks');
  const id = useId();
  const [state, setState] = useState<State>('all');
  const columns = useColumns(webhook);
  const deliveries = useInfiniteQuery(deliveriesQuery(webhook.id, state));
  const items = deliveries.data?.pages.flatMap((page) => page.items) ?? [];
  const title = t('deliveriesOf', { name: webhook.name });
  return (
    <section className="card card-body" aria-label={title}>
      <h2>{title}</h2>
      <p>
        <label htmlFor={id}>{t('show')}</label>{' '}
        <select
          id={id}
          className="plain-select"
          value={state}
          onChange={({ target }) => setState(target.value as State)}
        >
          {STATES.map((each) => (
            <option key={each} value={each}>
              {t(`state.${each}`)}
            </option>
          ))}
        </select>
      </p>
      {deliveries.isPending && <Loading />}
      {deliveries.isError && <ProblemNotice problem={problemFrom(deliveries.error)} />}
      {deliveries.isSuccess && items.length === 0 && <Empty title={t('noDeliveries')} />}
      {items.length > 0 && (
        <DataTable label={title} columns={columns} rows={items} rowKey={({ id }) => id} />
      )}
      {deliveries.hasNextPage && (
        <Button onClick={() => deliveries.fetchNextPage()}>{t('more')}</Button>
      )}
    </section>
  );
}
