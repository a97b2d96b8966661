// SPDX-License-Identifier: Apache-2.0
// One migration: what it would do to each instance, running it in batches, what it did, undoing it.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { api, problemFrom } from '../../api/client';
import {
  invalidateProcesses,
  migrationQuery,
  migrationResultsQuery,
  versionedQuery,
} from '../../api/owner';
import type { Migration, MigrationResult, Process } from '../../api/types';
import { useUser } from '../../app/session';
import { AskDialog } from '../../ui/ask-dialog';
import { type Column, DataTable } from '../../ui/data-table';
import { Icon } from '../../ui/icon';
import { ProblemNotice } from '../../ui/problem';
import { Loading } from '../../ui/states';
import { InstantText } from '../../ui/time';
import NotFound from '../home/not-found';
import { ProcessFrame } from './frame';
import { Compared } from './migration-compare';

const isMoving = ({ state }: Migration) => state === 'running' || state === 'undoing';

function Deed({ migration }: { migration: Migration }) {
  const { t } = useTranslation('owner');
  const user = useUser();
  const [open, setOpen] = useState(false);
  const deed = migration.state === 'planned' ? 'run' : migration.state === 'done' ? 'undo' : null;
  if (deed === null) return null;
  const leads = Object.keys(migration.mapping).length > 0;
  // Whoever planned to lead a step over to another does not run it: told before it is refused.
  if (deed === 'run' && leads && migration.created_by?.id === user.id)
    return (
      <p className="four-eyes">
        <Icon name="people" /> {t('migration.fourEyes')}
      </p>
    );
  const path = { id: migration.id };
  const act = () =>
    deed === 'run'
      ? api.post('/migrations/{id}/run', { path })
      : api.post('/migrations/{id}/undo', { path });
  return (
    <>
      <Button type={deed === 'run' ? 'primary' : 'default'} onClick={() => setOpen(true)}>
        {t(`migration.${deed}.open`)}
      </Button>
      {open && (
        <AskDialog
          title={t(`migration.${deed}.title`)}
          confirm={t(`migration.${deed}.confirm`)}
          danger={deed === 'undo'}
          reason="none"
          act={act}
          done={t(`migration.${deed}.done`)}
          after={invalidateProcesses}
          close={() => setOpen(false)}
        >
          <p>
            {t(`migration.${deed}.explain`, {
              count: deed === 'run' ? migration.instances.left : migration.instances.migrated,
            })}
          </p>
        </AskDialog>
      )}
    </>
  );
}

function Progress({ migration }: { migration: Migration }) {
  const { t } = useTranslation('owner');
  const { migrated, refused, undone, kept, left } = migration.instances;
  const undoing = migration.state === 'undoing' || migration.state === 'undone';
  const done = undoing ? undone + kept : migrated + refused;
  // Those that were refused are still there, among those that are left.
  const all = undoing ? undone + kept + migrated : migrated + Math.max(left, refused);
  const facts = (['migrated', 'refused', 'undone', 'kept'] as const).filter(
    (state) => migration.instances[state] > 0,
  );
  return (
    <section className="card card-body migration-facts" aria-label={t('migration.progress')}>
      <span className={`state state-${migration.state}`}>
        {t(`migration.state.${migration.state}`)}
      </span>
      {isMoving(migration) && (
        <progress aria-label={t('migration.progress')} value={done} max={Math.max(all, 1)} />
      )}
      <span role="status">
        {migration.state === 'planned'
          ? t('migration.left', { count: left })
          : facts
              .map((state) => `${t(`migration.result.${state}`)} ${migration.instances[state]}`)
              .join(' · ') || t('migration.nobody')}
      </span>
      <span className="quiet">
        {migration.created_by?.name} · <InstantText value={migration.created_at} />
      </span>
      <span className="card-end">
        <Deed migration={migration} />
      </span>
    </section>
  );
}

function useColumns(): Column<MigrationResult>[] {
  const { t } = useTranslation('owner');
  return [
    {
      key: 'instance',
      title: t('instances.column.subject'),
      cell: (one) => (
        <Link to={`/instances/${one.instance}`}>
          {one.subject?.label ?? t('migration.withoutRecord')}
        </Link>
      ),
    },
    {
      key: 'state',
      title: t('migration.column.result'),
      sort: (one) => t(`migration.result.${one.state}`),
      cell: (one) => (
        <span className={`state state-${one.state}`}>{t(`migration.result.${one.state}`)}</span>
      ),
    },
    {
      key: 'problems',
      title: t('migration.column.why'),
      cell: (one) =>
        one.problems.map(({ step, message }) => (
          <div key={`${step?.key} ${message}`}>
            {step && <strong>{step.name}: </strong>}
            {message}
          </div>
        )),
    },
  ];
}

function Results({ migration }: { migration: Migration }) {
  const { t } = useTranslation('owner');
  const dry = migration.state === 'planned';
  const pages = useInfiniteQuery(migrationResultsQuery(migration.id, dry));
  const columns = useColumns();
  const rows = pages.data?.pages.flatMap(({ items }) => items) ?? [];
  const title = t(dry ? 'migration.dryRun' : 'migration.results');
  const moved = JSON.stringify(migration.instances);
  const { refetch } = pages;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was counted is what has changed.
  useEffect(() => {
    if (!dry) void refetch();
  }, [moved, dry, refetch]);
  return (
    <section className="card" aria-label={title}>
      <div className="card-head">
        <h2>{title}</h2>
        <span className="tab-count">
          {rows.length}
          {pages.hasNextPage && '+'}
        </span>
        {dry && <span className="quiet">{t('migration.dryNote')}</span>}
      </div>
      {pages.isPending && <Loading />}
      {pages.isError && <ProblemNotice problem={problemFrom(pages.error)} />}
      {pages.isSuccess && rows.length === 0 && (
        <p className="empty-small">{t('migration.nobody')}</p>
      )}
      {rows.length > 0 && (
        <DataTable
          label={title}
          columns={columns}
          rows={rows}
          rowKey={({ instance }) => instance}
        />
      )}
      {pages.hasNextPage && (
        <p className="card-foot">
          <Button loading={pages.isFetchingNextPage} onClick={() => pages.fetchNextPage()}>
            {t('instances.more')}
          </Button>
        </p>
      )}
    </section>
  );
}

function Pictures({ process, migration }: { process: Process; migration: Migration }) {
  const from = useQuery(versionedQuery(process.key, migration.from));
  const to = useQuery(versionedQuery(process.key, migration.to));
  if (!from.data || !to.data) return <Loading />;
  const keys = (kind: Migration['changes'][number]['kind']) =>
    migration.changes.flatMap((change) =>
      change.kind === kind && change.step ? change.step.key : [],
    );
  return (
    <Compared
      from={from.data}
      to={to.data}
      gone={keys('gone')}
      added={keys('new')}
      mapping={migration.mapping}
    />
  );
}

function One({ process }: { process: Process }) {
  const { t } = useTranslation('owner');
  const { id = '' } = useParams();
  const migration = useQuery({
    ...migrationQuery(id),
    refetchInterval: ({ state }) => (state.data && isMoving(state.data) ? 500 : false),
  });
  if (migration.isPending) return <Loading />;
  if (migration.isError) {
    const problem = problemFrom(migration.error);
    return problem.status === 404 ? <NotFound /> : <ProblemNotice problem={problem} />;
  }
  const { from, to } = migration.data;
  return (
    <>
      <h2 className="page-title">
        <Link to={`/processes/${process.key}/migrations`}>{t('tab.migrations')}</Link>
        {' / '}
        {t('migration.fromTo', { from, to })}
      </h2>
      <Progress migration={migration.data} />
      <Results
        key={migration.data.state === 'planned' ? 'dry' : 'run'}
        migration={migration.data}
      />
      <Pictures process={process} migration={migration.data} />
    </>
  );
}

export default function MigrationPage() {
  const { t } = useTranslation('owner');
  return (
    <ProcessFrame page={t('tab.migrations')}>{(process) => <One process={process} />}</ProcessFrame>
  );
}
