// SPDX-License-Identifier: Apache-2.0
// What goes wrong in a running process: whose it is, mended, tried again.
import assert from "node:assert/strict";

const xml = { type: "application/xml" };
const flow = (id, from, to, when = "") =>
  `<sequenceFlow id="${id}" sourceRef="${from}" targetRef="${to}">${when && `<conditionExpression xsi:type="tFormalExpression">${when}</conditionExpression>`}</sequenceFlow>`;
const rated = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:m="https://millrace.example/ns/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="urn:test">
  <process id="rated" isExecutable="true"><extensionElements><m:owner department="finance"/></extensionElements>
  <startEvent id="s"/>${flow("f1", "s", "t")}
  <scriptTask id="t" scriptFormat="feel" m:result="double"><script>totl * 2</script></scriptTask>
  ${flow("f2", "t", "g")}<exclusiveGateway id="g" name="High or low?"/>
  ${flow("f3", "g", "e1", "rate &gt; 1")}${flow("f4", "g", "e2", "rate &lt;= 1")}
  <endEvent id="e1"/><endEvent id="e2"/></process></definitions>`;

export default function incidents(it, world) {
  it("makes an incident the lead's, in each reader's language, and lets him mend it", async () => {
    const admin = await world.office.as("admin");
    const diana = await world.office.as("diana"); // leads finance
    const sam = await world.office.as("sam");
    const deployed = await admin.request("POST", "/api/v1/processes", rated, xml);
    assert.equal(deployed.status, 201, JSON.stringify(deployed.body));
    const begun = await admin.post("/api/v1/instances", { process: "rated", variables: { rate: "high" } });
    assert.equal(begun.status, 201, JSON.stringify(begun.body));

    const found = (await diana.get("/api/v1/incidents?owner=me&process=rated&state=unresolved")).body;
    assert.equal(found.count, 2);
    const stuck = found.items.find((each) => each.stands);
    const warning = found.items.find((each) => !each.stands);
    assert.equal(stuck.step.key, "g");
    assert.equal(stuck.department.key, "finance");
    assert.match(warning.message, /totl/);
    const path = `/api/v1/incidents/${stuck.id}`;
    const chinese = await diana.get(path, { headers: { "accept-language": "zh-CN" } });
    assert.doesNotMatch(chinese.body.message, /condition/);
    assert.match((await diana.get(path)).body.message, /condition/);

    assert.equal((await sam.get(path)).status, 404);
    assert.equal((await sam.post(`${path}/take`, {})).status, 404);
    assert.equal((await sam.get("/api/v1/incidents")).status, 403);
    assert.deepEqual((await sam.get("/api/v1/incidents?owner=me")).body.items, []);
    assert.equal((await diana.get("/api/v1/incidents?department=finance&limit=1")).body.items.length, 1);
    assert.equal((await diana.get("/api/v1/incidents?department=sales")).status, 403);
    assert.equal((await admin.get("/api/v1/incidents?state=wrong")).status, 400);

    const taken = await admin.post(`${path}/take`, { comment: "mine" });
    assert.equal(taken.body.state, "taken");
    const me = taken.body.owner.id;
    assert.equal((await admin.get(`/api/v1/incidents?owner=${me}&state=taken`)).body.count, 1);
    const unfit = await admin.post(`${path}/hand-on`, { to: sam.user.id });
    assert.equal(unfit.status, 400, JSON.stringify(unfit.body));
    const handed = await admin.post(`${path}/hand-on`, { to: stuck.owner.id, comment: "yours" });
    assert.equal(handed.body.owner.id, stuck.owner.id);

    assert.equal((await diana.post(`${path}/close`, {})).status, 409);
    assert.equal((await diana.post(`${path}/retry`, {})).body.failures, 2);
    assert.equal((await diana.post(`${path}/retry`, { variables: { rate: 2 } })).status, 403);
    const mended = await admin.post(`${path}/retry`, { variables: { rate: 2 }, comment: "it is 2" });
    assert.equal(mended.body.state, "resolved", JSON.stringify(mended.body));
    assert.deepEqual(
      mended.body.events.map((each) => each.kind),
      ["opened", "taken", "handed on", "retried", "again", "edited", "resolved"],
    );
    assert.equal((await admin.get(`/api/v1/instances/${stuck.instance}`)).body.state, "completed");
    const replayed = (await admin.get(`/api/v1/instances/${stuck.instance}/replay`)).body;
    assert.equal(replayed.equal, true, "what was mended is in the replay");
    const ended = (await admin.get(`/api/v1/incidents/${warning.id}`)).body;
    assert.equal(ended.resolution, "ended");
    assert.equal((await admin.get(`/api/v1/incidents?instance=${stuck.instance}`)).body.count, 2);
  });
}
