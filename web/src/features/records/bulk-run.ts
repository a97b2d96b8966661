// SPDX-License-Identifier: Apache-2.0
// Doing one thing to many records, some at a time, so that it can be watched and stopped; a result
// for each, and the way back of what was done.
import { useEffect, useRef, useState } from 'react';
import { problemFrom } from '../../api/client';
import { invalidateWork } from '../../api/queries';
import type { Id, Problem } from '../../api/types';

export interface Target {
  id: Id;
  label: string;
}

export interface Outcome {
  id: Id;
  problem?: Problem | undefined; // why it was refused
}

type Undo = () => Promise<Outcome[]>;

export interface Act {
  // At most this many at once.
  size: number;
  do: (ids: Id[]) => Promise<{ outcomes: Outcome[]; undo?: Undo }>;
}

export interface Run {
  task: 'do' | 'undo';
  state: 'gathering' | 'running' | 'done' | 'cancelled' | 'failed';
  total: number;
  results: (Target & Outcome)[];
  problem?: Problem; // what stopped it as a whole
  undos: Undo[]; // the newest last
}

// Gives the targets in pages.
export type Gather = () => AsyncIterable<Target[]>;

export function useBulkRun() {
  const [run, setRun] = useState<Run | null>(null);
  const stopped = useRef(false);
  const labels = useRef(new Map<Id, string>());

  useEffect(
    () => () => {
      stopped.current = true;
    },
    [],
  );

  // Shows each state as it is reached; what breaks off keeps what was done until then.
  async function carry(run: Run, work: (run: Run) => Promise<void>): Promise<void> {
    stopped.current = false;
    setRun({ ...run });
    try {
      await work(run);
      run.state = stopped.current ? 'cancelled' : 'done';
    } catch (error) {
      run.state = 'failed';
      run.problem = problemFrom(error);
    }
    setRun({ ...run });
    void invalidateWork();
  }

  function take(run: Run, outcomes: Outcome[]): void {
    const named = outcomes.map((one) => ({ ...one, label: labels.current.get(one.id) ?? one.id }));
    run.results = [...run.results, ...named];
    setRun({ ...run });
  }

  function start(gather: Gather, act: Act): Promise<void> {
    const begun: Run = { task: 'do', state: 'gathering', total: 0, results: [], undos: [] };
    labels.current = new Map();
    return carry(begun, async (run) => {
      for await (const page of gather()) {
        for (const { id, label } of page) labels.current.set(id, label);
        run.total = labels.current.size;
        setRun({ ...run });
        if (stopped.current) return;
      }
      const ids = [...labels.current.keys()];
      run.state = 'running';
      for (let from = 0; from < ids.length && !stopped.current; from += act.size) {
        const { outcomes, undo } = await act.do(ids.slice(from, from + act.size));
        if (undo && outcomes.some(({ problem }) => !problem)) run.undos.push(undo);
        take(run, outcomes);
      }
    });
  }

  function undo(done: Run): Promise<void> {
    const total = done.results.filter(({ problem }) => !problem).length;
    const begun: Run = { task: 'undo', state: 'running', total, results: [], undos: done.undos };
    return carry(begun, async (run) => {
      while (run.undos.length > 0 && !stopped.current) {
        const back = run.undos[run.undos.length - 1];
        take(run, (await back?.()) ?? []);
        run.undos.pop();
      }
    });
  }

  return {
    run,
    start,
    undo,
    stop: () => {
      stopped.current = true;
    },
  };
}
