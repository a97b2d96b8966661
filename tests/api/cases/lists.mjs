// SPDX-License-Identifier: Apache-2.0
// Lists: filters in FEEL, columns through references, groups and measures.
import assert from "node:assert/strict";

const opportunities = "/api/v1/records/opportunity";
const feel = (text) => `where=${encodeURIComponent(text)}`;

export default function lists(it, world) {
  let account;
  const make = async (login, fields) => {
    const person = await world.office.as(login);
    account ??= await world.office.customer("Lists Ltd", 1000);
    const answer = await person.post(opportunities, { fields: { account, name: "List pump", ...fields } });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body;
  };

  it("filters by FEEL and tells which part the database filtered by", async () => {
    await make("sam", { name: "FEEL one", amount: 700 });
    await make("sam", { name: "FEEL two", amount: 70 });
    const sam = await world.office.as("sam");
    const whole = await sam.get(`${opportunities}?${feel('starts with(name, "FEEL") and amount > 100')}&count=true`);
    assert.equal(whole.status, 200, JSON.stringify(whole.body));
    assert.deepEqual(whole.body.items.map(({ label }) => label), ["FEEL one"]);
    assert.equal(whole.body.count, 1);
    assert.deepEqual(whole.body.where, { pushed: 'starts with(name, "FEEL") and amount > 100', asked: false });
    const part = await sam.get(`${opportunities}?${feel('ends with(name, "two") and amount < 100')}&count=true&limit=1`);
    assert.equal(part.body.count, part.body.items.length);
    assert.equal(part.body.items[0].label, "FEEL two");
    assert.deepEqual(part.body.where, { pushed: "amount < 100", asked: true });
    const through = await sam.get(`${opportunities}?${feel('account.name = "Lists Ltd" and owner = me.id')}&count=true`);
    assert.equal(through.body.count, 2);
    assert.equal(through.body.where.asked, false);
  });

  it("refuses a filter that is no FEEL or names what is not there", async () => {
    const sam = await world.office.as("sam");
    for (const text of ["amount >", "colour = 1", "account.colour = 1"]) {
      const answer = await sam.get(`${opportunities}?${feel(text)}`);
      assert.equal(answer.status, 400, text);
      assert.equal(answer.body.field, "where");
    }
  });

  it("shows columns through references, in lists and exports", async () => {
    await make("sam", { name: "Through pump", amount: 3 });
    const sam = await world.office.as("sam");
    const only = feel('name = "Through pump"');
    const page = await sam.get(`${opportunities}?${only}&columns=name,account.name,owner.manager`);
    assert.equal(page.status, 200, JSON.stringify(page.body));
    const [item] = page.body.items;
    assert.equal(item.fields["account.name"], "Lists Ltd");
    assert.equal(item.references["owner.manager"].label, "Sofia Marsh");
    assert.equal((await sam.get(`${opportunities}?columns=account.colour`)).status, 400);
    const sofia = await world.office.as("sofia");
    const file = await sofia.get(`${opportunities}/export?${only}&columns=name,account.name`);
    assert.match(file.body, /Name,Account: Name\r\nThrough pump,Lists Ltd/);
  });

  it("groups, counts and measures, by choice, reference and period", async () => {
    const only = feel('starts with(name, "Sum ")');
    for (const [amount, close_date, stage] of [
      [100, "2026-01-05", "won"],
      [50.5, "2026-01-31", "won"],
      [10, "2026-02-01", "lost"],
      [null, "2026-04-01", "lost"],
    ])
      await make("sam", { name: `Sum ${close_date}`, amount, close_date, stage });
    const sam = await world.office.as("sam");
    const measures = "measure=sum:amount,average:amount,minimum:amount,maximum:close_date,count:amount";
    const stages = await sam.get(`${opportunities}/summary?${only}&group=stage&${measures}`);
    assert.equal(stages.status, 200, JSON.stringify(stages.body));
    assert.deepEqual(stages.body, {
      groups: [
        {
          by: { stage: { value: "lost", label: "Lost" } },
          count: 2,
          measures: { "sum:amount": 10, "average:amount": 10, "minimum:amount": 10, "maximum:close_date": "2026-04-01", "count:amount": 1 },
        },
        {
          by: { stage: { value: "won", label: "Won" } },
          count: 2,
          measures: { "sum:amount": 150.5, "average:amount": 75.25, "minimum:amount": 50.5, "maximum:close_date": "2026-01-31", "count:amount": 2 },
        },
      ],
      count: 4,
    });
    const periods = async (period) =>
      (await sam.get(`${opportunities}/summary?${only}&group=close_date:${period}`)).body.groups.map(({ by, count }) => [
        by[`close_date:${period}`].value,
        count,
      ]);
    assert.deepEqual(await periods("month"), [["2026-01-01", 2], ["2026-02-01", 1], ["2026-04-01", 1]]);
    assert.deepEqual(await periods("quarter"), [["2026-01-01", 3], ["2026-04-01", 1]]);
    assert.deepEqual(await periods("week"), [["2026-01-05", 1], ["2026-01-26", 2], ["2026-03-30", 1]]);
    assert.deepEqual(await periods("year"), [["2026-01-01", 4]]);
    const both = await sam.get(`${opportunities}/summary?${only}&group=account.name,created_at:year`);
    assert.equal(both.body.groups.length, 1);
    assert.equal(both.body.groups[0].by["account.name"].value, "Lists Ltd");
    const walt = await world.office.as("walt");
    const won = await walt.get(`${opportunities}/summary?${only}&measure=sum:amount`);
    assert.equal(won.body.count, 2, "only what a reader may read is summed");
    assert.equal(won.body.groups[0].measures["sum:amount"], 150.5);
    const asked = await sam.get(`${opportunities}/summary?${feel('ends with(name, "-01") and starts with(name, "Sum")')}&measure=sum:amount`);
    assert.equal(asked.body.count, 2);
    assert.equal(asked.body.groups[0].measures["sum:amount"], 10);
    for (const query of ["group=colour", "group=stage:month", "measure=sum:name", "measure=amount"])
      assert.equal((await sam.get(`${opportunities}/summary?${query}`)).status, 400, query);
    assert.equal((await (await world.office.as("tess")).get(`${opportunities}/summary`)).status, 403);
  });

  it("saves views for oneself, the team and everybody, with each reader's own rights", async () => {
    const [sam, wei, fiona, admin] = await Promise.all(["sam", "wei", "fiona", "admin"].map((login) => world.office.as(login)));
    const names = async (person) => (await person.get("/api/v1/views?entity=opportunity")).body.items.map(({ name }) => name);
    const settings = { where: "amount > 10", sort: [{ field: "close_date", descending: true }], columns: ["name", "account.name"] };
    const own = await sam.post("/api/v1/views", { entity: "opportunity", name: "Own big", audience: "mine", settings });
    assert.equal(own.status, 201, JSON.stringify(own.body));
    assert.deepEqual(own.body.settings, settings);
    const team = await sam.post("/api/v1/views", { entity: "opportunity", name: "Team big", audience: "team", settings });
    assert.deepEqual(await names(sam), ["Own big", "Team big"]);
    assert.deepEqual(await names(wei), ["Team big"]);
    assert.deepEqual(await names(fiona), []);
    assert.equal((await sam.post("/api/v1/views", { entity: "opportunity", name: "All", audience: "all", settings })).status, 403);
    const all = await admin.post("/api/v1/views", { entity: "opportunity", name: "All big", audience: "all", settings });
    assert.equal(all.status, 201);
    assert.deepEqual(await names(fiona), ["All big"]);
    assert.equal((await sam.post("/api/v1/views", { entity: "opportunity", name: "Own big", audience: "mine", settings })).status, 409);
    assert.equal((await sam.post("/api/v1/views", { entity: "opportunity", name: "X", audience: "mine", settings: { colour: 1 } })).status, 400);
    assert.equal((await wei.patch(`/api/v1/views/${team.body.id}`, { name: "Mine now" })).status, 404);
    const changed = await sam.patch(`/api/v1/views/${team.body.id}`, { name: "Only mine", audience: "mine" });
    assert.equal(changed.body.name, "Only mine");
    assert.deepEqual(await names(wei), ["All big"]);
    assert.equal((await wei.delete(`/api/v1/views/${team.body.id}`)).status, 404);
    for (const [person, view] of [[sam, own], [sam, team], [admin, all]])
      assert.equal((await person.delete(`/api/v1/views/${view.body.id}`)).status, 204);
    const tess = await world.office.as("tess");
    assert.equal((await tess.get("/api/v1/views?entity=opportunity")).status, 403);
  });

  it("keeps favourites and what was seen last, as long as they may be read", async () => {
    const record = await make("sam", { name: "Favourite pump", stage: "won" });
    const path = `${opportunities}/${record.id}`;
    const [sam, walt] = await Promise.all([world.office.as("sam"), world.office.as("walt")]);
    const marked = async (person, kind) =>
      (await person.get(`/api/v1/${kind}`)).body.items.filter(({ id }) => id === record.id).map(({ label }) => label);
    assert.equal((await walt.post(`${path}/favourite`)).status, 204);
    assert.equal((await walt.post(`${path}/seen`)).status, 204);
    assert.deepEqual(await marked(walt, "favourites"), ["Favourite pump"]);
    assert.deepEqual(await marked(walt, "recent"), ["Favourite pump"]);
    assert.deepEqual(await marked(sam, "favourites"), []);
    assert.equal((await sam.patch(path, { version: 1, fields: { stage: "lost" } })).status, 200);
    assert.deepEqual(await marked(walt, "favourites"), [], "what may not be read any more is not shown");
    assert.equal((await walt.post(`${path}/favourite`)).status, 404);
    assert.equal((await sam.post(`${path}/favourite`)).status, 204);
    assert.equal((await sam.delete(`${path}/favourite`)).status, 204);
    assert.deepEqual(await marked(sam, "favourites"), []);
  });

  it("undoes a bulk edit record by record, but not what was changed since", async () => {
    const one = await make("sam", { name: "Bulk one", amount: 1 });
    const two = await make("sam", { name: "Bulk two", amount: 2 });
    const [sam, wei] = await Promise.all([world.office.as("sam"), world.office.as("wei")]);
    const bulk = await sam.post(`${opportunities}/bulk`, { ids: [one.id, two.id, "nothing"], fields: { amount: 9, stage: "won" } });
    assert.deepEqual(bulk.body.results.map(({ ok }) => ok), [true, true, false]);
    const changed = await wei.patch(`${opportunities}/${two.id}`, { version: 2, fields: { amount: 5 } });
    assert.equal(changed.status, 200);
    const undo = `${opportunities}/bulk/${bulk.body.id}/undo`;
    assert.equal((await wei.post(undo)).status, 404, "a bulk of somebody else");
    const undone = await sam.post(undo);
    assert.equal(undone.status, 200, JSON.stringify(undone.body));
    const results = Object.fromEntries(undone.body.results.map(({ id, ok }) => [id, ok]));
    assert.deepEqual(results, { [one.id]: true, [two.id]: false });
    const { fields } = (await sam.get(`${opportunities}/${one.id}`)).body;
    assert.equal(fields.amount, 1);
    assert.equal(fields.stage, "qualified");
    assert.equal((await sam.get(`${opportunities}/${two.id}`)).body.fields.amount, 5);
    assert.deepEqual((await sam.post(undo)).body.results.map(({ id }) => id), [two.id], "what is back is not done again");
    const admin = await world.office.as("admin");
    const gone = await admin.post(`${opportunities}/bulk`, { ids: [one.id], action: "delete" });
    assert.deepEqual(gone.body.results.map(({ ok }) => ok), [true]);
    assert.equal((await sam.get(`${opportunities}/${one.id}`)).status, 404);
    assert.equal((await admin.post(`${opportunities}/bulk`, { ids: [], action: "delete", fields: {} })).status, 400);
  });

  it("undoes a bulk deletion record by record, but not what was taken back or deleted since", async () => {
    const made = [];
    for (const name of ["Gone one", "Gone two", "Gone three"]) made.push(await make("sam", { name, amount: 3 }));
    const [one, two, three] = made;
    const [sam, admin] = await Promise.all([world.office.as("sam"), world.office.as("admin")]);
    const gone = await admin.post(`${opportunities}/bulk`, { ids: made.map(({ id }) => id), action: "delete", reason: "too many" });
    assert.deepEqual(gone.body.results.map(({ ok }) => ok), [true, true, true]);
    for (const record of [two, three]) assert.equal((await admin.post(`${opportunities}/${record.id}/restore`, {})).status, 200);
    assert.equal((await admin.delete(`${opportunities}/${three.id}`)).status, 204);
    const undo = `${opportunities}/bulk/${gone.body.id}/undo`;
    assert.equal((await sam.post(undo)).status, 404, "a bulk of somebody else");
    const undone = await admin.post(undo);
    const results = Object.fromEntries(undone.body.results.map(({ id, ok, problem }) => [id, ok || problem.code]));
    assert.deepEqual(results, { [one.id]: true, [two.id]: "conflict", [three.id]: "conflict" });
    const back = (await sam.get(`${opportunities}/${one.id}`)).body;
    assert.equal(back.label, one.label);
    assert.equal(back.fields.amount, 3);
    assert.equal((await sam.get(`${opportunities}/${three.id}`)).status, 404);
    assert.equal((await admin.post(undo)).body.results.length, 2, "what is back is not done again");
  });
}
