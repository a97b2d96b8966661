// SPDX-License-Identifier: Apache-2.0
// The runner: one event on one instance, carried through until only waiting remains.
//
// Private to process/. It loads nothing by itself but the subject record, steps the pure engine,
// applies the effects in their order, answers function and decision calls, and stores the instance;
// all in the caller's unit of work. What the step tells other instances goes on the agenda and is
// done after the instance is stored, so one instance is never stepped inside its own step.
//
//     event -> flow_step -> effects -+-> record fields (through the gate, Ctx.step set)
//       ^                            +-> work items, jobs, subscriptions (rows)
//       |                            +-> messages, signals, calls, answers (agenda.h)
//       +--- answers of functions, --+
//            decisions, kept messages
#ifndef MILLRACE_PROCESS_RUNNER_H
#define MILLRACE_PROCESS_RUNNER_H

#include "flow/migrate.h"
#include "flow/restart.h"
#include "flow/step.h"
#include "process/active_step.h"
#include "process/instance.h"

#define LIMIT_RUN_STEPS 500 // answers in one run: a loop of service tasks is an error
#define LIMIT_CALL_DEPTH 32 // processes that call processes

typedef struct Start {
    const ProcessModel *model;
    Id subject;             // the record, which started it or which the caller may read; 0: none
    Value value;            // variables, or what came with the event
    int node;               // the start event; -1: the none starts
    const Instance *caller; // NULL: not called
    int caller_wait;
    const char *caller_node;
    const char *message; // that started it, where the model asks for its key; NULL: none
    const char *key;
} Start;

FALLIBLE runner_start(Ctx *cx, const Start *start, Id *out);

// What came in, for the history.
typedef struct RunCause {
    const char *kind; // "completed", "timer", "message", "cancelled"
    Value detail;     // null or a context
    bool call_now;    // functions that are called by a job are called in this run
    const char *told; // the message of a failure, in LANGUAGE_SOURCE; NULL: the event's own
} RunCause;

// A service task that shall fail with that code instead of being called. Only a proof sets one, in
// its scratch company.
typedef struct Rehearsal {
    const char *process;
    const char *node;
    const char *code;
} Rehearsal;

// Carries the event to the place `event->wait` of the instance. ERR_CONFLICT when it has ended or
// nothing waits there.
FALLIBLE runner_run(Ctx *cx, Instance *instance, const FlowEvent *event, const RunCause *cause);
// The same, but it does nothing when the instance has ended or the place is gone; *taken tells.
FALLIBLE runner_offer(Ctx *cx, Id instance, const FlowEvent *event, const RunCause *cause,
                      bool *taken);
// What a called instance that completed kept (FLOW_UNDOABLE) is undone, and answers to `wait` of
// its caller; or it is forgotten. *taken is false when it keeps nothing.
FALLIBLE runner_undo(Ctx *cx, Id called, int wait, bool *taken);
FALLIBLE runner_forget(Ctx *cx, Id called, bool *taken);
FALLIBLE runner_keeps(Ctx *cx, Instance *instance, bool *out); // it ended, and can be undone
// The call that waits there stands as an incident, until it is tried again; `reason` in
// LANGUAGE_SOURCE.
FALLIBLE runner_give_up(Ctx *cx, Id instance, int wait, const char *reason);

// What that changes in the state; for the replay.
void state_give_up(FlowState *state, int wait);

// Takes the instance over to another version of its process. With problems nothing is changed. What
// is kept of kept places beside the state, the caller moves.
FALLIBLE runner_migrate(Ctx *cx, Instance *instance, const ProcessModel *to,
                        const FlowMigrationPlan *plan, const RunCause *cause, FlowMigration *out);

// Begins again where it stood `then`, on the version on which it runs, ended or not.
FALLIBLE runner_restart(Ctx *cx, Instance *instance, const FlowState *then, const RunCause *cause);

// Whether the place stands as an incident: stuck, or a call that failed.
bool place_is_incident(const FlowPlace *place);

// A row of the outbox; in messages.c.
FALLIBLE outbox_message_insert(Ctx *cx, Id instance, const char *node, const char *name,
                               const char *key, Value payload, Id *row);

// Whoever acts, as the engine on their behalf: the same user, every permission, the step's door.
const Actor *engine_actor(Ctx *cx);

// The record an instance governs, all of it, as expressions see it; null when there is none.
FALLIBLE subject_read(Ctx *cx, const char *entity, Id subject, Value *out);

#endif
