// SPDX-License-Identifier: Apache-2.0
// Records that may be the same: warned of while one is typed, compared, merged by the keyboard, undone.
import assert from "node:assert/strict";

const accounts = "/api/v1/records/account";

export default function duplicates(it, world) {
  for (const language of ["en", "zh-CN"])
    it(`warns of a duplicate, merges it and takes it back (${language})`, async () => {
      const name = language === "en" ? "Granite Pumps" : "花岗泵业";
      const office = await world.office.as("sam");
      const make = async (fields) => (await office.post(accounts, { fields })).body;
      const first = await make({ name, city: "Kiel" });
      const sam = await (await world.person({ login: "sam", language })).signIn();
      const { page } = sam;
      await sam.go("/records/account/new");
      const field = page.getByRole("textbox", { name: language === "en" ? "Name" : "名称" }).first();
      await field.fill(language === "en" ? "granite pumps ltd" : "花岗泵业有限公司");
      await page.getByRole("status").getByRole("link", { name }).waitFor();
      await sam.accessible("a form that warns of a duplicate");

      const second = await make({ name, city: "Bonn", tax_id: `T-${language}-77` });
      await sam.go(`/records/account/${first.id}`);
      const panel = sam.region("records.duplicates.title");
      await panel.getByRole("link", { name: sam.say("records.duplicates.compare") }).click();
      await page.waitForURL(`**/records/account/${first.id}/merge/${second.id}`);
      await page.getByRole("table").waitFor();
      await sam.accessible("two records side by side");
      const bonn = page.getByRole("radio", { name: /Bonn/ });
      await bonn.focus();
      await page.keyboard.press("Space");
      await page.getByRole("button", { name: sam.say("records.duplicates.mergeNow"), exact: true }).focus();
      await page.keyboard.press("Enter");
      await page.waitForURL(`**/records/account/${first.id}`);
      const merged = (await office.get(`${accounts}/${first.id}`)).body;
      assert.deepEqual([merged.fields.city, merged.fields.tax_id], ["Bonn", `T-${language}-77`]);

      await sam.go(`/records/account/${second.id}`); // an old link
      await page.waitForURL(`**/records/account/${first.id}`);
      await panel.getByRole("button", { name: sam.say("records.duplicates.undo") }).click();
      await panel.getByRole("link", { name: sam.say("records.duplicates.compare") }).waitFor();
      assert.equal((await office.get(`${accounts}/${second.id}`)).body.id, second.id);
      assert.equal((await office.get(`${accounts}/${first.id}`)).body.fields.city, "Kiel");

      await sam.go("/records/account/duplicates");
      await page.getByRole("table").waitFor();
      await sam.accessible("the list of possible duplicates");
    });
}
