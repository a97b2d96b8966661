// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../lib/server.mjs";

const evaluate = "/api/v1/decisions/credit-check/evaluate";
const check = "/api/v1/expressions/check";
const inputs = { overdue_days: 0, exposure: 12000, limit: 10000 };

export default function decisions(it, world) {
  it("evaluates a deployed decision", async () => {
    const admin = await world.office.as("admin");
    const answer = await admin.post(evaluate, { inputs });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.deepEqual(answer.body.result, { result: "fail", reason: "exposure 12000 is over the limit of 10000" });
    assert.equal(answer.body.decision, "CreditCheck");
    assert.deepEqual(answer.body.diagnostics, []);
    assert.equal("trace" in answer.body, false);
    const within = await admin.post(evaluate, { inputs: { ...inputs, exposure: 10000 }, decision: "CreditCheck" });
    assert.equal(within.body.result.result, "pass");
  });

  it("tells which rules were tried and which fired", async () => {
    const admin = await world.office.as("admin");
    const { body } = await admin.post(evaluate, { inputs, trace: true });
    assert.deepEqual(body.trace.fired, [3]);
    assert.deepEqual(body.trace.rules.map((rule) => rule.matched), [false, false, true]);
  });

  it("answers null with a diagnostic for inputs that do not fit", async () => {
    const admin = await world.office.as("admin");
    const { status, body } = await admin.post(evaluate, { inputs: { ...inputs, overdue_days: "many" } });
    assert.equal(status, 200);
    assert.equal(body.result, null);
    assert.ok(body.diagnostics.length > 0);
    assert.ok(body.diagnostics.every((one) => one.code && one.message));
  });

  it("evaluates nothing unknown, malformed or without the right", async () => {
    const admin = await world.office.as("admin");
    assert.equal((await admin.post("/api/v1/decisions/no-such-decision/evaluate", { inputs })).status, 404);
    const unknown = await admin.post(evaluate, { inputs, decision: "Nothing" });
    assert.equal(unknown.status, 404);
    assert.match(unknown.body.hint, /CreditCheck/);
    for (const body of [{}, { inputs: 1 }, { inputs, trace: "yes" }, { inputs, decision: 1 }])
      assert.equal((await admin.post(evaluate, body)).status, 400, JSON.stringify(body));
    const sam = await world.office.as("sam");
    assert.equal((await sam.post(evaluate, { inputs })).status, 403);
  });

  it("deploys no decision with an expression that cannot be read", async () => {
    const admin = await world.office.as("admin");
    const model = readFileSync(join(root, "packs/orders/credit-check.dmn"), "utf8");
    const broken = model.replace("exposure &lt;= limit</text>", "exposure &lt;=</text>");
    const answer = await admin.request("POST", "/api/v1/processes", broken, { type: "application/xml" });
    assert.equal(answer.status, 400, JSON.stringify(answer.body));
    assert.equal(answer.body.problems[0].element, "CreditCheck");
    assert.ok(answer.body.problems[0].line > 10);
    assert.equal((await admin.post(evaluate, { inputs })).body.version, 1);
  });

  it("checks an expression against the fields of an entity", async () => {
    const sam = await world.office.as("sam");
    const good = await sam.post(check, { expression: "total > 1000 and status = \"draft\"", entity: "sales_order" });
    assert.equal(good.status, 200, JSON.stringify(good.body));
    assert.equal(good.body.ok, true);
    const names = new Map(good.body.names.map((name) => [name.name, name.type]));
    assert.equal(names.get("total"), "number");
    assert.equal(names.get("order_date"), "date");
    assert.equal(names.get("status"), "string");
    const unknown = await sam.post(check, { expression: "totl > 1000", entity: "sales_order", kind: "expression" });
    assert.equal(unknown.body.ok, false);
    assert.match(unknown.body.problem.message, /totl/);
  });

  it("says where an expression is malformed", async () => {
    const sam = await world.office.as("sam");
    const { body } = await sam.post(check, { expression: "1 +\n* 2" });
    assert.equal(body.ok, false);
    assert.equal(body.problem.line, 2);
    assert.deepEqual(body.names, []);
    const deep = await sam.post(check, { expression: "(".repeat(5000) });
    assert.equal(deep.body.ok, false);
  });

  it("checks unary tests, whose input is ?", async () => {
    const sam = await world.office.as("sam");
    const tests = { expression: "[1..10], > 20, ? * 2 = 30", kind: "unary-tests" };
    assert.equal((await sam.post(check, tests)).body.ok, true);
    assert.equal((await sam.post(check, { ...tests, kind: "expression" })).body.ok, false);
  });

  it("checks nothing of entities that are not there, and no strange questions", async () => {
    const sam = await world.office.as("sam");
    assert.equal((await sam.post(check, { expression: "1", entity: "no_such_entity" })).status, 404);
    for (const body of [{}, { expression: 1 }, { expression: "1", kind: "poem" }, { expression: "1", entity: 7 }])
      assert.equal((await sam.post(check, body)).status, 400, JSON.stringify(body));
    assert.equal((await sam.post(check, { expression: "x".repeat(70000) })).status, 413);
  });
}
