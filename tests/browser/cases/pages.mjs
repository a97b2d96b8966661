// SPDX-License-Identifier: Apache-2.0
// Every page in both languages and both themes: accessible, and usable in a small window.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../lib/server.mjs";

/** An order of the demo that waits for its lawful exit. */
export async function overLimit(office) {
  const sam = await office.as("sam");
  const filter = encodeURIComponent(JSON.stringify([{ field: "status", operator: "=", value: "over_limit" }]));
  const orders = await sam.get(`/api/v1/records/sales_order?limit=1&sort=-total&filter=${filter}`);
  const [order] = orders.body.items;
  const moves = await sam.get(`/api/v1/records/sales_order/${order.id}/moves`);
  const [instance] = moves.body.instances;
  return { ...order, instance: instance.id, item: instance.now.find((step) => step.work_item).work_item };
}

const addresses = (order) => ({
  "my work": "/work",
  "the team's queue": "/work?view=team",
  "work standing in": "/work?view=standing-in",
  "done work": "/work?view=done",
  "a work item": `/work/${order.item}`,
  "the list of orders": "/orders",
  "a filtered list": '/orders?f=total.ge.1000&f=status.in.["over_limit","closed"]&sort=-total',
  "a new order": "/orders/new",
  "an order": `/orders/${order.id}`,
  "a customer": `/records/account/${order.fields.customer}`,
  "the list of customers": "/records/account",
  "the list of processes": "/processes",
  "a process": `/processes/standard-order?instance=${order.instance}`,
  "an instance": `/instances/${order.instance}`,
  "no page": "/nowhere",
});

/** What is loading is gone, and a picture is drawn. */
async function settled(person, path) {
  await person.page.waitForLoadState("load");
  if (path.startsWith("/processes/")) await person.page.locator(".djs-shape").first().waitFor();
  await person.page.waitForFunction(() => !document.querySelector(".loading, [aria-busy=true]"));
}

async function looksAtEverything(world, wanted) {
  const order = await overLimit(world.office);
  const person = await world.person(wanted);
  const { page } = person;
  await person.go("/work");
  await person.accessible("the sign-in");
  await person.signIn();
  for (const [name, path] of Object.entries(addresses(order))) {
    await person.go(path);
    await settled(person, path);
    await person.accessible(name);
  }
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: person.say("common.palette.title") }).waitFor();
  await person.accessible("the palette");
}

/** bpmn.io asks that its mark stays visible and that nothing lies over it. */
async function markIsFree(person) {
  const mark = person.page.locator(".bjs-powered-by");
  await mark.waitFor();
  await mark.scrollIntoViewIfNeeded();
  const free = await mark.evaluate((link) => {
    const box = link.getBoundingClientRect();
    const at = [0.1, 0.5, 0.9];
    const onTop = at.every((x) =>
      at.every((y) => link.contains(document.elementFromPoint(box.x + box.width * x, box.y + box.height * y))),
    );
    const meets = (other) =>
      other.width > 0 && other.left < box.right && other.right > box.left && other.top < box.bottom && other.bottom > box.top;
    const drawn = [...document.querySelectorAll("[data-testid=diagram] .djs-shape .djs-visual")];
    const style = getComputedStyle(link);
    return {
      size: box.width >= 40 && box.height >= 15,
      shown: style.visibility === "visible" && Number(style.opacity) === 1,
      onTop,
      clear: drawn.length > 20 && !drawn.some((shape) => meets(shape.getBoundingClientRect())),
    };
  });
  assert.deepEqual(free, { size: true, shown: true, onTop: true, clear: true });
}

export default function pages(it, world) {
  it("has accessible pages in English and light", () => looksAtEverything(world, { login: "sam" }));
  it("has accessible pages in Chinese and dark", () =>
    looksAtEverything(world, { login: "wei", language: "zh-CN", theme: "dark" }));

  for (const theme of ["light", "dark"])
    it(`leaves the mark of bpmn.io free, ${theme}`, async () => {
      const order = await overLimit(world.office);
      const sam = await (await world.person({ login: "sam", theme })).signIn();
      for (const path of ["/processes/standard-order", `/processes/standard-order?instance=${order.instance}`]) {
        await sam.go(path);
        await settled(sam, path);
        await markIsFree(sam);
      }
    });

  for (const [language, login, theme] of [["en", "sam", "light"], ["zh-CN", "wei", "dark"]]) {
    it(`shows a drawing and what keeps it from running, ${language}`, async () => {
      const admin = await world.office.as("admin");
      const model = readFileSync(join(root, "packs/orders/standard-order.bpmn"), "utf8")
        .replaceAll("standard-order", "drawn-order")
        .replace(/<millrace:call function="[^"]*">/, '<millrace:call function="no.such">');
      const kept = await admin.request("POST", "/api/v1/processes?drawing=true", model, { type: "application/xml" });
      assert.equal(kept.status, 201, JSON.stringify(kept.body));
      const person = await world.person({ login, language, theme });
      await person.signIn();
      await person.go("/processes");
      await person.page.getByText(person.say("process.drawing"), { exact: true }).waitFor();
      await person.go("/processes/drawn-order");
      await settled(person, "/processes/drawn-order");
      const found = person.page.getByRole("region", { name: person.say("process.findings.title") });
      await found.getByText("unknown-function").waitFor();
      await found.getByText(person.say("process.findings.blocks"), { exact: true }).first().waitFor();
      assert.equal(await person.page.getByRole("region", { name: person.say("process.instances") }).count(), 0);
      await person.accessible("a drawing");
    });
  }

  it("can be worked with in a window of 800 pixels", async () => {
    const order = await overLimit(world.office);
    const sam = await (await world.person({ login: "sam", width: 800 })).signIn();
    for (const path of Object.values(addresses(order))) {
      await sam.go(path);
      await settled(sam, path);
      const wide = await sam.page.evaluate(() => ({
        page: document.documentElement.scrollWidth - innerWidth,
        main: document.querySelector("main").scrollWidth - document.querySelector("main").clientWidth,
      }));
      assert.ok(wide.page <= 0 && wide.main <= 0, `${path} is ${JSON.stringify(wide)} pixels too wide`);
      await sam.page.getByRole("navigation", { name: sam.say("common.navigation") }).getByRole("link").first().waitFor();
    }
    await sam.go(`/work/${order.item}`);
    const complete = sam.button("work.complete");
    await complete.scrollIntoViewIfNeeded();
    await complete.click({ trial: true });
  });

  it("has its picture taken", { skip: !process.env.MILLRACE_PICTURES && "MILLRACE_PICTURES is not set" }, async () => {
    const order = await overLimit(world.office);
    const sam = await (await world.person({ login: "sam" })).signIn();
    for (const [name, path] of Object.entries({
      order: `/orders/${order.id}`,
      process: `/processes/standard-order?instance=${order.instance}`,
    })) {
      await sam.go(path);
      await settled(sam, path);
      await sam.page.screenshot({ path: join(root, "docs", "pictures", `${name}.png`) });
    }
  });
}
