// SPDX-License-Identifier: Apache-2.0
// Replaying an instance: its history, event by event through the pure step, gives its state.
//
// Each row of the history holds the events that came in and the record as it was, by value in one
// place (`input`), so that they can be erased while what happened and when stays. What was erased,
// pruned or recorded before inputs were kept is refused by name.
#ifndef MILLRACE_PROCESS_REPLAY_H
#define MILLRACE_PROCESS_REPLAY_H

#include "flow/step.h"
#include "process/deployments.h"
#include "process/instance.h"

typedef struct Replayed {
    const ProcessModel *model; // on which it ran then
    FlowState state;
    int64_t rows; // of the history
    int64_t steps;
} Replayed;

// Up to the row with that sequence (-1: all).
FALLIBLE instance_replay(Ctx *cx, Id instance, int64_t until, Replayed *out);
// {equal, rows, steps}: whether the replay gives what is stored. Needs "process.read".
FALLIBLE instance_replay_check(Ctx *cx, Id instance, Value *out);

// Takes the inputs of an ended instance out of its history. Needs "process.erase".
FALLIBLE instance_inputs_erase(Ctx *cx, Id instance);

#endif
