// SPDX-License-Identifier: Apache-2.0
// Files go into a backup with the database, and come back with it.
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, it } from "node:test";
import { Client } from "../lib/client.mjs";
import { demoCompany, run, serve } from "../lib/server.mjs";

const octets = { type: "application/octet-stream" };
let company, folder, token;

const millrace = (...args) => {
  const done = run(args);
  assert.equal(done.status, 0, done.stderr);
  return done.stdout.trim();
};

before(() => {
  company = demoCompany();
  folder = mkdtempSync(join(tmpdir(), "millrace-test-"));
  token = millrace("user", "token", "admin", "--database", company.database);
});
after(() => {
  company?.remove();
  rmSync(folder, { recursive: true, force: true });
});

async function served(database, work) {
  const server = await serve({ database });
  const client = new Client(server.url);
  client.headers.Authorization = `Bearer ${token}`;
  try {
    return await work(client);
  } finally {
    await server.stop();
  }
}

it("backs up files beside the database and restores both", async () => {
  const file = await served(company.database, async (admin) => {
    const account = await admin.post("/api/v1/records/account", { fields: { name: "Kept Ltd", type: "customer" } });
    const made = await admin.request("POST", `/api/v1/records/account/${account.body.id}/files?name=a.txt`, "kept", octets);
    assert.equal(made.status, 201, JSON.stringify(made.body));
    return made.body.id;
  });
  millrace("check", "--database", company.database);
  const backup = join(folder, "backup.db");
  assert.equal(JSON.parse(millrace("backup", backup, "--json", "--database", company.database)).files, 1);
  const restored = `sqlite:${join(folder, "restored.db")}`;
  assert.equal(JSON.parse(millrace("restore", backup, "--json", "--database", restored)).files, 1);
  await served(restored, async (admin) => assert.equal((await admin.get(`/api/v1/files/${file}`)).body, "kept"));

  const within = join(folder, "restored.db.files");
  const part = readdirSync(within)[0];
  truncateSync(join(within, part, readdirSync(join(within, part))[0]), 2);
  const checked = run(["check", "--database", restored]);
  assert.equal(checked.status, 3);
  assert.match(checked.stderr, /is damaged: it has 2 bytes, not 4/);
});
