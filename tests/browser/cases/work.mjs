// SPDX-License-Identifier: Apache-2.0
// A step from hand to hand in the browser: delegated and returned, put off, forwarded, given by a lead.
import assert from "node:assert/strict";

export default function work(it, world) {
  const dialog = (person, deed) => person.page.getByRole("dialog", { name: person.say(`work.deed.${deed}`) });

  async function entered(name) {
    const { office } = world;
    const order = await office.order(await office.customer(name, 5000), 700);
    return { order, item: await office.step(order, "EnterOrder") };
  }

  async function ask(person, deed, fill) {
    const open = dialog(person, deed);
    await open.waitFor();
    await person.accessible(`the dialog ${deed}`);
    await fill(open);
    await open.getByRole("button", { name: person.say(`work.deed.${deed}`), exact: true }).click();
    await open.waitFor({ state: "detached" });
  }

  it("delegates a step by the keyboard, and gets it back with the work done", async () => {
    const { item } = await entered("By Keyboard Ltd");
    const sam = await (await world.person({ login: "sam" })).signIn();
    await sam.go(`/work/${item.id}`);
    await sam.region("work.stepOf", { step: "Enter order" }).waitFor();
    await sam.page.locator("main").focus();
    await sam.page.keyboard.press("d");
    await ask(sam, "delegate", async (open) => {
      await open.getByRole("combobox", { name: sam.say("work.to") }).selectOption({ label: "Mark Stream" });
      await open.getByRole("textbox", { name: sam.say("work.comment") }).fill("You know them.");
    });
    const mark = await (await world.person({ login: "mark" })).signIn();
    await mark.go(`/work/${item.id}`);
    const step = mark.region("work.stepOf", { step: "Enter order" });
    await step.getByText("You know them.").waitFor();
    await mark.accessible("a delegated step");
    await step.getByRole("textbox", { name: "Customer's reference" }).fill("from Mark");
    await mark.button("work.return").click();
    await sam.go(`/work/${item.id}`);
    await sam.page.waitForFunction(() => [...document.querySelectorAll("input")].some((input) => input.value === "from Mark"));
    await sam.button("work.complete").click();
    await sam.page.waitForURL((url) => !url.pathname.endsWith(item.id));
  });

  it("puts a step off from the palette, in Chinese, and shows it under its own tab", async () => {
    const { item } = await entered("Later By Palette Ltd");
    const wei = await (await world.person({ login: "wei", language: "zh-CN" })).signIn();
    const { page } = wei;
    await wei.go(`/work/${item.id}`);
    await page.getByRole("button", { name: wei.say("work.claim"), exact: true }).click();
    await page.getByRole("button", { name: wei.say("work.release"), exact: true }).waitFor();
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: wei.say("common.palette.title") }).fill(`${wei.say("work.deed.follow-up")}:`);
    await page.getByRole("option", { name: wei.say("work.deed.follow-up") }).waitFor();
    await page.keyboard.press("Enter");
    await ask(wei, "follow-up", async () => undefined);
    await wei.go("/work?view=later");
    await page.locator(`a[href="/work/${item.id}"]`).waitFor();
    await wei.accessible("work for later");
  });

  it("filters the queue in the address, and claims what is selected", async () => {
    await entered("Selected One Ltd");
    await entered("Selected Two Ltd");
    const sofia = await (await world.person({ login: "sofia" })).signIn();
    const { page } = sofia;
    await sofia.go("/work?view=team");
    await page.getByRole("combobox", { name: sofia.say("work.column.process") }).selectOption("standard-order");
    await page.waitForURL("**/work?view=team&process=standard-order");
    const boxes = page.locator("td.cell-select input");
    await boxes.nth(1).waitFor();
    await boxes.nth(0).check();
    await boxes.nth(1).check();
    await page.getByRole("button", { name: sofia.say("work.claimSelected_other", { count: 2 }) }).click();
    await page.getByText(sofia.say("work.claimedMany_other", { count: 2 })).waitFor();
    await sofia.accessible("the filtered queue");
  });

  it("takes the next step, which nobody else then has", async () => {
    await entered("Next In Browser Ltd");
    const sam = await (await world.person({ login: "sam" })).signIn();
    await sam.go("/work");
    await sam.button("work.next").click();
    await sam.page.waitForURL(/\/work\/[0-9a-z]{10,}$/);
    await sam.page.getByRole("button", { name: sam.say("work.release"), exact: true }).waitFor();
  });

  it("shows a lead the load of the team, and lets the lead give a step to somebody", async () => {
    const { item } = await entered("Given By Lead Ltd");
    const sofia = await (await world.person({ login: "sofia" })).signIn();
    const { page } = sofia;
    await sofia.go("/work/team");
    await sofia.region("work.team.members").getByRole("row", { name: /Sam Rivers/ }).waitFor();
    await sofia.accessible("the team");
    await sofia.go(`/work/${item.id}?do=reassign`);
    await ask(sofia, "reassign", (open) =>
      open.getByRole("combobox").selectOption({ index: 1 }),
    );
    const given = await (await world.office.as("sofia")).get(`/api/v1/work-items/${item.id}`);
    assert.equal(given.body.state, "claimed");
    assert.equal(given.body.events.at(-1).kind, "reassigned");
  });
}
