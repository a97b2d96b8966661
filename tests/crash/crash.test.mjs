// SPDX-License-Identifier: Apache-2.0
// kill -9 under load, again and again, with a ledger outside: what was acknowledged is there, nothing
// happened twice, no instance is stuck. CRASH_CYCLES sets the number (30).
import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { Client } from "../lib/client.mjs";
import { demoCompany, run, serve } from "../lib/server.mjs";

const cycles = Number(process.env.CRASH_CYCLES ?? 30);
const clientsAtOnce = 12;
const orders = "/api/v1/records/sales_order";
let company;
let customer;
const ledger = new Map(); // reference -> {id, entered}: only what the server acknowledged
const asked = new Set(); // every reference that was ever sent
let serial = 0;

before(() => {
  company = demoCompany();
});
after(() => company?.remove());

/** Creates orders and completes their first step until the server is gone. */
async function load(person) {
  for (;;) {
    const reference = `crash-${serial++}`;
    asked.add(reference);
    try {
      const made = await person.post(orders, { fields: { customer, total: 1, customer_reference: reference } });
      assert.equal(made.status, 201, JSON.stringify(made.body));
      ledger.set(reference, { id: made.body.id, entered: false });
      const items = await person.get(`/api/v1/work-items?subject=sales_order/${made.body.id}&state=open`);
      const done = await person.post(`/api/v1/work-items/${items.body.items[0].id}/complete`, {
        fields: { customer, total: 1, payment_terms: "net_30" },
      });
      assert.equal(done.status, 200, JSON.stringify(done.body));
      ledger.get(reference).entered = true;
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      return; // the connection died: what was not acknowledged may be there or not
    }
  }
}

async function everyOrder(person) {
  const found = [];
  const filter = encodeURIComponent(JSON.stringify([{ field: "customer", operator: "=", value: customer }]));
  for (let next = ""; ; ) {
    const page = await person.get(`${orders}?limit=200&filter=${filter}&columns=status,customer_reference${next}`);
    assert.equal(page.status, 200, JSON.stringify(page.body));
    found.push(...page.body.items);
    if (!page.body.next) return found;
    next = `&after=${encodeURIComponent(page.body.next)}`;
  }
}

async function audit(person) {
  const found = await everyOrder(person);
  const byReference = new Map(found.map((order) => [order.fields.customer_reference, order]));
  assert.equal(byReference.size, found.length, "nothing happened twice");
  for (const [reference, { id, entered }] of ledger) {
    const order = byReference.get(reference);
    assert.equal(order?.id, id, `${reference} was acknowledged and is there`);
    if (entered) assert.equal(order.fields.status, "credit_check", `${reference} had passed its first step`);
  }
  for (const reference of byReference.keys()) assert.ok(asked.has(reference), `${reference} was asked for`);
  return found;
}

/** Each of some orders waits at exactly the step that its status tells. */
async function nothingStuck(person, found) {
  const some = found.slice(0, 25).concat(found.slice(-25));
  for (const order of some) {
    const items = await person.get(`/api/v1/work-items?subject=sales_order/${order.id}&state=open`);
    const expected = order.fields.status === "draft" ? ["EnterOrder"] : ["ConfirmOrder"];
    assert.deepEqual(items.body.items.map((item) => item.key), expected, order.label);
  }
}

it(`loses nothing in ${cycles} crashes under load`, { timeout: 1200000 }, async () => {
  const people = [];
  let server = await serve(company);
  for (let i = 0; i < clientsAtOnce; i++) people.push(new Client(server.url));
  for (const person of people) assert.equal((await person.signIn("sam")).status, 201);
  const fiona = new Client(server.url);
  await fiona.signIn("fiona");
  customer = (await people[0].post("/api/v1/records/account", { fields: { name: "Crash Ltd" } })).body.id;
  await fiona.post("/api/v1/records/credit_profile", { fields: { account: customer, limit: 100000000 } });
  for (let cycle = 0; cycle < cycles; cycle++) {
    const working = people.map(load);
    await new Promise((resolve) => setTimeout(resolve, 150 + ((cycle * 97) % 400)));
    assert.deepEqual(await server.stop("SIGKILL"), { code: null, signal: "SIGKILL" });
    await Promise.all(working);
    server = await serve(company);
    for (const person of people) person.url = server.url;
    const found = await audit(people[0]);
    if (cycle % 10 === 9 || cycle === cycles - 1) await nothingStuck(people[0], found);
  }
  assert.ok(ledger.size > cycles, `there was load: ${ledger.size} orders`);
  await server.stop();
  const checked = run(["check", "--database", company.database]);
  assert.equal(checked.status, 0, checked.stderr);
});
