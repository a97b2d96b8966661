// SPDX-License-Identifier: Apache-2.0
// Rows that project the waiting places of instances: work items (work_item.h), jobs (jobs.h) and
// subscriptions (subscriptions.h); and what an instance waits for beside people, all told.
//
// Private to process/. They are written in the transaction of the step that opened or closed the
// place, so they and the packed state never disagree. A closed job or subscription is deleted.
#ifndef MILLRACE_PROCESS_WAITING_H
#define MILLRACE_PROCESS_WAITING_H

#include "base/value.h"
#include "db/db.h"
#include "process/instance.h"
#include "process/work_item.h"

// Closes all of an instance that has ended, its work items too.
FALLIBLE waiting_close_all(Ctx *cx, Id instance);

// What an instance waits for beside people, for whoever looks at it.
typedef struct Waiting {
    const char
        *kind; // "message", "signal", "condition", "timer", "external", "job", "call", "data"
    int64_t wait;
    const char *node;
    const char *name; // of the message or signal, the entity, the topic, the called process
    Instant due_at;   // of a timer, else 0
    Id called;        // the called instance, else 0
} Waiting;
typedef ARRAY(Waiting) WaitingArray;
FALLIBLE waiting_of(Ctx *cx, const Instance *instance, WaitingArray *out);

#endif
