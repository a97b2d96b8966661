// SPDX-License-Identifier: Apache-2.0
// Subscriptions: who waits for a message, a signal or a condition on a record; waiting places of
// instances, and starts of the newest version of a process.
//
// Private to process/. Written in the transaction of the step, or of the deployment.
#ifndef MILLRACE_PROCESS_SUBSCRIPTIONS_H
#define MILLRACE_PROCESS_SUBSCRIPTIONS_H

#include "base/value.h"
#include "db/db.h"

#define WAITS_MESSAGE "message"
#define WAITS_SIGNAL "signal"
#define WAITS_CONDITION "condition" // `name`: the entity, `key`: the record's id

typedef struct Subscription {
    Id id;
    const char *kind;
    const char *name;
    const char *key; // "": none
    bool starts;
    Id owner; // an instance; of a start the process version
    int64_t wait;
    const char *node;
} Subscription;

typedef struct Subscriptions {
    Subscription *items;
    size_t count;
} Subscriptions;

FALLIBLE subscription_add(Ctx *cx, const Subscription *subscription); // its id is given
FALLIBLE subscription_close(Ctx *cx, Id owner, int64_t wait);
FALLIBLE subscriptions_close_all(Ctx *cx, Id owner);
FALLIBLE subscriptions_of(Ctx *cx, Id owner, Subscriptions *out);

typedef struct WaitersOf {
    const char *kind;
    const char *name;
    const char *key;
    Id after; // instances that are newer than this one
    Id until; // subscriptions made since are left out
} WaitersOf;

// An instance that waits, at its first place that does.
typedef struct Waiter {
    Id instance;
    int wait;
} Waiter;

typedef struct Waiters {
    Waiter *items;
    size_t count;
} Waiters;

// Each instance once, the oldest first, at most `limit`.
FALLIBLE waiters_find(Ctx *cx, const WaitersOf *wanted, int limit, Waiters *out);
// The starts of (kind, name), whatever the key.
FALLIBLE subscriptions_starting(Ctx *cx, const char *kind, const char *name, Subscriptions *out);

#endif
