// SPDX-License-Identifier: Apache-2.0
// My work: what waits for me, what waits for anybody of my team, what I have done.
import { useInfiniteQuery, useMutation, useQueries, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { type RefObject, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { api, problemFrom } from '../../api/client';
import {
  invalidateWork,
  processesQuery,
  type WorkFilters,
  type WorkView,
  workCount,
  workQuery,
  workStandingQuery,
} from '../../api/queries';
import type { WorkItem } from '../../api/types';
import { useKeys } from '../../app/keys';
import { departmentStyle } from '../../ui/department';
import { departmentIcon, Icon } from '../../ui/icon';
import { useNotice } from '../../ui/notice';
import { usePositionName } from '../../ui/position';
import { ProblemNotice } from '../../ui/problem';
import { Empty, Loading } from '../../ui/states';
import { SuspendedTag } from '../../ui/suspended';
import { DueText, InstantText } from '../../ui/time';
import { recordPath } from '../records/paths';
import { type Group, groupByDue } from './groups';
import { useNext } from './next';

const URGENT_ABOVE = 60; // a step without a priority of its own has 50
const ALWAYS: WorkView[] = ['mine', 'team', 'done'];
const VIEWS: WorkView[] = ['mine', 'team', 'standing-in', 'later', 'delegated', 'told', 'done'];

function viewOf(parameters: URLSearchParams): WorkView {
  const view = parameters.get('view') as WorkView | null;
  return view && VIEWS.includes(view) ? view : 'mine';
}

function filtersOf(parameters: URLSearchParams): WorkFilters {
  return { process: parameters.get('process'), overdue: parameters.has('overdue') };
}

// The filters stay when another queue is looked at.
function addressOf(view: WorkView, parameters: URLSearchParams): string {
  const kept = new URLSearchParams(parameters);
  if (view === 'mine') kept.delete('view');
  else kept.set('view', view);
  return kept.size ? `/work?${kept}` : '/work';
}

function Tabs({ view, parameters }: { view: WorkView; parameters: URLSearchParams }) {
  const { t } = useTranslation('work');
  const filters = filtersOf(parameters);
  const answers = useQueries({
    queries: VIEWS.filter((key) => key !== 'done').map((key) => ({
      queryKey: ['work', 'count', key, filters.process ?? '', filters.overdue ?? false],
      queryFn: () =>
        api.get('/work-items', {
          query: {
            queue: key,
            limit: 1,
            process: filters.process,
            ...(filters.overdue ? { overdue: true } : {}),
          },
        }),
    })),
  });
  const countOf = (key: WorkView) => answers[VIEWS.indexOf(key)]?.data?.count;
  const shown = VIEWS.filter((key) => ALWAYS.includes(key) || key === view || countOf(key));
  return (
    <nav className="tabs" aria-label={t('views')}>
      {shown.map((key) => (
        <Link
          key={key}
          to={addressOf(key, parameters)}
          aria-current={key === view ? 'page' : undefined}
        >
          {t(`view.${key}`)}
          {countOf(key) !== undefined && <span className="tab-count">{countOf(key)}</span>}
        </Link>
      ))}
    </nav>
  );
}

function Filters() {
  const { t } = useTranslation('work');
  const [parameters, setParameters] = useSearchParams();
  const { data: processes } = useQuery(processesQuery);
  const { process, overdue } = filtersOf(parameters);
  function set(name: string, value: string | null): void {
    const next = new URLSearchParams(parameters);
    if (value) next.set(name, value);
    else next.delete(name);
    setParameters(next, { replace: true });
  }
  return (
    <div className="work-filters">
      <select
        className="plain-select"
        aria-label={t('column.process')}
        value={process ?? ''}
        onChange={(event) => set('process', event.target.value)}
      >
        <option value="">{t('allProcesses')}</option>
        {processes?.items.map(({ key, name }) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </select>
      <label>
        <input
          type="checkbox"
          checked={overdue ?? false}
          onChange={(event) => set('overdue', event.target.checked ? '1' : null)}
        />{' '}
        {t('onlyOverdue')}
      </label>
    </div>
  );
}

interface Selection {
  ids: ReadonlySet<string>;
  toggle: (id: string) => void;
}

function Marks({ item }: { item: WorkItem }) {
  const { t } = useTranslation('work');
  return (
    <>
      {item.priority > URGENT_ABOVE && <span className="priority">{t('urgent')}</span>}
      {item.blocked && <span className="badge">{t('blocked')}</span>}
      {item.suspended && <SuspendedTag />}
      {item.escalated && <span className="badge">{t('escalated')}</span>}
      {item.follow_up_at && (
        <span className="badge">
          {t('laterUntil')} <InstantText value={item.follow_up_at} relative />
        </span>
      )}
    </>
  );
}

function Row({ item, view, selection }: { item: WorkItem; view: WorkView; selection: Selection }) {
  const { t } = useTranslation('work');
  const tell = useNotice();
  const positionOf = usePositionName();
  const { subject } = item;
  const claim = useMutation({
    mutationFn: () => api.post('/work-items/{id}/claim', { path: { id: item.id } }),
    onSuccess: () => tell(t('claimed', { step: item.name })),
    onError: (error) => tell(problemFrom(error).message, 'alert'),
    onSettled: invalidateWork,
  });
  return (
    <tr style={departmentStyle(item.department)} data-overdue={item.overdue || undefined}>
      <td className="cell-select">
        {item.state === 'offered' && view !== 'done' && (
          <input
            type="checkbox"
            aria-label={t('selectOf', { step: item.name, subject: subject?.label ?? '' })}
            checked={selection.ids.has(item.id)}
            onChange={() => selection.toggle(item.id)}
          />
        )}
      </td>
      <th scope="row" className={item.unread ? 'work-step unread' : 'work-step'}>
        <Link to={`/work/${item.id}`} className="row-link" data-row-link>
          <span className="step-mark">
            <Icon name={departmentIcon(item.department?.key)} size={15} />
          </span>
          {item.name}
        </Link>
        {item.unread && <span className="hidden">{t('unread')}</span>}
        <Marks item={item} />
      </th>
      <td>{subject && <Link to={recordPath(subject.entity, subject.id)}>{subject.label}</Link>}</td>
      <td className="optional">
        <Link
          to={`/processes/${item.process.key}?instance=${item.instance}`}
          className="quiet-link"
        >
          {item.process.name}
        </Link>
      </td>
      <td className="optional quiet">
        {[item.department?.name, positionOf(item.position)].filter(Boolean).join(' · ')}
      </td>
      <td className="nowrap">
        {view === 'done' ? (
          <InstantText value={item.created_at} relative />
        ) : (
          <DueText value={item.due_at} overdue={item.overdue} />
        )}
      </td>
      <td className="cell-action">
        {(view === 'team' || view === 'standing-in') && item.state === 'offered' ? (
          <Button
            size="small"
            loading={claim.isPending}
            aria-label={t('claimOf', { step: item.name, subject: subject?.label ?? '' })}
            onClick={() => claim.mutate()}
          >
            {t('claim')}
          </Button>
        ) : (
          <span className="quiet">
            {[
              item.assignee?.name ?? t(`state.${item.state}`),
              item.acting_for && t('actingFor', item.acting_for),
            ]
              .filter(Boolean)
              .join(' ')}
          </span>
        )}
      </td>
    </tr>
  );
}

function GroupRows({
  group,
  view,
  selection,
}: {
  group: Group;
  view: WorkView;
  selection: Selection;
}) {
  const { t } = useTranslation('work');
  return (
    <tbody>
      <tr className="group-row">
        <th colSpan={7} scope="rowgroup">
          <span className={group.key === 'overdue' ? 'late-text' : undefined}>
            {t(`group.${group.key}`)}
          </span>
          <span className="group-count">{group.items.length}</span>
        </th>
      </tr>
      {group.items.map((item) => (
        <Row key={item.id} item={item} view={view} selection={selection} />
      ))}
    </tbody>
  );
}

// j and k walk the focus over the rows' links: what is focused is what Enter opens.
function useRowKeys(table: RefObject<HTMLTableElement | null>, next: () => void): void {
  const navigate = useNavigate();
  function move(by: number): void {
    const links = [...(table.current?.querySelectorAll<HTMLElement>('[data-row-link]') ?? [])];
    const row = document.activeElement?.closest('tr');
    const at = links.findIndex((link) => link.closest('tr') === row);
    const next = at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by;
    links[Math.max(0, Math.min(links.length - 1, next))]?.focus();
  }
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    '1': () => navigate('/work'),
    '2': () => navigate('/work?view=team'),
    '3': () => navigate('/work?view=done'),
    c: () => document.activeElement?.closest('tr')?.querySelector('button')?.click(),
    x: () =>
      document.activeElement
        ?.closest('tr')
        ?.querySelector<HTMLInputElement>('input[type=checkbox]')
        ?.click(),
    v: next,
  });
}

function useSelection(items: WorkItem[]): Selection & { clear: () => void } {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const there = new Set(items.filter(({ id }) => chosen.has(id)).map(({ id }) => id));
  return {
    ids: there,
    toggle: (id) => {
      const next = new Set(there);
      if (!next.delete(id)) next.add(id);
      setChosen(next);
    },
    clear: () => setChosen(new Set()),
  };
}

function ClaimSelected({ ids, clear }: { ids: ReadonlySet<string>; clear: () => void }) {
  const { t } = useTranslation('work');
  const tell = useNotice();
  const claim = useMutation({
    mutationFn: () => api.post('/work-items/bulk', { body: { action: 'claim', items: [...ids] } }),
    onSuccess: ({ done, items }) => {
      const failed = items.find((item) => !item.done);
      tell(t('claimedMany', { count: done }), failed ? 'alert' : 'check');
      if (failed?.message) tell(failed.message, 'alert');
      clear();
    },
    onError: (error) => tell(problemFrom(error).message, 'alert'),
    onSettled: invalidateWork,
  });
  if (ids.size === 0) return null;
  return (
    <Button loading={claim.isPending} onClick={() => claim.mutate()}>
      {t('claimSelected', { count: ids.size })}
    </Button>
  );
}

function Head({ view, parameters }: { view: WorkView; parameters: URLSearchParams }) {
  const { t } = useTranslation('work');
  const { data: standing } = useQuery(workStandingQuery);
  return (
    <>
      <div className="page-head">
        <h1>{t('title')}</h1>
        <Tabs view={view} parameters={parameters} />
        {standing?.leads && <Link to="/work/team">{t('team.title')}</Link>}
        <span className="page-hint">{t('keysHint')}</span>
      </div>
      {view === 'standing-in' && standing && (
        <p className="quiet">
          {t('standingInFor', {
            names: standing.stands_in_for.map(({ name }) => name).join(', ') || '—',
          })}
        </p>
      )}
    </>
  );
}

export default function WorkList() {
  const { t } = useTranslation('work');
  const [parameters] = useSearchParams();
  const view = viewOf(parameters);
  const work = useInfiniteQuery(workQuery(view, filtersOf(parameters)));
  const table = useRef<HTMLTableElement>(null);
  const next = useNext();
  useRowKeys(table, next);
  const items = work.data?.pages.flatMap((page) => page.items) ?? [];
  const selection = useSelection(items);
  return (
    <div className="page">
      <title>{`${t('title')} · Millrace`}</title>
      <Head view={view} parameters={parameters} />
      <div className="work-bar">
        <Filters />
        <ClaimSelected ids={selection.ids} clear={selection.clear} />
        <Button type="primary" onClick={next}>
          {t('next')}
        </Button>
      </div>
      {work.isError && (
        <ProblemNotice problem={problemFrom(work.error)} retry={() => work.refetch()} />
      )}
      {work.isPending && <Loading />}
      {work.isSuccess && items.length === 0 && (
        <Empty title={t(`empty.${view}`)}>
          {view === 'mine' && <Link to="/work?view=team">{t('empty.seeTeam')}</Link>}
          {view === 'team' && <Link to="/orders/new">{t('empty.newOrder')}</Link>}
        </Empty>
      )}
      {items.length > 0 && (
        <div className="card table-card" aria-busy={work.isPlaceholderData}>
          <table className="table table-tight work-table" ref={table}>
            <caption className="hidden">{t(`view.${view}`)}</caption>
            <thead>
              <tr>
                <td className="cell-select" />
                <th scope="col">{t('column.step')}</th>
                <th scope="col">{t('column.subject')}</th>
                <th scope="col" className="optional">
                  {t('column.process')}
                </th>
                <th scope="col" className="optional">
                  {t('column.place')}
                </th>
                <th scope="col">{t(view === 'done' ? 'column.created' : 'column.due')}</th>
                <th scope="col">{t('column.assignee')}</th>
              </tr>
            </thead>
            {view === 'done' ? (
              <tbody>
                {items.map((item) => (
                  <Row key={item.id} item={item} view={view} selection={selection} />
                ))}
              </tbody>
            ) : (
              groupByDue(items).map((group) => (
                <GroupRows key={group.key} group={group} view={view} selection={selection} />
              ))
            )}
          </table>
          {work.hasNextPage && (
            <div className="grid-foot">
              <span className="quiet">
                {t('shown', { shown: items.length, total: workCount(work.data) })}
              </span>
              <Button
                size="small"
                loading={work.isFetchingNextPage}
                onClick={() => work.fetchNextPage()}
              >
                {t('more')}
              </Button>
            </div>
          )}
        </div>
      )}
    </div>
  );
}
