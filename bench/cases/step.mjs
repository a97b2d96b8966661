// SPDX-License-Identifier: Apache-2.0
// Completing AllocateAndPick over HTTP, durably, against the bare loop that writes the same rows:
// turn by turn, on the same database, over 64 connections.
import { serve } from "../../tests/lib/server.mjs";
import { filledCompany, signedIn } from "../lib/company.mjs";
import { load, median, medianOf, program, requestFile, serveBare } from "../lib/measure.mjs";

export const about = "POST that completes a step, durably, 64 connections";

const rounds = 3;
const seconds = 4;
const warm = 500;
const served = 9_000; // at most, in a round
const bare = 20_000;

// What both must have added to each table for one request.
const added = { audit: 1, feed: 1, work_item: 1, work_item_event: 1, work_item_hand: 1, instance_event: 1 };

async function measured(server, lines, headers) {
  await load(server, requestFile(lines.slice(0, warm)), { seconds, headers });
  return load(server, requestFile(lines.slice(warm)), { seconds, headers });
}

async function measureServer(company) {
  const server = await serve(company);
  try {
    const headers = await signedIn(server, "walt");
    const lines = company
      .take(served)
      .map(({ item }) => `POST /api/v1/work-items/${item}/complete {"fields":{}}`);
    return await measured(server, lines, headers);
  } finally {
    await server.stop();
  }
}

async function measureBare(company) {
  const server = await serveBare(company.database);
  try {
    const lines = company
      .take(bare)
      .map(({ item, instance, order }) => `POST /${item}/${instance}/${order} {"fields":{}}`);
    return await measured(server, lines, {});
  } finally {
    await server.stop();
  }
}

async function count(company) {
  return JSON.parse(await program("bench-fill", ["--count", company.database, ...Object.keys(added)]));
}

// The ceiling is one only as long as the bare loop writes what the server writes.
async function compareRows(company, measure, what) {
  const before = await count(company);
  const run = await measure(company);
  const after = await count(company);
  for (const [table, each] of Object.entries(added)) {
    const found = (after[table] - before[table]) / (run.requests + warm);
    if (Math.abs(found - each) > 0.01)
      throw new Error(`${what} adds ${found.toFixed(2)} rows of ${table} a request, not ${each}: see bench/bare.c`);
  }
  return run;
}

export async function measure(row) {
  const company = await filledCompany();
  const server = [];
  const ceiling = [];
  for (let i = 0; i < rounds; i++) {
    ceiling.push(i ? await measureBare(company) : await compareRows(company, measureBare, "the bare loop"));
    server.push(i ? await measureServer(company) : await compareRows(company, measureServer, "the server"));
  }
  const ratio = median(server.map((each, i) => each.per_second / ceiling[i].per_second));
  row({ name: "step-requests", value: medianOf(server, "per_second"), unit: "1/s", best: "high" });
  row({ name: "step-ceiling", value: medianOf(ceiling, "per_second"), unit: "1/s", best: "high" });
  row({ name: "step-ratio", value: ratio, unit: "of ceiling", target: 0.5, best: "high" });
  row({ name: "step-cpu", value: medianOf(server, "cpu_us"), unit: "us/request" });
  row({ name: "step-ceiling-cpu", value: medianOf(ceiling, "cpu_us"), unit: "us/request" });
  row({ name: "step-p50", value: medianOf(server, "p50_us") / 1000, unit: "ms" });
  row({ name: "step-p99", value: medianOf(server, "p99_us") / 1000, unit: "ms" });
}
