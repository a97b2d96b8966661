// SPDX-License-Identifier: Apache-2.0
// Measuring: medians, the load generator, a process's memory.
import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../../tests/lib/server.mjs";

const execute = promisify(execFile);
let folder;

/** A folder that is gone when the run ends. */
export function scratch() {
  folder ??= mkdtempSync(join(process.env.BENCH_FOLDER ?? tmpdir(), "millrace-bench-"));
  return folder;
}

export function removeScratch() {
  if (folder) rmSync(folder, { recursive: true, force: true });
  folder = undefined;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The median of one member of several measurements. */
export const medianOf = (runs, member) => median(runs.map((each) => each[member]));

/** Runs a program of bench/ to its end, at most `seconds`; its standard output. */
export async function program(name, args, seconds = 60) {
  const path = join(root, "build", "release", "bench", name);
  const { stdout } = await execute(path, args, {
    cwd: root,
    timeout: seconds * 1000,
    killSignal: "SIGKILL",
    maxBuffer: 64 * 2 ** 20,
  });
  return stdout;
}

/** Starts bench-bare on a database: {url, process, stop}, as tests/lib/server.mjs serves. */
export async function serveBare(database) {
  const path = join(root, "build", "release", "bench", "bench-bare");
  const child = spawn(path, [database], { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.once("exit", (code) => resolve(code)));
  const line = await new Promise((resolve, reject) => {
    child.stdout.once("data", resolve);
    ended.then((code) => reject(new Error(`bench-bare ended with ${code}`)));
  });
  const stop = () => {
    child.kill("SIGTERM");
    return ended;
  };
  return { url: JSON.parse(line).url, process: child, stop };
}

let files = 0;

/** A file of requests for load: lines "METHOD TARGET [BODY]". */
export function requestFile(lines) {
  const path = join(scratch(), `requests-${files++}`);
  writeFileSync(path, lines.map((line) => `${line}\n`).join(""));
  return path;
}

/**
 * Loads a server: {requests, seconds, per_second, p50_us, p99_us, answer_bytes, cpu_us}, the last of
 * the server's process for each request.
 */
export async function load(server, file, { seconds = 3, connections = 64, repeat = false, headers = {} } = {}) {
  const args = ["--url", server.url, "--pid", server.process.pid, "--seconds", seconds, "--connections", connections];
  if (repeat) args.push("--repeat");
  for (const [name, value] of Object.entries(headers)) args.push("--header", `${name}: ${value}`);
  return JSON.parse(await program("bench-load", [...args.map(String), file], seconds + 40));
}

/** The CPU time that a process has used, in seconds. */
export function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /, "").split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100; // utime and stime, in ticks of 10 ms
}

/**
 * What a process holds in memory, in MiB: {private, shared}. Private is its own; shared are pages of
 * files (the program, the database through mmap), each counted once, which the kernel may take back.
 * VmRSS would count a page of the database once for each reader that maps it.
 */
export function memory(pid) {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  const line = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)[1]) / 1024;
  return { private: line("Pss_Anon"), shared: line("Pss_File") + line("Pss_Shmem") };
}
