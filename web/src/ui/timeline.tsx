// SPDX-License-Identifier: Apache-2.0
// What happened to a record: its changes and the steps of its process, newest first.
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Entity, FieldChange, FieldValue, HistoryItem, Share, StepEvent } from '../api/types';
import { FieldDisplay, isEmpty } from '../meta/registry';
import { departmentStyle } from './department';
import { departmentIcon, Icon } from './icon';
import { InstantText } from './time';

export interface TimelineEntry {
  key: string;
  at: string;
  actor: string | undefined;
  step?: StepEvent;
  door?: FieldChange['door'];
  changes: FieldChange[];
}

function isStep(item: HistoryItem): item is StepEvent {
  return 'step' in item;
}

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
    const actor = item.actor?.name;
    const last = entries.at(-1);
    if (isStep(item)) {
      const { key } = item.step;
      const ended = over.get(key) ?? 0;
      if (item.kind === 'entered' && ended > 0) {
        over.set(key, ended - 1);
        continue;
      }
      if (ENDS.has(item.kind)) over.set(key, ended + 1);
      entries.push({ key: `${index}`, at: item.at, actor, step: item, changes: [] });
    } else if (last && !last.step && last.at === item.at && last.actor === actor) {
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
          ) : change.action === 'delete' ||
            change.action === 'restore' ||
            change.action === 'erase' ||
            change.action === 'consent' ? (
            t(`timeline.${change.action}`)
          ) : (
            t('timeline.created')
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
}

export function Timeline({ items, entity, action }: Props) {
  const { t } = useTranslation('records');
  if (items.length === 0) return <p className="empty-small">{t('timeline.empty')}</p>;
  return (
    <ol className="timeline">
      {gather(items).map((entry) => {
        const department = entry.step?.step.department;
        return (
          <li key={entry.key} style={departmentStyle(department)}>
            <span className={entry.step ? 'timeline-mark timeline-step' : 'timeline-mark'}>
              <Icon
                name={
                  entry.step ? (department ? departmentIcon(department.key) : 'process') : 'edit'
                }
                size={12}
              />
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
              <Changes entry={entry} entity={entity} />
              {entry.changes[0]?.reason && <p className="long-text">{entry.changes[0].reason}</p>}
              <p className="timeline-foot">
                {entry.actor ?? t('timeline.system')}
                {entry.step?.acting_for && <> {t('timeline.actingFor', entry.step.acting_for)}</>} ·{' '}
                <InstantText value={entry.at} />
                {entry.door && entry.door !== 'step' && <> · {t(`timeline.door.${entry.door}`)}</>}
              </p>
              {!entry.step && action?.(entry)}
            </div>
          </li>
        );
      })}
    </ol>
  );
}
