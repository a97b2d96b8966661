// SPDX-License-Identifier: Apache-2.0
// The certificate: what happens when somebody tries to break a process.
//
// In a scratch company it makes records, takes them through the process by lawful steps at random
// (the same for the same seed), and at each new set of open steps tries every move that the process
// does not allow, at every door, as somebody with every permission: set each field that it holds,
// delete the record, complete a step that is somebody else's or done, start the process again,
// grant one's own deviation. What got through is undone, and told. What it did not reach is told
// too.
//
// It opens its own units of work on cx->company->database, which must be a scratch one.
#ifndef MILLRACE_PROCESS_PROVE_H
#define MILLRACE_PROCESS_PROVE_H

#include "base/value.h"

typedef struct ProveOptions {
    const char *process;
    int runs;
    uint64_t seed;
} ProveOptions;

// {process, version, hash, explored: {states, steps, complete, findings}, runs, reached, missed,
// attempts, refused, through: [...], tried: [{step, door, move, code, why, count}]}.
FALLIBLE prove_run(Ctx *cx, const ProveOptions *options, Value *out);

#endif
