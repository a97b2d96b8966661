// SPDX-License-Identifier: Apache-2.0
// Scopes, rules, shares and substitutes of Riverbend Pumps' roles, violated at each door. A salesperson
// reaches the team's opportunities and the queue's, the sales manager the department's, finance and the
// warehouse those that were won.
import assert from "node:assert/strict";

const opportunities = "/api/v1/records/opportunity";
const encode = (filter) => encodeURIComponent(JSON.stringify(filter));

export default function rights(it, world) {
  let account;
  const named = (name) => `filter=${encode([{ field: "name", value: name }])}&count=true`;
  const made = async (login, name, fields = {}) => {
    const person = await world.office.as(login);
    account ??= await world.office.customer("Rights Ltd", 1000);
    const answer = await person.post(opportunities, { fields: { name, account, amount: 5000, ...fields } });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body;
  };

  // What somebody sees of a record at every door that reads.
  const seen = async (login, record) => {
    const person = await world.office.as(login);
    const path = `${opportunities}/${record.id}`;
    const page = await person.get(`${opportunities}?${named(record.label)}`);
    const found = await person.get(`${opportunities}?search=${encodeURIComponent(record.label)}`);
    return {
      one: (await person.get(path)).status,
      history: (await person.get(`${path}/history`)).status,
      moves: (await person.get(`${path}/moves`)).status,
      shares: (await person.get(`${path}/shares`)).status,
      rights: (await person.get(`${path}/rights`)).status,
      listed: page.body.items.length,
      counted: page.body.count,
      found: found.body.items.filter(({ id }) => id === record.id).length,
    };
  };
  const everything = { one: 200, history: 200, moves: 200, shares: 200, rights: 200, listed: 1, counted: 1, found: 1 };
  const nothing = { one: 404, history: 404, moves: 404, shares: 404, rights: 404, listed: 0, counted: 0, found: 0 };

  // What somebody's writing answers at every door that writes.
  const written = async (login, record) => {
    const person = await world.office.as(login);
    const path = `${opportunities}/${record.id}`;
    const bulk = await person.post(`${opportunities}/bulk`, { ids: [record.id], fields: { amount: 1 } });
    const [result] = bulk.body.results;
    const { body } = await (await world.office.as("admin")).get(path);
    return {
      change: (await person.patch(path, { version: body.version, fields: { amount: 2 } })).status,
      bulk: result.ok ? 200 : result.problem.status,
      remove: (await person.delete(path)).status,
      share: (await person.post(`${path}/shares`, { with: { kind: "user", key: "mark" }, may: "read" })).status,
    };
  };

  it("shows the team's to the team, and nothing of it to others, at any door", async () => {
    const record = await made("sam", "Team pump");
    for (const login of ["sam", "wei", "sofia"]) assert.deepEqual(await seen(login, record), everything, login);
    for (const login of ["walt", "fiona"]) {
      assert.deepEqual(await seen(login, record), nothing, login);
      assert.deepEqual(await written(login, record), { change: 404, bulk: 404, remove: 404, share: 404 }, login);
    }
    assert.deepEqual(await written("wei", record), { change: 200, bulk: 200, remove: 403, share: 201 });
  });

  it("keeps a reference to what is not there for the writer from being made", async () => {
    const tess = await world.office.as("tess");
    assert.equal((await tess.get(`${opportunities}?limit=1`)).status, 403, "no right on any of them");
  });

  it("lets a rule decide: won is for finance and the warehouse to read, not to write", async () => {
    const record = await made("sam", "Won pump");
    assert.deepEqual(await seen("walt", record), nothing);
    const sam = await world.office.as("sam");
    const won = await sam.patch(`${opportunities}/${record.id}`, { version: 1, fields: { stage: "won" } });
    assert.equal(won.status, 200, JSON.stringify(won.body));
    assert.deepEqual(await seen("walt", record), everything);
    assert.deepEqual(await written("walt", record), { change: 403, bulk: 403, remove: 403, share: 403 });
  });

  it("holds exports and imports within their own scope", async () => {
    const record = await made("sam", "Export pump");
    const elsewhere = await made("admin", "Foreign pump", { department: "marketing" });
    const filter = `filter=${encode([{ field: "name", operator: "in", value: [record.label, elsewhere.label] }])}`;
    const sofia = await world.office.as("sofia");
    const exported = await sofia.get(`${opportunities}/export?${filter}`);
    assert.equal(exported.status, 200);
    assert.match(exported.body, /Export pump/);
    assert.doesNotMatch(exported.body, /Foreign pump/);
    const sam = await world.office.as("sam");
    assert.equal((await sam.get(`${opportunities}/export?${filter}`)).status, 403);
  });

  it("leaves what nobody owns to the queue, until somebody takes it", async () => {
    const record = await made("admin", "Queue pump", { owner: null, department: "sales" });
    assert.deepEqual(await seen("wei", record), everything);
    assert.deepEqual(await seen("fiona", record), nothing);
    const wei = await world.office.as("wei");
    const me = (await wei.get("/api/v1/session")).body.user.id;
    const taken = await wei.patch(`${opportunities}/${record.id}`, { version: 1, fields: { owner: me } });
    assert.equal(taken.status, 200, JSON.stringify(taken.body));
  });

  it("shares one record with a person or a group, until it is over, and keeps it in the history", async () => {
    const record = await made("sam", "Shared pump");
    const path = `${opportunities}/${record.id}`;
    const sam = await world.office.as("sam");
    assert.deepEqual(await seen("fiona", record), nothing);
    const share = await sam.post(`${path}/shares`, { with: { kind: "user", key: "fiona" }, may: "edit" });
    assert.equal(share.status, 201, JSON.stringify(share.body));
    assert.deepEqual(await seen("fiona", record), everything);
    // Her roles give nothing to edit, so a share gives nothing either; and she does not pass it on.
    assert.deepEqual(await written("fiona", record), { change: 403, bulk: 403, remove: 403, share: 403 });
    assert.deepEqual(await seen("walt", record), nothing);
    const group = await sam.post(`${path}/shares`, { with: { kind: "department", key: "warehouse" }, may: "read" });
    assert.equal(group.body.with.name, "Warehouse");
    assert.deepEqual(await seen("walt", record), everything);
    const listed = (await sam.get(`${path}/shares`)).body;
    assert.deepEqual(listed.items.map((each) => each.with.key).sort(), [share.body.with.key, "warehouse"].sort());
    assert.equal(listed.may_share, true);
    assert.equal((await sam.delete(`${path}/shares/${share.body.id}`)).status, 204);
    assert.deepEqual(await seen("fiona", record), nothing);
    const soon = new Date(Date.now() + 1500).toISOString();
    const brief = await sam.post(`${path}/shares`, { with: { kind: "position", key: "finance_clerk" }, may: "read", until: soon });
    assert.equal(brief.status, 201, JSON.stringify(brief.body));
    assert.equal((await seen("fiona", record)).one, 200);
    await new Promise((done) => setTimeout(done, 1600));
    assert.deepEqual(await seen("fiona", record), nothing);
    const history = (await sam.get(`${path}/history`)).body.items.map(({ action }) => action);
    assert.deepEqual(history, ["share", "unshare", "share", "share", "create"]);
  });

  it("refuses a share that makes no sense", async () => {
    const record = await made("sam", "Odd pump");
    const path = `${opportunities}/${record.id}/shares`;
    const sam = await world.office.as("sam");
    for (const [input, field] of [
      [{ with: { kind: "user", key: "nobody" }, may: "read" }, "with"],
      [{ with: { kind: "user", key: "fiona" }, may: "read", until: "2020-01-01T00:00:00Z" }, "until"],
    ]) {
      const answer = await sam.post(path, input);
      assert.equal(answer.status, 400);
      assert.equal(answer.body.field, field);
    }
    assert.equal((await sam.delete(`${path}/0000000000001`)).status, 404);
  });

  it("says why somebody can, or cannot, in the reader's language", async () => {
    const record = await made("sam", "Why pump");
    const path = `${opportunities}/${record.id}/rights`;
    const sam = await world.office.as("sam");
    const right = (answer, name) => answer.body.rights.find((each) => each.right === name);
    const team = right(await sam.get(`${path}?user=wei`), "read");
    assert.equal(team.allowed, true);
    const reason = team.reasons.find(({ holds }) => holds);
    assert.equal(reason.scope, "team");
    assert.equal(reason.position, "salesperson");
    const ruled = right(await sam.get(`${path}?user=walt`), "read");
    assert.equal(ruled.allowed, false);
    assert.equal(ruled.reasons[0].rule, 'stage = "won"');
    assert.match(ruled.reasons[0].text, /does not meet the condition/);
    const none = right(await sam.get(`${path}?user=mark`), "read");
    assert.equal(none.allowed, false);
    assert.match(none.reasons[0].text, /No role of Mark Stream gives it; these would: .*'Opportunities of the team'/);
    const wei = await world.office.as("wei");
    const chinese = right(await wei.get(path, { headers: { "accept-language": "zh-CN" } }), "read");
    assert.match(chinese.text, /王伟/);
    assert.doesNotMatch(chinese.text, /may/);
    assert.equal((await sam.get(`${path}?user=nobody`)).status, 400);
  });

  it("gives a substitute the reach of whoever is away, and takes it back", async () => {
    const record = await made("sam", "Substitute pump");
    const admin = await world.office.as("admin");
    const id = async (login) =>
      (await admin.get(`/api/v1/records/user?filter=${encode([{ field: "login", value: login }])}`)).body.items[0].id;
    assert.deepEqual(await seen("mark", record).catch(() => "no list"), "no list");
    const day = (offset) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
    const away = await admin.post("/api/v1/records/substitute", {
      fields: { user: await id("wei"), substitute: await id("mark"), first_day: day(-2), last_day: day(2) },
    });
    assert.equal(away.status, 201, JSON.stringify(away.body));
    assert.deepEqual(await seen("mark", record), everything);
    const sam = await world.office.as("sam");
    const why = (await sam.get(`${opportunities}/${record.id}/rights?user=mark`)).body.rights[0];
    assert.equal(why.reasons.find(({ holds }) => holds).stands_in_for, "王伟");
    assert.equal((await admin.delete(`/api/v1/records/substitute/${away.body.id}`)).status, 204);
    const mark = await world.office.as("mark");
    assert.equal((await mark.get(`${opportunities}/${record.id}`)).status, 404);
  });
}
