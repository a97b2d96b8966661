// SPDX-License-Identifier: Apache-2.0
// A private PostgreSQL cluster for a suite: on a socket only, without fsync unless told, gone at the end.
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";

const home = "/usr/lib/postgresql";

/** The folder of the newest installed server's programs; undefined when there is none. */
function programs() {
  if (!existsSync(home)) return undefined;
  const versions = readdirSync(home).sort((a, b) => Number(b) - Number(a));
  return versions.map((version) => join(home, version, "bin")).find((bin) => existsSync(join(bin, "initdb")));
}

/** PostgreSQL refuses to run as root: then it is the user postgres. */
function asServerUser(program, args) {
  const isRoot = userInfo().uid === 0;
  const command = isRoot ? "runuser" : program;
  const whole = isRoot ? ["-u", "postgres", "--", program, ...args] : args;
  execFileSync(command, whole, { stdio: ["ignore", "ignore", "pipe"], cwd: "/" });
}

export function startCluster({ durable = false } = {}) {
  const bin = programs();
  if (!bin) throw new Error("PostgreSQL is not installed: run tools/setup test");
  const folder = mkdtempSync("/tmp/millrace-pg-");
  chmodSync(folder, 0o777);
  const data = join(folder, "data");
  asServerUser(join(bin, "initdb"), ["-D", data, "--encoding=UTF8", "--locale=C", "--auth=trust", "-U", "millrace"]);
  const loose = durable ? "" : "-c fsync=off -c full_page_writes=off";
  const options = `-k ${folder} -c listen_addresses= ${loose} -c max_connections=60`;
  asServerUser(join(bin, "pg_ctl"), ["-D", data, "-w", "-l", join(folder, "log"), "-o", options, "start"]);
  let serial = 0;
  return {
    /** The address of a fresh, empty database. */
    database() {
      const name = `company_${++serial}`;
      asServerUser(join(bin, "createdb"), ["-h", folder, "-U", "millrace", name]);
      return `postgresql:///${name}?host=${folder}&user=millrace`;
    },
    stop() {
      const isRoot = userInfo().uid === 0;
      const stop = [join(bin, "pg_ctl"), "-D", data, "-m", "immediate", "stop"];
      spawnSync(isRoot ? "runuser" : stop[0], isRoot ? ["-u", "postgres", "--", ...stop] : stop.slice(1), { cwd: "/" });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
