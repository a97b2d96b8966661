// SPDX-License-Identifier: Apache-2.0
// A list gathered into groups, by period, and back to the records of one group.
import assert from "node:assert/strict";

export default function summaries(it, world) {
  for (const [language, login, theme] of [["en", "sam", "light"], ["zh-CN", "wei", "dark"]])
    it(`summarises a list and leads to the records of a group, ${language}`, async () => {
      const office = await world.office.as("sam");
      const account = await world.office.customer(`Summed ${language}`, 1000);
      for (const [name, amount, close_date] of [["Spring", 10, "2040-02-28"], ["Early", 20.5, "2040-01-01"], ["Autumn", 40, "2040-10-01"]]) {
        const made = await office.post("/api/v1/records/opportunity", { fields: { name: `${name} ${language}`, account, amount, close_date } });
        assert.equal(made.status, 201, JSON.stringify(made.body));
      }
      const titles = { en: ["Close date", "Amount"], "zh-CN": ["预计成交日期", "金额"] }[language];
      const person = await (await world.person({ login, language, theme })).signIn();
      const { page } = person;
      await person.go(`/records/opportunity?f=account.eq.${account}`);
      await page.getByText(`Spring ${language}`, { exact: true }).waitFor();
      await page.getByRole("link", { name: person.say("records.summary.title"), exact: true }).click();
      const table = page.locator("main table");
      await table.getByRole("row").nth(1).waitFor();
      await person.choose(page.locator("main"), person.say("records.summary.by"), titles[0]);
      await page.getByRole("combobox", { name: person.say("records.summary.period") }).click();
      await page.locator(".ant-select-dropdown:visible").getByTitle(person.say("records.summary.periods.quarter"), { exact: true }).click();
      await table.getByText("2040 Q4", { exact: true }).waitFor();
      const cells = await table.getByRole("row").nth(1).locator("th, td").allTextContents();
      assert.deepEqual(cells, ["2040 Q1", "", "2", "30.50"]);
      await person.accessible("a summary");
      await page.screenshot({ path: `build/test-logs/summary-${language}.png` });
      await table.getByRole("link", { name: "2040 Q1", exact: true }).click();
      await page.getByText(`Early ${language}`, { exact: true }).waitFor();
      await page.getByText(`Spring ${language}`, { exact: true }).waitFor();
      assert.equal(await page.getByText(`Autumn ${language}`, { exact: true }).count(), 0);
    });
}
