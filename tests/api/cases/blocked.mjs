// SPDX-License-Identifier: Apache-2.0
// A step whose entry condition does not hold is blocked: it says by what, and who can do it where.
import assert from "node:assert/strict";
import { stocktaking } from "../../lib/blocked.mjs";

export default function blocked(it, world) {
  it("says what blocks a step until it holds, through every door", async () => {
    const admin = await world.office.as("admin");
    const { product, instance, item } = await stocktaking(admin, "BLOCK-1");
    const walt = await world.office.as("walt");
    const path = `/api/v1/work-items/${item.id}`;
    const shown = (await walt.get(path)).body;
    assert.deepEqual([shown.blocked, shown.blocked_by], [true, "There is nothing in stock."]);
    assert.equal(shown.may.why_not, "There is nothing in stock.");
    const chinese = await walt.request("GET", path, undefined, { headers: { "accept-language": "zh-CN" } });
    assert.equal(chinese.body.blocked_by, "没有库存。");

    for (const [deed, body] of [["claim", undefined], ["complete", { fields: {} }], ["start", undefined]]) {
      const refused = await walt.post(`${path}/${deed}`, body);
      assert.equal(refused.status, 409, `${deed}: ${JSON.stringify(refused.body)}`);
      assert.equal(refused.body.message, "There is nothing in stock.");
      assert.ok(refused.body.hint);
    }
    const moves = (await walt.get(`/api/v1/records/product/${product.id}/moves`)).body;
    const running = moves.instances.find(({ id }) => id === instance);
    assert.equal(running.blocked_by[0].key, "Count");
    assert.equal(running.blocked_by[0].reason, "There is nothing in stock.");
    assert.equal(running.blocked_by[0].who.position, "warehouse_clerk");
    assert.equal(running.blocked_by[0].where, `/work/${item.id}`);

    const stocked = await admin.patch(`/api/v1/records/product/${product.id}`, { version: product.version, fields: { stock: 5 } });
    assert.equal(stocked.status, 200, JSON.stringify(stocked.body));
    const free = (await walt.get(path)).body;
    assert.deepEqual([free.blocked, free.blocked_by], [false, null]);
    assert.equal((await walt.post(`${path}/complete`, { fields: {} })).status, 200);
  });
}
