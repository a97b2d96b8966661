// SPDX-License-Identifier: Apache-2.0
// What people did with a step, oldest first: who, for whom, to whom, and what they said.
import { useTranslation } from 'react-i18next';
import type { WorkEvent } from '../../api/types';
import { formatInstant, InstantText } from '../../ui/time';

function sentence(event: WorkEvent, receiver: string | undefined, t: (key: string) => string) {
  return [t(`event.${event.kind}`), receiver].filter(Boolean).join(' ');
}

export function StepEvents({ events }: { events: WorkEvent[] }) {
  const { t, i18n } = useTranslation('work');
  if (events.length === 0) return null;
  return (
    <section className="step-events" aria-label={t('whatHappened')}>
      <h3>{t('whatHappened')}</h3>
      <ol>
        {events.map((event) => {
          const to = event.receiver?.name ?? event.position ?? event.department?.name;
          const late = event.kind === 'put off' && event.comment;
          return (
            <li key={`${event.at}-${event.kind}`}>
              <strong>{event.actor?.name ?? t('theSystem')}</strong>
              {event.acting_for && <> {t('actingFor', event.acting_for)}</>}{' '}
              {sentence(event, to && t('receiver', { name: to }), t)}
              {late && <> {formatInstant(late, i18n.language)}</>}
              <span className="quiet">
                {' '}
                · <InstantText value={event.at} relative />
              </span>
              {event.comment && !late && <p className="long-text">{event.comment}</p>}
            </li>
          );
        })}
      </ol>
    </section>
  );
}
