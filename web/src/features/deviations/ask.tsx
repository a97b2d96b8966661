// SPDX-License-Identifier: Apache-2.0
// Asking for a deviation at an instance: what to skip, move, add or cancel, which value a field of
// the record or a variable of the process is to have, and why.
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { invalidateProcesses, versionedQuery } from '../../api/owner';
import { entityOf, metaQuery, recordQuery } from '../../api/queries';
import type { FieldValue, FieldValues, Instance, Led, Subject, Token } from '../../api/types';
import { isPermitted, useUser } from '../../app/session';
import { FieldEditor } from '../../meta/registry';
import { AskDialog } from '../../ui/ask-dialog';
import { JsonField, readObject } from '../../ui/json-field';
import { KINDS, type Kind, namesTarget, namesToken } from './what';

interface Chosen {
  kind: Kind;
  wait: string;
  to: string;
  field: string; // of the record
  value: FieldValue;
  reference?: Led | null | undefined;
  variables: string;
}

// What the kinds need that can be asked for here.
function kindsOf(instance: Instance): Kind[] {
  return KINDS.filter((kind) => {
    if (kind === 'set') return instance.subject !== null;
    return !instance.ended_at && (!namesToken(kind) || instance.tokens.length > 0);
  });
}

function valuesOf({ kind, field, value, variables }: Chosen): FieldValues | null {
  if (kind === 'set') return field ? { [field]: value } : null;
  const read = kind === 'data' ? readObject(variables) : null;
  return read && Object.keys(read).length > 0 ? read : null;
}

function isReady(chosen: Chosen): boolean {
  if (namesTarget(chosen.kind)) return chosen.to !== '';
  return namesToken(chosen.kind) || valuesOf(chosen) !== null;
}

// One of the fields that the process holds, and its value.
function ValueChoice({
  subject,
  chosen,
  set,
}: {
  subject: Subject;
  chosen: Chosen;
  set: (change: Partial<Chosen>) => void;
}) {
  const { t } = useTranslation('deviations');
  const id = useId();
  const { data: meta } = useQuery(metaQuery);
  const record = useQuery(recordQuery(subject.entity, subject.id));
  const held = new Set(record.data?.read_only ?? []);
  const fields = entityOf(meta, subject.entity)?.fields.filter(
    (field) => held.has(field.name) && !field.system,
  );
  const field = fields?.find(({ name }) => name === chosen.field);
  function choose(name: string): void {
    set({
      field: name,
      value: record.data?.fields[name] ?? null,
      reference: record.data?.references?.[name],
    });
  }
  return (
    <>
      <label>
        {t('ask.field')}
        <select
          className="plain-select"
          value={chosen.field}
          onChange={(event) => choose(event.target.value)}
        >
          <option value="">{t('ask.chooseField')}</option>
          {fields?.map(({ name, title }) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
      </label>
      {field && (
        <div>
          <label htmlFor={id}>{t('ask.value', { field: field.title })}</label>
          <FieldEditor
            key={field.name}
            id={id}
            field={field}
            value={chosen.value}
            reference={chosen.reference}
            onChange={(value, reference) => set({ value, reference })}
          />
        </div>
      )}
    </>
  );
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

function KindChoice({
  kinds,
  value,
  onChange,
}: {
  kinds: Kind[];
  value: Kind;
  onChange: (kind: Kind) => void;
}) {
  const { t } = useTranslation('deviations');
  return (
    <fieldset className="radio-list">
      <legend>{t('ask.kind')}</legend>
      {kinds.map((kind) => (
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
  const kinds = kindsOf(instance);
  const [chosen, setChosen] = useState<Chosen>({
    kind: kinds[0] ?? 'set',
    wait: instance.tokens[0]?.wait ?? '',
    to: '',
    field: '',
    value: null,
    variables: '{}',
  });
  const { kind, wait, to } = chosen;
  const set = (change: Partial<Chosen>) => setChosen({ ...chosen, ...change });
  const fields = valuesOf(chosen);
  return (
    <AskDialog
      title={t('ask.title')}
      confirm={t('ask.confirm')}
      label={t('ask.why')}
      ready={isReady(chosen)}
      act={(reason) =>
        api.post('/instances/{id}/deviations', {
          path: { id: instance.id },
          body: {
            kind,
            reason,
            ...(namesToken(kind) ? { wait } : {}),
            ...(namesTarget(kind) ? { to } : {}),
            ...(fields ? { fields } : {}),
          },
        })
      }
      done={t('ask.done')}
      after={invalidateProcesses}
      close={close}
    >
      <p className="quiet">{t('ask.explain')}</p>
      <KindChoice kinds={kinds} value={kind} onChange={(next) => set({ kind: next })} />
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
      {kind === 'set' && instance.subject && (
        <ValueChoice subject={instance.subject} chosen={chosen} set={set} />
      )}
      {kind === 'data' && (
        <JsonField
          label={t('ask.variables')}
          help={t('ask.variablesHelp')}
          wrong={t('ask.noObject')}
          text={chosen.variables}
          onChange={(variables) => set({ variables })}
        />
      )}
    </AskDialog>
  );
}

export function AskForDeviation({ instance }: { instance: Instance }) {
  const { t } = useTranslation('deviations');
  const [open, setOpen] = useState(false);
  const may = isPermitted(useUser(), 'deviation.request');
  if (!may || kindsOf(instance).length === 0) return null;
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('ask.open')}</Button>
      {open && <Dialog instance={instance} close={() => setOpen(false)} />}
    </>
  );
}
