// SPDX-License-Identifier: Apache-2.0
// The process room itself, without HTTP, on both databases: durable steps, a burst of timers beside a
// person who works, and a million instances that wait (BENCH_RUN_WAITING: another number of them).
import { rmSync } from "node:fs";
import { join } from "node:path";
import { startCluster } from "../../tests/lib/postgres.mjs";
import { medianOf, program, scratch } from "../lib/measure.mjs";

export const about =
  "durable steps, as fast as they can and 1,000 a second; 100,000 timers due at once; a signal to 70,000; 1,000,000 that wait";

const rounds = 3;
const seconds = 4;
const threads = 16;
const waiting = Number(process.env.BENCH_RUN_WAITING ?? 1_000_000);

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

/** Due all at once, while one person works all the time. */
async function drained(row, name, fresh, { timers, hearers, seconds }) {
  const burst = await run(fresh(), "timers", timers);
  const many = timers.toLocaleString("en-US");
  row({ name: `run-timers-${name}`, value: burst.seconds, unit: `s for ${many}`, target: seconds });
  row({ name: `run-timers-person-${name}`, value: burst.people_p99_us / 1000, unit: "ms p99 beside", target: 100 });
  const crowd = await run(fresh(), "signals", hearers);
  const all = hearers.toLocaleString("en-US");
  row({ name: `run-signal-${name}`, value: crowd.seconds, unit: `s by ${all}`, target: seconds });
  row({ name: `run-signal-person-${name}`, value: crowd.people_p99_us / 1000, unit: "ms p99 beside", target: 100 });
}

async function openedWith(database, count) {
  await run(database, "wait", count);
  return await run(database, "open", 0);
}

/** What a program needs to open a company where so many instances wait for a timer each. */
async function opened(row, name, fresh) {
  const few = await openedWith(fresh(), 1000);
  const many = await openedWith(fresh(), waiting);
  const of = `of ${waiting.toLocaleString("en-US")}`;
  row({ name: `run-wait-open-${name}`, value: many.first_us / 1000, unit: `ms ${of}`, target: 2000 });
  row({ name: `run-wait-memory-${name}`, value: many.bytes / 2 ** 20, unit: "MiB" });
  const grown = (many.bytes - few.bytes) / 2 ** 20;
  row({ name: `run-wait-memory-grown-${name}`, value: grown, unit: "MiB to 1,000", target: 8 });
}

export async function measure(row) {
  await steps(row, "sqlite", sqlite, 10_000);
  await steady(row, "sqlite", sqlite);
  await drained(row, "sqlite", sqlite, { timers: 100_000, hearers: 70_000, seconds: 60 });
  await opened(row, "sqlite", sqlite);
  const cluster = startCluster({ durable: true });
  const postgres = () => cluster.database();
  try {
    await steps(row, "postgres", postgres, 5_000);
    await steady(row, "postgres", postgres);
    await drained(row, "postgres", postgres, { timers: 20_000, hearers: 20_000, seconds: 30 });
    await opened(row, "postgres", postgres);
  } finally {
    cluster.stop();
  }
}
