// SPDX-License-Identifier: Apache-2.0
// A server of its own for a suite: a fresh demo company, a free port, gone at the end.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { startCluster } from "./postgres.mjs";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
export const millrace = process.env.MILLRACE ?? join(root, "build", "debug", "millrace");

/** Runs the program to its end: {status, stdout, stderr}. */
export function run(args, options = {}) {
  const done = spawnSync(millrace, args, { cwd: root, encoding: "utf8", ...options });
  if (done.error) throw done.error;
  return done;
}

/** A place for a database: SQLite in a new folder, or with MILLRACE_TEST_DATABASE=postgres a cluster. */
function place() {
  const folder = mkdtempSync(join(tmpdir(), "millrace-test-"));
  const away = () => rmSync(folder, { recursive: true, force: true });
  if (process.env.MILLRACE_TEST_DATABASE === "postgres") {
    const cluster = startCluster();
    return { database: cluster.database(), files: join(folder, "files"), remove: () => (cluster.stop(), away()) };
  }
  return { database: `sqlite:${join(folder, "company.db")}`, files: join(folder, "company.db.files"), remove: away };
}

/** Makes a demo company: {database, remove}. */
export function demoCompany() {
  const company = place();
  const made = run(["demo", "--database", company.database]);
  if (made.status === 0) return company;
  company.remove();
  throw new Error(`demo failed: ${made.stderr}`);
}

/** Serves a company: {url, process, stop, kill}. */
export async function serve(company, extra = []) {
  const files = company.files ? ["--files", company.files] : [];
  const child = spawn(
    millrace,
    ["serve", "--database", company.database, ...files, "--listen", "127.0.0.1:0", "--json", ...extra],
    { cwd: root, stdio: ["ignore", "pipe", "pipe"] },
  );
  let stderr = "";
  child.stderr.on("data", (bytes) => (stderr += bytes));
  const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
  const line = await new Promise((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (bytes) => {
      text += bytes;
      const end = text.indexOf("\n");
      if (end >= 0) resolve(text.slice(0, end));
    });
    ended.then(({ code }) => reject(new Error(`the server ended with ${code}: ${stderr}`)));
  });
  const stop = async (signal = "SIGTERM") => {
    child.kill(signal);
    return ended;
  };
  return { url: JSON.parse(line).url, process: child, stop, stderr: () => stderr };
}
