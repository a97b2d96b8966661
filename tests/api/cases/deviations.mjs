// SPDX-License-Identifier: Apache-2.0
// The one lawful exception: asked for with a reason, granted by somebody else, counted.
import assert from "node:assert/strict";
import { enter, overTheLimit } from "../../lib/orders.mjs";

export default function deviations(it, world) {
  const waiting = async (name) => {
    const customer = await world.office.customer(name, 10);
    const order = await world.office.order(customer, 60000);
    for (const [key, login, fields] of [enter(customer, 60000), ...overTheLimit.slice(0, 1)])
      await world.office.completed(order, key, login, fields);
    const [item] = await world.office.open(order);
    const admin = await world.office.as("admin");
    const shown = (await admin.get(`/api/v1/instances/${item.instance}`)).body;
    const token = shown.tokens.find((each) => each.key === item.key);
    return { order, item, path: `/api/v1/instances/${item.instance}/deviations`, token };
  };

  it("grants what was asked for, once, by somebody else, and counts it", async () => {
    const { order, item, path, token } = await waiting("Deviation Ltd");
    const admin = await world.office.as("admin");
    const sam = await world.office.as("sam");
    const diana = await world.office.as("diana");
    const body = { kind: "skip", wait: token.wait, reason: "agreed on the telephone" };
    assert.equal((await sam.post(path, { ...body, reason: " " })).status, 400);
    const asked = await sam.post(path, body);
    assert.equal(asked.status, 201, JSON.stringify(asked.body));
    assert.equal(asked.body.step.key, item.key);
    const deviation = `/api/v1/deviations/${asked.body.id}`;
    assert.equal((await sam.post(`${deviation}/grant`, {})).status, 403);

    const own = await admin.post(path, body);
    const refusal = await admin.post(`/api/v1/deviations/${own.body.id}/grant`, {});
    assert.equal(refusal.status, 403, "whoever asked does not grant");

    const granted = await diana.post(`${deviation}/grant`, { comment: "once" });
    assert.equal(granted.status, 200, JSON.stringify(granted.body));
    assert.equal(granted.body.state, "granted");
    assert.ok((await world.office.open(order)).every((each) => each.id !== item.id));
    assert.equal((await diana.post(`${deviation}/grant`, {})).status, 409);
    const overtaken = await diana.post(`/api/v1/deviations/${own.body.id}/grant`, {});
    assert.equal(overtaken.status, 409, "the token is gone");
    const closed = await admin.post(`/api/v1/deviations/${own.body.id}/close`, {});
    assert.equal(closed.body.state, "closed");

    assert.equal((await sam.get(deviation)).body.decided_by.name, granted.body.decided_by.name);
    const listed = await sam.get(`/api/v1/deviations?instance=${item.instance}`);
    assert.equal(listed.body.items.length, 2);
    assert.equal((await sam.get("/api/v1/deviations")).status, 403);
    const page = await diana.get("/api/v1/deviations?process=standard-order&state=granted&limit=1");
    assert.equal(page.body.items.length, 1);
    const counts = (await admin.get("/api/v1/processes/standard-order/deviations")).body;
    assert.ok(counts.items.some((each) => each.step.key === item.key && each.state === "granted" && each.count >= 1));
  });

  it("refuses with a reason, and leaves the door shut", async () => {
    const { order, path } = await waiting("Refused Ltd");
    const sam = await world.office.as("sam");
    const diana = await world.office.as("diana");
    const asked = await sam.post(path, { kind: "set", fields: { status: "paid" }, reason: "please" });
    assert.equal(asked.status, 201, JSON.stringify(asked.body));
    const deviation = `/api/v1/deviations/${asked.body.id}`;
    assert.equal((await diana.post(`${deviation}/refuse`, {})).status, 400);
    const refused = await diana.post(`${deviation}/refuse`, { comment: "it is not paid" });
    assert.equal(refused.body.state, "refused");
    assert.notEqual((await world.office.read(order)).fields.status, "paid");
    const patch = await sam.patch(`/api/v1/records/sales_order/${order.id}`, {
      version: (await world.office.read(order)).version,
      fields: { status: "paid" },
    });
    assert.equal(patch.status, 409);
  });

  it("mends variables of a process that governs a record, and replays it", async () => {
    const { path, token } = await waiting("Mended Ltd");
    const sam = await world.office.as("sam");
    const diana = await world.office.as("diana");
    const admin = await world.office.as("admin");
    const instance = path.replace("/deviations", "");
    const data = { kind: "data", fields: { remark: "by telephone" }, reason: "the call was lost" };
    assert.equal((await sam.post(path, { ...data, fields: {} })).status, 400);
    assert.equal((await sam.post(path, { ...data, fields: { order: {} } })).status, 400, "the record is no variable");
    assert.equal((await sam.post(path, { ...data, wait: "9999" })).status, 409, "there is no such token");
    const asked = await sam.post(path, data);
    assert.equal(asked.status, 201, JSON.stringify(asked.body));
    assert.deepEqual(asked.body.fields, data.fields);
    const later = (await sam.post(path, { ...data, wait: token.wait })).body;
    assert.equal((await admin.get(instance)).body.variables.remark, undefined);
    const granted = await diana.post(`/api/v1/deviations/${asked.body.id}/grant`, {});
    assert.equal(granted.status, 200, JSON.stringify(granted.body));
    assert.equal((await admin.get(instance)).body.variables.remark, "by telephone");
    const overtaken = await diana.post(`/api/v1/deviations/${later.id}/grant`, {});
    assert.equal(overtaken.status, 409, "the variable has changed since");
    assert.equal((await admin.get(`${instance}/replay`)).body.equal, true, "the deviation is in the replay");
  });

  it("lets an ended instance begin again behind an event of its history", async () => {
    const { order, path } = await waiting("Restarted Ltd");
    const sam = await world.office.as("sam");
    const diana = await world.office.as("diana");
    const admin = await world.office.as("admin");
    const instance = path.replace("/deviations", "");
    const restart = { kind: "restart", event: 0, reason: "it was cancelled by mistake" };
    assert.equal((await sam.post(path, restart)).status, 409, "it runs");
    const cancelled = await sam.post(`${instance}/cancel`, { reason: "wrong order" });
    assert.equal(cancelled.status, 200, JSON.stringify(cancelled.body));
    const { items } = (await admin.get(`${instance}/history`)).body;
    assert.ok(items.every((each) => Number.isInteger(each.sequence)));
    assert.equal((await sam.post(path, { ...restart, event: items.at(-1).sequence })).status, 409, "there it had ended");
    assert.equal((await sam.post(path, { ...restart, event: 9999 })).status, 400);
    assert.equal((await sam.post(path, { kind: "restart", reason: "why" })).status, 400);
    const asked = await sam.post(path, restart);
    assert.equal(asked.status, 201, JSON.stringify(asked.body));
    assert.equal(asked.body.event, 0);
    assert.notEqual((await admin.get(instance)).body.ended_at, null, "nothing happens before it is granted");
    const granted = await diana.post(`/api/v1/deviations/${asked.body.id}/grant`, {});
    assert.equal(granted.status, 200, JSON.stringify(granted.body));
    const shown = (await admin.get(instance)).body;
    assert.equal(shown.state, "running");
    assert.equal(shown.ended_at, null);
    assert.deepEqual((await world.office.open(order)).map((each) => each.key), ["EnterOrder"]);
    assert.equal((await admin.get(`${instance}/replay`)).body.equal, true, "the restart is in the replay");
  });

  it("lets a process owner do what concerns processes, and nothing else", async () => {
    const { order, path, token } = await waiting("Owned Ltd");
    const quentin = await world.office.as("quentin");
    const sam = await world.office.as("sam");
    const process = "/api/v1/processes/standard-order";
    const instance = path.replace("/deviations", "");
    for (const read of ["/heat", "/versions", "/deviations", "/migrations", "/proofs", "/suspension"])
      assert.equal((await quentin.get(`${process}${read}`)).status, 200, read);
    assert.equal((await quentin.get(`${instance}/replay`)).body.equal, true);
    const asked = (await sam.post(path, { kind: "skip", wait: token.wait, reason: "agreed" })).body;
    const granted = await quentin.post(`/api/v1/deviations/${asked.id}/grant`, {});
    assert.equal(granted.status, 200, JSON.stringify(granted.body));
    assert.equal((await quentin.post(`${instance}/suspend`, { reason: "looked at" })).status, 200);
    assert.equal((await quentin.post(`${instance}/resume`, {})).status, 200);
    const model = await quentin.get(`${process}/diagram`);
    const deployed = await quentin.request("POST", "/api/v1/processes", model.text ?? model.body, { type: "application/xml" });
    assert.equal(deployed.body.key, "standard-order", JSON.stringify(deployed.body));

    const { version } = (await quentin.get(`/api/v1/records/sales_order/${order.id}`)).body;
    const edit = await quentin.patch(`/api/v1/records/sales_order/${order.id}`, { version, fields: { customer_reference: "mine" } });
    assert.equal(edit.status, 403);
    assert.equal((await quentin.post(`${instance}/erase-inputs`, {})).status, 403);
    assert.equal((await quentin.post("/api/v1/records/user", { fields: { login: "x", name: "X" } })).status, 403);
    assert.equal((await sam.get(`${process}/heat`)).status, 403);
  });
}
