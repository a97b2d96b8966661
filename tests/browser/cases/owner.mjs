// SPDX-License-Identifier: Apache-2.0
// The pages of a process owner: where a process is hot, what runs, what stands still, what goes over
// to another version, what deviates, what is
// deployed.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { enter } from "../../lib/orders.mjs";
import { root } from "../../lib/server.mjs";

const process = "/processes/standard-order";

const xml = { type: "application/xml" };

/** A process of two steps that people do, the second named by `id`, drawn from left to right. */
function travelling(key, id, name) {
  const nodes = [["start", "startEvent", "Begin"], ["pack", "userTask", "Pack"], [id, "userTask", name], ["end", "endEvent", "End"]];
  const flows = nodes.slice(1).map(([to], index) => [`f${index}`, nodes[index][0], to]);
  const wide = (kind) => (kind === "userTask" ? [100, 80] : [36, 36]);
  const at = (index) => 60 + index * 160;
  const shapes = nodes.map(([node, kind], index) => {
    const [width, height] = wide(kind);
    return `<di:BPMNShape id="${node}_di" bpmnElement="${node}"><dc:Bounds x="${at(index)}" y="${100 - height / 2}" width="${width}" height="${height}"/></di:BPMNShape>`;
  });
  const edges = flows.map(([flow], index) =>
    `<di:BPMNEdge id="${flow}_di" bpmnElement="${flow}"><wp:waypoint x="${at(index) + wide(nodes[index][1])[0]}" y="100"/><wp:waypoint x="${at(index + 1)}" y="100"/></di:BPMNEdge>`);
  return `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI"
    xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:wp="http://www.omg.org/spec/DD/20100524/DI" targetNamespace="urn:test">
    <process id="${key}" name="Travelling" isExecutable="true">
    ${nodes.map(([node, kind, title]) => `<${kind} id="${node}" name="${title}"/>`).join("")}
    ${flows.map(([flow, from, to]) => `<sequenceFlow id="${flow}" sourceRef="${from}" targetRef="${to}"/>`).join("")}
    </process><di:BPMNDiagram id="d"><di:BPMNPlane id="pl" bpmnElement="${key}">${shapes.join("")}${edges.join("")}</di:BPMNPlane></di:BPMNDiagram>
    </definitions>`;
}

export default function owner(it, world) {
  const arrives = async (language, theme) => (await world.person({ login: "quentin", language, theme })).signIn();
  const drawn = (person) => person.page.locator(".djs-shape").first().waitFor();
  const link = (person, key, values) => person.page.getByRole("link", { name: person.say(key, values), exact: true });

  for (const [language, theme, step] of [["en", "light", "Enter order"], ["zh-CN", "dark", "录入订单"]])
    it(`shows where a process is hot, ${language}`, async () => {
      const ada = await arrives(language, theme);
      const { page } = ada;
      await ada.go(process);
      await link(ada, "owner.tab.heat").click();
      await drawn(ada);
      const hot = page.locator('[data-element-id="EnterOrder"].paint-heat');
      await hot.waitFor();
      const share = () => hot.evaluate((element) => element.style.getPropertyValue("--heat"));
      const passed = await share();
      const rows = page.getByRole("table", { name: ada.say("owner.heat.table") }).locator("tbody tr");
      await rows.filter({ hasText: step }).first().waitFor();
      await ada.accessible("a heat map");

      await link(ada, "owner.heat.layer.waiting").click();
      const sorted = (way) => page.locator(`th[aria-sort=${way}]`, { hasText: ada.say("owner.heat.layer.waiting") });
      await sorted("descending").waitFor();
      await page.waitForFunction(
        (before) => document.querySelector('[data-element-id="EnterOrder"]').style.getPropertyValue("--heat") !== before,
        passed,
      );
      assert.ok(new URL(page.url()).search.includes("show=waiting"));
      await sorted("descending").getByRole("button").press("Enter");
      await sorted("ascending").waitFor();

      await page.getByLabel(ada.say("owner.heat.from")).fill("2001-01-01");
      await page.waitForURL((url) => url.search.includes("from=2001-01-01"));
      await page.getByLabel(ada.say("owner.heat.to")).fill("2001-02-01");
      await page.getByText(ada.say("owner.heat.cases_other", { shown: 0 })).waitFor();
      await page.reload();
      await page.getByText(ada.say("owner.heat.cases_other", { shown: 0 })).waitFor();
      await ada.accessible("an empty heat map");
    });

  for (const [language, theme] of [["en", "dark"], ["zh-CN", "light"]])
    it(`lets an instance stand still and go on, ${language}`, async () => {
      const { office } = world;
      const customer = await office.customer(`Standing ${language}`, 5000);
      const order = await office.order(customer, 100);
      const item = await office.step(order, "EnterOrder");
      const ada = await arrives(language, theme);
      const { page } = ada;
      await ada.go(`${process}/instances?state=running`);
      await page.getByLabel(ada.say("owner.instances.step")).selectOption("EnterOrder");
      await page.waitForURL((url) => url.search.includes("step=EnterOrder"));
      const subject = await page.locator(`a[href="/instances/${item.instance}"]`).innerText();
      await ada.accessible("a list of instances");
      await ada.button("owner.suspend.openFor", { subject }).click();
      const dialog = page.getByRole("dialog", { name: ada.say("owner.suspend.titleInstance") });
      const confirm = dialog.getByRole("button", { name: ada.say("owner.suspend.confirm"), exact: true });
      await confirm.waitFor();
      assert.ok(await confirm.isDisabled(), "without a reason nothing is suspended");
      await dialog.getByLabel(ada.say("common.reason")).fill("an audit");
      await ada.accessible("the dialog that suspends");
      await confirm.click();
      await dialog.waitFor({ state: "detached" });
      await page.getByLabel(ada.say("owner.instances.onlySuspended")).click();
      await page.waitForURL((url) => url.search.includes("suspended=1"));
      await page.getByRole("table").getByText(ada.say("common.suspended")).first().waitFor();

      const sam = await (await world.person({ login: "sam", language })).signIn();
      await sam.go(`/orders/${order.id}`);
      await sam.page.getByText(sam.say("common.suspendedBecause", { reason: "an audit" }), { exact: true }).waitFor();
      await sam.go("/work");
      await sam.page.locator("tr", { has: sam.page.locator(`a[href="/work/${item.id}"]`) })
        .getByText(sam.say("common.suspended")).waitFor();

      await page.locator(`a[href="/instances/${item.instance}"]`).click();
      await ada.region("owner.suspend.instanceIs").getByText("an audit").waitFor();
      await drawn(ada);
      await ada.accessible("a suspended instance");
      await ada.button("owner.suspend.resume").click();
      await page.getByRole("dialog").getByRole("button", { name: ada.say("owner.suspend.resumeConfirm"), exact: true }).click();
      await ada.region("owner.suspend.instanceIs").waitFor({ state: "detached" });
      await office.completed(order, "EnterOrder", "sam", enter(customer, 100)[2]);
    });

  it("refuses new starts of a suspended process, and says so", async () => {
    const ada = await arrives("en", "light");
    const { page } = ada;
    await ada.go(process);
    await ada.button("owner.suspend.process").click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(ada.say("common.reason")).fill("a new law");
    await dialog.getByRole("button", { name: ada.say("owner.suspend.confirm"), exact: true }).click();
    const banner = ada.region("owner.suspend.processIs");
    await banner.getByText("a new law").waitFor();
    await drawn(ada);
    await ada.accessible("a suspended process");
    await ada.go("/processes");
    await page.getByRole("row", { name: /Standard order/ }).getByText(ada.say("common.suspended")).waitFor();
    await ada.go(process);
    await ada.button("owner.suspend.resumeProcess").click();
    await dialog.getByRole("button", { name: ada.say("owner.suspend.resumeConfirm"), exact: true }).click();
    await banner.waitFor({ state: "detached" });
  });

  for (const [language, theme] of [["en", "light"], ["zh-CN", "dark"]])
    it(`takes instances over to another version, and back, ${language}`, async () => {
      const key = `travelling-${language.toLowerCase()}`;
      const admin = await world.office.as("admin");
      await admin.request("POST", "/api/v1/processes", travelling(key, "fly", "Fly"), xml);
      const started = await admin.post("/api/v1/instances", { process: key });
      assert.equal(started.status, 201, JSON.stringify(started.body));
      await admin.request("POST", "/api/v1/processes", travelling(key, "sail", "Sail"), xml);
      const version = async () => (await admin.get(`/api/v1/instances/${started.body.id}`)).body.process.version;

      const ada = await arrives(language, theme);
      const { page } = ada;
      await ada.go(`/processes/${key}`);
      await link(ada, "owner.tab.migrations").click();
      await page.locator('[data-element-id="fly"].paint-gone').waitFor();
      await page.locator('[data-element-id="sail"].paint-new').waitFor();
      const becomes = page.getByLabel(ada.say("owner.migration.becomesOf", { step: "Fly" }));
      await becomes.selectOption("sail");
      await page.locator('[data-element-id="sail"].paint-mapped').waitFor();
      await ada.accessible("the plan of a migration");
      await becomes.selectOption("");
      await ada.button("owner.migration.plan").click();
      const dry = ada.region("owner.migration.dryRun");
      await dry.getByText(ada.say("owner.migration.result.would"), { exact: true }).waitFor();
      await drawn(ada);
      await ada.accessible("a dry run");

      await ada.button("owner.migration.run.open").click();
      await page.getByRole("dialog").getByRole("button", { name: ada.say("owner.migration.run.confirm"), exact: true }).click();
      const results = ada.region("owner.migration.results");
      await results.getByText(ada.say("owner.migration.result.migrated"), { exact: true }).waitFor();
      assert.equal(await version(), 2);
      await ada.accessible("a migration that has run");
      await ada.button("owner.migration.undo.open").click();
      await page.getByRole("dialog").getByRole("button", { name: ada.say("owner.migration.undo.confirm"), exact: true }).click();
      await results.getByText(ada.say("owner.migration.result.undone"), { exact: true }).waitFor();
      assert.equal(await version(), 1);
      await page.getByRole("heading", { level: 2 }).getByRole("link").click();
      await ada.region("owner.migration.earlier").getByText(ada.say("owner.migration.state.undone"), { exact: true }).waitFor();
    });

  for (const [language, theme] of [["en", "dark"], ["zh-CN", "light"]])
    it(`asks for a deviation, and somebody else decides, ${language}`, async () => {
      const { office } = world;
      const [paper, telephone] = [`entered on paper, ${language}`, `agreed on the telephone, ${language}`];
      const customer = await office.customer(`Deviating ${language}`, 5000);
      const order = await office.order(customer, 100);
      const item = await office.step(order, "EnterOrder");
      const sam = await (await world.person({ login: "sam", language, theme })).signIn();
      const { page } = sam;
      const ask = async (kind, why) => {
        await sam.button("deviations.ask.open").click();
        const dialog = page.getByRole("dialog", { name: sam.say("deviations.ask.title") });
        const confirm = dialog.getByRole("button", { name: sam.say("deviations.ask.confirm"), exact: true });
        await dialog.getByRole("radio", { name: sam.say(`deviations.ask.${kind}`) }).press("Space");
        if (kind === "move") {
          await dialog.getByLabel(sam.say("deviations.ask.why")).fill(why);
          assert.ok(await confirm.isDisabled(), "without the step to go to nothing is asked");
          await dialog.getByRole("combobox", { name: sam.say("deviations.ask.to") }).selectOption("ConfirmOrder");
        }
        await dialog.getByLabel(sam.say("deviations.ask.why")).fill(why);
        await sam.accessible("asking for a deviation");
        await confirm.click();
        await dialog.waitFor({ state: "detached" });
      };
      await sam.go(`/instances/${item.instance}`);
      await ask("skip", paper);
      const own = sam.region("deviations.title");
      await own.getByText(sam.say("deviations.ownNote")).waitFor();
      await drawn(sam);
      await sam.accessible("an instance with a deviation");
      await ask("move", telephone);

      const diana = await (await world.person({ login: "diana", language, theme })).signIn();
      await diana.page.getByRole("link", { name: diana.say("common.nav.deviations") }).click();
      const row = (why) => diana.page.getByRole("row").filter({ hasText: why }).last();
      const decide = async (why, deed, comment) => {
        await row(why).getByRole("button", { name: new RegExp(`^${diana.say(`deviations.${deed}.confirm`)}`) }).click();
        const dialog = diana.page.getByRole("dialog", { name: diana.say(`deviations.${deed}.title`) });
        if (comment) await dialog.getByRole("textbox").fill(comment);
        await diana.accessible(`the dialog: ${deed}`);
        await dialog.getByRole("button", { name: diana.say(`deviations.${deed}.confirm`), exact: true }).click();
        await dialog.waitFor({ state: "detached" });
      };
      await row(paper).waitFor();
      await diana.accessible("the queue of deviations");
      await decide(paper, "refuse", "it is not");
      await decide(telephone, "grant");
      await link(diana, "deviations.state.granted").click();
      await row(telephone).waitFor();
      assert.ok((await office.open(order)).some((each) => each.key === "ConfirmOrder"));

      await page.reload();
      await own.getByText("it is not").waitFor();
      await own.getByText(sam.say("deviations.state.granted"), { exact: true }).waitFor();
      const ada = await arrives(language, theme);
      await ada.go(`${process}/deviations?state=refused`);
      await ada.region("deviations.counts").getByRole("row").nth(1).waitFor();
      await ada.page.getByText("it is not").first().waitFor();
      await ada.accessible("the deviations of a process");
    });

  for (const [language, theme] of [["en", "light"], ["zh-CN", "dark"]])
    it(`asks for values, for variables and to begin again, ${language}`, async () => {
      const { office } = world;
      const order = await office.order(await office.customer(`Mending ${language}`, 5000), 100);
      const item = await office.step(order, "EnterOrder");
      const sam = await (await world.person({ login: "sam", language, theme })).signIn();
      const { page } = sam;
      const own = sam.region("deviations.title");
      const ask = async (kind, why, fill) => {
        await sam.button("deviations.ask.open").click();
        const dialog = page.getByRole("dialog", { name: sam.say("deviations.ask.title") });
        const confirm = dialog.getByRole("button", { name: sam.say("deviations.ask.confirm"), exact: true });
        await dialog.getByRole("radio", { name: sam.say(`deviations.ask.${kind}`) }).press("Space");
        await dialog.getByRole("textbox", { name: sam.say("deviations.ask.why") }).fill(why);
        assert.ok(await confirm.isDisabled(), "without a value nothing is asked");
        await fill(dialog);
        await sam.accessible(`asking for a deviation: ${kind}`);
        await confirm.click();
        await dialog.waitFor({ state: "detached" });
        await own.getByText(why).waitFor();
      };
      await sam.go(`/instances/${item.instance}`);
      await ask("set", "typed wrong", async (dialog) => {
        await dialog.getByRole("combobox", { name: sam.say("deviations.ask.field") }).selectOption("reminder_note");
        await dialog.getByLabel(sam.say("deviations.ask.value", { field: "" }).trim()).fill("by hand");
      });
      await own.getByText(/: by hand/).waitFor();
      await ask("data", "lost on the way", async (dialog) => {
        const variables = dialog.getByLabel(sam.say("deviations.ask.variables"), { exact: true });
        await variables.fill("[1]");
        await dialog.getByText(sam.say("deviations.ask.noObject")).waitFor();
        await variables.fill('{"remark": "by telephone"}');
      });
      await own.getByText(/remark: by telephone/).waitFor();

      const history = sam.region("process.history");
      assert.equal(await history.getByRole("button").count(), 0, "what runs does not begin again");
      const desk = await office.as("sam");
      assert.equal((await desk.post(`/api/v1/instances/${item.instance}/cancel`, { reason: "wrong order" })).status, 200);
      await page.reload();
      await history.getByRole("button").first().click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel(sam.say("deviations.ask.why")).fill("cancelled by mistake");
      await sam.accessible("asking to begin again");
      await dialog.getByRole("button", { name: sam.say("deviations.ask.confirm"), exact: true }).click();
      await dialog.waitFor({ state: "detached" });
      const diana = await office.as("diana");
      const { items } = (await diana.get(`/api/v1/deviations?instance=${item.instance}`)).body;
      const again = items.find(({ kind }) => kind === "restart");
      assert.equal((await diana.post(`/api/v1/deviations/${again.id}/grant`, {})).status, 200);
      await page.reload();
      await own.getByText("cancelled by mistake").waitFor();
      await sam.accessible("an instance that began again");
    });

  for (const [language, theme] of [["en", "light"], ["zh-CN", "dark"]])
    it(`deploys files, and shows all that is wrong with one, ${language}`, async () => {
      const key = `deployed-${language.toLowerCase()}`;
      const file = (name, text) => ({ name, mimeType: "application/xml", buffer: Buffer.from(text) });
      const good = travelling(key, "fly", "Fly");
      const broken = readFileSync(join(root, "packs/orders/standard-order.bpmn"), "utf8")
        .replaceAll("standard-order", `broken-${language.toLowerCase()}`)
        .replace(/<millrace:call function="[^"]*">/g, '<millrace:call function="no.such">');
      const ada = await arrives(language, theme);
      ada.allow(400, "/api/v1/processes");
      const { page } = ada;
      await ada.go("/processes");
      await page.getByRole("link", { name: ada.say("owner.deploy.open"), exact: true }).click();
      assert.ok(await ada.button("owner.deploy.go").isDisabled());
      await ada.accessible("nothing to deploy yet");
      const deploy = async (...files) => {
        await page.getByLabel(ada.say("owner.deploy.choose")).setInputFiles(files);
        await page.getByRole("region", { name: files[0].name, exact: true }).waitFor();
        await ada.button("owner.deploy.go").press("Enter");
      };
      await deploy(file("broken.bpmn", broken), file("good.bpmn", good));
      const fine = page.getByRole("region", { name: "good.bpmn", exact: true });
      await fine.getByText(ada.say("owner.deploy.version", { version: 1 })).waitFor();
      const bad = page.getByRole("region", { name: "broken.bpmn", exact: true });
      const table = bad.getByRole("table", { name: ada.say("owner.deploy.blocks") });
      await table.getByText("unknown-function").first().waitFor();
      assert.ok((await table.locator("tbody tr").count()) >= 2, "all problems at once");
      await fine.getByRole("table", { name: ada.say("owner.deploy.warns") }).getByText("style-label").first().waitFor();
      await bad.locator(".paint-error").first().waitFor();
      await ada.accessible("what is wrong with a model");
      await bad.getByRole("button", { name: ada.say("owner.deploy.asDrawing") }).click();
      await bad.getByText(ada.say("owner.deploy.drawing", { version: 1 })).waitFor();

      await deploy(file("again.bpmn", good));
      const again = page.getByRole("region", { name: "again.bpmn", exact: true });
      await again.getByText(ada.say("owner.deploy.known", { version: 1 })).waitFor();
      await again.getByRole("link").first().click();
      await page.getByRole("heading", { level: 1, name: "Travelling" }).waitFor();
      await drawn(ada);
    });
}
