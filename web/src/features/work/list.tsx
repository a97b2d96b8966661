// SPDX-License-Identifier: Apache-2.0
// My work: what waits for me, what waits for anybody of my team, what I have done.
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { Button } from 'antd';
import { type RefObject, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { api, problemFrom } from '../../api/client';
import { invalidateWork, type WorkView, workCount, workQuery } from '../../api/queries';
import type { WorkItem } from '../../api/types';
import { useKeys } from '../../app/keys';
import { departmentStyle } from '../../ui/department';
import { departmentIcon, Icon } from '../../ui/icon';
import { useNotice } from '../../ui/notice';
import { usePositionName } from '../../ui/position';
import { ProblemNotice } from '../../ui/problem';
import { Empty, Loading } from '../../ui/states';
import { DueText, InstantText } from '../../ui/time';
import { recordPath } from '../records/paths';
import { type Group, groupByDue } from './groups';

const URGENT_ABOVE = 60; // a step without a priority of its own has 50
const VIEWS: WorkView[] = ['mine', 'team', 'done'];

function viewOf(parameters: URLSearchParams): WorkView {
  const view = parameters.get('view') as WorkView | null;
  return view && VIEWS.includes(view) ? view : 'mine';
}

function Tabs({ view }: { view: WorkView }) {
  const { t } = useTranslation('work');
  const mine = useInfiniteQuery(workQuery('mine'));
  const team = useInfiniteQuery(workQuery('team'));
  const counts: Record<WorkView, number | undefined> = {
    mine: workCount(mine.data),
    team: workCount(team.data),
    done: undefined,
  };
  return (
    <nav className="tabs" aria-label={t('views')}>
      {VIEWS.map((key) => (
        <Link
          key={key}
          to={key === 'mine' ? '/work' : `/work?view=${key}`}
          aria-current={key === view ? 'page' : undefined}
        >
          {t(`view.${key}`)}
          {counts[key] !== undefined && <span className="tab-count">{counts[key]}</span>}
        </Link>
      ))}
    </nav>
  );
}

function Row({ item, view }: { item: WorkItem; view: WorkView }) {
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
      <th scope="row" className="work-step">
        <Link to={`/work/${item.id}`} className="row-link" data-row-link>
          <span className="step-mark">
            <Icon name={departmentIcon(item.department?.key)} size={15} />
          </span>
          {item.name}
        </Link>
        {item.priority > URGENT_ABOVE && <span className="priority">{t('urgent')}</span>}
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
        {view === 'team' && item.state === 'offered' ? (
          <Button
            size="small"
            loading={claim.isPending}
            aria-label={t('claimOf', { step: item.name, subject: subject?.label ?? '' })}
            onClick={() => claim.mutate()}
          >
            {t('claim')}
          </Button>
        ) : (
          <span className="quiet">{item.assignee?.name ?? t(`state.${item.state}`)}</span>
        )}
      </td>
    </tr>
  );
}

function GroupRows({ group, view }: { group: Group; view: WorkView }) {
  const { t } = useTranslation('work');
  return (
    <tbody>
      <tr className="group-row">
        <th colSpan={6} scope="rowgroup">
          <span className={group.key === 'overdue' ? 'late-text' : undefined}>
            {t(`group.${group.key}`)}
          </span>
          <span className="group-count">{group.items.length}</span>
        </th>
      </tr>
      {group.items.map((item) => (
        <Row key={item.id} item={item} view={view} />
      ))}
    </tbody>
  );
}

// j and k walk the focus over the rows' links: what is focused is what Enter opens.
function useRowKeys(table: RefObject<HTMLTableElement | null>): void {
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
  });
}

export default function WorkList() {
  const { t } = useTranslation('work');
  const [parameters] = useSearchParams();
  const view = viewOf(parameters);
  const work = useInfiniteQuery(workQuery(view));
  const table = useRef<HTMLTableElement>(null);
  useRowKeys(table);
  const items = work.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="page">
      <title>{`${t('title')} · Millrace`}</title>
      <div className="page-head">
        <h1>{t('title')}</h1>
        <Tabs view={view} />
        <span className="page-hint">{t('keysHint')}</span>
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
          <table className="table table-tight" ref={table}>
            <caption className="hidden">{t(`view.${view}`)}</caption>
            <thead>
              <tr>
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
                  <Row key={item.id} item={item} view={view} />
                ))}
              </tbody>
            ) : (
              groupByDue(items).map((group) => (
                <GroupRows key={group.key} group={group} view={view} />
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
