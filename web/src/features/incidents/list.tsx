// SPDX-License-Identifier: Apache-2.0
// What went wrong in running processes: mine, all that is open, what is resolved.
import { useInfiniteQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { problemFrom } from '../../api/client';
import { type IncidentView, incidentsQuery } from '../../api/queries';
import type { Incident } from '../../api/types';
import { isPermitted, useUser } from '../../app/session';
import { ProblemNotice } from '../../ui/problem';
import { Empty, Loading } from '../../ui/states';
import { InstantText } from '../../ui/time';
import { recordPath } from '../records/paths';

const VIEWS: readonly IncidentView[] = ['mine', 'unresolved', 'resolved'];

function Rows({ items }: { items: Incident[] }) {
  const { t } = useTranslation('incident');
  return (
    <table className="table">
      <caption className="hidden">{t('title')}</caption>
      <thead>
        <tr>
          {(['step', 'message', 'subject', 'owner', 'state', 'since'] as const).map((column) => (
            <th key={column} scope="col">
              {t(`column.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {items.map((incident) => (
          <tr key={incident.id}>
            <th scope="row">
              <Link to={`/incidents/${incident.id}`}>{incident.step.name}</Link>
              <div className="quiet">{incident.process.name}</div>
            </th>
            <td className="long-text">{incident.message}</td>
            <td>
              {incident.subject && (
                <Link to={recordPath(incident.subject.entity, incident.subject.id)}>
                  {incident.subject.label}
                </Link>
              )}
            </td>
            <td>{incident.owner?.name ?? t('nobody')}</td>
            <td>{t(incident.stands ? `state.${incident.state}` : `warning.${incident.state}`)}</td>
            <td className="nowrap">
              <InstantText value={incident.opened_at} relative />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export default function IncidentList() {
  const { t } = useTranslation('incident');
  const [parameters] = useSearchParams();
  const user = useUser();
  const seesAll = isPermitted(user, 'process.retry') || isPermitted(user, 'process.read');
  const asked = VIEWS.find((view) => view === parameters.get('view'));
  const view = seesAll ? (asked ?? 'unresolved') : 'mine';
  const incidents = useInfiniteQuery(incidentsQuery(view, parameters.get('process')));
  const items = incidents.data?.pages.flatMap((page) => page.items) ?? [];
  const count = incidents.data?.pages[0]?.count ?? 0;
  return (
    <div className="page">
      <title>{`${t('title')} · Millrace`}</title>
      <div className="page-head">
        <h1>{t('title')}</h1>
        <span className="tab-count" role="status">
          {t('count', { count })}
        </span>
      </div>
      {seesAll && (
        <nav className="tabs" aria-label={t('views')}>
          {VIEWS.map((key) => (
            <Link
              key={key}
              to={`/incidents?view=${key}`}
              aria-current={key === view ? 'page' : undefined}
            >
              {t(`view.${key}`)}
            </Link>
          ))}
        </nav>
      )}
      {incidents.isPending && <Loading />}
      {incidents.isError && (
        <ProblemNotice problem={problemFrom(incidents.error)} retry={() => incidents.refetch()} />
      )}
      {incidents.isSuccess && items.length === 0 && <Empty title={t('empty')} />}
      {items.length > 0 && (
        <div className="card table-card">
          <Rows items={items} />
        </div>
      )}
      {incidents.hasNextPage && (
        <Button onClick={() => incidents.fetchNextPage()}>{t('more')}</Button>
      )}
    </div>
  );
}
