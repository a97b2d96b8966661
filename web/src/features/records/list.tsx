// SPDX-License-Identifier: Apache-2.0
// A list of records of any entity: saved lists, filters, sort, columns, all in the address.
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation, useParams, useSearchParams } from 'react-router';
import { api, problemFrom } from '../../api/client';
import { entityOf, metaQuery } from '../../api/queries';
import type { Entity, Id, RecordRow } from '../../api/types';
import { Grid } from '../../ui/grid';
import { Icon } from '../../ui/icon';
import { ProblemNotice } from '../../ui/problem';
import { Empty, Loading } from '../../ui/states';
import NotFound from '../home/not-found';
import { BulkBar, BulkDialog } from './bulk';
import { allThatFit, type Deed } from './bulk-acts';
import { FilterChips, FilterPanel } from './filters';
import { FavouriteStar } from './marks';
import { recordPath, recordsPath } from './paths';
import { Transfer } from './transfer';
import {
  type ListChanges,
  type ListState,
  listQuery,
  nextSort,
  readListState,
  writeListState,
} from './url-state';
import { Views } from './views';

const PAGE_ROWS = 100;

function useRows(entity: Entity, state: ListState) {
  const asked = { ...listQuery(state), columns: state.columns };
  return useInfiniteQuery({
    queryKey: ['records', entity.name, 'list', asked],
    placeholderData: keepPreviousData,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      api.get('/records/{entity}', {
        path: { entity: entity.name },
        query: {
          ...listQuery(state),
          columns: [...new Set([entity.label, ...state.columns])].join(','),
          limit: PAGE_ROWS,
          after: pageParam,
          ...(pageParam ? {} : { count: true }),
        },
        signal,
      }),
    getNextPageParam: (page) => page.next,
  });
}

function ListTabs({ entity, state }: { entity: Entity; state: ListState }) {
  const { t } = useTranslation('records');
  const { pathname } = useLocation();
  if (entity.lists.length < 2) return null;
  return (
    <nav className="tabs" aria-label={t('savedLists')}>
      {entity.lists.map((list) => (
        <Link
          key={list.name}
          to={`${pathname}?list=${encodeURIComponent(list.name)}`}
          aria-current={list.name === state.list?.name ? 'page' : undefined}
        >
          {list.title}
        </Link>
      ))}
    </nav>
  );
}

function Foot({
  shown,
  total,
  more,
  busy,
  next,
}: {
  shown: number;
  total: number | undefined;
  more: boolean;
  busy: boolean;
  next: () => void;
}) {
  const { t, i18n } = useTranslation('records');
  const format = new Intl.NumberFormat(i18n.language);
  return (
    <div className="grid-foot">
      <span className="quiet">
        {t('shown', { shown: format.format(shown), total: format.format(total ?? shown) })}
      </span>
      {more && (
        <Button size="small" loading={busy} onClick={next}>
          {t('more')}
        </Button>
      )}
    </div>
  );
}

// What is chosen of what is shown, as long as the list shows the same; 'all' is all that fit it.
function useChosen(state: ListState, items: RecordRow[]) {
  const of = JSON.stringify(listQuery(state));
  const [held, setHeld] = useState<{ of: string; ids: ReadonlySet<Id> | 'all' }>();
  const kept = held?.of === of ? held.ids : new Set<Id>();
  const shown = items.filter(({ id }) => kept === 'all' || kept.has(id));
  const ids = new Set(shown.map(({ id }) => id));
  return {
    rows: shown,
    all: kept === 'all',
    selection: {
      chosen: ids,
      choose: (which: Id[], on: boolean) => {
        for (const id of which) {
          if (on) ids.add(id);
          else ids.delete(id);
        }
        setHeld({ of, ids });
      },
    },
    chooseAll: () => setHeld({ of, ids: 'all' }),
    chooseNone: () => setHeld(undefined),
  };
}

async function* inOnePage(rows: RecordRow[]) {
  yield rows.map(({ id, label }) => ({ id, label }));
}

// The bar of what is chosen, and the dialog of what is done with it.
function Many({
  entity,
  state,
  chosen,
  total,
}: {
  entity: Entity;
  state: ListState;
  chosen: ReturnType<typeof useChosen>;
  total: number;
}) {
  const [deed, setDeed] = useState<Deed | null>(null);
  const { rows, all } = chosen;
  return (
    <>
      {rows.length > 0 && (
        <BulkBar
          entity={entity}
          chosen={all ? 'all' : rows.length}
          total={total}
          onAll={chosen.chooseAll}
          onNone={chosen.chooseNone}
          chooseDeed={setDeed}
        />
      )}
      {deed && (
        <BulkDialog
          entity={entity}
          deed={deed}
          count={all ? total : rows.length}
          gather={all ? allThatFit(entity.name, state) : () => inOnePage(rows)}
          close={() => setDeed(null)}
        />
      )}
    </>
  );
}

function EntityList({ entity }: { entity: Entity }) {
  const { t, i18n } = useTranslation('records');
  const [parameters, setParameters] = useSearchParams();
  const [panel, setPanel] = useState(false);
  const state = readListState(entity, parameters);
  const rows = useRows(entity, state);
  const items = rows.data?.pages.flatMap((page) => page.items) ?? [];
  const total = rows.data?.pages[0]?.count;
  const asked = rows.data?.pages[0]?.where?.asked;
  const chosen = useChosen(state, items);
  const change = (changes: ListChanges) =>
    setParameters((before) => writeListState(before, changes));
  const columns = state.columns.flatMap(
    (name) => entity.fields.find((field) => field.name === name) ?? [],
  );
  const path = recordsPath(entity.name);
  const narrowed = state.filters.length > 0 || state.where !== '' || state.search !== '';
  return (
    <div className="page page-fill">
      <title>{`${entity.plural} · Millrace`}</title>
      <div className="page-head">
        <h1>{entity.plural}</h1>
        <span className="list-count" role="status">
          {total !== undefined &&
            t('count', {
              count: total,
              formatted: new Intl.NumberFormat(i18n.language).format(total),
            })}
        </span>
        <ListTabs entity={entity} state={state} />
        <Views entity={entity} state={state} />
        {entity.searchable && (
          <Input.Search
            key={state.search}
            className="list-search"
            aria-label={t('searchIn', { plural: entity.plural })}
            placeholder={t('searchIn', { plural: entity.plural })}
            defaultValue={state.search}
            allowClear
            onSearch={(search) => change({ search: search.trim() })}
          />
        )}
        <div className="page-end">
          <Button
            icon={<Icon name="filter" />}
            aria-expanded={panel}
            onClick={() => setPanel(!panel)}
          >
            {t('filter.open')}
          </Button>
          <Link
            to={`${path}/summary${parameters.size > 0 ? `?${parameters}` : ''}`}
            className="button-plain"
          >
            {t('summary.title')}
          </Link>
          <Transfer entity={entity} state={state} />
          {entity.may.create && (
            <Link to={`${path}/new`} className="button-primary">
              <Icon name="plus" /> {t('newOf', { title: entity.title })}
            </Link>
          )}
        </div>
      </div>
      {panel && (
        <FilterPanel
          entity={entity}
          onAdd={(filter) => change({ filters: [...state.filters, filter] })}
          where={state.where}
          onWhere={(where) => change({ where })}
          columns={state.columns}
          onColumns={(next) => change({ columns: next })}
        />
      )}
      {(state.filters.length > 0 || state.changed) && (
        <div className="chips-line">
          <FilterChips
            entity={entity}
            filters={state.filters}
            onChange={(filters) => change({ filters })}
          />
          {state.where && (
            <span>
              <code>{state.where}</code>{' '}
              {asked && <span className="quiet">{t('filter.asked')}</span>}
            </span>
          )}
          {state.changed && (
            <Link to={state.list ? `${path}?list=${state.list.name}` : path} replace>
              {t('reset', { list: state.list?.title ?? entity.plural })}
            </Link>
          )}
        </div>
      )}
      {rows.isError && (
        <ProblemNotice problem={problemFrom(rows.error)} retry={() => rows.refetch()} />
      )}
      {rows.isPending && <Loading />}
      {rows.isSuccess && items.length === 0 && (
        <Empty title={t(narrowed ? 'emptyFiltered' : 'empty', { plural: entity.plural })}>
          {narrowed ? (
            <Button onClick={() => change({ filters: [], where: '', search: '' })}>
              {t('filter.removeAll')}
            </Button>
          ) : (
            entity.may.create && (
              <Link to={`${path}/new`}>{t('newOf', { title: entity.title })}</Link>
            )
          )}
        </Empty>
      )}
      <Many entity={entity} state={state} chosen={chosen} total={total ?? items.length} />
      {items.length > 0 && (
        <Grid
          label={entity.plural}
          columns={columns}
          rows={items}
          total={total}
          sort={state.sort}
          onSort={(field) => change({ sort: nextSort(state.sort, field) })}
          pathOf={(row) => recordPath(entity.name, row.id)}
          busy={rows.isPlaceholderData}
          selection={chosen.selection}
          mark={({ id, label }) => <FavouriteStar entity={entity.name} id={id} label={label} />}
          foot={
            <Foot
              shown={items.length}
              total={total}
              more={rows.hasNextPage}
              busy={rows.isFetchingNextPage}
              next={() => rows.fetchNextPage()}
            />
          }
        />
      )}
    </div>
  );
}

export default function RecordList({ entity: fixed }: { entity?: string }) {
  const parameters = useParams();
  const meta = useQuery(metaQuery);
  if (meta.isPending) return <Loading />;
  if (meta.isError) return <ProblemNotice problem={problemFrom(meta.error)} />;
  const entity = entityOf(meta.data, fixed ?? parameters.entity);
  return entity ? <EntityList key={entity.name} entity={entity} /> : <NotFound />;
}
