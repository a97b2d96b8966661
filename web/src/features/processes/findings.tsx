// SPDX-License-Identifier: Apache-2.0
// What was found in a model when it was deployed: warnings, and of a drawing what keeps it from
// running.
import { useTranslation } from 'react-i18next';
import type { ModelProblem, Process } from '../../api/types';

interface Props {
  title: string;
  problems: ModelProblem[];
  names: Map<string, string>; // of the elements, by id
}

export function ProblemTable({ title, problems, names }: Props) {
  const { t } = useTranslation('process');
  if (problems.length === 0) return null;
  return (
    <section className="card" aria-label={title}>
      <div className="card-head">
        <h2>{title}</h2>
        <span className="tab-count">{problems.length}</span>
      </div>
      <div className="table-card">
        <table className="table">
          <caption className="hidden">{title}</caption>
          <thead>
            <tr>
              <th scope="col">{t('findings.where')}</th>
              <th scope="col">{t('findings.what')}</th>
              <th scope="col">{t('findings.rule')}</th>
              <th scope="col" className="number">
                {t('findings.line')}
              </th>
            </tr>
          </thead>
          <tbody>
            {problems.map((problem) => (
              <tr key={`${problem.rule} ${problem.element} ${problem.line} ${problem.message}`}>
                <th scope="row">{names.get(problem.element) || problem.element}</th>
                <td>
                  <span className={problem.warning ? 'tag' : 'state state-failed'}>
                    {t(problem.warning ? 'findings.warning' : 'findings.blocks')}
                  </span>{' '}
                  {problem.message}
                  {problem.hint && <div className="quiet">{problem.hint}</div>}
                </td>
                <td>{problem.rule}</td>
                <td className="number">{problem.line}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

export function Findings({ process }: { process: Process }) {
  const { t } = useTranslation('process');
  const names = new Map(process.steps.map((step) => [step.key, step.name]));
  return <ProblemTable title={t('findings.title')} problems={process.problems} names={names} />;
}
