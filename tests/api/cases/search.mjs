// SPDX-License-Identifier: Apache-2.0
// The search box: words, pinyin, numbers; over everything that may be read.
import assert from "node:assert/strict";

const search = (text, more = "") => `/api/v1/search?q=${encodeURIComponent(text)}${more}`;
const labels = ({ groups }) => groups.flatMap(({ entity, items }) => items.map(({ label }) => `${entity} ${label}`));

export default function searching(it, world) {
  it("finds a contact by initials, pinyin, two characters and the end of the number", async () => {
    const sam = await world.office.as("sam");
    const account = await world.office.customer("溪湾泵业有限公司", 1000);
    const made = await sam.post("/api/v1/records/contact", {
      fields: { account, name: "王小明", phone: "+86 571 8765 4321", email: "wang.xm@xiwan.example" },
    });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    for (const text of ["wxm", "wangxiaoming", "wang xiao", "小明", "4321", "0571 87654321", "wang.xm@xiwan"]) {
      const answer = await sam.get(search(text));
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      assert.ok(labels(answer.body).includes("contact 王小明"), `${text}: ${JSON.stringify(answer.body)}`);
    }
    const { body } = await sam.get(search("wxm", "&entity=contact&limit=1"));
    assert.deepEqual(body.groups[0].items[0].hits.find(({ field }) => field === "name").parts, [{ text: "王小明", hit: true }]);
    const chinese = await sam.get(search("泵业"), { "accept-language": "zh-CN" });
    assert.ok(labels(chinese.body).includes("account 溪湾泵业有限公司"));
  });

  it("finds nothing in what the reader may not read, and refuses what is no question", async () => {
    const sam = await world.office.as("sam");
    for (const { entity } of (await sam.get(search("a b c"))).body.groups)
      assert.equal((await sam.get(`/api/v1/records/${entity}`)).status, 200);
    assert.deepEqual((await sam.get(search(" -*\"'"))).body.groups, []);
    assert.equal((await sam.get("/api/v1/search")).status, 400);
    assert.equal((await sam.get(search("a", "&limit=0"))).status, 400);
    assert.equal((await sam.get(search("a", "&limit=51"))).status, 400);
    assert.equal((await sam.get(search("a".repeat(500)))).status, 413);
    assert.equal((await sam.get(search("a", "&entity=nothing"))).status, 404);
  });
}
