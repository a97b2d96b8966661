// SPDX-License-Identifier: Apache-2.0
// Favourites and what was seen last: the star, the menu in the header, the empty search box.
import assert from "node:assert/strict";

export default function marks(it, world) {
  for (const [language, login, theme] of [["en", "walt", "light"], ["zh-CN", "fiona", "dark"]])
    it(`keeps favourites and what was seen last, ${language}`, async () => {
      const name = `Starred ${language}`;
      const account = await world.office.customer(name, 1000);
      const person = await (await world.person({ login, language, theme })).signIn();
      const { page } = person;
      const star = page.getByRole("button", { name: person.say("records.marks.starOf", { label: name }) });
      await person.go(`/records/account?f=name.eq.${name}`);
      await star.click();
      await page.locator('.star[aria-pressed="true"]:enabled').waitFor();
      await person.accessible("a list with a star");
      await person.go(`/records/account/${account}`);
      await page.locator('.star[aria-pressed="true"]:enabled').waitFor();
      await person.accessible("a record with a star");
      await person.go("/work");
      await page.getByRole("button", { name: person.say("records.marks.menu") }).press("Enter");
      const menu = page.getByRole("menu");
      const links = menu.getByRole("link", { name, exact: true });
      await links.nth(1).waitFor();
      await person.accessible("the menu of favourites");
      await page.screenshot({ path: `build/test-logs/marks-${language}.png` });
      await links.first().click();
      await page.getByRole("heading", { level: 1, name }).waitFor();
      await star.press("Enter");
      await page.locator('.star[aria-pressed="false"]:enabled').waitFor();
      await page.keyboard.press("Control+k");
      const box = page.getByRole("combobox", { name: person.say("common.palette.title") });
      const group = (key) => page.getByRole("group", { name: person.say(`records.marks.${key}`) });
      await group("recent").getByRole("option", { name }).waitFor();
      assert.equal(await group("favourites").count(), 0, "it is no favourite any more");
      await person.accessible("the empty search box");
      await box.press("Enter");
      await page.getByRole("dialog").waitFor({ state: "detached" });
      await page.getByRole("heading", { level: 1, name }).waitFor();
    });
}
