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
    assert.equal((await admin.post(`${path}/resume`)).body.suspended, false);
    await world.office.order(customer, 5);
  });
}
