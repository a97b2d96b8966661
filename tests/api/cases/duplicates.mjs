// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";

const accounts = "/api/v1/records/account";

async function settled(client, wanted) {
  for (let tries = 0; tries < 100; tries++) {
    const { body } = await client.get(`${accounts}/duplicates`);
    const pair = body.items.find((item) => wanted(item));
    if (pair) return pair;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the pair is not listed");
}

export default function duplicates(it, world) {
  it("warns of a possible duplicate while it is typed and when it is made", async () => {
    const sam = await world.office.as("sam");
    const made = await sam.post(accounts, { fields: { name: "Quartz Rail GmbH", website: "https://quartz-rail.example" } });
    assert.equal(made.status, 201);
    assert.equal(made.body.duplicates, undefined);
    const typed = await sam.post(`${accounts}/duplicates`, { fields: { name: "quartz rial", phone: "+49 42" } });
    assert.equal(typed.status, 200, JSON.stringify(typed.body));
    const [first] = typed.body.items;
    assert.deepEqual([first.id, first.label, first.score], [made.body.id, "Quartz Rail GmbH", 63]);
    assert.deepEqual(first.reasons, [{ rule: "name", field: "name", title: "Name", closeness: 90 }]);
    const itself = await sam.post(`${accounts}/duplicates`, { fields: { name: "Quartz Rail" }, except: made.body.id });
    assert.deepEqual(itself.body.items, []);

    const again = await sam.post(accounts, { fields: { name: "Rail, Quartz", email: "sales@quartz-rail.example" } });
    assert.equal(again.status, 201);
    assert.deepEqual(again.body.duplicates.map((item) => [item.id, item.score]), [[made.body.id, 85]]);
    const found = await sam.get(`${accounts}/${made.body.id}/duplicates`);
    assert.deepEqual(found.body.items.map((item) => item.id), [again.body.id]);
  });

  it("lists pairs by their score until somebody says that they are not the same", async () => {
    const sam = await world.office.as("sam");
    const left = (await sam.post(accounts, { fields: { name: "Basalt Works", email: "a@basalt.example" } })).body;
    const right = (await sam.post(accounts, { fields: { name: "Basalt Works", email: "a@basalt.example" } })).body;
    const is = (item) => item.left.id === left.id && item.right.id === right.id;
    const pair = await settled(sam, is);
    assert.equal(pair.score, 91);
    const page = await sam.get(`${accounts}/duplicates?limit=1`);
    assert.equal(page.body.items.length, 1);
    assert.ok(page.body.next);
    const after = await sam.get(`${accounts}/duplicates?limit=1&after=${page.body.next}`);
    assert.notDeepEqual(after.body.items, page.body.items);
    assert.equal((await sam.get(`${accounts}/duplicates?after=x`)).status, 400);

    const address = `${accounts}/${left.id}/duplicates/${right.id}`;
    assert.equal((await sam.patch(address, { dismissed: true })).status, 204);
    assert.ok(!(await sam.get(`${accounts}/duplicates?limit=100`)).body.items.some(is));
    assert.ok((await sam.get(`${accounts}/duplicates?limit=100&dismissed=true`)).body.items.some(is));
    assert.deepEqual((await sam.get(`${accounts}/${left.id}/duplicates`)).body.items, []);
    assert.equal((await sam.patch(address, { dismissed: false })).status, 204);
    await settled(sam, is);
    assert.equal((await sam.patch(`${accounts}/${left.id}/duplicates/${left.id}`, { dismissed: true })).status, 400);
  });

  it("tells nobody who may not edit or read", async () => {
    const sam = await world.office.as("sam");
    const fiona = await world.office.as("fiona");
    const made = (await sam.post(accounts, { fields: { name: "Flint & Sons" } })).body;
    assert.equal((await fiona.post(`${accounts}/duplicates`, { fields: { name: "Flint and Sons" } })).body.items[0].id, made.id);
    assert.equal((await fiona.patch(`${accounts}/${made.id}/duplicates/${made.id}`, { dismissed: true })).status, 403);
    const none = await sam.get("/api/v1/records/product/duplicates");
    assert.equal(none.status, 400);
    assert.match(none.body.hint, /pack/);
  });
}
