// SPDX-License-Identifier: Apache-2.0
// The editors that the registry names. Each takes the id its label points to.
import { useQuery } from '@tanstack/react-query';
import { DatePicker, Input, InputNumber, Select } from 'antd';
import dayjs from 'dayjs';
import { useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client';
import { entityOf, metaQuery } from '../api/queries';
import { durationOf, durationTyped } from './duration';
import { ledTo } from './fields';
import type { EditorProps } from './registry';

function aria({ required, invalid, describedBy }: EditorProps) {
  return {
    'aria-required': required || undefined,
    'aria-invalid': invalid || undefined,
    'aria-describedby': describedBy,
  } as const;
}

function status({ invalid }: EditorProps): { status?: 'error' } {
  return invalid ? { status: 'error' } : {};
}

const INPUT_TYPES: Record<string, string> = { email: 'email', phone: 'tel', url: 'url' };

export function TextEditor(props: EditorProps) {
  const { id, field, value, onChange, autoFocus } = props;
  return (
    <Input
      id={id}
      type={INPUT_TYPES[field.type] ?? 'text'}
      value={value === null || value === undefined ? '' : String(value)}
      onChange={(event) => onChange(event.target.value === '' ? null : event.target.value)}
      {...(field.length ? { maxLength: field.length } : {})}
      {...(autoFocus ? { autoFocus } : {})}
      {...status(props)}
      {...aria(props)}
    />
  );
}

export function LongTextEditor(props: EditorProps) {
  const { id, field, value, onChange, autoFocus } = props;
  return (
    <Input.TextArea
      id={id}
      autoSize={{ minRows: 2, maxRows: 10 }}
      value={value === null || value === undefined ? '' : String(value)}
      onChange={(event) => onChange(event.target.value === '' ? null : event.target.value)}
      {...(field.length ? { maxLength: field.length } : {})}
      {...(autoFocus ? { autoFocus } : {})}
      {...status(props)}
      {...aria(props)}
    />
  );
}

export function NumberEditor(props: EditorProps) {
  const { id, field, value, onChange, autoFocus } = props;
  const scale = field.type === 'integer' ? 0 : (field.scale ?? undefined);
  return (
    <InputNumber
      id={id}
      className="editor-wide"
      controls={field.type === 'integer'}
      value={value === null || value === undefined ? null : Number(value)}
      onChange={(next) => onChange(next)}
      {...(scale === undefined ? {} : { precision: scale })}
      {...(field.type === 'percent' ? { suffix: '%' } : {})}
      {...(autoFocus ? { autoFocus } : {})}
      {...status(props)}
      {...aria(props)}
    />
  );
}

export function BooleanEditor(props: EditorProps) {
  const { t } = useTranslation();
  const { id, value, onChange, required, autoFocus } = props;
  return (
    <Select
      id={id}
      className="editor-wide"
      allowClear={!required}
      value={typeof value === 'boolean' ? value : null}
      onChange={(next: boolean | null | undefined) => onChange(next ?? null)}
      options={[
        { value: true, label: t('yes') },
        { value: false, label: t('no') },
      ]}
      {...(autoFocus ? { autoFocus } : {})}
      {...status(props)}
      {...aria(props)}
    />
  );
}

export function DateEditor(props: EditorProps) {
  const { id, value, onChange, autoFocus } = props;
  return (
    <DatePicker
      id={id}
      className="editor-wide"
      value={value ? dayjs(String(value)) : null}
      onChange={(next) => onChange(next ? next.format('YYYY-MM-DD') : null)}
      {...(autoFocus ? { autoFocus } : {})}
      {...status(props)}
      {...aria(props)}
    />
  );
}

export function InstantEditor(props: EditorProps) {
  const { id, value, onChange, autoFocus } = props;
  return (
    <DatePicker
      id={id}
      className="editor-wide"
      showTime={{ format: 'HH:mm' }}
      format="YYYY-MM-DD HH:mm"
      value={value ? dayjs(String(value)) : null}
      onChange={(next) => onChange(next ? next.toDate().toISOString() : null)}
      {...(autoFocus ? { autoFocus } : {})}
      {...status(props)}
      {...aria(props)}
    />
  );
}

export function ChoiceEditor(props: EditorProps) {
  const { id, field, value, onChange, required, autoFocus } = props;
  return (
    <Select
      id={id}
      className="editor-wide"
      allowClear={!required}
      showSearch={{ optionFilterProp: 'label' }}
      value={(value as string | null) ?? null}
      onChange={(next: string | null | undefined) => onChange(next ?? null)}
      options={choosable(field, [value])}
      {...(autoFocus ? { autoFocus } : {})}
      {...status(props)}
      {...aria(props)}
    />
  );
}

// The words that are still chosen, and what the record holds.
function choosable(field: EditorProps['field'], held: readonly unknown[]) {
  return (field.choices ?? [])
    .filter(({ value, active }) => active !== false || held.includes(value))
    .map(({ value, title }) => ({ value, label: title }));
}

export function MultiChoiceEditor(props: EditorProps) {
  const { id, field, value, onChange, autoFocus } = props;
  const held = Array.isArray(value) ? (value as string[]) : [];
  return (
    <Select
      id={id}
      className="editor-wide"
      mode="multiple"
      allowClear
      optionFilterProp="label"
      value={held}
      onChange={(next: string[]) => onChange(next.length > 0 ? next : null)}
      options={choosable(field, held)}
      {...(autoFocus ? { autoFocus } : {})}
      {...status(props)}
      {...aria(props)}
    />
  );
}

// Typed as 2:30, or as the standard writes it; what is neither stays for the server to refuse.
export function DurationEditor(props: EditorProps) {
  const { id, value, onChange, autoFocus } = props;
  const [text, setText] = useState(() => durationTyped(value));
  return (
    <Input
      id={id}
      placeholder="2:30"
      value={text}
      onChange={(event) => {
        setText(event.target.value);
        onChange(durationOf(event.target.value));
      }}
      {...(autoFocus ? { autoFocus } : {})}
      {...status(props)}
      {...aria(props)}
    />
  );
}

const REFERENCE_LIMIT = 20;

// What a reference may lead to: the records whose name holds the text, and those held already.
function useTargets({ field, reference }: EditorProps) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [asked, setAsked] = useState(false);
  const words = useDeferredValue(text.trim());
  const { data: meta } = useQuery(metaQuery);
  const entity = entityOf(meta, field.to ?? undefined);
  const found = useQuery({
    queryKey: ['records', field.to, 'choose', words],
    enabled: asked && entity !== undefined,
    placeholderData: (before) => before,
    queryFn: () =>
      api.get('/records/{entity}', {
        path: { entity: field.to ?? '' },
        query: {
          filter: words
            ? JSON.stringify([{ field: entity?.label, operator: 'contains', value: words }])
            : undefined,
          sort: entity?.label,
          limit: REFERENCE_LIMIT,
        },
      }),
  });
  const held = ledTo(reference);
  const others = (found.data?.items ?? []).filter(({ id }) => !held.some((one) => one.id === id));
  const known = [...held, ...others.map(({ id, label }) => ({ id, label }))];
  return {
    known,
    select: {
      className: 'editor-wide',
      showSearch: { filterOption: false, onSearch: setText },
      notFoundContent: found.isFetching ? t('loading') : t('nothingFound'),
      onOpenChange: (open: boolean) => open && setAsked(true),
      onFocus: () => setAsked(true),
      options: known.map(({ id, label }) => ({ value: id, label })),
    },
  };
}

export function ReferenceEditor(props: EditorProps) {
  const { id, value, onChange, required, autoFocus } = props;
  const { known, select } = useTargets(props);
  return (
    <Select
      id={id}
      {...select}
      allowClear={!required}
      value={(value as string | null) ?? null}
      onChange={(next: string | null | undefined) =>
        onChange(next ?? null, known.find((one) => one.id === next) ?? null)
      }
      {...(autoFocus ? { autoFocus } : {})}
      {...status(props)}
      {...aria(props)}
    />
  );
}

export function MultiReferenceEditor(props: EditorProps) {
  const { id, value, onChange, autoFocus } = props;
  const { known, select } = useTargets(props);
  return (
    <Select
      id={id}
      {...select}
      mode="multiple"
      allowClear
      value={Array.isArray(value) ? (value as string[]) : []}
      onChange={(next: string[]) =>
        onChange(
          next.length > 0 ? next : null,
          next.flatMap((key) => known.find((one) => one.id === key) ?? []),
        )
      }
      {...(autoFocus ? { autoFocus } : {})}
      {...status(props)}
      {...aria(props)}
    />
  );
}

// Text that does not parse stays as typed, for the server to refuse with its position.
export function JsonEditor(props: EditorProps) {
  const { id, value, onChange, autoFocus } = props;
  const [text, setText] = useState(() =>
    value === null || value === undefined ? '' : JSON.stringify(value, null, 2),
  );
  return (
    <Input.TextArea
      id={id}
      className="json"
      autoSize={{ minRows: 3, maxRows: 14 }}
      value={text}
      onChange={(event) => {
        setText(event.target.value);
        try {
          onChange(event.target.value.trim() === '' ? null : JSON.parse(event.target.value));
        } catch {
          onChange(event.target.value);
        }
      }}
      {...(autoFocus ? { autoFocus } : {})}
      {...status(props)}
      {...aria(props)}
    />
  );
}
