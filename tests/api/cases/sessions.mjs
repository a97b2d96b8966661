// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { Client } from "../../lib/client.mjs";

export default function sessions(it, world) {
  const fresh = () => new Client(world.url, world.description);

  it("signs in, says who is there, signs out", async () => {
    const tess = fresh();
    const signedIn = await tess.signIn("tess");
    assert.equal(signedIn.status, 201);
    assert.match(signedIn.headers.get("set-cookie"), /HttpOnly; SameSite=Strict/);
    const shown = await tess.get("/api/v1/session");
    assert.equal(shown.body.user.login, "tess");
    assert.equal(shown.body.user.department.key, "service");
    assert.equal((await tess.delete("/api/v1/session")).status, 204);
    assert.equal((await tess.get("/api/v1/session")).status, 401);
  });

  it("answers a wrong password and an unknown login alike", async () => {
    const wrong = await fresh().signIn("mark", "not-the-password");
    const unknown = await fresh().signIn("nobody-at-all", "not-the-password");
    assert.equal(wrong.status, 401);
    assert.deepEqual(unknown.body, wrong.body);
  });

  it("refuses more attempts after ten failures, whoever tries", async () => {
    for (let i = 0; i < 10; i++) assert.equal((await fresh().signIn("guessed", `guess number ${i}`)).status, 401);
    const refused = await fresh().signIn("guessed", "guess number 11");
    assert.equal(refused.status, 429);
    assert.ok(refused.headers.get("retry-after"));
  });

  it("lets nobody in without a session, and says so", async () => {
    const anybody = fresh();
    for (const path of ["/api/v1/meta", "/api/v1/work-items", "/api/v1/records/account", "/api/v1/processes"]) {
      const answer = await anybody.get(path);
      assert.equal(answer.status, 401, path);
      assert.equal(answer.body.code, "signed-out");
    }
  });

  it("refuses a change without the CSRF header, and a made-up token", async () => {
    const sam = await world.office.as("sam");
    const body = { fields: { name: "Forged" } };
    const without = await sam.post("/api/v1/records/account", body, { headers: { "X-CSRF-Token": "" } });
    assert.equal(without.status, 403);
    const token = await fresh().get("/api/v1/session", { headers: { Authorization: "Bearer made-up" } });
    assert.equal(token.status, 401);
  });

  it("speaks the language that is asked for", async () => {
    const sam = await world.office.as("sam");
    const english = await sam.get("/api/v1/meta", { headers: { "Accept-Language": "en" } });
    const chinese = await sam.get("/api/v1/meta", { headers: { "Accept-Language": "zh-CN" } });
    const title = (answer) => answer.body.entities.find((entity) => entity.name === "sales_order").title;
    assert.equal(title(english), "Order");
    assert.equal(title(chinese), "订单");
  });

  it("refuses in the language that is asked for, else in the user's own", async () => {
    const wei = fresh();
    await wei.signIn("wei");
    const refused = async (language) => {
      const fields = { name: "Wrong", website: "no address" };
      const answer = await wei.post("/api/v1/records/account", { fields }, { headers: { "Accept-Language": language } });
      assert.equal(answer.status, 400);
      assert.equal(answer.body.field, "website");
      return answer.body;
    };
    assert.match((await refused("en")).message, /is no web address/);
    const chinese = await refused("zh-CN");
    assert.match(chinese.message, /不是有效的网址/);
    assert.match(chinese.hint, /开头/);
    assert.equal((await refused("*")).message, chinese.message);
  });
}
