// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { Client } from "../../lib/client.mjs";

export default function health(it, world) {
  it("tells that it is alive, ready and how it fares", async () => {
    const anybody = new Client(world.url, world.description);
    assert.equal((await anybody.get("/healthz")).status, 200);
    assert.equal((await anybody.get("/readyz")).status, 200);
    const metrics = await anybody.get("/metrics");
    assert.equal(metrics.status, 200);
    assert.match(metrics.body, /^millrace_http_requests_total \d+$/m);
  });

  it("sends the headers that keep a browser safe", async () => {
    const answer = await fetch(`${world.url}/healthz`);
    assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
    assert.match(answer.headers.get("content-security-policy"), /default-src 'none'/);
    const page = await fetch(`${world.url}/work`, { headers: { Accept: "text/html" } });
    assert.match(page.headers.get("content-type"), /^text\/html/);
    assert.match(page.headers.get("content-security-policy"), /script-src 'self';.*nonce-/);
  });
}
