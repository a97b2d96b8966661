// SPDX-License-Identifier: Apache-2.0
// All states times all doors: whatever the process owns cannot be set out of turn, by nobody.
import assert from "node:assert/strict";
import { run } from "../../lib/server.mjs";
import { enter, fulfil, overTheLimit } from "../../lib/orders.mjs";

// Every owned field with a value that would be a gain.
const gains = {
  status: "paid",
  credit_result: "pass",
  credit_reason: "within_limit",
  credit_exposure: 0,
  exit_choice: "prepayment",
  requested_limit: 1,
  limit_reason: "none",
  limit_decision: "granted",
  second_decision: "granted",
  payment_reference: "forged",
  prepaid_amount: 1000000,
  picking_note: "done",
  shipped_date: "2020-01-01",
  tracking_number: "forged",
  invoice_number: "forged",
  invoiced_date: "2020-01-01",
  paid_date: "2020-01-01",
  reminder_note: "forged",
};

// The ways to every state that an order can be in.
const prepay = (total) => [
  ["ChooseExit", "sam", { exit_choice: "prepayment" }],
  ["ConfirmPayment", "frank", { payment_reference: "TR-9", prepaid_amount: total }],
];
const states = {
  draft: { limit: 5000, total: 100, steps: () => [] },
  "credit passed": { limit: 5000, total: 100, steps: (c, t) => [enter(c, t)] },
  "over limit": { limit: 10, total: 100, steps: (c, t) => [enter(c, t)] },
  "awaiting prepayment": { limit: 10, total: 100, steps: (c, t) => [enter(c, t), prepay(t)[0]] },
  "prepaid": { limit: 10, total: 100, steps: (c, t) => [enter(c, t), ...prepay(t)] },
  "applying for a limit": { limit: 10, total: 60000, steps: (c, t) => [enter(c, t), ...overTheLimit.slice(0, 1)] },
  "limit review": { limit: 10, total: 60000, steps: (c, t) => [enter(c, t), ...overTheLimit.slice(0, 2)] },
  "second decision": { limit: 10, total: 60000, steps: (c, t) => [enter(c, t), ...overTheLimit.slice(0, 3)] },
  accepted: { limit: 5000, total: 100, steps: (c, t) => [enter(c, t), ...fulfil.slice(0, 1)] },
  allocated: { limit: 5000, total: 100, steps: (c, t) => [enter(c, t), ...fulfil.slice(0, 2)] },
  shipped: { limit: 5000, total: 100, steps: (c, t) => [enter(c, t), ...fulfil.slice(0, 3)] },
  invoiced: { limit: 5000, total: 100, steps: (c, t) => [enter(c, t), ...fulfil] },
  closed: { limit: 5000, total: 100, pay: true, steps: (c, t) => [enter(c, t), ...fulfil] },
  cancelled: {
    limit: 10,
    total: 100,
    steps: (c, t) => [enter(c, t), ["ChooseExit", "sam", { exit_choice: "cancel" }]],
  },
};

const orderPath = (order) => `/api/v1/records/sales_order/${order.id}`;

/** Each door tries to set one field; it answers the refusal's status and problem. */
const doors = {
  async patch(person, order, field, value) {
    const answer = await person.patch(orderPath(order), { version: order.version, fields: { [field]: value } });
    return [answer.status, answer.body];
  },
  async bulk(person, order, field, value) {
    const answer = await person.post("/api/v1/records/sales_order/bulk", { ids: [order.id], fields: { [field]: value } });
    return [answer.body.results[0].problem?.status ?? 200, answer.body.results[0].problem];
  },
};

async function put(office, name, state) {
  const customer = await office.customer(`Doors ${name}`, state.limit);
  const order = await office.order(customer, state.total);
  for (const [key, login, fields] of state.steps(customer, state.total)) await office.completed(order, key, login, fields);
  if (state.pay) {
    const frank = await office.as("frank");
    await frank.post("/api/v1/messages", { name: "payment.received", key: order.fields.number });
  }
  return order;
}

function explains(problem, order, context) {
  assert.equal(problem.code, "conflict", context);
  assert.ok(problem.message && problem.hint, `${context}: says what and what to do`);
  if (problem.open_step?.work_item) assert.match(problem.open_step.where, /^\/work\//, context);
}

export default function doorsCases(it, world) {
  for (const [name, state] of Object.entries(states)) {
    it(`holds an order that is ${name} at every door`, async () => {
      const { office } = world;
      const order = await put(office, name, state);
      const before = await office.read(order);
      for (const login of ["sam", "frank", "admin"]) {
        const person = await office.as(login);
        for (const [door, attempt] of Object.entries(doors)) {
          for (const [field, gain] of Object.entries(gains)) {
            if (before.fields[field] === gain) continue;
            const [status, problem] = await attempt(person, before, field, gain);
            const context = `${login} sets ${field} through ${door}`;
            assert.equal(status, 409, `${context}: ${JSON.stringify(problem)}`);
            explains(problem, order, context);
          }
        }
        const kept = await person.delete(orderPath(order));
        assert.equal(kept.status, login === "admin" ? 409 : 403, `${login} cannot delete it`);
      }
      assert.deepEqual(await office.read(order), before, "nothing changed");
    });
  }

  it("holds the amount and the customer once the order is entered", async () => {
    const { office } = world;
    const order = await put(office, "amount", states["credit passed"]);
    const admin = await office.as("admin");
    const now = await office.read(order);
    for (const fields of [{ total: 1 }, { payment_terms: "net_60" }]) {
      const answer = await admin.patch(orderPath(order), { version: now.version, fields });
      assert.equal(answer.status, 409, JSON.stringify(answer.body));
    }
  });

  it("holds the lines of an order once it is entered", async () => {
    const { office } = world;
    const admin = await office.as("admin");
    const product = (await admin.get("/api/v1/records/product?limit=1")).body.items[0].id;
    const order = await put(office, "lines", states.draft);
    const fields = { order: order.id, product, quantity: 2, unit_price: 50 };
    const line = await admin.post("/api/v1/records/order_line", { fields });
    assert.equal(line.status, 201, JSON.stringify(line.body));
    await office.completed(order, ...enter(order.fields.customer, 100));
    const path = `/api/v1/records/order_line/${line.body.id}`;
    assert.equal((await admin.post("/api/v1/records/order_line", { fields })).status, 409);
    assert.equal((await admin.patch(path, { version: 1, fields: { quantity: 1 } })).status, 409);
    assert.equal((await admin.delete(path)).status, 409);
    const free = await put(office, "other lines", states.draft);
    const moved = await admin.patch(path, { version: 1, fields: { order: free.id } });
    assert.equal(moved.status, 409, "it cannot be moved away either");
    assert.equal((await admin.get(path)).body.version, 1);
  });

  it("takes no new order that begins in the middle", async () => {
    const { office } = world;
    const customer = await office.customer("Doors create", 5000);
    for (const login of ["sam", "admin"]) {
      const person = await office.as(login);
      for (const [field, gain] of Object.entries(gains)) {
        const answer = await person.post("/api/v1/records/sales_order", { fields: { customer, total: 5, [field]: gain } });
        assert.equal(answer.status, 409, `${login} creates with ${field}: ${JSON.stringify(answer.body)}`);
      }
    }
  });

  it("takes no form field that is not the open step's", async () => {
    const { office } = world;
    const order = await put(office, "form", states["credit passed"]);
    for (const [field, gain] of Object.entries(gains)) {
      const answer = await office.complete(order, "ConfirmOrder", "sam", { [field]: gain });
      assert.ok([400, 409].includes(answer.status), `${field}: ${JSON.stringify(answer.body)}`);
    }
    assert.equal((await office.read(order)).fields.status, "credit_check");
  });

  it("completes no step that is not open, none twice, none by the wrong people", async () => {
    const { office } = world;
    const order = await put(office, "steps", states["credit passed"]);
    const item = await office.step(order, "ConfirmOrder");
    const walt = await office.as("walt");
    assert.equal((await walt.post(`/api/v1/work-items/${item.id}/complete`, { fields: {} })).status, 403);
    await office.completed(order, "ConfirmOrder", "sam");
    const sam = await office.as("sam");
    assert.equal((await sam.post(`/api/v1/work-items/${item.id}/complete`, { fields: {} })).status, 409);
  });

  // Several processes may share one PostgreSQL database.
  const shared = process.env.MILLRACE_TEST_DATABASE === "postgres";
  it("lets the command line past no gate, and not beside a server that holds the database", async () => {
    if (shared) {
      const csv = "customer,total,status\nAC-000001,10,paid\n";
      const done = run(["import", "-", "--entity", "sales_order", "--database", world.company.database], { input: csv });
      assert.equal(done.status, 1, done.stdout);
      assert.match(done.stdout, /status/);
      return;
    }
    const done = run(["init", "--database", world.company.database]);
    assert.equal(done.status, 3, done.stderr);
    assert.match(done.stderr, /server|process/);
  });

  it("imports no order that lands in the middle", async () => {
    const sam = await world.office.as("sam");
    const customer = await world.office.customer("Doors import", 5000);
    const number = (await sam.get(`/api/v1/records/account/${customer}`)).body.fields.number;
    const csv = `customer,total,status\n${number},10,paid\n`;
    const answer = await sam.request("POST", "/api/v1/records/sales_order/import", csv, { type: "text/csv" });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.equal(answer.body.created, 0);
    assert.equal(answer.body.lines[0].problem.code, "conflict");
  });
}
