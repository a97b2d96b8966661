// SPDX-License-Identifier: Apache-2.0
// The libraries of others that the bench measures beside Millrace: bench/peers, installed from its lock file
// when first needed, without running their scripts.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "../../tests/lib/server.mjs";
import { median } from "./measure.mjs";

const folder = join(root, "bench", "peers");
const lock = join(folder, "package-lock.json");
const installed = join(folder, "node_modules", ".installed-lock.json");

/** Imports a library of bench/peers. */
export async function peer(name) {
  if (!existsSync(installed) || !readFileSync(installed).equals(readFileSync(lock))) {
    execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
      cwd: folder,
      stdio: ["ignore", "ignore", "inherit"],
    });
    copyFileSync(lock, installed);
  }
  return import(pathToFileURL(createRequire(join(folder, "package.json")).resolve(name)).href);
}

/** Nanoseconds of this process's CPU for one call, the median of several runs after a warm-up. */
export function nanosecondsOf(call, { milliseconds = 60, repeats = 7 } = {}) {
  const run = (rounds) => {
    const before = process.cpuUsage();
    for (let i = 0; i < rounds; i++) call(i);
    const used = process.cpuUsage(before);
    return (used.user + used.system) * 1000;
  };
  let rounds = 1;
  let took = run(rounds);
  while (took < (milliseconds * 1e6) / 4) took = run((rounds *= 4));
  rounds = Math.max(1, Math.round((rounds * milliseconds * 1e6) / took));
  return median(Array.from({ length: repeats }, () => run(rounds) / rounds));
}
