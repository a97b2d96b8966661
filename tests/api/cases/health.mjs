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

  it("tells open screens what was committed, and only whom it concerns", { timeout: 20000 }, async () => {
    const sam = await world.office.as("sam");
    const mark = await world.office.as("mark");
    const listen = async (person) => {
      const stream = await fetch(`${world.url}/api/v1/events`, { headers: person.headers });
      assert.equal(stream.headers.get("content-type"), "text/event-stream");
      world.description.called.add("GET /api/v1/events");
      return stream.body.pipeThrough(new TextDecoderStream()).getReader();
    };
    const [heard, unheard] = [await listen(sam), await listen(mark)];
    const until = async (reader, word) => {
      for (let text = ""; ; ) {
        const { value, done } = await reader.read();
        assert.ok(!done, "the stream stays open");
        text += value;
        if (text.includes(word)) return text;
      }
    };
    await until(heard, "retry:");
    await new Promise((resolve) => setTimeout(resolve, 400));
    const customer = await world.office.customer("Heard Ltd", 10);
    const order = await world.office.order(customer, 1);
    assert.match(await until(heard, order.id), /event: change\ndata: \{"entity":"sales_order"/);
    assert.doesNotMatch(await until(unheard, customer), /sales_order|credit_profile/);
    await Promise.all([heard.cancel(), unheard.cancel()]);
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
