// SPDX-License-Identifier: Apache-2.0
// One open step: its instruction, its form, and what the person may do with it. The work item's
// page and the record's page show the same panel.
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api, problemFrom } from '../../api/client';
import { invalidateWork, queryClient, workItemQuery } from '../../api/queries';
import type { FieldValues, Id, WorkItem, WorkItemDetail } from '../../api/types';
import { DepartmentTag, departmentStyle } from '../../ui/department';
import { FieldForm, type FormEntry } from '../../ui/form';
import { departmentIcon, Icon } from '../../ui/icon';
import { useNotice } from '../../ui/notice';
import { usePositionName } from '../../ui/position';
import { ProblemNotice } from '../../ui/problem';
import { Loading } from '../../ui/states';
import { DueText } from '../../ui/time';
import { DeedDialog } from './deed-dialog';
import { DEEDS, type Deed } from './deeds';
import { StepEvents } from './events';

function entriesOf(item: WorkItemDetail): FormEntry[] {
  return item.form.fields.map((field) => ({
    field,
    access: field.access,
    value: field.value,
    reference: field.reference ?? item.subject_record?.references?.[field.name],
  }));
}

function StepHead({ item, linked }: { item: WorkItemDetail; linked: boolean }) {
  const { t } = useTranslation('work');
  const positionOf = usePositionName();
  return (
    <div className="card-head step-head" style={departmentStyle(item.department)}>
      <span className="step-mark">
        <Icon name={departmentIcon(item.department?.key)} />
      </span>
      <h2>{linked ? <Link to={`/work/${item.id}`}>{item.name}</Link> : item.name}</h2>
      <DepartmentTag department={item.department} />
      <span className="quiet">{positionOf(item.position)}</span>
      <span className="card-end">
        {item.assignee && <span>{t('assignedTo', { name: item.assignee.name })} · </span>}
        {item.acting_for && <span>{t('actingFor', item.acting_for)} · </span>}
        {item.owner && <span>{t('ownedBy', { name: item.owner.name })} · </span>}
        <DueText value={item.due_at} overdue={item.overdue} />
      </span>
    </div>
  );
}

interface Props {
  id: Id;
  linked?: boolean;
  autoFocus?: boolean;
  onCompleted?: (next: WorkItem[]) => void;
  onReturned?: () => void;
}

// Why it cannot be done now: what it waits for, or who stands in the way.
function Refusal({ item }: { item: WorkItemDetail }) {
  const { t } = useTranslation('work');
  const open = isOpen(item);
  if (!open) return <p className="done-line">{t(`state.${item.state}`)}</p>;
  if (item.blocked_by) {
    return (
      <p className="why-not" role="note">
        <Icon name="lock" /> <strong>{t('blocked')}:</strong> {item.blocked_by}
      </p>
    );
  }
  if (item.may.complete || item.may.return || !item.may.why_not) return null;
  return (
    <p className="why-not">
      <Icon name="lock" /> {item.may.why_not}
    </p>
  );
}

type Simple = 'claim' | 'release' | 'start';

function Actions({
  item,
  busy,
  act,
  ask,
}: {
  item: WorkItemDetail;
  busy: boolean;
  act: (action: Simple) => void;
  ask: (deed: Deed) => void;
}) {
  const { t } = useTranslation('work');
  const { may } = item;
  const simple: Simple[] = ['claim', 'start', 'release'];
  const deeds = isOpen(item) ? DEEDS.filter((one) => one.may(may)) : [];
  return (
    <>
      {simple
        .filter((action) => may[action])
        .map((action) => (
          <Button key={action} loading={busy} onClick={() => act(action)}>
            {t(action)}
          </Button>
        ))}
      {deeds.map(({ deed }) => (
        <Button key={deed} onClick={() => ask(deed)}>
          {t(`deed.${deed}`)}…
        </Button>
      ))}
    </>
  );
}

const isOpen = ({ state }: WorkItemDetail) =>
  state === 'offered' || state === 'claimed' || state === 'started';

function useSending(id: Id, name: string | undefined, { onCompleted, onReturned }: Props) {
  const { t } = useTranslation('work');
  const tell = useNotice();
  const complete = useMutation({
    mutationFn: (fields: FieldValues) =>
      api.post('/work-items/{id}/complete', { path: { id }, body: { fields } }),
    onSuccess: ({ next }) => {
      tell(t('completed', { step: name }));
      onCompleted?.(next ?? []);
    },
    onSettled: invalidateWork,
  });
  const giveBack = useMutation({
    mutationFn: (fields: FieldValues | null) =>
      api.post('/work-items/{id}/return', { path: { id }, body: { fields } }),
    // A delegate who has returned it may not see it any more: it is not asked for again.
    onSuccess: (_, fields) => {
      tell(t('returned', { step: name }));
      if (fields === null) return invalidateWork();
      onReturned?.();
      void queryClient.invalidateQueries({ queryKey: ['work', 'count'] });
      return queryClient.invalidateQueries({ queryKey: ['work', 'list'] });
    },
    onError: invalidateWork,
  });
  return { complete, giveBack };
}

export function StepPanel(props: Props) {
  const { id, linked = false, autoFocus = false } = props;
  const { t } = useTranslation('work');
  const query = useQuery(workItemQuery(id));
  const [deed, setDeed] = useState<Deed>();
  const act = useMutation({
    mutationFn: (action: Simple) => api.post(`/work-items/{id}/${action}`, { path: { id } }),
    onSettled: invalidateWork,
  });
  const { complete, giveBack } = useSending(id, query.data?.name, props);
  if (query.isPending) return <Loading />;
  if (query.isError) {
    return <ProblemNotice problem={problemFrom(query.error)} retry={() => query.refetch()} />;
  }
  const item = query.data;
  const { may } = item;
  const delegate = may.return && !item.may.why_not;
  const failed = complete.error ?? giveBack.error ?? act.error;
  return (
    <section className="card" aria-label={t('stepOf', { step: item.name })}>
      <StepHead item={item} linked={linked} />
      <div className="card-body step-body">
        {item.instruction && (
          <div className="instruction">
            <h3>{t('instruction')}</h3>
            <p className="long-text">{item.instruction}</p>
          </div>
        )}
        <Refusal item={item} />
        {delegate && <p className="done-line">{t('delegatedToYou', { name: item.owner?.name })}</p>}
        <FieldForm
          key={`${item.id}-${item.state}-${may.complete}-${may.return}`}
          entries={entriesOf(item)}
          submitLabel={t(delegate ? 'return' : 'complete')}
          onSubmit={(fields) => (delegate ? giveBack.mutate(fields) : complete.mutate(fields))}
          busy={complete.isPending || giveBack.isPending}
          disabled={!may.complete && !delegate}
          problem={failed ? problemFrom(failed) : null}
          currency={(item.subject_record?.fields.currency as string | undefined) ?? null}
          autoFocus={autoFocus}
          actions={
            <>
              <Actions item={item} busy={act.isPending} act={act.mutate} ask={setDeed} />
              {may.return && !delegate && (
                <Button onClick={() => giveBack.mutate(null)}>{t('takeBack')}</Button>
              )}
            </>
          }
        />
        <StepEvents events={item.events} />
      </div>
      {deed && <DeedDialog item={item} deed={deed} close={() => setDeed(undefined)} />}
    </section>
  );
}
