// SPDX-License-Identifier: Apache-2.0
// A page of a record's timeline among five million activities, of which 5,000 are about the record.
import { Office } from "../../tests/lib/orders.mjs";
import { demoCompany, serve } from "../../tests/lib/server.mjs";
import { signedIn } from "../lib/company.mjs";
import { load, medianOf, program, requestFile } from "../lib/measure.mjs";

const count = 5_000_000;
const rounds = 3;
const records = "/api/v1/records";

export const about = `pages of 30 of a timeline, ${count.toLocaleString("en-US")} activities`;

// A record with all that a timeline tells, and the activity that is copied.
async function begin(company) {
  const server = await serve(company);
  try {
    const sam = await new Office(server.url).as("sam");
    const account = (await sam.post(`${records}/account`, { fields: { name: "Bench Pumps", type: "customer" } })).body;
    for (let i = 0; i < 20; i++)
      await sam.post(`${records}/account/${account.id}/comments`, { kind: i % 2 ? "note" : "comment", text: `Said ${i}` });
    const fields = { subject: "Visit", kind: "visit", about: `account/${account.id}` };
    return { account: account.id, activity: (await sam.post(`${records}/activity`, { fields })).body.id };
  } finally {
    await server.stop();
  }
}

export async function measure(row) {
  const company = demoCompany();
  try {
    const { account, activity } = await begin(company);
    await program("bench-fill", ["--activities", company.database, activity, String(count)], 600);
    const server = await serve(company);
    try {
      const headers = await signedIn(server, "sam");
      const path = `${records}/account/${account}/history?limit=30`;
      const sam = await new Office(server.url).as("sam");
      let page = (await sam.get(path)).body;
      for (let i = 0; i < 50; i++) page = (await sam.get(`${path}&after=${page.next}`)).body;
      const pages = { first: path, "far-down": `${path}&after=${page.next}`, activities: `${path}&type=activity` };
      for (const [name, line] of Object.entries(pages)) {
        const file = requestFile([`GET ${line}`]);
        const runs = [];
        for (let i = 0; i < rounds; i++)
          runs.push(await load(server, file, { seconds: 1.5, repeat: true, headers, connections: 16 }));
        row({ name: `timeline-${name}-cpu`, value: medianOf(runs, "cpu_us"), unit: "us/request", target: 1000 });
      }
    } finally {
      await server.stop();
    }
  } finally {
    company.remove();
  }
}
