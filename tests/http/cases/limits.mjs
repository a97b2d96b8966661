// SPDX-License-Identifier: Apache-2.0
// Slow clients are dropped in time, and nobody takes all connections.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { Office } from "../../lib/orders.mjs";
import { head, Raw, sleep } from "../../lib/raw.mjs";
import { demoCompany, serve } from "../../lib/server.mjs";

const most = 8;

export default function limits(it) {
  let company, server, sam;
  before(async () => {
    company = demoCompany();
    const short = ["--idle-seconds", "2", "--body-seconds", "2", "--answer-seconds", "2"];
    server = await serve(company, [...short, "--connections-per-address", String(most)]);
    sam = await new Office(server.url).as("sam");
  });
  after(async () => {
    await server?.stop();
    company?.remove();
  });

  /** Sees that the server closes within 1 to 5 seconds, whatever is dripped meanwhile. */
  const dropped = async (raw, drips) => {
    const started = Date.now();
    const dripping = drips ? raw.drip(drips) : undefined;
    await raw.end(8000);
    await dripping;
    const ms = Date.now() - started;
    assert.ok(ms > 900 && ms < 5000, `closed after ${ms} ms`);
  };

  it("drops who says nothing", async () => dropped(await Raw.to(server.url)));

  it("drops who drips a header", async () =>
    dropped(await Raw.to(server.url), Buffer.from(`GET /healthz HTTP/1.1\r\nHost: ${"x".repeat(200)}`)));

  it("drops who drips a body", async () => {
    const raw = await Raw.to(server.url);
    await raw.write(head("POST", "/api/v1/session", { "Content-Type": "application/json", "Content-Length": 1000 }));
    await dropped(raw, Buffer.alloc(200, 0x20));
  });

  it("drops who drips a body in chunks", async () => {
    const raw = await Raw.to(server.url);
    const headers = { "Content-Type": "application/json", "Transfer-Encoding": "chunked" };
    await raw.write(head("POST", "/api/v1/session", headers));
    await dropped(raw, Buffer.from("1\r\n \r\n".repeat(40)));
  });

  it("drops who drips a long body, which earns its time only by coming", async () => {
    const raw = await Raw.to(server.url);
    const headers = { "Content-Type": "text/csv", "Content-Length": 1_000_000 };
    await raw.write(head("POST", "/api/v1/records/account/import", headers, sam));
    await dropped(raw, Buffer.alloc(200, 0x20));
  });

  it("lets a long body take longer as long as it comes", { timeout: 20_000 }, async () => {
    const raw = await Raw.to(server.url);
    const line = "Steady Ltd\n";
    const lines = 20_000;
    const headers = { "Content-Type": "text/csv", "Content-Length": 5 + line.length * lines };
    await raw.write(head("POST", "/api/v1/records/account/import?dry_run=true", headers, sam));
    await raw.write("name\n");
    const parts = 16; // 13.75 KB each: more than 10 KB in half a second
    for (let i = 0; i < parts; i++) {
      await raw.write(line.repeat(lines / parts));
      await sleep(250);
    }
    await raw.until(/^HTTP\/1\.1 (200|403)/, 15_000);
    raw.destroy();
  });

  it("drops who does not take the answers", { timeout: 30_000 }, async () => {
    const raw = await Raw.to(server.url);
    raw.socket.pause();
    const request = head("GET", "/openapi.json");
    // More than the system holds for a connection that nobody reads.
    const writing = raw.write(request.repeat(1000));
    const started = Date.now();
    await Promise.race([raw.closed, writing.then(() => raw.closed), gone(server, 1)]);
    assert.ok(Date.now() - started < 15_000);
    raw.destroy();
  });

  /** Until the server counts at most so many connections: ours for asking is one. */
  async function gone(from, count) {
    for (;;) {
      await sleep(300);
      const text = (await sam.get("/metrics")).body;
      if (Number(/^millrace_http_connections (\d+)$/m.exec(text)[1]) <= count) return;
    }
  }

  it("gives one address so many connections and not one more", async () => {
    await gone(server, 1);
    const all = [];
    try {
      for (let i = 0; i < most + 4; i++) all.push(await Raw.to(server.url));
      await sleep(300);
      const open = all.filter((raw) => !raw.isClosed).length;
      assert.ok(open <= most && open >= most - 2, `${open} are open`);
      const elsewhere = await Raw.to(server.url, { from: "127.0.0.2" });
      await elsewhere.write(head("GET", "/healthz", { Connection: "close" }));
      assert.match((await elsewhere.end()).text, /^HTTP\/1\.1 200/);
    } finally {
      for (const raw of all) raw.destroy();
    }
    await sleep(300);
    assert.equal((await sam.get("/healthz")).status, 200);
  });

  it("takes no header beyond its limit", async () => {
    for (const bytes of [
      head("GET", "/healthz", { "X-Long": "x".repeat(40_000) }),
      head("GET", `/healthz?a=${"x".repeat(40_000)}`),
      `GET /healthz HTTP/1.1\r\nHost: x\r\n${"X-A: b\r\n".repeat(8000)}\r\n`,
    ]) {
      const raw = await Raw.to(server.url);
      await raw.write(bytes);
      const { text } = await raw.end();
      assert.ok(text === "" || /^HTTP\/1\.[01] (413|414|431|400) /.test(text), text.slice(0, 100));
    }
  });
}
