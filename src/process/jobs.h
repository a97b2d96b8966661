// SPDX-License-Identifier: Apache-2.0
// Jobs: what is to be done later, at least once: timers, starts, calls, fan-outs, deliveries, and
// what programs outside the company do.
//
// Private to process/. A job is taken by a lease: compare-and-set of `holder`, with `ready_at` put
// to the lease's end, so that whoever dies with it in hand gives it back by the clock. It is done
// and deleted in one transaction where the holder is still the same; what fails is put off, longer
// each time, and after JOB_ATTEMPTS given up: somebody is told.
#ifndef MILLRACE_PROCESS_JOBS_H
#define MILLRACE_PROCESS_JOBS_H

#include "base/registry.h"
#include "base/value.h"
#include "db/db.h"

#define JOB_ATTEMPTS 8
#define JOB_NEVER (INT64_MAX / 2) // ready_at of what waits for somebody

#define QUEUE_INSIDE ""
#define QUEUE_DELIVER "deliver"
#define QUEUE_HOUSE "housekeeping"
#define QUEUE_TOPIC "topic:" // before the topic

typedef struct Job {
    Id id;
    const char *queue;
    const char *kind;
    Id owner; // an instance; of a start the process version; 0: none
    int64_t wait;
    const char *node;
    Instant due_at;
    int64_t attempts;
    const char *holder; // NULL: nobody has it
    Instant ready_at;
    Value detail; // null or a context
} Job;

// id and ready_at are given; what is not set is 0, "" or null.
FALLIBLE job_add(Ctx *cx, const Job *job, Id *id);
// *out is NULL when there is none.
FALLIBLE job_load(Ctx *cx, Id id, Job **out);
// Takes the job away when `holder` still has it; *out is NULL when not.
FALLIBLE job_take_away(Ctx *cx, Id id, const char *holder, Job **out);
// Another ready_at, holder (NULL: nobody) and attempts, where `holder` still has it.
FALLIBLE job_put_off(Ctx *cx, const Job *job, const char *holder, Instant ready_at,
                     const char *error);
FALLIBLE job_close(Ctx *cx, Id owner, int64_t wait);
FALLIBLE jobs_close_all(Ctx *cx, Id owner);
// Of an instance, by id.
FALLIBLE jobs_of(Ctx *cx, Id owner, Job ***out, size_t *count);

// When the first of the queue may be taken, 0 when there is none.
FALLIBLE jobs_next_of(Ctx *cx, const char *queue, Instant *next);
// At most `limit` jobs of the queue, for `holder` until `until`, in the order in which they came
// due.
FALLIBLE jobs_lease(Ctx *cx, const char *queue, const char *holder, int limit, Instant until,
                    Job ***out, size_t *count);

// What a job of the executor does; it has been taken away, and comes back when this fails.
typedef struct JobKind {
    const char *kind;
    Error *(*run)(Ctx *cx, const Job *job);
    // After JOB_ATTEMPTS, in a transaction of its own; `reason` in LANGUAGE_SOURCE.
    Error *(*give_up)(Ctx *cx, const Job *job, const char *reason);
} JobKind;
extern Registry job_kinds;
#define JOB_KIND(identifier, kind_name, run_function, give_up_function)                            \
    static const JobKind job_kind_##identifier = {kind_name, run_function, give_up_function};      \
    REGISTER(job_kinds, job_kind_##identifier, kind_name, &job_kind_##identifier)

#endif
