// SPDX-License-Identifier: Apache-2.0
// Running instances go over to another version of their process; histories are replayed and erased.
import assert from "node:assert/strict";

const xml = { type: "application/xml" };
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const model = (second) => `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:test">
  <process id="travelling" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f1" sourceRef="s" targetRef="pack"/>
  <userTask id="pack"/><sequenceFlow id="f2" sourceRef="pack" targetRef="${second}"/>
  <userTask id="${second}"/><sequenceFlow id="f3" sourceRef="${second}" targetRef="e"/><endEvent id="e"/></process></definitions>`;

export default function migrations(it, world) {
  const settled = async (admin, path) => {
    for (let i = 0; i < 200; i++) {
      const shown = (await admin.get(path)).body;
      if (!["running", "undoing"].includes(shown.state)) return shown;
      await pause(50);
    }
    throw new Error("the migration does not end");
  };

  it("plans, tries, runs and undoes a migration", async () => {
    const admin = await world.office.as("admin");
    const deploy = async (text) => (await admin.request("POST", "/api/v1/processes", text, xml)).body.version;
    const from = await deploy(model("fly"));
    const started = await admin.post("/api/v1/instances", { process: "travelling" });
    assert.equal(started.status, 201, JSON.stringify(started.body));
    const to = await deploy(model("sail"));
    const processes = "/api/v1/processes/travelling/migrations";
    assert.equal((await admin.post(processes, { from, to: 99 })).status, 400);
    const planned = await admin.post(processes, { from, to });
    assert.equal(planned.status, 201, JSON.stringify(planned.body));
    assert.deepEqual(planned.body.changes.map((change) => change.kind), ["gone", "new"]);
    const path = `/api/v1/migrations/${planned.body.id}`;
    const tried = await admin.get(`${path}/try?limit=5`);
    assert.deepEqual(tried.body.items, [{ instance: started.body.id, subject: null, state: "would", problems: [] }]);
    const listed = (await admin.get(`${processes}?limit=1`)).body;
    assert.deepEqual([listed.items[0].id, listed.count, listed.items[0].instances.left], [planned.body.id, 1, 1]);
    const old = (await admin.get(`/api/v1/processes/travelling?version=${from}`)).body;
    assert.deepEqual([old.version, old.steps.some((step) => step.key === "fly")], [from, true]);
    assert.equal((await admin.get("/api/v1/processes/travelling?version=99")).status, 404);

    assert.equal((await admin.post(`${path}/run`)).status, 200);
    assert.equal((await settled(admin, path)).instances.migrated, 1);
    assert.equal((await admin.get(`${path}/results`)).body.items[0].state, "migrated");
    const instance = `/api/v1/instances/${started.body.id}`;
    assert.equal((await admin.get(instance)).body.process.version, to);
    assert.equal((await admin.get(`${instance}/replay`)).body.equal, true);
    assert.equal((await admin.post(`${path}/undo`)).status, 200);
    assert.equal((await settled(admin, path)).instances.undone, 1);
    assert.equal((await admin.get(instance)).body.process.version, from);
    const sam = await world.office.as("sam");
    assert.equal((await sam.get(path)).status, 403);
    assert.equal((await sam.get(processes)).status, 403);
  });

  it("replays a history, and erases its inputs only when the instance has ended", async () => {
    const admin = await world.office.as("admin");
    const running = (await admin.get("/api/v1/instances?process=standard-order&state=running&limit=1")).body.items[0];
    assert.equal((await admin.get(`/api/v1/instances/${running.id}/replay`)).body.equal, true);
    assert.equal((await admin.post(`/api/v1/instances/${running.id}/erase-inputs`)).status, 409);
    const ended = (await admin.get("/api/v1/instances?process=standard-order&state=completed&limit=1")).body.items[0];
    assert.equal((await admin.get(`/api/v1/instances/${ended.id}/replay`)).body.equal, true);
    assert.equal((await admin.post(`/api/v1/instances/${running.id}/erase-personal`)).status, 409);
    const erased = await admin.post(`/api/v1/instances/${ended.id}/erase-personal`);
    assert.deepEqual([erased.status, erased.body.equal], [200, true]);
    assert.equal((await admin.post(`/api/v1/instances/${ended.id}/erase-inputs`)).status, 200);
    assert.equal((await admin.get(`/api/v1/instances/${ended.id}/replay`)).status, 409);
    const { entity, id } = running.subject;
    const histories = await admin.post(`/api/v1/records/${entity}/${id}/erase-histories`);
    assert.ok(histories.body.running.includes(running.id), JSON.stringify(histories.body));
    const sam = await world.office.as("sam");
    assert.equal((await sam.post(`/api/v1/records/${entity}/${id}/erase-histories`)).status, 403);
    assert.equal((await admin.post(`/api/v1/records/nothing/${id}/erase-histories`)).status, 404);
  });
}
