// SPDX-License-Identifier: Apache-2.0
#include "process/housekeeping.h"

#include "base/ids.h"
#include "db/database.h"
#include "process/jobs.h"
#include "process/mining.h"
#include "process/process.h"
#include "process/retention.h"
#include "record/audit_retention.h"
#include "record/beside.h"
#include "record/feed.h"
#include "record/file.h"
#include "record/notice.h"

// One job for each chore; it comes again for ever.
#define CHORE_JOB(number, name)                                                                    \
    "INSERT INTO process_job (id, queue, kind, owner, wait, node, due_at, ready_at, attempts)"     \
    " VALUES (" number ", '" QUEUE_HOUSE "', 'housekeeping', 0, 0, '" name "', 1, 1, 0)"
// clang-format off
MIGRATION(process_0061_housekeeping, 30,
          "CREATE INDEX message_kept_until ON message (keep_until, id) WHERE state = 'kept';\n"
          "CREATE INDEX process_job_given_up ON process_job (due_at, id) WHERE attempts >= 8;\n"
          CHORE_JOB("1", "messages") ";\n"
          CHORE_JOB("2", "answers") ";\n"
          CHORE_JOB("3", "delivered") ";\n"
          CHORE_JOB("4", "changes") ";\n"
          CHORE_JOB("5", "jobs") ";\n"
          CHORE_JOB("6", "history") ";\n"
          CHORE_JOB("7", "periods"));
// clang-format on
MIGRATION(process_0080_files, 30, CHORE_JOB("30", "files"));
MIGRATION(process_0090_audit_chore, 30, CHORE_JOB("11", "audit"));
MIGRATION(process_0081_notices, 30, CHORE_JOB("31", "notices"));

// A kept message whose time is over is no more than its idempotency key.
QUERY(chore_message_drop,
      "UPDATE message SET state = 'dropped', payload = '{}' WHERE id IN (SELECT id FROM message"
      " WHERE state = 'kept' AND keep_until <= $1 ORDER BY keep_until, id LIMIT $2)");
QUERY(chore_messages, "DELETE FROM message WHERE id IN (SELECT id FROM message WHERE id < $1"
                      " AND state <> 'kept' ORDER BY id LIMIT $2)");
QUERY(chore_answers, "DELETE FROM process_answer WHERE job IN (SELECT job FROM process_answer"
                     " WHERE at < $1 ORDER BY at LIMIT $2)");
QUERY(chore_delivered, "DELETE FROM outbox_message WHERE id IN (SELECT id FROM outbox_message"
                       " WHERE state = 'delivered' AND id < $1 ORDER BY id LIMIT $2)");
// The job of an instance that runs is what it waits for, however often it failed.
QUERY(chore_jobs, "DELETE FROM process_job WHERE id IN (SELECT j.id FROM process_job j"
                  " WHERE j.attempts >= 8 AND j.due_at < $1 AND j.kind <> 'housekeeping'"
                  " AND NOT EXISTS (SELECT 1 FROM instance i WHERE i.id = j.owner"
                  " AND i.ended_at IS NULL) ORDER BY j.due_at, j.id LIMIT $2)");

QUERY(chore_left, "SELECT error FROM process_job WHERE id = $1");

// ---- chores: each does at most HOUSEKEEPING_CHUNK, and counts -------------------------------

static FALLIBLE rows_go(Ctx *cx, const Query *query, int64_t until, int *done)
{
    int64_t changed;
    Cell cells[] = {cell_integer(until), cell_integer(HOUSEKEEPING_CHUNK)};
    TRY(db_run_cells(cx, &changed, query, cells, 2));
    *done = (int)changed;
    return NULL;
}

static FALLIBLE messages_go(Ctx *cx, int *done)
{
    int dropped;
    TRY(rows_go(cx, &chore_message_drop, cx->now, &dropped));
    TRY(rows_go(cx, &chore_messages, id_first(cx->now - KEEP_MESSAGES), done));
    *done = dropped > *done ? dropped : *done;
    return NULL;
}

static FALLIBLE answers_go(Ctx *cx, int *done)
{
    return rows_go(cx, &chore_answers, cx->now - KEEP_ANSWERS, done);
}

static FALLIBLE delivered_go(Ctx *cx, int *done)
{
    return rows_go(cx, &chore_delivered, id_first(cx->now - KEEP_DELIVERED), done);
}

static FALLIBLE changes_go(Ctx *cx, int *done)
{
    return feed_forget(cx, cx->now - KEEP_CHANGES, HOUSEKEEPING_CHUNK, done);
}

static FALLIBLE jobs_go(Ctx *cx, int *done)
{
    return rows_go(cx, &chore_jobs, cx->now - KEEP_LOST_JOBS, done);
}

static FALLIBLE history_goes(Ctx *cx, int *done)
{
    return retention_purge(cx, HOUSEKEEPING_CHUNK, done);
}

// A dropped month takes locks that people's steps wait for: one a unit.
static FALLIBLE periods_go(Ctx *cx, int *done)
{
    TRY(retention_periods(cx, 1, done));
    *done = *done ? HOUSEKEEPING_CHUNK : 0;
    return NULL;
}

static FALLIBLE files_go(Ctx *cx, int *done)
{
    int contents, beside;
    TRY(files_forget(cx, HOUSEKEEPING_CHUNK, done));
    TRY(beside_forget(cx, HOUSEKEEPING_CHUNK, &beside));
    TRY(contents_forget(cx, HOUSEKEEPING_CHUNK, &contents));
    *done = contents > *done ? contents : *done;
    *done = beside > *done ? beside : *done;
    return NULL;
}

static FALLIBLE ended_go(Ctx *cx, int *done)
{
    return retention_ended(cx, HOUSEKEEPING_CHUNK, done);
}

static FALLIBLE undelivered_go(Ctx *cx, int *done)
{
    return retention_undelivered(cx, HOUSEKEEPING_CHUNK, done);
}

static FALLIBLE notices_go(Ctx *cx, int *done)
{
    return notices_forget(cx, HOUSEKEEPING_CHUNK, done);
}

static FALLIBLE elements_come(Ctx *cx, int *done)
{
    TRY(mining_elements_make_up(cx, 10, done));
    *done = *done == 10 ? HOUSEKEEPING_CHUNK : 0;
    return NULL;
}

static FALLIBLE audit_goes(Ctx *cx, int *done)
{
    return audit_prune(cx, HOUSEKEEPING_CHUNK, done);
}

static const struct {
    const char *name;
    Error *(*chunk)(Ctx *cx, int *done);
} chores[] = {
    {"messages", messages_go},
    {"answers", answers_go},
    {"delivered", delivered_go},
    {"changes", changes_go},
    {"jobs", jobs_go},
    {"history", history_goes},
    {"periods", periods_go},
    {"elements", elements_come},
    {"files", files_go},
    {"ended", ended_go},
    {"undelivered", undelivered_go},
    {"audit", audit_goes},
    {"notices", notices_go},
};

// ---- their jobs -----------------------------------------------------------------------------

static FALLIBLE chore_run(Ctx *cx, const Job *job)
{
    int done = 0;
    for (size_t i = 0; i < sizeof chores / sizeof *chores; i++)
        if (text_equal(chores[i].name, job->node))
            TRY(chores[i].chunk(cx, &done));
    bool more = done >= HOUSEKEEPING_CHUNK;
    return job_add(cx,
                   &(Job){.queue = QUEUE_HOUSE,
                          .kind = job->kind,
                          .node = job->node,
                          .due_at = cx->now + (more ? 0 : HOUSEKEEPING_EVERY)},
                   NULL);
}

JOB_KIND(housekeeping, "housekeeping", chore_run, NULL);

FALLIBLE housekeeping_run(Ctx *cx, const char *holder, Housekept *out)
{
    Job **jobs;
    Row *left;
    size_t count;
    *out = (Housekept){0};
    TRY(jobs_lease(cx, QUEUE_HOUSE, holder, 1, cx->now + KEEP_HOUR, &jobs, &count));
    if (!count)
        return NULL;
    const char *chore = jobs[0]->node;
    TRY(jobs_run(cx, holder, &jobs[0]->id, 1));
    TRY(db_row(cx, &left, chore_left, jobs[0]->id)); // done, it is another one
    *out = (Housekept){chore, left ? row_text(left, "error") : NULL};
    return NULL;
}

FALLIBLE housekeeping_next(Ctx *cx, Instant *next)
{
    return jobs_next_of(cx, QUEUE_HOUSE, next);
}
