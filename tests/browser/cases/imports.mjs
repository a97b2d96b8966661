// SPDX-License-Identifier: Apache-2.0
// A file imported in the browser: mapped, tried, run, corrected, undone; and a list exported.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../lib/server.mjs";

const picture = (person, name) =>
  process.env.MILLRACE_PICTURES &&
  person.page.screenshot({ path: join(process.env.MILLRACE_PICTURES, `${name}.png`), fullPage: true });

async function uploads(person, name, text) {
  await person.page.getByLabel(person.say("imports.choose")).setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(text) });
  await person.button("imports.upload").click();
  await person.region("imports.mapping").waitFor();
}

async function counts(person, wanted) {
  const report = person.region("imports.report");
  for (const [name, count] of Object.entries(wanted))
    await report
      .locator("div", { has: person.page.getByText(person.say(`imports.count.${name}`), { exact: true }) })
      .locator("dd", { hasText: new RegExp(`^${count}$`) })
      .first()
      .waitFor();
}

async function imports(world, wanted, prefix) {
  const person = await world.person(wanted);
  const { page } = person;
  await person.signIn();
  await person.go("/records/product");
  await page.getByRole("link", { name: person.say("records.import"), exact: true }).click();
  await page.getByRole("heading", { level: 1, name: /Products|产品/ }).waitFor();
  await person.accessible("the upload");
  await picture(person, `import-1-upload-${wanted.language}`);

  await uploads(person, "prices.csv", `Article ${prefix};名称;Price\n${prefix}-1;Pump one;10.50\n${prefix}-2;Pump two;dear\n${prefix}-3;Pump three;7\n`);
  const mapping = person.region("imports.mapping");
  await mapping.getByRole("alert").waitFor();
  const run = person.button("imports.run");
  assert.equal(await run.isDisabled(), true, "a mapping that lacks a needed field is not imported");
  const field = { en: { sku: "SKU", price: "List price" }, "zh-CN": { sku: "货号", price: "目录价" } }[person.language];
  await person.choose(mapping, person.say("imports.fieldOf", { column: `Article ${prefix}` }), field.sku);
  await page.waitForFunction(() => !document.querySelector("[aria-busy=true]"));
  await person.choose(mapping, person.say("imports.fieldOf", { column: "Price" }), field.price);
  await mapping.getByRole("alert").waitFor({ state: "detached" });
  await person.accessible("the mapping");
  await picture(person, `import-2-mapping-${wanted.language}`);

  await person.button("imports.try").click();
  await counts(person, { created: 2, refused: 1 });
  await person.accessible("the report of a try");
  await picture(person, `import-3-tried-${wanted.language}`);
  await run.click();
  await person.region("imports.report").getByText(person.say("imports.ended.run.done"), { exact: true }).waitFor();
  await counts(person, { created: 2, refused: 1 });
  await person.accessible("the report");
  await picture(person, `import-4-done-${wanted.language}`);

  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: person.say("imports.download") }).click();
  const refused = readFileSync(await (await download).path(), "utf8");
  assert.match(refused, new RegExp(`\r\n${prefix}-2,Pump two,dear,`));

  await person.button("imports.undo").click();
  await counts(person, { undone: 2, kept: 0 });
  await picture(person, `import-5-undone-${wanted.language}`);
  await page.getByRole("link", { name: person.say("imports.another") }).click();
  await uploads(person, "refused.csv", refused.replace("dear", "8"));
  await person.button("imports.run").click();
  await counts(person, { created: 1, refused: 0 });

  await person.go(`/records/product?f=sku.starts.${prefix}-`);
  await page.getByText("Pump two").first().waitFor();
  for (const [format, start] of [["csv", "\ufeff"], ["xlsx", "PK"], ["jsonl", "{"]]) {
    await page.getByRole("button", { name: person.say("records.export") }).click();
    const item = page.getByRole("link", { name: person.say(`records.exportAs.${format}`), exact: true });
    await item.waitFor();
    if (format === "csv") {
      await person.accessible("the formats of an export");
      await picture(person, `import-6-export-${wanted.language}`);
    }
    const coming = page.waitForEvent("download");
    await item.click();
    const file = readFileSync(await (await coming).path(), "utf8");
    assert.ok(file.startsWith(start), `${format} begins with ${JSON.stringify(file.slice(0, 4))}`);
  }
}

export default function importPages(it, world) {
  it("imports a file, corrects and undoes it, in English", () => imports(world, { login: "admin", language: "en" }, "BRE"));

  it("imports a file, corrects and undoes it, in Chinese and in the dark", () =>
    imports(world, { login: "admin", language: "zh-CN", theme: "dark" }, "BRZ"));
}
