// SPDX-License-Identifier: Apache-2.0
// Strangers' bytes: a clear error, nothing changed, no crash.
import assert from "node:assert/strict";
import { connect } from "node:net";

const accounts = "/api/v1/records/account";

/** Sends raw bytes and reads until the server closes: the answer's text. */
function raw(url, bytes) {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let text = "";
    socket.setTimeout(5000, () => socket.destroy());
    socket.on("data", (part) => (text += part));
    socket.on("close", () => resolve(text));
    socket.on("error", (error) => (text ? resolve(text) : reject(error)));
  });
}

export default function badInput(it, world) {
  it("says where JSON is malformed", async () => {
    const sam = await world.office.as("sam");
    const answer = await sam.post(accounts, '{"fields":\n {"name": }}');
    assert.equal(answer.status, 400);
    assert.equal(answer.body.line, 2);
    for (const text of ["", "[]", "{", '{"a":1,"a":2}', '{"fields":{"name":"\\u0000"}}', "{".repeat(5000)])
      assert.equal((await sam.post(accounts, text)).status >= 400, true, text.slice(0, 40));
    assert.equal((await sam.post(accounts, Buffer.from('{"fields":{"name":"\xff"}}', "latin1"))).status, 400);
  });

  it("refuses bodies that are too long, and the wrong kind", async () => {
    const sam = await world.office.as("sam");
    const long = await sam.post(accounts, `{"fields":{"name":"${"x".repeat(17 * 1024 * 1024)}"}}`).catch((error) => error);
    assert.ok(long instanceof Error || long.status === 413);
    const plain = await sam.request("POST", accounts, "name=x", { type: "application/x-www-form-urlencoded" });
    assert.equal(plain.status, 400);
  });

  it("knows no unknown ids, entities, addresses, parameters and methods", async () => {
    const sam = await world.office.as("sam");
    assert.equal((await sam.get(`${accounts}/0000000000000`)).status, 404);
    assert.equal((await sam.get(`${accounts}/'%20or%201=1`)).status, 404);
    assert.equal((await sam.get("/api/v1/records/no_such_entity")).status, 404);
    assert.equal((await sam.get("/api/v1/nowhere")).status, 404);
    assert.equal((await sam.get(`${accounts}?colour=blue`)).status, 400);
    assert.equal((await sam.get(`${accounts}?limit=100000`)).status, 400);
    assert.equal((await sam.get(`${accounts}?sort=no_such_field`)).status, 400);
    assert.equal((await sam.get(`${accounts}?after=nonsense`)).status, 400);
    assert.equal((await sam.request("PUT", accounts, {})).status, 405);
    for (const operator of ["; drop table account", "like"]) {
      const filter = encodeURIComponent(JSON.stringify([{ field: "name", operator, value: "x" }]));
      assert.equal((await sam.get(`${accounts}?filter=${filter}`)).status, 400);
    }
  });

  it("takes no XML bomb and no external entity", async () => {
    const admin = await world.office.as("admin");
    const bomb = '<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><b>&b;</b>';
    const outside = '<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a SYSTEM "file:///etc/passwd">]><b>&a;</b>';
    for (const text of [bomb, outside, "<", "<a>", "<a/>", `${"<a>".repeat(100000)}`]) {
      const answer = await admin.request("POST", "/api/v1/processes", text, { type: "application/xml" });
      assert.equal(answer.status >= 400 && answer.status < 500, true, text.slice(0, 40));
      assert.ok(!JSON.stringify(answer.body).includes("root:"));
    }
  });

  it("closes on requests that could be read in two ways", async () => {
    const start = "POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
    for (const headers of [
      "Content-Length: 2\r\nContent-Length: 3\r\n",
      "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
      "Content-Length: -1\r\n",
      "Content-Length: 2x\r\n",
    ]) {
      const text = await raw(world.url, `${start}${headers}\r\n{}`);
      assert.match(text, /^HTTP\/1\.1 400/, headers);
    }
  });

  it("is still well after all of this", async () => {
    const sam = await world.office.as("sam");
    assert.equal((await sam.get("/healthz")).status, 200);
  });
}
