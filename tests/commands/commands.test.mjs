// SPDX-License-Identifier: Apache-2.0
// The commands that need no company: expressions and decision models.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, it } from "node:test";
import { millrace, root, run } from "../lib/server.mjs";

const model = join(root, "packs/orders/credit-check.dmn");
let folder;

/** Writes a file into the folder of this run: its path. */
function file(name, content) {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

function json(...args) {
  const done = run([...args, "--json"]);
  assert.equal(done.status, 0, done.stderr);
  return JSON.parse(done.stdout);
}

before(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-test-"));
});
after(() => rmSync(folder, { recursive: true, force: true }));

it("feel answers in FEEL", () => {
  const done = run(["feel", '[1 + 2, date("2026-01-31") + duration("P1M"), "a"]']);
  assert.deepEqual([done.status, done.stdout, done.stderr], [0, '[3, date("2026-02-28"), "a"]\n', ""]);
});

it("feel takes names, with spaces too, from a file", () => {
  const context = file("context.json", { "net total": 100, rate: 0.19 });
  assert.equal(json("feel", "net total * (1 + rate)", "--context", context).result, 119);
});

it("feel says on the standard error why it answers null, where, and what to do", () => {
  const done = run(["feel", '"a" + 1']);
  assert.deepEqual([done.status, done.stdout], [0, "null\n"]);
  assert.match(done.stderr, /^type-mismatch at 0-7: .*string\(/);
  const [diagnostic] = json("feel", '"a" + 1').diagnostics;
  assert.deepEqual([diagnostic.code, diagnostic.from, diagnostic.to], ["type-mismatch", 0, 7]);
  assert.match(diagnostic.hint, /string\(/);
});

it("feel refuses what is no expression, by line and column", () => {
  const done = run(["feel", "1 +\n* 2"]);
  assert.equal(done.status, 1);
  assert.match(done.stderr, /line 2, column 1/);
  const unknown = run(["feel", "1 +\n  nowhere", "--strict"]);
  assert.equal(unknown.status, 1);
  assert.match(unknown.stderr, /nowhere[^]*line 2, column 3/);
});

it("feel keeps to the standard when asked, and tells the name that was probably meant", () => {
  const expression = "millrace.format number(1234.5, 2)";
  assert.equal(run(["feel", expression]).stdout, '"1,234.50"\n');
  const refused = run(["feel", expression, "--standard"]);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /millrace\.format number\(\) is no function of the standard/);
  const context = file("near.json", { total: 1 });
  assert.match(run(["feel", "toal", "--context", context]).stderr, /did you mean "total"/);
  assert.match(run(["feel", "toal", "--context", context, "--strict"]).stderr, /did you mean "total"/);
  const [diagnostic] = json("feel", "1 +\n toal").diagnostics;
  assert.equal(diagnostic.source, "1 +\n toal");
});

it("feel tells the type of an expression and what does not fit", () => {
  const context = file("typed.json", { total: 5, lines: [{ price: 1 }] });
  const good = run(["feel", "sum(lines.price) > total", "--type", "--context", context]);
  assert.deepEqual([good.status, good.stdout, good.stderr], [0, "boolean\n", ""]);
  const wrong = run(["feel", "totl + 1", "--type", "--context", context]);
  assert.equal(wrong.status, 1);
  assert.match(wrong.stderr, /^unknown-name at 0-4: .*did you mean "total"/);
  const told = JSON.parse(run(["feel", 'total + "a"', "--type", "--context", context, "--json"]).stdout.split("\n")[0]);
  assert.deepEqual([told.type, told.problems[0].code, told.problems[0].to], ["Any", "type-mismatch", 11]);
});

it("feel without an expression reads them line by line, with names", () => {
  const context = file("first.json", { rate: 2 });
  const more = file("more.json", { "net total": 100 });
  const lines = ["1 + 2", "f = function(x) x * rate", "f(21)", "[1,", "2]", `:context ${more}`, "net total", ":type f(1)", "x = 5", "(x = 5)"];
  const done = run(["feel", "--context", context], { input: `${lines.join("\n")}\n` });
  assert.equal(done.stderr, "");
  assert.equal(done.status, 0);
  const said = done.stdout.split("\n");
  assert.deepEqual(said.slice(0, 4), ["3", "function", "42", "[1, 2]"]);
  assert.ok(said.includes("net total: number = 100"));
  assert.deepEqual(said.slice(-5), ["100", "Any", "5", "true", ""]);
});

it("feel shows the place of what is wrong with a mark below it", () => {
  const done = run(["feel"], { input: '"磨坊" + 1\n1 + * 2\n:poem\n:quit\n7\n' });
  assert.equal(done.stdout, "null\n");
  assert.match(done.stderr, /type-mismatch: .*\n {4}"磨坊" \+ 1\n {4}\^~{9}\n {4}.*string\(1\)/);
  assert.match(done.stderr, /\n {4}1 \+ \* 2\n {8}\^\n/);
  assert.match(done.stderr, /poem/);
  assert.equal(done.status, 1);
});

/** What `millrace feel` answers at a terminal to what is typed. */
function typed(text) {
  const shell = `'${millrace}' feel`;
  const done = spawnSync("script", ["-qec", shell, "/dev/null"], {
    input: text,
    encoding: "utf8",
    timeout: 20_000,
    env: { ...process.env, TERM: "xterm", XDG_STATE_HOME: join(folder, "state") },
  });
  return done.stdout.replaceAll("\r", "");
}

it("feel at a terminal completes names and calls back what was entered before", () => {
  const first = typed("grand total = 70\ngr\t * 2\nupper c\t(\"a\")\n:quit\n");
  assert.match(first, /\n140\n/);
  assert.match(first, /\n"A"\n/);
  const history = readFileSync(join(folder, "state/millrace/feel-history"), "utf8");
  assert.match(history, /grand.*total/);
  // Two steps back in the history is the first entry but one of the session before.
  assert.match(typed("\x10\x10\x10\n:quit\n"), /\n70\n/);
});

/** The indented lines of the guide, by block. */
function guideBlocks() {
  const blocks = [[]];
  for (const line of readFileSync(join(root, "docs/feel.md"), "utf8").split("\n")) {
    if (line.startsWith("    ")) blocks.at(-1).push(line.slice(4));
    else if (blocks.at(-1).length > 0) blocks.push([]);
  }
  return blocks;
}

/** Runs a line of a shell in the folder of this run; both outputs, as they come. */
function shell(line, input = "") {
  const command = line.replace(/^millrace/, `'${millrace}'`);
  const done = spawnSync("sh", ["-c", `{ ${command}; } 2>&1`], { cwd: folder, encoding: "utf8", input });
  return { status: done.status, lines: done.stdout.split("\n").slice(0, -1) };
}

it("the guide's sessions go as they are written there", () => {
  file("order.json", { total: 5, order: { total: 1200 } });
  const blocks = guideBlocks();
  const [dialog] = blocks.filter(([first]) => first?.startsWith("feel> "));
  const entered = dialog.filter((line) => line.startsWith("feel> ")).map((line) => line.slice(6));
  const answers = dialog.filter((line) => !line.startsWith("feel> "));
  assert.deepEqual(shell("millrace feel", `${entered.join("\n")}\n`).lines, answers);
  const [[asked, ...told]] = blocks.filter(([first]) => first?.startsWith("$ "));
  assert.deepEqual(shell(asked.slice(2)).lines.slice(0, told.length), told);
  const commands = blocks.flat().filter((line) => /^millrace feel ./.test(line));
  assert.ok(commands.length >= 2);
  for (const line of commands) assert.equal(shell(line).status, 0, line);
});

it("dmn eval evaluates the decision, with its trace when asked", () => {
  const input = file("input.json", { overdue_days: 45, exposure: 1, limit: 2 });
  const plain = run(["dmn", "eval", model, "--decision", "CreditCheck", "--input", input]);
  assert.equal(plain.stdout, '{result: "fail", reason: "overdue"}\n');
  const traced = json("dmn", "eval", model, "--input", input, "--trace");
  assert.deepEqual(traced.trace.fired, [1]);
  const told = run(["dmn", "eval", model, "--input", input, "--trace"]).stdout;
  assert.match(told, /\ndecision CreditCheck\n {2}overdue_days = 45\n[^]*\n {2}\* rule 1: {2}> 30/);
  assert.match(told, /\n {4}rule 2:[^]*✗[^]*\n {2}UNIQUE: rule 1 is the only one that matches\n {2}=> \{result: "fail"/);
  assert.equal(run(["dmn", "eval", model, "--decision", "Nothing", "--input", input]).status, 1);
});

it("dmn check finds gaps, overlaps and what cannot be read, with the line", () => {
  assert.deepEqual(json("dmn", "check", model), []);
  const text = readFileSync(model, "utf8");
  const gap = json("dmn", "check", file("gap.dmn", text.replace("<text>&gt; 30</text>", "<text>&gt; 40</text>")));
  assert.deepEqual(gap.map((finding) => [finding.kind, finding.where]), [["gap", "overdue_days: (30..40]"]]);
  assert.ok(gap[0].line > 10);
  const overlap = json("dmn", "check", file("overlap.dmn", text.replace("<text>&gt; 30</text>", "<text>&gt; 20</text>")));
  assert.ok(overlap.length > 0 && overlap.every((finding) => finding.kind === "overlap" && finding.rule === 1));
  const broken = json("dmn", "check", file("broken.dmn", text.replace("&lt;= limit</text>", "&lt;=</text>")));
  assert.ok(broken.some((problem) => problem.kind === "problem" && problem.line > 10));
});

const cases = (expected) => `<?xml version="1.0" encoding="UTF-8"?>
<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xmlns:xsd="http://www.w3.org/2001/XMLSchema">
  <modelName>credit-check.dmn</modelName>
  <testCase id="1">
    <inputNode name="overdue_days"><value xsi:type="xsd:decimal">0</value></inputNode>
    <inputNode name="exposure"><value xsi:type="xsd:decimal">1</value></inputNode>
    <inputNode name="limit"><value xsi:type="xsd:decimal">2</value></inputNode>
    <resultNode name="CreditCheck" type="decision"><expected>
      <component name="result"><value xsi:type="xsd:string">${expected}</value></component>
      <component name="reason"><value xsi:type="xsd:string">within_limit</value></component>
    </expected></resultNode>
  </testCase>
</testCases>`;

it("dmn test runs a folder of the kit's test files and counts", () => {
  file("credit-check.dmn", readFileSync(model, "utf8"));
  for (const name of ["gap.dmn", "overlap.dmn", "broken.dmn"]) rmSync(join(folder, name), { force: true });
  file("credit-test.xml", cases("pass"));
  const done = run(["dmn", "test", folder]);
  assert.equal(done.status, 0, done.stdout + done.stderr);
  assert.match(done.stdout, /^ok credit-test\.xml 1 CreditCheck\n1\/1 \(0 skipped\)\nnon-null 1\/1\n0 numbers written otherwise\n$/);
  file("credit-test.xml", cases("fail"));
  const failed = run(["dmn", "test", folder]);
  assert.equal(failed.status, 1);
  assert.match(failed.stdout, /^FAIL credit-test\.xml 1 CreditCheck: expected .*"fail"/);
});

it("dmn write gives a model as DMN 1.5", () => {
  const text = readFileSync(model, "utf8");
  const old = file("old.dmn", text.replaceAll("https://www.omg.org/spec/DMN/20230324/", "https://www.omg.org/spec/DMN/20191111/"));
  assert.equal(run(["dmn", "write", model]).stdout.trim(), text.trim());
  assert.equal(run(["dmn", "write", old, "--out", join(folder, "new.dmn")]).status, 0);
  assert.equal(readFileSync(join(folder, "new.dmn"), "utf8").trim(), text.trim());
});

it("dmn table takes a table out as CSV or a workbook and puts it in again", () => {
  const rows = run(["dmn", "table", "export", model]).stdout;
  assert.match(rows, /^UNIQUE,input,/);
  const input = file("input.json", { overdue_days: 0, exposure: 1, limit: 2 });
  for (const name of ["table.csv", "table.xlsx"]) {
    const sheet = join(folder, name), changed = join(folder, "changed.dmn");
    assert.equal(run(["dmn", "table", "export", model, "--out", sheet]).status, 0);
    const done = run(["dmn", "table", "import", sheet, "--model", model, "--out", changed]);
    assert.equal(done.status, 0, done.stderr);
    assert.equal(run(["dmn", "table", "export", changed]).stdout, rows);
    assert.deepEqual(json("dmn", "eval", changed, "--input", input), json("dmn", "eval", model, "--input", input));
  }
  const refused = run(["dmn", "table", "import", file("bad.csv", "U,input,output\nexpression,1 +,\n"), "--model", model]);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /cell B2/);
  assert.equal(run(["dmn", "table", "import", file("bad.csv", "U\n")]).status, 1);
  assert.equal(run(["dmn", "table", "turn", model]).status, 1);
});

it("the command line says what is wrong with it", () => {
  assert.equal(run(["feel", "1", "2"]).status, 2);
  assert.equal(run(["feel", "--nothing"]).status, 2);
  assert.equal(run(["dmn", "sing", model]).status, 1);
  assert.equal(run(["dmn", "check", join(folder, "no-such-file.dmn")]).status, 1);
});

const process = join(root, "packs/orders/standard-order.bpmn");

it("bpmn check tells warnings, and all problems of a broken model with rule and line", () => {
  const warnings = json("bpmn", "check", process);
  assert.ok(warnings.every((problem) => problem.warning && problem.line > 0));
  const broken = readFileSync(process, "utf8").replace('sourceRef="EnterOrder"', 'sourceRef="Nowhere"');
  const done = run(["bpmn", "check", file("broken.bpmn", broken)]);
  assert.equal(done.status, 1);
  assert.match(done.stderr, /line \d+, \w+: sourceRef leads to 'Nowhere', which is not in the model \(REF\)/);
});

it("bpmn format loses nothing and is stable", () => {
  const once = run(["bpmn", "format", process]);
  assert.equal(once.status, 0, once.stderr);
  const again = run(["bpmn", "format", file("once.bpmn", once.stdout)]);
  assert.equal(again.stdout, once.stdout);
  // Every tag and attribute is there, in its order; only the quoting may differ.
  const tags = (text) => text.match(/<[/\w][^>]*/g).map((tag) => tag.split(/\s/)[0]);
  const names = (text) => text.match(/[\w:]+(?==")/g);
  const before = readFileSync(process, "utf8").replace(/<\?xml.*?\?>/, "");
  const after = once.stdout.replace(/<\?xml.*?\?>/, "");
  assert.deepEqual(names(after), names(before));
  assert.deepEqual(tags(after).filter((tag) => tag[1] !== "/"), tags(before).filter((tag) => tag[1] !== "/"));
});

it("bpmn export writes the exact bytes that were deployed", () => {
  const database = `sqlite:${join(folder, "export.db")}`;
  const options = ["--database", database, "--packs", join(root, "packs")];
  assert.equal(run(["init", ...options]).status, 0);
  const done = run(["bpmn", "export", "standard-order", ...options]);
  assert.equal(done.stdout, readFileSync(process, "utf8"));
  assert.equal(run(["bpmn", "export", "no-such", ...options]).status, 1);
});
