// SPDX-License-Identifier: Apache-2.0
// The heat map of a process: what is passed often, where cases wait, what takes long. All of what
// is chosen is in the address: ?show=waiting&days=90&version=2, ?from=2026-01-01&to=2026-01-31.
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { problemFrom } from '../../api/client';
import { heatQuery } from '../../api/owner';
import { diagramQuery, metaQuery } from '../../api/queries';
import type { Heat, Process } from '../../api/types';
import { ProblemNotice } from '../../ui/problem';
import { Loading } from '../../ui/states';
import { formatDuration } from '../../ui/time';
import { changed } from '../../ui/url';
import { ProcessFrame } from './frame';
import {
  dayText,
  LAYERS,
  type Layer,
  lastDay,
  mostOf,
  PERIODS,
  paintOf,
  periodOf,
} from './heat-scale';
import { HeatTable } from './heat-table';
import { stepDepartments } from './picture';
import { VersionChoice } from './version-choice';

const Diagram = lazy(() => import('../../ui/diagram'));

function Choices({ process }: { process: Process }) {
  const { t } = useTranslation('owner');
  const [parameters, setParameters] = useSearchParams();
  const { from, to } = periodOf(parameters);
  const own = parameters.has('from') || parameters.has('to');
  const days = Number(parameters.get('days')) || 30;
  // By the address as it is now: of two days set at once, this has not been drawn with the first yet.
  const setDay = (name: 'from' | 'to', value: string) => {
    const now = new URLSearchParams(window.location.search);
    const period = periodOf(now);
    const days = { from: dayText(period.from), to: dayText(lastDay(period.to)) };
    setParameters(changed(now, { ...days, [name]: value, days: undefined }), { replace: true });
  };
  return (
    <div className="choice-line">
      <nav className="tabs" aria-label={t('heat.period')}>
        {PERIODS.map((period) => (
          <Link
            key={period}
            replace
            to={{
              search: `?${changed(parameters, { days: String(period), from: undefined, to: undefined })}`,
            }}
            aria-current={!own && period === days ? 'true' : undefined}
          >
            {t('heat.days', { count: period })}
          </Link>
        ))}
      </nav>
      <label>
        {t('heat.from')}
        <input
          type="date"
          className="plain-input"
          value={dayText(from)}
          max={dayText(lastDay(to))}
          onChange={(event) => event.target.value && setDay('from', event.target.value)}
        />
      </label>
      <label>
        {t('heat.to')}
        <input
          type="date"
          className="plain-input"
          value={dayText(lastDay(to))}
          min={dayText(from)}
          onChange={(event) => event.target.value && setDay('to', event.target.value)}
        />
      </label>
      <VersionChoice process={process.key} />
    </div>
  );
}

function Legend({ least, most }: { least: string; most: string }) {
  const { t } = useTranslation('owner');
  return (
    <p className="heat-legend" aria-label={t('heat.legend')} role="note">
      <span>{least}</span>
      <span className="heat-scale" aria-hidden="true" />
      <span>{most}</span>
    </p>
  );
}

function Layers({ layer }: { layer: Layer }) {
  const { t } = useTranslation('owner');
  const [parameters] = useSearchParams();
  return (
    <nav className="tabs" aria-label={t('heat.show')}>
      {LAYERS.map((each) => (
        <Link
          key={each}
          replace
          to={{ search: `?${changed(parameters, { show: each === 'passed' ? undefined : each })}` }}
          aria-current={each === layer ? 'true' : undefined}
        >
          {t(`heat.layer.${each}`)}
        </Link>
      ))}
    </nav>
  );
}

function Picture({ process, heat, layer }: { process: Process; heat: Heat; layer: Layer }) {
  const { t, i18n } = useTranslation('owner');
  const { t: p } = useTranslation('process');
  const { data: meta } = useQuery(metaQuery);
  const xml = useQuery(diagramQuery(process.key, heat.version ?? undefined));
  const counted = layer === 'passed' || layer === 'now';
  const text = (value: number) =>
    counted
      ? new Intl.NumberFormat(i18n.language).format(value)
      : formatDuration(value, i18n.language);
  if (xml.isError) return <ProblemNotice problem={problemFrom(xml.error)} />;
  if (xml.isPending) return <Loading />;
  const most = mostOf(heat, layer);
  return (
    <>
      <div className="choice-line">
        <Layers layer={layer} />
        {most > 0 && <Legend least={text(0)} most={text(most)} />}
        {most === 0 && <span className="quiet">{t('heat.nothing')}</span>}
      </div>
      <Suspense fallback={<Loading />}>
        <Diagram
          xml={xml.data}
          label={p('diagram.of', { process: process.name })}
          departments={meta?.departments ?? []}
          stepDepartments={stepDepartments(process)}
          {...paintOf(heat, layer, text)}
        />
      </Suspense>
    </>
  );
}

function HeatMap({ process }: { process: Process }) {
  const { t, i18n } = useTranslation('owner');
  const [parameters] = useSearchParams();
  const { from, to } = periodOf(parameters);
  const version = Number(parameters.get('version')) || undefined;
  const heat = useQuery(
    heatQuery(process.key, { from: from.toISOString(), to: to.toISOString(), version }),
  );
  const layer = LAYERS.find((each) => each === parameters.get('show')) ?? 'passed';
  return (
    <>
      <Choices process={process} />
      {heat.isError && (
        <ProblemNotice problem={problemFrom(heat.error)} retry={() => heat.refetch()} />
      )}
      {heat.isPending && <Loading />}
      {heat.data && (
        <>
          <p className="quiet" role="status">
            {t('heat.cases', {
              count: heat.data.cases,
              shown: new Intl.NumberFormat(i18n.language).format(heat.data.cases),
            })}
            {!heat.data.complete && ` ${t('heat.incomplete')}`}
          </p>
          <Picture process={process} heat={heat.data} layer={layer} />
          <HeatTable process={process.key} heat={heat.data} layer={layer} />
        </>
      )}
    </>
  );
}

export default function HeatPage() {
  const { t } = useTranslation('owner');
  return (
    <ProcessFrame page={t('tab.heat')}>{(process) => <HeatMap process={process} />}</ProcessFrame>
  );
}
