// SPDX-License-Identifier: Apache-2.0
// The story of a record: comments, notes, files, activities, changes; who is told of it.
import assert from "node:assert/strict";

const accounts = "/api/v1/records/account";
const activities = "/api/v1/records/activity";
const octets = { type: "application/octet-stream" };

export default function timeline(it, world) {
  const as = (login) => world.office.as(login);
  const account = async (who, name) => (await who.post(accounts, { fields: { name, type: "customer" } })).body;
  const made = async (answer) => {
    const { status, body } = await answer;
    assert.equal(status, 201, JSON.stringify(body));
    return body;
  };
  const story = async (who, record, query = "") => (await who.get(`${accounts}/${record.id}/history${query}`)).body;
  const types = ({ items }) => items.map((item) => item.type);

  it("tells all that happened to a record as one story, page by page, or only some kinds of it", async () => {
    const sam = await as("sam");
    const record = await account(sam, "Storied Works");
    const path = `${accounts}/${record.id}`;
    await made(sam.post(`${path}/comments`, { kind: "comment", text: "Called them." }));
    await made(sam.post(`${path}/comments`, { kind: "note", text: "Prefers mail." }));
    await made(sam.request("POST", `${path}/files?name=offer.txt`, "our offer", octets));
    const about = `account/${record.id}`;
    await made(sam.post(activities, { fields: { subject: "Visit the site", kind: "visit", about, start: "2031-05-01T08:00:00Z" } }));
    for (const start of ["1969-05-01T08:00:00Z", "1968-05-01T08:00:00Z", "1968-05-01T08:00:00Z"])
      await made(sam.post(activities, { fields: { subject: "Long ago", kind: "call", about, start } }));
    await sam.patch(path, { version: record.version, fields: { city: "Trier", country: "DE", industry: "Water" } });
    const whole = await story(sam, record);
    assert.equal(whole.items[0].activity.fields.subject, "Visit the site");
    assert.equal(whole.items[0].activity.references.about.label, "Storied Works");
    assert.deepEqual([...types(whole)].sort(), ["activity", "activity", "activity", "activity", "change", "change", "change", "change", "change", "comment", "file", "note"]);
    assert.equal(whole.next, null);

    const paged = [];
    let page = { next: undefined };
    do {
      page = await story(sam, record, `?limit=2${page.next ? `&after=${page.next}` : ""}`);
      assert.ok(page.items.length <= 2);
      paged.push(...page.items);
    } while (page.next);
    assert.deepEqual(paged, whole.items);

    assert.deepEqual(types(await story(sam, record, "?type=comment,note")), ["note", "comment"]);
    assert.equal((await sam.get(`${path}/history?type=gossip`)).status, 400);
    assert.equal((await sam.get(`${path}/history?after=tomorrow`)).status, 400);
  });

  it("lets whoever wrote a comment change it, and nobody else", async () => {
    const [sam, walt, admin] = [await as("sam"), await as("walt"), await as("admin")];
    const record = await account(sam, "Written Ltd");
    const comments = `${accounts}/${record.id}/comments`;
    const comment = await made(walt.post(comments, { kind: "comment", text: "Firts" }));
    const path = `${comments}/${comment.id}`;
    assert.equal((await sam.patch(path, { text: "Mine" })).status, 403);
    const changed = await walt.patch(path, { text: "First" });
    assert.deepEqual([changed.body.text, changed.body.by.name, changed.body.mine], ["First", "Walt Weir", true]);
    assert.notEqual(changed.body.edited_at, null);
    assert.equal((await sam.delete(path)).status, 403);
    assert.equal((await admin.delete(path)).status, 204);
    assert.equal((await walt.patch(path, { text: "Again" })).status, 404);
    assert.equal((await walt.post(comments, { kind: "comment", text: " " })).status, 400);
    assert.deepEqual(types(await story(sam, record, "?type=comment")), []);
  });

  it("tells who is mentioned and who follows, and only of what they may read", async () => {
    const [sam, walt, fiona] = [await as("sam"), await as("walt"), await as("fiona")];
    const record = await account(sam, "Told Ltd");
    const path = `${accounts}/${record.id}`;
    const unread = async (who) => (await who.get("/api/v1/notices/unread")).body.unread;
    await walt.post("/api/v1/notices/read");
    assert.equal(await unread(walt), 0);
    assert.equal((await fiona.request("PUT", `${path}/following`)).body.following, true);
    const text = "@walt please look, @nobody too";
    const comment = await made(sam.post(`${path}/comments`, { kind: "comment", text }));
    assert.deepEqual(comment.mentions, [{ login: "walt", name: "Walt Weir" }]);
    assert.deepEqual(comment.unreached, []);
    const { items } = (await walt.get("/api/v1/notices?limit=1")).body;
    assert.deepEqual([items[0].kind, items[0].label, items[0].text, items[0].by.name], ["mention", "Told Ltd", text, "Sam Rivers"]);
    assert.equal(await unread(walt), 1);
    await walt.post(`/api/v1/notices/${items[0].id}/read`);
    assert.equal(await unread(walt), 0);
    assert.equal((await fiona.get("/api/v1/notices?limit=1")).body.items[0].kind, "comment");
    await sam.patch(path, { version: record.version, fields: { type: "prospect" } });
    assert.equal((await fiona.get("/api/v1/notices?limit=1")).body.items[0].kind, "change");
    const followers = (await walt.get(`${path}/followers`)).body;
    assert.deepEqual([followers.items.map(({ name }) => name).sort(), followers.following], [["Fiona Brook", "Sam Rivers"], false]);
    assert.equal((await fiona.delete(`${path}/following`)).status, 204);

    // What the mentioned person may not read is not told.
    const deal = await made(sam.post("/api/v1/records/opportunity", { fields: { name: "Secret", account: record.id, stage: "qualified" } }));
    const hidden = await made(sam.post(`/api/v1/records/opportunity/${deal.id}/comments`, { kind: "comment", text: "@walt" }));
    assert.deepEqual(hidden.unreached, ["walt"]);
    assert.equal(await unread(walt), 0);
    for (const rest of ["history", "followers", "files"])
      assert.equal((await walt.get(`/api/v1/records/opportunity/${deal.id}/${rest}`)).status, 404, rest);
    assert.equal((await walt.post(`/api/v1/records/opportunity/${deal.id}/comments`, { kind: "note", text: "x" })).status, 404);
  });

  it("reminds of an activity in time, unless it is over", async () => {
    const sam = await as("sam");
    const record = await account(sam, "Reminded Ltd");
    const soon = new Date(Date.now() + 1500).toISOString();
    const plan = (fields) => made(sam.post(activities, { fields: { kind: "call", about: `account/${record.id}`, reminder: soon, ...fields } }));
    const call = await plan({ subject: "Call back" });
    await plan({ subject: "Called already", status: "held" });
    const reminders = async () =>
      (await sam.get("/api/v1/notices?limit=50")).body.items.filter((one) => one.kind === "reminder").map((one) => one.label);
    for (let i = 0; i < 100 && (await reminders()).length === 0; i++) await new Promise((done) => setTimeout(done, 100));
    assert.deepEqual(await reminders(), ["Call back"]);
    assert.equal((await sam.post(activities, { fields: { subject: "x", about: "account/nonsense" } })).status, 400);
    assert.equal((await sam.post(activities, { fields: { subject: "x", about: "account/0000000000001" } })).status, 400);
    const ends = { version: call.version, fields: { end: "2001-01-01T00:00:00Z" } };
    assert.match((await sam.patch(`${activities}/${call.id}`, ends)).body.message, /ends before it starts/);
  });
}
