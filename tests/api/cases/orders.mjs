// SPDX-License-Identifier: Apache-2.0
// The standard order, worked as its people would.
import assert from "node:assert/strict";
import { enter, fulfil, overTheLimit } from "../../lib/orders.mjs";

async function work(office, order, steps) {
  for (const [key, login, fields] of steps) await office.completed(order, key, login, fields);
}

const status = async (office, order) => (await office.read(order)).fields.status;

export default function orders(it, world) {
  it("runs within the limit from the order to the payment", async () => {
    const { office } = world;
    const customer = await office.customer("Within Ltd", 5000);
    const order = await office.order(customer, 1200);
    assert.equal(order.fields.status, "draft");
    await work(office, order, [enter(customer, 1200)]);
    const checked = await office.read(order);
    assert.equal(checked.fields.credit_result, "pass");
    assert.equal(checked.fields.credit_exposure, 1200);
    await work(office, order, fulfil);
    const invoiced = await office.read(order);
    assert.equal(invoiced.fields.status, "invoiced");
    assert.ok(invoiced.fields.invoice_number);
    assert.ok(invoiced.fields.shipped_date);
    const frank = await office.as("frank");
    const paid = { name: "payment.received", key: invoiced.fields.number, idempotency_key: `pay ${order.id}` };
    assert.equal((await frank.post("/api/v1/messages", paid)).body.delivered, 1);
    assert.equal((await frank.post("/api/v1/messages", paid)).status, 202, "the same again is taken once");
    assert.equal(await status(office, order), "closed");
  });

  it("leads over the limit by a limit change under four eyes", async () => {
    const { office } = world;
    const customer = await office.customer("Over Ltd", 5000);
    const order = await office.order(customer, 60000);
    await work(office, order, [enter(customer, 60000)]);
    assert.equal(await status(office, order), "over_limit");
    await work(office, order, overTheLimit);
    await work(office, order, fulfil);
    assert.equal(await status(office, order), "invoiced");
  });

  it("keeps the second decider apart from the first and from the applicant", async () => {
    const { office } = world;
    const customer = await office.customer("Four Eyes Ltd", 5000);
    const order = await office.order(customer, 60000);
    await work(office, order, [enter(customer, 60000), ...overTheLimit.slice(0, 3)]);
    const item = await office.step(order, "DecideSecond");
    const fiona = await office.as("fiona");
    const refused = await fiona.post(`/api/v1/work-items/${item.id}/claim`);
    assert.ok([403, 409].includes(refused.status), "the first decider cannot be the second");
    const admin = await office.as("admin");
    const byAdmin = await admin.post(`/api/v1/work-items/${item.id}/complete`, { fields: { second_decision: "granted" } });
    assert.notEqual(byAdmin.status, 500);
    assert.equal((await office.read(order)).fields.second_decision ?? null, byAdmin.status === 200 ? "granted" : null);
  });

  it("lets the customer pay first", async () => {
    const { office } = world;
    const customer = await office.customer("Prepay Ltd", 100);
    const order = await office.order(customer, 900);
    await work(office, order, [enter(customer, 900), ["ChooseExit", "sam", { exit_choice: "prepayment" }]]);
    assert.equal(await status(office, order), "awaiting_prepayment");
    const little = await office.complete(order, "ConfirmPayment", "frank", {
      payment_reference: "TR-1",
      prepaid_amount: 899.99,
    });
    assert.equal(little.status, 400, "the prepayment must cover the order");
    await office.completed(order, "ConfirmPayment", "frank", { payment_reference: "TR-1", prepaid_amount: 900 });
    await work(office, order, fulfil.slice(0, 2));
    assert.equal(await status(office, order), "allocated");
  });

  it("leads back to the choice when the limit is refused", async () => {
    const { office } = world;
    const customer = await office.customer("Refused Ltd", 100);
    const order = await office.order(customer, 900);
    await work(office, order, [
      enter(customer, 900),
      ["ChooseExit", "sam", { exit_choice: "limit_change" }],
      ["ApplyForLimit", "sofia", { requested_limit: 2000, limit_reason: "Please." }],
      ["DecideLimit", "fiona", { limit_decision: "refused" }],
    ]);
    assert.equal(await status(office, order), "over_limit");
    await work(office, order, [["ChooseExit", "sam", { exit_choice: "cancel" }]]);
    assert.equal(await status(office, order), "cancelled");
  });

  it("undoes what was done when the customer cancels, until it is shipped", async () => {
    const { office } = world;
    const sam = await office.as("sam");
    const customer = await office.customer("Cancelling Ltd", 100);
    const order = await office.order(customer, 900);
    await work(office, order, [
      enter(customer, 900),
      ["ChooseExit", "sam", { exit_choice: "prepayment" }],
      ["ConfirmPayment", "frank", { payment_reference: "TR-2", prepaid_amount: 900 }],
      ["ConfirmOrder", "sam", {}],
    ]);
    const moves = await sam.get(`/api/v1/records/sales_order/${order.id}/moves`);
    const instance = moves.body.instances[0].id;
    const cancelled = await sam.post(`/api/v1/instances/${instance}/cancel`, { reason: "the customer changed plans" });
    assert.equal(cancelled.status, 200, JSON.stringify(cancelled.body));
    assert.equal(await status(office, order), "cancelled");
    const story = await sam.get(`/api/v1/instances/${instance}/history`);
    const undone = story.body.items.filter((entry) => entry.kind === "compensated").map((entry) => entry.key);
    assert.deepEqual(undone.sort(), ["ConfirmPayment", "ReserveStock"]);
    assert.deepEqual(await office.open(order), []);
  });

  it("cannot be cancelled once it is shipped", async () => {
    const { office } = world;
    const sam = await office.as("sam");
    const customer = await office.customer("Too Late Ltd", 5000);
    const order = await office.order(customer, 100);
    await work(office, order, [enter(customer, 100), ...fulfil.slice(0, 3)]);
    const moves = await sam.get(`/api/v1/records/sales_order/${order.id}/moves`);
    const late = await sam.post(`/api/v1/instances/${moves.body.instances[0].id}/cancel`, { reason: "too late" });
    assert.equal(late.status, 409);
    assert.equal(await status(office, order), "shipped");
  });

  it("gives an item to one of two who claim it at once", async () => {
    const { office } = world;
    const customer = await office.customer("Racing Ltd", 5000);
    const order = await office.order(customer, 100);
    const item = await office.step(order, "EnterOrder");
    const people = await Promise.all(["sam", "wei", "sofia"].map((login) => office.as(login)));
    const answers = await Promise.all(people.map((person) => person.post(`/api/v1/work-items/${item.id}/claim`)));
    assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 409, 409]);
    const winner = people[answers.findIndex((answer) => answer.status === 200)];
    assert.equal((await winner.post(`/api/v1/work-items/${item.id}/release`)).body.state, "offered");
  });

  it("shows my work and my team's, and the form of a step", async () => {
    const { office } = world;
    const sam = await office.as("sam");
    const team = await sam.get("/api/v1/work-items?team=true&state=open&limit=5");
    assert.equal(team.status, 200);
    assert.ok(team.body.items.length > 0);
    const shown = await sam.get(`/api/v1/work-items/${team.body.items[0].id}`);
    assert.ok(shown.body.instruction);
    assert.ok(shown.body.form.fields.length > 0);
    assert.equal((await sam.get("/api/v1/work-items?mine=true&state=open")).status, 200);
  });
}
