// SPDX-License-Identifier: Apache-2.0
// Black-box tests of the API: one server, every answer held against the description, and a route that no
// test calls is a failure.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Description } from "../lib/client.mjs";
import { Office } from "../lib/orders.mjs";
import { demoCompany, run, serve } from "../lib/server.mjs";
import audit from "./cases/audit.mjs";
import badInput from "./cases/bad_input.mjs";
import blocked from "./cases/blocked.mjs";
import followingChanges from "./cases/changes.mjs";
import decisions from "./cases/decisions.mjs";
import deviations from "./cases/deviations.mjs";
import doors from "./cases/doors.mjs";
import files from "./cases/files.mjs";
import duplicates from "./cases/duplicates.mjs";
import fieldTypes from "./cases/field_types.mjs";
import health from "./cases/health.mjs";
import importJobs from "./cases/import_jobs.mjs";
import imports from "./cases/imports.mjs";
import lists from "./cases/lists.mjs";
import merges from "./cases/merges.mjs";
import migrations from "./cases/migrations.mjs";
import incidents from "./cases/incidents.mjs";
import orders from "./cases/orders.mjs";
import packs from "./cases/packs.mjs";
import personal from "./cases/personal.mjs";
import processes from "./cases/processes.mjs";
import proofs from "./cases/proofs.mjs";
import records from "./cases/records.mjs";
import rights from "./cases/rights.mjs";
import running from "./cases/running.mjs";
import searching from "./cases/search.mjs";
import timeline from "./cases/timeline.mjs";
import sessions from "./cases/sessions.mjs";
import suspension from "./cases/suspension.mjs";
import webhooks from "./cases/webhooks.mjs";
import work from "./cases/work.mjs";

const world = {};

before(async () => {
  world.company = demoCompany();
  // Before the server has the database for itself.
  world.token = run(["user", "token", "admin", "--database", world.company.database]).stdout.trim();
  world.server = await serve(world.company, ["--reach", "127.0.0.0/8"]);
  world.url = world.server.url;
  world.description = await Description.of(world.url);
  world.office = new Office(world.url, world.description);
});

after(async () => {
  const ended = await world.server?.stop();
  world.company?.remove();
  assert.deepEqual(ended, { code: 0, signal: null }, "the server stops cleanly");
});

// One a line, in this order.
const everything = [
  health,
  sessions,
  records,
  files,
  rights,
  lists,
  searching,
  audit,
  orders,
  doors,
  deviations,
  imports,
  importJobs,
  processes,
  running,
  proofs,
  incidents,
  suspension,
  migrations,
  decisions,
  blocked,
  work,
  packs,
  badInput,
  followingChanges,
  webhooks,
  personal,
  timeline,
  duplicates,
  merges,
  fieldTypes,
];

for (const cases of everything)
  describe(cases.name, () => cases(it, world));

describe("the whole API", () => {
  it("has no route that these tests do not call", () => {
    assert.deepEqual(world.description.uncalled(), []);
  });
});
