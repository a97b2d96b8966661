// SPDX-License-Identifier: Apache-2.0
// Reading one order and lists of 20 among a million, with the server's CPU for each request.
import { serve } from "../../tests/lib/server.mjs";
import { filledCompany, orderCount, signedIn } from "../lib/company.mjs";
import { load, medianOf, requestFile } from "../lib/measure.mjs";

export const about = `GET one record, lists of 20 of ${orderCount.toLocaleString("en-US")} orders, 64 connections`;

const rounds = 3;

const orders = "/api/v1/records/sales_order";
const columns = "number,customer,status,total,order_date,requested_date";
const is = (field, value) => ({ field, operator: "=", value });
const list = (status, sort, more = "") => {
  const filter = status ? `&filter=${encodeURIComponent(JSON.stringify([is("status", status)]))}` : "";
  return [`GET ${orders}?limit=20&sort=${sort}&columns=${columns}${filter}${more}`];
};

const lists = {
  // Filter and sort of a list that the pack declares.
  "list-cpu": { lines: list("over_limit", "-number"), target: 300 },
  "list-by-amount-cpu": { lines: list(null, "-total"), target: 300 },
  // Filter and sort that no list declares together.
  "list-undeclared-cpu": { lines: list("accepted", "-total"), target: 1000, connections: 4 },
  // As the application asks for the first page: with the exact number of all.
  "list-filtered-count-cpu": { lines: list("over_limit", "-number", "&count=true"), connections: 4 },
  "list-count-cpu": { lines: list(null, "-number", "&count=true"), connections: 4 },
};

export async function measure(row) {
  const company = await filledCompany();
  const server = await serve(company);
  try {
    const headers = await signedIn(server, "sam");
    const several = async (lines, connections = 64) => {
      const file = requestFile(lines);
      const runs = [];
      await load(server, file, { seconds: 0.3, repeat: true, headers, connections });
      for (let i = 0; i < rounds; i++)
        runs.push(await load(server, file, { seconds: 1.5, repeat: true, headers, connections }));
      return runs;
    };
    const one = await several(company.orders.slice(0, 20_000).map((id) => `GET ${orders}/${id}`));
    row({ name: "read-one-cpu", value: medianOf(one, "cpu_us"), unit: "us/request", target: 100 });
    row({ name: "read-one-requests", value: medianOf(one, "per_second"), unit: "1/s", best: "high" });
    for (const [name, { lines, target, connections }] of Object.entries(lists)) {
      const runs = await several(lines, connections);
      row({ name, value: medianOf(runs, "cpu_us"), unit: "us/request", target });
      if (name === "list-cpu")
        row({ name: "list-requests", value: medianOf(runs, "per_second"), unit: "1/s", best: "high" });
    }
  } finally {
    await server.stop();
  }
}
