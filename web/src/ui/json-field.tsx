// SPDX-License-Identifier: Apache-2.0
// Names and their values as a JSON object that a person writes.
import { useId } from 'react';
import type { FieldValues } from '../api/types';

// Null: it is no object.
export function readObject(text: string): FieldValues | null {
  try {
    const value: unknown = JSON.parse(text);
    return value && typeof value === 'object' && !Array.isArray(value)
      ? (value as FieldValues)
      : null;
  } catch {
    return null;
  }
}

interface Props {
  label: string;
  help: string;
  wrong: string; // what is said of a text that is no object
  text: string;
  onChange: (text: string) => void;
}

export function JsonField({ label, help, wrong, text, onChange }: Props) {
  const field = useId();
  const reads = readObject(text) !== null;
  return (
    <p className="json-field">
      <label htmlFor={field}>{label}</label>
      <textarea
        id={field}
        className="plain-input json"
        rows={5}
        spellCheck={false}
        value={text}
        aria-invalid={!reads}
        aria-describedby={`${field}-help`}
        onChange={(event) => onChange(event.target.value)}
      />
      <span id={`${field}-help`} className={reads ? 'form-help' : 'form-error'}>
        {reads ? help : wrong}
      </span>
    </p>
  );
}
