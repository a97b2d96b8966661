// SPDX-License-Identifier: Apache-2.0
// A task of a topic, from the program's side:
//
//     open --fetch--> locked --complete, error--> gone, and the process goes on
//       ^               | extend: locked longer
//       +---------------+ fail with retries left, or the lock's time is over
//                       | fail without: gone, and the step stands as an incident
#include "process/external.h"

#include "base/ids.h"
#include "process/jobs.h"
#include "process/process.h"
#include "process/runner.h"

#include <string.h>

#define LIMIT_WORKER_BYTES 200

QUERY(external_ready, "SELECT id FROM process_job WHERE queue = $1 AND ready_at <= $2"
                      " ORDER BY ready_at, id LIMIT 1");
QUERY(external_answer_add,
      "INSERT INTO process_answer (job, worker, answer, at) VALUES ($1, $2, $3, $4)");
QUERY(external_answer_of, "SELECT worker, answer FROM process_answer WHERE job = $1");

static const char *queue_of(Ctx *cx, const char *topic)
{
    return text_format(cx->arena, QUEUE_TOPIC "%s", topic);
}

FALLIBLE external_offer(Ctx *cx, const Instance *instance, const GraphNode *node,
                        const FlowEffect *call)
{
    Arena *arena = cx->arena;
    Value detail = value_context(arena);
    value_set(arena, detail, "topic", value_text(node->topic));
    value_set(arena, detail, "process", value_text(instance->process_key));
    value_set(arena, detail, "inputs",
              call->value.kind == VALUE_CONTEXT ? call->value : value_context(arena));
    value_set(arena, detail, "entity", value_text(instance->entity));
    value_set(arena, detail, "subject",
              value_text(instance->subject ? id_text(arena, instance->subject) : NULL));
    TRY(job_close(cx, instance->id, call->wait)); // of an attempt before
    return job_add(cx,
                   &(Job){.queue = queue_of(cx, node->topic),
                          .kind = "external",
                          .owner = instance->id,
                          .wait = call->wait,
                          .node = node->id,
                          .due_at = cx->now,
                          .detail = detail},
                   NULL);
}

static FALLIBLE worker_check(Ctx *cx, const char *worker)
{
    if (!actor_may(cx->actor, "external.work"))
        return FAIL(cx, ERR_DENIED, "you may not do tasks of programs outside");
    if (!worker || !*worker || strlen(worker) > LIMIT_WORKER_BYTES)
        return error_field(
            FAIL(cx, ERR_INVALID, "a worker needs a name of at most %d bytes", LIMIT_WORKER_BYTES),
            "worker");
    return NULL;
}

FALLIBLE external_waiting(Ctx *cx, const ExternalFetch *fetch, bool *out)
{
    TRY(worker_check(cx, fetch->worker));
    *out = false;
    for (size_t i = 0; i < fetch->topic_count && !*out; i++) {
        Row *row;
        TRY(db_row(cx, &row, external_ready, queue_of(cx, fetch->topics[i]), cx->now));
        *out = row != NULL;
    }
    return NULL;
}

static Value member(Value context, const char *name)
{
    const Value *found = value_get(context, name);
    return found ? *found : value_null();
}

static Value task_value(Ctx *cx, const Job *job)
{
    Arena *arena = cx->arena;
    Value subject = value_null();
    if (member(job->detail, "subject").kind == VALUE_TEXT) {
        subject = value_context(arena);
        value_set(arena, subject, "entity", member(job->detail, "entity"));
        value_set(arena, subject, "id", member(job->detail, "subject"));
    }
    Value task = value_context(arena);
    value_set(arena, task, "id", value_text(id_text(arena, job->id)));
    value_set(arena, task, "topic", member(job->detail, "topic"));
    value_set(arena, task, "process", member(job->detail, "process"));
    value_set(arena, task, "instance", value_text(id_text(arena, job->owner)));
    value_set(arena, task, "step", value_text(job->node));
    value_set(arena, task, "subject", subject);
    value_set(arena, task, "inputs", member(job->detail, "inputs"));
    value_set(arena, task, "failures", value_integer(job->attempts));
    value_set(arena, task, "locked_until", value_text(instant_text(arena, job->ready_at)));
    return task;
}

FALLIBLE external_fetch(Ctx *cx, const ExternalFetch *fetch, Value *out)
{
    TRY(worker_check(cx, fetch->worker));
    Value *tasks = NEW_ARRAY(cx->arena, Value, (size_t)fetch->limit + 1);
    size_t count = 0;
    for (size_t i = 0; i < fetch->topic_count && count < (size_t)fetch->limit; i++) {
        Job **jobs;
        size_t taken;
        TRY(jobs_lease(cx, queue_of(cx, fetch->topics[i]), fetch->worker, fetch->limit - (int)count,
                       fetch->lock_until, &jobs, &taken));
        for (size_t j = 0; j < taken; j++)
            tasks[count++] = task_value(cx, jobs[j]);
    }
    *out = value_list(tasks, count);
    return NULL;
}

static Error *not_yours(Ctx *cx, const Job *job)
{
    if (!job || !text_starts(job->queue, QUEUE_TOPIC))
        return FAIL(cx, ERR_NOT_FOUND, "there is no such task");
    return error_hint(FAIL(cx, ERR_CONFLICT, "this worker does not hold the task"),
                      "Its lock may have ended; fetch again.");
}

// A worker that did not hear our answer sends its own again.
static FALLIBLE answered_before(Ctx *cx, Id task, const char *worker, const char *answer, bool *out)
{
    Row *row;
    TRY(db_row(cx, &row, external_answer_of, task));
    *out = row && text_equal(row_text(row, "worker"), worker) &&
           text_equal(row_text(row, "answer"), answer);
    return NULL;
}

// Takes the task away from its worker; *out NULL: the same answer came before.
static FALLIBLE task_answered(Ctx *cx, Id task, const char *worker, const char *answer, Job **out)
{
    bool before;
    *out = NULL;
    TRY(worker_check(cx, worker));
    TRY(answered_before(cx, task, worker, answer, &before));
    if (before)
        return NULL;
    Job *job;
    TRY(job_load(cx, task, &job));
    if (!job || !text_starts(job->queue, QUEUE_TOPIC) || !text_equal(job->holder, worker))
        return not_yours(cx, job);
    TRY(job_take_away(cx, task, worker, &job));
    if (!job)
        return not_yours(cx, job);
    TRY(db_post(cx, external_answer_add, task, worker, answer, cx->now));
    *out = job;
    return NULL;
}

static FALLIBLE process_go_on(Ctx *cx, const Job *job, const char *worker, FlowEvent event)
{
    RunCause cause = {"external", value_context(cx->arena), false};
    value_set(cx->arena, cause.detail, "topic", member(job->detail, "topic"));
    value_set(cx->arena, cause.detail, "worker", value_text(worker));
    event.wait = (int)job->wait;
    bool taken;
    TRY(runner_offer(cx, job->owner, &event, &cause, &taken));
    return taken ? NULL : FAIL(cx, ERR_CONFLICT, "the process has gone on without this task");
}

FALLIBLE external_complete(Ctx *cx, Id task, const char *worker, Value result)
{
    Job *job;
    TRY(task_answered(cx, task, worker, "completed", &job));
    return job ? process_go_on(cx, job, worker, (FlowEvent){.kind = FLOW_COMPLETE, .value = result})
               : NULL;
}

FALLIBLE external_error(Ctx *cx, Id task, const char *worker, const char *code, Value payload)
{
    if (!code || !*code)
        return error_field(FAIL(cx, ERR_INVALID, "a BPMN error needs a code"), "code");
    Job *job;
    TRY(task_answered(cx, task, worker, "error", &job));
    return job ? process_go_on(cx, job, worker,
                               (FlowEvent){.kind = FLOW_FAIL, .name = code, .value = payload})
               : NULL;
}

static FALLIBLE task_held(Ctx *cx, Id task, const char *worker, Job **out)
{
    TRY(worker_check(cx, worker));
    TRY(job_load(cx, task, out));
    if (!*out || !text_starts((*out)->queue, QUEUE_TOPIC) || !text_equal((*out)->holder, worker))
        return not_yours(cx, *out);
    return NULL;
}

FALLIBLE external_extend(Ctx *cx, Id task, const char *worker, Instant lock_until)
{
    Job *job;
    TRY(task_held(cx, task, worker, &job));
    return job_put_off(cx, job, worker, lock_until, NULL);
}

FALLIBLE external_fail(Ctx *cx, Id task, const char *worker, const ExternalFailure *failure)
{
    Job *job;
    if (failure->retries > 0) {
        TRY(task_held(cx, task, worker, &job));
        job->attempts++;
        return job_put_off(cx, job, NULL, failure->retry_at, failure->message);
    }
    TRY(task_answered(cx, task, worker, "failed", &job));
    return job ? runner_give_up(cx, job->owner, (int)job->wait, failure->message) : NULL;
}
