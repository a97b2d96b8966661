// SPDX-License-Identifier: Apache-2.0
// Processes suspended, resumed and migrated from the command line; histories pruned.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, it } from "node:test";
import { root, run } from "../lib/server.mjs";

let folder, database;

before(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-test-"));
  database = `sqlite:${join(folder, "company.db")}`;
  const made = run(["init", "--database", database]);
  assert.equal(made.status, 0, made.stderr);
});
after(() => rmSync(folder, { recursive: true, force: true }));

const command = (...args) => run([...args, "--database", database]);

function json(...args) {
  const done = command(...args, "--json");
  assert.equal(done.status, 0, done.stderr);
  return JSON.parse(done.stdout);
}

it("suspends a process with a reason, and resumes it", () => {
  assert.match(command("process", "suspend", "standard-order").stderr, /needs a reason/);
  assert.equal(json("process", "suspend", "standard-order", "--reason", "a new law").suspended, true);
  assert.match(command("process", "suspend", "standard-order", "--reason", "again").stderr, /a new law/);
  assert.equal(json("process", "resume", "standard-order").suspended, false);
  assert.match(command("process", "sing", "standard-order").stderr, /suspend, resume, migrate/);
});

it("plans, runs and undoes a migration, and says what changes", () => {
  const model = readFileSync(join(root, "packs/orders/standard-order.bpmn"), "utf8");
  const changed = join(folder, "changed.bpmn");
  writeFileSync(changed, model.replace("Confirm order", "Confirm the order"));
  assert.equal(command("deploy", changed).status, 0);
  const planned = json("process", "migrate", "standard-order", "--from", "1", "--to", "2");
  assert.deepEqual([planned.state, planned.changes, planned.try], ["planned", [], []]);
  assert.equal(json("process", "run", planned.id).state, "done");
  assert.match(command("process", "run", planned.id).stderr, /is done/);
  assert.equal(json("process", "undo", planned.id).state, "undone");
  assert.match(command("process", "run", "x").stderr, /id of a migration/);
  assert.match(command("process", "migrate", "standard-order", "--from", "1", "--to", "9").stderr, /to is a version/);
});

it("deploys files together that import each other, and says in which one something is missing", () => {
  const space = "http://www.omg.org/spec/BPMN/20100524/MODEL";
  const write = (name, inside) => {
    const path = join(folder, name);
    writeFileSync(path, `<definitions xmlns="${space}" xmlns:parts="urn:parts.bpmn" expressionLanguage="FEEL"
      targetNamespace="urn:${name}">${inside}</definitions>`);
    return path;
  };
  const main = write("main.bpmn", `<import namespace="urn:parts.bpmn" location="parts.bpmn" importType="${space}"/>
    <process id="importing" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="c"/>
    <callActivity id="c" calledElement="parts:Look"/><sequenceFlow id="g" sourceRef="c" targetRef="e"/>
    <endEvent id="e"/></process>`);
  const parts = write("parts.bpmn", `<globalUserTask id="Look" name="Look at it"/>`);
  assert.match(command("deploy", main).stderr, /imports 'parts\.bpmn'/);
  assert.match(command("deploy", main, parts).stdout, /importing is deployed as version 1/);
  const broken = write("parts.bpmn", `<globalUserTask id="Watch"/>`);
  assert.match(command("deploy", broken, main).stderr, /parts:Look[\s\S]*in .*main\.bpmn/);
});

it("prunes histories of what ended long ago", () => {
  assert.deepEqual(json("history", "prune", "--days", "30"), { pruned: 0 });
  assert.match(command("history", "burn").stderr, /prune/);
});

it("writes the log of a process by the names of XES", () => {
  const demo = `sqlite:${join(folder, "demo.db")}`;
  assert.equal(run(["demo", "--database", demo]).status, 0);
  const log = (...args) => run(["history", "log", ...args, "--database", demo]);
  const [head, ...lines] = log("standard-order").stdout.trimEnd().split("\r\n");
  assert.match(head, /^case:concept:name,concept:name,lifecycle:transition,time:timestamp,org:resource,/);
  assert.ok(lines.length > 100);
  for (const line of lines) assert.match(line, /,(start|complete|ate_abort|manualskip|unknown),\d{4}-\d\d-\d\dT/);
  assert.equal(log("standard-order", "--from", "2999-01-01").stdout, head + "\r\n");
  assert.match(log("nothing").stderr, /nothing/);
  assert.match(log().stderr, /that of a process/);
});

it("proves that a process holds, signed, and sees a forged certificate", () => {
  const signed = json("prove", "standard-order");
  const { certificate } = signed;
  assert.deepEqual(certificate.through, []);
  assert.equal(certificate.attempts, certificate.refused);
  assert.equal(certificate.reached.length, 12);
  assert.deepEqual(certificate.missed, []);
  assert.ok(certificate.attempts > 100 && certificate.explored.complete);
  assert.ok(certificate.tried.some((each) => each.move === "set status" && each.door === "import"));
  const again = json("prove", "standard-order").certificate;
  assert.deepEqual({ ...again, at: certificate.at }, certificate);
  const genuine = join(folder, "genuine.json");
  const forged = join(folder, "forged.json");
  writeFileSync(genuine, JSON.stringify(signed));
  writeFileSync(forged, JSON.stringify({ ...signed, certificate: { ...certificate, reached: [] } }));
  assert.match(run(["prove", "--verify", genuine, "--key", signed.key]).stdout, /fits/);
  assert.match(run(["prove", "--verify", forged]).stderr, /does not fit/);
  assert.match(run(["prove", "--verify", genuine, "--key", "00"]).stderr, /another key/);
});
