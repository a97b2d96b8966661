// SPDX-License-Identifier: Apache-2.0
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { problemFrom } from '../../api/client';
import { entityOf, metaQuery, processesQuery } from '../../api/queries';
import { isPermitted, useUser } from '../../app/session';
import { ProblemNotice } from '../../ui/problem';
import { Empty, Loading } from '../../ui/states';
import { SuspendedTag } from '../../ui/suspended';
import { InstantText } from '../../ui/time';

export default function ProcessList() {
  const { t } = useTranslation('process');
  const processes = useQuery(processesQuery);
  const mayDeploy = isPermitted(useUser(), 'process.deploy');
  const { data: meta } = useQuery(metaQuery);
  const items = processes.data?.items ?? [];
  return (
    <div className="page">
      <title>{`${t('title')} · Millrace`}</title>
      <div className="page-head">
        <h1>{t('title')}</h1>
        {mayDeploy && (
          <Link className="button-primary page-end" to="/processes/deploy">
            {t('owner:deploy.open')}
          </Link>
        )}
      </div>
      {processes.isPending && <Loading />}
      {processes.isError && (
        <ProblemNotice problem={problemFrom(processes.error)} retry={() => processes.refetch()} />
      )}
      {processes.isSuccess && items.length === 0 && <Empty title={t('empty')} />}
      {items.length > 0 && (
        <div className="card table-card">
          <table className="table">
            <caption className="hidden">{t('title')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('column.process')}</th>
                <th scope="col">{t('column.entity')}</th>
                <th scope="col" className="number">
                  {t('column.version')}
                </th>
                <th scope="col" className="number">
                  {t('column.departments')}
                </th>
                <th scope="col">{t('column.deployed')}</th>
              </tr>
            </thead>
            <tbody>
              {items.map((process) => (
                <tr key={process.key}>
                  <th scope="row">
                    <Link to={`/processes/${process.key}`}>{process.name}</Link>
                    {process.drawing && <span className="tag">{t('drawing')}</span>}
                    {process.suspended !== null && <SuspendedTag reason={process.suspended} />}
                  </th>
                  <td>{entityOf(meta, process.entity)?.title ?? process.entity}</td>
                  <td className="number">{process.version}</td>
                  <td className="number">{process.department_count}</td>
                  <td>{process.deployed_at && <InstantText value={process.deployed_at} />}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}
