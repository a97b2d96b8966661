// SPDX-License-Identifier: Apache-2.0
// Decisions beside npm's dmn-eval-js, the same table of 20 rules as bench/micro/dmn.c asks, which it too has compiled
// before. FEEL beside npm's feelin: the same expressions over the same order. feelin has no compiled form, so that it reads
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

/** The table of bench/micro/dmn.c, in the version of DMN that dmn-eval-js reads. */
function table(rules) {
  const rule = (i) =>
    `<rule id="r${i}"><inputEntry id="r${i}a"><text>[${Math.floor(i / 2) * 1000}..${Math.floor(i / 2) * 1000 + 1000})</text>` +
    `</inputEntry><inputEntry id="r${i}b"><text>"${i % 2 ? "gold" : "silver"}"</text></inputEntry>` +
    `<outputEntry id="r${i}c"><text>${i}</text></outputEntry></rule>`;
  return `<definitions xmlns="http://www.omg.org/spec/DMN/20151101/dmn.xsd" id="d" name="discounts" namespace="bench">
    <decision id="Discount" name="Discount"><decisionTable id="dt" hitPolicy="UNIQUE">
    <input id="i1"><inputExpression id="e1" typeRef="double"><text>total</text></inputExpression></input>
    <input id="i2"><inputExpression id="e2" typeRef="string"><text>grade</text></inputExpression></input>
    <output id="o1" name="discount" typeRef="double"/>${Array.from({ length: rules }, (_, i) => rule(i)).join("")}
    </decisionTable></decision></definitions>`;
}

async function decisions(row) {
  const { decisionTable } = (await peer("@hbtgmbh/dmn-eval-js")).default;
  const [line] = (await program("bench-micro", ["dmn-20-rules"])).trim().split("\n").map(JSON.parse);
  const parsed = await decisionTable.parseDmnXml(table(20));
  const inputs = Array.from({ length: 20 }, (_, i) => ({
    total: Math.floor(i / 2) * 1000 + 421,
    grade: i % 2 ? "gold" : "silver",
  }));
  const ask = (i) => decisionTable.evaluateDecision("Discount", parsed, inputs[(i * 7) % 20]);
  for (let i = 0; i < 20; i++)
    if (ask(i).discount !== (i * 7) % 20) throw new Error(`dmn-eval-js does not find rule ${(i * 7) % 20}`);
  const theirs = nanosecondsOf(ask);
  row({ name: "dmn-eval-js-20-rules", value: 1e9 / theirs, unit: "1/s", best: "high" });
  row({ name: "dmn-20-rules-by-dmn-eval-js", value: theirs / line.ns, unit: "times", target: 1, best: "high" });
}

export async function measure(row) {
  await decisions(row);
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
