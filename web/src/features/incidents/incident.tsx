// SPDX-License-Identifier: Apache-2.0
// One incident: what is wrong and where, what helps, who has it, what was done; and what to do.
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { api, problemFrom } from '../../api/client';
import { incidentQuery, invalidateIncidents } from '../../api/queries';
import type { IncidentDetail } from '../../api/types';
import { DepartmentTag } from '../../ui/department';
import { Icon } from '../../ui/icon';
import { useNotice } from '../../ui/notice';
import { ProblemNotice } from '../../ui/problem';
import { Loading } from '../../ui/states';
import { InstantText } from '../../ui/time';
import NotFound from '../home/not-found';
import { recordPath } from '../records/paths';
import { type IncidentDeed, IncidentDialog } from './dialog';

function Actions({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation('incident');
  const tell = useNotice();
  const [dialog, setDialog] = useState<IncidentDeed | null>(null);
  const { may } = incident;
  const path = { id: incident.id };
  const act = useMutation({
    mutationFn: (deed: 'take' | 'retry') =>
      deed === 'take'
        ? api.post('/incidents/{id}/take', { path, body: {} })
        : api.post('/incidents/{id}/retry', { path, body: {} }),
    onSuccess: (after, deed) => {
      if (deed === 'take') tell(t('did.take'));
      else if (after.state === 'resolved') tell(t('did.retry'));
      else tell(t('again'), 'alert');
    },
    onSettled: invalidateIncidents,
  });
  const deeds: IncidentDeed[] = [
    ...(may.edit_record || may.edit_variables ? (['edit'] as const) : []),
    ...(may.hand_on ? (['hand-on'] as const) : []),
    ...(may.skip ? (['skip'] as const) : []),
    ...(may.close ? (['close'] as const) : []),
  ];
  if (!may.take && !may.retry && deeds.length === 0) return null;
  return (
    <>
      {act.isError && <ProblemNotice problem={problemFrom(act.error)} />}
      <div className="form-actions">
        {may.retry && (
          <Button type="primary" loading={act.isPending} onClick={() => act.mutate('retry')}>
            {t('deed.retry')}
          </Button>
        )}
        {may.take && <Button onClick={() => act.mutate('take')}>{t('deed.take')}</Button>}
        {deeds.map((deed) => (
          <Button key={deed} onClick={() => setDialog(deed)}>
            {t(`deed.${deed}`)}
          </Button>
        ))}
      </div>
      {dialog && <IncidentDialog incident={incident} deed={dialog} close={() => setDialog(null)} />}
    </>
  );
}

function Where({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation('incident');
  const { subject, process, department, owner } = incident;
  return (
    <section className="card" aria-label={t('where')}>
      <div className="card-head">
        <h2>{t('where')}</h2>
      </div>
      <dl className="facts card-body">
        <div>
          <dt>{t('process')}</dt>
          <dd>
            <Link to={`/processes/${process.key}?instance=${incident.instance}`}>
              {process.name}
            </Link>
            {' · '}
            <Link to={`/instances/${incident.instance}`}>{t('instance')}</Link>
          </dd>
        </div>
        {subject && (
          <div>
            <dt>{t('column.subject')}</dt>
            <dd>
              <Link to={recordPath(subject.entity, subject.id)}>{subject.label}</Link>
            </dd>
          </div>
        )}
        <div>
          <dt>{t('department')}</dt>
          <dd>{department ? <DepartmentTag department={department} /> : t('nobody')}</dd>
        </div>
        <div>
          <dt>{t('column.owner')}</dt>
          <dd>{owner?.name ?? t('nobody')}</dd>
        </div>
        <div>
          <dt>{t('failures')}</dt>
          <dd>{incident.failures}</dd>
        </div>
      </dl>
    </section>
  );
}

function Events({ incident }: { incident: IncidentDetail }) {
  const { t } = useTranslation('incident');
  return (
    <section className="card" aria-label={t('whatHappened')}>
      <div className="card-head">
        <h2>{t('whatHappened')}</h2>
      </div>
      <div className="card-body">
        <ol>
          {incident.events.map((event, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a log only grows at its end.
            <li key={index}>
              <strong>{event.actor?.name ?? t('theSystem')}</strong> {t(`event.${event.kind}`)}
              {event.receiver && ` ${event.receiver.name}`}
              <span className="quiet">
                {' '}
                · <InstantText value={event.at} relative />
              </span>
              {event.comment && <p className="long-text">{event.comment}</p>}
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
}

export default function IncidentPage() {
  const { t } = useTranslation('incident');
  const { id = '' } = useParams();
  const query = useQuery(incidentQuery(id));
  if (query.isPending) return <Loading />;
  if (query.isError) {
    const problem = problemFrom(query.error);
    return problem.status === 404 ? <NotFound /> : <ProblemNotice problem={problem} />;
  }
  const incident = query.data;
  const { step, state, stands, resolution } = incident;
  const over = state === 'resolved';
  return (
    <div className="page page-narrow">
      <title>{`${step.name} · ${t('title')} · Millrace`}</title>
      <nav className="breadcrumb" aria-label={t('breadcrumb')}>
        <Link to="/incidents">{t('title')}</Link>
      </nav>
      <div className="page-head">
        <h1>{step.name}</h1>
        <span className={`state state-${over ? 'completed' : 'incident'}`}>
          {t(stands ? `state.${state}` : `warning.${state}`)}
        </span>
        <span className="quiet">
          <InstantText value={incident.opened_at} />
        </span>
      </div>
      <section className={over ? 'card card-body' : 'problem'} aria-label={t('what')}>
        {!over && <Icon name="alert" size={18} />}
        <div className="problem-body">
          <p className="problem-message">{incident.message}</p>
          {over ? (
            <p>
              {resolution && t(`resolution.${resolution}`)}
              {incident.resolved_by && ` · ${incident.resolved_by.name}`}
              {incident.resolved_at && (
                <>
                  {' · '}
                  <InstantText value={incident.resolved_at} />
                </>
              )}
            </p>
          ) : (
            <p>{incident.hint}</p>
          )}
        </div>
      </section>
      <Actions incident={incident} />
      <Where incident={incident} />
      <Events incident={incident} />
    </div>
  );
}
