// SPDX-License-Identifier: Apache-2.0
// Processes that call, signal, wait and are done by programs outside, through the API alone.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { root } from "../../lib/server.mjs";

const xml = { type: "application/xml" };
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

const model = (key, roots, body) => `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:m="https://millrace.example/ns/1.0" targetNamespace="urn:test">${roots}
  <process id="${key}" isExecutable="true">${body}</process></definitions>`;
const flow = (id, from, to) => `<sequenceFlow id="${id}" sourceRef="${from}" targetRef="${to}"/>`;

const scored = model(
  "scored",
  "",
  `<startEvent id="s"/>${flow("f1", "s", "score")}
   <serviceTask id="score"><extensionElements><m:external topic="credit-score">
     <m:input name="amount" value="amount"/><m:output name="score" value="result.score"/>
   </m:external></extensionElements></serviceTask>${flow("f2", "score", "e")}
   <endEvent id="e"/>`,
);
const asking = model(
  "asking",
  `<signal id="G" name="fair.opens"/><message id="M" name="shop.order"><extensionElements><m:correlation key="&quot;&quot;"/></extensionElements></message>`,
  `<startEvent id="s"><messageEventDefinition messageRef="M"/></startEvent>${flow("f1", "s", "ask")}
   <callActivity id="ask" calledElement="scored"><extensionElements>
     <m:input name="amount" value="5"/><m:output name="score" value="result.score"/>
   </extensionElements></callActivity>${flow("f2", "ask", "wait")}
   <intermediateCatchEvent id="wait"><signalEventDefinition signalRef="G"/></intermediateCatchEvent>
   ${flow("f3", "wait", "e")}<endEvent id="e"/>`,
);

export default function running(it, world) {
  it("starts by a message, calls, waits for a program outside, then for a signal", async () => {
    const admin = await world.office.as("admin");
    for (const text of [scored, asking]) {
      const deployed = await admin.request("POST", "/api/v1/processes", text, xml);
      assert.equal(deployed.status, 201, JSON.stringify(deployed.body));
    }
    const told = await admin.post("/api/v1/messages", { name: "shop.order", to: "one", keep_seconds: 60 });
    assert.deepEqual(told.body, { delivered: 1, queued: false });

    const caller = (await admin.get("/api/v1/instances?process=asking")).body.items[0].id;
    let shown = (await admin.get(`/api/v1/instances/${caller}`)).body;
    assert.equal(shown.tokens[0].kind, "call");
    const called = shown.called[0].id;
    const child = (await admin.get(`/api/v1/instances/${called}`)).body;
    assert.equal(child.parent.id, caller);
    assert.equal(child.tokens[0].kind, "external");

    const fetch = { worker: "scorer-1", topics: ["credit-score"], limit: 5, lock_seconds: 30 };
    const tasks = (await admin.post("/api/v1/external-tasks/fetch", fetch)).body.items;
    assert.equal(tasks.length, 1);
    assert.deepEqual(tasks[0].inputs, { amount: 5 });
    const task = `/api/v1/external-tasks/${tasks[0].id}`;
    assert.equal((await admin.post(`${task}/extend`, { worker: "scorer-1", lock_seconds: 60 })).status, 204);
    assert.equal((await admin.post(`${task}/complete`, { worker: "scorer-2" })).status, 409);
    const done = { worker: "scorer-1", result: { score: 9 } };
    assert.equal((await admin.post(`${task}/complete`, done)).status, 204);
    assert.equal((await admin.post(`${task}/complete`, done)).status, 204);
    shown = (await admin.get(`/api/v1/instances/${caller}`)).body;
    assert.equal(shown.variables.score, 9);
    assert.equal(shown.tokens[0].kind, "signal");

    const signal = await admin.post("/api/v1/signals", { name: "fair.opens", payload: { hall: 3 } });
    assert.deepEqual(signal.body, { delivered: 1, queued: false });
    shown = (await admin.get(`/api/v1/instances/${caller}`)).body;
    assert.equal(shown.state, "completed");
    const sam = await world.office.as("sam");
    assert.equal((await sam.post("/api/v1/external-tasks/fetch", fetch)).status, 403);
  });

  it("holds the request of a program that waits for work until there is some", async () => {
    const admin = await world.office.as("admin");
    const fetch = { worker: "scorer-1", topics: ["credit-score"], wait_seconds: 20 };
    const before = Date.now();
    const empty = await admin.post("/api/v1/external-tasks/fetch", { ...fetch, wait_seconds: 1 });
    assert.deepEqual(empty.body.items, []);
    assert.ok(Date.now() - before >= 900);

    const waiting = admin.post("/api/v1/external-tasks/fetch", fetch);
    await pause(300);
    await admin.post("/api/v1/instances", { process: "scored", variables: { amount: 1 } });
    const task = (await waiting).body.items[0];
    assert.equal(task.process, "scored");
    assert.ok(Date.now() - before < 15000);

    const path = `/api/v1/external-tasks/${task.id}`;
    const failure = { worker: "scorer-1", message: "the bank is closed", retries: 1 };
    assert.equal((await admin.post(`${path}/fail`, failure)).status, 204);
    const again = (await admin.post("/api/v1/external-tasks/fetch", fetch)).body.items[0];
    assert.equal(again.id, task.id);
    assert.equal(again.failures, 1);
    assert.equal((await admin.post(`${path}/error`, { worker: "scorer-1", code: "no-luck" })).status, 204);
    const shown = (await admin.get(`/api/v1/instances/${task.instance}`)).body;
    assert.equal(shown.state, "incident");
  });

  it("runs the worker that the documents show", async () => {
    const admin = await world.office.as("admin");
    const environment = { ...process.env, MILLRACE_URL: world.url, MILLRACE_TOKEN: world.token };
    const worker = spawn(process.execPath, [join(root, "docs/worker.mjs"), "credit-score"], { env: environment });
    const said = new Promise((resolve, reject) => {
      worker.stdout.once("data", resolve);
      worker.once("exit", () => reject(new Error("the worker ended")));
    });
    try {
      const begun = await admin.post("/api/v1/instances", { process: "scored", variables: { amount: 120 } });
      await said;
      const shown = (await admin.get(`/api/v1/instances/${begun.body.id}`)).body;
      assert.equal(shown.state, "completed");
    } finally {
      worker.kill();
    }
  });
}
