// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";

const vehicle = (more = []) => ({
  entity: "vehicle",
  title: { en: "Vehicle", "zh-CN": "车辆" },
  plural: { en: "Vehicles", "zh-CN": "车辆" },
  key: "plate",
  fields: [
    { name: "plate", type: "text", title: { en: "Plate", "zh-CN": "车牌" }, unique: true, required: true },
    { name: "account", type: "reference", to: "account", title: { en: "Account", "zh-CN": "客户" } },
    ...more,
  ],
  lists: [{ name: "all", title: "All", sort: ["plate"], columns: ["plate", "account"] }],
});

export default function packs(it, world) {
  const apply = async (files, status = 200, base = undefined) => {
    const admin = await world.office.as("admin");
    const revision = base ?? (await admin.get("/api/v1/packs")).body.revision;
    const answer = await admin.post("/api/v1/packs/company", { files, base: revision, note: "a test" });
    assert.equal(answer.status, status, JSON.stringify(answer.body));
    return answer.body;
  };

  it("takes an entity of the company without a restart, as text", async () => {
    const admin = await world.office.as("admin");
    const tried = await admin.post("/api/v1/packs/try", { files: { "entities/vehicle.yaml": vehicle() } });
    assert.equal(tried.status, 200, JSON.stringify(tried.body));
    assert.match(tried.body.changes.join("\n"), /CREATE TABLE "vehicle"/);
    assert.equal((await admin.get("/api/v1/records/vehicle")).status, 404);

    const applied = await apply({ "entities/vehicle.yaml": vehicle() });
    assert.match(applied.diff, /\+entity: vehicle\n/);
    const made = await admin.post("/api/v1/records/vehicle", { fields: { plate: "KI-M 1" } });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const file = (await admin.get("/api/v1/packs")).body.files.find((f) => f.name === "entities/vehicle.yaml");
    assert.match(file.text, /^ {2}- \{name: account, type: reference, to: account/m);
    assert.deepEqual(file.value, vehicle());
    const meta = (await admin.get("/api/v1/meta")).body;
    assert.equal(meta.entities.find((entity) => entity.name === "vehicle").title, "Vehicle");
  });

  it("adds a field to a shipped entity, deactivates it and finds its values again", async () => {
    const admin = await world.office.as("admin");
    const file = (active) => `entity: account\nfields:\n  - {name: truck_count, type: integer, title: Fleet, active: ${active}}\n`;
    await apply({ "entities/account.yaml": file(true) });
    const accounts = "/api/v1/records/account";
    const made = await admin.post(accounts, { fields: { name: "Trucks Ltd", truck_count: 12 } });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    await apply({ "entities/account.yaml": file(false) });
    assert.equal((await admin.get(`${accounts}/${made.body.id}`)).body.fields.truck_count, undefined);
    const refused = await admin.post(accounts, { fields: { name: "Two", truck_count: 1 } });
    assert.equal(refused.status, 400);
    const gone = await apply({ "entities/account.yaml": file(true) });
    assert.match(gone.changes.join("\n"), /take up "account"."truck_count"/);
    assert.equal((await admin.get(`${accounts}/${made.body.id}`)).body.fields.truck_count, 12);
  });

  it("keeps versions, tells what differs, and goes back", async () => {
    const admin = await world.office.as("admin");
    const before = (await admin.get("/api/v1/packs")).body.revision;
    await apply({ "entities/vehicle.yaml": vehicle([{ name: "seats", type: "integer", title: "Seats" }]) });
    const diff = (await admin.get("/api/v1/packs/diff")).body;
    assert.equal(diff.from, before);
    assert.match(diff.diff, /^\+ {2}- \{name: seats/m);
    const back = await admin.post(`/api/v1/packs/versions/${before}/rollback`);
    assert.equal(back.status, 200, JSON.stringify(back.body));
    const versions = (await admin.get("/api/v1/packs/versions")).body.items;
    assert.equal(versions[0].revision, before + 2);
    assert.equal(versions[0].note, `back to version ${before}`);
    assert.equal(versions[1].note, "a test");
    assert.equal((await admin.post("/api/v1/packs/versions/999999/rollback")).status, 404);
    assert.equal((await admin.get("/api/v1/packs/diff?from=999999")).status, 404);
  });

  it("refuses what is wrong with its place, what is late, and who may not", async () => {
    const admin = await world.office.as("admin");
    const wrong = await apply({ "entities/vehicle.yaml": "entity: vehicle\ntitle: V\nfields:\n  - {name: x, type: moon, title: X}\n" }, 400);
    assert.equal(wrong.line, 4);
    await apply({ "entities/vehicle.yaml": vehicle() }, 409, 1);
    await apply({ "data/x.yaml": "a" }, 400);
    await apply(7, 400);
    assert.equal((await admin.post("/api/v1/packs/company", { files: {} })).status, 400);
    const owned = await apply(
      { "entities/sales_order.yaml": "entity: sales_order\nfields:\n  - {name: credit_result, active: false}\n" },
      409,
    );
    assert.match(owned.message, /could not go on/, JSON.stringify(owned));
    const sam = await world.office.as("sam");
    assert.equal((await sam.get("/api/v1/packs")).status, 403);
    assert.equal((await sam.post("/api/v1/packs/try", { files: {} })).status, 403);
  });

  it("lets nobody choose what is no longer chosen, and leaves it where it is", async () => {
    const admin = await world.office.as("admin");
    const file = (active) =>
      vehicle([{ name: "drive", type: "choice", title: "Drive", choices: [{ value: "diesel", active }, { value: "battery" }] }]);
    await apply({ "entities/vehicle.yaml": file(true) });
    const made = await admin.post("/api/v1/records/vehicle", { fields: { plate: "KI-M 2", drive: "diesel" } });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    await apply({ "entities/vehicle.yaml": file(false) });
    const refused = await admin.post("/api/v1/records/vehicle", { fields: { plate: "KI-M 3", drive: "diesel" } });
    assert.equal(refused.status, 400);
    assert.equal(refused.body.field, "drive");
    const kept = await admin.patch(`/api/v1/records/vehicle/${made.body.id}`, {
      version: made.body.version,
      fields: { drive: "diesel", plate: "KI-M 4" },
    });
    assert.equal(kept.status, 200, JSON.stringify(kept.body));
  });
}
