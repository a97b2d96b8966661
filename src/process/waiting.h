// SPDX-License-Identifier: Apache-2.0
// Rows that project the waiting places of instances: timers, message subscriptions; work items are
// in work_item.h.
//
// Private to process/. They are written in the transaction of the step that opened or closed the
// place, so they and the packed state never disagree. What is closed is deleted.
#ifndef MILLRACE_PROCESS_WAITING_H
#define MILLRACE_PROCESS_WAITING_H

#include "base/value.h"
#include "db/db.h"
#include "process/work_item.h"

FALLIBLE timer_insert(Ctx *cx, Id instance, int64_t wait, const char *node, Instant due_at);
FALLIBLE message_wait_insert(Ctx *cx, Id instance, int64_t wait, const char *node, const char *name,
                             const char *key);
// Each closes what stands for this waiting place.
FALLIBLE timer_close(Ctx *cx, Id instance, int64_t wait);
FALLIBLE message_wait_close(Ctx *cx, Id instance, int64_t wait);
// Closes all of an instance that has ended, its work items too.
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
