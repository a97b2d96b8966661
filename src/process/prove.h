// SPDX-License-Identifier: Apache-2.0
// The certificate: what happens when somebody tries to break a process.
//
// In a scratch company it makes records and takes them through the process by lawful steps, the
// same for the same seed. Where to go is read from the map of all states (flow/explore.h): the
// shortest way to what was not seen yet, with values that make the conditions on it come out as
// they must, the clock put forward for timers, messages and signals sent, services made to fail. At
// each new set of open steps it tries every move that the process does not allow, at every door, as
// somebody with every permission: set each field that it holds, delete the record, complete a step
// that is somebody else's or done, start the process again, grant one's own deviation. What got
// through is undone, and told. What it did not reach is told too, with the reason.
//
// It opens its own units of work on cx->company->database, which must be a scratch one.
#ifndef MILLRACE_PROCESS_PROVE_H
#define MILLRACE_PROCESS_PROVE_H

#include "base/value.h"

typedef struct ProveOptions {
    const char *process;
    int runs; // at most; it ends before when there is nothing new to see
    uint64_t seed;
} ProveOptions;

// {process, version, hash, seed, at, holds, explored: {states, steps, complete, findings}, runs,
// reached: [steps], missed: [{step, why}], attempts, refused, through: [...], tried: [{step, door,
// move, why, count}]}.
FALLIBLE prove_run(Ctx *cx, const ProveOptions *options, Value *out);

#endif
