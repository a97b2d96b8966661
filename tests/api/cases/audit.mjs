// SPDX-License-Identifier: Apache-2.0
// What was changed or deleted, put back; and what a process holds, not.
import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import { enter } from "../../lib/orders.mjs";

const accounts = "/api/v1/records/account";

export default function audit(it, world) {
  const change = async (person, row, fields, reason) => {
    const body = { version: row.version, fields, ...(reason ? { reason } : {}) };
    const answer = await person.patch(`${accounts}/${row.id}`, body);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return answer.body;
  };

  it("puts a value and a whole record back to before an entry of the history", async () => {
    const sam = await world.office.as("sam");
    const { body: made } = await sam.post(accounts, { fields: { name: "Restored Ltd", city: "Köln", country: "DE" } });
    const path = `${accounts}/${made.id}`;
    let row = await change(sam, made, { city: "Bonn", country: "FR" }, "they moved");
    row = await change(sam, row, { city: "Paris" });
    const { items } = (await sam.get(`${path}/history`)).body;
    assert.equal(items.find(({ field }) => field === "country").reason, "they moved");
    const [last] = items.filter(({ field }) => field === "city");
    const first = items.filter(({ field }) => field === "city")[1];
    const stale = await sam.post(`${path}/restore`, { before: last.at, fields: ["city"], version: 1 });
    assert.equal(stale.status, 409);
    const value = await sam.post(`${path}/restore`, { before: last.at, fields: ["city"], version: row.version });
    assert.equal(value.status, 200, JSON.stringify(value.body));
    assert.equal(value.body.fields.city, "Bonn");
    const whole = await sam.post(`${path}/restore`, { before: first.at, reason: "they never moved" });
    assert.deepEqual([whole.body.fields.city, whole.body.fields.country], ["Köln", "DE"]);
    const after = (await sam.get(`${path}/history`)).body.items[0];
    assert.deepEqual([after.action, after.door, after.reason], ["change", "api", "they never moved"]);
    for (const [body, field] of [[{ before: "yesterday" }, "before"], [{ before: first.at, fields: ["moon"] }, "fields"]]) {
      const refused = await sam.post(`${path}/restore`, body);
      assert.deepEqual([refused.status, refused.body.field], [400, field]);
    }
  });

  it("takes a deleted record back under its id and number", async () => {
    const admin = await world.office.as("admin");
    const { body: made } = await admin.post(accounts, { fields: { name: "Deleted Ltd", city: "Köln" } });
    const path = `${accounts}/${made.id}`;
    assert.equal((await admin.post(`${path}/restore`, {})).status, 409);
    assert.equal((await admin.delete(`${path}?reason=a%20mistake`)).status, 204);
    const page = (await admin.get(`${accounts}/deleted?limit=5`)).body;
    assert.deepEqual([page.items[0].record.label, page.items[0].reason], [made.label, "a mistake"]);
    const back = await admin.post(`${path}/restore`, { reason: "it was right" });
    assert.equal(back.status, 200, JSON.stringify(back.body));
    assert.deepEqual([back.body.id, back.body.fields.number], [made.id, made.fields.number]);
    assert.equal(back.body.version, made.version + 1);
    assert.equal((await admin.get(`${path}/history`)).body.items[0].action, "restore");
    const gone = (await admin.get(`${accounts}/deleted`)).body.items.map(({ record }) => record.id);
    assert.ok(!gone.includes(made.id));
  });

  it("gives the newest signed root to whoever may verify", async () => {
    const admin = await world.office.as("admin");
    const sam = await world.office.as("sam");
    let answer;
    for (let i = 0; i < 50 && answer?.status !== 200; i++) {
      answer = await admin.get("/api/v1/audit/checkpoint");
      if (answer.status !== 200) await new Promise((resolve) => setTimeout(resolve, 300));
    }
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    const { size, root, key, signature, text } = answer.body;
    assert.equal(text.split("\n").slice(0, 4).join(" "), `millrace audit ${key} ${size} ${root}`);
    const publicKey = createPublicKey({
      key: Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), Buffer.from(key, "hex")]),
      format: "der",
      type: "spki",
    });
    assert.ok(verify(null, Buffer.from(text), publicKey, Buffer.from(signature, "hex")));
    assert.equal((await sam.get("/api/v1/audit/checkpoint")).status, 403);
  });

  it("does not put back what a process holds, and names the open step", async () => {
    const admin = await world.office.as("admin");
    const customer = await world.office.customer("Held Ltd", 1000);
    const order = await world.office.order(customer, 0);
    const path = `/api/v1/records/sales_order/${order.id}`;
    await world.office.completed(order, ...enter(customer, 10).slice(0, 2), enter(customer, 10)[2]);
    const { items } = (await admin.get(`${path}/history`)).body;
    const status = items.find(({ field }) => field === "status");
    if (!status) return assert.fail("the process has not set the status");
    const refused = await admin.post(`${path}/restore`, { before: status.at, fields: ["status"] });
    assert.equal(refused.status, 409, JSON.stringify(refused.body));
    assert.ok(refused.body.open_step, JSON.stringify(refused.body));
  });
}
