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
    assert.deepEqual(answer.body.result, { result: "fail", reason: "over_limit" });
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
    assert.equal(body.trace.why, "rule 3 is the only one that matches");
    const chinese = await admin.request("POST", evaluate, { inputs, trace: true }, { headers: { "accept-language": "zh-CN" } });
    assert.match(chinese.body.trace.why, /规则 3/);
  });

  it("answers null with a diagnostic for inputs that do not fit", async () => {
    const admin = await world.office.as("admin");
    const { status, body } = await admin.post(evaluate, { inputs: { ...inputs, overdue_days: "many" } });
    assert.equal(status, 200);
    assert.equal(body.result, null);
    assert.ok(body.diagnostics.length > 0);
    assert.ok(body.diagnostics.every((one) => one.code && one.message));
    assert.ok(body.diagnostics.some((one) => one.source?.includes("overdue_days") || one.source?.length >= one.to));
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

  it("checks a model that is not deployed, with the lines of what it finds", async () => {
    const admin = await world.office.as("admin");
    const route = "/api/v1/decisions/check", type = { type: "application/xml" };
    const model = readFileSync(join(root, "packs/orders/credit-check.dmn"), "utf8");
    assert.deepEqual((await admin.request("POST", route, model, type)).body, { findings: [] });
    const gap = await admin.request("POST", route, model.replace("<text>&gt; 30</text>", "<text>&gt; 40</text>"), type);
    assert.deepEqual(gap.body.findings.map((one) => [one.kind, one.where, one.message]),
      [["gap", "overdue_days: (30..40]", "no rule speaks of overdue_days: (30..40]"]]);
    const wrong = model.replace("exposure &lt;= limit</text>", "exposure &lt;= \"limit\"</text>");
    const told = await admin.request("POST", route, wrong, { ...type, headers: { "accept-language": "zh-CN" } });
    const [found] = told.body.findings.filter((one) => one.kind === "type");
    const line = wrong.split("\n").findIndex((text) => text.includes("exposure &lt;=")) + 1;
    assert.deepEqual([found.element, found.line, found.from, found.to], ["CreditCheck", line, 0, 19]);
    assert.match(found.message, /\p{Script=Han}/u);
    assert.equal((await admin.request("POST", route, "<a/>", type)).status, 400);
    const sam = await world.office.as("sam");
    assert.equal((await sam.request("POST", route, model, type)).status, 403);
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
    const [problem] = unknown.body.problems;
    assert.deepEqual([problem.code, problem.from, problem.to, problem.line, problem.column], ["unknown-name", 0, 4, 1, 1]);
    assert.match(problem.message, /totl/);
    assert.match(problem.hint, /total/);
  });

  it("tells the type of an expression and what does not fit", async () => {
    const sam = await world.office.as("sam");
    const ask = async (expression, more) => (await sam.post(check, { expression, entity: "sales_order", ...more })).body;
    assert.equal((await ask("total * 2")).type, "number");
    const names = { lines: "list<context<price: number>>", rate: null };
    assert.equal((await ask("sum(lines.price) * rate > total", { names, wanted: "boolean" })).ok, true);
    const wrong = await ask('"磨坊😀" + total', { wanted: "string" });
    assert.deepEqual(wrong.problems.map((one) => [one.code, one.from, one.to]), [["type-mismatch", 0, 14]]);
    assert.match(wrong.problems[0].hint, /string\(total\)/);
    assert.equal((await ask("total", { wanted: "boolean" })).problems[0].code, "type-mismatch");
    assert.equal((await ask("> 5", { kind: "unary-tests", input: "string" })).ok, false);
    assert.equal((await ask("> 5", { kind: "unary-tests", input: "number" })).ok, true);
  });

  it("completes an expression at the caret", async () => {
    const sam = await world.office.as("sam");
    const complete = async (marked, more) => {
      const caret = marked.indexOf("|");
      const question = { expression: marked.replace("|", ""), caret, entity: "sales_order", ...more };
      return (await sam.post(check, question)).body.completions;
    };
    const names = { customer_data: "context<credit limit: number, city: string>" };
    assert.deepEqual(await complete('"磨" + customer_data.cr|', { names }), {
      from: 20,
      to: 22,
      items: [{ kind: "member", text: "credit limit", about: "number" }],
    });
    const found = await complete("if tot| > 1000 then 1");
    assert.deepEqual([found.from, found.to], [3, 6]);
    assert.deepEqual(found.items[0], { kind: "name", text: "total", about: "number" });
    const [before] = (await complete("substring b|")).items;
    assert.equal(before.about, "substring before(string: string, match: string) -> string");
    assert.deepEqual((await complete('"tot|"')).items, []);
  });

  it("says where an expression is malformed", async () => {
    const sam = await world.office.as("sam");
    const { body } = await sam.post(check, { expression: "1 +\n* 2" });
    assert.equal(body.ok, false);
    assert.deepEqual([body.problems[0].code, body.problems[0].line, body.problems[0].from], ["syntax", 2, 4]);
    assert.equal(body.type, null);
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
    const strange = [{ kind: "poem" }, { entity: 7 }, { caret: -1 }, { caret: "a" }, { names: 1 }, { names: { a: "x y" } }];
    for (const body of [{}, { expression: 1 }, ...[...strange, { wanted: "no type" }].map((one) => ({ expression: "1", ...one }))])
      assert.equal((await sam.post(check, body)).status, 400, JSON.stringify(body));
    assert.equal((await sam.post(check, { expression: "x".repeat(70000) })).status, 413);
  });
}
