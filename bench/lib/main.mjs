// SPDX-License-Identifier: Apache-2.0
// Runs the cases, shows their rows, writes build/bench.json.
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release, totalmem } from "node:os";
import { join } from "node:path";
import { root } from "../../tests/lib/server.mjs";
import { removeCompany } from "./company.mjs";
import { removeScratch } from "./measure.mjs";

const folder = join(root, "bench", "cases");
const names = readdirSync(folder)
  .filter((file) => file.endsWith(".mjs"))
  .map((file) => file.slice(0, -".mjs".length))
  .sort();

const rows = [];

function shown(value) {
  if (value >= 1000) return Math.round(value).toLocaleString("en-US");
  return Number(value.toPrecision(3)).toString();
}

/**
 * Adds a row. `best` says which way is better, "low" unless told. Without a target it informs.
 */
function row({ name, value, unit, target = null, best = "low" }) {
  if (!Number.isFinite(value)) throw new Error(`${name} is ${value}, not a number`);
  const met = target === null ? null : best === "high" ? value >= target : value <= target;
  rows.push({ name, value: Number(value.toPrecision(6)), unit, target, met });
  const promise = target === null ? "" : `${best === "high" ? ">=" : "<="} ${shown(target)}`;
  const verdict = met === null ? "" : met ? "met" : "MISSED";
  console.log(`  ${name.padEnd(34)}${shown(value).padStart(12)} ${unit.padEnd(14)}${promise.padStart(12)}  ${verdict}`);
}

function machine() {
  const memory = (totalmem() / 2 ** 30).toFixed(1);
  const load = loadavg()[0].toFixed(2);
  return `${cpus()[0].model}, ${availableParallelism()} cores, ${memory} GiB, Linux ${release()}, load before ${load}`;
}

async function runCase(name) {
  const { about, measure } = await import(join(folder, `${name}.mjs`));
  const started = Date.now();
  console.log(`\n${name}: ${about}`);
  await measure(row);
  console.log(`  (${((Date.now() - started) / 1000).toFixed(1)} s)`);
}

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !names.includes(name));
if (unknown) {
  console.error(`bench/run: no case is named '${unknown}'; there are ${names.join(", ")}`);
  process.exit(2);
}

console.log(machine());
try {
  for (const name of wanted.length ? wanted : names) await runCase(name);
} finally {
  removeCompany();
  removeScratch();
}
mkdirSync(join(root, "build"), { recursive: true });
const listed = rows.map((each) => `  ${JSON.stringify(each)}`).join(",\n");
writeFileSync(join(root, "build", "bench.json"), `[\n${listed}\n]\n`);
const count = (met) => rows.filter((each) => each.met === met).length;
console.log(`\n${rows.length} rows, ${count(true)} targets met, ${count(false)} missed; build/bench.json`);
