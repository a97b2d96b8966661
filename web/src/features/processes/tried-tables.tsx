// SPDX-License-Identifier: Apache-2.0
// The tables of a certificate: what got through, the doors, and what was refused and why.
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import type { Certificate, TriedMove } from '../../api/types';
import { DataTable } from '../../ui/data-table';
import { usePositionName } from '../../ui/position';
import { doorCounts, refusalsAt, standings } from './tried';

type Names = Map<string, string>;

function useDoorName(): (door: string) => string {
  const { t } = useTranslation('certificate');
  return (door) => t(`door.${door}`, { defaultValue: door });
}

/** "EnterOrder, DecideLimit" by the names of the steps. */
function namedSteps(keys: string, names: Names): string {
  return keys
    .split(', ')
    .map((key) => names.get(key) ?? key)
    .join(', ');
}

function Named({ move }: { move: TriedMove }) {
  const positionOf = usePositionName();
  const { named } = move;
  if (!named) return null;
  const who = positionOf(named.who.position) ?? named.who.department;
  return <div className="quiet">{[named.name, who, named.where].filter(Boolean).join(' · ')}</div>;
}

export function Through({ certificate, names }: { certificate: Certificate; names: Names }) {
  const { t } = useTranslation('certificate');
  const doorName = useDoorName();
  if (certificate.through.length === 0) return null;
  return (
    <section className="card" aria-label={t('through')}>
      <div className="card-head">
        <h2>{t('through')}</h2>
        <span className="tab-count">{certificate.through.length}</span>
      </div>
      <DataTable
        label={t('through')}
        columns={[
          { key: 'move', title: t('column.move'), cell: ({ move }) => move },
          { key: 'at', title: t('column.at'), cell: ({ step }) => namedSteps(step, names) },
          { key: 'door', title: t('column.door'), cell: ({ door }) => doorName(door) },
          { key: 'who', title: t('column.who'), cell: ({ who }) => who },
          { key: 'changed', title: t('column.changed'), cell: ({ changed }) => changed },
        ]}
        rows={certificate.through}
        rowKey={({ step, door, who, move, changed }) => [step, door, who, move, changed].join('\n')}
      />
    </section>
  );
}

export function Doors({ certificate }: { certificate: Certificate }) {
  const { t, i18n } = useTranslation('certificate');
  const doorName = useDoorName();
  const format = new Intl.NumberFormat(i18n.language);
  return (
    <section className="card" aria-label={t('doors')}>
      <div className="card-head">
        <h2>{t('doors')}</h2>
      </div>
      <DataTable
        label={t('doors')}
        columns={[
          { key: 'door', title: t('column.door'), cell: ({ door }) => doorName(door) },
          {
            key: 'tried',
            title: t('column.tried'),
            number: true,
            cell: ({ moves }) => format.format(moves),
          },
          {
            key: 'refused',
            title: t('column.refused'),
            number: true,
            cell: ({ refused }) => format.format(refused),
          },
          {
            key: 'through',
            title: t('column.through'),
            number: true,
            cell: ({ through }) => format.format(through),
          },
        ]}
        rows={doorCounts(certificate)}
        rowKey={({ door }) => door}
      />
    </section>
  );
}

// The set of open steps is in the address: ?at=EnterOrder
export function Refused({ certificate, names }: { certificate: Certificate; names: Names }) {
  const { t, i18n } = useTranslation('certificate');
  const doorName = useDoorName();
  const [parameters, setParameters] = useSearchParams();
  const places = standings(certificate);
  const at = places.find((place) => place === parameters.get('at')) ?? places[0] ?? '';
  const rows = refusalsAt(certificate, at);
  const show = (place: string) => {
    const next = new URLSearchParams(parameters);
    next.set('at', place);
    setParameters(next, { replace: true });
  };
  return (
    <section className="card" aria-label={t('refused')}>
      <div className="card-head">
        <h2>{t('refused')}</h2>
        <span className="tab-count">
          {new Intl.NumberFormat(i18n.language).format(rows.length)}
        </span>
        <label className="card-end check-label">
          {t('column.at')}
          <select
            className="plain-select"
            value={at}
            onChange={(event) => show(event.target.value)}
          >
            {places.map((place) => (
              <option key={place} value={place}>
                {namedSteps(place, names)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <DataTable
        label={t('refused')}
        columns={[
          { key: 'move', title: t('column.move'), cell: ({ move }) => move },
          { key: 'who', title: t('column.who'), cell: ({ who }) => who },
          {
            key: 'door',
            title: t('column.door'),
            cell: ({ doors }) => doors.map(doorName).join(', '),
          },
          {
            key: 'why',
            title: t('column.why'),
            cell: (row) => (
              <>
                {row.why}
                <Named move={row} />
              </>
            ),
          },
        ]}
        rows={rows}
        rowKey={({ move, who, why }) => [move, who, why].join('\n')}
      />
    </section>
  );
}
