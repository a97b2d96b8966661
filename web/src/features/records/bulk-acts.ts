// SPDX-License-Identifier: Apache-2.0
// What can be done to many records at once, by the routes that do it to one or to some; everything
// goes through the gate, record by record.
import { api, problemFrom } from '../../api/client';
import type { FieldValues, Id, ShareInput } from '../../api/types';
import type { Act, Gather, Outcome } from './bulk-run';
import { type ListState, listQuery } from './url-state';

export type Deed = 'edit' | 'delete' | 'share' | 'start';

const SOME = 50;
const AT_ONCE = 4; // requests beside each other, where each record needs one
const PAGE_ROWS = 200;
export const BULK_RECORDS = 10_000; // of one go: the results are held by the page

interface BulkAnswer {
  results: Outcome[];
}

const outcomesOf = ({ results }: BulkAnswer): Outcome[] =>
  results.map(({ id, problem }) => ({ id, problem }));

// The server notes what a bulk did, and gives back what nobody has changed since.
type Bulk = ({ fields: FieldValues } | { action: 'delete' }) & { reason?: string };

function inBulk(entity: string, what: Bulk): Act {
  return {
    size: SOME,
    do: async (ids) => {
      const answer = await api.post('/records/{entity}/bulk', {
        path: { entity },
        body: { ids, ...what },
      });
      const { id = '' } = answer;
      return {
        outcomes: outcomesOf(answer),
        undo: async () =>
          outcomesOf(await api.post('/records/{entity}/bulk/{id}/undo', { path: { entity, id } })),
      };
    },
  };
}

const because = (reason: string) => (reason ? { reason } : {});
export const editing = (entity: string, fields: FieldValues, reason: string) =>
  inBulk(entity, { fields, ...because(reason) });
export const deleting = (entity: string, reason: string) =>
  inBulk(entity, { action: 'delete', ...because(reason) });

// A refusal is the record's own; without the server or a session nothing goes on.
async function attempt(id: Id, work: () => Promise<unknown>): Promise<Outcome> {
  try {
    await work();
    return { id };
  } catch (error) {
    const problem = problemFrom(error);
    if (problem.status === 0 || problem.status === 401 || problem.status >= 500) throw error;
    return { id, problem };
  }
}

function each(work: (id: Id) => Promise<unknown>, back?: (id: Id) => Promise<unknown>): Act {
  return {
    size: AT_ONCE,
    do: async (ids) => {
      const outcomes = await Promise.all(ids.map((id) => attempt(id, () => work(id))));
      const done = outcomes.filter(({ problem }) => !problem);
      if (!back) return { outcomes };
      return {
        outcomes,
        undo: () => Promise.all(done.map(({ id }) => attempt(id, () => back(id)))),
      };
    },
  };
}

export function sharing(entity: string, body: ShareInput): Act {
  const shares = new Map<Id, Id>();
  return each(
    async (id) => {
      const share = await api.post('/records/{entity}/{id}/shares', { path: { entity, id }, body });
      shares.set(id, share.id);
    },
    (id) =>
      api.delete('/records/{entity}/{id}/shares/{share}', {
        path: { entity, id, share: shares.get(id) ?? '' },
      }),
  );
}

// What a process has begun is not undone by a list: it has ways of its own.
export function starting(entity: string, process: string): Act {
  return each((id) => api.post('/instances', { body: { process, subject: { entity, id } } }));
}

// All that fit what the list shows, before the first of them is changed.
export function allThatFit(entity: string, state: ListState): Gather {
  return async function* pages() {
    let after: string | null = null;
    let left = BULK_RECORDS;
    do {
      const page: { items: { id: Id; label: string }[]; next: string | null } = await api.get(
        '/records/{entity}',
        {
          path: { entity },
          query: { ...listQuery(state), columns: 'id', limit: Math.min(PAGE_ROWS, left), after },
        },
      );
      yield page.items.map(({ id, label }) => ({ id, label }));
      left -= page.items.length;
      after = page.next;
    } while (after && left > 0);
  };
}
