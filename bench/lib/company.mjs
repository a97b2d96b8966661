// SPDX-License-Identifier: Apache-2.0
// The company under test: the demo with a million orders more, and orders that wait at a step.
//
// Made once in a run, on SQLite: one order is led to AllocateAndPick through the API by the people of
// the demo; bench-fill copies it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Office, enter } from "../../tests/lib/orders.mjs";
import { demoCompany, serve } from "../../tests/lib/server.mjs";
import { program, scratch } from "./measure.mjs";

export const orderCount = 1_000_000;
const openCount = 90_000;

let company;

export function removeCompany() {
  company?.remove();
  company = undefined;
}

async function leadOneOrder(demo) {
  const server = await serve(demo);
  try {
    const office = new Office(server.url);
    const customer = await office.customer("Bench Pumps", 1_000_000);
    const order = await office.order(customer, 4200);
    for (const step of [enter(customer, 4200), ["ConfirmOrder", "sam", {}]]) await office.completed(order, ...step);
    await office.step(order, "AllocateAndPick");
    return order.id;
  } finally {
    await server.stop();
  }
}

// The oldest first, but not in single file: shuffled within a window, the same in every run.
function mix(open) {
  const window = 500;
  const step = 307; // prime to the window
  const mixed = [];
  for (let at = 0; at + window <= open.length; at += window)
    for (let i = 0; i < window; i++) mixed.push(open[at + ((i * step) % window)]);
  return mixed;
}

/**
 * {database, folder, orders: ids of orders, take(n): the next n of those that wait at
 * AllocateAndPick, each {item, instance, order}}.
 */
export async function filledCompany() {
  if (company) return company;
  const made = demoCompany();
  company = made;
  const order = await leadOneOrder(made);
  const list = join(scratch(), "open");
  await program("bench-fill", [made.database, order, String(orderCount), String(openCount), list], 180);
  const open = readFileSync(list, "utf8")
    .trim()
    .split("\n")
    .map((line) => {
      const [item, instance, id] = line.split(" ");
      return { item, instance, order: id };
    });
  const mixed = mix(open);
  let taken = 0;
  company.take = (count) => {
    if (taken + count > mixed.length) throw new Error("no more orders wait");
    taken += count;
    return mixed.slice(taken - count, taken);
  };
  company.orders = open.map((each) => each.order);
  return company;
}

/** The headers of a signed-in person of the demo. */
export async function signedIn(server, login) {
  const office = new Office(server.url);
  return (await office.as(login)).headers;
}
