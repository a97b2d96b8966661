// SPDX-License-Identifier: Apache-2.0
// The migrations of a process: those there were, and the plan of a new one. ?from=1&to=2 stand in
// the address; the mapping is proposed anew for each pair.
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { api, problemFrom } from '../../api/client';
import {
  invalidateProcesses,
  migrationsQuery,
  versionedQuery,
  versionsQuery,
} from '../../api/owner';
import type { Migration, Process, ProcessVersions } from '../../api/types';
import { type Column, DataTable } from '../../ui/data-table';
import { ProblemNotice } from '../../ui/problem';
import { Loading } from '../../ui/states';
import { InstantText } from '../../ui/time';
import { changed } from '../../ui/url';
import { ProcessFrame } from './frame';
import { Compared } from './migration-compare';
import { differenceOf, type Mapping, proposed } from './migration-map';
import { MappingTable } from './migration-table';

type Version = ProcessVersions['items'][number];

// From the version that most instances still run on, to the newest.
function pairOf(versions: Version[], parameters: URLSearchParams): [number, number] | null {
  const [newest, ...older] = versions;
  if (!newest || older.length === 0) return null;
  const busiest = [...older].sort((a, b) => b.running - a.running)[0] ?? newest;
  const given = (name: string) => {
    const number = Number(parameters.get(name));
    return versions.find(({ version }) => version === number)?.version;
  };
  return [given('from') ?? busiest.version, given('to') ?? newest.version];
}

function VersionSelect({
  name,
  value,
  versions,
}: {
  name: 'from' | 'to';
  value: number;
  versions: Version[];
}) {
  const { t } = useTranslation('owner');
  const [parameters, setParameters] = useSearchParams();
  return (
    <label>
      {t(`migration.${name}`)}
      <select
        className="plain-select"
        value={value}
        onChange={(event) =>
          setParameters(changed(parameters, { [name]: event.target.value }), { replace: true })
        }
      >
        {versions.map(({ version, running }) => (
          <option key={version} value={version}>
            {t('migration.versionWith', { version, count: running })}
          </option>
        ))}
      </select>
    </label>
  );
}

function Plan({ process, from, to }: { process: Process; from: number; to: number }) {
  const { t } = useTranslation('owner');
  const navigate = useNavigate();
  const old = useQuery(versionedQuery(process.key, from));
  const next = useQuery(versionedQuery(process.key, to));
  const [mapping, setMapping] = useState<Mapping>({});
  useEffect(() => {
    if (old.data && next.data) setMapping(proposed(old.data.steps, next.data.steps));
  }, [old.data, next.data]);
  const plan = useMutation({
    mutationFn: () =>
      api.post('/processes/{key}/migrations', {
        path: { key: process.key },
        body: { from, to, mapping },
      }),
    onSuccess: ({ id }) => navigate(`/processes/${process.key}/migrations/${id}`),
    onSettled: invalidateProcesses,
  });
  if (from === to) return <p className="quiet">{t('migration.same')}</p>;
  if (old.isError || next.isError)
    return <ProblemNotice problem={problemFrom(old.error ?? next.error)} />;
  if (!old.data || !next.data) return <Loading />;
  const difference = differenceOf(old.data.steps, next.data.steps, mapping);
  return (
    <>
      <Compared
        from={old.data}
        to={next.data}
        gone={difference.gone.map(({ key }) => key)}
        added={difference.added.map(({ key }) => key)}
        mapping={mapping}
      />
      <MappingTable
        from={old.data}
        to={next.data}
        difference={difference}
        mapping={mapping}
        onChange={setMapping}
      />
      {plan.error && <ProblemNotice problem={problemFrom(plan.error)} />}
      <div>
        <Button type="primary" loading={plan.isPending} onClick={() => plan.mutate()}>
          {t('migration.plan')}
        </Button>
        <span className="quiet plan-note">{t('migration.planNote')}</span>
      </div>
    </>
  );
}

function useColumns(process: string): Column<Migration>[] {
  const { t } = useTranslation('owner');
  return [
    {
      key: 'plan',
      title: t('migration.column.plan'),
      cell: (one) => (
        <Link to={`/processes/${process}/migrations/${one.id}`}>
          {t('migration.fromTo', { from: one.from, to: one.to })}
        </Link>
      ),
    },
    {
      key: 'state',
      title: t('migration.column.state'),
      cell: (one) => (
        <span className={`state state-${one.state}`}>{t(`migration.state.${one.state}`)}</span>
      ),
    },
    {
      key: 'migrated',
      title: t('migration.result.migrated'),
      number: true,
      cell: (one) => one.instances.migrated,
    },
    {
      key: 'refused',
      title: t('migration.result.refused'),
      number: true,
      cell: (one) => one.instances.refused,
    },
    {
      key: 'by',
      title: t('migration.column.by'),
      cell: (one) => one.created_by?.name,
    },
    {
      key: 'at',
      title: t('migration.column.at'),
      cell: (one) => <InstantText value={one.created_at} />,
    },
  ];
}

function Earlier({ process }: { process: string }) {
  const { t } = useTranslation('owner');
  const migrations = useQuery(migrationsQuery(process));
  const columns = useColumns(process);
  const items = migrations.data?.items ?? [];
  return (
    <section className="card" aria-label={t('migration.earlier')}>
      <div className="card-head">
        <h2>{t('migration.earlier')}</h2>
        <span className="tab-count">{migrations.data?.count ?? items.length}</span>
      </div>
      {migrations.isError && <ProblemNotice problem={problemFrom(migrations.error)} />}
      {migrations.isSuccess && items.length === 0 && (
        <p className="empty-small">{t('migration.noneYet')}</p>
      )}
      {items.length > 0 && (
        <DataTable
          label={t('migration.earlier')}
          columns={columns}
          rows={items}
          rowKey={({ id }) => id}
        />
      )}
    </section>
  );
}

function Migrations({ process }: { process: Process }) {
  const { t } = useTranslation('owner');
  const [parameters] = useSearchParams();
  const answer = useQuery(versionsQuery(process.key));
  if (answer.isError) return <ProblemNotice problem={problemFrom(answer.error)} />;
  if (answer.isPending) return <Loading />;
  const versions = answer.data.items.filter(({ drawing }) => !drawing);
  const pair = pairOf(versions, parameters);
  return (
    <>
      {pair === null ? (
        <p className="empty">{t('migration.oneVersion')}</p>
      ) : (
        <>
          <div className="choice-line">
            <VersionSelect name="from" value={pair[0]} versions={versions} />
            <VersionSelect name="to" value={pair[1]} versions={versions} />
          </div>
          <Plan key={pair.join()} process={process} from={pair[0]} to={pair[1]} />
        </>
      )}
      <Earlier process={process.key} />
    </>
  );
}

export default function MigrationsPage() {
  const { t } = useTranslation('owner');
  return (
    <ProcessFrame page={t('tab.migrations')}>
      {(process) => <Migrations process={process} />}
    </ProcessFrame>
  );
}
