// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";

const accounts = "/api/v1/records/account";

export default function merges(it, world) {
  it("merges two records, leads links on, and undoes it", async () => {
    const sam = await world.office.as("sam");
    const make = async (entity, fields) => (await sam.post(`/api/v1/records/${entity}`, { fields })).body;
    const winner = await make("account", { name: "Marl Mills", city: "Kiel" });
    const loser = await make("account", { name: "Marl Mills Ltd", city: "Bonn", tax_id: "DE 998877" });
    const contact = await make("contact", { name: "Ada Marl", account: loser.id });
    assert.ok((await sam.post(`${accounts}/${loser.id}/favourite`)).status < 300);

    const stale = await sam.post(`${accounts}/${winner.id}/merge`, { loser: loser.id, loser_version: 9 });
    assert.equal(stale.status, 409);
    const merged = await sam.post(`${accounts}/${winner.id}/merge`, {
      loser: loser.id,
      version: winner.version,
      loser_version: loser.version,
      take: ["tax_id"],
    });
    assert.equal(merged.status, 200, JSON.stringify(merged.body));
    assert.deepEqual(
      ["name", "city", "tax_id"].map((name) => merged.body.record.fields[name]),
      ["Marl Mills", "Kiel", "DE 998877"],
    );
    assert.equal((await sam.get(`/api/v1/records/contact/${contact.id}`)).body.fields.account, winner.id);
    const led = await sam.get(`${accounts}/${loser.id}`);
    assert.deepEqual([led.status, led.body.id], [200, winner.id]);
    const { body: told } = await sam.get(`${accounts}/${winner.id}/merges`);
    assert.deepEqual(told.items.map((item) => [item.id, item.loser, item.label, item.undone_at]), [
      [merged.body.id, loser.id, loser.label, null],
    ]);
    const { body: story } = await sam.get(`${accounts}/${winner.id}/history`);
    assert.equal(story.items.filter((item) => item.action === "create").length, 2);

    const undone = await sam.post(`/api/v1/merges/${merged.body.id}/undo`);
    assert.equal(undone.status, 200, JSON.stringify(undone.body));
    assert.deepEqual([undone.body.record.id, undone.body.record.fields.city], [loser.id, "Bonn"]);
    assert.equal((await sam.get(`${accounts}/${winner.id}`)).body.fields.tax_id, null);
    assert.equal((await sam.get(`/api/v1/records/contact/${contact.id}`)).body.fields.account, loser.id);
    assert.equal((await sam.post(`/api/v1/merges/${merged.body.id}/undo`)).status, 409);
  });

  it("turns the orders of a customer, and merges nothing that others may not edit", async () => {
    const sam = await world.office.as("sam");
    const fiona = await world.office.as("fiona");
    const winner = (await sam.post(accounts, { fields: { name: "Chalk Ltd" } })).body;
    const customer = await world.office.customer("Chalk Limited", 1000);
    const order = await world.office.order(customer, 1);
    const denied = await fiona.post(`${accounts}/${winner.id}/merge`, { loser: customer });
    assert.equal(denied.status, 403);
    const nobody = await sam.post(`${accounts}/${winner.id}/merge`, { loser: "x" });
    assert.equal(nobody.status, 400);
    const unknown = await sam.post(`${accounts}/${winner.id}/merge`, { loser: customer, take: ["nothing"] });
    assert.deepEqual([unknown.status, unknown.body.field], [400, "take"]);
    assert.equal((await sam.get(`${accounts}/${customer}`)).body.id, customer);
    const merged = await sam.post(`${accounts}/${winner.id}/merge`, { loser: customer });
    assert.equal(merged.status, 200, JSON.stringify(merged.body));
    assert.equal((await world.office.read(order)).fields.customer, winner.id);
    const product = await sam.get("/api/v1/records/product?limit=2");
    const [a, b] = product.body.items;
    const other = await world.office.as("admin");
    assert.equal((await other.post(`/api/v1/records/product/${a.id}/merge`, { loser: b.id })).status, 400);
  });
}
