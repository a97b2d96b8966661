// SPDX-License-Identifier: Apache-2.0
// Who has access to a record, why, and a share from its page.
import assert from "node:assert/strict";

export default function access(it, world) {
  it("says why somebody cannot see a record, and shares it", async () => {
    const office = await world.office.as("sam");
    const account = await world.office.customer("Access Ltd", 1000);
    const made = await office.post("/api/v1/records/opportunity", { fields: { name: "Access pump", account, amount: 10 } });
    const sam = await (await world.person({ login: "sam" })).signIn();
    const { page } = sam;
    await sam.go(`/records/opportunity/${made.body.id}`);
    await page.getByRole("button", { name: sam.say("records.access.title"), exact: true }).click();
    const dialog = page.getByRole("dialog", { name: sam.say("records.access.titleOf", { label: "Access pump" }) });
    await dialog.getByText("Sam Rivers may read this record").waitFor();
    await dialog.getByRole("combobox", { name: sam.say("records.access.person") }).fill("Walt");
    await page.getByTitle("Walt Weir").click();
    await dialog.getByText("Walt Weir may not read this record").waitFor();
    await dialog.getByText("does not meet the condition").first().waitFor();
    await sam.accessible("the access to a record");
    await dialog.getByRole("combobox", { name: sam.say("records.access.with") }).fill("Walt");
    await page.getByTitle("Walt Weir").last().click();
    await dialog.getByRole("button", { name: sam.say("records.access.share"), exact: true }).click();
    await dialog.getByText("Walt Weir may read this record").waitFor();
    await dialog.getByText("Sam Rivers shared it with Walt Weir").waitFor();
    await page.screenshot({ path: "build/test-logs/access.png" });
    const walt = await world.office.as("walt");
    assert.equal((await walt.get(`/api/v1/records/opportunity/${made.body.id}`)).status, 200);
    await dialog.getByRole("button", { name: sam.say("records.access.removeOf", { name: "Walt Weir" }) }).click();
    await dialog.getByText("Walt Weir may not read this record").waitFor();
  });
}
