// SPDX-License-Identifier: Apache-2.0
// Importing and exporting, with rights, validation and audit, from the command line and over HTTP.
import { createWriteStream, openAsBlob, statSync } from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { Office } from "../../tests/lib/orders.mjs";
import { demoCompany, run, serve } from "../../tests/lib/server.mjs";
import { cpuSeconds, memory, scratch } from "../lib/measure.mjs";

const rows = Number(process.env.BENCH_IMPORT_ROWS ?? 200_000);

export const about = `import and export ${rows.toLocaleString("en-US")} products as CSV, one after the other`;

/** A file of products; the prefix keeps two files apart. */
async function products(prefix) {
  const path = join(scratch(), `${prefix}.csv`);
  const out = createWriteStream(path);
  out.write("sku,name,family,list_price,stock\n");
  for (let i = 0; i < rows; i += 1000) {
    const lines = [];
    for (let k = i; k < Math.min(i + 1000, rows); k++)
      lines.push(`${prefix}-${k},Centrifugal pump number ${k},Family ${k % 40},${(k % 9000) / 10 + 1},${k % 500}`);
    if (!out.write(`${lines.join("\n")}\n`)) await new Promise((resolve) => out.once("drain", resolve));
  }
  out.end();
  await finished(out);
  return path;
}

const seconds = async (work) => {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
};

export async function measure(row) {
  const company = demoCompany();
  try {
    const first = await products("CLI");
    const args = ["import", first, "--entity", "product", "--database", company.database, "--json"];
    const onCommand = await seconds(() => {
      const done = run(args, { stdio: ["ignore", "ignore", "pipe"] });
      if (done.status !== 0) throw new Error(done.stderr);
    });
    row({ name: "import-command", value: rows / onCommand, unit: "rows/s", target: 30_000, best: "high" });
    const server = await serve(company);
    try {
      const { headers } = await new Office(server.url).as("admin");
      const second = await products("HTTP");
      const before = memory(server.process.pid).private;
      const cpuBefore = cpuSeconds(server.process.pid);
      const overHttp = await seconds(async () => {
        const answer = await fetch(`${server.url}/api/v1/records/product/import`, {
          method: "POST",
          headers: { ...headers, "Content-Type": "text/csv" },
          body: await openAsBlob(second),
          duplex: "half",
        });
        const report = await answer.json();
        if (report.created !== rows) throw new Error(JSON.stringify(report).slice(0, 500));
      });
      const cpu = ((cpuSeconds(server.process.pid) - cpuBefore) / rows) * 1e6;
      row({ name: "import-http-cpu", value: cpu, unit: "us/row", target: 33 });
      row({ name: "import-http", value: rows / overHttp, unit: "rows/s", target: 30_000, best: "high" });
      row({ name: "import-file", value: statSync(second).size / 2 ** 20, unit: "MiB" });
      // The writer keeps up to 64 MiB of the database.
      row({ name: "import-http-memory", value: memory(server.process.pid).private - before, unit: "MiB", target: 96 });
      const filter = JSON.stringify([{ field: "sku", operator: "starts", value: "HTTP-" }]);
      for (const format of ["csv", "xlsx", "jsonl"]) {
        let bytes = 0;
        const took = await seconds(async () => {
          const query = `format=${format}&sort=sku&filter=${encodeURIComponent(filter)}`;
          const answer = await fetch(`${server.url}/api/v1/records/product/export?${query}`, { headers });
          if (answer.status !== 200) throw new Error(await answer.text());
          for await (const part of answer.body) bytes += part.length;
        });
        row({ name: `export-http-${format}`, value: rows / took, unit: "rows/s", best: "high" });
      }
      row({ name: "export-http-memory", value: memory(server.process.pid).private - before, unit: "MiB", target: 96 });
    } finally {
      await server.stop();
    }
  } finally {
    company.remove();
  }
}
