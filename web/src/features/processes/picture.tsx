// SPDX-License-Identifier: Apache-2.0
// The diagram of a process version with the tokens of one instance, and the same tokens as a table.
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { problemFrom } from '../../api/client';
import {
  diagramQuery,
  instanceHistoryQuery,
  instanceQuery,
  metaQuery,
  processQuery,
} from '../../api/queries';
import type { Department, Instance, Process, Token } from '../../api/types';
import { DataTable } from '../../ui/data-table';
import { ProblemNotice } from '../../ui/problem';
import { Loading } from '../../ui/states';
import { DueText } from '../../ui/time';

const Diagram = lazy(() => import('../../ui/diagram'));

export function stepDepartments(process: Process | undefined): Record<string, Department> {
  return Object.fromEntries(
    (process?.steps ?? []).flatMap(({ key, department }) =>
      department ? [[key, department]] : [],
    ),
  );
}

// Several tokens on one step are one badge with their number.
export function gatherTokens(tokens: Token[]): { key: string; count: number; token: Token }[] {
  const gathered = new Map<string, { key: string; count: number; token: Token }>();
  for (const token of tokens) {
    const entry = gathered.get(token.key);
    if (entry) entry.count += 1;
    else gathered.set(token.key, { key: token.key, count: 1, token });
  }
  return [...gathered.values()];
}

interface Props {
  processKey: string;
  version?: number | undefined;
  instance?: string | undefined;
}

export function ProcessPicture({ processKey, version, instance: id }: Props) {
  const { t } = useTranslation('process');
  const { data: meta } = useQuery(metaQuery);
  const process = useQuery(processQuery(processKey));
  const instance = useQuery({ ...instanceQuery(id ?? ''), enabled: id !== undefined });
  const history = useQuery({ ...instanceHistoryQuery(id ?? ''), enabled: id !== undefined });
  const shown = version ?? instance.data?.process.version;
  const waiting = id !== undefined && instance.isPending;
  const xml = useQuery({ ...diagramQuery(processKey, shown), enabled: !waiting });
  const done = (history.data?.items ?? [])
    .filter(({ kind }) => kind === 'completed')
    .map(({ key }) => key);
  if (xml.isError) return <ProblemNotice problem={problemFrom(xml.error)} />;
  if (xml.isPending) return <Loading />;
  return (
    <Suspense fallback={<Loading />}>
      <Diagram
        xml={xml.data}
        label={t('diagram.of', { process: process.data?.name ?? processKey })}
        departments={meta?.departments ?? []}
        stepDepartments={stepDepartments(process.data)}
        done={done}
        tokens={gatherTokens(instance.data?.tokens ?? []).map(({ key, count, token }) => ({
          key,
          waits: token.kind !== 'task',
          text: count > 1 ? t('token.here', { count }) : t(`token.kind.${token.kind}`),
        }))}
      />
    </Suspense>
  );
}

export function TokenTable({ instance }: { instance: Instance }) {
  const { t } = useTranslation('process');
  const { tokens } = instance;
  return (
    <section className="card" aria-label={t('token.title')}>
      <div className="card-head">
        <h2>{t('token.title')}</h2>
        <span className="tab-count">{tokens.length}</span>
      </div>
      {tokens.length === 0 ? (
        <p className="empty-small">{t('token.none')}</p>
      ) : (
        <DataTable
          label={t('token.title')}
          columns={[
            {
              key: 'step',
              title: t('column.step'),
              cell: ({ work_item, name }) =>
                work_item ? <Link to={`/work/${work_item}`}>{name}</Link> : name,
            },
            {
              key: 'waits',
              title: t('column.waitsFor'),
              cell: ({ kind }) => t(`token.kind.${kind}`),
            },
            {
              key: 'due',
              title: t('column.due'),
              cell: ({ due_at }) => <DueText value={due_at} />,
            },
          ]}
          rows={tokens}
          rowKey={({ wait }) => wait}
        />
      )}
    </section>
  );
}
