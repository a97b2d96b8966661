// SPDX-License-Identifier: Apache-2.0
// The process room itself, without HTTP, on both databases: durable steps, a burst of timers beside a
// person who works, and a million instances that wait.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { startCluster } from "../../tests/lib/postgres.mjs";
import { medianOf, program, scratch } from "../lib/measure.mjs";

export const about =
  "durable steps, as fast as they can and 1,000 a second; 100,000 timers due at once; a signal to 70,000; 1,000,000 that wait";

const rounds = 3;
const seconds = 4;
const threads = 16;

async function run(database, ...words) {
  return JSON.parse(await program("bench-run", [database, ...words.map(String)], 900));
}

function sqlite() {
  const file = join(scratch(), "run.db");
  for (const end of ["", "-wal", "-shm", "-lock"]) rmSync(file + end, { force: true });
  return `sqlite:${file}`;
}

async function steps(row, name, fresh, target) {
  const runs = [];
  for (let i = 0; i < rounds; i++) runs.push(await run(fresh(), "steps", seconds, threads));
  row({ name: `run-steps-${name}`, value: medianOf(runs, "steps"), unit: "elements/s", target, best: "high" });
  row({ name: `run-commits-${name}`, value: medianOf(runs, "commits"), unit: "1/s", best: "high" });
  row({ name: `run-p99-${name}`, value: medianOf(runs, "p99_us") / 1000, unit: "ms" });
}

/** Steps that come at 1,000 a second, measured from when they come. */
async function steady(row, name, fresh) {
  const runs = [];
  for (let i = 0; i < rounds; i++) runs.push(await run(fresh(), "steady", seconds, threads, 1000));
  row({ name: `run-steady-${name}`, value: medianOf(runs, "p99_us") / 1000, unit: "ms p99 at 1,000/s", target: 5 });
}

export async function measure(row) {
  await steps(row, "sqlite", sqlite, 10_000);
  await steady(row, "sqlite", sqlite);
  const burst = await run(sqlite(), "timers", 100_000);
  row({ name: "run-timers-drained", value: burst.seconds, unit: "s for 100,000", target: 60 });
  row({ name: "run-timers-person", value: burst.people_p99_us / 1000, unit: "ms p99 beside" });
  const crowd = await run(sqlite(), "signals", 70_000);
  row({ name: "run-signal-heard", value: crowd.seconds, unit: "s by 70,000" });
  row({ name: "run-signal-person", value: crowd.people_p99_us / 1000, unit: "ms p99 beside" });
  const many = sqlite();
  await run(many, "wait", 1_000_000);
  const wait = await run(many, "open", 0);
  row({ name: "run-wait-open", value: wait.first_us / 1000, unit: "ms", target: 2000 });
  row({ name: "run-wait-memory", value: wait.bytes / 2 ** 20, unit: "MiB" });
  const cluster = startCluster({ durable: true });
  try {
    await steps(row, "postgres", () => cluster.database(), 5_000);
    await steady(row, "postgres", () => cluster.database());
  } finally {
    cluster.stop();
  }
}
