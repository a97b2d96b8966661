// SPDX-License-Identifier: Apache-2.0
// The feed of changes, as a program follows it.
import assert from "node:assert/strict";

const changes = (more = "") => `/api/v1/changes${more}`;

export default function followingChanges(it, world) {
  it("tells a program what changed since its cursor, in order and once", async () => {
    const sam = await world.office.as("sam");
    const { cursor } = (await sam.get(changes())).body;
    const account = await world.office.customer("Followed Ltd", 10);
    const contact = await sam.post("/api/v1/records/contact", { fields: { account, name: "Fay Follow" } });
    assert.equal(contact.status, 201, JSON.stringify(contact.body));
    const changed = await sam.patch(`/api/v1/records/contact/${contact.body.id}`, {
      version: 1,
      fields: { name: "Faye Follow" },
    });
    assert.equal(changed.status, 200, JSON.stringify(changed.body));
    const told = (await sam.get(changes(`?after=${cursor}&entity=contact`))).body;
    const mine = told.items.filter(({ id }) => id === contact.body.id);
    assert.deepEqual(
      mine.map(({ action, version, fields }) => ({ action, version, fields })),
      [
        { action: "create", version: 1, fields: [] },
        { action: "change", version: 2, fields: ["name"] },
      ],
    );
    assert.deepEqual((await sam.get(changes(`?after=${told.cursor}&entity=contact`))).body.items, []);
    const one = (await sam.get(changes(`?after=${mine[0].cursor}&entity=contact&limit=1`))).body;
    assert.equal(one.items[0]?.cursor, mine[1].cursor);
  });

  it("waits for the next change, and tells nobody what they may not read", async () => {
    const sam = await world.office.as("sam");
    const mark = await world.office.as("mark");
    const { cursor } = (await sam.get(changes())).body;
    const waiting = sam.get(changes(`?after=${cursor}&entity=sales_order&wait_seconds=20`));
    const customer = await world.office.customer("Awaited Ltd", 10);
    const order = await world.office.order(customer, 1);
    assert.equal((await waiting).body.items[0].id, order.id);
    const { items } = (await mark.get(changes(`?after=${cursor}`))).body;
    assert.deepEqual(items.filter(({ entity }) => entity === "sales_order"), []);
  });

  it("refuses what is no cursor, no entity and no waiting time", async () => {
    const sam = await world.office.as("sam");
    assert.equal((await sam.get(changes("?after=yesterday"))).status, 400);
    assert.equal((await sam.get(changes("?entity=nothing"))).status, 404);
    assert.equal((await sam.get(changes("?wait_seconds=100"))).status, 400);
    assert.equal((await sam.get(changes("?limit=0"))).status, 400);
  });
}
