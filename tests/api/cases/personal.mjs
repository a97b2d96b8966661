// SPDX-License-Identifier: Apache-2.0
// What is held about a person: given out, erased with proof; and what they allow.
import assert from "node:assert/strict";

const contacts = "/api/v1/records/contact";

export default function personal(it, world) {
  const person = async (name) => {
    const sam = await world.office.as("sam");
    const account = await world.office.customer(`${name} & Sons`, 1000);
    const email = `${name.toLowerCase()}@lumberjack.example`;
    const made = await sam.post(contacts, { fields: { name: `${name} Lumberjack`, account, email } });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const path = `${contacts}/${made.body.id}`;
    const changed = await sam.patch(path, {
      version: made.body.version,
      fields: { name: `${name} Lumberjack-Oak`, job: "Buyer" },
      reason: `${name} married`,
    });
    assert.equal(changed.status, 200);
    return path;
  };

  it("gives out all that is held about a person, to whoever may", async () => {
    const admin = await world.office.as("admin");
    const sam = await world.office.as("sam");
    const path = await person("Olga");
    const consent = { purpose: "newsletter", channel: "email", granted: true, source: "web form" };
    assert.equal((await sam.post(`${path}/consents`, consent)).status, 201);
    const file = await sam.request("POST", `${path}/files?name=letter.txt`, "Dear all", { type: "application/octet-stream" });
    assert.equal(file.status, 201, JSON.stringify(file.body));
    const given = await admin.get(`${path}/personal`);
    assert.equal(given.status, 200);
    const lines = given.body.trim().split("\n").map((line) => JSON.parse(line));
    assert.deepEqual([...new Set(lines.map(({ kind }) => kind))], ["record", "change", "consent", "file"]);
    assert.equal(lines[0].value.fields.name, "Olga Lumberjack-Oak");
    assert.equal(lines.at(-1).value.name, "letter.txt");
    assert.ok(lines.some(({ kind, value }) => kind === "change" && value.old === "Olga Lumberjack"));
    assert.equal((await sam.get(`${path}/personal`)).status, 403);
  });

  it("erases a person from the record, its history and the search", async () => {
    const admin = await world.office.as("admin");
    const sam = await world.office.as("sam");
    const path = await person("Pavel");
    assert.equal((await sam.post(`${path}/personal/erase`, { reason: "asked" })).status, 403);
    assert.equal((await admin.post(`${path}/personal/erase`, {})).status, 400);
    const erased = await admin.post(`${path}/personal/erase`, { reason: "Letter of 28 November" });
    assert.equal(erased.status, 200, JSON.stringify(erased.body));
    assert.deepEqual(erased.body.records[0].fields, ["name", "email", "phone"]);
    assert.ok(erased.body.records[0].audit_rows >= 3);
    const { fields } = (await admin.get(path)).body;
    assert.deepEqual([fields.name, fields.email ?? null, fields.job], ["erased", null, "Buyer"]);
    const history = await admin.get(`${path}/history`);
    assert.ok(!/Lumberjack|lumberjack|married/.test(JSON.stringify(history.body)), JSON.stringify(history.body));
    assert.equal(history.body.items[0].action, "erase");
    assert.deepEqual(history.body.items[0].new, ["name", "email", "phone"]);
    const found = await admin.get("/api/v1/search?q=Pavel%20Lumberjack");
    assert.equal(found.status, 200);
    assert.ok(!/Pavel Lumberjack/.test(JSON.stringify(found.body)));
    const nothing = await admin.post("/api/v1/records/product/0000000000001/personal/erase", { reason: "x" });
    assert.equal(nothing.status, 400);
  });

  it("tells whether it is allowed to send, by the newest entry", async () => {
    const sam = await world.office.as("sam");
    const path = await person("Rosa");
    const ask = async () => (await sam.get(`${path}/consents?purpose=newsletter&channel=email`)).body.allowed;
    assert.equal(await ask(), false);
    const consent = { purpose: "newsletter", channel: "email", granted: true, source: "trade fair", proof: "Yes, do." };
    assert.equal((await sam.post(`${path}/consents`, consent)).status, 201);
    assert.equal(await ask(), true);
    const entries = (await sam.post(`${path}/consents`, { ...consent, granted: false, source: "a call" })).body.items;
    assert.deepEqual(entries.map(({ granted, source }) => [granted, source]), [[false, "a call"], [true, "trade fair"]]);
    assert.equal(await ask(), false);
    const refused = await sam.post(`${path}/consents`, { ...consent, purpose: "All of it!" });
    assert.deepEqual([refused.status, refused.body.field], [400, "purpose"]);
    assert.equal((await sam.get(`${path}/consents?purpose=newsletter`)).status, 400);
  });
}
