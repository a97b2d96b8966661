// SPDX-License-Identifier: Apache-2.0
// What the documents show is run as it stands there: every line of a block that begins with a command,
// every request, and every command that a sentence names.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Description, Client } from "../lib/client.mjs";
import { startCluster } from "../lib/postgres.mjs";
import { demoCompany, millrace, root, run, serve } from "../lib/server.mjs";

const names = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"].concat(
  readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`),
);
const documents = names.map((name) => ({ name, text: readFileSync(join(root, name), "utf8") }));

/** The indented blocks of a text: {lead: the line before, lines}. */
function blocksOf(text) {
  const blocks = [];
  let lead = "";
  let open = false;
  for (const line of text.split("\n")) {
    if (/^ {4}/.test(line)) {
      if (!open) blocks.push({ lead, lines: [] });
      open = true;
      blocks.at(-1).lines.push(line.slice(4));
    } else if (line.trim()) {
      open = false;
      lead = line;
    } else open = false;
  }
  return blocks;
}

const isCommand = (line) => /^(millrace|createdb) /.test(line);
const isRequest = (line) => /^(GET|POST|PATCH|DELETE) \/|^\?/.test(line);
const withCommands = documents
  .map(({ name, text }) => ({ name, blocks: blocksOf(text) }))
  .filter(({ blocks }) => blocks.some(({ lines }) => lines.some(isCommand)));

describe("the commands of", () => {
  let cluster;
  let folder;
  let environment;
  before(() => {
    cluster = startCluster();
    const [, host] = /host=([^&]+)/.exec(cluster.database());
    environment = { ...process.env, PATH: `${dirname(millrace)}:${process.env.PATH}`, PGHOST: host, PGUSER: "millrace" };
  });
  after(() => cluster.stop());

  function shell(line) {
    const options = { cwd: folder, env: environment, encoding: "utf8", input: "a long enough password\n" };
    return spawnSync("bash", ["-c", line], options);
  }

  /** A server runs until it says where it listens, here on a free port. */
  async function served(line) {
    const address = "--listen 127.0.0.1:0";
    const free = /--listen/.test(line) ? line.replace(/--listen \S+/, address) : `${line} ${address}`;
    const child = spawn("bash", ["-c", `exec ${free}`], { cwd: folder, env: environment });
    let said = "";
    const ended = new Promise((resolve) => child.once("exit", resolve));
    await new Promise((resolve) => {
      child.stdout.on("data", (bytes) => /http:/.test((said += bytes)) && resolve());
      child.stderr.on("data", (bytes) => (said += bytes));
      ended.then(resolve);
    });
    child.kill("SIGTERM");
    assert.equal(await ended, 0, `${line}\n${said}`);
  }

  for (const { name, blocks } of withCommands)
    it(`${name} do what they say`, async () => {
      folder = mkdtempSync(join(tmpdir(), "millrace-docs-"));
      try {
        symlinkSync(join(root, "packs"), join(folder, "packs"));
        assert.equal(shell("millrace demo").status, 0);
        const [item] = JSON.parse(shell("millrace work list --as sam --json").stdout).items;
        for (const { lead, lines } of blocks) {
          const [, file] = /`([\w-]+\.\w+)`:$/.exec(lead) ?? [];
          if (file) writeFileSync(join(folder, file), `${lines.join("\n")}\n`);
          for (const line of lines.filter(isCommand)) {
            if (/^millrace serve/.test(line)) await served(line);
            else {
              const done = shell(line.replace(/\bITEM\b/, item.id));
              assert.equal(done.status, 0, `${line}\n${done.stdout}${done.stderr}`);
            }
          }
        }
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
});

describe("the requests of", () => {
  let company;
  let server;
  let admin;
  before(async () => {
    company = demoCompany();
    server = await serve(company);
    admin = new Client(server.url, await Description.of(server.url));
    await admin.signIn("admin");
  });
  after(async () => {
    await server?.stop();
    company?.remove();
  });

  for (const { name, text } of documents)
    for (const { lines } of blocksOf(text).filter((block) => isRequest(block.lines[0])))
      it(`${name} are answered: ${lines[0].slice(0, 40)}`, async () => {
        const [first, ...rest] = lines;
        const isList = first.startsWith("?");
        const [method, path] = isList ? ["GET", `/api/v1/records/sales_order${lines.join("")}`] : first.split(" ");
        const body = isList || rest.length === 0 ? undefined : JSON.parse(rest.join("\n"));
        const answer = await admin.request(method, path, body);
        assert.ok(answer.status < 300, JSON.stringify(answer.body));
      });
});

describe("a command that a sentence names", () => {
  const named = documents.flatMap(({ name, text }) =>
    [...text.matchAll(/`(?:build\/debug\/)?(millrace [a-z][^`]*)`/g)].map(([, line]) => ({ name, line })),
  );
  it("exists and takes these arguments", () => {
    for (const { name, line } of named) {
      const [, command, ...words] = line.match(/'[^']*'|\S+/g);
      const help = run([command, "--help"]);
      assert.equal(help.status, 0, `${name}: ${line}`);
      const [, usage] = /^millrace [\w-]+ \[options\] ?(.*)$/m.exec(help.stdout);
      const given = words.filter((word, i) => !word.startsWith("--") && !words[i - 1]?.startsWith("--"));
      const wanted = usage.split(" ").filter(Boolean);
      const enough = usage.endsWith("...") ? given.length >= wanted.length - 1 : given.length === wanted.length;
      assert.ok(given.length === 0 || enough, `${name}: ${line}, but: millrace ${command} ${usage}`);
    }
  });
});
