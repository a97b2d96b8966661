// SPDX-License-Identifier: Apache-2.0
// Asking for a deviation at an instance: what to skip, move, add or cancel, and why.
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { invalidateProcesses, versionedQuery } from '../../api/owner';
import type { Instance, Token } from '../../api/types';
import { isPermitted, useUser } from '../../app/session';
import { AskDialog } from '../../ui/ask-dialog';
import { KINDS, type Kind, namesTarget, namesToken } from './what';

interface Chosen {
  kind: Kind;
  wait: string;
  to: string;
}

function TokenSelect({
  tokens,
  value,
  onChange,
}: {
  tokens: Token[];
  value: string;
  onChange: (wait: string) => void;
}) {
  const { t } = useTranslation('deviations');
  return (
    <label>
      {t('ask.step')}
      <select
        className="plain-select"
        value={value}
        onChange={(event) => onChange(event.target.value)}
      >
        {tokens.map(({ wait, name }) => (
          <option key={wait} value={wait}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function TargetSelect({
  instance,
  value,
  onChange,
}: {
  instance: Instance;
  value: string;
  onChange: (key: string) => void;
}) {
  const { t } = useTranslation('deviations');
  const { key, version } = instance.process;
  const { data } = useQuery(versionedQuery(key, version));
  return (
    <label>
      {t('ask.to')}
      <select
        className="plain-select"
        value={value}
        onChange={(event) => onChange(event.target.value)}
      >
        <option value="">{t('ask.choose')}</option>
        {data?.steps
          .filter(({ name, key: id }) => name && name !== id)
          .map((step) => (
            <option key={step.key} value={step.key}>
              {step.name}
            </option>
          ))}
      </select>
    </label>
  );
}

function KindChoice({ value, onChange }: { value: Kind; onChange: (kind: Kind) => void }) {
  const { t } = useTranslation('deviations');
  return (
    <fieldset className="radio-list">
      <legend>{t('ask.kind')}</legend>
      {KINDS.map((kind) => (
        <label key={kind}>
          <input
            type="radio"
            name="deviation-kind"
            checked={kind === value}
            onChange={() => onChange(kind)}
          />
          <span>
            {t(`ask.${kind}`)} <span className="quiet">{t(`ask.${kind}Means`)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Dialog({ instance, close }: { instance: Instance; close: () => void }) {
  const { t } = useTranslation('deviations');
  const [chosen, setChosen] = useState<Chosen>({
    kind: 'skip',
    wait: instance.tokens[0]?.wait ?? '',
    to: '',
  });
  const { kind, wait, to } = chosen;
  const set = (change: Partial<Chosen>) => setChosen({ ...chosen, ...change });
  return (
    <AskDialog
      title={t('ask.title')}
      confirm={t('ask.confirm')}
      label={t('ask.why')}
      ready={!namesTarget(kind) || to !== ''}
      act={(reason) =>
        api.post('/instances/{id}/deviations', {
          path: { id: instance.id },
          body: {
            kind,
            reason,
            ...(namesToken(kind) ? { wait } : {}),
            ...(namesTarget(kind) ? { to } : {}),
          },
        })
      }
      done={t('ask.done')}
      after={invalidateProcesses}
      close={close}
    >
      <p className="quiet">{t('ask.explain')}</p>
      <KindChoice value={kind} onChange={(next) => set({ kind: next })} />
      {namesToken(kind) && (
        <TokenSelect
          tokens={instance.tokens}
          value={wait}
          onChange={(next) => set({ wait: next })}
        />
      )}
      {namesTarget(kind) && (
        <TargetSelect instance={instance} value={to} onChange={(next) => set({ to: next })} />
      )}
    </AskDialog>
  );
}

export function AskForDeviation({ instance }: { instance: Instance }) {
  const { t } = useTranslation('deviations');
  const [open, setOpen] = useState(false);
  const may = isPermitted(useUser(), 'deviation.request');
  if (!may || instance.ended_at || instance.tokens.length === 0) return null;
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('ask.open')}</Button>
      {open && <Dialog instance={instance} close={() => setOpen(false)} />}
    </>
  );
}
