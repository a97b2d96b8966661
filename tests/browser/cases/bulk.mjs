// SPDX-License-Identifier: Apache-2.0
// Many records of a list changed, deleted and shared at once.
import assert from "node:assert/strict";

const opportunities = "/api/v1/records/opportunity";

async function make(office, names, account) {
  const made = {};
  for (const name of names) {
    const answer = await office.post(opportunities, { fields: { name, account, amount: 10, close_date: "2040-01-01" } });
    assert.equal(answer.status, 201, JSON.stringify(answer.body));
    made[name] = answer.body.id;
  }
  return made;
}

export default function bulk(it, world) {
  for (const [language, theme] of [["en", "light"], ["zh-CN", "dark"]])
    it(`edits many records of a list and takes it back, ${language}`, async () => {
      const office = await world.office.as("sam");
      const account = await world.office.customer(`Many ${language}`, 1000);
      const names = ["one", "two", "three"].map((name) => `Many ${name} ${language}`);
      const made = await make(office, names, account);
      const sam = await (await world.person({ login: "sam", language, theme })).signIn();
      const { page } = sam;
      await sam.go(`/records/opportunity?f=account.eq.${account}`);
      const select = (name) => page.getByRole("checkbox", { name: sam.say("records.bulk.selectOf", { label: name }) });
      await select(names[0]).check();
      await select(names[1]).press("Space");
      const bar = sam.region("records.bulk.bar");
      await sam.accessible("a list with chosen rows");
      await bar.getByRole("button", { name: sam.say("records.bulk.deed.edit"), exact: true }).click();
      const dialog = page.getByRole("dialog");
      const amount = { en: "Amount", "zh-CN": "金额" }[language];
      await dialog.getByRole("combobox", { name: sam.say("records.bulk.field") }).click();
      await page.locator(".ant-select-dropdown:visible").getByTitle(amount, { exact: true }).click();
      await dialog.getByRole("spinbutton", { name: amount }).fill("77");
      await sam.accessible("the dialog of many");
      // Somebody else deletes one of the two meanwhile.
      await (await world.office.as("admin")).request("DELETE", `${opportunities}/${made[names[1]]}`);
      await dialog.locator(".bulk button.ant-btn-primary").click();
      const results = dialog.getByRole("table", { name: sam.say("records.bulk.results") });
      await results.getByText(sam.say("records.bulk.refusedOne"), { exact: true }).waitFor();
      await sam.accessible("the results of many");
      await page.screenshot({ path: `build/test-logs/bulk-${language}.png` });
      assert.equal((await office.get(`${opportunities}/${made[names[0]]}`)).body.fields.amount, 77);
      await dialog.getByRole("button", { name: sam.say("records.bulk.undo"), exact: true }).click();
      await results.getByText(sam.say("records.bulk.doneOne.undo"), { exact: true }).waitFor();
      assert.equal((await office.get(`${opportunities}/${made[names[0]]}`)).body.fields.amount, 10);
      assert.equal((await office.get(`${opportunities}/${made[names[2]]}`)).body.fields.amount, 10);
    });

  it("shares and deletes all that fit a list", async () => {
    const office = await world.office.as("admin");
    const account = await world.office.customer("All of them", 1000);
    const names = Array.from({ length: 101 }, (_, index) => `All ${index}`);
    const made = await make(office, names, account);
    const admin = await (await world.person({ login: "admin" })).signIn();
    const { page } = admin;
    await admin.go(`/records/opportunity?f=account.eq.${account}`);
    await page.getByRole("checkbox", { name: admin.say("records.bulk.selectShown") }).check();
    const records = (count) => admin.say("records.count_other", { formatted: String(count) });
    const bar = admin.region("records.bulk.bar");
    await bar.getByText(admin.say("records.bulk.chosen", { records: records(100) })).waitFor();
    await bar.getByRole("button", { name: admin.say("records.bulk.chooseAll", { records: records(101) }) }).click();
    await bar.getByRole("button", { name: admin.say("records.bulk.deed.share"), exact: true }).click();
    const dialog = page.getByRole("dialog");
    const close = () => dialog.getByRole("button", { name: admin.say("common.close"), exact: true }).last().click();
    await admin.choose(dialog, admin.say("records.access.with"), "Sam Rivers");
    await dialog.getByRole("button", { name: admin.say("records.access.share"), exact: true }).click();
    await dialog.getByText(admin.say("records.bulk.done.do", { records: records(101) })).waitFor();
    const sharesOf = async () => (await office.get(`${opportunities}/${made[names[0]]}/shares`)).body.items.length;
    assert.equal(await sharesOf(), 1);
    await dialog.getByRole("button", { name: admin.say("records.bulk.undo"), exact: true }).click();
    await dialog.getByText(admin.say("records.bulk.done.undo", { records: records(101) })).waitFor();
    assert.equal(await sharesOf(), 0);
    await close();
    await bar.getByRole("button", { name: admin.say("records.bulk.deed.delete"), exact: true }).click();
    await dialog.getByRole("button", { name: admin.say("records.bulk.do.delete", { records: records(101) }), exact: true }).click();
    await dialog.getByText(admin.say("records.bulk.done.do", { records: records(101) })).waitFor();
    await page.locator(".empty-title").waitFor();
    await dialog.getByRole("button", { name: admin.say("records.bulk.undo"), exact: true }).click();
    await dialog.getByText(admin.say("records.bulk.done.undo", { records: records(101) })).waitFor();
    await close();
    await page.locator(".grid-body-row").first().waitFor();
    assert.equal((await office.get(`${opportunities}/${made[names[100]]}`)).status, 200);
  });
}
