// SPDX-License-Identifier: Apache-2.0
// Memory, start-up, and what is shipped, on the demo company.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { demoCompany, millrace, root, serve } from "../../tests/lib/server.mjs";
import { signedIn } from "../lib/company.mjs";
import { load, median, memory, requestFile } from "../lib/measure.mjs";

export const about = "memory, start-up, binary, first page";

const starts = 5;

/** Milliseconds from starting the program to its first answer that it is ready. */
async function startUp(company, port) {
  const began = performance.now();
  const child = spawn(
    millrace,
    ["serve", "--database", company.database, "--listen", `127.0.0.1:${port}`, "--json"],
    { cwd: root, stdio: "ignore" },
  );
  const ended = new Promise((resolve) => child.once("exit", resolve));
  let took;
  while (took === undefined && performance.now() - began < 20_000) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    await answer?.arrayBuffer();
    if (answer?.status === 200) took = performance.now() - began;
    else await new Promise((resolve) => setTimeout(resolve, 1));
  }
  child.kill("SIGTERM");
  await ended;
  if (took === undefined) throw new Error("the server was not ready within 20 s");
  return took;
}

async function measureStart(row, company) {
  const server = await serve(company); // finds a free port
  const port = Number(new URL(server.url).port);
  await server.stop();
  const times = [];
  for (let i = 0; i < starts; i++) times.push(await startUp(company, port));
  row({ name: "start-up", value: median(times), unit: "ms", target: 2000 });
}

async function measureMemory(row, company) {
  const server = await serve(company);
  try {
    const idle = memory(server.process.pid);
    const headers = await signedIn(server, "sam");
    const reads = requestFile([
      "GET /api/v1/records/sales_order?limit=20&sort=-number",
      "GET /api/v1/work-items?mine=true&state=open",
    ]);
    await load(server, reads, { seconds: 3, repeat: true, headers });
    const loaded = memory(server.process.pid);
    row({ name: "memory-idle", value: idle.private, unit: "MiB" });
    row({ name: "memory-idle-files", value: idle.shared, unit: "MiB" });
    row({ name: "memory-loaded", value: loaded.private, unit: "MiB" });
    row({ name: "memory-loaded-files", value: loaded.shared, unit: "MiB" });
  } finally {
    await server.stop();
  }
}

/** Everything that is loaded with a module: itself and what it imports, not what it imports later. */
function withImports(manifest, key, found = new Set()) {
  if (found.has(key)) return found;
  found.add(key);
  for (const each of manifest[key].imports ?? []) withImports(manifest, each, found);
  return found;
}

/** The first page: the application in one language, the sign-in, the work list that comes after it. */
const firstPage = [
  "index.html",
  "locales/en/index.ts",
  "src/features/session/sign-in.tsx",
  "src/features/work/list.tsx",
];

function measurePage(row) {
  const dist = join(root, "web", "dist");
  if (!existsSync(join(dist, ".vite", "manifest.json"))) throw new Error("web/dist is not built: tools/build web");
  const manifest = JSON.parse(readFileSync(join(dist, ".vite", "manifest.json"), "utf8"));
  const keys = new Set();
  for (const key of firstPage) {
    if (!manifest[key]) throw new Error(`the first page has no ${key} any more: see bench/cases/size.mjs`);
    withImports(manifest, key, keys);
  }
  let bytes = 0;
  for (const file of new Set([...keys].map((key) => manifest[key].file)))
    if (file.endsWith(".js"))
      bytes += brotliCompressSync(readFileSync(join(dist, file)), {
        params: { [constants.BROTLI_PARAM_QUALITY]: 11 },
      }).length;
  row({ name: "first-page-javascript", value: bytes / 1000, unit: "KB brotli", target: 350 });
}

export async function measure(row) {
  const company = demoCompany();
  try {
    await measureStart(row, company);
    await measureMemory(row, company);
  } finally {
    company.remove();
  }
  row({ name: "binary", value: statSync(millrace).size / 1e6, unit: "MB" });
  measurePage(row);
}
