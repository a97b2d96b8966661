// SPDX-License-Identifier: Apache-2.0
#include "process/suspension.h"

#include "base/json.h"
#include "base/messages.h"
#include "db/database.h"
#include "process/deployments.h"
#include "process/instance.h"
#include "process/jobs.h"
#include "process/runner.h"
#include "process/shapes.h"
#include "record/record.h"

// `suspended`: the reason; `suspended_with`: the instant when the process was suspended, and the
// instance with it (1 until a version of Millrace); 0: by itself.
MIGRATION(process_0031_suspension, 30,
          "ALTER TABLE instance ADD COLUMN suspended TEXT;\n"
          "ALTER TABLE instance ADD COLUMN suspended_with BIGINT NOT NULL DEFAULT 0;\n"
          "CREATE TABLE process_suspension (\n"
          "  process_key TEXT NOT NULL PRIMARY KEY,\n"
          "  at BIGINT NOT NULL,\n"
          "  by_user BIGINT NOT NULL,\n"
          "  reason TEXT NOT NULL\n"
          ")");

#define HELD_QUEUE "held:" // before the queue of a job that waits for its instance
#define HELD_EVENT "held"

QUERY(suspension_of, "SELECT at, by_user, reason FROM process_suspension WHERE process_key = $1");
QUERY(suspension_set, "UPDATE instance SET suspended = $2, suspended_with = $3,"
                      " row_version = row_version + 1 WHERE id = $1");
// What is leased goes on; its answer is held.
QUERY(suspension_jobs_hold,
      "UPDATE process_job SET queue = '" HELD_QUEUE "' || queue WHERE owner = $1"
      " AND holder IS NULL AND queue NOT LIKE '" HELD_QUEUE "%'");
QUERY(suspension_jobs_free, "UPDATE process_job SET queue = substr(queue, 6) WHERE owner = $1"
                            " AND queue LIKE '" HELD_QUEUE "%' AND kind <> '" HELD_EVENT "'");
QUERY(suspension_held, "SELECT id, wait, detail FROM process_job WHERE owner = $1"
                       " AND kind = '" HELD_EVENT "' ORDER BY id");
QUERY(suspension_held_remove,
      "DELETE FROM process_job WHERE owner = $1 AND kind = '" HELD_EVENT "'");

// ---- asking ---------------------------------------------------------------------------------

FALLIBLE suspension_start_check(Ctx *cx, const char *key)
{
    Row *row;
    TRY(db_row(cx, &row, suspension_of, key));
    if (!row)
        return NULL;
    return error_hint(FAIL(cx, ERR_CONFLICT,
                           "the process %s is suspended and takes no new starts: %s", key,
                           row_text(row, "reason")),
                      "Wait until it is resumed.");
}

FALLIBLE suspension_check(Ctx *cx, const Instance *instance)
{
    if (!instance->suspended)
        return NULL;
    return error_hint(FAIL(cx, ERR_CONFLICT, "this process is suspended: %s", instance->suspended),
                      "Wait until it is resumed.");
}

const char *suspension_why(Ctx *cx, const char *reason)
{
    return reason ? text_format(cx->arena,
                                message_in(cx->language, "this process is suspended: %s"), reason)
                  : NULL;
}

FALLIBLE suspension_reason_of(Ctx *cx, const char *key, const char **reason)
{
    Row *row;
    TRY(db_row(cx, &row, suspension_of, key));
    *reason = row ? row_text(row, "reason") : NULL;
    return NULL;
}

FALLIBLE suspension_may(Ctx *cx)
{
    return actor_may(cx->actor, "process.suspend")
               ? NULL
               : FAIL(cx, ERR_DENIED, "you may not suspend or resume processes");
}

FALLIBLE suspension_reason_check(Ctx *cx, const char *reason)
{
    return reason && *reason
               ? NULL
               : error_field(FAIL(cx, ERR_INVALID, "suspending needs a reason"), "reason");
}

// ---- what comes meanwhile -------------------------------------------------------------------

FALLIBLE suspension_hold(Ctx *cx, Id instance, const FlowEvent *event, const char *kind)
{
    if (event->kind == FLOW_CHECK) // conditions are looked at again when it is resumed
        return NULL;
    Value detail = value_context(cx->arena);
    value_set(cx->arena, detail, "event", value_integer(event->kind));
    value_set(cx->arena, detail, "kind", value_text(kind));
    value_set(cx->arena, detail, "name", value_text(event->name));
    value_set(cx->arena, detail, "value", event->value);
    return job_add(cx,
                   &(Job){.queue = HELD_QUEUE,
                          .kind = HELD_EVENT,
                          .owner = instance,
                          .wait = event->wait,
                          .due_at = cx->now,
                          .ready_at = JOB_NEVER,
                          .detail = detail},
                   NULL);
}

static FALLIBLE held_bring(Ctx *cx, Id instance, const Job *job)
{
    int64_t kind = 0;
    const Value *event = value_get(job->detail, "event"), *value = value_get(job->detail, "value");
    if (!event || event->kind != VALUE_NUMBER || !decimal_to_integer(event->number, &kind))
        return FAIL(cx, ERR_INTERNAL, "a held event cannot be read");
    FlowEvent held = {.kind = (FlowEventKind)kind,
                      .wait = (int)job->wait,
                      .name = value_get_text(job->detail, "name"),
                      .value = value ? *value : value_null()};
    RunCause cause = {value_get_text(job->detail, "kind"), value_null(), true};
    bool taken; // the place may have gone meanwhile
    return runner_offer(cx, instance, &held, &cause, &taken);
}

// ---- one instance ---------------------------------------------------------------------------

static FALLIBLE note(Ctx *cx, Id id, const char *kind, const char *reason)
{
    Instance *instance;
    Value detail = value_null();
    if (reason) {
        detail = value_context(cx->arena);
        value_set(cx->arena, detail, "reason", value_text(reason));
    }
    TRY(instance_load(cx, id, &instance));
    TRY(instance_note(cx, instance, &(InstanceNote){.kind = kind, .detail = detail}));
    return instance_store(cx, instance);
}

FALLIBLE suspension_put(Ctx *cx, Id id, const char *reason, Instant with_process)
{
    TRY(note(cx, id, "suspended", reason));
    TRY(db_run(cx, NULL, suspension_set, id, reason, with_process));
    return db_run(cx, NULL, suspension_jobs_hold, id);
}

FALLIBLE suspension_lift(Ctx *cx, Id id)
{
    Job **jobs;
    size_t count;
    TRY(jobs_of(cx, id, &jobs, &count)); // in the order in which it came
    TRY(note(cx, id, "resumed", NULL));
    TRY(db_run(cx, NULL, suspension_set, id, cell_null(), 0));
    TRY(db_run(cx, NULL, suspension_held_remove, id));
    TRY(db_run(cx, NULL, suspension_jobs_free, id));
    for (size_t i = 0; i < count; i++)
        if (text_equal(jobs[i]->kind, HELD_EVENT))
            TRY(held_bring(cx, id, jobs[i]));
    FlowEvent check = {.kind = FLOW_CHECK};
    RunCause cause = {"condition", value_null(), false};
    bool taken;
    return runner_offer(cx, id, &check, &cause, &taken);
}

FALLIBLE instance_suspend(Ctx *cx, Id id, const char *reason)
{
    Instance *instance;
    TRY(instance_readable(cx, id, &instance));
    TRY(suspension_may(cx));
    TRY(suspension_reason_check(cx, reason));
    if (instance->ended_at)
        return FAIL(cx, ERR_CONFLICT, "this process has ended: it is %s", instance->state);
    TRY(suspension_check(cx, instance));
    return suspension_put(cx, id, reason, 0);
}

FALLIBLE instance_resume(Ctx *cx, Id id)
{
    Instance *instance;
    TRY(instance_readable(cx, id, &instance));
    TRY(suspension_may(cx));
    return instance->suspended ? suspension_lift(cx, id)
                               : FAIL(cx, ERR_CONFLICT, "this process is not suspended");
}
