// SPDX-License-Identifier: Apache-2.0
// Names for the generated shapes of schema.d.ts. No shape of an answer is written here by hand.
import type { components } from './schema';

type Schemas = components['schemas'];

export type Id = string;
export type Language = User['language'];

export type User = Schemas['User'];
export type Session = Schemas['Session'];
export type Department = Schemas['Department'];
export type Reference = Schemas['Reference'];
// What a field leads to: one record, or several.
export type Led = Schemas['References'][string];
export type Subject = Schemas['Subject'];
export type OpenStep = Schemas['OpenStep'];
// What the browser finds out itself (no connection, a locked field) has neither type nor title.
export type Problem = Omit<Schemas['Problem'], 'type' | 'title'>;

export type SearchGroup = Schemas['SearchAnswer']['groups'][number];

export type Meta = Schemas['Meta'];
export type Entity = Schemas['Entity'];
export type Field = Schemas['Field'];
export type FieldType = Schemas['FieldType'];
export type Choice = Schemas['Choice'];
export type Filter = Schemas['Filter'];
export type SavedList = Schemas['SavedList'];
export type FieldValues = Schemas['Fields'];
export type FieldValue = FieldValues[string];
export type FormField = Schemas['FormField'];
// What a form, a list and a record page have to know about a field, wherever it comes from.
export type FieldShape = Pick<FormField, 'name' | 'title' | 'type'> &
  Partial<Pick<FormField, 'help' | 'to' | 'choices' | 'scale' | 'length' | 'currency'>> &
  Partial<Pick<Field, 'record'>>;

export type Import = Schemas['Import'];
export type ImportLook = Schemas['ImportLook'];
export type ImportSettings = Schemas['ImportSettings'];

export type Webhook = Schemas['Webhook'];
export type WebhookDelivery = Schemas['WebhookDelivery'];
export type Duplicate = Schemas['Duplicate'];
export type DuplicatePair = Schemas['DuplicatePair'];

export type View = Schemas['View'];
export type Mark = Schemas['Marks']['items'][number];
export type Share = Schemas['Share'];
export type ShareInput = Schemas['ShareInput'];

export type RecordRow = Schemas['Record'];
export type Summary = Schemas['Summary'];
export type RecordPage = Schemas['RecordPage'];
export type HistoryItem = Schemas['Timeline']['items'][number];
export type FieldChange = Schemas['FieldChange'];
export type StepEvent = Schemas['StepEvent'];
export type RecordComment = Schemas['RecordComment'];
export type TimelineFile = Schemas['TimelineFile'];
export type TimelineActivity = Schemas['TimelineActivity'];
export type Notice = Schemas['Notice'];

export type Moves = Schemas['Moves'];
export type InstanceMoves = Schemas['InstanceMoves'];
export type PathStep = Schemas['PathStep'];
export type PathState = PathStep['state'];
export type NowStep = Schemas['NowStep'];
export type BlockedBy = Schemas['BlockedBy'];

export type WorkItem = Schemas['WorkItemEntry'];
export type WorkItemDetail = Schemas['WorkItem'];
export type WorkEvent = Schemas['WorkEvent'];
export type OwnSubstitutes = Schemas['OwnSubstitutes'];
export type WorkTeam = Schemas['WorkTeam'];
export type Process = Schemas['Process'];
export type Instance = Schemas['Instance'];
export type Token = Schemas['Token'];
export type Proof = Schemas['Proof'];
export type Certificate = Schemas['Certificate'];
export type TriedMove = Schemas['TriedMove'];
export type Incident = Schemas['Incident'];
export type IncidentDetail = Schemas['IncidentDetail'];
export type Heat = Schemas['Heat'];
export type StepHeat = Schemas['StepHeat'];
export type ProcessVersions = Schemas['ProcessVersions'];
export type InstanceEntry = Schemas['InstanceEntry'];
export type Suspension = Schemas['Suspension'];
export type Migration = Schemas['Migration'];
export type MigrationResult = Schemas['MigrationResults']['items'][number];
export type Deviation = Schemas['Deviation'];
export type DeviationCount = Schemas['DeviationCounts']['items'][number];
export type ModelProblem = Schemas['ModelProblem'];
export type Deployed = Schemas['Deployed'];
