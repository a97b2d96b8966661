// SPDX-License-Identifier: Apache-2.0
// Two versions of a process side by side: what goes, what becomes another, what is new.
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { problemFrom } from '../../api/client';
import { diagramQuery, metaQuery } from '../../api/queries';
import type { Process } from '../../api/types';
import type { DiagramMark } from '../../ui/diagram-paint';
import { ProblemNotice } from '../../ui/problem';
import { Loading } from '../../ui/states';
import { stepDepartments } from './picture';

const Diagram = lazy(() => import('../../ui/diagram'));

function Side({ version, marks }: { version: Process; marks: DiagramMark[] }) {
  const { t } = useTranslation('process');
  const { data: meta } = useQuery(metaQuery);
  const xml = useQuery(diagramQuery(version.key, version.version));
  const title = t('version', { version: version.version });
  return (
    <div className="side">
      <h2>{title}</h2>
      {xml.isError && <ProblemNotice problem={problemFrom(xml.error)} />}
      {xml.isPending && <Loading />}
      {xml.data !== undefined && (
        <Suspense fallback={<Loading />}>
          <Diagram
            xml={xml.data}
            label={`${t('diagram.of', { process: version.name })} · ${title}`}
            departments={meta?.departments ?? []}
            stepDepartments={stepDepartments(version)}
            marks={marks}
          />
        </Suspense>
      )}
    </div>
  );
}

interface Props {
  from: Process;
  to: Process;
  gone: string[];
  added: string[];
  mapping: Record<string, string>;
}

export function Compared({ from, to, gone, added, mapping }: Props) {
  const { t } = useTranslation('owner');
  const mark = (kind: DiagramMark['kind']) => (key: string) => ({
    key,
    kind,
    text: t(`migration.change.${kind}`),
  });
  const left = [
    ...gone.filter((key) => !mapping[key]).map(mark('gone')),
    ...Object.keys(mapping).map(mark('mapped')),
  ];
  const right = [...added.map(mark('new')), ...Object.values(mapping).map(mark('mapped'))];
  return (
    <div className="sides">
      <Side version={from} marks={left} />
      <Side version={to} marks={right} />
    </div>
  );
}
