// SPDX-License-Identifier: Apache-2.0
// A week of what the person has planned, as a list of days; the week is in the address.
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { problemFrom } from '../../api/client';
import { calendarQuery, entityOf, metaQuery } from '../../api/queries';
import type { Entity, RecordRow } from '../../api/types';
import { useKeys } from '../../app/keys';
import { FieldDisplay } from '../../meta/registry';
import { ProblemNotice } from '../../ui/problem';
import { Loading } from '../../ui/states';
import { recordPath } from '../records/paths';
import { addDays, dayText, mondayOf, weekOf } from './week';

const MOST = 200;

function Appointment({ row, entity }: { row: RecordRow; entity: Entity | undefined }) {
  const { i18n } = useTranslation();
  const time = (value: unknown) =>
    new Intl.DateTimeFormat(i18n.language, { timeStyle: 'short' }).format(new Date(String(value)));
  const show = (name: string) => {
    const field = entity?.fields.find((one) => one.name === name);
    const value = row.fields[name];
    return field && value ? (
      <FieldDisplay field={field} value={value} reference={row.references[name]} />
    ) : null;
  };
  return (
    <li>
      <span className="quiet">
        {time(row.fields.start)}
        {row.fields.end ? `–${time(row.fields.end)}` : ''}
      </span>{' '}
      {show('kind')} <Link to={recordPath('activity', row.id)}>{row.label}</Link> {show('status')}{' '}
      {show('about')} {show('place')}
    </li>
  );
}

export default function CalendarPage() {
  const { t, i18n } = useTranslation('story');
  const [parameters, setParameters] = useSearchParams();
  const monday = mondayOf(parameters.get('week'));
  const meta = useQuery(metaQuery);
  const entity = meta.data && entityOf(meta.data, 'activity');
  const planned = useQuery(calendarQuery(monday.toISOString(), addDays(monday, 7).toISOString()));
  const turn = (days: number) => setParameters({ week: dayText(addDays(monday, days)) });
  useKeys({ ArrowLeft: () => turn(-7), ArrowRight: () => turn(7) });
  const format = new Intl.DateTimeFormat(i18n.language, {
    weekday: 'long',
    month: 'long',
    day: 'numeric',
  });
  const of = (day: Date) =>
    planned.data?.items.filter(
      ({ fields }) => dayText(new Date(String(fields.start))) === dayText(day),
    ) ?? [];
  const title = t('calendar.week', { day: format.format(monday) });
  return (
    <div className="page">
      <title>{`${t('calendar.title')} · Millrace`}</title>
      <div className="page-head">
        <h1>{t('calendar.title')}</h1>
        <Button onClick={() => turn(-7)}>{t('calendar.before')}</Button>
        <Button onClick={() => setParameters({})}>{t('calendar.today')}</Button>
        <Button onClick={() => turn(7)}>{t('calendar.after')}</Button>
        {entity?.may.create && <Link to="/records/activity/new">{t('calendar.new')}</Link>}
      </div>
      <p className="quiet" aria-live="polite">
        {title} · {t('calendar.keys')}
      </p>
      {planned.isPending && <Loading />}
      {planned.isError && <ProblemNotice problem={problemFrom(planned.error)} />}
      {planned.data?.next && <p className="quiet">{t('calendar.tooMany', { count: MOST })}</p>}
      {planned.data &&
        weekOf(monday).map((day) => (
          <section className="card" key={dayText(day)} aria-label={format.format(day)}>
            <div className="card-head">
              <h2>{format.format(day)}</h2>
            </div>
            <ul className="card-body calendar-day">
              {of(day).length === 0 && <li className="quiet">{t('calendar.none')}</li>}
              {of(day).map((row) => (
                <Appointment key={row.id} row={row} entity={entity} />
              ))}
            </ul>
          </section>
        ))}
    </div>
  );
}
