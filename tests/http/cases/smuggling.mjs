// SPDX-License-Identifier: Apache-2.0
// Requests that two readers could read in two ways: refused and closed, and what hides in them is never run.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { once, Raw } from "../../lib/raw.mjs";
import { demoCompany, serve } from "../../lib/server.mjs";

const post = "POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
const get = "GET /healthz HTTP/1.1\r\nHost: x\r\n";
// It would be answered 404, which nothing else here is.
const hidden = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
const chunks = "2\r\n{}\r\n0\r\n\r\n";

const refused = {
  "CL.TE": `${post}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  "TE.CL": `${post}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n${chunks}`,
  "TE.TE, two of them": `${post}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n${chunks}`,
  "TE with a space before the colon": `${post}Transfer-Encoding : chunked\r\nContent-Length: 2\r\n\r\n{}`,
  "TE that is not quite chunked": `${post}Transfer-Encoding: xchunked\r\n\r\n${chunks}`,
  "TE identity": `${post}Transfer-Encoding: identity\r\n\r\n{}`,
  "TE in a list": `${post}Transfer-Encoding: gzip, chunked\r\n\r\n${chunks}`,
  "TE with a control byte": `${post}Transfer-Encoding: \x0bchunked\r\n\r\n${chunks}`,
  "two lengths": `${post}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`,
  "the same length twice": `${post}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}`,
  "lengths in a list": `${post}Content-Length: 2, 2\r\n\r\n{}`,
  "a length with a sign": `${post}Content-Length: +2\r\n\r\n{}`,
  "a negative length": `${post}Content-Length: -1\r\n\r\n{}`,
  "a length in hexadecimal": `${post}Content-Length: 0x2\r\n\r\n{}`,
  "a length that overflows": `${post}Content-Length: 18446744073709551618\r\n\r\n{}`,
  "an empty length": `${post}Content-Length: \r\n\r\n{}`,
  "a length with a space before the colon": `${post}Content-Length : 2\r\n\r\n{}`,
  "a length folded": `${post}Content-Length:\r\n 2\r\n\r\n{}`,
  "TE folded": `${post}Transfer-Encoding:\r\n chunked\r\n\r\n${chunks}`,
  "any header folded": `${get}X-A: b\r\n Content-Length: 5\r\n\r\n`,
  "a fold of the first header": "GET /healthz HTTP/1.1\r\n Host: x\r\n\r\n",
  "bare LF": "GET /healthz HTTP/1.1\nHost: x\n\n",
  "bare LF behind one header": "GET /healthz HTTP/1.1\r\nHost: x\nX-B: c\r\n\r\n",
  "bare CR": "GET /healthz HTTP/1.1\r\nHost: x\rX-B: c\r\n\r\n",
  "a NUL in a value": `${get}X-B: c\0d\r\n\r\n`,
  "a NUL in a value before another header": `${get}X-B: c\0d\r\nX-C: e\r\n\r\n`,
  "a control byte in a value": `${get}X-B: c\x01d\r\n\r\n`,
  "a control byte in a name": `${get}X\x01B: c\r\n\r\n`,
  "a space in a name": `${get}X B: c\r\n\r\n`,
  "a header without a colon": `${get}XB\r\n\r\n`,
  "two hosts": `${get}Host: y\r\n\r\n`,
  "no host": "GET /healthz HTTP/1.1\r\n\r\n",
  "a chunk with a sign": `${post}Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n`,
  "a chunk with 0x": `${post}Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n`,
  "a chunk that overflows": `${post}Transfer-Encoding: chunked\r\n\r\n10000000000000002\r\n{}\r\n0\r\n\r\n`,
  "a chunk longer than it says": `${post}Transfer-Encoding: chunked\r\n\r\n2\r\n{}XX0\r\n\r\n`,
  "HTTP/0.9": "GET /healthz\r\n\r\n",
  "another protocol": "GET /healthz HTTX/1.1\r\nHost: x\r\n\r\n",
  "HTTP/2 by its version": "GET /healthz HTTP/2.0\r\nHost: x\r\n\r\n",
};

export default function smuggling(it) {
  let company, server;
  before(async () => {
    company = demoCompany();
    server = await serve(company);
  });
  after(async () => {
    await server?.stop();
    company?.remove();
  });

  for (const [name, bytes] of Object.entries(refused))
    it(`refuses ${name}, and closes`, async () => {
      const text = await once(server.url, Buffer.from(bytes + hidden, "latin1"), 5000);
      assert.match(text, /^HTTP\/1\.[01] (400|413|505) /);
      assert.doesNotMatch(text, /HTTP\/1\.[01] (404|2\d\d) /, "what hides behind it is not run");
    });

  it("reads what can be read in one way only: a body as a body, requests one behind the other", async () => {
    const raw = await Raw.to(server.url);
    await raw.write(`${get}Content-Length: ${hidden.length}\r\n\r\n${hidden}${get}\r\n`);
    await raw.until(/200 OK[^]*200 OK/);
    assert.doesNotMatch(raw.text, / 404 /);
    await raw.write(`${post}Transfer-Encoding: chunked\r\n\r\n2;a=b\r\n{}\r\n0\r\nContent-Length: 50\r\n\r\n${get}\r\n`);
    await raw.until(/ 400 [^]*login[^]*200 OK/);
    raw.destroy();
  });

  it("puts nothing of the address into a header of the answer", async () => {
    const text = await once(server.url, "GET /healthz%0d%0aX-Injected:y HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert.doesNotMatch(text, /^X-Injected/m);
  });
}
