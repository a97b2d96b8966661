// SPDX-License-Identifier: Apache-2.0
// A process stands still: no new starts, and its instances too if asked, in chunks.
//
//     suspended -> first chunk -> job "suspend": the next chunk ... until none runs
//     resumed   -> first chunk -> job "resume": the next chunk ... until none is left
//
// The jobs of both may meet. A suspension that is over meanwhile goes no further; resuming reaches
// only what was suspended until then, and lets it stand where the process is suspended again.
#include "base/ids.h"
#include "db/database.h"
#include "process/deployments.h"
#include "process/describe.h"
#include "process/instance.h"
#include "process/jobs.h"
#include "process/shapes.h"
#include "process/suspension.h"
#include "record/record.h"

MIGRATION(process_0062_suspension_of_instances, 30,
          "ALTER TABLE process_suspension ADD COLUMN instances BIGINT NOT NULL DEFAULT 0");

QUERY(standstill_of,
      "SELECT at, by_user, reason, instances FROM process_suspension WHERE process_key = $1");
QUERY(standstill_add, "INSERT INTO process_suspension (process_key, at, by_user, reason, instances)"
                      " VALUES ($1, $2, $3, $4, $5)");
QUERY(standstill_remove, "DELETE FROM process_suspension WHERE process_key = $1");
// By the index on the state: a process has far more instances that have ended.
QUERY(standstill_running, "SELECT id FROM instance WHERE state = $1 AND id > $2"
                          " AND process_key || '' = $3 AND suspended IS NULL ORDER BY id LIMIT $4");
QUERY(standstill_with,
      "SELECT id FROM instance WHERE state = $1 AND id > $2 AND process_key || '' = $3"
      " AND suspended_with BETWEEN 1 AND $5 ORDER BY id LIMIT $4");
QUERY(standstill_count, "SELECT COUNT(*) AS instances FROM instance WHERE process_key = $1"
                        " AND state = $2 AND suspended IS NOT NULL");

static const char *const running_states[] = {"running", "incident"};

// ---- chunks ---------------------------------------------------------------------------------

typedef struct Chunk {
    const char *process;
    const char *reason; // NULL: they go on
    Instant at;         // of the suspension
    size_t state;       // index of running_states
    Id after;
    const Row *again; // they are to go on, but their process is suspended again
} Chunk;

static FALLIBLE chunk_find(Ctx *cx, const Chunk *chunk, int limit, Rows *rows)
{
    const char *state = running_states[chunk->state];
    if (chunk->reason)
        return db_rows(cx, rows, standstill_running, state, chunk->after, chunk->process, limit);
    return db_rows(cx, rows, standstill_with, state, chunk->after, chunk->process, limit,
                   chunk->at);
}

static FALLIBLE chunk_later(Ctx *cx, const Chunk *chunk)
{
    Arena *arena = cx->arena;
    Value detail = value_context(arena);
    value_set(arena, detail, "process", value_text(chunk->process));
    value_set(arena, detail, "at", value_text(id_text(arena, chunk->at)));
    value_set(arena, detail, "state", value_integer((int64_t)chunk->state));
    value_set(arena, detail, "after", value_text(id_text(arena, chunk->after)));
    value_set(arena, detail, "by", value_text(id_text(arena, cx->actor->user)));
    return job_add(
        cx,
        &(Job){.kind = chunk->reason ? "suspend" : "resume", .due_at = cx->now, .detail = detail},
        NULL);
}

static FALLIBLE chunk_reach(Ctx *cx, const Chunk *chunk)
{
    if (chunk->reason)
        return suspension_put(cx, chunk->after, chunk->reason, chunk->at);
    if (chunk->again)
        return suspension_put(cx, chunk->after, row_text(chunk->again, "reason"),
                              row_integer(chunk->again, "at"));
    return suspension_lift(cx, chunk->after);
}

static FALLIBLE chunk_do(Ctx *cx, Chunk chunk)
{
    int left = SUSPENSION_CHUNK;
    for (; chunk.state < 2; chunk.state++, chunk.after = 0) {
        Rows rows;
        TRY(chunk_find(cx, &chunk, left, &rows));
        for (size_t i = 0; i < rows.count; i++) {
            chunk.after = row_integer(&rows.items[i], "id");
            TRY(chunk_reach(cx, &chunk));
        }
        left -= (int)rows.count;
        if (!left)
            return chunk_later(cx, &chunk);
    }
    return NULL;
}

static FALLIBLE chunk_of(Ctx *cx, const Job *job, Chunk *out, Id *by)
{
    int64_t state = 0;
    const Value *number = value_get(job->detail, "state");
    *out = (Chunk){.process = value_get_text(job->detail, "process")};
    bool read = number && number->kind == VALUE_NUMBER &&
                decimal_to_integer(number->number, &state) &&
                id_parse(value_get_text(job->detail, "at"), &out->at) &&
                id_parse(value_get_text(job->detail, "after"), &out->after) &&
                id_parse(value_get_text(job->detail, "by"), by);
    out->state = (size_t)state;
    return read ? NULL : FAIL(cx, ERR_INTERNAL, "a suspension cannot be read");
}

// On behalf of whoever asked for it: the histories say so.
static FALLIBLE chunk_do_for(Ctx *cx, const Chunk *chunk, Id by)
{
    const Actor *before = cx->actor;
    Actor actor = *before;
    actor.user = by;
    cx->actor = &actor;
    Error *error = chunk_do(cx, *chunk);
    cx->actor = before;
    return error;
}

static FALLIBLE suspend_run(Ctx *cx, const Job *job)
{
    Chunk chunk;
    Row *row;
    Id by;
    TRY(chunk_of(cx, job, &chunk, &by));
    TRY(db_row(cx, &row, standstill_of, chunk.process));
    if (!row || row_integer(row, "at") != chunk.at) // resumed meanwhile
        return NULL;
    chunk.reason = row_text(row, "reason");
    return chunk_do_for(cx, &chunk, by);
}

static FALLIBLE resume_run(Ctx *cx, const Job *job)
{
    Chunk chunk;
    Row *row;
    Id by;
    TRY(chunk_of(cx, job, &chunk, &by));
    TRY(db_row(cx, &row, standstill_of, chunk.process));
    chunk.again = row && row_integer(row, "instances") ? row : NULL;
    return chunk_do_for(cx, &chunk, by);
}

JOB_KIND(suspend, "suspend", suspend_run, NULL);
JOB_KIND(resume, "resume", resume_run, NULL);

// ---- a process ------------------------------------------------------------------------------

FALLIBLE process_suspend(Ctx *cx, const char *key, const char *reason, bool instances)
{
    const ProcessModel *model;
    TRY(model_newest(cx, key, &model));
    TRY(suspension_may(cx));
    TRY(suspension_reason_check(cx, reason));
    TRY(suspension_start_check(cx, key));
    TRY(db_run(cx, NULL, standstill_add, key, cx->now, cx->actor->user, reason, instances));
    return instances ? chunk_do(cx, (Chunk){.process = key, .reason = reason, .at = cx->now})
                     : NULL;
}

FALLIBLE process_resume(Ctx *cx, const char *key)
{
    const ProcessModel *model;
    Row *row;
    TRY(model_newest(cx, key, &model));
    TRY(suspension_may(cx));
    TRY(db_row(cx, &row, standstill_of, key));
    if (!row)
        return FAIL(cx, ERR_CONFLICT, "this process is not suspended");
    TRY(db_run(cx, NULL, standstill_remove, key));
    return chunk_do(cx, (Chunk){.process = key, .at = row_integer(row, "at")});
}

FALLIBLE process_suspension(Ctx *cx, const char *key, Value *out)
{
    const ProcessModel *model;
    Row *row, *counted;
    Value by;
    int64_t instances = 0;
    TRY(model_newest(cx, key, &model));
    TRY(db_row(cx, &row, standstill_of, key));
    TRY(describe_user(cx, describer_new(cx), row ? row_integer(row, "by_user") : 0, &by));
    for (size_t s = 0; s < 2; s++) {
        TRY(db_row(cx, &counted, standstill_count, key, running_states[s]));
        instances += row_integer(counted, "instances");
    }
    const char *at = row ? instant_text(cx->arena, row_integer(row, "at")) : NULL;
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "suspended", value_boolean(row != NULL));
    value_set(cx->arena, *out, "reason", value_text(row ? row_text(row, "reason") : NULL));
    value_set(cx->arena, *out, "at", value_text(at));
    value_set(cx->arena, *out, "by", by);
    value_set(cx->arena, *out, "instances", value_integer(instances));
    return NULL;
}
