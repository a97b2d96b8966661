// SPDX-License-Identifier: Apache-2.0
// The newcomer's test of docs/customise.md: an entity "Machine" with eight fields and a relation to
// accounts, a list, a role, a thousand rows imported, one found, without a restart.
import assert from "node:assert/strict";
import { join } from "node:path";

const ROWS = 1000;

const FIELDS = {
  en: [
    ["Serial number", "序列号", "text"],
    ["Built on", "制造日期", "date"],
    ["Price", "价格", "money"],
    ["State", "状态", "choice"],
    ["Uses", "用途", "multi_choice"],
    ["Inspection takes", "检验时长", "duration"],
    ["Account", "客户", "reference"],
  ],
};
const CHOICES = { State: "running = Running\nstopped = Stopped", Uses: "water = Water\noil = Oil" };

const picture = (person, name) =>
  process.env.MILLRACE_PICTURES &&
  person.page.screenshot({ path: join(process.env.MILLRACE_PICTURES, `${name}.png`), fullPage: true });

async function declares(person) {
  const { page } = person;
  const say = (key, values) => person.say(`customise.${key}`, values);
  const form = page.getByRole("form", { name: say("newEntity") });
  await page.getByRole("button", { name: say("newEntity") }).click();
  await form.getByLabel(say("entity.en")).fill("Machine");
  await form.getByLabel(say("entity.zh")).fill("机器");
  await form.getByLabel(say("entity.pluralEn")).fill("Machines");
  await form.getByLabel(say("entity.pluralZh")).fill("机器");
  for (const [index, [en, zh, type]] of FIELDS.en.entries()) {
    await form.getByRole("button", { name: say("addField") }).click();
    const row = form.getByRole("group", { name: say("field", { number: index + 2 }), exact: true });
    await row.getByLabel(say("titleEn")).fill(en);
    await row.getByLabel(say("titleZh")).fill(zh);
    await row.getByLabel(say("typeOf")).selectOption(type);
    if (CHOICES[en]) await row.getByLabel(say("choices")).fill(CHOICES[en]);
    if (type === "reference") await row.getByLabel(say("to")).selectOption("account");
    if (type === "text") await row.getByLabel(say("unique"), { exact: true }).check();
  }
  await form.getByRole("group", { name: say("who") }).getByRole("checkbox").nth(0).check();
  await page.getByRole("region", { name: say("preview") }).getByText("entity: machine").waitFor();
  await person.accessible("the form of an entity");
  await picture(person, `customise-${person.language}`);
  await form.getByRole("button", { name: say("apply") }).click();
  await page.getByRole("region", { name: say("files") }).getByRole("link", { name: /^(Machines|机器)$/ }).click();
}

function table(account) {
  const lines = ["Name,Serial number,Built on,Price,State,Uses,Inspection takes,Account"];
  for (let i = 0; i < ROWS; i++)
    lines.push(`Pump ${i},SN-${i},2026-0${1 + (i % 9)}-01,${i}.50,${i % 2 ? "Running" : "stopped"},water; Oil,PT${1 + (i % 9)}H,${account}`);
  return lines.join("\n");
}

export default function customise(it, world) {
  it("lets a newcomer add an entity, import a thousand records and find one, without a restart", async () => {
    const began = Date.now();
    const sam = await world.office.as("sam");
    const account = await sam.post("/api/v1/records/account", { fields: { name: "Machine Works Ltd" } });
    const person = await world.person({ login: "admin", language: "en" });
    const { page } = person;
    await person.signIn();
    await person.go("/customise");
    await page.getByRole("heading", { level: 1, name: person.say("customise.title") }).waitFor();
    await person.accessible("the page of what the company changes");
    await declares(person);
    await page.getByRole("heading", { level: 1, name: "Machines" }).waitFor();

    await page.getByRole("link", { name: person.say("records.import"), exact: true }).click();
    await page
      .getByLabel(person.say("imports.choose"))
      .setInputFiles({ name: "machines.csv", mimeType: "text/csv", buffer: Buffer.from(table(account.body.fields.number)) });
    await person.button("imports.upload").click();
    await person.region("imports.mapping").waitFor();
    await person.button("imports.run").click();
    await person.region("imports.report").getByText(person.say("imports.ended.run.done"), { exact: true }).waitFor();

    const admin = await world.office.as("admin");
    const filter = encodeURIComponent(JSON.stringify([{ field: "uses", operator: "contains", value: "oil" }]));
    const found = await admin.get(`/api/v1/records/machine?filter=${filter}&count=true&limit=1`);
    assert.equal(found.body.count, ROWS);
    await person.go(`/records/account/${account.body.id}`);
    await page.getByRole("region", { name: "Machines" }).getByRole("link", { name: /Pump/ }).first().waitFor();
    const searched = await admin.get("/api/v1/records/machine?search=SN-777");
    assert.equal(searched.body.items[0].label, "Pump 777");
    assert.ok(Date.now() - began < 300_000, "in less than five minutes");
  });
}
