// SPDX-License-Identifier: Apache-2.0
// Deploying BPMN and DMN files: what became of each, and of what is refused everything that is
// wrong, as a table and on its drawing.
import { useMutation, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api, problemFrom } from '../../api/client';
import { invalidateProcesses } from '../../api/owner';
import { metaQuery } from '../../api/queries';
import { Icon } from '../../ui/icon';
import { localise } from '../../ui/localise';
import { ProblemNotice } from '../../ui/problem';
import { Empty, Loading } from '../../ui/states';
import { ProblemTable } from './findings';
import {
  elementNames,
  inOrder,
  isDecision,
  isDrawn,
  type ModelFile,
  marksOf,
  problemsOf,
} from './model-file';
import '../../app/owner.css';

const Diagram = lazy(() => import('../../ui/diagram'));

async function deployed(file: ModelFile, drawing: boolean): Promise<ModelFile> {
  const { name, xml, decision } = file;
  try {
    const body = new Blob([xml], { type: 'application/xml' });
    const query = drawing ? { drawing } : {};
    return {
      name,
      xml,
      decision,
      deployed: await api.upload('/processes', body, { query }),
    };
  } catch (error) {
    return { name, xml, decision, refused: problemFrom(error) };
  }
}

async function readFiles(chosen: FileList): Promise<ModelFile[]> {
  const read = [...chosen].map(async (file) => {
    const xml = await file.text();
    return { name: file.name, xml, decision: isDecision(xml) };
  });
  return inOrder(await Promise.all(read));
}

function Outcome({ file }: { file: ModelFile }) {
  const { t } = useTranslation('owner');
  if (file.refused) return <p className="outcome outcome-refused">{t('deploy.refused')}</p>;
  if (!file.deployed) return <p className="quiet">{t('deploy.waiting')}</p>;
  const { drawing, known, version, key } = file.deployed;
  const said = drawing ? 'drawing' : known ? 'known' : 'version';
  return (
    <p className="outcome">
      <Icon name="check" /> {t(`deploy.${said}`, { version })}{' '}
      {!file.decision && <Link to={`/processes/${key}`}>{t('deploy.look')}</Link>}
    </p>
  );
}

function Picture({ file }: { file: ModelFile }) {
  const { t } = useTranslation('owner');
  const { data: meta } = useQuery(metaQuery);
  if (file.decision || !isDrawn(file.xml)) return null;
  return (
    <Suspense fallback={<Loading />}>
      <Diagram
        xml={file.xml}
        label={t('deploy.preview', { file: file.name })}
        departments={meta?.departments ?? []}
        stepDepartments={{}}
        marks={marksOf(problemsOf(file))}
      />
    </Suspense>
  );
}

function FileCard({ file, onChange }: { file: ModelFile; onChange: (file: ModelFile) => void }) {
  const { t, i18n } = useTranslation('owner');
  const keep = useMutation({
    mutationFn: () => deployed(file, true),
    onSuccess: onChange,
    onSettled: invalidateProcesses,
  });
  const problems = problemsOf(file);
  const names = elementNames(localise(file.xml, i18n.language).xml);
  const canBeDrawing = file.refused?.problems !== undefined && !file.decision;
  return (
    <section className="file" aria-label={file.name}>
      <div className="page-head">
        <h2>{file.name}</h2>
        <span className="tag">{t(file.decision ? 'deploy.decision' : 'deploy.process')}</span>
        <Outcome file={file} />
        {canBeDrawing && (
          <div className="page-end">
            <span className="quiet">{t('deploy.asDrawingNote')}</span>
            <Button loading={keep.isPending} onClick={() => keep.mutate()}>
              {t('deploy.asDrawing')}
            </Button>
          </div>
        )}
      </div>
      {file.refused && problems.length === 0 && <ProblemNotice problem={file.refused} />}
      <ProblemTable
        title={t('deploy.blocks')}
        problems={problems.filter(({ warning }) => !warning)}
        names={names}
      />
      <Picture file={file} />
      <ProblemTable
        title={t('deploy.warns')}
        problems={problems.filter(({ warning }) => warning)}
        names={names}
      />
      <ProblemTable
        title={t('deploy.decisionWarns')}
        problems={(file.deployed?.warnings ?? []).map(({ kind, element, line, message, hint }) => ({
          element,
          line,
          message,
          rule: kind,
          warning: true,
          ...(hint ? { hint } : {}),
        }))}
        names={names}
      />
    </section>
  );
}

export default function DeployPage() {
  const { t } = useTranslation('owner');
  const { t: p } = useTranslation('process');
  const [files, setFiles] = useState<ModelFile[]>([]);
  const put = (index: number, file: ModelFile) =>
    setFiles((before) => before.map((each, at) => (at === index ? file : each)));
  const deploy = useMutation({
    mutationFn: async () => {
      for (const [index, file] of files.entries()) put(index, await deployed(file, false));
    },
    onSettled: invalidateProcesses,
  });
  return (
    <div className="page">
      <title>{`${t('deploy.title')} · Millrace`}</title>
      <nav className="breadcrumb" aria-label={p('breadcrumb')}>
        <Link to="/processes">{p('title')}</Link>
      </nav>
      <div className="page-head">
        <h1>{t('deploy.title')}</h1>
      </div>
      <p className="quiet">{t('deploy.about')}</p>
      <div className="choice-line">
        <label>
          {t('deploy.choose')}
          <input
            type="file"
            multiple
            accept=".bpmn,.dmn,.xml"
            className="plain-input"
            onChange={async ({ target }) => {
              if (target.files) setFiles(await readFiles(target.files));
            }}
          />
        </label>
        <Button
          type="primary"
          disabled={files.length === 0}
          loading={deploy.isPending}
          onClick={() => deploy.mutate()}
        >
          {t('deploy.go')}
        </Button>
      </div>
      {files.length === 0 && (
        <Empty title={t('deploy.none')}>
          <p className="quiet">{t('deploy.noneHint')}</p>
        </Empty>
      )}
      {files.map((file, index) => (
        <FileCard key={file.name} file={file} onChange={(next) => put(index, next)} />
      ))}
    </div>
  );
}
