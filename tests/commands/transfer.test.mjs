// SPDX-License-Identifier: Apache-2.0
// Import, undo and export from the command line.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, it } from "node:test";
import { demoCompany, run } from "../lib/server.mjs";

let company, folder;

before(() => {
  company = demoCompany();
  folder = mkdtempSync(join(tmpdir(), "millrace-test-"));
});
after(() => {
  company?.remove();
  rmSync(folder, { recursive: true, force: true });
});

const millrace = (...args) => run([...args, "--database", company.database], { encoding: "buffer" });

function file(name, content) {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** What the command says of all lines, and its exit code. */
function told(...args) {
  const done = millrace(...args, "--json");
  const lines = done.stdout.toString().trim().split("\n").map((line) => JSON.parse(line));
  return { status: done.status, ...lines.find((line) => "rows" in line) };
}

const prices = () =>
  millrace("export", "product", "--format", "jsonl")
    .stdout.toString()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line))
    .filter((product) => product.sku.startsWith("CMD-"))
    .map((product) => [product.sku, product.list_price])
    .sort();

it("imports, changes what a field names, and undoes each", () => {
  const made = told("import", file("products.csv", "sku,name,list_price\nCMD-1,One,1\nCMD-2,Two,2\n"));
  assert.deepEqual([made.status, made.created, made.updated, made.refused], [0, 2, 0, 0]);
  const text = "Article;Price\nCMD-1;11\nCMD-3;33\n";
  const changes = ["--entity", "product", "--columns", "sku,list_price", "--match", "sku", "--only-update"];
  const changed = told("import", file("changes.csv", text), ...changes);
  assert.deepEqual([changed.status, changed.created, changed.updated, changed.refused], [1, 0, 1, 1]);
  assert.deepEqual(prices(), [["CMD-1", 11], ["CMD-2", 2]]);
  const undone = told("undo", changed.import);
  assert.deepEqual([undone.status, undone.undone, undone.kept], [0, 1, 0]);
  assert.deepEqual(prices(), [["CMD-1", 1], ["CMD-2", 2]]);
  // One of the two has been changed since, and back: it stays, and the command says so.
  const left = told("undo", made.import);
  assert.deepEqual([left.status, left.undone, left.kept], [1, 1, 1]);
  assert.deepEqual(prices(), [["CMD-1", 1]]);
  assert.equal(millrace("undo", "nonsense").status, 1);
});

it("writes a workbook that it reads again", () => {
  told("import", file("products.csv", "sku,name,list_price\nCMD-7,=1+1,7.25\n"));
  const workbook = millrace("export", "product", "--format", "xlsx").stdout;
  assert.equal(workbook.subarray(0, 2).toString(), "PK");
  const path = file("workbook.xlsx", workbook);
  const again = told("import", path, "--entity", "product", "--match", "sku");
  assert.deepEqual([again.status, again.created, again.updated, again.refused], [0, 0, 0, 0]);
  assert.ok(again.rows > 10);
  const elsewhere = millrace("import", path, "--entity", "product", "--sheet", "nowhere");
  assert.equal(elsewhere.status, 1);
  assert.match(elsewhere.stderr.toString(), /nowhere/);
  assert.equal(millrace("export", "product", "--format", "pdf").status, 1);
});

it("search-index takes in what waits, makes the index anew and asks it for every record", () => {
  assert.equal(told("import", file("found.csv", "sku,name,list_price\nIDX-1,溪湾水泵,1\n"), "--entity", "product").created, 1);
  const early = millrace("search-index", "--check");
  assert.equal(early.status, 1);
  assert.match(early.stderr.toString(), /wait to be taken/);
  assert.equal(millrace("search-index").status, 0);
  const checked = () => JSON.parse(millrace("search-index", "--check", "--json").stdout).records;
  const records = checked();
  assert.ok(records > 10, `${records}`);
  assert.equal(millrace("search-index", "--rebuild").status, 0);
  assert.equal(checked(), records);
  assert.equal(millrace("search-index", "--rebuild", "--check").status, 1);
});
