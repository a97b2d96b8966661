// SPDX-License-Identifier: Apache-2.0
// A list filtered by FEEL, saved as a view and come back to.
import assert from "node:assert/strict";

export default function views(it, world) {
  it("filters a list by FEEL, and saves it as a view", async () => {
    const office = await world.office.as("sam");
    const account = await world.office.customer("Views Ltd", 1000);
    for (const name of ["View one", "View two"])
      await office.post("/api/v1/records/opportunity", { fields: { name, account, amount: 10, close_date: "2040-01-01" } });
    const sam = await (await world.person({ login: "sam" })).signIn();
    const { page } = sam;
    await sam.go("/records/opportunity");
    await page.getByRole("button", { name: sam.say("records.filter.open") }).click();
    await page.getByRole("searchbox", { name: sam.say("records.filter.where") }).fill('ends with(name, "one") and account.name = "Views Ltd"');
    await page.keyboard.press("Enter");
    await page.getByText(sam.say("records.filter.asked")).waitFor();
    await page.getByText("View one", { exact: true }).waitFor();
    await page.getByText("View two", { exact: true }).waitFor({ state: "detached" });
    const open = () => page.getByRole("button", { name: sam.say("records.views.title") }).click();
    await open();
    await page.getByRole("menuitem", { name: sam.say("records.views.save") }).click();
    const dialog = page.getByRole("dialog", { name: sam.say("records.views.save") });
    await dialog.getByLabel(sam.say("records.views.name")).fill("Only one");
    await sam.accessible("saving a view");
    await dialog.getByRole("button", { name: sam.say("records.views.save") }).click();
    await dialog.waitFor({ state: "detached" });
    await sam.go("/records/opportunity");
    await page.getByText("View two", { exact: true }).waitFor();
    await open();
    await page.getByRole("link", { name: "Only one" }).click();
    await page.getByText("View two", { exact: true }).waitFor({ state: "detached" });
    await page.getByText("View one", { exact: true }).waitFor();
    await page.screenshot({ path: "build/test-logs/views.png" });
  });

  it("shows all that the search box found, and searches within the list", async () => {
    const office = await world.office.as("sam");
    for (let index = 0; index < 7; index++)
      await office.post("/api/v1/records/account", { fields: { name: `Quince ${index % 2 ? "odd" : "even"} ${index}` } });
    const sam = await (await world.person({ login: "sam" })).signIn();
    const { page } = sam;
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: sam.say("common.palette.title") }).fill("Quince");
    await page.getByRole("option", { name: sam.say("common.palette.showAll", { title: "Accounts" }) }).click();
    const table = page.getByRole("table", { name: "Accounts" });
    await table.getByText("Quince odd 5", { exact: true }).waitFor();
    assert.equal(await table.locator(".grid-body-row").count(), 7);
    const search = page.getByRole("searchbox", { name: sam.say("records.searchIn", { plural: "Accounts" }) });
    assert.equal(await search.inputValue(), "Quince");
    await search.fill("Quince odd");
    await search.press("Enter");
    await table.getByText("Quince even 0", { exact: true }).waitFor({ state: "detached" });
    assert.equal(await table.locator(".grid-body-row").count(), 3);
    await sam.accessible("a list that is searched");
  });
}
