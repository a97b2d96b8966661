// SPDX-License-Identifier: Apache-2.0
// An import as a job: uploaded, looked at, mapped, tried, run, corrected, cancelled, undone.
import assert from "node:assert/strict";

const jobs = "/api/v1/imports";
const octets = { type: "application/octet-stream" };

export default function importJobs(it, world) {
  const upload = async (who, entity, text, name = "file.csv") => {
    const answer = await who.request("POST", `${jobs}?entity=${entity}&name=${encodeURIComponent(name)}`, text, octets);
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    return answer.body;
  };
  const start = async (who, job, task) => {
    const answer = await who.post(`${jobs}/${job.id}/start`, { task });
    assert.equal(answer.status, 202, JSON.stringify(answer.body));
    return settled(who, job);
  };
  const settled = async (who, job) => {
    for (let i = 0; i < 2000; i++) {
      const { body } = await who.get(`${jobs}/${job.id}`);
      if (!["waiting", "working", "cancelling"].includes(body.state)) return body;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error("the import does not end");
  };
  const products = async (who, prefix) => {
    const filter = encodeURIComponent(JSON.stringify([{ field: "sku", operator: "starts", value: prefix }]));
    return (await who.get(`/api/v1/records/product?sort=sku&count=true&limit=200&filter=${filter}`)).body;
  };

  it("warns of records that may be there already, by line, when it tries and when it runs", async () => {
    const admin = await world.office.as("admin");
    const { body: known } = await admin.post("/api/v1/records/account", { fields: { name: "Gneiss Works" } });
    const text = "Name,City\nGneiss Works Ltd,Kiel\nGnocchi Kitchens,Rome\nGnocchi Kitchen,Rome\n";
    const job = await upload(admin, "account", text, "accounts.csv");
    const tried = await start(admin, job, "try");
    const told = (one) => one.duplicates.map(({ line, label, other, score }) => [line, !!label, other.label, score]);
    assert.deepEqual(told(tried).slice(0, 1), [[2, true, "Gneiss Works", 70]]);
    assert.deepEqual([tried.alike, tried.duplicates[0].record, tried.duplicates[0].other.id], [2, null, known.id]);
    const ran = await start(admin, job, "run");
    assert.deepEqual([ran.created, ran.alike], [3, 2]);
    assert.deepEqual(ran.duplicates.map((one) => one.line), [2, 4]);
    assert.equal((await admin.get(`/api/v1/records/account/${ran.duplicates[0].record}`)).body.fields.city, "Kiel");
    const quiet = await upload(admin, "account", text, "accounts.csv");
    assert.equal((await admin.patch(`${jobs}/${quiet.id}`, { duplicates: false })).status, 200);
    assert.deepEqual((await start(admin, quiet, "try")).duplicates, []);
    const csv = await admin.request("POST", "/api/v1/records/account/import?dry_run=true", text, { type: "text/csv" });
    assert.equal(csv.body.lines[0].duplicate.label.startsWith("Gneiss Works"), true);
  });

  it("looks at a file, guesses its mapping, tries it, runs it, and undoes it", async () => {
    const admin = await world.office.as("admin");
    const text = "SKU;名称;List Price;Colour\nJOB-1;Pump one;10.50;red\nJOB-2;Pump two;dear;blue\nJOB-3;;1;green\nJOB-4;Pump four;4;red\n";
    const job = await upload(admin, "product", text, "产品.csv");
    assert.equal(job.name, "产品.csv");
    assert.deepEqual([job.format, job.encoding, job.delimiter, job.problem], ["csv", "UTF-8", ";", null]);
    assert.deepEqual(job.columns.map((column) => [column.header, column.field, column.type]), [
      ["SKU", "sku", "text"],
      ["名称", "name", "text"],
      ["List Price", "list_price", "text"],
      ["Colour", null, "text"],
    ]);
    assert.deepEqual(job.columns[0].samples, ["JOB-1", "JOB-2", "JOB-3", "JOB-4"]);
    const tried = await start(admin, job, "try");
    assert.deepEqual([tried.state, tried.rows, tried.created, tried.refused], ["done", 4, 2, 2]);
    assert.deepEqual(tried.refusals.map((line) => [line.line, line.field]), [[3, "list_price"], [4, "name"]]);
    assert.equal((await products(admin, "JOB-")).count, 0);
    const ran = await start(admin, job, "run");
    assert.deepEqual([ran.state, ran.created, ran.refused, ran.refusals.length], ["done", 2, 2, 2]);
    assert.equal((await products(admin, "JOB-")).count, 2);
    assert.equal((await admin.post(`${jobs}/${job.id}/start`, { task: "run" })).status, 409);
    assert.equal((await admin.patch(`${jobs}/${job.id}`, { match: "sku" })).status, 409);

    const refused = await admin.get(`${jobs}/${job.id}/refused`);
    assert.match(refused.body, /^\ufeff?SKU,名称,List Price,Colour,#problem\r\nJOB-2,Pump two,dear,blue,/);
    const corrected = await upload(admin, "product", refused.body.replace("dear", "7").replace("JOB-3,,", "JOB-3,Pump three,"));
    assert.deepEqual(corrected.columns.map((column) => column.field), ["sku", "name", "list_price", null, null]);
    const again = await start(admin, corrected, "run");
    assert.deepEqual([again.created, again.refused], [2, 0]);

    const undone = await start(admin, job, "undo");
    assert.deepEqual([undone.state, undone.undone, undone.kept], ["done", 2, 0]);
    assert.deepEqual((await products(admin, "JOB-")).items.map((item) => item.fields.sku), ["JOB-2", "JOB-3"]);
  });

  it("changes the records that a field names, remembers the mapping, and gives old values back", async () => {
    const admin = await world.office.as("admin");
    const made = await upload(admin, "product", "sku,name,list_price\nUPD-1,One,1\nUPD-2,Two,2\nUPD-3,Three,3\n");
    await start(admin, made, "run");
    const text = "Article,Price,Remark\nUPD-1,11,a\nUPD-2,2,b\nUPD-3,33,c\nUPD-4,4,d\n";
    let job = await upload(admin, "product", text);
    assert.deepEqual(job.columns.map((column) => column.field), [null, null, null]);
    assert.match(job.problem, /missing/);
    job = (await admin.patch(`${jobs}/${job.id}`, { columns: ["sku", "list_price", null], match: "sku", only_update: true })).body;
    assert.equal(job.problem, null);
    const ran = await start(admin, job, "run");
    assert.deepEqual([ran.created, ran.updated, ran.unchanged, ran.refused], [0, 2, 1, 1]);
    assert.match(ran.refusals[0].message, /UPD-4/);
    const next = await upload(admin, "product", text);
    assert.deepEqual(next.columns.map((column) => column.field), ["sku", "list_price", null], "the mapping is remembered");
    assert.equal(next.match, "sku");

    // Somebody changes one of them: the undo leaves it and says so.
    const third = (await products(admin, "UPD-3")).items[0];
    assert.equal(third.fields.list_price, 33);
    await admin.patch(`/api/v1/records/product/${third.id}`, { version: third.version, fields: { name: "Third" } });
    const undone = await start(admin, job, "undo");
    assert.deepEqual([undone.undone, undone.kept], [1, 1]);
    assert.equal(undone.problems[0].record, third.id);
    assert.match(undone.problems[0].message, /changed since/);
    assert.deepEqual((await products(admin, "UPD-")).items.map((item) => item.fields.list_price), [1, 2, 33]);
    const history = await admin.get(`/api/v1/records/product/${(await products(admin, "UPD-1")).items[0].id}/history`);
    assert.ok(JSON.stringify(history.body).includes("import undone"));
  });

  it("finds references by name, and says when a name is not enough", async () => {
    const { office } = world;
    const sam = await office.as("sam");
    await office.customer("Named Only Ltd", 1000);
    await office.customer("Twice Named Ltd", 1000);
    await office.customer("Twice Named Ltd", 1000);
    const job = await upload(sam, "sales_order", "customer,total\nNamed Only Ltd,5\nTwice Named Ltd,5\nNobody Ltd,5\n");
    const ran = await start(sam, job, "run");
    assert.deepEqual([ran.created, ran.refused], [1, 2]);
    assert.match(ran.refusals[0].message, /more than one/);
    // An order that has entered its flow is not simply taken away again.
    const undone = await start(sam, job, "undo");
    assert.equal(undone.undone + undone.kept, 1);
    assert.equal(undone.problems.length, undone.kept);
  });

  it("reads JSON Lines", async () => {
    const admin = await world.office.as("admin");
    const lines = [{ sku: "JSL-1", name: "One", list_price: 1.5 }, { sku: "JSL-2", name: "=2", list_price: 2 }, { sku: "JSL-3", colour: "red" }];
    const job = await upload(admin, "product", lines.map((line) => JSON.stringify(line)).join("\n"), "products.jsonl");
    assert.deepEqual([job.format, job.columns[2].type], ["jsonl", "number"]);
    const ran = await start(admin, job, "run");
    assert.deepEqual([ran.created, ran.refused, ran.refusals[0].line], [2, 1, 3]);
  });

  it("exports in every format what it imports again without a change", async () => {
    const admin = await world.office.as("admin");
    const made = await upload(admin, "product", "sku,name,list_price,family\nRND-1,=1+1,1.50,A\nRND-2,泵,1234567.89,\n");
    await start(admin, made, "run");
    const filter = encodeURIComponent(JSON.stringify([{ field: "sku", operator: "starts", value: "RND-" }]));
    const address = `${world.url}/api/v1/records/product/export?filter=${filter}&sort=sku`;
    for (const [format, media] of [
      ["csv", /^text\/csv/],
      ["xlsx", /spreadsheetml\.sheet$/],
      ["jsonl", /ndjson/],
    ]) {
      const answer = await fetch(`${address}&format=${format}`, { headers: admin.headers });
      assert.match(answer.headers.get("content-type"), media);
      assert.match(answer.headers.get("content-disposition"), new RegExp(`product\\.${format}`));
      const bytes = new Uint8Array(await answer.arrayBuffer());
      const text = Buffer.from(bytes).toString();
      if (format === "csv") assert.match(text, /RND-1,"'=1\+1",/);
      if (format === "jsonl") assert.equal(JSON.parse(text.split("\n")[1]).list_price, 1234567.89);
      const job = await upload(admin, "product", bytes, `products.${format}`);
      assert.deepEqual([job.format, job.problem], [format, null]);
      if (format === "xlsx") assert.equal(job.sheets.length, 1);
      await admin.patch(`${jobs}/${job.id}`, { columns: job.columns.map((column) => column.field), match: "sku" });
      const ran = await start(admin, job, "run");
      assert.deepEqual([ran.created, ran.updated, ran.unchanged, ran.refused], [0, 0, 2, 0], JSON.stringify(ran));
    }
    assert.equal((await admin.get(`/api/v1/records/product/export?format=pdf`)).status, 400);
    const mark = await world.office.as("mark");
    assert.equal((await mark.get(`/api/v1/records/sales_order/export?format=xlsx`)).status, 403);
  });

  it("tells what is wrong with a file before anything is done", async () => {
    const admin = await world.office.as("admin");
    const newest = async () => (await admin.get(`${jobs}?limit=1`)).body.items[0].id;
    const before = await newest();
    for (const [entity, text, status] of [
      ["product", "", 400],
      ["no_such_entity", "sku\nA\n", 404],
      ["product", Buffer.from("PK\x03\x04 no workbook", "latin1"), 400],
    ]) {
      const answer = await admin.request("POST", `${jobs}?entity=${entity}`, text, octets);
      assert.equal(answer.status, status, JSON.stringify(answer.body));
    }
    assert.equal((await admin.request("POST", jobs, "a\n", octets)).status, 400);
    assert.equal(await newest(), before, "what cannot be read leaves nothing behind");
    const mark = await world.office.as("mark");
    assert.equal((await mark.request("POST", `${jobs}?entity=user`, "a\n", octets)).status, 403);
    const job = await upload(admin, "product", "sku,name,list_price\nX,Y,1\n");
    assert.equal((await mark.get(`${jobs}/${job.id}`)).status, 404, "it is somebody else's");
    assert.equal((await mark.get(`${jobs}/${job.id}/refused`)).status, 404);
    assert.equal((await mark.post(`${jobs}/${job.id}/start`, { task: "run" })).status, 404);
    assert.equal((await admin.post(`${jobs}/${job.id}/start`, { task: "dance" })).status, 400);
    assert.equal((await admin.post(`${jobs}/${job.id}/start`, { task: "undo" })).status, 409);
    assert.equal((await admin.post(`${jobs}/${job.id}/cancel`)).status, 409);
    const twice = (await admin.patch(`${jobs}/${job.id}`, { columns: ["sku", "sku", "list_price"] })).body;
    assert.match(twice.problem, /twice/);
    assert.equal((await admin.get(`${jobs}/${job.id}/preview`)).body.problem, twice.problem);
  });

  it("is cancelled while it runs, goes on behind the last line, and lists the actor's imports", { timeout: 120_000 }, async () => {
    const admin = await world.office.as("admin");
    const count = 10_000;
    const text = `sku,name,list_price\n${Array.from({ length: count }, (_, i) => `CAN-${i},Pump,1\n`).join("")}`;
    const job = await upload(admin, "product", text);
    await admin.post(`${jobs}/${job.id}/start`, { task: "run" });
    for (let i = 0; i < 200 && !(await admin.get(`${jobs}/${job.id}`)).body.created; i++)
      await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal((await admin.post(`${jobs}/${job.id}/cancel`)).status, 200);
    const cancelled = await settled(admin, job);
    assert.equal(cancelled.state, "cancelled");
    assert.ok(cancelled.created > 0 && cancelled.created < count, `${cancelled.created}`);
    assert.equal((await products(admin, "CAN-")).count, cancelled.created);
    const ran = await start(admin, job, "run");
    assert.deepEqual([ran.state, ran.rows, ran.created, ran.refused], ["done", count, count, 0]);
    assert.equal((await products(admin, "CAN-")).count, count);
    const list = await admin.get(`${jobs}?limit=2`);
    assert.equal(list.body.items.length, 2);
    assert.equal(list.body.items[0].id, job.id);
    assert.ok((await admin.get(`${jobs}?limit=2&after=${list.body.next}`)).body.items.length > 0);
  });
}
