// SPDX-License-Identifier: Apache-2.0
// Field types that a company declares while it works: what they take, show, filter, import and export.
import assert from "node:assert/strict";

const records = "/api/v1/records/";

export default function fieldTypes(it, world) {
  const declare = async (entity, fields, more = {}) => {
    const admin = await world.office.as("admin");
    const { revision } = (await admin.get("/api/v1/packs")).body;
    const files = {
      [`entities/${entity}.yaml`]: {
        entity,
        title: entity,
        key: "name",
        fields: [{ name: "name", type: "text", title: "Name", required: true, unique: true }, ...fields],
        ...more,
      },
    };
    const answer = await admin.post("/api/v1/packs/company", { files, base: revision, note: "field types" });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return admin;
  };
  const made = async (client, entity, fields) => {
    const answer = await client.post(records + entity, { fields });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body;
  };
  const filtered = (client, entity, ...filter) =>
    client.get(`${records}${entity}?filter=${encodeURIComponent(JSON.stringify(filter))}`);

  const imported = async (client, entity, text) => {
    const answer = await client.request("POST", `${records}${entity}/import`, text, { type: "text/csv" });
    assert.equal(answer.body.failed, 0, JSON.stringify(answer.body));
    return answer.body;
  };

  it("leads to several records, shows their names, and takes them from a file", async () => {
    const admin = await declare("crew", [
      { name: "accounts", type: "multi_reference", to: "account", title: "Accounts", when_deleted: "clear" },
    ]);
    const [one, two] = [await made(admin, "account", { name: "Crew One Ltd" }), await made(admin, "account", { name: "Crew Two Ltd" })];
    const crew = await made(admin, "crew", { name: "Night", accounts: [two.id, one.id] });
    assert.deepEqual(crew.fields.accounts, [two.id, one.id]);
    assert.deepEqual(crew.references.accounts, [
      { id: two.id, label: two.label },
      { id: one.id, label: one.label },
    ]);
    const found = await filtered(admin, "crew", { field: "accounts", operator: "contains", value: one.id });
    assert.deepEqual(found.body.items.map(({ label }) => label), ["Night"]);
    assert.equal((await filtered(admin, "crew", { field: "accounts", operator: "=", value: one.id })).status, 400);
    assert.equal((await admin.get(`${records}crew?sort=accounts`)).status, 400);

    const csv = (await admin.get(`${records}crew/export?columns=name,accounts`)).body;
    assert.match(csv, new RegExp(`Night,"${two.fields.number}; ${one.fields.number}"`));
    await imported(admin, "crew", csv.replace("Night", "Day"));
    const day = (await filtered(admin, "crew", { field: "name", operator: "=", value: "Day" })).body.items[0];
    assert.deepEqual(day.fields.accounts, [two.id, one.id]);

    assert.equal((await admin.delete(`${records}account/${two.id}`)).status, 204);
    assert.deepEqual((await admin.get(`${records}crew/${day.id}`)).body.fields.accounts, [one.id]);
  });

  it("keeps addresses in their parts, finds them by words, and takes them from a file", async () => {
    const admin = await declare("depot", [{ name: "place", type: "address", title: "Place" }], { search: ["name", "place"] });
    const place = { street: "Dam 1\nHof 2", postal_code: "28195", city: "Bremen", region: null, country: "DE" };
    const depot = await made(admin, "depot", { name: "North", place: { ...place, country: "de" } });
    assert.deepEqual(depot.fields.place, place);
    const wrong = await admin.post(`${records}depot`, { fields: { name: "X", place: { country: "UK" } } });
    assert.equal(wrong.status, 400);
    assert.equal(wrong.body.field, "place");
    const found = async (query) => (await admin.get(`${records}depot?${query}`)).body.items.map(({ label }) => label);
    assert.deepEqual(await found("search=bremen"), ["North"]);
    assert.deepEqual(await found(`where=${encodeURIComponent('place.city = "Bremen"')}`), ["North"]);
    assert.equal((await admin.get(`${records}depot?sort=place`)).status, 400);
    const csv = (await admin.get(`${records}depot/export`)).body;
    assert.match(csv, /North,Dam 1 \/ Hof 2 \| 28195 \| Bremen \|  \| DE/);
    const line = JSON.parse((await admin.get(`${records}depot/export?format=jsonl`)).body);
    await imported(admin, "depot", csv.replace("North", "South"));
    await imported(admin, "depot", JSON.stringify({ ...line, name: "West" }));
    const all = (await admin.get(`${records}depot?sort=name`)).body.items;
    assert.deepEqual(all.map(({ fields }) => fields.place), [place, place, place]);
    assert.ok((await admin.get("/api/v1/meta")).body.countries.includes("CN"));
  });

  it("tells of a record what its children come to, after each door", async () => {
    await declare("bin", []);
    await declare("item", [
      { name: "bin", type: "reference", to: "bin", title: "Bin" },
      { name: "weight", type: "decimal", scale: 1, title: "Weight" },
    ]);
    const admin = await declare(
      "bin",
      [{ name: "weight", type: "decimal", scale: 1, title: "Weight", rollup: { children: "items", function: "sum", field: "weight" } }],
      { children: [{ name: "items", entity: "item", by: "bin" }] },
    );
    const [one, two] = [await made(admin, "bin", { name: "One" }), await made(admin, "bin", { name: "Two" })];
    const weights = async () => (await admin.get(`${records}bin?sort=name`)).body.items.map(({ fields }) => fields.weight);
    assert.equal(one.fields.weight, 0);
    const item = await made(admin, "item", { name: "A", bin: one.id, weight: 1.5 });
    await imported(admin, "item", "name,bin,weight\nB,One,2\nC,Two,4\n");
    assert.deepEqual(await weights(), [3.5, 4]);
    const moved = await admin.patch(`${records}item/${item.id}`, { version: 1, fields: { bin: two.id } });
    assert.equal(moved.status, 200, JSON.stringify(moved.body));
    assert.deepEqual(await weights(), [2, 5.5]);
    assert.equal((await admin.delete(`${records}item/${item.id}`)).status, 204);
    assert.deepEqual(await weights(), [2, 4]);
    const set = await admin.patch(`${records}bin/${one.id}`, { version: 1, fields: { weight: 9 } });
    assert.equal(set.status, 400);
    assert.equal(set.body.field, "weight");
  });

  it("draws numbers of a field's own, which people do not set and a file may bring", async () => {
    const pattern = "V{year}-{counter:3}";
    const admin = await declare("voucher", [{ name: "code", type: "auto_number", title: "Code", pattern }]);
    const year = new Date().getUTCFullYear();
    assert.equal((await made(admin, "voucher", { name: "A" })).fields.code, `V${year}-001`);
    const set = await admin.post(`${records}voucher`, { fields: { name: "B", code: `V${year}-009` } });
    assert.equal(set.status, 400);
    assert.equal(set.body.field, "code");
    await imported(admin, "voucher", `name,code\nB,V${year}-009\n`);
    assert.equal((await made(admin, "voucher", { name: "C" })).fields.code, `V${year}-010`);
    const [top] = (await admin.get(`${records}voucher?sort=-code`)).body.items;
    assert.equal(top.label, "C");
  });

  it("computes when it reads, shows it in lists, and refuses to sort or filter by it", async () => {
    const admin = await declare("lease", [
      { name: "ends", type: "date", title: "Ends" },
      { name: "over", type: "boolean", title: "Over", live: true, computed: "ends < today()" },
    ]);
    const lease = await made(admin, "lease", { name: "A", ends: "2020-01-01" });
    assert.equal(lease.fields.over, true);
    const page = await admin.get(`${records}lease?columns=name,over`);
    assert.equal(page.body.items[0].fields.over, true);
    const asked = await admin.get(`${records}lease?where=${encodeURIComponent("over")}&count=true`);
    assert.equal(asked.body.count, 1);
    assert.match((await admin.get(`${records}lease/export?columns=name,over`)).body, /A,true/);
    for (const query of ["sort=over", `filter=${encodeURIComponent('[{"field":"over","operator":"=","value":true}]')}`])
      assert.equal((await admin.get(`${records}lease?${query}`)).body.field, "over");
    assert.equal((await admin.get(`${records}lease/summary?group=over`)).status, 400);
    const meta = (await admin.get("/api/v1/meta")).body.entities.find(({ name }) => name === "lease");
    const field = meta.fields.find(({ name }) => name === "over");
    assert.deepEqual([field.live, field.read_only], [true, true]);
  });
}
