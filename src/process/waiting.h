// SPDX-License-Identifier: Apache-2.0
// Rows that project the waiting places of instances: work items, timers, message subscriptions.
//
// Private to process/. They are written in the transaction of the step that opened or closed the
// place, so they and the packed state never disagree. A closed timer or subscription is deleted; a
// work item is kept for ever with its end.
#ifndef MILLRACE_PROCESS_WAITING_H
#define MILLRACE_PROCESS_WAITING_H

#include "base/value.h"
#include "db/db.h"
#include "process/instance.h"

typedef struct WorkItem {
    Id id;
    Id instance;
    int64_t wait; // the waiting place in the packed state
    const char *process_key;
    Id model;
    const char *node;
    const char *entity; // NULL when there is no subject
    Id subject;
    const char *state;      // "offered", "claimed", "completed", "cancelled"
    const char *position;   // NULL: anybody of the department
    const char *department; // NULL: anybody
    bool named;             // only the users in work_item_user
    Id assignee;
    int priority;
    Instant created_at;
    Instant due_at; // 0: none
    Instant ended_at;
    Id completed_by;
} WorkItem;

// As `work_item` columns in every query that ends in work_item_of.
#define WORK_ITEM_COLUMNS                                                                          \
    "id, instance, wait, process_key, model, node, entity, subject, state, position, department, " \
    "named, assignee, priority, created_at, due_at, due_order, ended_at, completed_by"
WorkItem *work_item_of(Ctx *cx, const Row *row);

// ERR_NOT_FOUND when there is none.
FALLIBLE work_item_load(Ctx *cx, Id id, WorkItem **out);
FALLIBLE work_item_insert(Ctx *cx, const WorkItem *item);
// The items of an instance that are offered or claimed, oldest first.
FALLIBLE work_items_open(Ctx *cx, Id instance, WorkItem ***out, size_t *count);
// Whether the actor's user completed that step in this instance.
FALLIBLE work_item_done_by(Ctx *cx, Id instance, const char *node, Id user, bool *done);
// Whether the step was ended, completed or cancelled, in this instance.
FALLIBLE work_item_ended(Ctx *cx, Id instance, const char *node, bool *ended);
// Offered -> claimed by the user; *taken is false when it was no longer offered.
FALLIBLE work_item_take(Ctx *cx, Id item, Id user, bool *taken);
FALLIBLE work_item_give_back(Ctx *cx, Id item);
// Offered, or claimed by the user -> completed; *finished is false when it was neither.
FALLIBLE work_item_finish(Ctx *cx, Id item, Id user, bool *finished);

FALLIBLE timer_insert(Ctx *cx, Id instance, int64_t wait, const char *node, Instant due_at);
FALLIBLE message_wait_insert(Ctx *cx, Id instance, int64_t wait, const char *node, const char *name,
                             const char *key);
// Names a user who may do the item; `named` was set when it was inserted.
FALLIBLE work_item_name(Ctx *cx, Id item, Id user);
FALLIBLE work_item_is_named(Ctx *cx, Id item, Id user, bool *named);
// Each closes what stands for this waiting place; an open work item becomes "cancelled".
FALLIBLE work_item_close(Ctx *cx, Id instance, int64_t wait);
FALLIBLE timer_close(Ctx *cx, Id instance, int64_t wait);
FALLIBLE message_wait_close(Ctx *cx, Id instance, int64_t wait);
// Closes all of an instance that has ended.
FALLIBLE waiting_close_all(Ctx *cx, Id instance);

// The message subscriptions and timers of an instance, for what it waits for now.
typedef struct Waiting {
    int64_t wait;
    const char *node;
    const char *name; // of the message, NULL for a timer
    Instant due_at;   // of the timer, 0 for a message
} Waiting;
FALLIBLE waiting_of(Ctx *cx, Id instance, Waiting **out, size_t *count);

#endif
