// SPDX-License-Identifier: Apache-2.0
// The runner: one event on one instance, carried through until only waiting remains.
//
// Private to process/. It loads nothing by itself but the subject record, steps the pure engine,
// applies the effects in their order, answers function and decision calls, and stores the instance;
// all in the caller's unit of work. Messages that the step sent are delivered after the instance is
// stored, so one instance is never stepped inside its own step.
//
//     event -> flow_step -> effects -+-> record fields (through the gate, Ctx.step set)
//       ^                            +-> work items, timers, subscriptions (rows)
//       |                            +-> messages (outbox, then delivered inside)
//       +--- answers of functions, --+
//            decisions, kept messages
#ifndef MILLRACE_PROCESS_RUNNER_H
#define MILLRACE_PROCESS_RUNNER_H

#include "flow/step.h"
#include "process/active_step.h"
#include "process/instance.h"

#define LIMIT_RUN_DEPTH 16  // messages that lead to messages, in one unit of work
#define LIMIT_RUN_STEPS 500 // answers in one run: a loop of service tasks is an error

// Starts an instance on a record (0: on none), which started it or which the caller may read.
FALLIBLE runner_start(Ctx *cx, const ProcessModel *model, Id subject, Value variables, int start,
                      Id *out);

// What came in, for the history.
typedef struct RunCause {
    const char *kind; // "completed", "timer", "message", "cancelled"
    Value detail;     // null or a context
    int depth;        // of messages that led here
} RunCause;

// Carries the event to the place `event->wait` of the instance. ERR_CONFLICT when it has ended or
// nothing waits there.
FALLIBLE runner_run(Ctx *cx, Instance *instance, const FlowEvent *event, const RunCause *cause);

// Whether the place stands as an incident: stuck, or a call that failed; every other call has been
// answered when a run ends.
bool place_is_incident(const FlowPlace *place);

// Delivers to whoever waits for (name, key); *delivered counts instances. In messages.c.
FALLIBLE message_deliver(Ctx *cx, const char *name, const char *key, Value payload, int depth,
                         int *delivered);
// A kept message that a new subscription takes; *payload is null kind when there is none.
FALLIBLE message_take_kept(Ctx *cx, const char *name, const char *key, bool *found, Value *payload);
// A row of the outbox; in messages.c.
FALLIBLE outbox_message_insert(Ctx *cx, Id instance, const char *node, const char *name,
                               const char *key, Value payload, Id *row);
FALLIBLE outbox_delivered(Ctx *cx, Id row);

// Whoever acts, as the engine on their behalf: the same user, every permission, the step's door.
const Actor *engine_actor(Ctx *cx);

// The record an instance governs, all of it, as expressions see it; null when there is none.
FALLIBLE subject_read(Ctx *cx, const char *entity, Id subject, Value *out);

#endif
