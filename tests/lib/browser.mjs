// SPDX-License-Identifier: Apache-2.0
// People in front of a real browser. Each has a context of their own; whatever their page complains
// of (errors, refused resources, a broken content security policy) is collected and must be nothing.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { root } from "./server.mjs";

const require = createRequire(join(root, "web", "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/** The interface's own text: `words("zh-CN", "work.complete", {…})`. */
export function words(language, key, values = {}) {
  const [namespace, ...path] = key.split(".");
  const folder = join(root, "web", "locales", language);
  const texts = JSON.parse(readFileSync(join(folder, `${namespace}.json`), "utf8"));
  const text = path.reduce((inner, part) => inner[part], texts);
  assert.equal(typeof text, "string", `${language} has a text ${key}`);
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_, name) => values[name]);
}

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox"],
  });
}

export class Person {
  static async arrives(browser, url, { login, language = "en", theme = "light", width = 1280 }) {
    const context = await browser.newContext({
      viewport: { width, height: 800 },
      colorScheme: theme,
      locale: language,
      timezoneId: "Europe/Berlin",
      reducedMotion: "reduce",
    });
    await context.addInitScript(() =>
      document.addEventListener("securitypolicyviolation", (event) =>
        console.error(`policy broken: ${event.violatedDirective} ${event.blockedURI}`),
      ),
    );
    const page = await context.newPage();
    page.setDefaultTimeout(15000);
    return new Person(context, page, url, login, language);
  }

  constructor(context, page, url, login, language) {
    Object.assign(this, { context, page, url, login, language, complaints: [], allowed: [] });
    // Asking who is signed in is answered by 401 before anybody is.
    this.allow(401, "/api/v1/session");
    page.on("pageerror", (error) => this.complaints.push(`page error: ${error.message}`));
    page.on("console", (message) => {
      const { url: source } = message.location();
      const known = ({ status, path }) => message.text().includes(`status of ${status}`) && source.includes(path);
      if (message.type() === "error" && !this.allowed.some(known))
        this.complaints.push(`console: ${message.text()} (${source})`);
    });
  }

  /** A refusal that the test provokes is told on the console by the browser itself. */
  allow(status, path) {
    this.allowed.push({ status, path });
  }

  say(key, values) {
    return words(this.language, key, values);
  }

  button(key, values) {
    return this.page.getByRole("button", { name: this.say(key, values), exact: true });
  }

  region(key, values) {
    return this.page.getByRole("region", { name: this.say(key, values), exact: true });
  }

  async go(path) {
    await this.page.goto(this.url + path);
    await this.page.locator("main h1").first().waitFor();
  }

  async signIn() {
    const { page } = this;
    await this.go("/work");
    await page.getByRole("textbox", { name: this.say("session.login") }).fill(this.login);
    await page.getByRole("textbox", { name: this.say("session.password"), exact: true }).fill("riverbend");
    await this.button("session.signIn").click();
    await page.getByRole("banner").waitFor();
    const name = { en: "English", "zh-CN": "简体中文" }[this.language];
    const choice = page.getByRole("button", { name, exact: true });
    if ((await choice.getAttribute("aria-pressed")) !== "true") await choice.click();
    await page.getByRole("heading", { level: 1, name: this.say("work.title") }).waitFor();
    return this;
  }

  /** Chooses in a field of choices or records: `words` finds, `title` is what is taken. */
  async choose(within, label, title) {
    const field = within.getByRole("combobox", { name: label });
    await field.fill(title);
    await this.page.locator(".ant-select-dropdown:visible").getByTitle(title, { exact: true }).click();
  }

  /** Nothing that axe calls serious or critical. */
  async accessible(what) {
    await this.page.evaluate(axe);
    const found = await this.page.evaluate(() =>
      globalThis.axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
        violations
          .filter(({ impact }) => impact === "serious" || impact === "critical")
          .map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join("; ")}`),
      ),
    );
    assert.deepEqual(found, [], `${what} is accessible`);
  }

  async leaves() {
    await this.context.close();
    assert.deepEqual(this.complaints, [], `${this.login}'s page complains of nothing`);
  }
}
