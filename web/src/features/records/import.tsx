// SPDX-License-Identifier: Apache-2.0
// Importing a file into an entity: upload, mapping with a preview, a try, the run with its progress,
// the report and the undo. The import is in the address, so that it can be left and found again.
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams, useSearchParams } from 'react-router';
import { api, problemFrom } from '../../api/client';
import { entityOf, importLookQuery, importQuery, metaQuery, queryClient } from '../../api/queries';
import type { Entity, Id, Import, ImportLook, ImportSettings } from '../../api/types';
import { ProblemNotice } from '../../ui/problem';
import { Loading } from '../../ui/states';
import NotFound from '../home/not-found';
import { Mapping } from './import-mapping';
import { Report } from './import-report';
import { recordsPath } from './paths';
import '../../app/import.css';

const BUSY = ['waiting', 'working', 'cancelling'];

function Upload({ entity, onDone }: { entity: Entity; onDone: (look: ImportLook) => void }) {
  const { t } = useTranslation('imports');
  const id = useId();
  const [file, setFile] = useState<File | null>(null);
  const upload = useMutation({
    // Its bytes alone: what kind of file it is, the server finds out.
    mutationFn: (chosen: File) =>
      api.upload('/imports', new Blob([chosen]), {
        query: { entity: entity.name, name: chosen.name },
      }),
    onSuccess: onDone,
  });
  return (
    <section className="card card-body import-part" aria-label={t('file')}>
      <p className="page-hint">{t('hint')}</p>
      <label htmlFor={id}>{t('choose')}</label>
      <input
        id={id}
        type="file"
        accept=".csv,.tsv,.txt,.xlsx,.jsonl,.ndjson,text/csv"
        onChange={(event) => setFile(event.target.files?.[0] ?? null)}
      />
      {upload.error && <ProblemNotice problem={problemFrom(upload.error)} />}
      <div>
        <Button
          type="primary"
          disabled={!file}
          loading={upload.isPending}
          onClick={() => file && upload.mutate(file)}
        >
          {t('upload')}
        </Button>
      </div>
    </section>
  );
}

// How far it is. The number of lines of the file is not known before its end.
function Progress({ job, onCancel, busy }: { job: Import; onCancel: () => void; busy: boolean }) {
  const { t, i18n } = useTranslation('imports');
  const format = new Intl.NumberFormat(i18n.language);
  const rows = job.task === 'undo' ? job.undone + job.kept : job.rows;
  return (
    <section className="card card-body import-part" aria-label={t('progress')}>
      <progress aria-label={t(`working.${job.task}`)} />
      <p role="status">
        {t(`working.${job.task}`)} {t('rowsDone', { count: rows, formatted: format.format(rows) })}
      </p>
      <div>
        <Button onClick={onCancel} loading={busy} disabled={job.state === 'cancelling'}>
          {t('cancel')}
        </Button>
      </div>
    </section>
  );
}

function ImportJob({ entity, id }: { entity: Entity; id: Id }) {
  const { t } = useTranslation('imports');
  const job = useQuery({
    ...importQuery(id),
    refetchInterval: (query) =>
      query.state.data && BUSY.includes(query.state.data.state) ? 500 : false,
  });
  const open = job.data?.task === 'try' && !BUSY.includes(job.data.state);
  const look = useQuery({ ...importLookQuery(id), enabled: open });
  const keep = (data: Import) => queryClient.setQueryData(importQuery(id).queryKey, data);
  const choose = useMutation({
    mutationFn: (settings: ImportSettings) =>
      api.patch('/imports/{id}', { path: { id }, body: settings }),
    onSuccess: (data) => queryClient.setQueryData(importLookQuery(id).queryKey, data),
  });
  const start = useMutation({
    mutationFn: (task: 'try' | 'run' | 'undo') =>
      api.post('/imports/{id}/start', { path: { id }, body: { task } }),
    onSuccess: keep,
  });
  const cancel = useMutation({
    mutationFn: () => api.post('/imports/{id}/cancel', { path: { id } }),
    onSuccess: keep,
  });
  const wrong = job.error ?? look.error ?? choose.error ?? start.error ?? cancel.error;
  if (job.isPending) return <Loading />;
  const data = job.data;
  return (
    <>
      {wrong && <ProblemNotice problem={problemFrom(wrong)} retry={() => job.refetch()} />}
      {data && BUSY.includes(data.state) && (
        <Progress job={data} onCancel={() => cancel.mutate()} busy={cancel.isPending} />
      )}
      {data && !BUSY.includes(data.state) && data.state !== 'ready' && (
        <Report
          job={data}
          entity={entity}
          onUndo={() => start.mutate('undo')}
          onGoOn={() => start.mutate('run')}
          busy={start.isPending}
        />
      )}
      {open && look.data && (
        <>
          <Mapping
            key={look.data.columns.map((column) => column.field).join()}
            entity={entity}
            look={look.data}
            onChange={(settings) => choose.mutate(settings)}
            busy={choose.isPending}
          />
          <div className="import-actions">
            <Button
              onClick={() => start.mutate('try')}
              disabled={look.data.problem !== null || choose.isPending}
              loading={start.isPending}
            >
              {t('try')}
            </Button>
            <Button
              type="primary"
              onClick={() => start.mutate('run')}
              disabled={look.data.problem !== null || choose.isPending}
              loading={start.isPending}
            >
              {t('run')}
            </Button>
          </div>
        </>
      )}
    </>
  );
}

function ImportPage({ entity }: { entity: Entity }) {
  const { t } = useTranslation('imports');
  const [parameters, setParameters] = useSearchParams();
  const id = parameters.get('job');
  const title = t('title', { plural: entity.plural });
  return (
    <div className="page">
      <title>{`${title} · Millrace`}</title>
      <nav className="breadcrumb" aria-label={t('breadcrumb')}>
        <Link to={recordsPath(entity.name)}>{entity.plural}</Link>
      </nav>
      <div className="page-head">
        <h1>{title}</h1>
        {id && (
          <div className="page-end">
            <Link to="?">{t('another')}</Link>
          </div>
        )}
      </div>
      {id ? (
        <ImportJob key={id} entity={entity} id={id} />
      ) : (
        <Upload
          entity={entity}
          onDone={(look) => {
            queryClient.setQueryData(importLookQuery(look.id).queryKey, look);
            setParameters({ job: look.id });
          }}
        />
      )}
    </div>
  );
}

export default function ImportRecords({ entity: fixed }: { entity?: string }) {
  const parameters = useParams();
  const meta = useQuery(metaQuery);
  if (meta.isPending) return <Loading />;
  if (meta.isError) return <ProblemNotice problem={problemFrom(meta.error)} />;
  const entity = entityOf(meta.data, fixed ?? parameters.entity);
  return entity?.may.import ? <ImportPage key={entity.name} entity={entity} /> : <NotFound />;
}
