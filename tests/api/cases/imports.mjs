// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";

const path = "/api/v1/records/sales_order/import";
const csv = { type: "text/csv" };

export default function imports(it, world) {
  it("tries an import without doing it, then does it: every order enters the flow at its start", async () => {
    const { office } = world;
    const customer = await office.customer("Imported Ltd", 100000);
    const sam = await office.as("sam");
    const number = (await sam.get(`/api/v1/records/account/${customer}`)).body.fields.number;
    const rows = Array.from({ length: 50 }, (_, i) => `${number},${i + 1}.50,PO-${i}`);
    const text = `customer,total,customer_reference\n${rows.join("\n")}\n`;
    const tried = await sam.request("POST", `${path}?dry_run=true`, text, csv);
    assert.equal(tried.status, 200, JSON.stringify(tried.body));
    assert.equal(tried.body.failed, 0, JSON.stringify(tried.body.lines.filter((line) => !line.ok)[0]));
    const count = async () =>
      (await sam.get(`/api/v1/records/sales_order?count=true&limit=1&filter=${encodeURIComponent(JSON.stringify([{ field: "customer", operator: "=", value: customer }]))}`)).body.count;
    assert.equal(await count(), 0);
    const done = await sam.request("POST", path, text, csv);
    assert.equal(done.body.created, 50);
    assert.equal(await count(), 50);
    const order = { id: done.body.lines[0].id };
    assert.equal((await office.read(order)).fields.status, "draft");
    assert.deepEqual((await office.open(order)).map((item) => item.key), ["EnterOrder"]);
  });

  it("reports each bad line and imports the others", async () => {
    const { office } = world;
    const sam = await office.as("sam");
    const customer = await office.customer("Half Good Ltd", 1000);
    const number = (await sam.get(`/api/v1/records/account/${customer}`)).body.fields.number;
    const text = `customer,total\n${number},12\nAC-999999,12\n${number},twelve\n${number},-1\n`;
    const done = await sam.request("POST", path, text, csv);
    assert.equal(done.body.created, 1);
    assert.deepEqual(done.body.lines.map((line) => [line.line, line.ok]), [[2, true], [3, false], [4, false], [5, false]]);
    assert.equal(done.body.lines[2].problem.field, "total");
  });

  it("knows UTF-8, GB18030 and semicolons, and refuses unknown columns", async () => {
    const { office } = world;
    const sam = await office.as("sam");
    const accounts = "/api/v1/records/account/import?dry_run=true";
    const admin = await office.as("admin");
    const gb18030 = new Uint8Array([...Buffer.from("name;city\n"), 0xce, 0xe4, 0xba, 0xba, 0x3b, 0xce, 0xe4, 0xba, 0xba, 0x0a]);
    const known = await admin.request("POST", accounts, gb18030, csv);
    assert.equal(known.status, 200, JSON.stringify(known.body));
    assert.equal(known.body.failed, 0, JSON.stringify(known.body));
    const unknown = await admin.request("POST", accounts, "name,shoe_size\nA,43\n", csv);
    assert.equal(unknown.status, 400);
    assert.match(unknown.body.message, /shoe_size/);
    assert.equal((await sam.request("POST", accounts, "name\nA\n", csv)).status, 403);
  });
}
