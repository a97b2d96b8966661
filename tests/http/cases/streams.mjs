// SPDX-License-Identifier: Apache-2.0
// Long bodies flow both ways in constant memory.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { after, before } from "node:test";
import { Office } from "../../lib/orders.mjs";
import { head, once, Raw, sleep } from "../../lib/raw.mjs";
import { demoCompany, serve } from "../../lib/server.mjs";

const importPath = "/api/v1/records/product/import";
const exportPath = "/api/v1/records/product/export";
const many = 300_000;
// So many rows fill what the writer keeps of the database in memory (64 MiB): it is not the body's.
const warming = 50_000;
const allowedMiB = 32;
const name = `Pump ${"with a long name ".repeat(11)}`; // 300,000 lines are 65 MB

/** What the process holds of its own, in MiB. */
const memory = (server) =>
  Number(/^Pss_Anon:\s+(\d+) kB/m.exec(readFileSync(`/proc/${server.process.pid}/smaps_rollup`, "utf8"))[1]) / 1024;

/** The files without a name that the process has open. */
function unnamedFiles(server) {
  const folder = `/proc/${server.process.pid}/fd`;
  const target = (name) => {
    try {
      return readlinkSync(`${folder}/${name}`);
    } catch {
      return "";
    }
  };
  return readdirSync(folder).map(target).filter((name) => name.endsWith("(deleted)"));
}

/** A CSV of products, made while it is sent. */
function products(prefix, count) {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      const lines = at ? [] : ["sku,name,list_price"];
      for (const end = Math.min(count, at + 2000); at < end; at++) lines.push(`${prefix}-${at},${name}${at},12.50`);
      controller.enqueue(Buffer.from(`${lines.join("\n")}\n`));
      if (at === count) controller.close();
    },
  });
}

export default function streams(it) {
  let company, server, admin, metric;
  before(async () => {
    company = demoCompany();
    server = await serve(company, ["--answer-seconds", "2"]);
    admin = await new Office(server.url).as("admin");
    metric = async (name) =>
      Number(new RegExp(`^${name} (\\d+)$`, "m").exec((await admin.get("/metrics")).body)?.[1]);
  });
  after(async () => {
    await server?.stop();
    company?.remove();
  });

  const upload = async (query, body) => {
    const answer = await fetch(`${server.url}${importPath}${query}`, {
      method: "POST",
      headers: { ...admin.headers, "Content-Type": "text/csv" },
      body,
      duplex: "half",
    });
    return { status: answer.status, body: await answer.json() };
  };

  const flowing = async (count) => {
    for (let i = 0; i < 100 && (await metric("millrace_http_answers_flowing")) !== count; i++) await sleep(100);
    assert.equal(await metric("millrace_http_answers_flowing"), count);
  };

  it(`imports and exports ${many} rows without needing more memory`, { timeout: 240_000 }, async () => {
    assert.equal((await upload("", products("WARM", warming))).body.created, warming);
    await (await fetch(server.url + exportPath, { headers: admin.headers })).arrayBuffer();
    const start = memory(server);
    let highest = 0;
    const look = setInterval(() => (highest = Math.max(highest, memory(server))), 50);
    try {
      const done = await upload("", products("LONG", many));
      assert.equal(done.status, 200, JSON.stringify(done.body).slice(0, 500));
      assert.equal(done.body.created, many);
      assert.equal(done.body.lines.length, 1000);
      assert.equal(done.body.omitted, many - 1000);
      const filter = encodeURIComponent(JSON.stringify([{ field: "sku", operator: "starts", value: "LONG-" }]));
      const answer = await fetch(`${server.url}${exportPath}?filter=${filter}&sort=sku&columns=sku,name`, { headers: admin.headers });
      assert.equal(answer.status, 200);
      assert.equal(answer.headers.get("content-length"), null);
      let lines = 0;
      let last;
      for await (const part of answer.body) {
        for (const byte of part) lines += byte === 10;
        last = part;
      }
      assert.equal(lines, many + 1);
      assert.equal(last.at(-1), 10);
    } finally {
      clearInterval(look);
    }
    assert.ok(highest > start / 2, "memory was looked at");
    assert.ok(highest - start < allowedMiB, `${start.toFixed(1)} MiB before, ${highest.toFixed(1)} MiB at most`);
  });

  it("reports refused lines of a long file even behind many taken ones", { timeout: 60_000 }, async () => {
    const lines = Array.from({ length: 3000 }, (_, i) => `BAD-${i},Pump,${i < 1500 ? "1.00" : "dear"}`);
    const tried = await upload("?dry_run=true", `sku,name,list_price\n${lines.join("\n")}\n`);
    assert.equal(tried.body.failed, 1500);
    assert.equal(tried.body.lines.filter((line) => !line.ok).length, 1000);
    assert.equal(tried.body.omitted, 1000);
  });

  it("sends a short answer with its length, and to HEAD the head alone", async () => {
    const filter = encodeURIComponent(JSON.stringify([{ field: "sku", operator: "=", value: "WARM-1" }]));
    const answer = await fetch(`${server.url}${exportPath}?filter=${filter}`, { headers: admin.headers });
    const bytes = await answer.arrayBuffer();
    assert.equal(Number(answer.headers.get("content-length")), bytes.byteLength);
    const headed = await fetch(server.url + exportPath, { method: "HEAD", headers: admin.headers });
    assert.equal(headed.status, 200);
    assert.match(headed.headers.get("content-disposition"), /product\.csv/);
    assert.equal((await headed.arrayBuffer()).byteLength, 0);
    await flowing(0);
  });

  it("refuses before the first byte as a problem", async () => {
    const filter = encodeURIComponent(JSON.stringify([{ field: "shoe_size", operator: "=", value: 1 }]));
    const answer = await fetch(`${server.url}${exportPath}?filter=${filter}`, { headers: admin.headers });
    assert.equal(answer.status, 400);
    assert.equal((await answer.json()).field, "shoe_size");
    const mark = await new Office(server.url).as("mark");
    assert.equal((await mark.get("/api/v1/records/user/export")).status, 403);
  });

  it("ends with a client that goes away", async () => {
    for (let i = 0; i < 6; i++) {
      const raw = await Raw.to(server.url);
      raw.socket.pause();
      await raw.write(head("GET", exportPath, {}, admin));
      await flowing(1);
      raw.socket.resetAndDestroy();
      await flowing(0);
    }
  });

  it("drops who takes an answer too slowly", { timeout: 30_000 }, async () => {
    const raw = await Raw.to(server.url);
    raw.socket.pause();
    await raw.write(head("GET", exportPath, {}, admin));
    await flowing(1);
    const started = Date.now();
    await flowing(0);
    assert.ok(Date.now() - started < 8000, "within the time to take an answer");
    raw.destroy();
  });

  it("lets only a few long answers flow at once, and others go on", async () => {
    const all = [];
    for (let i = 0; i < 4; i++) {
      const raw = await Raw.to(server.url);
      raw.socket.pause();
      await raw.write(head("GET", exportPath, {}, admin));
      all.push(raw);
    }
    await flowing(4);
    const fifth = await fetch(server.url + exportPath, { headers: admin.headers });
    assert.equal(fifth.status, 503);
    assert.equal((await admin.get("/api/v1/records/product?limit=1")).status, 200);
    for (const raw of all) raw.socket.resetAndDestroy();
    await flowing(0);
  });

  it("asks who it is before it takes a long body", async () => {
    const csv = { "Content-Type": "text/csv", "Content-Length": 500_000_000, Expect: "100-continue" };
    const stranger = await once(server.url, head("POST", importPath, csv));
    assert.match(stranger, /^HTTP\/1\.1 401 /);
    const forged = await once(server.url, head("POST", importPath, { ...csv, "X-CSRF-Token": "none" }, { headers: { Cookie: admin.headers.Cookie } }));
    assert.match(forged, /^HTTP\/1\.1 403 /);
    const wrong = await once(server.url, head("POST", importPath, { ...csv, "Content-Type": "text/html" }, admin));
    assert.match(wrong, /^HTTP\/1\.1 400 /);
    const raw = await Raw.to(server.url);
    const text = "sku,name,list_price\nEXPECTED-1,Pump,1.00\n";
    await raw.write(head("POST", `${importPath}?dry_run=true`, { ...csv, "Content-Length": text.length }, admin));
    await raw.until(/^HTTP\/1\.1 100 Continue\r\n\r\n$/);
    await raw.write(text);
    await raw.until(/HTTP\/1\.1 200 OK[^]*"failed":0/);
    raw.destroy();
  });

  it("refuses at once what says that it is too long", async () => {
    const long = { "Content-Type": "text/csv", "Content-Length": 1024 ** 3 + 1 };
    assert.match(await once(server.url, head("POST", importPath, long, admin)), /^HTTP\/1\.1 413 /);
    const json = { "Content-Type": "application/json", "Content-Length": 16 * 1024 ** 2 + 1, Expect: "100-continue" };
    assert.match(await once(server.url, head("POST", "/api/v1/records/account", json, admin)), /^HTTP\/1\.1 413 /);
  });

  it("cuts chunks that go beyond the limit", { timeout: 30_000 }, async () => {
    const raw = await Raw.to(server.url);
    const chunked = { "Content-Type": "application/json", "Transfer-Encoding": "chunked" };
    await raw.write(head("POST", "/api/v1/records/account", chunked, admin));
    const chunk = Buffer.concat([Buffer.from("100000\r\n"), Buffer.alloc(0x100000, 0x20), Buffer.from("\r\n")]);
    for (let i = 0; i < 20 && !raw.isClosed; i++) await raw.write(chunk);
    await raw.write("0\r\n\r\n");
    await raw.until(/HTTP\/1\.1 413 /);
    raw.destroy();
  });

  it("lets a slow upload hold nobody up", async () => {
    const raw = await Raw.to(server.url);
    const text = "sku,name,list_price\nSLOW-1,Pump,1.00\n";
    await raw.write(head("POST", importPath, { "Content-Type": "text/csv", "Content-Length": text.length }, admin));
    await raw.write(text.slice(0, 30));
    const created = await admin.post("/api/v1/records/account", { fields: { name: "Not Held Up Ltd" } });
    assert.equal(created.status, 201);
    await raw.write(text.slice(30));
    await raw.until(/"created":1/);
    raw.destroy();
  });

  it("leaves nothing in the folder of uploads that are cut off", async () => {
    const raw = await Raw.to(server.url);
    await raw.write(head("POST", importPath, { "Content-Type": "text/csv", "Content-Length": 10_000_000 }, admin));
    await raw.write(`sku,name,list_price\n${"A,B,1\n".repeat(100_000)}`);
    const held = () => unnamedFiles(server);
    for (let i = 0; i < 50 && !held().length; i++) await sleep(50);
    assert.equal(held().length, 1, "the upload is in a file without a name");
    raw.socket.resetAndDestroy();
    for (let i = 0; i < 100 && held().length; i++) await sleep(50);
    assert.deepEqual(held(), []);
  });
}
