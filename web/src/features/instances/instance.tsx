// SPDX-License-Identifier: Apache-2.0
// One run of a process: where it stands, what it knows, what happened, and the lawful way to end it.
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { api, problemFrom } from '../../api/client';
import { invalidateProcesses } from '../../api/owner';
import { instanceHistoryQuery, instanceQuery, invalidateWork } from '../../api/queries';

import type { Id, Instance } from '../../api/types';
import { isPermitted, useUser } from '../../app/session';
import { AskDialog } from '../../ui/ask-dialog';
import { ProblemNotice } from '../../ui/problem';
import { Loading } from '../../ui/states';
import { SuspendedTag } from '../../ui/suspended';
import { InstantText } from '../../ui/time';
import { AskForDeviation } from '../deviations/ask';
import { DeviationTable } from '../deviations/table';
import NotFound from '../home/not-found';
import { ProcessPicture, TokenTable } from '../processes/picture';
import { SuspendButton, SuspendedInstance } from '../processes/suspend';
import { recordPath } from '../records/paths';
import '../../app/owner.css';

function CancelDialog({ id, close }: { id: Id; close: () => void }) {
  const { t } = useTranslation('process');
  return (
    <AskDialog
      title={t('cancel.title')}
      confirm={t('cancel.confirm')}
      keep={t('cancel.keep')}
      label={t('cancel.reason')}
      danger
      act={(reason) => api.post('/instances/{id}/cancel', { path: { id }, body: { reason } })}
      done={t('cancel.done')}
      after={invalidateWork}
      close={close}
    />
  );
}

function Variables({ instance }: { instance: Instance }) {
  const { t } = useTranslation('process');
  const entries = Object.entries(instance.variables);
  return (
    <section className="card" aria-label={t('variables')}>
      <div className="card-head">
        <h2>{t('variables')}</h2>
      </div>
      {entries.length === 0 ? (
        <p className="empty-small">{t('noVariables')}</p>
      ) : (
        <dl className="facts card-body">
          {entries.map(([name, value]) => (
            <div key={name}>
              <dt>
                <code>{name}</code>
              </dt>
              <dd>
                <code className="json">{JSON.stringify(value)}</code>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

// What ended or stands at an incident can begin again behind an event of its history.
function RestartDialog({
  id,
  event,
  close,
}: {
  id: Id;
  event: { sequence: number; name: string };
  close: () => void;
}) {
  const { t } = useTranslation('process');
  return (
    <AskDialog
      title={t('restart.title', { step: event.name })}
      confirm={t('deviations:ask.confirm')}
      label={t('deviations:ask.why')}
      act={(reason) =>
        api.post('/instances/{id}/deviations', {
          path: { id },
          body: { kind: 'restart', event: event.sequence, reason },
        })
      }
      done={t('deviations:ask.done')}
      after={invalidateProcesses}
      close={close}
    >
      <p className="quiet">{t('restart.explain')}</p>
      <p className="quiet">{t('deviations:ask.explain')}</p>
    </AskDialog>
  );
}

function History({ instance }: { instance: Instance }) {
  const { t } = useTranslation('process');
  const { id, state } = instance;
  const history = useQuery(instanceHistoryQuery(id));
  const [behind, setBehind] = useState<{ sequence: number; name: string } | null>(null);
  const restarts = isPermitted(useUser(), 'deviation.request') && state !== 'running';
  const items = history.data?.items ?? [];
  // A row of the history may have told several things: the process begins again behind all of them.
  const last = new Map(items.map(({ sequence }, index) => [sequence, index]));
  return (
    <section className="card" aria-label={t('history')}>
      <div className="card-head">
        <h2>{t('history')}</h2>
        <span className="tab-count">{items.length}</span>
      </div>
      {history.isError && <ProblemNotice problem={problemFrom(history.error)} />}
      <div className="table-card">
        <table className="table">
          <caption className="hidden">{t('history')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('column.at')}</th>
              <th scope="col">{t('column.step')}</th>
              <th scope="col">{t('column.event')}</th>
              <th scope="col">{t('column.actor')}</th>
              {restarts && (
                <th scope="col">
                  <span className="hidden">{t('restart.column')}</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {items.map((event, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a log only grows at its end.
              <tr key={index}>
                <td className="nowrap">
                  <InstantText value={event.at} />
                </td>
                <th scope="row">{event.name || event.key}</th>
                <td>{t(`event.${event.kind}`)}</td>
                <td>{event.actor?.name ?? t('system')}</td>
                {restarts && (
                  <td>
                    {last.get(event.sequence) === index && (
                      <Button
                        size="small"
                        aria-label={t('restart.of', { step: event.name || event.key })}
                        onClick={() =>
                          setBehind({ sequence: event.sequence, name: event.name || event.key })
                        }
                      >
                        {t('restart.open')}
                      </Button>
                    )}
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {behind && <RestartDialog id={id} event={behind} close={() => setBehind(null)} />}
    </section>
  );
}

function Incidents({ instance }: { instance: Instance }) {
  const { t } = useTranslation('process');
  const incidents = instance.incidents;
  if (incidents.length === 0) return null;
  return (
    <section className="problem" aria-label={t('incidents')}>
      <div className="problem-body">
        <p className="problem-message">{t('incidents')}</p>
        <ul>
          {incidents.map((incident) => (
            <li key={incident.id ?? incident.message}>
              {incident.step && `${incident.step.name}: `}
              {incident.message}{' '}
              {incident.id && <Link to={`/incidents/${incident.id}`}>{t('handleIncident')}</Link>}
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}

export default function InstancePage() {
  const { t } = useTranslation('process');
  const { id = '' } = useParams();
  const [cancelling, setCancelling] = useState(false);
  const instance = useQuery(instanceQuery(id));
  if (instance.isPending) return <Loading />;
  if (instance.isError) {
    const problem = problemFrom(instance.error);
    return problem.status === 404 ? <NotFound /> : <ProblemNotice problem={problem} />;
  }
  const { process, subject, state, started_at, ended_at, suspended } = instance.data;
  const title = [process.name, subject?.label].filter(Boolean).join(' · ');
  return (
    <div className="page">
      <title>{`${title} · Millrace`}</title>
      <nav className="breadcrumb" aria-label={t('breadcrumb')}>
        <Link to="/processes">{t('title')}</Link>
        {' / '}
        <Link to={`/processes/${process.key}`}>{process.name}</Link>
      </nav>
      <div className="page-head">
        <h1>
          {process.name}
          {subject && (
            <>
              {' · '}
              <Link to={recordPath(subject.entity, subject.id)}>{subject.label}</Link>
            </>
          )}
        </h1>
        <span className={`state state-${state}`}>{t(`state.${state}`)}</span>
        {suspended !== null && <SuspendedTag />}
        <span className="quiet">
          {t('version', { version: process.version })} · {t('startedAt')}{' '}
          <InstantText value={started_at} />
          {ended_at && (
            <>
              {' · '}
              {t('endedAt')} <InstantText value={ended_at} />
            </>
          )}
        </span>
        <div className="page-end">
          <AskForDeviation instance={instance.data} />
          {(state === 'running' || state === 'incident') && (
            <>
              <SuspendButton instance={instance.data} />
              <Button danger onClick={() => setCancelling(true)}>
                {t('cancel.open')}
              </Button>
            </>
          )}
        </div>
      </div>
      {suspended !== null && <SuspendedInstance reason={suspended} />}
      <Incidents instance={instance.data} />
      <DeviationTable
        title={t('deviations:title')}
        filters={{ instance: id }}
        empty={null}
        quietWhenEmpty
      />
      <ProcessPicture processKey={process.key} version={process.version} instance={id} />
      <div className="halves">
        <div>
          <TokenTable instance={instance.data} />
          <Variables instance={instance.data} />
        </div>
        <History instance={instance.data} />
      </div>
      {cancelling && <CancelDialog id={id} close={() => setCancelling(false)} />}
    </div>
  );
}
