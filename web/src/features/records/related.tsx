// SPDX-License-Identifier: Apache-2.0
// What belongs to a record: for each entity that refers to it, the first rows and the way to all.
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api, problemFrom } from '../../api/client';
import { metaQuery, queryClient } from '../../api/queries';
import type { Entity, Field, RecordRow } from '../../api/types';
import { currencyOf, isHidden } from '../../meta/fields';
import { FieldCell, kindOf } from '../../meta/registry';
import { Dialog } from '../../ui/dialog';
import { FieldForm } from '../../ui/form';
import { Icon } from '../../ui/icon';
import { useNotice } from '../../ui/notice';
import { ProblemNotice } from '../../ui/problem';
import { newEntries } from './entries';
import { recordPath, recordsPath } from './paths';
import { encodeFilter } from './url-state';

const ROWS = 10;
const COLUMNS = 5;

interface Relation {
  entity: Entity;
  by: Field;
  title: string;
}

// The parts that the entity declares, under their own titles, then whatever else refers to it. What
// the system writes itself (who created, who changed) relates everything to everybody.
export function relationsOf(entities: Entity[], entity: Entity): Relation[] {
  const find = (name: string) => entities.find((one) => one.name === name);
  const parts = (entity.children ?? []).flatMap((child) => {
    const of = find(child.entity);
    const by = of?.fields.find(({ name }) => name === child.by);
    return of && by ? [{ entity: of, by, title: child.title }] : [];
  });
  const others = entities.flatMap((one) => {
    const fields = one.fields.filter(
      ({ type, to, system }) => type.endsWith('reference') && to === entity.name && !system,
    );
    return fields
      .filter((by) => !parts.some((part) => part.entity === one && part.by === by))
      .map((by) => ({
        entity: one,
        by,
        title: fields.length > 1 ? `${one.plural} (${by.title})` : one.plural,
      }));
  });
  return [...parts, ...others];
}

function columnsOf({ entity, by }: Relation): Field[] {
  const label = entity.fields.find(({ name }) => name === entity.label);
  const named = entity.lists[0]?.columns.flatMap(
    (column) => entity.fields.find(({ name }) => name === column) ?? [],
  );
  const others = (named ?? entity.fields).filter(
    (field) =>
      field.name !== by.name &&
      field.name !== entity.label &&
      field.type !== 'long_text' &&
      field.type !== 'json' &&
      (named !== undefined || !field.system) &&
      !isHidden(field),
  );
  return [...(label && label.name !== by.name ? [label] : []), ...others].slice(0, COLUMNS);
}

function AddDialog({
  relation,
  record,
  close,
}: {
  relation: Relation;
  record: RecordRow;
  close: () => void;
}) {
  const { t } = useTranslation('records');
  const tell = useNotice();
  const { entity, by } = relation;
  const entries = newEntries(entity).filter(({ field }) => field.name !== by.name);
  const create = useMutation({
    mutationFn: (fields: object) =>
      api.post('/records/{entity}', {
        path: { entity: entity.name },
        body: {
          fields: {
            ...fields,
            [by.name]: by.type === 'multi_reference' ? [record.id] : record.id,
          },
        },
      }),
    onSuccess: (made) => {
      tell(t('created', { label: made.label }));
      void queryClient.invalidateQueries({ queryKey: ['records'] });
      void queryClient.invalidateQueries({ queryKey: ['record'] });
      close();
    },
  });
  return (
    <Dialog width={640} footer={null} title={t('newOf', { title: entity.title })} onCancel={close}>
      <FieldForm
        entries={entries}
        submitLabel={t('create')}
        onSubmit={(fields) => create.mutate(fields)}
        busy={create.isPending}
        problem={create.error ? problemFrom(create.error) : null}
        actions={<Button onClick={close}>{t('cancel')}</Button>}
      />
    </Dialog>
  );
}

function RelatedTable({ relation, rows }: { relation: Relation; rows: RecordRow[] }) {
  const columns = columnsOf(relation);
  return (
    <div className="table-card">
      <table className="table table-tight">
        <caption className="hidden">{relation.title}</caption>
        <thead>
          <tr>
            {columns.map((field) => (
              <th
                key={field.name}
                scope="col"
                className={kindOf(field).align === 'end' ? 'number' : undefined}
              >
                {field.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              {columns.map((field, index) => (
                <td
                  key={field.name}
                  className={kindOf(field).align === 'end' ? 'number' : undefined}
                >
                  {index === 0 ? (
                    <Link to={recordPath(relation.entity.name, row.id)}>{row.label}</Link>
                  ) : (
                    <FieldCell
                      field={field}
                      value={row.fields[field.name]}
                      reference={row.references[field.name]}
                      currency={currencyOf(field, row.fields)}
                    />
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Related({ relation, record }: { relation: Relation; record: RecordRow }) {
  const { t } = useTranslation('records');
  const [adding, setAdding] = useState(false);
  const { entity, by, title } = relation;
  const several = by.type === 'multi_reference';
  const filter = { field: by.name, operator: several ? 'contains' : '=', value: record.id };
  const rows = useQuery({
    queryKey: ['records', entity.name, 'related', by.name, record.id],
    queryFn: () =>
      api.get('/records/{entity}', {
        path: { entity: entity.name },
        query: { filter: JSON.stringify([filter]), limit: ROWS, count: true },
      }),
  });
  const count = rows.data?.count ?? rows.data?.items.length ?? 0;
  const mayAdd = entity.may.create && !by.read_only && !by.process_owned;
  if (rows.isSuccess && count === 0 && !mayAdd) return null;
  return (
    <section className="card" aria-label={title}>
      <div className="card-head">
        <h2>{title}</h2>
        <span className="tab-count">{count}</span>
        <span className="card-end related-actions">
          {count > ROWS && (
            <Link to={`${recordsPath(entity.name)}?f=${encodeURIComponent(encodeFilter(filter))}`}>
              {t('seeAll')}
            </Link>
          )}
          {mayAdd && (
            <Button
              size="small"
              icon={<Icon name="plus" size={14} />}
              aria-label={t('addOf', { title: entity.title })}
              onClick={() => setAdding(true)}
            >
              {t('add')}
            </Button>
          )}
        </span>
      </div>
      {rows.isError && <ProblemNotice problem={problemFrom(rows.error)} />}
      {count > 0 && <RelatedTable relation={relation} rows={rows.data?.items ?? []} />}
      {adding && <AddDialog relation={relation} record={record} close={() => setAdding(false)} />}
    </section>
  );
}

export function RelatedLists({ entity, record }: { entity: Entity; record: RecordRow }) {
  const { data: meta } = useQuery(metaQuery);
  const relations = relationsOf(meta?.entities ?? [], entity);
  return (
    <>
      {relations.map((relation) => (
        <Related
          key={`${relation.entity.name}-${relation.by.name}`}
          relation={relation}
          record={record}
        />
      ))}
    </>
  );
}
