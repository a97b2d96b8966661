// SPDX-License-Identifier: Apache-2.0
// What a person tries: the keyboard, a field that belongs to the process, a change that comes too
// late, somebody else's change.
import assert from "node:assert/strict";
import { enter } from "../../lib/orders.mjs";
import { overLimit } from "./pages.mjs";

const dialog = (person, key) => person.page.getByRole("dialog", { name: person.say(key) });

export default function hands(it, world) {
  it("obeys the keyboard in My work", async () => {
    const sam = await (await world.person({ login: "sam" })).signIn();
    const { page } = sam;
    const links = page.locator("[data-row-link]");
    await links.nth(1).waitFor();
    const focused = () => page.evaluate(() => [...document.querySelectorAll("[data-row-link]")].indexOf(document.activeElement));
    await page.keyboard.press("j");
    assert.equal(await focused(), 0);
    await page.keyboard.press("j");
    assert.equal(await focused(), 1);
    await page.keyboard.press("k");
    assert.equal(await focused(), 0);
    const first = await links.first().getAttribute("href");
    const step = (await links.first().textContent()).trim();
    await page.keyboard.press("Enter");
    await page.waitForURL(`**${first}`);
    await sam.region("work.stepOf", { step }).waitFor();
    await page.locator("main").focus();
    await page.keyboard.press("?");
    await dialog(sam, "common.keys.title").waitFor();
    await page.keyboard.press("Escape");
    await dialog(sam, "common.keys.title").waitFor({ state: "detached" });
  });

  it("lets a person say who stands in for him", async () => {
    for (const [language, login] of [["en", "frank"], ["zh-CN", "fiona"]]) {
      const person = await (await world.person({ login, language })).signIn();
      const { page } = person;
      await page.locator(".user-button").click();
      await page.getByRole("menuitem", { name: person.say("session.substitutes.title") }).click();
      const own = dialog(person, "session.substitutes.title");
      const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
      await own.getByLabel(person.say("session.substitutes.who")).selectOption({ label: "Tess Banks" });
      await own.getByLabel(person.say("session.substitutes.first_day")).fill(day(30));
      await own.getByLabel(person.say("session.substitutes.last_day")).fill(day(33));
      await own.getByLabel(person.say("session.substitutes.reason")).fill("Fair");
      await own.getByRole("button", { name: person.say("session.substitutes.enter"), exact: true }).click();
      const entered = own.getByRole("list", { name: person.say("session.substitutes.list") }).getByRole("listitem").filter({ hasText: "Tess Banks" });
      await entered.waitFor();
      await person.accessible("the substitutes");
      await entered.getByRole("button").click();
      await entered.waitFor({ state: "detached" });
    }
  });

  it("finds commands and records in the palette", async () => {
    const order = await overLimit(world.office);
    const sam = await (await world.person({ login: "sam" })).signIn();
    const { page } = sam;
    const field = page.getByRole("combobox", { name: sam.say("common.palette.title") });
    await page.keyboard.press("Control+k");
    await field.fill(order.label);
    await page.getByRole("option", { name: order.label }).waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/orders/${order.id}`);
    await page.keyboard.press("Control+k");
    await field.fill(sam.say("common.theme.toDark"));
    await page.keyboard.press("Enter");
    await page.locator("html[data-theme=dark]").waitFor();
  });

  it("finds 王小明 by his initials and opens him with the keyboard, in Chinese", async () => {
    const account = await world.office.customer("溪湾泵业", 1000);
    const office = await world.office.as("sam");
    const { body: contact } = await office.post("/api/v1/records/contact", { fields: { account, name: "王小明", phone: "+86 571 87654321" } });
    const wei = await (await world.person({ login: "wei", language: "zh-CN" })).signIn();
    const { page } = wei;
    const field = page.getByRole("combobox", { name: wei.say("common.palette.title") });
    await page.keyboard.press("Control+k");
    for (const text of ["4321", "wangxiao", "wxm"]) {
      await field.fill(text);
      await page.getByRole("option", { name: "王小明" }).first().waitFor();
    }
    assert.equal(await page.getByRole("group", { name: "联系人" }).locator("mark").first().textContent(), "王小明");
    await wei.accessible("the search box with what it found");
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/${contact.id}`);
  });

  it("says why a field of the process cannot be set, and which step sets it on", async () => {
    const order = await overLimit(world.office);
    const sam = await (await world.person({ login: "sam" })).signIn();
    const { page } = sam;
    await sam.go(`/orders/${order.id}`);
    const fields = sam.region("records.fields");
    await fields.getByRole("button", { name: sam.say("records.editOf", { field: "Customer's reference" }) }).waitFor();
    assert.equal(await fields.getByRole("button", { name: sam.say("records.editOf", { field: "Status" }) }).count(), 0);
    await fields.getByRole("button", { name: sam.say("records.whyLocked", { field: "Status" }) }).click();
    const why = dialog(sam, "records.conflict.refused");
    await sam.accessible("the refusal");
    await why.getByRole("button", { name: sam.say("common.problem.goToStep", { step: "Choose lawful exit" }) }).click();
    await page.waitForURL(`**/work/${order.item}`);
    await sam.go("/orders/new");
    assert.equal(await page.getByRole("combobox", { name: "Status" }).count(), 0, "a new order has no status to set");
  });

  it("explains a change that the process has overtaken, and leads to the open step", async () => {
    const { office } = world;
    const customer = await office.customer("Overtaken Ltd", 5000);
    const order = await office.order(customer, 1200);
    const sam = await (await world.person({ login: "sam" })).signIn();
    const { page } = sam;
    sam.allow(409, `/records/sales_order/${order.id}`);
    await sam.go(`/orders/${order.id}`);
    const fields = sam.region("records.fields");
    await fields.getByRole("button", { name: sam.say("records.editOf", { field: "Total" }) }).click();
    await fields.getByRole("spinbutton", { name: "Total" }).fill("99");
    await office.completed(order, ...enter(customer, 1200));
    await sam.region("work.stepOf", { step: "Confirm order" }).waitFor();
    await fields.getByRole("button", { name: sam.say("common.save") }).click();
    await dialog(sam, "records.conflict.merge").getByRole("button", { name: sam.say("records.conflict.save") }).click();
    const refusal = dialog(sam, "records.conflict.refused");
    await refusal.getByRole("link", { name: sam.say("common.problem.goToStep", { step: "Confirm order" }) }).waitFor();
    assert.ok((await refusal.getByRole("alert").getByRole("paragraph").count()) >= 2, "there is a hint beside the message");
    await refusal.getByRole("button", { name: sam.say("common.problem.goToStep", { step: "Confirm order" }) }).click();
    await page.waitForURL("**/work/*");
    assert.equal((await office.read(order)).fields.total, 1200);
  });

  it("shows somebody else's change beside one's own", async () => {
    const { office } = world;
    const customer = await office.customer("Merging Ltd", 5000);
    const order = await office.order(customer, 10, { customer_reference: "PO-1" });
    const sam = await (await world.person({ login: "sam" })).signIn();
    sam.allow(409, `/records/sales_order/${order.id}`);
    await sam.go(`/orders/${order.id}`);
    const fields = sam.region("records.fields");
    await fields.getByRole("button", { name: sam.say("records.editOf", { field: "Customer's reference" }) }).click();
    await fields.getByRole("textbox", { name: "Customer's reference" }).fill("PO-mine");
    const wei = await office.as("wei");
    const path = `/api/v1/records/sales_order/${order.id}`;
    const changed = await wei.patch(path, { version: order.version, fields: { customer_reference: "PO-theirs" } });
    assert.equal(changed.status, 200, JSON.stringify(changed.body));
    await fields.getByRole("button", { name: sam.say("common.save") }).click();
    const merge = dialog(sam, "records.conflict.merge");
    await merge.getByRole("radio", { name: /PO-theirs/ }).waitFor();
    await merge.getByRole("radio", { name: /PO-mine/ }).check();
    await sam.accessible("the merge");
    await merge.getByRole("button", { name: sam.say("records.conflict.save") }).click();
    await fields.getByText("PO-mine", { exact: true }).waitFor();
    assert.equal((await office.read(order)).fields.customer_reference, "PO-mine");
  });

  it("tells a wrong password, and signs out", async () => {
    const sam = await world.person({ login: "sam" });
    const { page } = sam;
    await sam.go("/work");
    await page.getByRole("textbox", { name: sam.say("session.login") }).fill("sam");
    await page.getByRole("textbox", { name: sam.say("session.password"), exact: true }).fill("not this");
    await sam.button("session.signIn").click();
    await page.getByRole("alert").waitFor();
    await sam.signIn();
    await page.getByRole("button", { name: "Sam Rivers" }).click();
    await page.getByRole("menuitem", { name: sam.say("common.signOut") }).click();
    await page.getByRole("textbox", { name: sam.say("session.login") }).waitFor();
  });
}
