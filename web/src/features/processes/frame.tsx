// SPDX-License-Identifier: Apache-2.0
// A page of a process that its owner looks at: waits for the process, then shows its head and what
// the page holds.
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useParams } from 'react-router';
import { problemFrom } from '../../api/client';
import { processQuery } from '../../api/queries';
import type { Process } from '../../api/types';
import { ProblemNotice } from '../../ui/problem';
import { Loading } from '../../ui/states';
import NotFound from '../home/not-found';
import { ProcessHead } from './head';

export function ProcessFrame({
  page,
  children,
}: {
  page: string;
  children: (process: Process) => ReactNode;
}) {
  const { key = '' } = useParams();
  const process = useQuery(processQuery(key));
  if (process.isPending) return <Loading />;
  if (process.isError) {
    const problem = problemFrom(process.error);
    return problem.status === 404 ? <NotFound /> : <ProblemNotice problem={problem} />;
  }
  return (
    <div className="page">
      <ProcessHead process={process.data} page={page} />
      {children(process.data)}
    </div>
  );
}
