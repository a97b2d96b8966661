// SPDX-License-Identifier: Apache-2.0
// Many records at once, those chosen or all that fit the list: what is to be done, how far it is,
// what became of each, and the way back.
import { Button } from 'antd';
import type { ComponentProps, ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Entity } from '../../api/types';
import { isPermitted, useUser } from '../../app/session';
import { type Column, DataTable } from '../../ui/data-table';
import { Dialog } from '../../ui/dialog';
import { ProblemNotice } from '../../ui/problem';
import { BULK_RECORDS, type Deed } from './bulk-acts';
import { DeleteMany, EditMany, ShareMany, StartMany } from './bulk-forms';
import { type Gather, type Run, useBulkRun } from './bulk-run';
import { recordPath } from './paths';

const FORMS: Record<Deed, ComponentType<ComponentProps<typeof EditMany>>> = {
  edit: EditMany,
  delete: DeleteMany,
  share: ShareMany,
  start: StartMany,
};
const RESULTS_SHOWN = 500;

type Result = Run['results'][number];

function useRecords(): (count: number) => string {
  const { t, i18n } = useTranslation('records');
  const format = new Intl.NumberFormat(i18n.language);
  return (count) => t('count', { count, formatted: format.format(count) });
}

function Progress({ run, stop }: { run: Run; stop: () => void }) {
  const { t, i18n } = useTranslation('records');
  const format = new Intl.NumberFormat(i18n.language);
  const gathering = run.state === 'gathering';
  const text = gathering
    ? t('bulk.gathering', { count: run.total, formatted: format.format(run.total) })
    : t('bulk.progress', {
        done: format.format(run.results.length),
        total: format.format(run.total),
      });
  return (
    <>
      <p role="status">{text}</p>
      <progress
        aria-label={text}
        max={run.total || 1}
        {...(gathering ? {} : { value: run.results.length })}
      />
      <div>
        <Button onClick={stop}>{t('bulk.stop')}</Button>
      </div>
    </>
  );
}

// The refused stand first: they are what somebody has to look at.
function Results({ entity, run }: { entity: Entity; run: Run }) {
  const { t } = useTranslation('records');
  const columns: Column<Result>[] = [
    {
      key: 'record',
      title: entity.title,
      cell: ({ id, label }) => <Link to={recordPath(entity.name, id)}>{label}</Link>,
    },
    {
      key: 'result',
      title: t('bulk.result'),
      cell: ({ problem }) => t(problem ? 'bulk.refusedOne' : `bulk.doneOne.${run.task}`),
    },
    {
      key: 'reason',
      title: t('bulk.reason'),
      cell: ({ problem }) => [problem?.message, problem?.hint].filter(Boolean).join(' '),
    },
  ];
  const sorted = [...run.results].sort((a, b) => Number(!a.problem) - Number(!b.problem));
  return (
    // What scrolls must be reachable by keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls takes the focus.
    <section className="bulk-results" aria-label={t('bulk.results')} tabIndex={0}>
      <DataTable
        tight
        label={t('bulk.results')}
        columns={columns}
        rows={sorted.slice(0, RESULTS_SHOWN)}
        rowKey={({ id }) => id}
      />
      {sorted.length > RESULTS_SHOWN && (
        <p className="quiet">{t('bulk.resultsLeft', { count: sorted.length - RESULTS_SHOWN })}</p>
      )}
    </section>
  );
}

function Report({ entity, run, undo }: { entity: Entity; run: Run; undo: () => void }) {
  const { t } = useTranslation('records');
  const records = useRecords();
  const refused = run.results.filter(({ problem }) => problem).length;
  const left = run.task === 'do' ? run.total - run.results.length : 0;
  const lines = [
    t(`bulk.done.${run.task}`, { records: records(run.results.length - refused) }),
    refused > 0 && t('bulk.refused', { records: records(refused) }),
    left > 0 && t('bulk.left', { records: records(left) }),
  ].filter(Boolean);
  return (
    <>
      {run.problem && <ProblemNotice problem={run.problem} />}
      <p role="status">{lines.join(' ')}</p>
      {run.undos.length > 0 && (
        <div>
          <Button onClick={undo}>{t('bulk.undo')}</Button>
        </div>
      )}
      {run.results.length > 0 && <Results entity={entity} run={run} />}
    </>
  );
}

export function BulkDialog({
  entity,
  deed,
  count,
  gather,
  close,
}: {
  entity: Entity;
  deed: Deed;
  count: number;
  gather: Gather;
  close: () => void;
}) {
  const { t } = useTranslation('records');
  const { run, start, undo, stop } = useBulkRun();
  const records = useRecords();
  const busy = run?.state === 'gathering' || run?.state === 'running';
  const Form = FORMS[deed];
  return (
    <Dialog
      title={t(`bulk.title.${deed}`, { plural: entity.plural })}
      width={680}
      onCancel={busy ? stop : close}
      mask={{ closable: false }}
      footer={busy ? null : <Button onClick={close}>{t('common:close')}</Button>}
    >
      <div className="bulk">
        {!run && (
          <>
            {count > BULK_RECORDS && <p>{t('bulk.most', { records: records(BULK_RECORDS) })}</p>}
            <Form
              entity={entity}
              count={records(Math.min(count, BULK_RECORDS))}
              go={(act) => void start(gather, act)}
            />
          </>
        )}
        {run && busy && <Progress run={run} stop={stop} />}
        {run && !busy && <Report entity={entity} run={run} undo={() => void undo(run)} />}
      </div>
    </Dialog>
  );
}

// What is chosen, and what can be done with it.
export function BulkBar({
  entity,
  chosen,
  total,
  onAll,
  onNone,
  chooseDeed,
}: {
  entity: Entity;
  chosen: number | 'all';
  total: number;
  onAll: () => void;
  onNone: () => void;
  chooseDeed: (deed: Deed) => void;
}) {
  const { t } = useTranslation('records');
  const user = useUser();
  const records = useRecords();
  const deeds: Deed[] = [
    ...(entity.may.edit ? (['edit', 'share'] as const) : []),
    ...(isPermitted(user, 'process.start') ? (['start'] as const) : []),
    ...(entity.may.delete ? (['delete'] as const) : []),
  ];
  return (
    <section className="bulk-bar" aria-label={t('bulk.bar')}>
      <span role="status">
        {chosen === 'all'
          ? t('bulk.allChosen', { records: records(total) })
          : t('bulk.chosen', { records: records(chosen) })}
      </span>
      {chosen !== 'all' && total > chosen && (
        <Button size="small" onClick={onAll}>
          {t('bulk.chooseAll', { records: records(total) })}
        </Button>
      )}
      {deeds.map((deed) => (
        <Button key={deed} size="small" danger={deed === 'delete'} onClick={() => chooseDeed(deed)}>
          {t(`bulk.deed.${deed}`)}
        </Button>
      ))}
      <Button size="small" type="text" onClick={onNone}>
        {t('bulk.chooseNone')}
      </Button>
    </section>
  );
}
