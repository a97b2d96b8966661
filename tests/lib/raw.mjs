// SPDX-License-Identifier: Apache-2.0
// A connection as bytes: what no proper client would send, and at a pace of its own.
import { connect } from "node:net";

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Raw {
  /** An open connection to a server's address. */
  static async to(url, { from } = {}) {
    const { hostname, port } = new URL(url);
    const raw = new Raw();
    raw.socket = connect({ port: Number(port), host: hostname, localAddress: from });
    raw.text = "";
    raw.socket.on("data", (part) => (raw.text += part.toString("latin1")));
    raw.socket.on("error", () => {});
    raw.closed = new Promise((resolve) => raw.socket.once("close", () => resolve(raw.text)));
    raw.isClosed = false;
    raw.closed.then(() => (raw.isClosed = true));
    await new Promise((resolve) => {
      raw.socket.once("connect", resolve);
      raw.socket.once("close", resolve);
    });
    return raw;
  }

  /** Writes, and waits until the system has taken it. */
  write(bytes) {
    return new Promise((resolve) => this.socket.write(bytes, () => resolve()));
  }

  /** Waits until the text fits a pattern; the text. */
  async until(pattern, ms = 10000) {
    const end = Date.now() + ms;
    while (!pattern.test(this.text)) {
      if (this.isClosed || Date.now() > end) throw new Error(`no ${pattern} in ${JSON.stringify(this.text.slice(0, 500))}`);
      await sleep(5);
    }
    return this.text;
  }

  /** Until the server closes, at most `ms`: {text, ms it took}, or an error when it does not. */
  async end(ms = 10000) {
    const started = Date.now();
    const text = await Promise.race([this.closed, sleep(ms).then(() => undefined)]);
    this.socket.destroy();
    if (text === undefined) throw new Error(`still open after ${ms} ms: ${JSON.stringify(this.text.slice(0, 500))}`);
    return { text, ms: Date.now() - started };
  }

  /** Sends one byte every `every` ms until the server closes. */
  async drip(bytes, every = 100) {
    for (const byte of bytes) {
      if (this.isClosed) return;
      await this.write(Buffer.from([byte]));
      await sleep(every);
    }
  }

  destroy() {
    this.socket.destroy();
  }
}

/** The head of a request, by a client's cookie when there is one. */
export function head(method, target, headers = {}, client) {
  const all = { Host: "localhost", ...client?.headers, ...headers };
  return `${method} ${target} HTTP/1.1\r\n${Object.entries(all)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join("")}\r\n`;
}

/** One request, answered and closed: the whole text. */
export async function once(url, bytes, ms = 10000) {
  const raw = await Raw.to(url);
  raw.socket.write(bytes);
  return (await raw.end(ms)).text;
}
