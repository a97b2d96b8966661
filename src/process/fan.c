// SPDX-License-Identifier: Apache-2.0
#include "process/fan.h"

#include "base/ids.h"
#include "process/jobs.h"
#include "process/runner.h"

typedef struct Telling {
    const Fan *fan;
    Waiter waiter;
    bool taken;
} Telling;

static FALLIBLE waiter_tell(Ctx *cx, const Fan *fan, Waiter waiter, bool *taken)
{
    bool signal = text_equal(fan->kind, WAITS_SIGNAL);
    FlowEvent event = {.kind = signal ? FLOW_SIGNAL : FLOW_MESSAGE,
                       .wait = signal ? 0 : waiter.wait,
                       .name = fan->name,
                       .value = fan->payload};
    RunCause cause = {fan->kind, value_context(cx->arena), false};
    value_set(cx->arena, cause.detail, "name", value_text(fan->name));
    return runner_offer(cx, waiter.instance, &event, &cause, taken);
}

static Value fan_value(Ctx *cx, const Fan *fan, Id after, Id until)
{
    Arena *arena = cx->arena;
    Value value = value_context(arena);
    value_set(arena, value, "kind", value_text(fan->kind));
    value_set(arena, value, "name", value_text(fan->name));
    value_set(arena, value, "key", value_text(fan->key));
    value_set(arena, value, "payload", fan->payload);
    value_set(arena, value, "except", value_text(id_text(arena, fan->except)));
    value_set(arena, value, "after", value_text(id_text(arena, after)));
    value_set(arena, value, "until", value_text(id_text(arena, until)));
    return value;
}

static Fan fan_of(Value detail)
{
    const Value *payload = value_get(detail, "payload");
    Fan fan = {.kind = value_get_text(detail, "kind"),
               .name = value_get_text(detail, "name"),
               .key = value_get_text(detail, "key"),
               .payload = payload ? *payload : value_null()};
    (void)id_parse(value_get_text(detail, "except"), &fan.except);
    return fan;
}

FALLIBLE fan_out(Ctx *cx, const Fan *fan, int *reached, bool *queued)
{
    Waiters waiters;
    WaitersOf wanted = {fan->kind, fan->name, fan->key, 0, INT64_MAX};
    TRY(waiters_find(cx, &wanted, FAN_AT_ONCE + 1, &waiters));
    int count = 0;
    bool many = waiters.count > FAN_AT_ONCE;
    if (many)
        TRY(job_add(
            cx,
            &(Job){.kind = "fan", .due_at = cx->now, .detail = fan_value(cx, fan, 0, id_new(cx))},
            NULL));
    for (size_t i = 0; !many && i < waiters.count; i++) {
        bool taken = false;
        if (waiters.items[i].instance != fan->except)
            TRY(waiter_tell(cx, fan, waiters.items[i], &taken));
        count += taken;
    }
    *reached = count;
    *queued = many;
    return NULL;
}

FALLIBLE fan_to_one(Ctx *cx, const Fan *fan, int *reached)
{
    Waiters waiters;
    WaitersOf wanted = {fan->kind, fan->name, fan->key, 0, INT64_MAX};
    TRY(waiters_find(cx, &wanted, 2, &waiters));
    *reached = 0;
    for (size_t i = 0; i < waiters.count && !*reached; i++) {
        bool taken = false;
        if (waiters.items[i].instance != fan->except)
            TRY(waiter_tell(cx, fan, waiters.items[i], &taken));
        *reached = taken;
    }
    return NULL;
}

// ---- by a job -------------------------------------------------------------------------------

static FALLIBLE tell_alone(Ctx *cx, void *state)
{
    Telling *telling = state;
    return waiter_tell(cx, telling->fan, telling->waiter, &telling->taken);
}

// One that cannot be told does not hold up the others.
static FALLIBLE tell_or_put_off(Ctx *cx, const Fan *fan, Waiter waiter)
{
    Telling telling = {fan, waiter, false};
    Error *error = db_attempt(cx, tell_alone, &telling);
    if (!error || error->code == ERR_UNAVAILABLE)
        return error;
    return job_add(cx,
                   &(Job){.kind = "tell",
                          .owner = waiter.instance,
                          .wait = waiter.wait,
                          .due_at = cx->now,
                          .ready_at = cx->now + 60 * 1000000LL,
                          .attempts = 1,
                          .detail = fan_value(cx, fan, 0, 0)},
                   NULL);
}

typedef struct Crowd {
    const Fan *fan;
    const Waiters *waiters;
} Crowd;

static FALLIBLE tell_together(Ctx *cx, void *state)
{
    const Crowd *crowd = state;
    for (size_t i = 0; i < crowd->waiters->count; i++) {
        bool taken;
        if (crowd->waiters->items[i].instance != crowd->fan->except)
            TRY(waiter_tell(cx, crowd->fan, crowd->waiters->items[i], &taken));
    }
    return NULL;
}

// One attempt for all costs a fraction of one each; only when one fails they are taken apart.
static FALLIBLE tell_all(Ctx *cx, const Fan *fan, const Waiters *waiters)
{
    Crowd crowd = {fan, waiters};
    Error *error = db_attempt(cx, tell_together, &crowd);
    if (!error || error->code == ERR_UNAVAILABLE)
        return error;
    for (size_t i = 0; i < waiters->count; i++)
        if (waiters->items[i].instance != fan->except)
            TRY(tell_or_put_off(cx, fan, waiters->items[i]));
    return NULL;
}

static FALLIBLE fan_run(Ctx *cx, const Job *job)
{
    Fan fan = fan_of(job->detail);
    WaitersOf wanted = {.kind = fan.kind, .name = fan.name, .key = fan.key};
    if (!id_parse(value_get_text(job->detail, "after"), &wanted.after) ||
        !id_parse(value_get_text(job->detail, "until"), &wanted.until))
        return FAIL(cx, ERR_INTERNAL, "the fan-out of '%s' has no place to go on from", fan.name);
    Waiters waiters;
    TRY(waiters_find(cx, &wanted, FAN_CHUNK, &waiters));
    TRY(tell_all(cx, &fan, &waiters));
    if (waiters.count < FAN_CHUNK)
        return NULL;
    Job rest = *job; // due when it was, so that it stays in its turn
    rest.ready_at = cx->now;
    rest.detail = fan_value(cx, &fan, waiters.items[waiters.count - 1].instance, wanted.until);
    return job_add(cx, &rest, NULL);
}

static FALLIBLE tell_run(Ctx *cx, const Job *job)
{
    Fan fan = fan_of(job->detail);
    bool taken;
    return waiter_tell(cx, &fan, (Waiter){job->owner, (int)job->wait}, &taken);
}

static FALLIBLE tell_give_up(Ctx *cx, const Job *job, const char *reason)
{
    return runner_give_up(cx, job->owner, (int)job->wait, reason);
}

JOB_KIND(fan, "fan", fan_run, NULL);
JOB_KIND(tell, "tell", tell_run, tell_give_up);
