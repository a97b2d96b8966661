// SPDX-License-Identifier: Apache-2.0
// The certificate of a process: asked for, made in the background, read, and cancelled.
import assert from "node:assert/strict";

const proofs = "/api/v1/processes/standard-order/proofs";

export default function proofsCases(it, world) {
  const ended = async (who, id) => {
    for (let i = 0; i < 1200; i++) {
      const { body } = await who.get(`/api/v1/proofs/${id}`);
      if (!["waiting", "working", "cancelling"].includes(body.state)) return body;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error("the proof does not end");
  };

  it("proves a process in the background, and signs what came of it", async () => {
    const admin = await world.office.as("admin");
    const begun = await admin.post(proofs, { runs: 2, seed: 5 });
    assert.equal(begun.status, 202, JSON.stringify(begun.body));
    assert.equal(begun.body.state, "waiting");
    const early = await admin.get(`/api/v1/proofs/${begun.body.id}/certificate`);
    assert.equal(early.status, 409);
    assert.equal((await admin.post(proofs, {})).status, 409, "one at a time");
    const proof = await ended(admin, begun.body.id);
    assert.deepEqual([proof.state, proof.holds, proof.message], ["done", true, null]);
    assert.equal(proof.progress.runs, 2);
    assert.equal(proof.progress.steps, 12);

    const { body } = await admin.get(`/api/v1/proofs/${proof.id}/certificate`);
    const { certificate } = body;
    assert.equal(certificate.hash, proof.hash);
    assert.equal(body.signature, proof.signature);
    assert.equal(certificate.seed, 5);
    assert.ok(certificate.reached.includes("EnterOrder"));
    assert.equal(certificate.reached.length + certificate.missed.length, 12);
    assert.deepEqual([certificate.through, certificate.unclear, certificate.untried], [[], [], []]);
    const doors = new Set(certificate.tried.map((each) => each.door));
    assert.deepEqual([...doors].sort(), ["api", "bulk", "command", "deviation", "import"]);
    const refused = certificate.tried.find((each) => each.door === "bulk" && each.step === "EnterOrder");
    assert.equal(refused.named.key, "EnterOrder");
    assert.equal(refused.named.who.position, "salesperson");
    assert.equal(refused.named.where, "/work");

    const text = await admin.get(`/api/v1/proofs/${proof.id}/text`);
    assert.match(text.body, /HOLDS/);
    assert.ok(text.body.includes(proof.signature));
    const page = (await admin.get(`${proofs}?limit=1`)).body;
    assert.equal(page.items[0].id, proof.id);
  });

  it("stops a proof that is cancelled, and leaves nothing of it", async () => {
    const admin = await world.office.as("admin");
    const { body } = await admin.post(proofs, {});
    const cancelled = await admin.post(`/api/v1/proofs/${body.id}/cancel`);
    assert.ok(["cancelled", "cancelling"].includes(cancelled.body.state), JSON.stringify(cancelled.body));
    assert.equal((await ended(admin, body.id)).state, "cancelled");
    assert.equal((await admin.post(`/api/v1/proofs/${body.id}/cancel`)).status, 409);
    assert.equal((await admin.get(`/api/v1/proofs/${body.id}/certificate`)).status, 409);
  });

  it("shows certificates only to whoever may prove", async () => {
    const sam = await world.office.as("sam");
    assert.equal((await sam.post(proofs, {})).status, 403);
    assert.equal((await sam.get(proofs)).status, 403);
    const admin = await world.office.as("admin");
    assert.equal((await admin.post(proofs, { runs: 0 })).status, 400);
    assert.equal((await admin.post("/api/v1/processes/no-such/proofs", {})).status, 404);
    assert.equal((await admin.get(`${proofs}?after=x`)).status, 400);
  });
}
