// SPDX-License-Identifier: Apache-2.0
// A client that holds every answer against /openapi.json, and remembers which routes were called.
import assert from "node:assert/strict";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

export class Description {
  static async of(url) {
    const answer = await fetch(`${url}/openapi.json`);
    assert.equal(answer.status, 200);
    return new Description(await answer.json());
  }

  constructor(document) {
    this.document = document;
    this.called = new Set(["GET /openapi.json"]);
    this.ajv = new Ajv2020({ strict: false, allErrors: true });
    addFormats(this.ajv);
    this.ajv.addSchema(document, "api");
    this.routes = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => ({
        method: method.toUpperCase(),
        path,
        operation,
        pattern: new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, "[^/]+")}$`),
        fixed: path.split("/").filter((part) => !part.startsWith("{")).length,
      })),
    );
    this.compiled = new Map();
  }

  /** The route that answers, fixed segments before parameters. */
  find(method, path) {
    return this.routes
      .filter((route) => route.method === method && route.pattern.test(path))
      .sort((a, b) => b.fixed - a.fixed)[0];
  }

  validator(pointer) {
    if (!this.compiled.has(pointer)) this.compiled.set(pointer, this.ajv.compile({ $ref: `api#${pointer}` }));
    return this.compiled.get(pointer);
  }

  check(method, path, status, type, body) {
    const route = this.find(method, path);
    if (!route) return;
    this.called.add(`${method} ${route.path}`);
    const escaped = route.path.replaceAll("~", "~0").replaceAll("/", "~1").replaceAll("{", "%7B").replaceAll("}", "%7D");
    const response = status >= 200 && status < 300 ? "2XX" : "default";
    const media = response === "2XX" ? "application/json" : "application/problem+json";
    const schema = route.operation.responses[response].content?.[media]?.schema;
    if (response === "default") assert.equal(type, media, `${method} ${path}: ${status} is a problem`);
    if (!schema || body === undefined) return;
    const validate = this.validator(
      `/paths/${escaped}/${method.toLowerCase()}/responses/${response}/content/${media.replace("/", "~1").replace("+", "%2B")}/schema`,
    );
    assert.ok(
      validate(body),
      `${method} ${path} ${status} is not as described: ${this.ajv.errorsText(validate.errors)}\n${JSON.stringify(body).slice(0, 2000)}`,
    );
  }

  /** Routes that no test has called. */
  uncalled() {
    return this.routes.map((route) => `${route.method} ${route.path}`).filter((name) => !this.called.has(name));
  }
}

export class Client {
  constructor(url, description) {
    this.url = url;
    this.description = description;
    this.headers = {};
  }

  async signIn(login, password = "riverbend") {
    const answer = await this.request("POST", "/api/v1/session", { login, password });
    if (answer.status === 201) {
      this.headers.Cookie = answer.headers.get("set-cookie").split(";")[0];
      this.headers["X-CSRF-Token"] = answer.body.csrf;
      this.user = answer.body.user;
    }
    return answer;
  }

  /** {status, headers, body}: the body parsed when it is JSON. `raw` sends text of a type. */
  async request(method, path, body, { type = "application/json", headers = {} } = {}) {
    const sent = { ...this.headers, ...headers };
    if (body !== undefined) sent["Content-Type"] = type;
    const answer = await fetch(this.url + path, {
      method,
      headers: sent,
      body: body === undefined || typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body),
    });
    const text = await answer.text();
    const media = (answer.headers.get("content-type") ?? "").split(";")[0];
    const parsed = /[/+]json$/.test(media) ? JSON.parse(text) : undefined;
    this.description?.check(method, new URL(this.url + path).pathname, answer.status, media, parsed);
    return { status: answer.status, headers: answer.headers, body: parsed ?? text };
  }

  get(path, options) {
    return this.request("GET", path, undefined, options);
  }

  post(path, body = {}, options) {
    return this.request("POST", path, body, options);
  }

  patch(path, body, options) {
    return this.request("PATCH", path, body, options);
  }

  delete(path, options) {
    return this.request("DELETE", path, undefined, options);
  }
}
