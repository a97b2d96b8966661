// SPDX-License-Identifier: Apache-2.0
// Webhooks, with the other side on loopback.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer } from "node:http";

const hooks = "/api/v1/webhooks";

// A program that is told: keeps the calls, answers each with `status`.
async function listener() {
  const calls = [];
  const side = { calls, status: 200 };
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    calls.push({ headers: request.headers, body, json: JSON.parse(body) });
    response.writeHead(side.status).end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  side.url = `http://127.0.0.1:${server.address().port}/hook`;
  side.close = () => new Promise((resolve) => server.close(resolve));
  return side;
}

// As Standard Webhooks 1.0.0 says.
function signatureOf({ headers, body }, secret) {
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  return `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
}

async function until(what) {
  for (let tries = 0; tries < 200; tries++) {
    const found = await what();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail("it does not come");
}

export default function webhooks(it, world) {
  it("tells another program what changes, signed, and shows what it sent", { timeout: 30000 }, async () => {
    const admin = await world.office.as("admin");
    const side = await listener();
    const made = await admin.post(hooks, { name: "ledger", url: side.url, entities: ["account"] });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const { id, secret } = made.body;
    const hook = `${hooks}/${id}`;
    assert.equal((await admin.get(hook)).body.secret, undefined);
    assert.ok((await admin.get(hooks)).body.items.some((each) => each.id === id));

    const account = await world.office.customer("Told Ltd", 10);
    const call = await until(() => side.calls.find(({ json }) => json.data.id === account));
    assert.equal(call.json.type, "account.create");
    assert.equal(call.headers["webhook-signature"], signatureOf(call, secret));
    assert.ok(side.calls.every(({ json }) => json.type.startsWith("account.")));

    const renewed = (await admin.post(`${hook}/secret`)).body.secret;
    assert.notEqual(renewed, secret);
    assert.equal((await admin.post(`${hook}/test`)).status, 204);
    const test = await until(() => side.calls.find(({ json }) => json.type === "test"));
    assert.deepEqual(test.headers["webhook-signature"].split(" "), [
      signatureOf(test, renewed),
      signatureOf(test, secret),
    ]);

    const delivered = await until(async () => {
      const { items } = (await admin.get(`${hook}/deliveries?state=delivered&limit=1`)).body;
      return items[0]?.type === "test" && items[0];
    });
    assert.equal((await admin.post(`${hook}/deliveries/${delivered.id}/replay`)).status, 204);
    const again = await until(() => side.calls.filter(({ json }) => json.type === "test")[1]);
    assert.equal(again.headers["webhook-id"], test.headers["webhook-id"]);

    side.status = 500;
    await admin.post(`${hook}/test`);
    const waiting = await until(async () => {
      const { items } = (await admin.get(`${hook}/deliveries?state=waiting`)).body;
      return items.find(({ failures }) => failures === 1);
    });
    assert.match(waiting.problem, /answered 500/);
    assert.equal((await admin.delete(hook)).status, 204);
    assert.equal((await admin.get(hook)).status, 404);
    await side.close();
  });

  it("switches a webhook off and on, and refuses what is none", async () => {
    const admin = await world.office.as("admin");
    const sam = await world.office.as("sam");
    assert.equal((await sam.get(hooks)).status, 403);
    const { id } = (await admin.post(hooks, { name: "quiet", url: "https://example.com/", active: false })).body;
    assert.equal((await admin.patch(`${hooks}/${id}`, { name: "quieter" })).body.active, false);
    assert.equal((await admin.post(hooks, { name: "quieter", url: "https://example.com/" })).status, 409);
    for (const url of ["ftp://example.com/", "http://a:b@example.com/", "example"])
      assert.equal((await admin.post(hooks, { name: "wrong", url })).status, 400, url);
    assert.equal((await admin.post(hooks, { name: "wrong", url: "https://example.com/", entities: ["no"] })).status, 404);
    assert.equal((await admin.get(`${hooks}/${id}/deliveries?state=lost`)).status, 400);
    assert.equal((await admin.delete(`${hooks}/${id}`)).status, 204);
  });
}
