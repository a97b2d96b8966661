// SPDX-License-Identifier: Apache-2.0
// The certificate: what happens when somebody tries to break a process.
//
// In a scratch company it makes records and takes them through the process by lawful steps, the
// same for the same seed. Where to go is read from the map of all states (flow/explore.h): the
// shortest way to what was not seen yet, with values that make the conditions on it come out as
// they must, the clock put forward for timers, messages and signals sent, services made to fail. At
// each new set of open steps it makes every move that the process does not allow, at every door of
// prove_move.h, as an administrator and as whoever may do the step. A move is refused when nothing
// in the company changed; what changed something is told, and makes the proof fail. What the walk
// did not reach is told too, with the reason.
//
// It opens its own units of work on cx->company->database, which must be a scratch one.
#ifndef MILLRACE_PROCESS_PROVE_H
#define MILLRACE_PROCESS_PROVE_H

#include "process/proofs.h"

typedef struct ProveOptions {
    const char *process;
    int runs; // at most; it ends before when there is nothing new to see
    uint64_t seed;
    const struct ProveDoors *doors; // prove_move.h; NULL: those of this room
    // Asked after each record; an error ends the proof. NULL: it always may.
    Error *(*may_go_on)(Ctx *cx, void *state, const ProofProgress *progress);
    void *state;
} ProveOptions;

// {process, version, hash, seed, at, holds, explored: {states, steps, complete, findings}, runs,
// reached: [steps], missed: [{step, why}], attempts, refused, through: [...], unclear: [...],
// tried: [{step, door, who, move, why, changed?, named: {key, name, who, where}, count}]}.
// `through` are moves that changed something; `unclear` those whose refusal does not name the open
// step.
FALLIBLE prove_run(Ctx *cx, const ProveOptions *options, Value *out);

#endif
