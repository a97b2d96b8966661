// SPDX-License-Identifier: Apache-2.0
// The pages of a process owner: where a process is hot.
import assert from "node:assert/strict";

const process = "/processes/standard-order";

export default function owner(it, world) {
  const arrives = async (language, theme) => (await world.person({ login: "admin", language, theme })).signIn();
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
}
