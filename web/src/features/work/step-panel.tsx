// SPDX-License-Identifier: Apache-2.0
// One open step: its instruction, its form, and what the person may do with it. The work item's
// page and the record's page show the same panel.
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api, problemFrom } from '../../api/client';
import { invalidateWork, workItemQuery } from '../../api/queries';
import type { FieldValues, Id, WorkItem, WorkItemDetail } from '../../api/types';
import { DepartmentTag, departmentStyle } from '../../ui/department';
import { FieldForm, type FormEntry } from '../../ui/form';
import { departmentIcon, Icon } from '../../ui/icon';
import { useNotice } from '../../ui/notice';
import { usePositionName } from '../../ui/position';
import { ProblemNotice } from '../../ui/problem';
import { Loading } from '../../ui/states';
import { DueText } from '../../ui/time';

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
}

export function StepPanel({ id, linked = false, autoFocus = false, onCompleted }: Props) {
  const { t } = useTranslation('work');
  const tell = useNotice();
  const query = useQuery(workItemQuery(id));
  const act = useMutation({
    mutationFn: (action: 'claim' | 'release') =>
      api.post(`/work-items/{id}/${action}`, { path: { id } }),
    onSettled: invalidateWork,
  });
  const complete = useMutation({
    mutationFn: (fields: FieldValues) =>
      api.post('/work-items/{id}/complete', { path: { id }, body: { fields } }),
    onSuccess: ({ next }) => {
      tell(t('completed', { step: query.data?.name }));
      onCompleted?.(next ?? []);
    },
    onSettled: invalidateWork,
  });
  if (query.isPending) return <Loading />;
  if (query.isError) {
    return <ProblemNotice problem={problemFrom(query.error)} retry={() => query.refetch()} />;
  }
  const item = query.data;
  const { may } = item;
  const open = item.state === 'offered' || item.state === 'claimed';
  const failed = complete.error ?? act.error;
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
        {!open && <p className="done-line">{t(`state.${item.state}`)}</p>}
        {open && !may.complete && may.why_not && (
          <p className="why-not">
            <Icon name="lock" /> {may.why_not}
          </p>
        )}
        <FieldForm
          key={`${item.id}-${item.state}-${may.complete}`}
          entries={entriesOf(item)}
          submitLabel={t('complete')}
          onSubmit={(fields) => complete.mutate(fields)}
          busy={complete.isPending}
          disabled={!may.complete}
          problem={failed ? problemFrom(failed) : null}
          currency={(item.subject_record?.fields.currency as string | undefined) ?? null}
          autoFocus={autoFocus}
          actions={
            <>
              {may.claim && (
                <Button
                  type={may.complete ? 'default' : 'primary'}
                  loading={act.isPending}
                  onClick={() => act.mutate('claim')}
                >
                  {t('claim')}
                </Button>
              )}
              {may.release && (
                <Button loading={act.isPending} onClick={() => act.mutate('release')}>
                  {t('release')}
                </Button>
              )}
            </>
          }
        />
      </div>
    </section>
  );
}
