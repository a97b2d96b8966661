// SPDX-License-Identifier: Apache-2.0
// A new record of any entity. Values may be given in the address: /orders/new?customer=17.
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import { api, problemFrom } from '../../api/client';
import { entityOf, invalidateWork, metaQuery } from '../../api/queries';
import type { Entity, FieldValues } from '../../api/types';
import { FieldForm } from '../../ui/form';
import { useNotice } from '../../ui/notice';
import { ProblemNotice } from '../../ui/problem';
import { Loading } from '../../ui/states';
import NotFound from '../home/not-found';
import { DuplicateHint } from './duplicates';
import { newEntries } from './entries';
import { recordPath, recordsPath } from './paths';

function NewForm({ entity }: { entity: Entity }) {
  const { t } = useTranslation('records');
  const navigate = useNavigate();
  const tell = useNotice();
  const [parameters] = useSearchParams();
  const create = useMutation({
    // Empty fields are left out, so that the entity's defaults fill them.
    mutationFn: (fields: FieldValues) =>
      api.post('/records/{entity}', {
        path: { entity: entity.name },
        body: {
          fields: Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)),
        },
      }),
    onSuccess: (record) => {
      tell(t('created', { label: record.label }));
      void invalidateWork();
      navigate(recordPath(entity.name, record.id));
    },
  });
  const title = t('newOf', { title: entity.title });
  const path = recordsPath(entity.name);
  return (
    <div className="page page-narrow">
      <title>{`${title} · Millrace`}</title>
      <nav className="breadcrumb" aria-label={t('breadcrumb')}>
        <Link to={path}>{entity.plural}</Link>
      </nav>
      <h1>{title}</h1>
      <section className="card card-body" aria-label={title}>
        <FieldForm
          entries={newEntries(entity, Object.fromEntries(parameters))}
          submitLabel={t('create')}
          onSubmit={(fields) => create.mutate(fields)}
          busy={create.isPending}
          problem={create.error ? problemFrom(create.error) : null}
          autoFocus
          {...(entity.compared.length > 0
            ? { hint: (values: FieldValues) => <DuplicateHint entity={entity} values={values} /> }
            : {})}
          actions={<Button onClick={() => navigate(path)}>{t('cancel')}</Button>}
        />
      </section>
    </div>
  );
}

export default function NewRecord({ entity: fixed }: { entity?: string }) {
  const parameters = useParams();
  const meta = useQuery(metaQuery);
  if (meta.isPending) return <Loading />;
  if (meta.isError) return <ProblemNotice problem={problemFrom(meta.error)} />;
  const entity = entityOf(meta.data, fixed ?? parameters.entity);
  return entity ? <NewForm key={entity.name} entity={entity} /> : <NotFound />;
}
