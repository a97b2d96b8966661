// SPDX-License-Identifier: Apache-2.0
// Incidents as whoever handles them sees them: in the list, one of them, mended and tried again.
import assert from "node:assert/strict";

const flow = (id, from, to, when) =>
  `<sequenceFlow id="${id}" sourceRef="${from}" targetRef="${to}">${when ? `<conditionExpression xsi:type="tFormalExpression">${when}</conditionExpression>` : ""}</sequenceFlow>`;
const model = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:m="https://millrace.example/ns/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="urn:test">
  <process id="rating" name="Rating" isExecutable="true">
  <extensionElements><m:owner department="finance"/><m:text lang="zh-CN">评级</m:text></extensionElements>
  <startEvent id="s"/>${flow("f1", "s", "g")}
  <exclusiveGateway id="g" name="High or low?"><extensionElements><m:text lang="zh-CN">高还是低？</m:text></extensionElements></exclusiveGateway>
  ${flow("f2", "g", "e1", "rate &gt; 1")}${flow("f3", "g", "e2", "rate &lt;= 1")}
  <endEvent id="e1"/><endEvent id="e2"/></process></definitions>`;

export default function incidents(it, world) {
  const begun = async () => {
    const admin = await world.office.as("admin");
    const deployed = await admin.request("POST", "/api/v1/processes", model, { type: "application/xml" });
    assert.equal(deployed.status, 201, JSON.stringify(deployed.body));
    const { body } = await admin.post("/api/v1/instances", { process: "rating", variables: { rate: "high" } });
    return (await admin.get(`/api/v1/incidents?instance=${body.id}`)).body.items[0];
  };

  for (const [language, theme, name, complaint] of [
    ["en", "light", "High or low?", /condition/],
    ["zh-CN", "dark", "高还是低？", /条件/],
  ])
    it(`shows an incident, and mends it, ${language}`, async () => {
      const incident = await begun();
      const ada = await (await world.person({ login: "admin", language, theme })).signIn();
      const { page } = ada;
      await page.getByRole("link", { name: ada.say("common.nav.incidents") }).first().click();
      const row = page.getByRole("table", { name: ada.say("incident.title") }).locator("tbody tr");
      await row.filter({ hasText: name }).first().waitFor();
      await ada.accessible("the list of incidents");

      await ada.go(`/incidents/${incident.id}`);
      const what = ada.region("incident.what");
      assert.match(await what.textContent(), complaint);
      await ada.button("incident.deed.take").click();
      await page.getByRole("status").filter({ hasText: ada.say("incident.did.take") }).waitFor();
      await page.locator(".state", { hasText: ada.say("incident.state.taken") }).waitFor();
      await ada.button("incident.deed.retry").click();
      await page.getByRole("status").filter({ hasText: ada.say("incident.again") }).waitFor();
      await ada.accessible("an incident");

      await ada.button("incident.deed.edit").click();
      const dialog = page.getByRole("dialog");
      const text = dialog.getByRole("textbox", { name: ada.say("incident.variables") });
      await text.fill("{ rate");
      await dialog.getByText(ada.say("incident.noObject")).waitFor();
      await text.fill('{ "rate": 3 }');
      await ada.accessible("mending an incident");
      await dialog.getByRole("button", { name: ada.say("incident.deed.edit") }).click();
      await page.getByRole("status").filter({ hasText: ada.say("incident.did.retry") }).waitFor();
      await page.locator(".state", { hasText: ada.say("incident.state.resolved") }).waitFor();
      await ada.region("incident.whatHappened").getByText(ada.say("incident.event.edited")).waitFor();
      await ada.accessible("a resolved incident");
    });

  it("gives the lead of the owning department his incidents", async () => {
    const incident = await begun();
    const diana = await (await world.person({ login: "diana" })).signIn();
    const { page } = diana;
    await page.getByRole("link", { name: diana.say("common.nav.incidents") }).first().click();
    await page.getByRole("link", { name: "High or low?" }).first().waitFor();
    await diana.go(`/incidents/${incident.id}`);
    await diana.region("incident.where").getByText("Rating").waitFor();
    assert.equal(await diana.button("incident.deed.edit").count(), 0, "she may not edit the data of a process");
    await diana.button("incident.deed.hand-on").click();
    await page.getByRole("dialog").getByRole("combobox", { name: diana.say("incident.to") }).waitFor();
    await diana.accessible("handing an incident on");
  });
}
