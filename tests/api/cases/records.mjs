// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";

const accounts = "/api/v1/records/account";
const encode = (filter) => encodeURIComponent(JSON.stringify(filter));

export default function records(it, world) {
  it("creates, reads, changes and lists a record, exactly", async () => {
    const sam = await world.office.as("sam");
    const made = await sam.post(accounts, { fields: { name: "Ölmühle & Söhne", city: "Köln", country: "DE" } });
    assert.equal(made.status, 201);
    assert.match(made.body.fields.number, /^AC-\d{6}$/);
    const changed = await sam.patch(`${accounts}/${made.body.id}`, {
      version: made.body.version,
      fields: { city: "Bonn" },
    });
    assert.equal(changed.status, 200);
    assert.equal(changed.body.version, made.body.version + 1);
    const read = await sam.get(`${accounts}/${made.body.id}`);
    assert.equal(read.body.fields.city, "Bonn");
    const filter = encode([{ field: "name", operator: "=", value: "Ölmühle & Söhne" }]);
    const found = await sam.get(`${accounts}?filter=${filter}&count=true`);
    assert.equal(found.body.count, 1);
    assert.equal(found.body.items[0].id, made.body.id);
  });

  it("keeps a telephone number as E.164 and writes it for people", async () => {
    const sam = await world.office.as("sam");
    const made = await sam.post(accounts, { fields: { name: "Dial Ltd", country: "CN", phone: "0571 8765-4321 转 802" } });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    assert.equal(made.body.fields.phone, "+8657187654321;ext=802");
    assert.equal(made.body.references.phone.label, "+86 571 8765 4321 ext. 802");
    const found = await sam.get(`${accounts}?filter=${encode([{ field: "phone", operator: "contains", value: "8765 4321" }])}`);
    assert.ok(found.body.items.some((item) => item.id === made.body.id));
    const short = await sam.post(accounts, { fields: { name: "Dial Ltd", phone: "+86 1380" } });
    assert.equal(short.status, 400);
    assert.equal(short.body.field, "phone");
    const nowhere = await sam.post(accounts, { fields: { name: "Dial Ltd", phone: "0421 5551234" } });
    assert.match(nowhere.body.hint, /\+49/);
  });

  it("keeps money exact", async () => {
    const customer = await world.office.customer("Exact Ltd", 1000);
    const order = await world.office.order(customer, 0);
    const sam = await world.office.as("sam");
    const text = `{"version":${order.version},"fields":{"total":1234567890.07}}`;
    const changed = await sam.patch(`/api/v1/records/sales_order/${order.id}`, text);
    assert.equal(changed.status, 200, JSON.stringify(changed.body));
    assert.equal(changed.body.fields.total, 1234567890.07);
    const over = await sam.patch(
      `/api/v1/records/sales_order/${order.id}`,
      `{"version":${changed.body.version},"fields":{"total":1.005}}`,
    );
    assert.equal(over.status, 400);
    assert.equal(over.body.field, "total");
  });

  it("pages by a cursor through every record once, in order", async () => {
    const sam = await world.office.as("sam");
    const seen = [];
    for (let after = ""; ; ) {
      const page = await sam.get(`${accounts}?sort=name&columns=name&limit=7${after && `&after=${after}`}`);
      assert.equal(page.status, 200);
      seen.push(...page.body.items);
      if (!page.body.next) break;
      after = encodeURIComponent(page.body.next);
    }
    const count = (await sam.get(`${accounts}?count=true&limit=1`)).body.count;
    assert.equal(seen.length, count);
    assert.equal(new Set(seen.map((item) => item.id)).size, count);
    const names = seen.map((item) => item.fields.name);
    assert.deepEqual(names, [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
  });

  it("refuses an old version and shows both", async () => {
    const sam = await world.office.as("sam");
    const made = await sam.post(accounts, { fields: { name: "Twice Changed" } });
    const path = `${accounts}/${made.body.id}`;
    await sam.patch(path, { version: 1, fields: { city: "A" } });
    const late = await sam.patch(path, { version: 1, fields: { city: "B" } });
    assert.equal(late.status, 409);
    assert.equal((await sam.get(path)).body.fields.city, "A");
  });

  it("names the field that is wrong", async () => {
    const sam = await world.office.as("sam");
    for (const [fields, field] of [
      [{ name: "X", type: "friend" }, "type"],
      [{ city: "Nowhere" }, "name"],
      [{ name: "X", colour: "blue" }, "colour"],
      [{ name: "X", email: "not an address" }, "email"],
      [{ name: "X".repeat(300) }, "name"],
      [{ name: "X", id: "1" }, "id"],
    ]) {
      const answer = await sam.post(accounts, { fields });
      assert.equal(answer.status, 400, JSON.stringify(fields));
      assert.equal(answer.body.field, field, JSON.stringify(answer.body));
    }
  });

  it("changes many at once, each with its own result", async () => {
    const sam = await world.office.as("sam");
    const made = await sam.post(accounts, { fields: { name: "In Bulk" } });
    const answer = await sam.post(`${accounts}/bulk`, { ids: [made.body.id, "0000000000000"], fields: { city: "Ulm" } });
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.body.results.map((result) => result.ok), [true, false]);
    assert.equal(answer.body.results[1].problem.code, "not-found");
  });

  it("keeps the whole story of a record", async () => {
    const sam = await world.office.as("sam");
    const made = await sam.post(accounts, { fields: { name: "Storied" } });
    await sam.patch(`${accounts}/${made.body.id}`, { version: 1, fields: { city: "Trier" } });
    const story = await sam.get(`${accounts}/${made.body.id}/history`);
    assert.equal(story.status, 200);
    const change = story.body.items.find((entry) => entry.field === "city" && entry.new === "Trier");
    assert.ok(change, JSON.stringify(story.body));
    assert.equal(change.actor.name, "Sam Rivers");
    assert.equal(change.door, "api");
  });

  it("deletes what no process governs, when the right is there", async () => {
    const sam = await world.office.as("sam");
    const admin = await world.office.as("admin");
    const made = await sam.post(accounts, { fields: { name: "Short Lived" } });
    const path = `${accounts}/${made.body.id}`;
    assert.equal((await sam.delete(path)).status, 403);
    assert.equal((await admin.delete(path)).status, 204);
    assert.equal((await sam.get(path)).status, 404);
  });

  it("hides what a role may not read, as if it were not there", async () => {
    const mark = await world.office.as("mark");
    const listed = await mark.get("/api/v1/records/credit_profile");
    assert.equal(listed.status, 403);
    const meta = await mark.get("/api/v1/meta");
    assert.ok(!meta.body.entities.some((entity) => entity.name === "credit_profile"));
  });

  it("exports a list as CSV in which no cell is a formula", async () => {
    const sam = await world.office.as("sam");
    const customer = await world.office.customer("=cmd|' /C calc'!A0", 1000);
    await world.office.order(customer, 10, { customer_reference: "+1+2" });
    const answer = await sam.get("/api/v1/records/sales_order/export?columns=number,customer,customer_reference");
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get("content-type"), /^text\/csv/);
    assert.ok(!/(^|,)"?[=+@-][^\d,]/m.test(answer.body), "no cell begins like a formula");
    const tess = await world.office.as("tess");
    assert.equal((await tess.get("/api/v1/records/sales_order/export")).status, 403);
  });
}
