// SPDX-License-Identifier: Apache-2.0
// Searching among a million accounts, and what it costs to have them all in the index.
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { demoCompany, run, serve } from "../../tests/lib/server.mjs";
import { signedIn } from "../lib/company.mjs";
import { load, medianOf, requestFile, scratch } from "../lib/measure.mjs";

const rows = Number(process.env.BENCH_SEARCH_ROWS ?? 1_000_000);

export const about = `search ${rows.toLocaleString("en-US")} accounts by words, characters, pinyin and numbers`;

const rounds = 3;
const rivers = ["Alder", "Brent", "Cedar", "Delta", "Elbe", "Foyle", "Great Ouse", "Humber", "Isar", "Jordan", "Kennet", "Lahn"];
const trades = ["Waterworks", "Mills", "Pumps", "Ferries", "Turbines", "Locks", "Dredging", "Irrigation", "Shipyard", "Fisheries"];
const kinds = ["GmbH", "Ltd", "AG", "Inc", "Cooperative"];
const cities = ["Bremen", "Kiel", "Hull", "Leith", "杭州", "重庆"];
const surnames = [..."王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"];
const given = [..."伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂小红文玉建国华志"];
const lands = ["溪湾", "江南", "长河", "东湖", "北岸", "南山", "西溪", "云水", "清泉", "白沙"];
const works = ["泵业", "水务", "船舶", "机械", "阀门", "水利", "渔业", "港务"];

// A number without pattern for the i-th row, the same in every run.
const mix = (i, salt, count) => Number((BigInt(i) * 2654435761n + BigInt(salt) * 40503n) % 4294967291n) % count;

function account(i) {
  const pick = (salt, from) => from[mix(i, salt, from.length)];
  const word = (mix(i, 9, 900_000) + 100_000).toString(36);
  const name =
    i % 3 === 0
      ? `${pick(1, lands)}${pick(2, given)}${pick(3, given)}${pick(4, works)}有限公司`
      : i % 3 === 1
        ? `${pick(1, surnames)}${pick(2, given)}${pick(3, given)}`
        : `${pick(1, rivers)} ${word} ${pick(2, trades)} ${pick(3, kinds)}`;
  return `${name},${pick(5, cities)},+49${4_000_000_000 + mix(i, 6, 999_999_999)}`;
}

async function accounts() {
  const path = join(scratch(), "accounts.csv");
  const out = createWriteStream(path);
  out.write("name,city,phone\n");
  for (let i = 0; i < rows; i += 1000) {
    const lines = [];
    for (let k = i; k < Math.min(i + 1000, rows); k++) lines.push(account(k));
    if (!out.write(`${lines.join("\n")}\n`)) await new Promise((resolve) => out.once("drain", resolve));
  }
  out.end();
  await finished(out);
  return path;
}

const questions = {
  "search-word-cpu": ["waterworks", "Alder", "bremen", "humber mills"],
  "search-rare-word-cpu": ["2n9c", "alder 4f", "kennet 7abc"],
  "search-inside-cpu": ["terwork", "gation", "ipyar"],
  "search-chinese-cpu": ["泵业", "溪湾", "江南船舶", "王小明"],
  "search-pinyin-cpu": ["wxm", "wangxiaoming", "wang xiao", "xiwan bengye"],
  "search-number-cpu": ["AC-123456", "1234567", "0400 123"],
};

const timed = (args) => {
  const started = performance.now();
  const done = run(args, { stdio: ["ignore", "ignore", "pipe"] });
  if (done.status !== 0) throw new Error(done.stderr);
  return rows / ((performance.now() - started) / 1000);
};

export async function measure(row) {
  const company = demoCompany();
  try {
    const database = ["--database", company.database, "--json"];
    const file = await accounts();
    const imported = timed(["import", file, "--entity", "account", ...database]);
    row({ name: "search-import", value: imported, unit: "rows/s", best: "high" });
    const indexed = timed(["search-index", ...database]);
    row({ name: "search-index", value: indexed, unit: "rows/s", target: 30_000, best: "high" });
    const server = await serve(company);
    try {
      const headers = await signedIn(server, "sam");
      for (const [name, words] of Object.entries(questions)) {
        const lines = words.map((text) => `GET /api/v1/search?entity=account&q=${encodeURIComponent(text)}`);
        const runs = [];
        for (let i = 0; i < rounds; i++)
          runs.push(await load(server, requestFile(lines), { seconds: 1.5, repeat: true, headers, connections: 4 }));
        row({ name, value: medianOf(runs, "cpu_us"), unit: "us/request", target: 5000 });
      }
    } finally {
      await server.stop();
    }
  } finally {
    company.remove();
  }
}
