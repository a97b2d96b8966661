// SPDX-License-Identifier: Apache-2.0
// A blocked step shows by what it is blocked, and to whoever looks at the record by whom it is done.
import { stocktaking } from "../../lib/blocked.mjs";

export default function blocked(it, world) {
  for (const [login, language, theme, reason] of [
    ["walt", "en", "light", "There is nothing in stock."],
    ["mei", "zh-CN", "dark", "没有库存。"],
  ])
    it(`shows what blocks a step, ${language}`, async () => {
      const admin = await world.office.as("admin");
      const { product, item } = await stocktaking(admin, `BLOCK-${login}`);
      const walt = await (await world.person({ login, language, theme })).signIn();
      const { page } = walt;
      await walt.go(`/work/${item.id}`);
      await page.getByText(reason).first().waitFor();
      await page.getByText(`${walt.say("work.blocked")}:`).waitFor();
      await walt.accessible("a blocked step");

      await walt.go(`/records/product/${product.id}`);
      const step = page.locator(".path-blocked-line");
      await step.getByText(reason, { exact: false }).waitFor();

      await admin.patch(`/api/v1/records/product/${product.id}`, { version: product.version, fields: { stock: 5 } });
      await walt.go(`/work/${item.id}`);
      await page.getByText(`${walt.say("work.blocked")}:`).waitFor({ state: "detached" });
    });
}
