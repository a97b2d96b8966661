// SPDX-License-Identifier: Apache-2.0
// Who has access to a record and why, and with whom it is shared.
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button, Select } from 'antd';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, problemFrom } from '../../api/client';
import { queryClient, rightsQuery, sharesQuery } from '../../api/queries';
import type { Entity, RecordRow, Share, ShareInput } from '../../api/types';
import { useUser } from '../../app/session';
import { Dialog } from '../../ui/dialog';
import { Icon } from '../../ui/icon';
import { ProblemNotice } from '../../ui/problem';
import { Loading } from '../../ui/states';
import { InstantText } from '../../ui/time';
import { ShareForm, useNames } from './share-form';

function Why({ entity, record }: { entity: string; record: RecordRow }) {
  const { t } = useTranslation('records');
  const user = useUser();
  const id = useId();
  const [login, setLogin] = useState(user.login);
  const people = useNames('user');
  const rights = useQuery(rightsQuery(entity, record.id, login));
  return (
    <section aria-label={t('access.why')}>
      <h3>{t('access.why')}</h3>
      <label htmlFor={id}>{t('access.person')}</label>
      <Select
        id={id}
        className="editor-wide"
        showSearch={{ optionFilterProp: 'label' }}
        value={login}
        onChange={setLogin}
        options={people.length > 0 ? people : [{ value: user.login, label: user.name }]}
      />
      {rights.isPending && <Loading />}
      {rights.isError && <ProblemNotice problem={problemFrom(rights.error)} />}
      {rights.data?.rights.map((right) => (
        <div key={right.right} className="access-right">
          <p>
            <Icon name={right.allowed ? 'check' : 'close'} size={14} />{' '}
            <strong>{right.text}</strong>
          </p>
          <ul>
            {right.reasons.map((reason) => (
              <li key={reason.text} className={reason.holds ? undefined : 'quiet'}>
                {reason.text}
              </li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}

function shareText(share: Share, t: (key: string) => string): string {
  const may = t(`access.may.${share.may}`);
  return share.over ? `${may} · ${t('access.over')}` : may;
}

function Shares({ entity, record }: { entity: string; record: RecordRow }) {
  const { t } = useTranslation('records');
  const path = { entity, id: record.id };
  const shares = useQuery(sharesQuery(entity, record.id));
  const changed = () => queryClient.invalidateQueries({ queryKey: ['record', entity, record.id] });
  const share = useMutation({
    mutationFn: (body: ShareInput) => api.post('/records/{entity}/{id}/shares', { path, body }),
    onSuccess: changed,
  });
  const remove = useMutation({
    mutationFn: (share: string) =>
      api.delete('/records/{entity}/{id}/shares/{share}', { path: { ...path, share } }),
    onSuccess: changed,
  });
  return (
    <section aria-label={t('access.shares')}>
      <h3>{t('access.shares')}</h3>
      {shares.isPending && <Loading />}
      {shares.isError && <ProblemNotice problem={problemFrom(shares.error)} />}
      {remove.error && <ProblemNotice problem={problemFrom(remove.error)} />}
      {shares.data?.items.length === 0 && <p className="quiet">{t('access.none')}</p>}
      <ul className="access-shares">
        {shares.data?.items.map((share) => (
          <li key={share.id}>
            <span>
              {share.with.name} <span className="quiet">· {shareText(share, t)}</span>
              {share.until && !share.over && (
                <span className="quiet">
                  {' '}
                  · {t('access.until')} <InstantText value={share.until} />
                </span>
              )}
            </span>
            {shares.data.may_share && (
              <Button
                size="small"
                loading={remove.isPending}
                aria-label={t('access.removeOf', { name: share.with.name })}
                onClick={() => remove.mutate(share.id)}
              >
                {t('access.remove')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {share.error && <ProblemNotice problem={problemFrom(share.error)} />}
      {shares.data?.may_share && (
        <ShareForm key={shares.data.items.length} busy={share.isPending} onShare={share.mutate} />
      )}
    </section>
  );
}

export function AccessButton({ entity, record }: { entity: Entity; record: RecordRow }) {
  const { t } = useTranslation('records');
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('access.title')}</Button>
      {open && (
        <Dialog
          width={640}
          footer={null}
          title={t('access.titleOf', { label: record.label })}
          onCancel={() => setOpen(false)}
        >
          <Why entity={entity.name} record={record} />
          <Shares entity={entity.name} record={record} />
        </Dialog>
      )}
    </>
  );
}
