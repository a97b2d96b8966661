// SPDX-License-Identifier: Apache-2.0
// The tables of a certificate: what got through, the doors, and what was refused and why.
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import type { Certificate, TriedMove } from '../../api/types';
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
      <div className="table-card">
        <table className="table">
          <caption className="hidden">{t('through')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('column.move')}</th>
              <th scope="col">{t('column.at')}</th>
              <th scope="col">{t('column.door')}</th>
              <th scope="col">{t('column.who')}</th>
              <th scope="col">{t('column.changed')}</th>
            </tr>
          </thead>
          <tbody>
            {certificate.through.map((move) => (
              <tr key={[move.step, move.door, move.who, move.move, move.changed].join('\n')}>
                <th scope="row">{move.move}</th>
                <td>{namedSteps(move.step, names)}</td>
                <td>{doorName(move.door)}</td>
                <td>{move.who}</td>
                <td>{move.changed}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
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
      <div className="table-card">
        <table className="table">
          <caption className="hidden">{t('doors')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('column.door')}</th>
              <th scope="col" className="number">
                {t('column.tried')}
              </th>
              <th scope="col" className="number">
                {t('column.refused')}
              </th>
              <th scope="col" className="number">
                {t('column.through')}
              </th>
            </tr>
          </thead>
          <tbody>
            {doorCounts(certificate).map(({ door, moves, refused, through }) => (
              <tr key={door}>
                <th scope="row">{doorName(door)}</th>
                <td className="number">{format.format(moves)}</td>
                <td className="number">{format.format(refused)}</td>
                <td className="number">{format.format(through)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
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
      <div className="table-card">
        <table className="table">
          <caption className="hidden">{t('refused')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('column.move')}</th>
              <th scope="col">{t('column.who')}</th>
              <th scope="col">{t('column.door')}</th>
              <th scope="col">{t('column.why')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={[row.move, row.who, row.why].join('\n')}>
                <th scope="row">{row.move}</th>
                <td>{row.who}</td>
                <td>{row.doors.map(doorName).join(', ')}</td>
                <td>
                  {row.why}
                  <Named move={row} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
