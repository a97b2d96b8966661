// SPDX-License-Identifier: Apache-2.0
// The certificate of a process: asked for in the browser, followed, read, and downloaded.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const process = "/processes/standard-order";

export default function certificate(it, world) {
  const arrives = async (login, language, theme) => (await world.person({ login, language, theme })).signIn();
  const made = (person) => person.region("certificate.verdict").waitFor({ timeout: 90000 });

  it("makes a certificate, follows it, and reads what was refused and why", async () => {
    const ada = await arrives("admin", "en", "light");
    const { page } = ada;
    await ada.go(process);
    await page.getByRole("link", { name: ada.say("owner.tab.certificate"), exact: true }).click();
    await page.getByText(ada.say("certificate.none")).waitFor();
    await ada.accessible("no certificate yet");

    await ada.button("certificate.begin").click();
    await ada.region("certificate.working").waitFor();
    await made(ada);
    await ada.region("certificate.verdict").getByText(ada.say("certificate.holds"), { exact: true }).waitFor();
    const steps = ada.region("certificate.reached");
    await steps.getByText(ada.say("certificate.of", { reached: 12, steps: 12 })).waitFor();
    await steps.getByText("Decide as second", { exact: true }).waitFor();

    const doors = page.getByRole("table", { name: ada.say("certificate.doors") });
    const bulk = doors.getByRole("row", { name: ada.say("certificate.door.bulk") });
    assert.equal(await bulk.getByRole("cell").last().textContent(), "0");
    const refused = page.getByRole("table", { name: ada.say("certificate.refused") });
    await page.getByLabel(ada.say("certificate.column.at")).selectOption({ label: "Decide limit change" });
    await page.waitForURL((url) => url.search.includes("at=DecideLimit"));
    const row = refused.getByRole("row").filter({ hasText: "set limit_decision" }).first();
    await row.getByText("Decide limit change · Finance clerk", { exact: false }).waitFor();
    await ada.accessible("a certificate");

    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: ada.say("certificate.download"), exact: true }).click(),
    ]);
    const signed = JSON.parse(readFileSync(await download.path(), "utf8"));
    assert.ok(await page.getByText(signed.signature).isVisible());
    assert.equal(signed.certificate.holds, true);
  });

  it("shows it in Chinese, stops another, and keeps the first", async () => {
    const ada = await arrives("admin", "zh-CN", "dark");
    const { page } = ada;
    await ada.go(`${process}/certificate`);
    await made(ada);
    await ada.accessible("a certificate in Chinese");
    await ada.button("certificate.begin").click();
    await ada.button("certificate.cancel").click();
    await ada.region("certificate.working").waitFor({ state: "detached", timeout: 60000 });
    assert.ok(await ada.button("certificate.begin").isEnabled());
    await made(ada);
  });

  it("is nothing for whoever may not prove", async () => {
    const sam = await arrives("sam", "en", "light");
    const { page } = sam;
    await sam.go(process);
    await page.getByRole("heading", { level: 1 }).waitFor();
    assert.equal(await page.getByRole("link", { name: sam.say("owner.tab.certificate"), exact: true }).count(), 0);
  });
}
