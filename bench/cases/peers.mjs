// SPDX-License-Identifier: Apache-2.0
// FEEL beside npm's feelin: the same expressions over the same order. feelin has no compiled form, so that it reads
// the text at each evaluation; the second ratio is of reading and evaluating on both sides.
import { nanosecondsOf, peer } from "../lib/peers.mjs";
import { program } from "../lib/measure.mjs";

export const about = "the same work done by libraries of others";

const order = {
  limit_decision: "granted",
  requested_limit: 90000,
  total: 4200,
  customer: "Acme Pumps Ltd.",
  amounts: Array.from({ length: 10 }, (_, i) => i + 0.95),
};

const expressions = {
  "feel-condition": 'order.limit_decision = "granted" and order.requested_limit > 50000',
  "feel-sum": "sum(for a in order.amounts return a * 1.19) > order.total",
  "feel-texts": 'upper case(substring(order.customer, 1, 4)) + "-" + string(order.total)',
};

export async function measure(row) {
  const { evaluate } = await peer("feelin");
  const names = Object.keys(expressions);
  const lines = (await program("bench-micro", [...names, "feel-read-condition"])).trim().split("\n").map(JSON.parse);
  const ours = Object.fromEntries(lines.map(({ name, ns }) => [name, ns]));
  for (const name of names) {
    const expression = expressions[name];
    if (evaluate(expression, { order }).value === null) throw new Error(`feelin says null: ${expression}`);
    const theirs = nanosecondsOf(() => evaluate(expression, { order }));
    row({ name: `feelin-${name}`, value: 1e9 / theirs, unit: "1/s", best: "high" });
    row({ name: `${name}-by-feelin`, value: theirs / ours[name], unit: "times", target: 1, best: "high" });
    if (name === "feel-condition")
      row({
        name: "feel-read-condition-by-feelin",
        value: theirs / ours["feel-read-condition"],
        unit: "times",
        target: 1,
        best: "high",
      });
  }
}
