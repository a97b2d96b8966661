// SPDX-License-Identifier: Apache-2.0
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { problemFrom } from '../../api/client';
import { entityOf, metaQuery, processesQuery } from '../../api/queries';
import { isPermitted, useUser } from '../../app/session';
import { DataTable } from '../../ui/data-table';
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
        <div className="card">
          <DataTable
            label={t('title')}
            columns={[
              {
                key: 'process',
                title: t('column.process'),
                sort: ({ name }) => name,
                cell: ({ key, name, drawing, suspended }) => (
                  <>
                    <Link to={`/processes/${key}`}>{name}</Link>
                    {drawing && <span className="tag">{t('drawing')}</span>}
                    {suspended !== null && <SuspendedTag reason={suspended} />}
                  </>
                ),
              },
              {
                key: 'entity',
                title: t('column.entity'),
                cell: ({ entity }) => entityOf(meta, entity)?.title ?? entity,
              },
              {
                key: 'version',
                title: t('column.version'),
                number: true,
                cell: ({ version }) => version,
              },
              {
                key: 'departments',
                title: t('column.departments'),
                number: true,
                cell: ({ department_count }) => department_count,
              },
              {
                key: 'deployed',
                title: t('column.deployed'),
                sort: ({ deployed_at }) => deployed_at,
                cell: ({ deployed_at }) => deployed_at && <InstantText value={deployed_at} />,
              },
            ]}
            rows={items}
            rowKey={({ key }) => key}
          />
        </div>
      )}
    </div>
  );
}
