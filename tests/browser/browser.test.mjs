// SPDX-License-Identifier: Apache-2.0
// The web application in a real browser against a real server with the demo company.
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { launch, Person } from "../lib/browser.mjs";
import { Description } from "../lib/client.mjs";
import { Office } from "../lib/orders.mjs";
import { demoCompany, root, serve } from "../lib/server.mjs";
import access from "./cases/access.mjs";
import blocked from "./cases/blocked.mjs";
import bulk from "./cases/bulk.mjs";
import certificate from "./cases/certificate.mjs";
import customise from "./cases/customise.mjs";
import duplicates from "./cases/duplicates.mjs";
import flow from "./cases/flow.mjs";
import hands from "./cases/hands.mjs";
import importPages from "./cases/imports.mjs";
import incidents from "./cases/incidents.mjs";
import marks from "./cases/marks.mjs";
import owner from "./cases/owner.mjs";
import pages from "./cases/pages.mjs";
import storyCases from "./cases/story.mjs";
import summaries from "./cases/summaries.mjs";
import views from "./cases/views.mjs";
import work from "./cases/work.mjs";

const world = {
  people: [],
  async person(wanted) {
    const person = await Person.arrives(world.browser, world.server.url, wanted);
    world.people.push(person);
    return person;
  },
};

before(async () => {
  world.company = demoCompany();
  // Set while working on web/: that folder is served instead of what the program carries.
  const folder = process.env.MILLRACE_WEB_ROOT;
  world.server = await serve(world.company, folder ? ["--web-root", folder] : []);
  world.office = new Office(world.server.url, await Description.of(world.server.url));
  world.browser = await launch();
});

after(async () => {
  await world.browser?.close();
  await world.server?.stop();
  world.company?.remove();
});

// Everybody leaves, and nobody's page may have complained.
afterEach(async () => {
  const people = world.people.splice(0);
  const left = await Promise.allSettled(people.map((person) => person.leaves()));
  for (const { reason } of left) if (reason) throw reason;
});

// What the pages looked like when a test failed is kept beside the logs.
async function keepPictures() {
  const folder = join(root, "build", "test-logs");
  for (const [index, { login, page }] of world.people.entries())
    await page.screenshot({ path: join(folder, `browser-${index}-${login}.png`) }).catch(() => undefined);
}

function test(name, ...rest) {
  const body = rest.pop();
  it(name, { timeout: 120000, ...rest[0] }, async () => {
    try {
      await body();
    } catch (error) {
      await keepPictures();
      throw error;
    }
  });
}

// One a line, in this order.
const everything = [
  flow,
  pages,
  importPages,
  hands,
  access,
  views,
  bulk,
  marks,
  summaries,
  storyCases,
  blocked,
  work,
  owner,
  certificate,
  incidents,
  customise,
  duplicates,
];

describe("in the browser", () => {
  for (const cases of everything) cases(test, world);
});
