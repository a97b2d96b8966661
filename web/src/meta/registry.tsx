// SPDX-License-Identifier: Apache-2.0
// Field type -> how it is shown in a cell, on a page, and edited. The only switch on field type in
// the application: a new custom field needs no code, a new type needs one entry here.
import { type ComponentType, Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { FieldShape, FieldType, FieldValue, Led } from '../api/types';
import { recordPath } from '../features/records/paths';
import { formatDate, formatInstant } from '../ui/time';
import { addressLines } from './address';
import { AddressEditor } from './address-editor';
import { ChoiceTag } from './choice-tag';
import { durationParts } from './duration';
import {
  BooleanEditor,
  ChoiceEditor,
  DateEditor,
  DurationEditor,
  InstantEditor,
  JsonEditor,
  LongTextEditor,
  MultiChoiceEditor,
  MultiReferenceEditor,
  NumberEditor,
  ReferenceEditor,
  TextEditor,
} from './editors';
import { ledTo } from './fields';

export interface ValueProps {
  field: FieldShape;
  value: FieldValue;
  reference?: Led | null | undefined;
  currency?: string | null | undefined;
}

export interface EditorProps {
  id: string;
  field: FieldShape;
  value: FieldValue;
  reference?: Led | null | undefined;
  onChange: (value: FieldValue, reference?: Led | null) => void;
  required?: boolean | undefined;
  invalid?: boolean | undefined;
  describedBy?: string | undefined;
  autoFocus?: boolean | undefined;
}

export interface FieldKind {
  Cell: ComponentType<ValueProps>;
  Display: ComponentType<ValueProps>;
  Editor: ComponentType<EditorProps>;
  align: 'start' | 'end';
  width: string; // of a column, as a track of a CSS grid
  operators: readonly string[];
  wide?: boolean; // takes a whole row of a form
  multiline?: boolean; // Enter is part of the value
  sortable: boolean;
}

const TEXT_OPERATORS = ['contains', 'starts', '=', '!=', 'is null', 'is not null'] as const;
const ORDER_OPERATORS = ['=', '!=', '<', '<=', '>', '>=', 'is null', 'is not null'] as const;
const CHOICE_OPERATORS = ['=', '!=', 'in', 'is null', 'is not null'] as const;
const NULL_OPERATORS = ['is null', 'is not null'] as const;

// "entity/id" is a way to the record, under its name.
function PlainText({ field, value, reference }: ValueProps) {
  const [entity, id] = String(value).split('/');
  if (field.record && entity && id) {
    return <Link to={recordPath(entity, id)}>{ledTo(reference)[0]?.label ?? String(value)}</Link>;
  }
  return <>{typeof value === 'object' ? JSON.stringify(value) : String(value)}</>;
}

function LongText({ value }: ValueProps) {
  return <span className="long-text">{String(value)}</span>;
}

function NumberText({ field, value }: ValueProps) {
  const { i18n } = useTranslation();
  const scale = field.type === 'integer' ? 0 : (field.scale ?? 10);
  const format = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: scale });
  return <>{format.format(Number(value))}</>;
}

function MoneyCell({ field, value }: ValueProps) {
  const { i18n } = useTranslation();
  const digits = field.scale ?? 2;
  const format = new Intl.NumberFormat(i18n.language, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return <>{format.format(Number(value))}</>;
}

function MoneyDisplay(props: ValueProps) {
  return (
    <>
      <MoneyCell {...props} />
      {props.currency && <span className="quiet"> {props.currency}</span>}
    </>
  );
}

function PercentText({ field, value }: ValueProps) {
  const { i18n } = useTranslation();
  const format = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: field.scale ?? 2 });
  return <>{format.format(Number(value))} %</>;
}

function BooleanText({ value }: ValueProps) {
  const { t } = useTranslation();
  return <>{value ? t('yes') : t('no')}</>;
}

function DateText({ value }: ValueProps) {
  const { i18n } = useTranslation();
  return <time dateTime={String(value)}>{formatDate(String(value), i18n.language)}</time>;
}

function InstantValue({ value }: ValueProps) {
  const { i18n } = useTranslation();
  return <time dateTime={String(value)}>{formatInstant(String(value), i18n.language)}</time>;
}

function ChoiceValue({ field, value }: ValueProps) {
  return (
    <ChoiceTag choice={field.choices?.find((choice) => choice.value === value)} value={value} />
  );
}

function ChoiceValues({ field, value }: ValueProps) {
  const held = Array.isArray(value) ? (value as string[]) : [];
  return (
    <>
      {held.map((word) => (
        <ChoiceTag
          key={word}
          choice={field.choices?.find((choice) => choice.value === word)}
          value={word}
        />
      ))}
    </>
  );
}

function DurationText({ value }: ValueProps) {
  const { t } = useTranslation();
  const { days, hours, minutes } = durationParts(String(value)) ?? {};
  if (days === undefined) return <>{String(value)}</>;
  const parts = [
    days ? t('duration.days', { count: days }) : '',
    hours ? t('duration.hours', { count: hours }) : '',
    minutes || (!days && !hours) ? t('duration.minutes', { count: minutes ?? 0 }) : '',
  ];
  return <>{parts.filter(Boolean).join(' ')}</>;
}

function ReferenceLink({ field, value, reference }: ValueProps) {
  const [one] = ledTo(reference);
  const id = one?.id ?? String(value);
  const label = one?.label ?? id;
  return field.to ? <Link to={recordPath(field.to, id)}>{label}</Link> : label;
}

function ReferenceLinks({ field, value, reference }: ValueProps) {
  const known = ledTo(reference);
  const ids = Array.isArray(value) ? (value as string[]) : [];
  return (
    <>
      {ids.map((id, index) => (
        <Fragment key={id}>
          {index > 0 && ', '}
          <ReferenceLink
            field={field}
            value={id}
            reference={known.find((one) => one.id === id) ?? null}
          />
        </Fragment>
      ))}
    </>
  );
}

function AddressText({ value }: ValueProps) {
  const { i18n } = useTranslation();
  return <address className="address">{addressLines(value, i18n.language).join('\n')}</address>;
}

function AddressCell({ value }: ValueProps) {
  const { i18n } = useTranslation();
  return <>{addressLines(value, i18n.language).join(', ')}</>;
}

function EmailLink({ value }: ValueProps) {
  return <a href={`mailto:${String(value)}`}>{String(value)}</a>;
}

function PhoneLink({ value, reference }: ValueProps) {
  const written = ledTo(reference).find(({ id }) => id === value);
  return <a href={`tel:${String(value)}`}>{written?.label ?? String(value)}</a>;
}

function UrlLink({ value }: ValueProps) {
  const address = String(value);
  if (!/^https?:\/\//i.test(address)) return <>{address}</>;
  return (
    <a href={address} target="_blank" rel="noreferrer noopener">
      {address.replace(/^https?:\/\//i, '')}
    </a>
  );
}

function JsonText({ value }: ValueProps) {
  return <code className="json">{JSON.stringify(value, null, 2)}</code>;
}

function kind(
  Display: ComponentType<ValueProps>,
  Editor: ComponentType<EditorProps>,
  rest: Partial<FieldKind> = {},
): FieldKind {
  return {
    Cell: Display,
    Display,
    Editor,
    align: 'start',
    width: 'minmax(140px, 1fr)',
    operators: TEXT_OPERATORS,
    sortable: true,
    ...rest,
  };
}

const NUMBER: Partial<FieldKind> = {
  align: 'end',
  width: 'minmax(110px, 0.7fr)',
  operators: ORDER_OPERATORS,
};

export const registry: Record<FieldType, FieldKind> = {
  text: kind(PlainText, TextEditor),
  long_text: kind(LongText, LongTextEditor, {
    Cell: PlainText,
    wide: true,
    multiline: true,
    sortable: false,
    width: 'minmax(200px, 2fr)',
  }),
  integer: kind(NumberText, NumberEditor, NUMBER),
  decimal: kind(NumberText, NumberEditor, NUMBER),
  money: kind(MoneyDisplay, NumberEditor, { ...NUMBER, Cell: MoneyCell }),
  percent: kind(PercentText, NumberEditor, NUMBER),
  boolean: kind(BooleanText, BooleanEditor, { width: '90px', operators: ['='] }),
  date: kind(DateText, DateEditor, { width: 'minmax(150px, 0.7fr)', operators: ORDER_OPERATORS }),
  instant: kind(InstantValue, InstantEditor, {
    width: 'minmax(196px, 0.9fr)',
    operators: ORDER_OPERATORS,
  }),
  choice: kind(ChoiceValue, ChoiceEditor, {
    width: 'minmax(186px, 0.8fr)',
    operators: CHOICE_OPERATORS,
  }),
  multi_choice: kind(ChoiceValues, MultiChoiceEditor, {
    width: 'minmax(186px, 1fr)',
    sortable: false,
    operators: ['contains', 'is null', 'is not null'],
  }),
  duration: kind(DurationText, DurationEditor, {
    width: 'minmax(110px, 0.7fr)',
    operators: ORDER_OPERATORS,
  }),
  reference: kind(ReferenceLink, ReferenceEditor, {
    width: 'minmax(150px, 1.2fr)',
    operators: ['=', '!=', 'is null', 'is not null'],
  }),
  multi_reference: kind(ReferenceLinks, MultiReferenceEditor, {
    width: 'minmax(186px, 1.4fr)',
    sortable: false,
    operators: ['contains', 'is null', 'is not null'],
  }),
  address: kind(AddressText, AddressEditor, {
    Cell: AddressCell,
    width: 'minmax(200px, 2fr)',
    multiline: true,
    sortable: false,
    operators: ['contains', 'is null', 'is not null'],
  }),
  auto_number: kind(PlainText, TextEditor),
  email: kind(EmailLink, TextEditor),
  phone: kind(PhoneLink, TextEditor),
  url: kind(UrlLink, TextEditor),
  json: kind(JsonText, JsonEditor, {
    Cell: PlainText,
    wide: true,
    multiline: true,
    sortable: false,
    operators: NULL_OPERATORS,
  }),
};

// The kind of a field. A type this build does not know is shown and edited as text.
export function kindOf(field: FieldShape): FieldKind {
  return registry[field.type] ?? registry.text;
}

export function isEmpty(value: FieldValue): boolean {
  return value === null || value === undefined || value === '';
}

function Nothing() {
  const { t } = useTranslation();
  return <span className="quiet">{t('none')}</span>;
}

export function FieldDisplay(props: ValueProps) {
  if (isEmpty(props.value)) return <Nothing />;
  const { Display } = kindOf(props.field);
  return <Display {...props} />;
}

export function FieldCell(props: ValueProps) {
  if (isEmpty(props.value)) return null;
  const { Cell } = kindOf(props.field);
  return <Cell {...props} />;
}

export function FieldEditor(props: EditorProps) {
  const { Editor } = kindOf(props.field);
  return <Editor {...props} />;
}
