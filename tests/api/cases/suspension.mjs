// SPDX-License-Identifier: Apache-2.0
// Instances and processes stand still, and go on.
import assert from "node:assert/strict";
import { enter } from "../../lib/orders.mjs";

export default function suspension(it, world) {
  it("shows a suspended step with the reason, and lets it go on", async () => {
    const customer = await world.office.customer("Still Ltd", 5000);
    const order = await world.office.order(customer, 100);
    const item = await world.office.step(order, "EnterOrder");
    const admin = await world.office.as("admin");
    const sam = await world.office.as("sam");
    const path = `/api/v1/instances/${item.instance}`;
    assert.equal((await sam.post(`${path}/suspend`, { reason: "an audit" })).status, 403);
    const suspended = await admin.post(`${path}/suspend`, { reason: "an audit" });
    assert.equal(suspended.body.suspended, "an audit", JSON.stringify(suspended.body));
    const refused = await world.office.complete(order, "EnterOrder", "sam", enter(customer, 100)[2]);
    assert.equal(refused.status, 409);
    assert.match((await sam.get(`/api/v1/work-items/${item.id}`)).body.may.why_not, /an audit/);
    assert.equal((await world.office.step(order, "EnterOrder")).suspended, true);
    const moves = (await sam.get(`/api/v1/records/sales_order/${order.id}/moves`)).body;
    assert.equal(moves.instances[0].suspended, "an audit");
    const held = (await admin.get("/api/v1/instances?process=standard-order&suspended=true&step=EnterOrder")).body;
    assert.deepEqual(held.items.map((each) => each.id), [item.instance]);
    assert.deepEqual(held.items[0].steps.map((each) => each.key), ["EnterOrder"]);
    assert.equal(held.count, 1);
    assert.equal((await admin.post(`${path}/resume`)).body.suspended, null);
    await world.office.completed(order, "EnterOrder", "sam", enter(customer, 100)[2]);
  });

  it("refuses new starts of a suspended process", async () => {
    const customer = await world.office.customer("Later Ltd", 5000);
    const admin = await world.office.as("admin");
    const sam = await world.office.as("sam");
    const path = "/api/v1/processes/standard-order";
    const suspended = await admin.post(`${path}/suspend`, { reason: "a new law", instances: false });
    assert.equal(suspended.body.suspended, true, JSON.stringify(suspended.body));
    const refused = await sam.post("/api/v1/records/sales_order", { fields: { customer, total: 5 } });
    assert.equal(refused.status, 409);
    assert.match(refused.body.message, /a new law/);
    assert.equal((await sam.get(`${path}/suspension`)).body.reason, "a new law");
    assert.equal((await sam.get(path)).body.suspended, "a new law");
    const listed = (await sam.get("/api/v1/processes")).body.items;
    assert.equal(listed.find((each) => each.key === "standard-order").suspended, "a new law");
    assert.equal((await admin.post(`${path}/resume`)).body.suspended, false);
    await world.office.order(customer, 5);
  });

  it("lists the instances of a process by version and by the step at which they wait", async () => {
    const admin = await world.office.as("admin");
    const list = async (query) => (await admin.get(`/api/v1/instances?process=standard-order&${query}`)).body;
    const waiting = await list("state=running&step=ConfirmOrder&limit=2");
    assert.ok(waiting.count > 0 && waiting.items.length > 0);
    assert.ok(waiting.items.every((each) => each.steps.some((step) => step.key === "ConfirmOrder")));
    assert.ok((await list("version=1")).count > waiting.count);
    assert.equal((await list("version=999")).count, 0);
    assert.equal((await list("step=Nowhere")).count, 0);
    assert.equal((await admin.get("/api/v1/instances?version=1")).status, 400);
    assert.equal((await admin.get("/api/v1/instances?process=standard-order&version=one")).status, 400);
  });
}
