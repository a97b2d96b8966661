// SPDX-License-Identifier: Apache-2.0
// A refusal, told in full: what is wrong, what to do, and when a step is open which one it is, who
// can do it and the way there.
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { OpenStep, Problem } from '../api/types';
import { Icon } from './icon';
import { usePositionName } from './position';

export function useProblemText(): (problem: Problem) => string {
  const { t } = useTranslation();
  return (problem) => {
    if (problem.code === 'unreachable') return t('problem.unreachable');
    return problem.message || t('problem.unknown');
  };
}

export function OpenStepLines({ step }: { step: OpenStep }) {
  const { t } = useTranslation();
  const positionOf = usePositionName();
  const { who } = step;
  const people = who?.users.map((user) => user.name).join(', ');
  const place = [who?.department?.name, positionOf(who?.position)].filter(Boolean).join(' · ');
  const where = step.where ?? (step.work_item ? `/work/${step.work_item}` : undefined);
  return (
    <dl className="open-step">
      <dt>{t('problem.openStep')}</dt>
      <dd>{step.name}</dd>
      {(people || place) && (
        <>
          <dt>{t('problem.who')}</dt>
          <dd>{[people, place].filter(Boolean).join(' · ')}</dd>
        </>
      )}
      {where && (
        <>
          <dt>{t('problem.where')}</dt>
          <dd>
            <Link to={where}>{t('problem.goToStep', { step: step.name })}</Link>
          </dd>
        </>
      )}
    </dl>
  );
}

interface Props {
  problem: Problem;
  retry?: () => void;
}

export function ProblemNotice({ problem, retry }: Props) {
  const { t } = useTranslation();
  const text = useProblemText();
  return (
    <div className="problem" role="alert">
      <Icon name="alert" size={18} />
      <div className="problem-body">
        <p className="problem-message">{text(problem)}</p>
        {problem.detail && <p>{problem.detail}</p>}
        {problem.hint && <p>{problem.hint}</p>}
        {problem.line !== undefined && (
          <p>{t('problem.position', { line: problem.line, column: problem.column ?? 1 })}</p>
        )}
        {problem.open_step && <OpenStepLines step={problem.open_step} />}
        {retry && (
          <Button size="small" onClick={retry}>
            {t('tryAgain')}
          </Button>
        )}
      </div>
    </div>
  );
}
