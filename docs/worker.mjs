// SPDX-License-Identifier: Apache-2.0
// A program that does the tasks of one topic: MILLRACE_URL=... MILLRACE_TOKEN=... node worker.mjs TOPIC
// It asks, waits without load until there is work, does it, and says how it went. Started several
// times it shares the work; killed, its task comes back when the lock ends.
const [topic] = process.argv.slice(2);
const { MILLRACE_URL: url, MILLRACE_TOKEN: token } = process.env;
const worker = `${topic}-${process.pid}`;

async function post(path, body) {
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const answer = await fetch(`${url}/api/v1/external-tasks/${path}`, {
    method: "POST",
    headers,
    body: JSON.stringify({ worker, ...body }),
  });
  if (!answer.ok) throw new Error(`${path}: ${(await answer.json()).message}`);
  return answer.status === 204 ? undefined : answer.json();
}

/** What this program is for. */
function score({ amount }) {
  if (amount < 0) throw new Error("nothing to score");
  return { score: Math.round(amount / 10) };
}

for (;;) {
  const { items } = await post("fetch", { topics: [topic], limit: 10, lock_seconds: 60, wait_seconds: 30 });
  for (const task of items)
    try {
      await post(`${task.id}/complete`, { result: score(task.inputs) });
      console.log(`${task.id} done`);
    } catch (error) {
      const retries = Math.max(0, 3 - task.failures);
      await post(`${task.id}/fail`, { message: error.message, retries, retry_seconds: 60 });
    }
}
