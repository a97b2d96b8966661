// SPDX-License-Identifier: Apache-2.0
// The agenda of a unit of work: what follows from its steps, done in order once the instance that
// caused it is stored, so that no instance is ever stepped inside its own step.
//
// Private to process/. A run enters and leaves it; whoever leaves last does what is on it, and what
// that adds, until nothing is left. There is no recursion, and an end: LIMIT_AGENDA.
#ifndef MILLRACE_PROCESS_AGENDA_H
#define MILLRACE_PROCESS_AGENDA_H

#include "flow/step.h"
#include "record/record.h"

#define LIMIT_AGENDA 10000 // what may follow from one step: an endless exchange is an error

typedef enum FollowKind {
    FOLLOW_MESSAGE, // name, key, value, row of the outbox
    FOLLOW_SIGNAL,  // name, value; the sender itself has heard it
    FOLLOW_CALL,    // `instance` calls by `node` at `wait`; value: inputs
    FOLLOW_ANSWER,  // `event` comes to the caller `instance`
    FOLLOW_CANCEL,  // what `instance` called at `wait` is not wanted any more
    FOLLOW_UNDO,    // key: the instance that `instance` called is to be undone, for `wait`
    FOLLOW_FORGET,  // ... will not be undone any more
    FOLLOW_KEPT,    // name, key: what `once` kept waiting may start now
    FOLLOW_CHECK,   // a record changed (`before` NULL: it is new): conditions on it
} FollowKind;

typedef struct Follow {
    FollowKind kind;
    Id instance; // of a message or signal: the sender, 0 when it comes from outside
    int wait;
    const GraphNode *node;
    const char *name;
    const char *key;
    Value value;
    Id row;
    FlowEvent event;
    const char *entity; // of a message or signal: the sender's record
    Id subject;
    const Record *before;
    const Record *after;
} Follow;

void agenda_add(Ctx *cx, const Follow *follow);
void agenda_enter(Ctx *cx);
// `error` is what the run came to; with one nothing of the agenda is done.
FALLIBLE agenda_leave(Ctx *cx, Error *error);

// Each kind's own file.
FALLIBLE message_follow(Ctx *cx, const Follow *follow);   // messages.c
FALLIBLE kept_follow(Ctx *cx, const Follow *follow);      // messages.c
FALLIBLE signal_follow(Ctx *cx, const Follow *follow);    // signals.c
FALLIBLE call_start(Ctx *cx, const Follow *follow);       // calls.c
FALLIBLE call_answer(Ctx *cx, const Follow *follow);      // calls.c
FALLIBLE call_cancel(Ctx *cx, const Follow *follow);      // calls.c
FALLIBLE call_undo(Ctx *cx, const Follow *follow);        // calls.c
FALLIBLE call_forget(Ctx *cx, const Follow *follow);      // calls.c
FALLIBLE condition_follow(Ctx *cx, const Follow *follow); // conditions.c

#endif
