// SPDX-License-Identifier: Apache-2.0
// The audit from the command line: history, restoring, and what somebody does behind its back.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { after, before, it } from "node:test";
import { demoCompany, run } from "../lib/server.mjs";

let company, path;

const millrace = (...args) => run([...args, "--database", company.database]);
function json(...args) {
  const done = millrace(...args, "--json");
  assert.equal(done.status, 0, done.stderr);
  return done.stdout.trim().split("\n").filter(Boolean).map((line) => JSON.parse(line));
}
function sql(text) {
  const script =
    "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.isolation_level = None\n" +
    "for s in sys.argv[2].split(';'):\n for r in c.execute(s): print('|'.join(map(str, r)))";
  const done = spawnSync("python3", ["-c", script, path, text], { encoding: "utf8" });
  assert.equal(done.status, 0, done.stderr);
  return done.stdout.trim();
}
// As the program writes ids: 13 digits of base 32.
function idText(number) {
  const digits = BigInt(number).toString(32).padStart(13, "0");
  return digits.replace(/./g, (digit) => "0123456789abcdefghjkmnpqrstvwxyz"[parseInt(digit, 32)]);
}
function found() {
  const done = millrace("audit", "verify", "--json");
  assert.equal(done.status, 1, done.stdout);
  return JSON.parse(done.stdout.split("\n")[0]).problems;
}

before(() => {
  company = demoCompany();
  path = company.database.slice("sqlite:".length);
});
after(() => company?.remove());

it("seals with a key that only its owner reads, and verifies", () => {
  const [sealed] = json("audit", "seal");
  assert.ok(sealed.size > 20);
  assert.equal(statSync(`${path}.audit-key`).mode & 0o777, 0o600);
  const [verified] = json("audit", "verify");
  assert.deepEqual([verified.sealed, verified.rows, verified.problems], [sealed.size, sealed.size, []]);
  assert.match(readFileSync(`${path}.audit-head`, "utf8"), new RegExp(sealed.root));
});

it("names the row, the field and the instant of a change behind its back, and of a deletion", () => {
  copyFileSync(path, `${path}.whole`);
  const [leaf, record, field] = sql("SELECT leaf, record, field FROM audit WHERE action = 'change' LIMIT 1").split("|");
  sql(`UPDATE audit SET after = '"another"' WHERE leaf = ${leaf}; DELETE FROM audit WHERE leaf = 5`);
  const problems = found();
  assert.deepEqual(problems.map(({ finding }) => finding).sort(), ["changed", "missing"]);
  const changed = problems.find(({ finding }) => finding === "changed");
  assert.deepEqual([String(changed.leaf), changed.field], [leaf, field]);
  assert.ok(changed.record && record && changed.at);
  assert.equal(problems.find(({ finding }) => finding === "missing").leaf, 5);
});

it("finds a log that was cut, by the checkpoint that lies beside the database", () => {
  copyFileSync(`${path}.whole`, path);
  sql("DELETE FROM audit WHERE leaf > 10; DELETE FROM audit_checkpoint");
  assert.deepEqual(found().map(({ finding }) => finding), ["cut"]);
  copyFileSync(`${path}.whole`, path);
});

it("refuses a key that others may read, and a head that was changed", () => {
  const head = readFileSync(`${path}.audit-head`, "utf8");
  chmodSync(`${path}.audit-key`, 0o644);
  assert.match(millrace("audit", "seal").stderr, /others may read/);
  chmodSync(`${path}.audit-key`, 0o600);
  writeFileSync(`${path}.audit-head`, head.replace(/\n\d+\n/, "\n7\n"));
  assert.match(millrace("audit", "verify").stderr, /no signed checkpoint/);
  writeFileSync(`${path}.audit-head`, head);
});

it("goes on with another key only when told so, and then trusts the old one only by name", () => {
  const old = sql("SELECT key FROM audit_checkpoint LIMIT 1");
  rmSync(`${path}.audit-key`);
  const who = ["user", "add", "tina", "--name", "Tina", "--database", company.database];
  const made = run(who, { input: "a long password 1\n" });
  assert.equal(made.status, 0, made.stderr);
  assert.match(millrace("audit", "seal").stderr, /another key/);
  json("audit", "seal", "--new-key");
  assert.equal(found()[0].finding, "forged");
  json("audit", "verify", "--key", old);
});

it("tells a record's history and puts it back", () => {
  const id = idText(sql("SELECT id FROM account LIMIT 1"));
  const history = json("audit", "history", `account/${id}`);
  assert.equal(history.at(-1).action, "create");
  const refused = millrace("audit", "restore", `account/${id}`);
  assert.deepEqual([refused.status, /was not deleted/.test(refused.stderr)], [1, true]);
  json("audit", "restore", `account/${id}`, "--before", "2999-01-01T00:00:00Z", "--reason", "nothing");
  assert.deepEqual(json("audit", "deleted", "account", "--as", "admin"), []);
});

it("erases a person again when a backup from before is put back", () => {
  const said = "(name || email || (SELECT group_concat(coalesce(before, '') || after) FROM audit)) LIKE '%Quixwood%'";
  const known = () => sql(`SELECT count(*) FROM user WHERE ${said}`);
  const who = ["user", "add", "zelda", "--name", "Zelda Quixwood", "--database", company.database];
  assert.equal(run(who, { input: "a long password 1\n" }).status, 0);
  const id = idText(sql("SELECT id FROM user WHERE login = 'zelda'"));
  json("backup", `${path}.backup`);
  const [line] = json("personal", "export", `user/${id}`);
  assert.equal(line.value.fields.name, "Zelda Quixwood");
  assert.match(millrace("personal", "erase", `user/${id}`).stderr, /needs a reason/);
  assert.notEqual(known(), "0");
  json("personal", "erase", `user/${id}`, "--reason", "a letter");
  assert.equal(known(), "0");
  assert.ok(!readFileSync(`${path}.erasures`, "utf8").includes("Quixwood"));
  const old = sql("SELECT key FROM audit_checkpoint LIMIT 1");
  const [restored] = json("restore", `${path}.backup`, "--replace");
  assert.equal(restored.erased, 1);
  assert.equal(known(), "0");
  assert.equal(sql("SELECT name FROM user WHERE login = 'zelda'"), "erased");
  json("audit", "verify", "--key", old);
});
