// SPDX-License-Identifier: Apache-2.0
// Two records side by side: which one stays, and whose value of each field it has then.
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import { api, problemFrom } from '../../api/client';
import { entityOf, metaQuery, queryClient, recordQuery } from '../../api/queries';
import type { Entity, Field, Id, RecordRow } from '../../api/types';
import { FieldDisplay, isEmpty } from '../../meta/registry';
import { useNotice } from '../../ui/notice';
import { ProblemNotice } from '../../ui/problem';
import { Loading } from '../../ui/states';
import NotFound from '../home/not-found';
import { recordPath, recordsPath } from './paths';

type Side = 'left' | 'right';
type Sides = Record<Side, RecordRow>;
const SIDES: readonly Side[] = ['left', 'right'];
const other = (side: Side): Side => (side === 'left' ? 'right' : 'left');

function same(field: Field, { left, right }: Sides): boolean {
  return JSON.stringify(left.fields[field.name]) === JSON.stringify(right.fields[field.name]);
}

// Until somebody chooses: the value of the record that stays, unless it has none.
function sideOf(field: Field, sides: Sides, stays: Side, chosen: Record<string, Side>): Side {
  const fallback = isEmpty(sides[stays].fields[field.name]) ? other(stays) : stays;
  return chosen[field.name] ?? fallback;
}

function ChoiceRow({
  field,
  sides,
  side,
  choose,
}: {
  field: Field;
  sides: Sides;
  side: Side;
  choose: (side: Side) => void;
}) {
  const fixed = field.read_only || same(field, sides);
  return (
    <tr>
      <th scope="row" id={`merge-${field.name}`}>
        {field.title}
      </th>
      {SIDES.map((one) => {
        const value = (
          <FieldDisplay
            field={field}
            value={sides[one].fields[field.name]}
            reference={sides[one].references[field.name]}
          />
        );
        return (
          <td key={one}>
            {fixed ? (
              value
            ) : (
              <span className="merge-choice">
                <input
                  type="radio"
                  name={`merge-${field.name}`}
                  aria-labelledby={`merge-${field.name} merge-${field.name}-${one}`}
                  checked={side === one}
                  onChange={() => choose(one)}
                />
                <span id={`merge-${field.name}-${one}`}>{value}</span>
              </span>
            )}
          </td>
        );
      })}
    </tr>
  );
}

function Compare({ entity, sides }: { entity: Entity; sides: Sides }) {
  const { t } = useTranslation('records');
  const navigate = useNavigate();
  const tell = useNotice();
  const [stays, setStays] = useState<Side>('left');
  const [chosen, setChosen] = useState<Record<string, Side>>({});
  const fields = entity.fields.filter(
    (field) => !field.system && !SIDES.every((side) => isEmpty(sides[side].fields[field.name])),
  );
  const winner = sides[stays];
  const loser = sides[other(stays)];
  const take = fields
    .filter((field) => !field.read_only && !same(field, sides))
    .filter((field) => sideOf(field, sides, stays, chosen) !== stays)
    .map(({ name }) => name);
  const merge = useMutation({
    mutationFn: () =>
      api.post('/records/{entity}/{id}/merge', {
        path: { entity: entity.name, id: winner.id },
        body: { loser: loser.id, version: winner.version, loser_version: loser.version, take },
      }),
    onSuccess: ({ record }) => {
      tell(t('duplicates.merged', { loser: loser.label, winner: record.label }));
      void queryClient.invalidateQueries();
      navigate(recordPath(entity.name, record.id));
    },
  });
  const title = t('duplicates.merge', { plural: entity.plural });
  return (
    <div className="page">
      <title>{`${title} · Millrace`}</title>
      <nav className="breadcrumb" aria-label={t('breadcrumb')}>
        <Link to={recordsPath(entity.name)}>{entity.plural}</Link>
      </nav>
      <h1>{title}</h1>
      <p>{t('duplicates.what')}</p>
      <div className="table-card">
        <table className="table" aria-label={title}>
          <thead>
            <tr>
              <th scope="col">{t('duplicates.stays')}</th>
              {SIDES.map((side) => (
                <th scope="col" key={side}>
                  <span className="merge-choice">
                    <input
                      type="radio"
                      name="merge-stays"
                      aria-label={t('duplicates.staysOf', {
                        label: sides[side].label,
                        side: t(`duplicates.${side}`),
                      })}
                      checked={stays === side}
                      onChange={() => setStays(side)}
                    />
                    <Link to={recordPath(entity.name, sides[side].id)}>{sides[side].label}</Link>
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {fields.map((field) => (
              <ChoiceRow
                key={field.name}
                field={field}
                sides={sides}
                side={sideOf(field, sides, stays, chosen)}
                choose={(side) => setChosen((before) => ({ ...before, [field.name]: side }))}
              />
            ))}
          </tbody>
        </table>
      </div>
      {merge.error && <ProblemNotice problem={problemFrom(merge.error)} />}
      <div className="form-actions">
        <Button type="primary" loading={merge.isPending} onClick={() => merge.mutate()}>
          {t('duplicates.mergeNow')}
        </Button>
        <Button onClick={() => navigate(-1)}>{t('cancel')}</Button>
      </div>
    </div>
  );
}

function Both({ entity, left, right }: { entity: Entity; left: Id; right: Id }) {
  const one = useQuery(recordQuery(entity.name, left));
  const two = useQuery(recordQuery(entity.name, right));
  const error = one.error ?? two.error;
  if (error) return <ProblemNotice problem={problemFrom(error)} />;
  if (!one.data || !two.data) return <Loading />;
  if (one.data.id === two.data.id) return <NotFound />;
  return (
    <Compare
      key={`${one.data.version}/${two.data.version}`}
      entity={entity}
      sides={{ left: one.data, right: two.data }}
    />
  );
}

export default function MergePage() {
  const { entity: named, id = '', other: second = '' } = useParams();
  const meta = useQuery(metaQuery);
  if (meta.isPending) return <Loading />;
  if (meta.isError) return <ProblemNotice problem={problemFrom(meta.error)} />;
  const entity = entityOf(meta.data, named);
  return entity ? <Both entity={entity} left={id} right={second} /> : <NotFound />;
}
