// SPDX-License-Identifier: Apache-2.0
// Targets are what this house measured when it chose its libraries (docs/dependencies.md), or promises.
import { program } from "../lib/measure.mjs";

export const about = "decimals, JSON, FEEL, decisions, in one thread";

const nanoseconds = {
  "decimal-add": 6.5,
  "decimal-add-long": 20,
  "decimal-multiply": 4.7,
  "decimal-multiply-long": 45,
  "decimal-divide": null,
  "decimal-print": null,
  "feel-compile": 10_000,
  "feel-read-condition": null,
  "dmn-4000-rules": 2_000,
};
const megabytes = { "json-read": 200, "json-write": 200 };
const perSecond = { "feel-condition": 3e6, "feel-sum": null, "feel-texts": null, "dmn-20-rules": 500_000 };
const names = [nanoseconds, megabytes, perSecond].flatMap(Object.keys);

export async function measure(row) {
  const lines = (await program("bench-micro", names)).trim().split("\n").map(JSON.parse);
  for (const { name, ns, bytes } of lines) {
    if (name in nanoseconds) row({ name, value: ns, unit: "ns", target: nanoseconds[name] });
    else if (name in megabytes)
      row({ name, value: (bytes / ns) * 1000, unit: "MB/s", target: megabytes[name], best: "high" });
    else if (name in perSecond) row({ name, value: 1e9 / ns, unit: "1/s", target: perSecond[name], best: "high" });
    else throw new Error(`bench/cases/micro.mjs does not know ${name}`);
  }
}
