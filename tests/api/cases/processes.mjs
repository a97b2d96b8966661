// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../lib/server.mjs";

const xml = { type: "application/xml" };
const model = () => readFileSync(join(root, "packs/orders/standard-order.bpmn"), "utf8");

export default function processes(it, world) {
  it("shows the deployed processes and their drawing", async () => {
    const sam = await world.office.as("sam");
    const list = await sam.get("/api/v1/processes");
    assert.ok(list.body.items.some((process) => process.key === "standard-order"));
    const shown = await sam.get("/api/v1/processes/standard-order");
    assert.ok(shown.body.steps.some((step) => step.key === "EnterOrder"));
    const drawing = await sam.get("/api/v1/processes/standard-order/diagram");
    assert.match(drawing.headers.get("content-type"), /^application\/xml/);
    assert.equal(drawing.body, model());
    assert.equal((await sam.get("/api/v1/processes/no-such-process")).status, 404);
  });

  it("counts by step how often it was passed, how long it took, and what waits now", async () => {
    const admin = await world.office.as("admin");
    const heat = (await admin.get("/api/v1/processes/standard-order/heat")).body;
    const entered = heat.steps.find((step) => step.key === "EnterOrder");
    assert.ok(entered.passed > 0 && entered.passed >= entered.cases, JSON.stringify(entered));
    assert.ok(entered.working.median >= 0 && entered.waiting.p90 >= entered.waiting.median);
    assert.ok(heat.flows.some((flow) => flow.passed > 0));
    const before = "?from=2001-01-01T00:00:00Z&to=2002-01-01T00:00:00Z";
    const none = (await admin.get(`/api/v1/processes/standard-order/heat${before}`)).body;
    assert.equal(none.cases, 0);
    assert.ok(none.steps.every((step) => step.passed === 0));
    assert.equal((await admin.get("/api/v1/processes/standard-order/heat?from=monday")).status, 400);
    const versions = (await admin.get("/api/v1/processes/standard-order/versions")).body.items;
    assert.ok(versions.some((each) => each.version === 1 && !each.drawing && each.running > 0));
    const sam = await world.office.as("sam");
    assert.equal((await sam.get("/api/v1/processes/standard-order/heat")).status, 403);
    assert.equal((await sam.get("/api/v1/processes/standard-order/versions")).status, 403);
  });

  it("deploys the same content as the same version, and a change as the next", async () => {
    const admin = await world.office.as("admin");
    const same = await admin.request("POST", "/api/v1/processes", model(), xml);
    assert.equal(same.status, 201, JSON.stringify(same.body));
    assert.equal(same.body.version, 1);
    assert.deepEqual([same.body.known, same.body.decision], [true, false]);
    const changed = await admin.request("POST", "/api/v1/processes", model().replace("Confirm order", "Confirm the order"), xml);
    assert.equal(changed.body.version, 2);
    assert.equal(changed.body.known, false);
    const sam = await world.office.as("sam");
    assert.equal((await sam.request("POST", "/api/v1/processes", model(), xml)).status, 403);
  });

  it("deploys files together that import each other, all or none", async () => {
    const admin = await world.office.as("admin");
    const space = "http://www.omg.org/spec/BPMN/20100524/MODEL";
    const file = (name, uri, inside) => ({ name, text: `<definitions xmlns="${space}" xmlns:parts="urn:parts"
      expressionLanguage="FEEL" targetNamespace="${uri}">${inside}</definitions>` });
    const main = file("main.bpmn", "urn:main", `<import namespace="urn:parts" location="parts.bpmn" importType="${space}"/>
      <process id="importing" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="c"/>
      <callActivity id="c" calledElement="parts:Look"/><sequenceFlow id="g" sourceRef="c" targetRef="e"/>
      <endEvent id="e"/></process>`);
    const parts = file("parts.bpmn", "urn:parts", `<globalUserTask id="Look" name="Look at it"/>`);
    const deployed = await admin.post("/api/v1/deployments", { files: [main, parts] });
    assert.equal(deployed.status, 201, JSON.stringify(deployed.body));
    assert.deepEqual(deployed.body.items.map((item) => [item.file, item.key, item.version]), [["main.bpmn", "importing", 1]]);
    const alone = await admin.post("/api/v1/deployments", { files: [main] });
    assert.equal(alone.status, 400);
    assert.match(alone.body.detail, /in main\.bpmn/);
    assert.equal(alone.body.problems[0].rule, "EXT001");
    assert.equal((await admin.post("/api/v1/deployments", { files: ["main"] })).status, 400);
    assert.equal((await admin.post("/api/v1/deployments", {})).status, 400);
    const sam = await world.office.as("sam");
    assert.equal((await sam.post("/api/v1/deployments", { files: [main, parts] })).status, 403);
  });

  it("refuses a broken model by element and line, all problems at once", async () => {
    const admin = await world.office.as("admin");
    const broken = model()
      .replace('sourceRef="EnterOrder"', 'sourceRef="Nowhere"')
      .replace("order.total &gt; 0", "order.total &gt;");
    const answer = await admin.request("POST", "/api/v1/processes", broken, xml);
    assert.equal(answer.status, 400);
    assert.ok(answer.body.problems.length >= 2, JSON.stringify(answer.body));
    assert.ok(answer.body.problems.every((problem) => problem.line > 0 && problem.message));
  });

  it("keeps what cannot run as a drawing, with what keeps it from running", async () => {
    const admin = await world.office.as("admin");
    const path = "/api/v1/processes?drawing=true";
    const sketch = model().replace(/<millrace:call function="[^"]*">/, '<millrace:call function="no.such">')
      .replaceAll("standard-order", "sketched-order");
    assert.equal((await admin.request("POST", "/api/v1/processes", sketch, xml)).status, 400);
    const kept = await admin.request("POST", path, sketch, xml);
    assert.equal(kept.status, 201, JSON.stringify(kept.body));
    assert.equal(kept.body.drawing, true);
    assert.ok(kept.body.problems.some((problem) => problem.rule === "unknown-function" && !problem.warning));
    const sam = await world.office.as("sam");
    const list = await sam.get("/api/v1/processes");
    assert.ok(list.body.items.find((process) => process.key === "sketched-order").drawing);
    const shown = await sam.get("/api/v1/processes/sketched-order");
    assert.equal(shown.body.problems.length, kept.body.problems.length);
    const started = await admin.post("/api/v1/instances", { process: "sketched-order" });
    assert.equal(started.status, 409, JSON.stringify(started.body));
    const taken = await admin.request("POST", path, model(), xml);
    assert.equal(taken.status, 409);
    assert.equal((await admin.request("POST", "/api/v1/processes?drawing=maybe", sketch, xml)).status, 400);
  });

  it("tells warnings with a deployment, and again with the process", async () => {
    const sam = await world.office.as("sam");
    const shown = await sam.get("/api/v1/processes/standard-order");
    assert.equal(shown.body.drawing, false);
    assert.ok(shown.body.problems.some((problem) => problem.rule === "style-flow-label" && problem.warning));
  });

  it("lists instances and shows one with its tokens", async () => {
    const sam = await world.office.as("admin");
    const list = await sam.get("/api/v1/instances?process=standard-order&state=running&limit=3");
    assert.equal(list.status, 200, JSON.stringify(list.body));
    const shown = await sam.get(`/api/v1/instances/${list.body.items[0].id}`);
    assert.ok(shown.body.tokens.length > 0);
    assert.equal((await sam.get("/api/v1/instances/0000000000000")).status, 404);
  });

  it("starts no second flow for a record, and none without the right", async () => {
    const customer = await world.office.customer("Started Twice Ltd", 10);
    const order = await world.office.order(customer, 5);
    const body = { process: "standard-order", subject: { entity: "sales_order", id: order.id } };
    const sam = await world.office.as("sam");
    assert.equal((await sam.post("/api/v1/instances", body)).status, 403);
    const admin = await world.office.as("admin");
    assert.equal((await admin.post("/api/v1/instances", body)).status, 409);
  });
}
