// SPDX-License-Identifier: Apache-2.0
// The server as a machine on the network meets it: long bodies, slow clients, limits, TLS, proxies,
// smugglers, and how it stops.
import { describe, it } from "node:test";
import limits from "./cases/limits.mjs";
import proxy from "./cases/proxy.mjs";
import smuggling from "./cases/smuggling.mjs";
import stopping from "./cases/stopping.mjs";
import streams from "./cases/streams.mjs";
import tls from "./cases/tls.mjs";

for (const cases of [streams, limits, tls, proxy, smuggling, stopping]) describe(cases.name, () => cases(it));
