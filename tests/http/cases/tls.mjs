// SPDX-License-Identifier: Apache-2.0
// HTTPS by a certificate file, without a proxy.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { head, once } from "../../lib/raw.mjs";
import { demoCompany, run, serve } from "../../lib/server.mjs";

export default function tls(it) {
  let company, server, folder, certificate;
  const file = (name) => join(folder, name);
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "millrace-tls-"));
    execFileSync(
      "openssl",
      ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
        "-keyout", file("key.pem"), "-out", file("certificate.pem")],
      { stdio: "ignore" },
    );
    certificate = readFileSync(file("certificate.pem"));
    company = demoCompany();
    server = await serve(company, ["--tls-certificate", file("certificate.pem"), "--tls-key", file("key.pem")]);
  });
  after(async () => {
    await server?.stop();
    company?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const ask = (method, path, { body, headers = {}, ...options } = {}) =>
    new Promise((resolve, reject) => {
      const asked = request(server.url + path, { method, ca: certificate, headers, agent: false, ...options }, (answer) => {
        let text = "";
        answer.on("data", (part) => (text += part));
        answer.on("end", () => resolve({ status: answer.statusCode, headers: answer.headers, text, protocol: asked.socket.getProtocol?.() }));
      });
      asked.on("error", reject);
      asked.end(body);
    });

  it("answers over TLS 1.2 and 1.3, and no older one", async () => {
    assert.match(server.url, /^https:/);
    for (const version of ["TLSv1.2", "TLSv1.3"]) {
      const answer = await ask("GET", "/healthz", { minVersion: version, maxVersion: version });
      assert.equal(answer.status, 200);
      assert.match(answer.headers["strict-transport-security"], /max-age=\d+/);
    }
    await assert.rejects(ask("GET", "/healthz", { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" }));
    await assert.rejects(ask("GET", "/healthz", { ca: undefined }), /self-signed|certificate/);
  });

  it("signs people in with a cookie that is for TLS alone, and carries long bodies", async () => {
    const body = JSON.stringify({ login: "admin", password: "riverbend" });
    const signed = await ask("POST", "/api/v1/session", { body, headers: { "Content-Type": "application/json" } });
    assert.equal(signed.status, 201);
    const cookie = signed.headers["set-cookie"][0];
    assert.match(cookie, /; Secure/);
    assert.match(cookie, /; HttpOnly/);
    const headers = { Cookie: cookie.split(";")[0], "X-CSRF-Token": JSON.parse(signed.text).csrf };
    const lines = Array.from({ length: 20_000 }, (_, i) => `TLS-${i},Pump ${i},1.50`);
    const done = await ask("POST", "/api/v1/records/product/import", {
      body: `sku,name,list_price\n${lines.join("\n")}\n`,
      headers: { ...headers, "Content-Type": "text/csv" },
    });
    assert.equal(JSON.parse(done.text).created, lines.length);
    const out = await ask("GET", "/api/v1/records/product/export", { headers });
    assert.ok(out.text.split("\r\n").length > lines.length);
  });

  it("answers nothing to who does not speak TLS", async () => {
    const text = await once(server.url.replace("https", "http"), head("GET", "/healthz")).catch(() => "");
    assert.doesNotMatch(text, /200/);
  });

  it("does not start with half a certificate, or a broken one", () => {
    const start = (...args) => run(["serve", "--database", `sqlite:${file("none.db")}`, "--listen", "127.0.0.1:0", ...args]);
    assert.equal(start("--tls-certificate", file("certificate.pem")).status, 1);
    writeFileSync(file("broken.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    const broken = start("--tls-certificate", file("broken.pem"), "--tls-key", file("key.pem"));
    assert.notEqual(broken.status, 0);
  });
}
