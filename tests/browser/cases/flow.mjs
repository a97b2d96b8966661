// SPDX-License-Identifier: Apache-2.0
// The standard order over its limit, from the order to the payment, by eight people at their pages.
// Sales keeps the order's page open all the time: it has to follow without being loaded again.
import assert from "node:assert/strict";

const texts = {
  en: {
    entity: "Order",
    process: "Standard order",
    EnterOrder: "Enter order",
    ChooseExit: "Choose lawful exit",
    ApplyForLimit: "Apply for limit change",
    DecideLimit: "Decide limit change",
    DecideSecond: "Decide as second",
    ConfirmOrder: "Confirm order",
    AllocateAndPick: "Allocate and pick",
    ShipOrder: "Ship order",
    InvoiceOrder: "Invoice order",
    AwaitPayment: "Await payment",
  },
  "zh-CN": {
    entity: "订单",
    process: "标准订单",
    EnterOrder: "录入订单",
    ChooseExit: "选择合规出路",
    ApplyForLimit: "申请调整额度",
    DecideLimit: "审批额度",
    DecideSecond: "复核额度",
    ConfirmOrder: "确认订单",
    AllocateAndPick: "配货拣货",
    ShipOrder: "发货",
    InvoiceOrder: "开具发票",
    AwaitPayment: "等待付款",
  },
};

/** Titles of fields and of their choices in a language, as the server tells them. */
async function vocabulary(office, language) {
  const sam = await office.as("sam");
  const meta = await sam.get("/api/v1/meta", { headers: { "Accept-Language": language } });
  const { fields } = meta.body.entities.find(({ name }) => name === "sales_order");
  const field = (name) => fields.find((one) => one.name === name);
  return {
    title: (name) => field(name).title,
    choice: (name, value) => field(name).choices.find((one) => one.value === value).title,
  };
}

/** The order's page: where the path stands, its status, and the newest of its story. */
async function stands(person, { now, status, done }) {
  const { page, say, language } = { page: person.page, say: person.say.bind(person), language: person.language };
  const path = person.region("process.path.of", { process: texts[language].process });
  if (now) await path.locator("[aria-current=step]").filter({ hasText: texts[language][now] }).waitFor();
  await page.locator(".page-head").getByText(status, { exact: true }).waitFor();
  if (done)
    await person
      .region("records.timeline.title")
      .getByRole("listitem")
      .filter({ hasText: texts[language][done] })
      .filter({ hasText: say("records.timeline.kind.completed") })
      .first()
      .waitFor();
}

/** Finds the order's step in My work, opens it, fills it in and completes it. */
async function works(person, key, order, fill = async () => {}) {
  const { page } = person;
  const name = texts[person.language][key];
  await person.go("/work");
  const row = page.getByRole("row").filter({ hasText: order.label });
  await row.getByRole("link", { name }).click();
  const panel = person.region("work.stepOf", { step: name });
  await fill(panel);
  await panel.getByRole("button", { name: person.say("work.complete") }).click();
  await page.getByRole("status").filter({ hasText: person.say("work.completed", { step: name }) }).waitFor();
}

async function createsOrder(person, customer, names) {
  const { page } = person;
  const title = person.say("records.newOf", { title: texts[person.language].entity });
  await person.go("/orders");
  await page.getByRole("link", { name: title }).click();
  await page.getByRole("heading", { level: 1, name: title }).waitFor();
  const form = page.getByRole("region", { name: title });
  await person.choose(form, names.title("customer"), customer);
  await form.getByRole("spinbutton", { name: names.title("total") }).fill("60000");
  await form.getByRole("button", { name: person.say("records.create") }).click();
  await page.waitForURL(/\/orders\/(?!new)/);
  await page.getByRole("heading", { level: 1, name: /SO-/ }).waitFor();
  const heading = await page.getByRole("heading", { level: 1 }).textContent();
  return { id: page.url().split("/").at(-1), label: heading.match(/SO-\S+/)[0] };
}

export async function overTheLimit(world, language, salesperson) {
  const { office } = world;
  const customer = `Harbour Works ${language}`;
  await office.customer(customer, 20000);
  const names = await vocabulary(office, language);
  const status = (value) => names.choice("status", value);
  const arrives = async (login) => (await world.person({ login, language })).signIn();

  const sales = await arrives(salesperson);
  const order = await createsOrder(sales, customer, names);
  await stands(sales, { now: "EnterOrder", status: status("draft") });
  await sales.page.evaluate(() => (globalThis.neverReloaded = true));
  const complete = (key) =>
    sales.region("work.stepOf", { step: texts[language][key] }).getByRole("button", { name: sales.say("work.complete") });
  await complete("EnterOrder").click();

  await stands(sales, { now: "ChooseExit", status: status("over_limit"), done: "EnterOrder" });
  const exits = sales.region("work.stepOf", { step: texts[language].ChooseExit });
  await complete("ChooseExit").click();
  await exits.getByText(sales.say("common.form.required")).waitFor();
  await sales.choose(exits, names.title("exit_choice"), names.choice("exit_choice", "limit_change"));
  await complete("ChooseExit").click();
  await stands(sales, { now: "ApplyForLimit", status: status("over_limit"), done: "ChooseExit" });

  const sofia = await arrives("sofia");
  await works(sofia, "ApplyForLimit", order, async (panel) => {
    await panel.getByRole("spinbutton", { name: names.title("requested_limit") }).fill("90000");
    await panel.getByRole("textbox", { name: names.title("limit_reason") }).fill("Insured by the state. 国家承保。");
  });
  await stands(sales, { now: "DecideLimit", status: status("limit_review"), done: "ApplyForLimit" });

  const fiona = await arrives("fiona");
  await works(fiona, "DecideLimit", order, (panel) =>
    fiona.choose(panel, names.title("limit_decision"), names.choice("limit_decision", "granted")),
  );
  await stands(sales, { now: "DecideSecond", status: status("limit_review"), done: "DecideLimit" });

  // The first decider finds the second decision, and is told why it is not hers.
  await fiona.go(`/orders/${order.id}`);
  const second = texts[language].DecideSecond;
  await fiona.page.getByRole("link", { name: fiona.say("process.path.open", { step: second }) }).click();
  const refused = fiona.region("work.stepOf", { step: second });
  const why = await refused.locator(".why-not").textContent();
  assert.ok(why.trim().length > 10, "she is told why");
  if (language === "zh-CN") assert.match(why, /\p{Script=Han}/u, "she is told in Chinese");
  assert.equal(await refused.getByRole("button", { name: fiona.say("work.complete") }).count(), 0);

  const diana = await arrives("diana");
  await works(diana, "DecideSecond", order, (panel) =>
    diana.choose(panel, names.title("second_decision"), names.choice("second_decision", "granted")),
  );
  await stands(sales, { now: "ConfirmOrder", status: status("credit_check"), done: "DecideSecond" });

  await complete("ConfirmOrder").click();
  await stands(sales, { now: "AllocateAndPick", status: status("accepted"), done: "ConfirmOrder" });
  await works(await arrives("walt"), "AllocateAndPick", order);
  await stands(sales, { now: "ShipOrder", status: status("allocated"), done: "AllocateAndPick" });
  await works(await arrives("mei"), "ShipOrder", order, (panel) =>
    panel.getByRole("textbox", { name: names.title("tracking_number") }).fill("RB0001"),
  );
  await stands(sales, { now: "InvoiceOrder", status: status("shipped"), done: "ShipOrder" });
  await works(await arrives("frank"), "InvoiceOrder", order);
  await stands(sales, { now: "AwaitPayment", status: status("invoiced"), done: "InvoiceOrder" });

  const bank = await office.as("frank");
  const paid = { name: "payment.received", key: order.label, idempotency_key: `bank ${order.label}` };
  assert.equal((await bank.post("/api/v1/messages", paid)).status, 202);
  await stands(sales, { status: status("closed"), done: "AwaitPayment" });
  const path = sales.region("process.path.of", { process: texts[language].process });
  await path.locator(".state").getByText(sales.say("process.state.completed"), { exact: true }).waitFor();
  assert.equal(await path.locator("[aria-current=step]").count(), 0, "no step is left");
  assert.ok(await sales.page.evaluate(() => globalThis.neverReloaded), "the page has followed by itself");
  if (language === "zh-CN") assert.equal(await sales.page.locator("html").getAttribute("lang"), "zh-CN");
}

export default function flow(it, world) {
  it("leads an order over its limit to the payment, in English", () => overTheLimit(world, "en", "sam"));
  it("leads an order over its limit to the payment, in Chinese", () => overTheLimit(world, "zh-CN", "wei"));
}
