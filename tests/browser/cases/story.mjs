// SPDX-License-Identifier: Apache-2.0
// What people add to the story of a record, who is told of it, and the calendar.
import { strict as assert } from "node:assert";

async function story(world, wanted) {
  const office = await world.office.as("sam");
  const account = (await office.post("/api/v1/records/account", { fields: { name: "Story Works", type: "customer" } })).body;
  const sam = await world.person({ login: "sam", ...wanted });
  await sam.signIn();
  const { page } = sam;
  await sam.go(`/records/account/${account.id}`);
  const card = sam.region("story.title");
  await card.getByRole("textbox", { name: sam.say("story.write") }).fill("Please call them, @walt");
  await card.getByRole("button", { name: sam.say("story.say"), exact: true }).click();
  const told = card.getByRole("listitem").filter({ hasText: "Please call them, @walt" });
  await told.waitFor();
  await card.getByLabel(sam.say("story.attach")).first().setInputFiles({ name: "offer.txt", mimeType: "text/plain", buffer: Buffer.from("our offer") });
  const link = card.getByRole("link", { name: "offer.txt" });
  await link.waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  assert.equal(download.suggestedFilename(), "offer.txt");
  await card.getByRole("link", { name: sam.say("story.plan") }).click();
  await page.getByRole("textbox", { name: /Subject|主题/ }).fill("Visit the works");
  await page.getByRole("button", { name: sam.say("records.create"), exact: true }).click();
  await page.getByRole("heading", { level: 1, name: /Visit the works/ }).waitFor();
  await page.getByRole("link", { name: "Story Works" }).first().click();
  await card.getByRole("link", { name: "Visit the works" }).waitFor();
  await told.getByRole("button", { name: sam.say("story.edit"), exact: true }).click();
  await card.getByRole("textbox", { name: sam.say("story.write") }).last().fill("Please visit them, @walt");
  await card.getByRole("button", { name: sam.say("story.save"), exact: true }).click();
  await card.getByText("Please visit them, @walt").first().waitFor();
  await sam.accessible("the story of a record");

  await sam.go("/calendar");
  await page.getByRole("link", { name: "Visit the works" }).first().waitFor();
  await sam.accessible("the calendar");
  await page.keyboard.press("ArrowRight");
  await page.waitForURL(/week=/);
  await page.getByText(sam.say("story.calendar.none")).first().waitFor();

  const walt = await world.person({ login: "walt", ...wanted });
  await walt.signIn();
  await walt.page.getByRole("link", { name: walt.say("story.notices.open", { count: "1" }) }).click();
  await walt.page.getByText("Please visit them, @walt").first().waitFor();
  await walt.accessible("the notices");
  await walt.page.getByRole("link", { name: "Story Works" }).first().click();
  await walt.region("story.title").getByText("Please visit them, @walt").first().waitFor();
  await walt.page.getByRole("link", { name: walt.say("story.notices.open", { count: "0" }) }).waitFor();
}

export default function storyCases(it, world) {
  it("tells a record's story, takes what people add, and tells who is mentioned", () => story(world, {}));
  it("does so in Chinese and in the dark", async () => {
    const office = await world.office.as("walt");
    await office.post("/api/v1/notices/read");
    await story(world, { language: "zh-CN", theme: "dark" });
  });
}
