// SPDX-License-Identifier: Apache-2.0
// Timers: what is due is fired in the order in which it came due.
#include "db/db.h"
#include "process/process.h"
#include "process/runner.h"

#define TIMER_ATTEMPTS 8
#define MINUTE_US (60 * 1000000LL)

QUERY(timer_due_rows, "SELECT id, instance, wait, attempts FROM timer WHERE due_at <= $1"
                      " ORDER BY due_at, id LIMIT $2");
QUERY(timer_take, "DELETE FROM timer WHERE id = $1");
QUERY(timer_first, "SELECT due_at FROM timer ORDER BY due_at, id LIMIT 1");
QUERY(timer_postpone, "UPDATE timer SET due_at = $2, attempts = attempts + 1 WHERE id = $1");

static FALLIBLE fire(Ctx *cx, void *state)
{
    const Row *row = state;
    // A timer that fired just before may have closed this one.
    int64_t taken = 0;
    TRY(db_run(cx, &taken, timer_take, row_integer(row, "id")));
    if (!taken)
        return NULL;
    Instance *instance;
    TRY(instance_load(cx, row_integer(row, "instance"), &instance));
    FlowEvent event = {.kind = FLOW_TIMER, .wait = (int)row_integer(row, "wait")};
    RunCause cause = {"timer", value_null(), 0};
    return runner_run(cx, instance, &event, &cause);
}

// The others go on; after many attempts somebody is told.
static FALLIBLE put_off(Ctx *cx, const Row *row, const char *reason)
{
    int64_t attempts = row_integer(row, "attempts") + 1;
    if (attempts < TIMER_ATTEMPTS)
        return db_run(cx, NULL, timer_postpone, row_integer(row, "id"),
                      cx->now + (MINUTE_US << attempts));
    TRY(db_run(cx, NULL, timer_postpone, row_integer(row, "id"), cx->now + 24 * 60 * MINUTE_US));
    Instance *instance;
    TRY(instance_load(cx, row_integer(row, "instance"), &instance));
    instance->state = "incident";
    instance->incident = reason;
    return instance_store(cx, instance);
}

FALLIBLE timers_fire(Ctx *cx, int limit, int *fired)
{
    Rows rows;
    TRY(db_rows(cx, &rows, timer_due_rows, cx->now, limit));
    for (size_t i = 0; i < rows.count; i++) {
        Error *error = db_attempt(cx, fire, &rows.items[i]);
        if (error && error->code == ERR_UNAVAILABLE) // the unit is to be run again
            return error;
        if (error)
            TRY(put_off(cx, &rows.items[i], error->message));
    }
    *fired = (int)rows.count;
    return NULL;
}

FALLIBLE timers_next(Ctx *cx, Instant *next)
{
    Row *row;
    TRY(db_row(cx, &row, timer_first));
    *next = row ? row_integer(row, "due_at") : 0;
    return NULL;
}
