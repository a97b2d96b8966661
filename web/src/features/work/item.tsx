// SPDX-License-Identifier: Apache-2.0
// A work item: the step to do, the path it stands on, and the record it is about.
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import { api } from '../../api/client';
import { entityOf, metaQuery, movesQuery, queryClient, workItemQuery } from '../../api/queries';
import type { RecordRow, Subject, WorkItem } from '../../api/types';
import { useKeys } from '../../app/keys';
import { currencyOf, shownFields } from '../../meta/fields';
import { FieldDisplay, isEmpty } from '../../meta/registry';
import { PathBar } from '../../ui/pathbar';
import { recordPath } from '../records/paths';
import { DeedDialog } from './deed-dialog';
import { DEEDS, type Deed, deedOf } from './deeds';
import { StepPanel } from './step-panel';

const FACTS = 12;

function Facts({ subject, record }: { subject: Subject; record: RecordRow | null }) {
  const { t } = useTranslation('work');
  const { data: meta } = useQuery(metaQuery);
  const entity = entityOf(meta, subject.entity);
  if (!record || !entity) return null;
  const fields = shownFields(entity.fields)
    .filter(({ name }) => !isEmpty(record.fields[name]))
    .slice(0, FACTS);
  return (
    <section className="card" aria-label={t('about', { label: record.label })}>
      <div className="card-head">
        <h2>
          <Link to={recordPath(subject.entity, subject.id)}>
            {entity.title} {record.label}
          </Link>
        </h2>
      </div>
      <dl className="facts card-body">
        {fields.map((field) => (
          <div key={field.name}>
            <dt>{field.title}</dt>
            <dd>
              <FieldDisplay
                field={field}
                value={record.fields[field.name]}
                reference={record.references?.[field.name]}
                currency={currencyOf(field, record.fields)}
              />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Paths({ subject, instance }: { subject: Subject; instance: string }) {
  const moves = useQuery(movesQuery(subject.entity, subject.id));
  return (
    <>
      {moves.data?.instances
        .filter(({ id }) => id === instance)
        .map((one) => (
          <PathBar key={one.id} instance={one} />
        ))}
    </>
  );
}

// Whoever has the step before their eyes has read it.
function useReading(id: string, state: string | undefined): void {
  const open = state !== undefined && state !== 'completed' && state !== 'cancelled';
  useEffect(() => {
    if (!open) return;
    api
      .post('/work-items/{id}/read', { path: { id }, body: { read: true } })
      .then(() => queryClient.invalidateQueries({ queryKey: ['work', 'list'] }))
      .catch(() => undefined); // it stays unread
  }, [id, open]);
}

export default function WorkItemPage() {
  const { t } = useTranslation('work');
  const { id = '' } = useParams();
  const navigate = useNavigate();
  const { data: item } = useQuery(workItemQuery(id));
  const [parameters, setParameters] = useSearchParams();
  const subject = item?.subject;
  const asked = deedOf(parameters);
  const deed = item && DEEDS.find((one) => one.deed === asked && one.may(item.may))?.deed;

  function ask(wanted: Deed | undefined): void {
    setParameters(wanted ? { do: wanted } : {}, { replace: true });
  }

  useReading(id, item?.state);
  useKeys(
    Object.fromEntries(
      DEEDS.map((one) => [one.key, () => item && one.may(item.may) && ask(one.deed)]),
    ),
  );

  function completed(next: WorkItem[]): void {
    const following = next[0];
    if (following) navigate(`/work/${following.id}`, { replace: true });
    else if (subject) navigate(recordPath(subject.entity, subject.id));
    else navigate('/work');
  }

  return (
    <div className="page">
      <title>{`${item ? [item.name, subject?.label].filter(Boolean).join(' · ') : t('title')} · Millrace`}</title>
      <nav className="breadcrumb" aria-label={t('breadcrumb')}>
        <Link to="/work">{t('title')}</Link>
        {subject && (
          <>
            {' / '}
            <Link to={recordPath(subject.entity, subject.id)}>{subject.label}</Link>
          </>
        )}
      </nav>
      {item && (
        <div className="page-head">
          <h1>{item.name}</h1>
        </div>
      )}
      {item?.subject_record && subject && <Paths subject={subject} instance={item.instance} />}
      <div className="columns">
        <div>
          <StepPanel
            key={id}
            id={id}
            autoFocus
            onCompleted={completed}
            onReturned={() => navigate('/work')}
          />
        </div>
        <div>{item && subject && <Facts subject={subject} record={item.subject_record} />}</div>
      </div>
      {item && deed && <DeedDialog item={item} deed={deed} close={() => ask(undefined)} />}
    </div>
  );
}
