// SPDX-License-Identifier: Apache-2.0
// The recipes of CONTRIBUTING.md, as they stand there: each is done on a copy of the tree, built, and
// tried. What a recipe says is read from it; here stands only what must come out.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const scratch = mkdtempSync(join(tmpdir(), "millrace-recipes-"));
const program = join(scratch, "build/debug/millrace");
const code = /^ {7}/;

/** What runs in the copy sees nothing of the run that tests it. */
function run(command, args) {
  const { NODE_TEST_CONTEXT, ...environment } = process.env;
  return execFileSync(command, args, {
    cwd: scratch,
    encoding: "utf8",
    env: { ...environment, MILLRACE: program },
    maxBuffer: 1 << 26,
  });
}

/** The recipes of a document: [{title, steps: [{text, code}]}]. */
function recipesOf(text) {
  const [, ...parts] = text.slice(text.indexOf("\n## Recipes")).split(/^### /m);
  return parts.map((part) => {
    const [title, ...lines] = part.split("\n");
    const steps = [];
    for (const line of lines) {
      const begun = /^\d\. (.*)/.exec(line);
      const step = steps.at(-1);
      if (begun) steps.push({ text: begun[1], code: "" });
      else if (code.test(line)) step.code += `${line.replace(code, "")}\n`;
      else if (!line && step?.code) step.code += "\n";
      else if (line && step) step.text += ` ${line.trim()}`;
    }
    for (const step of steps) step.code = step.code.replace(/\n+$/, "\n");
    return { title, steps };
  });
}

/** Does one step with code, by the words before it. */
function follow({ text, code }, title) {
  const [, name] = /`((?:src|tests|packs)\/[^`]+)`/.exec(text) ?? [];
  assert.ok(name, `${title}: a step with code names its file: ${text}`);
  const path = join(scratch, name);
  const [, place, anchor] = /(after|instead of) `([^`]+)`/.exec(text) ?? [];
  if (/new file/.test(text)) {
    assert.ok(!existsSync(path), `${title}: ${name} is new`);
    writeFileSync(path, code);
  } else if (/at the end of/i.test(text)) {
    appendFileSync(path, `\n${code}`);
  } else {
    assert.ok(anchor, `${title}: the step says where: ${text}`);
    const before = readFileSync(path, "utf8");
    const at = before.indexOf(anchor);
    assert.ok(at >= 0, `${title}: ${name} holds ${anchor}`);
    const end = place === "after" ? before.indexOf("\n", at) + 1 : at + anchor.length;
    const kept = before.slice(0, place === "after" ? end : at);
    writeFileSync(path, kept + (place === "after" ? code : code.trim()) + before.slice(end));
  }
}

function copyTree() {
  const files = execFileSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8" }).split("\0");
  // With their times, so that only what a recipe touches is built anew.
  const options = { recursive: true, preserveTimestamps: true, verbatimSymlinks: true };
  for (const name of files.filter((each) => each && existsSync(join(root, each)))) {
    mkdirSync(dirname(join(scratch, name)), { recursive: true });
    cpSync(join(root, name), join(scratch, name), options);
  }
  for (const name of ["tools/sqlite", "web", "tests/lib"])
    symlinkSync(join(root, name, "node_modules"), join(scratch, name, "node_modules"));
  cpSync(join(root, "web/dist"), join(scratch, "web/dist"), options);
  // The compiled files serve again; what Meson wrote names the folder and is made anew.
  const left = /\/(meson-\w+|build\.ninja|compile_commands\.json|millrace-tests(\.p)?|bench|tests)$/;
  cpSync(join(root, "build/debug"), join(scratch, "build/debug"), {
    ...options,
    filter: (path) => !left.test(path.slice(root.length)),
  });
}

const recipes = recipesOf(readFileSync(join(root, "CONTRIBUTING.md"), "utf8"));
const recipe = (title) => recipes.find((each) => each.title === title);
let server;
let company;
let office;

before(async () => {
  copyTree();
  for (const { title, steps } of recipes)
    for (const step of steps.filter((each) => each.code)) follow(step, title);
  run("meson", ["setup", "build/debug", "-Dtests=false"]);
  run("ninja", ["-C", "build/debug", "millrace"]);
  process.env.MILLRACE = program;
  const library = await import(join(scratch, "tests/lib/server.mjs"));
  const { Office } = await import(join(scratch, "tests/lib/orders.mjs"));
  const { Description } = await import(join(scratch, "tests/lib/client.mjs"));
  company = library.demoCompany();
  server = await library.serve(company);
  office = new Office(server.url, await Description.of(server.url));
});

after(async () => {
  await server?.stop();
  company?.remove();
  rmSync(scratch, { recursive: true, force: true });
});

describe("a recipe", () => {
  it("is five lines, and there are four of them", () => {
    assert.deepEqual(
      recipes.map(({ title, steps }) => [title, steps.length]),
      [["Add a field", 5], ["Add a route", 5], ["Add a FEEL function", 5], ["Add a function point", 5]],
    );
  });

  it("adds a field that metadata, forms, lists and records know", async () => {
    const sam = await office.as("sam");
    const { entities } = (await sam.get("/api/v1/meta", { headers: { "Accept-Language": "zh-CN" } })).body;
    const account = entities.find(({ name }) => name === "account");
    const field = account.fields.find(({ name }) => name === "fleet_size");
    assert.deepEqual([field.title, field.type, field.read_only], ["车队规模", "integer", false]);
    assert.ok(account.lists[0].columns.includes("fleet_size"));
    const made = await sam.post("/api/v1/records/account", { fields: { name: "Fleet Ltd", fleet_size: 12 } });
    assert.equal(made.body.fields.fleet_size, 12);
    const filter = encodeURIComponent('[{"field":"fleet_size","operator":">","value":11}]');
    assert.equal((await sam.get(`/api/v1/records/account?filter=${filter}&count=true`)).body.count, 1);
  });

  it("adds a route that answers, is described and is called by a test", async () => {
    const sam = await office.as("sam");
    const made = await sam.post("/api/v1/records/account", { fields: { name: "Risk Ltd" } });
    assert.deepEqual((await sam.get(`/api/v1/accounts/${made.body.id}/risk`)).body, { risk: "low" });
    run("tools/api_types", []);
    assert.match(readFileSync(join(scratch, "web/src/api/schema.d.ts"), "utf8"), /risk: "low" \| "high"/);
    const suite = run("node", ["--test", "--test-reporter=spec", "tests/api/api.test.mjs"]);
    assert.match(suite, /says how risky an account is/);
  });

  it("adds a FEEL function with its cases", () => {
    const cases = recipe("Add a FEEL function").steps.map(({ code }) => code).find((each) => /\{\}/.test(each));
    for (const one of cases.trim().split("\n\n")) {
      const [expression, context, result] = one.split("\n");
      const file = join(scratch, "context.json");
      writeFileSync(file, context);
      const answer = JSON.parse(run(program, ["feel", expression, "--context", file, "--json"]));
      const [value, reason] = result.split(" ");
      assert.deepEqual(answer.result, JSON.parse(value), one);
      assert.equal(answer.diagnostics[0]?.code, reason, one);
    }
  });

  it("adds a function point that a service task calls", async () => {
    assert.match(run(program, ["functions"]), /account\.rate .*Rates an account/);
    const admin = await office.as("admin");
    const sam = await office.as("sam");
    const account = await sam.post("/api/v1/records/account", { fields: { name: "Rated Ltd" } });
    const started = await admin.post("/api/v1/instances", {
      process: "rating",
      variables: { account: account.body.id },
    });
    assert.equal(started.status, 201, JSON.stringify(started.body));
    assert.equal(started.body.variables.rating, "A");
    assert.deepEqual(started.body.tokens.map(({ key }) => key), ["Tell"]);
  });
});
