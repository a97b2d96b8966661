// SPDX-License-Identifier: Apache-2.0
// The deleted records of an entity that this person may take back.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import { api, problemFrom } from '../../api/client';
import { entityOf, metaQuery, queryClient } from '../../api/queries';
import type { Entity, RecordRow } from '../../api/types';
import { AskDialog } from '../../ui/ask-dialog';
import { ProblemNotice } from '../../ui/problem';
import { Empty, Loading } from '../../ui/states';
import { InstantText } from '../../ui/time';
import NotFound from '../home/not-found';
import { recordPath, recordsPath } from './paths';

function EntityDeleted({ entity }: { entity: Entity }) {
  const { t } = useTranslation('records');
  const navigate = useNavigate();
  const [asked, setAsked] = useState<RecordRow | null>(null);
  const pages = useInfiniteQuery({
    queryKey: ['records', entity.name, 'deleted'],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam }) =>
      api.get('/records/{entity}/deleted', {
        path: { entity: entity.name },
        query: { before: pageParam, limit: 50 },
      }),
    getNextPageParam: (page) => page.next,
  });
  const items = pages.data?.pages.flatMap((page) => page.items) ?? [];
  const take = async (record: RecordRow, reason: string) => {
    await api.post('/records/{entity}/{id}/restore', {
      path: { entity: entity.name, id: record.id },
      body: reason ? { reason } : {},
    });
    void queryClient.invalidateQueries({ queryKey: ['records', entity.name] });
    navigate(recordPath(entity.name, record.id));
  };
  return (
    <div className="page">
      <title>{`${t('deleted.title', { plural: entity.plural })} · Millrace`}</title>
      <nav className="breadcrumb" aria-label={t('breadcrumb')}>
        <Link to={recordsPath(entity.name)}>{entity.plural}</Link>
      </nav>
      <div className="page-head">
        <h1>{t('deleted.title', { plural: entity.plural })}</h1>
      </div>
      {pages.isPending && <Loading />}
      {pages.isError && <ProblemNotice problem={problemFrom(pages.error)} />}
      {pages.isSuccess && items.length === 0 && <Empty title={t('deleted.none')} />}
      <ul className="deleted">
        {items.map(({ at, by, reason, record }) => (
          <li key={`${record.id} ${at}`}>
            <span>
              <strong>{record.label}</strong>{' '}
              <span className="quiet">
                {by?.name ?? t('timeline.system')} · <InstantText value={at} />
                {reason && <> · {reason}</>}
              </span>
            </span>
            {entity.may.create && (
              <Button
                size="small"
                aria-label={t('deleted.takeOf', { label: record.label })}
                onClick={() => setAsked(record)}
              >
                {t('deleted.take')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {pages.hasNextPage && (
        <Button loading={pages.isFetchingNextPage} onClick={() => pages.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
      {asked && (
        <AskDialog
          title={t('deleted.takeOf', { label: asked.label })}
          confirm={t('deleted.take')}
          reason="welcome"
          act={(reason) => take(asked, reason)}
          done={t('restore.done')}
          close={() => setAsked(null)}
        />
      )}
    </div>
  );
}

export default function DeletedRecords() {
  const { entity: named } = useParams();
  const meta = useQuery(metaQuery);
  if (meta.isPending) return <Loading />;
  if (meta.isError) return <ProblemNotice problem={problemFrom(meta.error)} />;
  const entity = entityOf(meta.data, named);
  return entity ? <EntityDeleted entity={entity} /> : <NotFound />;
}
