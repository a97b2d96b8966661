// SPDX-License-Identifier: Apache-2.0
// Replaying an instance: its history, event by event through the pure step, gives its state.
//
// Each row of the history holds the events that came in and, of the record as it was, what the
// model looks at (`input`; flow_subject_kept), and by reference what is personal of it: the fields
// that a pack, and the variables that a model declares so, whose values stand in instance_personal.
// These can be erased alone: what hung on none of them is replayed all the same. All inputs can be
// erased while what happened and when stays. What was erased, pruned or recorded before inputs were
// kept is refused by name.
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
    int64_t strays; // rows that made happen something else than is written
    int64_t erased; // personal values that are not there any more: replayed as null
} Replayed;

// Up to the row with that sequence (-1: all).
FALLIBLE instance_replay(Ctx *cx, Id instance, int64_t until, Replayed *out);
// The detail of a row of the kind RESTARTED: {deviation, event}: the sequence of the row behind
// which the instance began again.
#define RESTARTED "restarted"

// {equal, rows, steps, erased}: whether the replay gives the state that is stored, and
// each row on the way what is written there. Needs "process.read".
FALLIBLE instance_replay_check(Ctx *cx, Id instance, Value *out);

// Takes the inputs of an ended instance out of its history, and with them what stands beside it.
// Needs "process.erase".
FALLIBLE instance_inputs_erase(Ctx *cx, Id instance);
// Only what is personal of them; *out as of instance_replay_check, not equal when the way hung on
// what is gone. Needs "process.erase".
FALLIBLE instance_personal_erase(Ctx *cx, Id instance, Value *out);
// What stands beside the history of an ended instance: the drafts of its work items, the values of
// its deviations (those not decided are closed), what it sent that has been delivered, and the
// words that people wrote: comments, reasons, notes on incidents. For these two, which have asked
// for the right.
FALLIBLE erase_beside(Ctx *cx, Id instance);
// The first for all that ended of the instances on a record, and of those that they called, also
// when the record is not there any more: {erased: how many, running: [ids], left}. At most
// ERASE_AT_ONCE in one unit; `left`: there are more, so ask again. Needs "process.erase".
#define ERASE_AT_ONCE 200
FALLIBLE record_histories_erase(Ctx *cx, const char *entity, Id record, Value *out);

#endif
