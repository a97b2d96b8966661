// SPDX-License-Identifier: Apache-2.0
// The fields of a record, each edited where it stands. The change goes out with the version that
// was seen; a refusal is explained, never swallowed.
import { useMutation } from '@tanstack/react-query';
import { Button } from 'antd';
import { useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, problemFrom } from '../../api/client';
import { queryClient, recordQuery } from '../../api/queries';
import type {
  Entity,
  Field,
  FieldValues,
  Led,
  OpenStep,
  Problem,
  RecordRow,
} from '../../api/types';
import { currencyOf, shownFields } from '../../meta/fields';
import { FieldDisplay, FieldEditor, kindOf } from '../../meta/registry';
import { Icon } from '../../ui/icon';
import { useNotice } from '../../ui/notice';
import { ConflictDialog, LockedDialog } from './conflict';

interface Change {
  version: number;
  reason: string;
  fields: FieldValues;
  references: Record<string, Led>;
}

interface Refusal {
  problem: Problem;
  change: Change;
}

function Editing({
  field,
  record,
  busy,
  problem,
  save,
  cancel,
}: {
  field: Field;
  record: RecordRow;
  busy: boolean;
  problem: Problem | undefined;
  save: (value: unknown, reference: Led | null, reason: string) => void;
  cancel: () => void;
}) {
  const { t } = useTranslation('records');
  const id = useId();
  const [value, setValue] = useState(record.fields[field.name]);
  const [reference, setReference] = useState(record.references[field.name] ?? null);
  const [reason, setReason] = useState('');
  return (
    <form
      className="inline-edit"
      noValidate
      aria-label={t('editOf', { field: field.title })}
      onSubmit={(event) => {
        event.preventDefault();
        save(value, reference, reason.trim());
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) cancel();
      }}
    >
      <label className="hidden" htmlFor={id}>
        {field.title}
      </label>
      <FieldEditor
        id={id}
        field={field}
        value={value}
        reference={reference}
        onChange={(next, chosen) => {
          setValue(next);
          setReference(chosen ?? null);
        }}
        required={field.required ?? false}
        invalid={problem !== undefined}
        describedBy={problem || field.help ? `${id}-help` : undefined}
        autoFocus
      />
      {field.asks_reason && (
        <label className="customise-cell">
          {t('reason')}
          <input
            className="plain-input"
            value={reason}
            required
            maxLength={2000}
            onChange={({ target }) => setReason(target.value)}
          />
        </label>
      )}
      {(problem || field.help) && (
        <p
          id={`${id}-help`}
          className={problem ? 'form-error' : 'form-help'}
          role={problem ? 'alert' : undefined}
        >
          {problem ? [problem.message, problem.hint].filter(Boolean).join(' ') : field.help}
        </p>
      )}
      <div className="inline-actions">
        <Button size="small" type="primary" htmlType="submit" loading={busy}>
          {t('save')}
        </Button>
        <Button size="small" onClick={cancel}>
          {t('cancel')}
        </Button>
      </div>
    </form>
  );
}

function Shown({
  field,
  record,
  editable,
  owned,
  edit,
  explain,
}: {
  field: Field;
  record: RecordRow;
  editable: boolean;
  owned: boolean;
  edit: () => void;
  explain: () => void;
}) {
  const { t } = useTranslation('records');
  return (
    <div className="field-value">
      <span>
        <FieldDisplay
          field={field}
          value={record.fields[field.name]}
          reference={record.references[field.name]}
          currency={currencyOf(field, record.fields)}
        />
      </span>
      {editable ? (
        <button
          type="button"
          className="field-edit"
          aria-label={t('editOf', { field: field.title })}
          data-edit={field.name}
          onClick={edit}
        >
          <Icon name="edit" size={14} />
        </button>
      ) : (
        owned && (
          <button
            type="button"
            className="field-edit field-lock"
            aria-label={t('whyLocked', { field: field.title })}
            title={t('ownedByProcess')}
            onClick={explain}
          >
            <Icon name="lock" size={13} />
          </button>
        )
      )}
    </div>
  );
}

interface Props {
  entity: Entity;
  record: RecordRow;
  openStep?: OpenStep | undefined; // of the process that owns fields of the record
}

export function RecordFields({ entity, record, openStep }: Props) {
  const { t } = useTranslation('records');
  const tell = useNotice();
  // With the version that was seen when the editing began: the record may be refreshed meanwhile.
  const [editing, setEditing] = useState<{ field: string; version: number } | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [explained, setExplained] = useState<Field | null>(null);
  const list = useRef<HTMLDListElement>(null);
  const patch = useMutation({
    mutationFn: (change: Change) =>
      api.patch('/records/{entity}/{id}', {
        path: { entity: entity.name, id: record.id },
        body: {
          version: change.version,
          fields: change.fields,
          ...(change.reason ? { reason: change.reason } : {}),
        },
      }),
    onSuccess: (after) => {
      const { queryKey } = recordQuery(entity.name, record.id);
      queryClient.setQueryData(queryKey, (old) => ({ ...old, ...after }));
      tell(t('saved'));
      finish();
      void queryClient.invalidateQueries({ queryKey: ['record', entity.name, record.id] });
      void queryClient.invalidateQueries({ queryKey: ['records', entity.name] });
    },
    onError: (error, change) => {
      const problem = problemFrom(error);
      if (problem.status !== 409) return;
      setRefusal({ problem, change });
      if (!problem.open_step) {
        void queryClient.invalidateQueries({ queryKey: ['record', entity.name, record.id] });
      }
    },
  });

  function finish(): void {
    const field = editing?.field;
    setEditing(null);
    setRefusal(null);
    patch.reset();
    // The focus goes back to where it came from.
    requestAnimationFrame(() =>
      list.current?.querySelector<HTMLElement>(`[data-edit="${field}"]`)?.focus(),
    );
  }

  const problem = patch.error ? problemFrom(patch.error) : undefined;
  // A process may own a field and leave it free for a while: the record says which are locked now.
  const locked = record.read_only ? new Set(record.read_only) : undefined;
  const readOnly = (field: Field) =>
    !entity.may.edit || field.read_only || (locked ? locked.has(field.name) : field.process_owned);
  // Free at first, as the total is until the order is entered: nothing but the process closes it.
  const lockedNow = (field: Field) =>
    entity.may.edit && !field.read_only && !field.system && locked?.has(field.name) === true;
  return (
    <section className="card" aria-label={t('fields')}>
      <div className="card-head">
        <h2>{t('fields')}</h2>
        <span className="card-end quiet">{t('version', { version: record.version })}</span>
      </div>
      <dl className="fields" ref={list}>
        {shownFields(entity.fields).map((field) => (
          <div key={field.name} className={kindOf(field).wide ? 'field field-wide' : 'field'}>
            <dt>{field.title}</dt>
            <dd>
              {editing?.field === field.name ? (
                <Editing
                  field={field}
                  record={record}
                  busy={patch.isPending}
                  problem={problem && problem.status !== 409 ? problem : undefined}
                  save={(value, reference, reason) =>
                    patch.mutate({
                      version: editing.version,
                      reason,
                      fields: { [field.name]: value ?? null },
                      references: reference ? { [field.name]: reference } : {},
                    })
                  }
                  cancel={finish}
                />
              ) : (
                <Shown
                  field={field}
                  record={record}
                  editable={!readOnly(field)}
                  owned={field.process_owned || lockedNow(field)}
                  edit={() => {
                    patch.reset();
                    setEditing({ field: field.name, version: record.version });
                  }}
                  explain={() => setExplained(field)}
                />
              )}
            </dd>
          </div>
        ))}
      </dl>
      {explained && (
        <LockedDialog
          problem={{
            status: 409,
            code: 'conflict',
            message: t('lockedField', { field: explained.title }),
            hint: t(openStep ? 'lockedHint' : 'ownedByProcess'),
            ...(openStep ? { open_step: openStep } : {}),
          }}
          close={() => setExplained(null)}
        />
      )}
      {refusal && (
        <ConflictDialog
          entity={entity}
          problem={refusal.problem}
          id={record.id}
          seen={refusal.change.version}
          mine={refusal.change.fields}
          references={refusal.change.references}
          close={finish}
          save={(version, fields) => {
            setRefusal(null);
            patch.mutate({ ...refusal.change, version, fields });
          }}
        />
      )}
    </section>
  );
}
