// SPDX-License-Identifier: Apache-2.0
// The running process on its record: done, now, next, blocked by. An ordered list, coloured by
// department; icon and text say the same without the colour.
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { BlockedBy, InstanceMoves, NowStep, PathState, PathStep } from '../api/types';
import { departmentStyle } from './department';
import { departmentIcon, Icon, type IconName } from './icon';
import { usePositionName } from './position';
import { SuspendedTag } from './suspended';
import { DueText, formatInstant } from './time';

const STATE_ICONS: Record<PathState, IconName> = {
  done: 'check',
  now: 'now',
  next: 'next',
  skipped: 'skipped',
};

function Step({ step, blocked }: { step: PathStep; blocked: boolean }) {
  const { t, i18n } = useTranslation('process');
  const by = step.by?.name;
  const title = step.at
    ? [formatInstant(step.at, i18n.language), by].filter(Boolean).join(' · ')
    : undefined;
  return (
    <li
      className={`path-step path-${step.state}`}
      style={departmentStyle(step.department)}
      aria-current={step.state === 'now' ? 'step' : undefined}
      title={title}
    >
      <span className="path-name">
        <Icon name={STATE_ICONS[step.state]} size={14} />
        {step.name}
      </span>
      <span className="path-place">
        <Icon name={departmentIcon(step.department?.key)} size={12} />
        {step.department?.name ?? t('system')}
      </span>
      <span className="path-place">
        {t(`path.${step.state}`)}
        {blocked && (
          <>
            {' · '}
            <Icon name="lock" size={12} />
            {t('path.blocked')}
          </>
        )}
      </span>
    </li>
  );
}

function NowLine({ now }: { now: NowStep }) {
  const { t } = useTranslation('process');
  const positionOf = usePositionName();
  const people = now.users.map((user) => user.name).join(', ');
  const place = [now.department?.name, positionOf(now.position), people]
    .filter(Boolean)
    .join(' · ');
  return (
    <li>
      <Icon name={now.kind === 'timer' ? 'clock' : now.kind === 'message' ? 'mail' : 'now'} />
      <span>
        <strong>
          {t('path.now')}: {now.name}
        </strong>
        {now.mine && <span className="mine-mark">{t('path.mine')}</span>}
        {place && <span className="quiet"> {place}</span>}
        {now.kind === 'message' && <span className="quiet"> {t('path.waitsForMessage')}</span>}
        {now.kind === 'timer' && <span className="quiet"> {t('path.waitsForTime')}</span>}
        {now.due && <DueText value={now.due} />}
        {now.work_item && (
          <Link to={`/work/${now.work_item}`}>{t('path.open', { step: now.name })}</Link>
        )}
      </span>
    </li>
  );
}

function BlockedLine({ blocked, linked }: { blocked: BlockedBy; linked: boolean }) {
  const { t } = useTranslation('process');
  const positionOf = usePositionName();
  const { who: whose } = blocked;
  const who = [
    whose?.department?.name,
    positionOf(whose?.position),
    whose?.users.map((user) => user.name).join(', '),
  ]
    .filter(Boolean)
    .join(' · ');
  return (
    <li className="path-blocked-line">
      <Icon name="lock" />
      <span>
        <strong>{t('path.blockedBy', { step: blocked.name })}</strong>
        {blocked.reason && <span> {blocked.reason}</span>}
        {who && <span className="quiet"> {t('path.who', { who })}</span>}
        {linked && blocked.where && (
          <Link to={blocked.where}>{t('path.open', { step: blocked.name })}</Link>
        )}
      </span>
    </li>
  );
}

export function PathBar({ instance }: { instance: InstanceMoves }) {
  const { t } = useTranslation('process');
  const { process } = instance;
  const blocked = new Set(instance.blocked_by.map(({ key }) => key));
  const shownNow = new Set(instance.now.filter((now) => now.work_item).map(({ key }) => key));
  return (
    <section className="card path-card" aria-label={t('path.of', { process: process.name })}>
      <div className="card-head">
        <h2>
          <Link to={`/processes/${process.key}?instance=${instance.id}`}>{process.name}</Link>
        </h2>
        <span className="quiet">{t('version', { version: process.version })}</span>
        <span className={`state state-${instance.state}`}>{t(`state.${instance.state}`)}</span>
        {instance.suspended !== null && <SuspendedTag reason={instance.suspended} said />}
        <Link className="card-end" to={`/instances/${instance.id}`}>
          {t('instanceDetails')}
        </Link>
      </div>
      <ol className="path" aria-label={t('path.steps')}>
        {instance.path.map((step) => (
          <Step
            key={`${step.key}-${step.state}`}
            step={step}
            blocked={step.state === 'now' && blocked.has(step.key)}
          />
        ))}
      </ol>
      {(instance.now.length > 0 || instance.blocked_by.length > 0) && (
        <ul className="path-lines">
          {instance.now.map((now) => (
            <NowLine key={now.work_item ?? now.key} now={now} />
          ))}
          {instance.blocked_by.map((step) => (
            <BlockedLine key={step.key} blocked={step} linked={!shownNow.has(step.key)} />
          ))}
        </ul>
      )}
    </section>
  );
}
