// SPDX-License-Identifier: Apache-2.0
// The shapes of /api/v1, written by hand from the contract until they are generated from
// /openapi.json. Ids are opaque texts.

export type Id = string;
export type Language = 'en' | 'zh-CN';

export interface Person {
  id: Id;
  name: string;
}

export interface Department {
  key: string;
  name: string;
  colour: string;
}

export interface User {
  id: Id;
  login: string;
  name: string;
  department: Department | null;
  positions: (string | { key: string; name: string })[];
  language: Language;
  permissions: string[];
}

export interface Session {
  user: User;
  csrf: string;
}

export interface OpenStep {
  key: string;
  name: string;
  instance: Id;
  work_item?: Id | null;
  who?: {
    department?: string | Department | null;
    position?: string | { key: string; name: string } | null;
    users?: Person[];
  };
  where?: string;
}

export interface Problem {
  type?: string;
  title?: string;
  status: number;
  code: string;
  message: string;
  field?: string;
  detail?: string;
  hint?: string;
  line?: number;
  column?: number;
  open_step?: OpenStep;
}

export type FieldType =
  | 'text'
  | 'long_text'
  | 'integer'
  | 'decimal'
  | 'money'
  | 'percent'
  | 'boolean'
  | 'date'
  | 'instant'
  | 'choice'
  | 'reference'
  | 'email'
  | 'phone'
  | 'url'
  | 'json';

export interface Choice {
  value: string;
  title: string;
  colour?: string | null;
}

// What a form, a list and a record page have to know about a field.
export interface FieldShape {
  name: string;
  title: string;
  type: FieldType;
  help?: string | null;
  to?: string | null;
  choices?: Choice[] | null;
  scale?: number | null;
  length?: number | null;
  currency?: string | null; // money: a currency's code, or the field that holds it
}

export interface Field extends FieldShape {
  required?: boolean;
  read_only?: boolean;
  owned_by?: string | null;
  process_owned?: boolean; // the same without saying which process
  system?: boolean; // id, version, created_at, ...
  default?: FieldValue; // what the server puts in when the field is left out
}

export type FieldValue = unknown;
export type FieldValues = Record<string, FieldValue>;

export interface Filter {
  field: string;
  operator: string;
  value?: FieldValue;
}

export interface SavedList {
  name: string;
  title: string;
  columns: string[];
  sort: (string | { field: string; descending?: boolean })[];
  filter: Filter[];
}

export interface Entity {
  name: string;
  title: string;
  plural: string;
  label: string;
  fields: Field[];
  lists: SavedList[];
  children?: { name: string; title: string; entity: string; by: string }[];
  may: { create: boolean; edit: boolean; delete: boolean };
}

export interface Meta {
  entities: Entity[];
  departments: Department[];
}

export interface Reference {
  id: Id;
  label: string;
}

export interface RecordRow {
  id: Id;
  version: number;
  label: string;
  fields: FieldValues;
  references: Record<string, Reference>;
}

export interface RecordDetail extends RecordRow {
  read_only?: string[];
}

export interface Page<T> {
  items: T[];
  next: string | null;
  count?: number;
}

export interface FieldChange {
  at: string;
  actor: Person | null;
  door?: string;
  field: string;
  title: string;
  old: FieldValue;
  new: FieldValue;
}

export interface StepEvent {
  at: string;
  actor: Person | null;
  step: { key: string; name: string; department?: Department | string | null };
  kind: string;
}

export type HistoryItem = FieldChange | StepEvent;

export type PathState = 'done' | 'now' | 'next' | 'skipped';

export interface PathStep {
  key: string;
  name: string;
  department: Department | null;
  state: PathState;
  at?: string | null;
  by?: Person | string | null;
}

export interface NowStep {
  work_item?: Id | null;
  key: string;
  name: string;
  department: Department | null;
  position?: string | { key: string; name: string } | null;
  users?: Person[];
  due?: string | null;
  mine: boolean;
  kind: 'task' | 'timer' | 'message' | string;
}

export interface BlockedBy {
  key: string;
  name: string;
  who?: OpenStep['who'] | string;
  where?: string;
  reason?: string;
}

export type InstanceState =
  | 'running'
  | 'completed'
  | 'cancelled'
  | 'terminated'
  | 'failed'
  | 'incident';

export interface InstanceMoves {
  id: Id;
  process: { key: string; name: string; version: number };
  state: InstanceState;
  path: PathStep[];
  now: NowStep[];
  blocked_by: BlockedBy[];
}

export interface Moves {
  instances: InstanceMoves[];
  may: { work_item: Id; name: string; href: string }[];
  must: { work_item: Id; name: string; href: string; due?: string | null }[];
  blocks: { message: string; open_step?: OpenStep }[];
}

export type WorkState = 'offered' | 'claimed' | 'completed' | 'cancelled';

export interface Subject {
  entity: string;
  id: Id;
  label: string;
}

export interface WorkItem {
  id: Id;
  key: string;
  name: string;
  process: { key: string; name: string };
  instance: Id;
  subject: Subject | null;
  department: Department | null;
  position?: string | { key: string; name: string } | null;
  state: WorkState;
  assignee: Person | null;
  priority: number;
  created_at: string;
  due_at: string | null;
  overdue: boolean;
}

export interface FormField extends FieldShape {
  access: 'required' | 'optional' | 'read';
  value: FieldValue;
  reference?: Reference | null;
}

export interface WorkItemDetail extends WorkItem {
  instruction: string;
  form: { fields: FormField[] };
  subject_record: RecordDetail | null;
  may: { claim: boolean; release: boolean; complete: boolean; why_not?: string | null };
}

export interface ProcessRow {
  key: string;
  name: string;
  version: number;
  entity: string;
  department_count: number;
  deployed_at: string;
}

export interface ProcessStep {
  key: string;
  name: string;
  kind: string;
  department: Department | string | null;
}

export interface Process {
  key: string;
  name: string;
  version: number;
  entity?: string;
  deployed_at?: string;
  steps: ProcessStep[];
}

export interface Token {
  wait: string;
  key: string;
  name: string;
  kind: string;
  work_item?: Id | null;
  due_at?: string | null;
}

export interface Instance {
  id: Id;
  process: { key: string; name: string; version: number };
  subject: { entity: string; id: Id; label?: string } | null;
  state: InstanceState;
  started_at: string;
  ended_at: string | null;
  variables?: FieldValues;
  tokens?: Token[];
  incidents?: { key?: string; name?: string; message?: string; at?: string }[];
}

export interface InstanceEvent {
  at: string;
  key: string;
  name: string;
  kind: string;
  actor: Person | null;
}
