// SPDX-License-Identifier: Apache-2.0
// A form generated from field metadata: of a step, of a new record, of a line.
import { Button } from 'antd';
import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FieldShape, FieldValue, FieldValues, Led, Problem } from '../api/types';
import { FieldDisplay, FieldEditor, isEmpty, kindOf } from '../meta/registry';
import { ProblemNotice } from './problem';

export interface FormEntry {
  field: FieldShape;
  access: 'required' | 'optional' | 'read';
  value: FieldValue;
  reference?: Led | null | undefined;
}

interface Props {
  entries: FormEntry[];
  submitLabel: string;
  onSubmit: (values: FieldValues) => void;
  busy?: boolean;
  disabled?: boolean;
  problem?: Problem | null;
  currency?: string | null;
  actions?: ReactNode;
  hint?: (values: FieldValues) => ReactNode; // of what is filled in so far
  autoFocus?: boolean;
}

type State = Record<string, { value: FieldValue; reference?: Led | null | undefined }>;

function begin(entries: FormEntry[]): State {
  return Object.fromEntries(
    entries.map(({ field, value, reference }) => [field.name, { value, reference }]),
  );
}

// What a form sends: every field a person can write, whether they touched it or not.
export function formValues(entries: FormEntry[], state: State): FieldValues {
  return Object.fromEntries(
    entries
      .filter(({ access }) => access !== 'read')
      .map(({ field }) => [field.name, state[field.name]?.value ?? null]),
  );
}

function Entry({
  entry,
  state,
  error,
  currency,
  disabled,
  autoFocus,
  onChange,
}: {
  entry: FormEntry;
  state: State[string] | undefined;
  error: string | undefined;
  currency: string | null | undefined;
  disabled: boolean;
  autoFocus: boolean;
  onChange: (value: FieldValue, reference?: Led | null) => void;
}) {
  const id = useId();
  const { field, access } = entry;
  const className = kindOf(field).wide ? 'form-field form-wide' : 'form-field';
  if (access === 'read' || disabled) {
    return (
      <div className={className}>
        <span className="form-label" id={id}>
          {field.title}
        </span>
        <div className="form-read">
          <FieldDisplay
            field={field}
            value={entry.value}
            reference={entry.reference}
            currency={currency}
          />
        </div>
      </div>
    );
  }
  const help = error ?? field.help;
  return (
    <div className={className}>
      <label className="form-label" htmlFor={id}>
        {field.title}
        {access === 'required' && (
          <span className="form-required" aria-hidden="true">
            {' '}
            *
          </span>
        )}
      </label>
      <FieldEditor
        id={id}
        field={field}
        value={state?.value}
        reference={state?.reference}
        onChange={onChange}
        required={access === 'required'}
        invalid={error !== undefined}
        describedBy={help ? `${id}-help` : undefined}
        autoFocus={autoFocus}
      />
      {help && (
        <p id={`${id}-help`} className={error ? 'form-error' : 'form-help'}>
          {help}
        </p>
      )}
    </div>
  );
}

export function FieldForm(props: Props) {
  const { entries, submitLabel, onSubmit, busy, disabled = false, problem, currency } = props;
  const { t } = useTranslation();
  const [state, setState] = useState(() => begin(entries));
  const [missing, setMissing] = useState<ReadonlySet<string>>(new Set());
  const form = useRef<HTMLFormElement>(null);
  const first = entries.find(({ access }) => access !== 'read')?.field.name;

  useEffect(() => {
    if (missing.size > 0 || problem?.field) {
      form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
    }
  }, [missing, problem]);

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (busy || disabled) return;
    const values = formValues(entries, state);
    const gaps = entries
      .filter(({ access, field }) => access === 'required' && isEmpty(values[field.name]))
      .map(({ field }) => field.name);
    setMissing(new Set(gaps));
    if (gaps.length === 0) onSubmit(values);
  }

  function errorOf(name: string): string | undefined {
    if (missing.has(name)) return t('form.required');
    return problem?.field === name ? problem.message : undefined;
  }

  return (
    <form
      className="form"
      ref={form}
      onSubmit={submit}
      noValidate
      onKeyDown={(event) => {
        if (event.key !== 'Enter') return;
        if (event.ctrlKey || event.metaKey) form.current?.requestSubmit();
        // Enter that confirms a date or a choice must not complete the step by the way.
        else if (event.target instanceof HTMLInputElement) event.preventDefault();
      }}
    >
      {entries.length > 0 && (
        <div className="form-fields">
          {entries.map((entry) => (
            <Entry
              key={entry.field.name}
              entry={entry}
              state={state[entry.field.name]}
              error={errorOf(entry.field.name)}
              currency={currency}
              disabled={disabled}
              autoFocus={props.autoFocus === true && entry.field.name === first}
              onChange={(value, reference) => {
                setState((before) => ({ ...before, [entry.field.name]: { value, reference } }));
                setMissing((before) => {
                  const after = new Set(before);
                  after.delete(entry.field.name);
                  return after;
                });
              }}
            />
          ))}
        </div>
      )}
      {props.hint?.(formValues(entries, state))}
      {problem && <ProblemNotice problem={problem} />}
      <div className="form-actions">
        {!disabled && (
          <Button type="primary" htmlType="submit" loading={busy ?? false}>
            {submitLabel}
          </Button>
        )}
        {props.actions}
      </div>
    </form>
  );
}
