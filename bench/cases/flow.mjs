// SPDX-License-Identifier: Apache-2.0
// Instances of an order process from start to end, in memory, beside npm's bpmn-engine: start, service, exclusive
// gateway, user task, split, two services, join, end. Both read the model once; the services answer at once, and so
// does the person.
import { EventEmitter } from "node:events";
import { medianOf, program } from "../lib/measure.mjs";
import { peer } from "../lib/peers.mjs";

export const about = "an order process in memory, beside npm's bpmn-engine";

const steps = 6; // of one instance: the start, and five answers
const amount = 4200;

const flow = (id, source, target, inside = "") =>
  `<sequenceFlow id="${id}" sourceRef="${source}" targetRef="${target}">${inside}</sequenceFlow>`;
const service = (id) => `<serviceTask id="${id}" implementation="\${environment.services.work}"/>`;

const order = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="urn:bench"><process id="order" isExecutable="true">
  <startEvent id="start"/>${service("check")}<exclusiveGateway id="choice" default="f4"/><userTask id="approve"/>
  <exclusiveGateway id="merge"/><parallelGateway id="split"/>${service("reserve")}${service("invoice")}
  <parallelGateway id="join"/><endEvent id="end"/>
  ${flow("f1", "start", "check")}${flow("f2", "check", "choice")}
  ${flow(
    "f3",
    "choice",
    "approve",
    `<conditionExpression xsi:type="tFormalExpression" language="javascript">next(null,
      this.environment.variables.amount &gt; 1000)</conditionExpression>`,
  )}
  ${flow("f4", "choice", "merge")}${flow("f5", "approve", "merge")}${flow("f6", "merge", "split")}
  ${flow("f7", "split", "reserve")}${flow("f8", "split", "invoice")}${flow("f9", "reserve", "join")}
  ${flow("f10", "invoice", "join")}${flow("f11", "join", "end")}</process></definitions>`;

async function theirInstance(Engine, moddleContext) {
  const done = { people: 0, services: 0 };
  const listener = new EventEmitter();
  listener.on("activity.wait", (person) => {
    done.people++;
    person.signal();
  });
  const work = (_scope, next) => {
    done.services++;
    next();
  };
  const engine = new Engine({ name: "order", moddleContext, variables: { amount }, services: { work } });
  await engine.execute({ listener });
  if (done.people !== 1 || done.services !== 3) throw new Error("bpmn-engine did not run the order process");
}

/** Nanoseconds of CPU for one instance of theirs. */
async function theirNanoseconds() {
  const { Engine } = await peer("bpmn-engine");
  const { default: Moddle } = await peer("bpmn-moddle");
  const context = await new Moddle().fromXML(order);
  const rounds = 20;
  const runs = [];
  for (let i = 0; i < 6; i++) {
    const before = process.cpuUsage();
    for (let k = 0; k < rounds; k++) await theirInstance(Engine, context);
    const used = process.cpuUsage(before);
    if (i > 0) runs.push({ ns: ((used.user + used.system) * 1000) / rounds }); // the first warms up
  }
  return medianOf(runs, "ns");
}

export async function measure(row) {
  const lines = (await program("bench-micro", ["flow-instance", "flow-instance-packed"])).trim().split("\n");
  const ours = Object.fromEntries(lines.map(JSON.parse).map(({ name, ns }) => [name, ns]));
  const theirs = await theirNanoseconds();
  row({ name: "flow-instances", value: 1e9 / ours["flow-instance"], unit: "1/CPU s", target: 1e6, best: "high" });
  row({ name: "flow-steps", value: (1e9 / ours["flow-instance"]) * steps, unit: "1/CPU s", best: "high" });
  row({ name: "flow-steps-packed", value: (1e9 / ours["flow-instance-packed"]) * steps, unit: "1/CPU s", best: "high" });
  row({ name: "bpmn-engine-instances", value: 1e9 / theirs, unit: "1/CPU s", best: "high" });
  row({
    name: "flow-by-bpmn-engine",
    value: theirs / ours["flow-instance-packed"],
    unit: "times",
    target: 1,
    best: "high",
  });
}
