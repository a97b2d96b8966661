// SPDX-License-Identifier: Apache-2.0
#include "process/jobs.h"

#include "base/ids.h"
#include "base/json.h"
#include "base/limits.h"
#include "process/process.h"

#include <stdlib.h>
#include <string.h>

#define MINUTE_US (60 * 1000000LL)
#define DAY_US (24 * 60 * MINUTE_US)

#define JOB_COLUMNS "id, queue, kind, owner, wait, node, due_at, ready_at, attempts, holder, detail"

QUERY(job_insert, "INSERT INTO process_job (id, queue, kind, owner, wait, node, due_at, ready_at, "
                  "attempts, detail)"
                  " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
QUERY(job_by_id, "SELECT " JOB_COLUMNS " FROM process_job WHERE id = $1");
QUERY(job_by_owner, "SELECT " JOB_COLUMNS " FROM process_job WHERE owner = $1 ORDER BY id");
QUERY(job_delete_held,
      "DELETE FROM process_job WHERE id = $1 AND holder = $2 RETURNING " JOB_COLUMNS);
QUERY(job_delete_wait, "DELETE FROM process_job WHERE owner = $1 AND wait = $2");
QUERY(job_delete_owner, "DELETE FROM process_job WHERE owner = $1");
QUERY(job_set, "UPDATE process_job SET holder = $3, ready_at = $4, attempts = $5, error = $6"
               " WHERE id = $1 AND holder = $2");
QUERY(job_first, "SELECT ready_at FROM process_job WHERE queue = $1 ORDER BY ready_at, id LIMIT 1");
// Several programs on one database take different jobs without waiting for each other.
#define LEASE                                                                                      \
    "UPDATE process_job SET holder = $2, ready_at = $4 WHERE id IN (SELECT id FROM process_job "   \
    "WHERE queue = $1"                                                                             \
    " AND ready_at <= $3 ORDER BY ready_at, id LIMIT $5"
QUERY_ON_BOTH(job_lease, LEASE ") RETURNING " JOB_COLUMNS,
              LEASE " FOR UPDATE SKIP LOCKED) RETURNING " JOB_COLUMNS);

Registry job_kinds = {.what = "kind of job"};

static FALLIBLE job_of(Ctx *cx, const Row *row, Job *out)
{
    const char *detail = row_text(row, "detail");
    *out = (Job){.id = row_integer(row, "id"),
                 .queue = row_text(row, "queue"),
                 .kind = row_text(row, "kind"),
                 .owner = row_integer(row, "owner"),
                 .wait = row_integer(row, "wait"),
                 .node = row_text(row, "node"),
                 .due_at = row_integer(row, "due_at"),
                 .ready_at = row_integer(row, "ready_at"),
                 .attempts = row_integer(row, "attempts"),
                 .holder = row_text(row, "holder")};
    return detail ? json_parse(cx, detail, strlen(detail), &out->detail) : NULL;
}

static FALLIBLE jobs_of_rows(Ctx *cx, const Rows *rows, Job ***out, size_t *count)
{
    Job **jobs = NEW_ARRAY(cx->arena, Job *, rows->count + 1);
    for (size_t i = 0; i < rows->count; i++) {
        jobs[i] = NEW(cx->arena, Job);
        TRY(job_of(cx, &rows->items[i], jobs[i]));
    }
    *out = jobs;
    *count = rows->count;
    return NULL;
}

FALLIBLE job_add(Ctx *cx, const Job *job, Id *out)
{
    Id id = id_new(cx);
    const char *detail = job->detail.kind == VALUE_NULL ? NULL : json_text(cx->arena, job->detail);
    TRY(db_post(cx, job_insert, id, job->queue ? job->queue : QUEUE_INSIDE, job->kind, job->owner,
                job->wait, job->node ? job->node : "", job->due_at,
                job->ready_at ? job->ready_at : job->due_at, job->attempts, detail));
    if (out)
        *out = id;
    return NULL;
}

FALLIBLE job_load(Ctx *cx, Id id, Job **out)
{
    Row *row;
    TRY(db_row(cx, &row, job_by_id, id));
    *out = row ? NEW(cx->arena, Job) : NULL;
    return row ? job_of(cx, row, *out) : NULL;
}

FALLIBLE job_take_away(Ctx *cx, Id id, const char *holder, Job **out)
{
    Row *row;
    TRY(db_row(cx, &row, job_delete_held, id, holder));
    *out = row ? NEW(cx->arena, Job) : NULL;
    return row ? job_of(cx, row, *out) : NULL;
}

FALLIBLE job_put_off(Ctx *cx, const Job *job, const char *holder, Instant ready_at,
                     const char *error)
{
    return db_post(cx, job_set, job->id, job->holder, holder, ready_at, job->attempts, error);
}

FALLIBLE job_close(Ctx *cx, Id owner, int64_t wait)
{
    return db_post(cx, job_delete_wait, owner, wait);
}

FALLIBLE jobs_close_all(Ctx *cx, Id owner)
{
    return db_post(cx, job_delete_owner, owner);
}

FALLIBLE jobs_of(Ctx *cx, Id owner, Job ***out, size_t *count)
{
    Rows rows;
    TRY(db_rows(cx, &rows, job_by_owner, owner));
    return jobs_of_rows(cx, &rows, out, count);
}

static int first_due(const void *a, const void *b)
{
    const Job *left = *(Job *const *)a, *right = *(Job *const *)b;
    if (left->due_at != right->due_at)
        return left->due_at < right->due_at ? -1 : 1;
    return left->id < right->id ? -1 : left->id > right->id;
}

FALLIBLE jobs_lease(Ctx *cx, const char *queue, const char *holder, int limit, Instant until,
                    Job ***out, size_t *count)
{
    Rows rows;
    TRY(db_rows(cx, &rows, job_lease, queue, holder, cx->now, until, limit));
    TRY(jobs_of_rows(cx, &rows, out, count));
    qsort(*out, *count, sizeof **out, first_due); // RETURNING promises no order
    return NULL;
}

// ---- the executor's queue -------------------------------------------------------------------

FALLIBLE jobs_take(Ctx *cx, const char *holder, int limit, Instant until, Id *ids, int *count)
{
    Job **jobs;
    size_t taken;
    TRY(jobs_lease(cx, QUEUE_INSIDE, holder, limit, until, &jobs, &taken));
    for (size_t i = 0; i < taken; i++)
        ids[i] = jobs[i]->id;
    *count = (int)taken;
    return NULL;
}

FALLIBLE jobs_next_of(Ctx *cx, const char *queue, Instant *next)
{
    Row *row;
    TRY(db_row(cx, &row, job_first, queue));
    *next = row ? row_integer(row, "ready_at") : 0;
    return NULL;
}

FALLIBLE jobs_next(Ctx *cx, Instant *next)
{
    return jobs_next_of(cx, QUEUE_INSIDE, next);
}

typedef struct Held {
    Id id;
    const char *holder;
} Held;

static FALLIBLE job_run(Ctx *cx, void *state)
{
    const Held *held = state;
    Job *job;
    TRY(job_take_away(cx, held->id, held->holder, &job));
    if (!job) // closed by what ran before it, or its lease is over
        return NULL;
    const JobKind *kind = registry_find(&job_kinds, job->kind);
    if (!kind)
        return FAIL(cx, ERR_INTERNAL, "there is no kind of job '%s'", job->kind);
    return kind->run(cx, job);
}

typedef struct GivenUp {
    const Job *job;
    const JobKind *kind;
    const char *reason;
} GivenUp;

static FALLIBLE give_up(Ctx *cx, void *state)
{
    const GivenUp *given_up = state;
    return given_up->kind->give_up(cx, given_up->job, given_up->reason);
}

FALLIBLE job_failed(Ctx *cx, const char *holder, Id id, const char *reason)
{
    Job *job;
    TRY(job_load(cx, id, &job));
    if (!job || !text_equal(job->holder, holder))
        return NULL;
    job->attempts++;
    if (job->attempts < JOB_ATTEMPTS)
        return job_put_off(cx, job, NULL, cx->now + (MINUTE_US << job->attempts), reason);
    TRY(job_put_off(cx, job, NULL, cx->now + DAY_US, reason));
    GivenUp given_up = {job, registry_find(&job_kinds, job->kind), reason};
    if (!given_up.kind || !given_up.kind->give_up)
        return NULL;
    Error *error = db_attempt(cx, give_up, &given_up);
    return error && error->code == ERR_UNAVAILABLE ? error : NULL;
}

static FALLIBLE run_alone(Ctx *cx, const Held *held)
{
    Error *error = db_attempt(cx, job_run, (void *)held);
    if (!error || error->code == ERR_UNAVAILABLE) // then the unit is to be run again
        return error;
    return job_failed(cx, held->holder, held->id, error->source);
}

typedef struct Together {
    const char *holder;
    const Id *ids;
    int count;
} Together;

static FALLIBLE run_together(Ctx *cx, void *state)
{
    const Together *together = state;
    for (int i = 0; i < together->count; i++) {
        ArenaMark mark = arena_mark(cx->arena);
        TRY(job_run(cx, &(Held){together->ids[i], together->holder}));
        cx->agenda = NULL; // nothing of it is needed any more
        arena_rewind(cx->arena, mark);
    }
    return NULL;
}

// One attempt of all costs a fraction of one each; only when one fails they are taken apart.
FALLIBLE jobs_run(Ctx *cx, const char *holder, const Id *ids, int count)
{
    Together together = {holder, ids, count};
    Error *error = db_attempt(cx, run_together, &together);
    if (!error || error->code == ERR_UNAVAILABLE)
        return error;
    for (int i = 0; i < count; i++)
        TRY(run_alone(cx, &(Held){ids[i], holder}));
    return NULL;
}
