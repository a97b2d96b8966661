// SPDX-License-Identifier: Apache-2.0
// Files on records: their content as it was, their rights those of the record, their download safe.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";

const accounts = "/api/v1/records/account";
const octets = { type: "application/octet-stream" };

export default function files(it, world) {
  const account = async (login, name) =>
    (await (await world.office.as(login)).post(accounts, { fields: { name, type: "customer" } })).body;
  const attach = (who, record, name, content) =>
    who.request("POST", `${accounts}/${record.id}/files?name=${encodeURIComponent(name)}`, content, octets);
  const download = async (who, id, headers = {}) => {
    const answer = await fetch(`${world.url}/api/v1/files/${id}`, { headers: { ...who.headers, ...headers } });
    return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) };
  };

  it("keeps a file as it was, once, and sends it so that no browser runs it", async () => {
    const sam = await world.office.as("sam");
    const record = await account("sam", "File Works");
    const page = Buffer.from("<!DOCTYPE html><html><title>x</title><script>alert(1)</script></html>");
    const made = await attach(sam, record, "seite 报价.html", page);
    assert.equal(made.status, 201, JSON.stringify(made.body));
    assert.deepEqual([made.body.name, made.body.type, made.body.size], ["seite 报价.html", "text/html", page.length]);
    const again = await attach(sam, record, "copy.html", page);
    const hash = createHash("sha256").update(page).digest("hex");
    assert.deepEqual(readdirSync(join(world.company.files, hash.slice(0, 2))), [hash.slice(2)]);

    const got = await download(sam, made.body.id);
    assert.deepEqual(got.bytes, page);
    assert.equal(got.headers.get("x-content-type-options"), "nosniff");
    assert.match(got.headers.get("content-security-policy"), /sandbox/);
    assert.equal(
      got.headers.get("content-disposition"),
      "attachment; filename=\"seite .html\"; filename*=UTF-8''seite%20%E6%8A%A5%E4%BB%B7.html",
    );
    assert.equal((await download(sam, made.body.id, { "If-None-Match": got.headers.get("etag") })).status, 304);
    assert.equal((await sam.patch(`/api/v1/files/${again.body.id}`, { name: "page.html" })).body.name, "page.html");
    const { items, may_attach } = (await sam.get(`${accounts}/${record.id}/files`)).body;
    assert.deepEqual([items.map((file) => file.name), may_attach], [["page.html", "seite 报价.html"], true]);
    assert.equal((await sam.delete(`/api/v1/files/${again.body.id}`)).status, 204);
    assert.equal((await download(sam, again.body.id)).status, 404);
    assert.deepEqual((await download(sam, made.body.id)).bytes, page);
    const story = (await sam.get(`${accounts}/${record.id}/history`)).body.items.flatMap((item) => item.action ?? []);
    assert.deepEqual(story, ["detach", "rename", "attach", "attach", "create"]);
  });

  it("streams a long file in and out", async () => {
    const sam = await world.office.as("sam");
    const record = await account("sam", "Long Files Ltd");
    const long = randomBytes(3_000_000);
    const made = await attach(sam, record, "long.bin", long);
    assert.equal(made.status, 201, JSON.stringify(made.body));
    assert.ok((await download(sam, made.body.id)).bytes.equals(long));
  });

  it("refuses what is not what its name says, a program, a name with a path, and nothing", async () => {
    const sam = await world.office.as("sam");
    const record = await account("sam", "Refusing Ltd");
    for (const [name, content, words] of [
      ["picture.png", "<html><script>alert(1)</script></html>", /not what its name says/],
      ["tool.exe", Buffer.concat([Buffer.from("\x7fELF\x02\x01\x01", "latin1"), Buffer.alloc(9), Buffer.from([2, 0, 62, 0, 1, 0, 0, 0]), Buffer.alloc(100)]), /a program/],
      ["../../etc/passwd", "text", /a file's name/],
      ["empty.txt", "", /empty/],
    ]) {
      const answer = await attach(sam, record, name, content);
      assert.equal(answer.status, 400, `${name}: ${JSON.stringify(answer.body)}`);
      assert.match(answer.body.message, words);
    }
    assert.equal((await attach(sam, { id: "0000000000001" }, "a.txt", "text")).status, 404);
    assert.deepEqual((await sam.get(`${accounts}/${record.id}/files`)).body.items, []);
  });

  it("gives a file to nobody who does not read where it is", async () => {
    const sam = await world.office.as("sam");
    const walt = await world.office.as("walt");
    const loose = await sam.request("POST", "/api/v1/files?name=loose.txt", "for a field", octets);
    assert.equal(loose.status, 201, JSON.stringify(loose.body));
    assert.equal((await download(sam, loose.body.id)).status, 200);
    assert.equal((await walt.get(`/api/v1/files/${loose.body.id}`)).status, 404);
    assert.equal((await walt.delete(`/api/v1/files/${loose.body.id}`)).status, 404);
    const record = await account("sam", "Secret Ltd");
    const made = await attach(sam, record, "a.txt", "text");
    assert.equal((await fetch(`${world.url}/api/v1/files/${made.body.id}`)).status, 401);
    assert.equal((await attach(walt, record, "b.txt", "text")).status, 403);
  });
}
