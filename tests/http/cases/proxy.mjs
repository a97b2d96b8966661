// SPDX-License-Identifier: Apache-2.0
// Whose forwarding headers are believed, and what follows from it.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { demoCompany, serve } from "../../lib/server.mjs";

const failures = 10; // SESSION_FAILURES of one login from one address

export default function proxy(it) {
  let company;
  before(() => {
    company = demoCompany();
  });
  after(() => company?.remove());

  const signIn = async (server, login, password, headers) => {
    const answer = await fetch(`${server.url}/api/v1/session`, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify({ login, password }),
    });
    return { status: answer.status, cookie: answer.headers.get("set-cookie"), hsts: answer.headers.get("strict-transport-security") };
  };

  const serving = async (options, work) => {
    const server = await serve(company, options);
    try {
      await work(server);
    } finally {
      await server.stop();
    }
  };

  it("counts failed sign-ins for the address that the trusted proxy names", { timeout: 30_000 }, () =>
    serving(["--trusted-proxy", "127.0.0.1"], async (server) => {
      const from = (address) => ({ "X-Forwarded-For": address });
      for (let i = 0; i < failures; i++)
        assert.equal((await signIn(server, "sam", "wrong", from("203.0.113.7"))).status, 401);
      assert.equal((await signIn(server, "sam", "riverbend", from("203.0.113.7"))).status, 429);
      assert.equal((await signIn(server, "sam", "riverbend", from("198.51.100.1"))).status, 201);
      // What the client itself wrote stands before what the proxy added, and does not count.
      assert.equal((await signIn(server, "sam", "riverbend", from("198.51.100.1, 203.0.113.7"))).status, 429);
      assert.equal((await signIn(server, "sam", "riverbend", from("203.0.113.7, 198.51.100.1"))).status, 201);
    }),
  );

  it("believes the proxy that a request came over TLS", () =>
    serving(["--trusted-proxy", "127.0.0.1"], async (server) => {
      const secure = await signIn(server, "sam", "riverbend", { "X-Forwarded-Proto": "https" });
      assert.match(secure.cookie, /; Secure/);
      assert.ok(secure.hsts);
      const plain = await signIn(server, "sam", "riverbend", { "X-Forwarded-Proto": "http" });
      assert.doesNotMatch(plain.cookie, /; Secure/);
    }),
  );

  for (const [who, options] of [
    ["nobody when no proxy is named", []],
    ["nobody but the proxy that is named", ["--trusted-proxy", "192.0.2.1"]],
  ])
    it(`believes ${who}`, { timeout: 30_000 }, () =>
      serving(options, async (server) => {
        for (let i = 0; i < failures; i++)
          assert.equal((await signIn(server, "fiona", "wrong", { "X-Forwarded-For": `203.0.113.${i}` })).status, 401);
        const spoofed = await signIn(server, "fiona", "riverbend", { "X-Forwarded-For": "198.51.100.9" });
        assert.equal(spoofed.status, 429);
        const other = await signIn(server, "sam", "riverbend", { "X-Forwarded-Proto": "https" });
        assert.equal(other.status, 201);
        assert.doesNotMatch(other.cookie, /; Secure/);
        assert.equal(other.hsts, null);
        // The numbers are for this machine: a forwarded address does not make a stranger of it.
        const metrics = await fetch(`${server.url}/metrics`, { headers: { "X-Forwarded-For": "203.0.113.1" } });
        assert.equal(metrics.status, 200);
      }),
    );

  it("tells the numbers to nobody whom the proxy forwards", () =>
    serving(["--trusted-proxy", "127.0.0.1"], async (server) => {
      const metrics = await fetch(`${server.url}/metrics`, { headers: { "X-Forwarded-For": "203.0.113.1" } });
      assert.equal(metrics.status, 403);
    }),
  );
}
