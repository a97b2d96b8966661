// SPDX-License-Identifier: Apache-2.0
// What an import did, would do or has undone, and the lines that need a hand.
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api } from '../../api/client';
import type { Entity, Import } from '../../api/types';
import { Icon } from '../../ui/icon';
import { recordPath, recordsPath } from './paths';

function Counts({ job }: { job: Import }) {
  const { t, i18n } = useTranslation('imports');
  const format = new Intl.NumberFormat(i18n.language);
  const counts = (
    job.task === 'undo'
      ? (['undone', 'kept'] as const)
      : (['created', 'updated', 'unchanged', 'refused'] as const)
  ).map((name) => [name, job[name]] as const);
  return (
    <dl className="import-counts">
      {counts.map(([name, count]) => (
        <div key={name}>
          <dt>{t(`count.${name}`)}</dt>
          <dd>{format.format(count)}</dd>
        </div>
      ))}
    </dl>
  );
}

function Refused({ job }: { job: Import }) {
  const { t } = useTranslation('imports');
  if (job.refusals.length === 0) return null;
  return (
    <>
      <div className="card-head">
        <h2>{t('refused')}</h2>
        <a
          className="card-end"
          href={api.address('/imports/{id}/refused', { path: { id: job.id } })}
        >
          {t('download')}
        </a>
      </div>
      <div className="table-card">
        <table className="table" aria-label={t('refused')}>
          <thead>
            <tr>
              <th scope="col" className="number">
                {t('line')}
              </th>
              <th scope="col">{t('problem')}</th>
              <th scope="col">{t('cells')}</th>
            </tr>
          </thead>
          <tbody>
            {job.refusals.map((refusal) => (
              <tr key={refusal.line}>
                <td className="number">{refusal.line}</td>
                <td>{refusal.message}</td>
                <td className="quiet">{refusal.cells.join(' · ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Alike({ job }: { job: Import }) {
  const { t } = useTranslation('imports');
  const items = job.duplicates ?? [];
  if (items.length === 0 || job.task === 'undo') return null;
  return (
    <div className="table-card">
      <table className="table" aria-label={t('alike', { count: job.alike ?? items.length })}>
        <caption>{t('alike', { count: job.alike ?? items.length })}</caption>
        <thead>
          <tr>
            <th scope="col" className="number">
              {t('line')}
            </th>
            <th scope="col">{t('record')}</th>
            <th scope="col">{t('alikeTo')}</th>
            <th scope="col" className="number">
              %
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map(({ line, record, label, other, score }) => (
            <tr key={line}>
              <td className="number">{line}</td>
              <td>{record ? <Link to={recordPath(job.entity, record)}>{label}</Link> : label}</td>
              <td>
                <Link to={recordPath(job.entity, other.id)}>{other.label}</Link>
              </td>
              <td className="number">{score}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Kept({ job }: { job: Import }) {
  const { t } = useTranslation('imports');
  if (job.problems.length === 0) return null;
  return (
    <div className="table-card">
      <table className="table" aria-label={t('keptTitle')}>
        <thead>
          <tr>
            <th scope="col" className="number">
              {t('line')}
            </th>
            <th scope="col">{t('problem')}</th>
            <th scope="col">{t('record')}</th>
          </tr>
        </thead>
        <tbody>
          {job.problems.map((problem) => (
            <tr key={problem.record}>
              <td className="number">{problem.line}</td>
              <td>{problem.message}</td>
              <td>
                <Link to={recordPath(job.entity, problem.record)}>{t('openRecord')}</Link>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Report({
  job,
  entity,
  onUndo,
  onGoOn,
  busy,
}: {
  job: Import;
  entity: Entity;
  onUndo: () => void;
  onGoOn: () => void;
  busy: boolean;
}) {
  const { t } = useTranslation('imports');
  const left = job.state === 'cancelled' || job.state === 'failed';
  const changed = job.task === 'run' && job.created + job.updated > 0;
  return (
    <section className="card" aria-label={t('report')}>
      <div className="card-head">
        <Icon name={job.state === 'done' ? 'check' : 'alert'} />
        <h2 role="status">{t(`ended.${job.task}.${job.state}`)}</h2>
        <div className="card-end import-choice">
          {job.task === 'run' && left && (
            <Button onClick={onGoOn} loading={busy}>
              {t('goOn')}
            </Button>
          )}
          {changed && (
            <Button onClick={onUndo} loading={busy} danger>
              {t('undo')}
            </Button>
          )}
          {job.task !== 'try' && <Link to={recordsPath(entity.name)}>{entity.plural}</Link>}
        </div>
      </div>
      <div className="card-body">
        {job.message && <p className="problem-message">{job.message}</p>}
        <Counts job={job} />
      </div>
      {job.task === 'undo' ? <Kept job={job} /> : <Refused job={job} />}
      <Alike job={job} />
    </section>
  );
}
