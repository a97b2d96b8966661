// SPDX-License-Identifier: Apache-2.0
// What happened to a record: its changes and the steps of its process, newest first.
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type {
  Entity,
  FieldChange,
  FieldValue,
  HistoryItem,
  RecordComment,
  Share,
  StepEvent,
  TimelineActivity,
  TimelineFile,
} from '../api/types';
import { ledTo } from '../meta/fields';
import { FieldDisplay, isEmpty } from '../meta/registry';
import { departmentStyle } from './department';
import { departmentIcon, Icon, type IconName } from './icon';
import { InstantText } from './time';

export interface TimelineEntry {
  key: string;
  at: string;
  actor: string | undefined;
  step?: StepEvent;
  door?: FieldChange['door'];
  changes: FieldChange[];
  // What stands beside the record, and was not changed in it.
  beside?: BesideItem;
}

export type BesideItem = RecordComment | TimelineFile | TimelineActivity;

const BESIDE_ICONS = {
  comment: 'comment',
  note: 'note',
  file: 'file',
  activity: 'calendar',
} as const;

const ENDS: ReadonlySet<string> = new Set([
  'completed',
  'cancelled',
  'failed',
  'triggered',
  'compensated',
  'ended',
]);

// Changes made together are told together; that a step began is told only while it stands open.
export function gather(items: HistoryItem[]): TimelineEntry[] {
  const entries: TimelineEntry[] = [];
  const over = new Map<string, number>();
  for (const [index, item] of items.entries()) {
    const last = entries.at(-1);
    if (item.type !== 'step' && item.type !== 'change') {
      const by =
        item.type === 'activity' ? ledTo(item.activity.references.owner)[0]?.label : item.by?.name;
      entries.push({ key: `${index}`, at: item.at, actor: by, changes: [], beside: item });
      continue;
    }
    if (item.type === 'change' && item.action === 'attach') continue; // told as the file
    const actor = item.actor?.name;
    if (item.type === 'step') {
      const { key } = item.step;
      const ended = over.get(key) ?? 0;
      if (item.kind === 'entered' && ended > 0) {
        over.set(key, ended - 1);
        continue;
      }
      if (ENDS.has(item.kind)) over.set(key, ended + 1);
      entries.push({ key: `${index}`, at: item.at, actor, step: item, changes: [] });
    } else if (last && last.changes.length > 0 && last.at === item.at && last.actor === actor) {
      last.changes.push(item);
    } else {
      entries.push({ key: `${index}`, at: item.at, actor, door: item.door, changes: [item] });
    }
  }
  return entries;
}

function Value({
  entity,
  change,
  value,
}: {
  entity: Entity | undefined;
  change: FieldChange;
  value: FieldValue;
}) {
  const field = entity?.fields.find(({ name }) => name === change.field);
  if (value && typeof value === 'object' && 'label' in value) {
    return <>{String((value as { label: unknown }).label)}</>;
  }
  if (!field) return <>{isEmpty(value) ? '—' : String(value)}</>;
  return <FieldDisplay field={field} value={value} />;
}

function sharedWith(change: FieldChange): string {
  const share = (change.new ?? change.old) as Share;
  return share.with.name;
}

function fileName(change: FieldChange): string {
  const file = (change.old ?? change.new) as { name?: string } | null;
  return file?.name ?? '';
}

function Changes({ entry, entity }: { entry: TimelineEntry; entity: Entity | undefined }) {
  const { t } = useTranslation('records');
  return (
    <ul className="changes">
      {entry.changes.map((change) => (
        <li key={change.field ?? change.action}>
          {change.field ? (
            <>
              <span className="quiet">{change.title ?? change.field}: </span>
              {!isEmpty(change.old) && (
                <>
                  <del>
                    <Value entity={entity} change={change} value={change.old} />
                  </del>{' '}
                  <span className="quiet">{t('timeline.to')}</span>{' '}
                </>
              )}
              <Value entity={entity} change={change} value={change.new} />
            </>
          ) : change.action === 'share' || change.action === 'unshare' ? (
            t(`timeline.${change.action}`, { name: sharedWith(change) })
          ) : change.action === 'create' ? (
            t('timeline.created')
          ) : (
            t(`timeline.${change.action}`, { name: fileName(change) })
          )}
        </li>
      ))}
    </ul>
  );
}

interface Props {
  items: HistoryItem[];
  entity?: Entity | undefined;
  action?: (entry: TimelineEntry) => ReactNode; // what may be done about an entry
  beside?: (item: BesideItem) => ReactNode;
}

function markOf({ step, beside }: TimelineEntry): IconName {
  if (beside) return BESIDE_ICONS[beside.type];
  if (!step) return 'edit';
  return step.step.department ? departmentIcon(step.step.department.key) : 'process';
}

export function Timeline({ items, entity, action, beside }: Props) {
  const { t } = useTranslation('records');
  if (items.length === 0) return <p className="empty-small">{t('timeline.empty')}</p>;
  return (
    <ol className="timeline">
      {gather(items).map((entry) => {
        const department = entry.step?.step.department;
        return (
          <li key={entry.key} style={departmentStyle(department)}>
            <span className={entry.step ? 'timeline-mark timeline-step' : 'timeline-mark'}>
              <Icon name={markOf(entry)} size={12} />
            </span>
            <div className="timeline-body">
              {entry.step && (
                <p>
                  <strong>{entry.step.step.name}</strong> {t(`timeline.kind.${entry.step.kind}`)}
                  {entry.step.receiver && <> {t('timeline.receiver', entry.step.receiver)}</>}
                  {department && <span className="quiet"> · {department.name}</span>}
                </p>
              )}
              {entry.step?.comment && entry.step.kind !== 'put off' && (
                <p className="long-text">{entry.step.comment}</p>
              )}
              {entry.beside && beside?.(entry.beside)}
              <Changes entry={entry} entity={entity} />
              {entry.changes[0]?.reason && <p className="long-text">{entry.changes[0].reason}</p>}
              <p className="timeline-foot">
                {entry.actor ?? t('timeline.system')}
                {entry.step?.acting_for && <> {t('timeline.actingFor', entry.step.acting_for)}</>} ·{' '}
                <InstantText value={entry.at} />
                {entry.door && entry.door !== 'step' && <> · {t(`timeline.door.${entry.door}`)}</>}
              </p>
              {entry.changes.length > 0 && action?.(entry)}
            </div>
          </li>
        );
      })}
    </ol>
  );
}
