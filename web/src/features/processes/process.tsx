// SPDX-License-Identifier: Apache-2.0
// A process: its picture, its steps as a table, its instances. ?instance= puts one's tokens on it.
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link, useParams, useSearchParams } from 'react-router';
import { problemFrom } from '../../api/client';
import { instanceQuery, instancesQuery, processQuery } from '../../api/queries';
import type { Process } from '../../api/types';
import { isPermitted, useUser } from '../../app/session';
import { DataTable } from '../../ui/data-table';
import { DepartmentTag } from '../../ui/department';
import { ProblemNotice } from '../../ui/problem';
import { Loading } from '../../ui/states';
import { InstantText } from '../../ui/time';
import NotFound from '../home/not-found';
import { recordPath } from '../records/paths';
import { Findings } from './findings';
import { ProcessHead } from './head';
import { stepKind } from './kind';
import { ProcessPicture, TokenTable } from './picture';

const STATES = ['running', 'completed', 'cancelled', 'incident'] as const;

function Steps({ process }: { process: Process }) {
  const { t } = useTranslation('process');
  return (
    <section className="card" aria-label={t('steps')}>
      <div className="card-head">
        <h2>{t('steps')}</h2>
        <span className="tab-count">{process.steps.length}</span>
      </div>
      <DataTable
        label={t('steps')}
        columns={[
          { key: 'step', title: t('column.step'), cell: ({ key, name }) => name || key },
          {
            key: 'kind',
            title: t('column.kind'),
            cell: ({ kind }) => t(`kind.${stepKind(kind)}`),
          },
          {
            key: 'department',
            title: t('column.department'),
            cell: ({ department }) => <DepartmentTag department={department} />,
          },
        ]}
        rows={process.steps}
        rowKey={({ key }) => key}
      />
    </section>
  );
}

function Instances({ process, chosen }: { process: string; chosen: string | undefined }) {
  const { t } = useTranslation('process');
  const [parameters] = useSearchParams();
  const state = parameters.get('state') ?? 'running';
  const instances = useQuery(instancesQuery({ process, state }));
  const items = instances.data?.items ?? [];
  const count = instances.data?.count ?? items.length;
  return (
    <section className="card" aria-label={t('instances')}>
      <div className="card-head">
        <h2>{t('instances')}</h2>
        <span className="tab-count">{count}</span>
        <nav className="tabs card-end" aria-label={t('instanceStates')}>
          {STATES.map((key) => (
            <Link
              key={key}
              to={`/processes/${process}?state=${key}`}
              aria-current={key === state ? 'page' : undefined}
            >
              {t(`state.${key}`)}
            </Link>
          ))}
        </nav>
      </div>
      {instances.isError && <ProblemNotice problem={problemFrom(instances.error)} />}
      {instances.isSuccess && items.length === 0 && (
        <p className="empty-small">{t('noInstances')}</p>
      )}
      {items.length > 0 && (
        <DataTable
          tight
          label={t('instances')}
          columns={[
            {
              key: 'subject',
              title: t('column.subject'),
              cell: ({ id, subject }) =>
                subject ? (
                  <Link to={recordPath(subject.entity, subject.id)}>{subject.label}</Link>
                ) : (
                  id
                ),
            },
            {
              key: 'started',
              title: t('column.started'),
              cell: ({ started_at }) => <InstantText value={started_at} />,
            },
            {
              key: 'show',
              title: t('column.show'),
              cell: ({ id }) => (
                <span className="link-pair">
                  <Link to={`/processes/${process}?state=${state}&instance=${id}`}>
                    {t('onDiagram')}
                  </Link>
                  <Link to={`/instances/${id}`}>{t('instanceDetails')}</Link>
                </span>
              ),
            },
          ]}
          rows={items}
          rowKey={({ id }) => id}
          chosen={chosen}
        />
      )}
    </section>
  );
}

function Chosen({ id }: { id: string }) {
  const { t } = useTranslation('process');
  const { data } = useQuery(instanceQuery(id));
  if (!data) return null;
  return (
    <>
      <p className="chosen-line">
        <span className={`state state-${data.state}`}>{t(`state.${data.state}`)}</span>
        {data.subject && (
          <Link to={recordPath(data.subject.entity, data.subject.id)}>
            {data.subject.label ?? data.subject.id}
          </Link>
        )}
        <Link to={`/instances/${id}`}>{t('instanceDetails')}</Link>
        <Link to={`/processes/${data.process.key}`}>{t('withoutInstance')}</Link>
      </p>
      <TokenTable instance={data} />
    </>
  );
}

export default function ProcessPage() {
  const { t } = useTranslation('process');
  const { key = '' } = useParams();
  const [parameters] = useSearchParams();
  const instance = parameters.get('instance') ?? undefined;
  const version = Number(parameters.get('version')) || undefined;
  const process = useQuery(processQuery(key));
  // Without the permission a person sees instances from their records.
  const mayList = isPermitted(useUser(), 'process.read');
  if (process.isPending) return <Loading />;
  if (process.isError) {
    const problem = problemFrom(process.error);
    return problem.status === 404 ? <NotFound /> : <ProblemNotice problem={problem} />;
  }
  return (
    <div className="page">
      <title>{`${process.data.name} · Millrace`}</title>
      <ProcessHead process={process.data} version={version} />
      {process.data.drawing && <p className="quiet">{t('drawingNote')}</p>}
      <ProcessPicture processKey={key} version={version} instance={instance} />
      {instance && <Chosen id={instance} />}
      {!process.data.drawing && (
        <div className="halves">
          {mayList && <Instances process={key} chosen={instance} />}
          <Steps process={process.data} />
        </div>
      )}
      <Findings process={process.data} />
    </div>
  );
}
