// SPDX-License-Identifier: Apache-2.0
// Steps from hand to hand: claimed, delegated, forwarded, put off, done for another, watched by a lead.
import assert from "node:assert/strict";
import { enter } from "../../lib/orders.mjs";

const day = (offset) => new Date(Date.now() + offset * 86400000).toISOString();

export default function work(it, world) {
  const path = (item, deed) => `/api/v1/work-items/${item.id}${deed ? `/${deed}` : ""}`;
  const ok = (answer, status = 200) => {
    assert.equal(answer.status, status, JSON.stringify(answer.body));
    return answer.body;
  };
  const user = async (login) => (await world.office.as(login)).user.id;

  async function entered(name, limit = 5000, total = 1000) {
    const { office } = world;
    const order = await office.order(await office.customer(name, limit), total);
    return { order, item: await office.step(order, "EnterOrder") };
  }

  async function toInvoice(name) {
    const { office } = world;
    const customer = await office.customer(name, 5000);
    const order = await office.order(customer, 100);
    await office.completed(order, ...enter(customer, 100));
    await office.completed(order, "ConfirmOrder", "sam");
    await office.completed(order, "AllocateAndPick", "walt");
    await office.completed(order, "ShipOrder", "mei", { tracking_number: "RB0002" });
    return office.step(order, "InvoiceOrder");
  }

  it("claims, starts and releases a step, and its history tells", async () => {
    const { item } = await entered("Hands Ltd");
    const sam = await world.office.as("sam");
    assert.equal(ok(await sam.post(path(item, "claim"), {})).state, "claimed");
    const started = ok(await sam.post(path(item, "start"), {}));
    assert.equal(started.state, "started");
    assert.ok(started.started_at);
    assert.equal(ok(await sam.post(path(item, "release"), {})).state, "offered");
    const commented = ok(await sam.post(path(item, "comments"), { comment: "Ask for the address first." }));
    assert.deepEqual(
      commented.events.map((event) => event.kind),
      ["claimed", "started", "released", "commented"],
    );
    assert.equal((await sam.post(path(item, "comments"), { comment: " " })).status, 400);
  });

  it("delegates a step to somebody who returns it with the work done", async () => {
    const { order, item } = await entered("Delegated Ltd");
    const sam = await world.office.as("sam");
    const mark = await world.office.as("mark");
    const people = ok(await sam.get(path(item, "people")));
    assert.ok(people.delegates.some((person) => person.name === "Mark Stream"));
    assert.ok(!people.candidates.some((person) => person.name === "Mark Stream"));
    ok(await sam.post(path(item, "delegate"), { to: await user("mark"), comment: "You know them." }));
    assert.equal((await mark.post(path(item, "complete"), { fields: {} })).status, 409);
    const fields = { customer: order.fields.customer, total: 1000, payment_terms: "net_30", customer_reference: "from Mark" };
    ok(await mark.post(path(item, "return"), { fields, comment: "Done." }));
    const back = ok(await sam.get(path(item)));
    assert.equal(back.assignee.name, "Sam Rivers");
    assert.equal(back.form.fields.find(({ name }) => name === "customer_reference").value, "from Mark");
    ok(await sam.post(path(item, "complete"), {}));
    assert.equal((await world.office.read(order)).fields.customer_reference, "from Mark");
  });

  it("forwards within the candidates, and a lead reassigns", async () => {
    const item = await toInvoice("Forwarded Ltd");
    const fiona = await world.office.as("fiona");
    const diana = await world.office.as("diana");
    ok(await fiona.post(path(item, "claim"), {}));
    assert.equal((await fiona.post(path(item, "forward"), { to: await user("sam") })).status, 403);
    assert.equal((await fiona.post(path(item, "forward"), { position: "salesperson" })).status, 403);
    assert.equal((await fiona.post(path(item, "reassign"), { to: await user("frank") })).status, 403);
    ok(await fiona.post(path(item, "forward"), { to: await user("frank") }));
    const given = ok(await diana.post(path(item, "reassign"), { to: await user("fiona"), comment: "Frank is full." }));
    assert.equal(given.assignee.name, "Fiona Brook");
    const team = ok(await diana.get("/api/v1/work-team"));
    assert.ok(team.members.find((person) => person.name === "Fiona Brook").claimed > 0);
    assert.equal((await fiona.get("/api/v1/work-team")).status, 404);
    assert.equal(ok(await diana.get("/api/v1/work-standing")).leads, true);
  });

  it("lets a person enter who stands in for him, and nobody for somebody else", async () => {
    const item = await toInvoice("Own Substitute Ltd");
    const frank = await world.office.as("frank");
    const tess = await world.office.as("tess");
    const own = "/api/v1/session/substitutes";
    const period = { first_day: day(-1).slice(0, 10), last_day: day(1).slice(0, 10) };
    ok(await frank.post(path(item, "claim"), {}));
    const records = await tess.post("/api/v1/records/substitute", {
      fields: { user: await user("frank"), substitute: await user("tess"), ...period },
    });
    assert.equal(records.status, 403);
    const forged = await tess.post(own, { user: await user("frank"), substitute: await user("tess"), ...period });
    assert.ok(forged.status >= 400);
    assert.equal((await frank.post(own, { substitute: await user("frank"), ...period })).status, 400);
    assert.equal((await frank.post(own, { substitute: await user("tess"), first_day: "2020-01-01", last_day: "2020-01-02" })).body.field, "last_day");
    const entered = ok(await frank.post(own, { substitute: await user("tess"), reason: "Holidays", ...period }), 201);
    assert.deepEqual(entered.items.map(({ substitute, reason }) => [substitute.name, reason]), [["Tess Banks", "Holidays"]]);
    assert.ok(entered.people.some(({ name }) => name === "Tess Banks") && !entered.people.some(({ name }) => name === "Frank Ford"));
    const [{ id }] = entered.items;
    assert.equal(ok(await tess.get("/api/v1/work-standing")).stands_in_for[0].name, "Frank Ford");
    ok(await tess.post(path(item, "complete"), {}));
    assert.equal(ok(await frank.get(path(item))).events.at(-1).acting_for.name, "Frank Ford");
    assert.deepEqual(ok(await tess.get(own)).items, []);
    assert.equal((await tess.delete(`${own}/${id}`)).status, 404);
    assert.equal((await frank.delete(`${own}/${id}`)).status, 204);
    assert.deepEqual(ok(await frank.get(own)).items, []);
    assert.deepEqual(ok(await tess.get("/api/v1/work-standing")).stands_in_for, []);
  });

  it("lets a substitute do the work, for whom the history says", async () => {
    const item = await toInvoice("Substituted Ltd");
    const admin = await world.office.as("admin");
    const frank = await world.office.as("frank");
    const tess = await world.office.as("tess");
    ok(await frank.post(path(item, "claim"), {}));
    assert.equal((await tess.post(path(item, "complete"), {})).status, 409);
    const fields = { user: await user("frank"), substitute: await user("tess"), first_day: day(-1).slice(0, 10), last_day: day(1).slice(0, 10) };
    const away = ok(await admin.post("/api/v1/records/substitute", { fields }), 201);
    assert.equal(ok(await tess.get("/api/v1/work-standing")).stands_in_for[0].name, "Frank Ford");
    const queue = ok(await tess.get("/api/v1/work-items?queue=standing-in&limit=100"));
    assert.ok(queue.items.some(({ id }) => id === item.id));
    ok(await tess.post(path(item, "complete"), {}));
    const done = ok(await frank.get(path(item)));
    assert.equal(done.events.at(-1).actor.name, "Tess Banks");
    assert.equal(done.events.at(-1).acting_for.name, "Frank Ford");
    const history = ok(await admin.get(`/api/v1/instances/${item.instance}/history`));
    const step = history.items.find((entry) => entry.key === "InvoiceOrder" && entry.kind === "completed");
    assert.equal(step.acting_for.name, "Frank Ford");
    assert.equal((await admin.delete(`/api/v1/records/substitute/${away.id}`, { version: away.version })).status, 204);
  });

  it("puts a step off until its follow-up date, and marks it read", async () => {
    const { item } = await entered("Later Ltd");
    const sofia = await world.office.as("sofia");
    const has = async (queue) => ok(await sofia.get(`/api/v1/work-items?queue=${queue}&limit=200`)).items.find(({ id }) => id === item.id);
    assert.equal((await has("mine")).unread, true);
    ok(await sofia.post(path(item, "read"), {}), 204);
    assert.equal((await has("mine")).unread, false);
    ok(await sofia.post(path(item, "claim"), {}));
    ok(await sofia.post(path(item, "follow-up"), { until: day(2) }));
    assert.equal(await has("mine"), undefined);
    assert.ok(await has("later"));
    ok(await sofia.post(path(item, "follow-up"), { until: null }));
    assert.ok(await has("mine"));
    assert.equal((await sofia.post(path(item, "follow-up"), { until: "tomorrow" })).status, 400);
    assert.equal((await sofia.get("/api/v1/work-items?queue=everything")).status, 400);
  });

  it("gives everybody another next step, and takes many at once", async () => {
    const items = [];
    for (const name of ["Next One Ltd", "Next Two Ltd"]) items.push((await entered(name)).item);
    const [sam, wei] = [await world.office.as("sam"), await world.office.as("wei")];
    const [first, second] = await Promise.all([sam, wei].map((person) => person.post("/api/v1/work-items/next", {})));
    assert.notEqual(ok(first).id, ok(second).id);
    ok(await sam.post(path(first.body, "release"), {}));
    ok(await wei.post(path(second.body, "release"), {}));
    const result = ok(await sam.post("/api/v1/work-items/bulk", { action: "claim", items: items.map(({ id }) => id) }));
    assert.equal(result.done, 2, JSON.stringify(result));
    const again = ok(await wei.post("/api/v1/work-items/bulk", { action: "claim", items: items.map(({ id }) => id) }));
    assert.equal(again.done, 0);
    assert.match(again.items[0].message, /Sam Rivers/);
    assert.equal(ok(await sam.post("/api/v1/work-items/bulk", { action: "forward", items: items.map(({ id }) => id), to: await user("wei") })).done, 2);
    assert.equal((await sam.post("/api/v1/work-items/bulk", { action: "burn", items: [] })).status, 400);
  });

  it("does not let a mandatory step be left out", async () => {
    const { item } = await entered("Mandatory Ltd");
    const sam = await world.office.as("sam");
    assert.equal((await sam.post(path(item, "skip"), { reason: "no time" })).status, 409);
    assert.equal((await sam.post(path(item, "return"), {})).status, 409);
  });
}
