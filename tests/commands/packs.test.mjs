// SPDX-License-Identifier: Apache-2.0
// The company's pack from the command line, from a folder and back into one.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, it } from "node:test";
import { demoCompany, run } from "../lib/server.mjs";

let company, folder;

before(() => {
  company = demoCompany();
  folder = mkdtempSync(join(tmpdir(), "millrace-test-"));
  mkdirSync(join(folder, "mine/entities"), { recursive: true });
});
after(() => {
  company?.remove();
  rmSync(folder, { recursive: true, force: true });
});

const pack = (...args) => run(["pack", ...args, "--database", company.database]);
const declare = (text) => writeFileSync(join(folder, "mine/entities/machine.yaml"), text);
const machine = "entity: machine\ntitle: Machine\nfields:\n  - {name: name, type: text, title: Name}\n";

it("pack checks, tells what differs, applies, exports, and goes back", () => {
  declare(machine);
  const mine = join(folder, "mine"), out = join(folder, "out");
  assert.match(pack("check", mine).stdout, /in order/);
  assert.match(pack("diff", mine).stdout, /^\+entity: machine$/m);
  assert.match(pack("apply", mine, "--note", "machines").stdout, /CREATE TABLE "machine"/);
  assert.equal(pack("export", out).status, 0);
  assert.equal(readFileSync(join(out, "entities/machine.yaml"), "utf8"), machine);
  assert.equal(pack("export", out).status, 1);
  const [newest, ...older] = pack("log", "--json").stdout.trim().split("\n").map((line) => JSON.parse(line));
  assert.equal(newest.note, "machines");
  assert.match(pack("rollback", String(older[0].revision)).stdout, /^-entity: machine$/m);
  assert.match(pack("prune", "--json").stdout, /"machine.name"/);
  assert.equal(pack("diff").stdout.trim(), "");
});

it("pack refuses a wrong text by its line, and changes nothing", () => {
  declare("entity: machine\ntitle: Machine\nfields:\n  - {name: name, type: moon, title: Name}\n");
  const refused = pack("apply", join(folder, "mine"));
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /unknown type 'moon'[^]*machine.yaml/);
  assert.equal(pack("diff").stdout.trim(), "");
  assert.equal(pack("rollback", "999").status, 1);
});
