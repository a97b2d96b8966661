// SPDX-License-Identifier: Apache-2.0
// SIGTERM: what is under way is finished, nothing new is taken.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { Office } from "../../lib/orders.mjs";
import { head, Raw, sleep } from "../../lib/raw.mjs";
import { demoCompany, serve } from "../../lib/server.mjs";

const lines = 15_000;

export default function stopping(it) {
  let company;
  before(() => {
    company = demoCompany();
  });
  after(() => company?.remove());

  const csv = (prefix) =>
    `sku,name,list_price\n${Array.from({ length: lines }, (_, i) => `${prefix}-${i},Pump,1.50\n`).join("")}`;
  const upload = async (raw, admin, text) =>
    raw.write(head("POST", "/api/v1/records/product/import", { "Content-Type": "text/csv", "Content-Length": text.length }, admin) + text);
  const working = async (admin, sku) => {
    const filter = encodeURIComponent(JSON.stringify([{ field: "sku", operator: "=", value: sku }]));
    for (let i = 0; i < 200; i++) {
      const found = await admin.get(`/api/v1/records/product?count=true&filter=${filter}`);
      if (found.body.count) return;
      await sleep(10);
    }
    throw new Error("the import does not begin");
  };

  it("finishes a request that runs, takes no new one, and ends with 0", { timeout: 60_000 }, async () => {
    const server = await serve(company);
    const admin = await new Office(server.url).as("admin");
    const raw = await Raw.to(server.url);
    await upload(raw, admin, csv("DRAIN"));
    await working(admin, "DRAIN-0");
    const stopped = server.stop("SIGTERM");
    await sleep(100);
    assert.equal(raw.text, "", "the import still runs");
    const late = await Raw.to(server.url);
    await late.write(head("GET", "/healthz"));
    assert.equal((await late.end(2000)).text, "", "no new connection is taken");
    await raw.until(new RegExp(`HTTP/1\\.1 200 OK[^]*"created":${lines}`), 30_000);
    assert.match(raw.text, /^Connection: close\r$/im);
    assert.deepEqual(await stopped, { code: 0, signal: null });
    raw.destroy();
  });

  it("ends though a client does not take its answer and another does not send its body", { timeout: 60_000 }, async () => {
    const server = await serve(company);
    const admin = await new Office(server.url).as("admin");
    assert.equal((await (await uploaded(server, admin, csv("FLOW"))).json()).created, lines);
    const deaf = await Raw.to(server.url);
    deaf.socket.pause();
    await deaf.write(head("GET", "/api/v1/records/product/export", {}, admin));
    const slow = await Raw.to(server.url);
    await slow.write(head("POST", "/api/v1/records/product/import", { "Content-Type": "text/csv", "Content-Length": 1000 }, admin));
    await sleep(200);
    const started = Date.now();
    assert.deepEqual(await server.stop("SIGTERM"), { code: 0, signal: null });
    assert.ok(Date.now() - started < 30_000);
    deaf.destroy();
    slow.destroy();
  });

  it("gives up an import that does not end in time, and keeps what it did", { timeout: 60_000 }, async () => {
    const server = await serve(company);
    const admin = await new Office(server.url).as("admin");
    const raw = await Raw.to(server.url);
    const text = Array.from({ length: 40 }, (_, i) => csv(`LONG${i}`).slice(i ? "sku,name,list_price\n".length : 0)).join("");
    await upload(raw, admin, text);
    await working(admin, "LONG0-0");
    const started = Date.now();
    assert.deepEqual(await server.stop("SIGTERM"), { code: 0, signal: null });
    assert.ok(Date.now() - started < 30_000, "it does not wait for the end of the file");
    raw.destroy();
    const again = await serve(company);
    try {
      const person = await new Office(again.url).as("admin");
      const [job] = (await person.get("/api/v1/imports?limit=1")).body.items;
      assert.deepEqual([job.state, job.created > 0, job.created < 40 * lines], ["failed", true, true]);
    } finally {
      await again.stop();
    }
  });

  it("goes on with an import when it was killed, and takes no line twice", { timeout: 120_000 }, async () => {
    let server = await serve(company);
    let admin = await new Office(server.url).as("admin");
    const created = await admin.request("POST", "/api/v1/imports?entity=product&name=killed.csv", csv("KILL"), {
      type: "application/octet-stream",
    });
    const job = `/api/v1/imports/${created.body.id}`;
    await admin.post(`${job}/start`, { task: "run" });
    for (let kills = 0; kills < 3; kills++) {
      const before = (await admin.get(job)).body.created;
      for (let i = 0; i < 500 && (await admin.get(job)).body.created < before + 600; i++) await sleep(10);
      await server.stop("SIGKILL");
      server = await serve(company);
      admin = await new Office(server.url).as("admin");
      const now = (await admin.get(job)).body;
      assert.ok(now.created >= before + 600, "what was told stays");
    }
    for (let i = 0; i < 600 && (await admin.get(job)).body.state !== "done"; i++) await sleep(100);
    const done = (await admin.get(job)).body;
    assert.deepEqual([done.state, done.rows, done.created, done.refused], ["done", lines, lines, 0]);
    const filter = encodeURIComponent(JSON.stringify([{ field: "sku", operator: "starts", value: "KILL-" }]));
    assert.equal((await admin.get(`/api/v1/records/product?limit=1&count=true&sort=sku&filter=${filter}`)).body.count, lines);
    await server.stop();
  });

  const uploaded = (server, admin, body) =>
    fetch(`${server.url}/api/v1/records/product/import`, {
      method: "POST",
      headers: { ...admin.headers, "Content-Type": "text/csv" },
      body,
    });
}
