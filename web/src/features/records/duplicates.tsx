// SPDX-License-Identifier: Apache-2.0
// Records that may be the same: told beside a form while it is filled, on a record's page, and as
// the list of all pairs.
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { api, problemFrom } from '../../api/client';
import { entityOf, metaQuery, queryClient } from '../../api/queries';
import type { Duplicate, DuplicatePair, Entity, FieldValues, Id } from '../../api/types';
import { useNotice } from '../../ui/notice';
import { ProblemNotice } from '../../ui/problem';
import { Empty, Loading } from '../../ui/states';
import NotFound from '../home/not-found';
import { mergePath, recordPath, recordsPath } from './paths';

const WAIT_MS = 400; // after the last key

function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), WAIT_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

function Reasons({ reasons }: { reasons: Duplicate['reasons'] }) {
  return <span className="quiet">{reasons.map(({ title }) => title).join(', ')}</span>;
}

// What somebody types may be there already. It refuses nothing.
export function DuplicateHint({ entity, values }: { entity: Entity; values: FieldValues }) {
  const { t } = useTranslation('records');
  const compared = Object.fromEntries(
    entity.compared.flatMap((name) => (values[name] ? [[name, values[name]]] : [])),
  );
  const asked = useSettled(JSON.stringify(compared));
  const found = useQuery({
    queryKey: ['records', entity.name, 'duplicates', asked],
    enabled: asked !== '{}',
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      api.post('/records/{entity}/duplicates', {
        path: { entity: entity.name },
        body: { fields: JSON.parse(asked) as FieldValues },
        signal,
      }),
  });
  const items = asked === '{}' ? [] : (found.data?.items ?? []);
  return (
    <div role="status" className={items.length > 0 ? 'card card-body duplicates' : ''}>
      {items.length > 0 && (
        <>
          <strong>{t('duplicates.perhaps', { title: entity.title })}</strong>
          <ul>
            {items.map((item) => (
              <li key={item.id}>
                <Link to={recordPath(entity.name, item.id)}>{item.label}</Link>{' '}
                {t('duplicates.score', { score: item.score })} <Reasons reasons={item.reasons} />
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

function useDismissal(entity: Entity) {
  return useMutation({
    mutationFn: ({ left, right, dismissed }: { left: Id; right: Id; dismissed: boolean }) =>
      api.patch('/records/{entity}/{id}/duplicates/{other}', {
        path: { entity: entity.name, id: left, other: right },
        body: { dismissed },
      }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['records', entity.name] }),
  });
}

// On the page of a record: others like it, and what was merged into it.
export function DuplicatePanel({ entity, id }: { entity: Entity; id: Id }) {
  const { t } = useTranslation('records');
  const tell = useNotice();
  const found = useQuery({
    queryKey: ['records', entity.name, 'duplicates', id],
    queryFn: () =>
      api.get('/records/{entity}/{id}/duplicates', { path: { entity: entity.name, id } }),
  });
  const merges = useQuery({
    queryKey: ['records', entity.name, 'merges', id],
    queryFn: () => api.get('/records/{entity}/{id}/merges', { path: { entity: entity.name, id } }),
  });
  const undo = useMutation({
    mutationFn: (merge: Id) => api.post('/merges/{id}/undo', { path: { id: merge } }),
    onSuccess: ({ record }) => {
      tell(t('duplicates.undone', { label: record.label }));
      return queryClient.invalidateQueries();
    },
  });
  const items = found.data?.items ?? [];
  const merged = (merges.data?.items ?? []).filter((one) => !one.undone_at);
  if (items.length === 0 && merged.length === 0) return null;
  return (
    <section className="card" aria-label={t('duplicates.title')}>
      <div className="card-head">
        <h2>{t('duplicates.title')}</h2>
      </div>
      <ul className="card-body duplicates">
        {items.map((item) => (
          <li key={item.id}>
            <Link to={recordPath(entity.name, item.id)}>{item.label}</Link>{' '}
            {t('duplicates.score', { score: item.score })} <Reasons reasons={item.reasons} />{' '}
            <Link to={mergePath(entity.name, id, item.id)}>{t('duplicates.compare')}</Link>
          </li>
        ))}
        {merged.map((one) => (
          <li key={one.id}>
            {t('duplicates.mergedIn', { label: one.label })}{' '}
            <Button size="small" loading={undo.isPending} onClick={() => undo.mutate(one.id)}>
              {t('duplicates.undo')}
            </Button>
          </li>
        ))}
      </ul>
      {undo.error && <ProblemNotice problem={problemFrom(undo.error)} />}
    </section>
  );
}

function PairRow({
  entity,
  pair,
  dismissed,
}: {
  entity: Entity;
  pair: DuplicatePair;
  dismissed: boolean;
}) {
  const { t } = useTranslation('records');
  const { left, right, score, reasons } = pair;
  const dismiss = useDismissal(entity);
  return (
    <tr>
      <td>
        <Link to={recordPath(entity.name, left.id)}>{left.label}</Link>
      </td>
      <td>
        <Link to={recordPath(entity.name, right.id)}>{right.label}</Link>
      </td>
      <td className="number">{score}</td>
      <td>
        <Reasons reasons={reasons} />
      </td>
      <td>
        {!dismissed && (
          <Link
            to={mergePath(entity.name, left.id, right.id)}
            aria-label={t('duplicates.compareOf', { left: left.label, right: right.label })}
          >
            {t('duplicates.compare')}
          </Link>
        )}{' '}
        <Button
          size="small"
          loading={dismiss.isPending}
          onClick={() => dismiss.mutate({ left: left.id, right: right.id, dismissed: !dismissed })}
        >
          {t(dismissed ? 'duplicates.again' : 'duplicates.dismiss')}
        </Button>
        {dismiss.error && <ProblemNotice problem={problemFrom(dismiss.error)} />}
      </td>
    </tr>
  );
}

function Pairs({ entity }: { entity: Entity }) {
  const { t } = useTranslation('records');
  const [dismissed, setDismissed] = useState(false);
  const pages = useInfiniteQuery({
    queryKey: ['records', entity.name, 'duplicates', 'pairs', dismissed],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      api.get('/records/{entity}/duplicates', {
        path: { entity: entity.name },
        query: { limit: 50, after: pageParam, ...(dismissed ? { dismissed: true } : {}) },
      }),
    getNextPageParam: (page) => page.next,
  });
  const title = t('duplicates.of', { plural: entity.plural });
  const pairs = pages.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="page">
      <title>{`${title} · Millrace`}</title>
      <nav className="breadcrumb" aria-label={t('breadcrumb')}>
        <Link to={recordsPath(entity.name)}>{entity.plural}</Link>
      </nav>
      <div className="page-head">
        <h1>{title}</h1>
        <Button aria-pressed={dismissed} onClick={() => setDismissed(!dismissed)}>
          {t('duplicates.dismissed')}
        </Button>
      </div>
      {pages.isError && <ProblemNotice problem={problemFrom(pages.error)} />}
      {pages.isPending && <Loading />}
      {pages.data && !pages.data.pages[0]?.complete && <p>{t('duplicates.incomplete')}</p>}
      {pages.data && pairs.length === 0 && <Empty title={t('duplicates.none')} />}
      {pairs.length > 0 && (
        <div className="table-card">
          <table className="table" aria-label={title}>
            <thead>
              <tr>
                <th scope="col">{entity.title}</th>
                <th scope="col">{t('duplicates.other')}</th>
                <th scope="col" className="number">
                  {t('duplicates.likely')}
                </th>
                <th scope="col">{t('duplicates.by')}</th>
                <th scope="col">{t('duplicates.actions')}</th>
              </tr>
            </thead>
            <tbody>
              {pairs.map((pair) => (
                <PairRow
                  key={`${pair.left.id}/${pair.right.id}`}
                  entity={entity}
                  pair={pair}
                  dismissed={dismissed}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {pages.hasNextPage && <Button onClick={() => pages.fetchNextPage()}>{t('more')}</Button>}
    </div>
  );
}

export default function DuplicateList() {
  const { entity: named } = useParams();
  const meta = useQuery(metaQuery);
  if (meta.isPending) return <Loading />;
  if (meta.isError) return <ProblemNotice problem={problemFrom(meta.error)} />;
  const entity = entityOf(meta.data, named);
  return entity ? <Pairs key={entity.name} entity={entity} /> : <NotFound />;
}
