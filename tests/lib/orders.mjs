// SPDX-License-Identifier: Apache-2.0
// Orders of Riverbend Pumps, driven step by step through the API as its people would.
import assert from "node:assert/strict";
import { Client } from "./client.mjs";

export class Office {
  constructor(url, description) {
    this.url = url;
    this.description = description;
    this.people = new Map();
  }

  /** The signed-in client of a person. */
  async as(login) {
    if (!this.people.has(login)) {
      const client = new Client(this.url, this.description);
      const answer = await client.signIn(login);
      assert.equal(answer.status, 201, `${login} signs in`);
      this.people.set(login, client);
    }
    return this.people.get(login);
  }

  /** An own customer with a credit limit, so that tests do not touch each other. */
  async customer(name, limit, overdueDays = 0) {
    const sam = await this.as("sam");
    const fiona = await this.as("fiona");
    const account = await sam.post("/api/v1/records/account", { fields: { name } });
    assert.equal(account.status, 201, JSON.stringify(account.body));
    const profile = await fiona.post("/api/v1/records/credit_profile", {
      fields: { account: account.body.id, limit, overdue_days: overdueDays },
    });
    assert.equal(profile.status, 201, JSON.stringify(profile.body));
    return account.body.id;
  }

  async order(customer, total, fields = {}) {
    const sam = await this.as("sam");
    const order = await sam.post("/api/v1/records/sales_order", { fields: { customer, total, ...fields } });
    assert.equal(order.status, 201, JSON.stringify(order.body));
    return order.body;
  }

  async read(order) {
    const sam = await this.as("sam");
    return (await sam.get(`/api/v1/records/sales_order/${order.id}`)).body;
  }

  /** The open work items of an order: [{id, key, ...}]. */
  async open(order) {
    const admin = await this.as("admin");
    const answer = await admin.get(`/api/v1/work-items?subject=sales_order/${order.id}&state=open`);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return answer.body.items;
  }

  async step(order, key) {
    const items = await this.open(order);
    const item = items.find((each) => each.key === key);
    assert.ok(item, `${key} is open; open are: ${items.map((each) => each.key).join(", ") || "none"}`);
    return item;
  }

  /** Completes the open step `key` as a person; the answer as it comes. */
  async complete(order, key, login, fields = {}) {
    const item = await this.step(order, key);
    const person = await this.as(login);
    return person.post(`/api/v1/work-items/${item.id}/complete`, { fields });
  }

  async completed(order, key, login, fields = {}) {
    const answer = await this.complete(order, key, login, fields);
    assert.equal(answer.status, 200, `${login} completes ${key}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }
}

/** Steps that lead a new order over 100 % of its way, in order: [step, person, fields]. */
export const enter = (customer, total) => ["EnterOrder", "sam", { customer, total, payment_terms: "net_30" }];
export const overTheLimit = [
  ["ChooseExit", "sam", { exit_choice: "limit_change" }],
  ["ApplyForLimit", "sofia", { requested_limit: 90000, limit_reason: "A project insured by the state." }],
  ["DecideLimit", "fiona", { limit_decision: "granted" }],
  ["DecideSecond", "diana", { second_decision: "granted" }],
];
export const fulfil = [
  ["ConfirmOrder", "sam", {}],
  ["AllocateAndPick", "walt", {}],
  ["ShipOrder", "mei", { tracking_number: "RB0001" }],
  ["InvoiceOrder", "frank", {}],
];
