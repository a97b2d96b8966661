// SPDX-License-Identifier: Apache-2.0
#include "app/executor.h"

#include "base/calendar.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/waiting.h"
#include "channel/webhook.h"
#include "db/database.h"
#include "process/delivery.h"
#include "process/housekeeping.h"
#include "process/process.h"
#include "record/pack_apply.h"
#include "record/record.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

// Few jobs are one unit of work, so that people's work comes in between.
#define JOBS_LEASED 100
#define JOBS_OF_UNIT 20
// A delivery waits for the other side: several at once, so that one that is slow holds up few.
#define COURIERS 4
#define DELIVERIES_LEASED 5
#define LEASE_US (60 * 1000000LL)
#define LOOK_EVERY_MS 100

struct Executor {
    Company *company;
    Instant packs_seen;
    char holder[40]; // of leases: no two executors have the same
    pthread_t worker;
    bool works;
    pthread_t couriers[COURIERS];
    int courier_count;
    pthread_mutex_t lock;
    pthread_cond_t stopped;
    bool stopping;
};

typedef struct Shift {
    const Executor *executor;
    Id ids[JOBS_LEASED];
    int count; // leased
    int from;  // of the unit that runs now
    int size;
    const char *reason;
} Shift;

static Ctx unit_of(const Executor *executor, Arena *arena, const Actor *actor)
{
    Ctx cx = {.arena = arena,
              .company = executor->company,
              .actor = actor,
              .now = instant_now(),
              .language = "en"};
    schema_hold(&cx);
    return cx;
}

static bool is_stopping(Executor *executor)
{
    pthread_mutex_lock(&executor->lock);
    bool stopping = executor->stopping;
    pthread_mutex_unlock(&executor->lock);
    return stopping;
}

// ---- jobs -----------------------------------------------------------------------------------

typedef struct Ready {
    bool jobs;
    bool chores;
    bool changes; // of which webhooks are to be told
} Ready;

static FALLIBLE anything_ready(Ctx *cx, void *state)
{
    Ready *ready = state;
    Instant job, chore;
    TRY(jobs_next(cx, &job));
    TRY(housekeeping_next(cx, &chore));
    *ready = (Ready){job && job <= cx->now, chore && chore <= cx->now, false};
    return webhooks_behind(cx, &ready->changes);
}

static FALLIBLE take(Ctx *cx, void *state)
{
    Shift *shift = state;
    return jobs_take(cx, shift->executor->holder, JOBS_LEASED, cx->now + LEASE_US, shift->ids,
                     &shift->count);
}

static FALLIBLE run(Ctx *cx, void *state)
{
    Shift *shift = state;
    return jobs_run(cx, shift->executor->holder, shift->ids + shift->from, shift->size);
}

static FALLIBLE fail(Ctx *cx, void *state)
{
    Shift *shift = state;
    return job_failed(cx, shift->executor->holder, shift->ids[shift->from], shift->reason);
}

static Error *unit(const Executor *executor, Arena *arena, UnitWork work, void *state)
{
    Actor actor = *actor_system();
    actor.door = DOOR_SYSTEM;
    Ctx cx = unit_of(executor, arena, &actor);
    return database_write(&cx, executor->company->database, work, state);
}

// A unit that cannot go on at all is done again one by one, to find the job that is to blame.
static void run_some(const Executor *executor, Arena *arena, Shift *shift, int from, int size)
{
    shift->from = from;
    shift->size = size;
    Error *error = unit(executor, arena, run, shift);
    if (!error)
        return;
    log_error("jobs", error);
    if (size > 1) {
        for (int i = 0; i < size; i++)
            run_some(executor, arena, shift, from + i, 1);
        return;
    }
    shift->reason = error->source;
    error = unit(executor, arena, fail, shift);
    if (error)
        log_error("jobs", error);
}

static FALLIBLE escalate(Ctx *cx, void *state)
{
    return escalations_fire(cx, JOBS_OF_UNIT, state);
}

static bool escalate_once(Executor *executor, Arena *arena)
{
    int fired = 0;
    Error *error = unit(executor, arena, escalate, &fired);
    if (error)
        log_error("escalations", error);
    return !error && fired == JOBS_OF_UNIT;
}

typedef struct Chore {
    const Executor *executor;
    Housekept kept;
} Chore;

static FALLIBLE keep_house(Ctx *cx, void *state)
{
    Chore *chore = state;
    return housekeeping_run(cx, chore->executor->holder, &chore->kept);
}

static bool keep_house_once(Executor *executor, Arena *arena)
{
    Chore chore = {.executor = executor};
    Error *error = unit(executor, arena, keep_house, &chore);
    if (error)
        log_error("housekeeping", error);
    else if (chore.kept.problem)
        log_event(LOG_WARNING, "a chore is put off", "chore", chore.kept.chore, "problem",
                  chore.kept.problem, NULL);
    return !error;
}

static FALLIBLE tell(Ctx *cx, void *state)
{
    return webhooks_tell(cx, state);
}

static bool tell_webhooks(const Executor *executor, Arena *arena)
{
    bool more = false;
    Error *error = unit(executor, arena, tell, &more);
    if (error)
        log_error("webhooks", error);
    return !error && more;
}

// Once a second: another program may have changed the packs.
static void look_at_packs(Executor *executor, Arena *arena)
{
    static const Instant every = 1000000;
    Instant now = instant_now();
    if (now - executor->packs_seen < every)
        return;
    executor->packs_seen = now;
    Ctx cx = unit_of(executor, arena, actor_system());
    Error *error = packs_refresh(&cx, executor->company->database);
    if (error)
        log_error("packs", error);
}

static bool work_once(Executor *executor, Arena *arena)
{
    Ready ready = {0};
    look_at_packs(executor, arena);
    Ctx cx = unit_of(executor, arena, actor_system());
    Error *error = database_read(&cx, executor->company->database, anything_ready, &ready);
    Shift shift = {.executor = executor};
    if (!error && ready.jobs)
        error = unit(executor, arena, take, &shift);
    if (error)
        log_error("jobs", error);
    for (int from = 0; !error && from < shift.count; from += JOBS_OF_UNIT) {
        int rest = shift.count - from;
        ArenaMark mark = arena_mark(arena);
        run_some(executor, arena, &shift, from, rest < JOBS_OF_UNIT ? rest : JOBS_OF_UNIT);
        arena_rewind(arena, mark);
    }
    bool kept_house = !error && ready.chores && keep_house_once(executor, arena);
    bool more = escalate_once(executor, arena);
    if (!error && ready.changes)
        more |= tell_webhooks(executor, arena);
    return more || kept_house || (!error && shift.count == JOBS_LEASED);
}

// ---- deliveries -----------------------------------------------------------------------------

typedef struct Round {
    const Executor *executor;
    Outgoing outgoing[DELIVERIES_LEASED];
    int count;
    int at;
    const char *reason;
} Round;

static FALLIBLE take_deliveries(Ctx *cx, void *state)
{
    Round *round = state;
    return deliveries_take(cx, round->executor->holder, DELIVERIES_LEASED, cx->now + LEASE_US,
                           round->outgoing, &round->count);
}

static FALLIBLE delivered(Ctx *cx, void *state)
{
    Round *round = state;
    return delivery_done(cx, round->executor->holder, &round->outgoing[round->at]);
}

static FALLIBLE not_delivered(Ctx *cx, void *state)
{
    Round *round = state;
    return job_failed(cx, round->executor->holder, round->outgoing[round->at].job, round->reason);
}

// Outside of every unit of work: it may take long, and nobody waits for it.
static bool deliver_once(Executor *executor, Arena *arena)
{
    size_t any;
    registry_all(&channels, &any);
    if (!any)
        return false;
    Round round = {.executor = executor};
    Error *error = unit(executor, arena, take_deliveries, &round);
    if (error)
        log_error("deliveries", error);
    for (round.at = 0; !error && round.at < round.count; round.at++) {
        Ctx cx = unit_of(executor, arena, actor_system());
        Error *lost = delivery_make(&cx, &round.outgoing[round.at]);
        round.reason = lost ? lost->source : NULL;
        error = unit(executor, arena, lost ? not_delivered : delivered, &round);
        if (error)
            log_error("deliveries", error);
    }
    return !error && round.count == DELIVERIES_LEASED;
}

// ---- threads --------------------------------------------------------------------------------

static void sleep_or_stop(Executor *executor)
{
    pthread_mutex_lock(&executor->lock);
    if (!executor->stopping)
        waiting_for_ms(&executor->stopped, &executor->lock, LOOK_EVERY_MS);
    pthread_mutex_unlock(&executor->lock);
}

static void loop(Executor *executor, bool (*once)(Executor *executor, Arena *arena))
{
    Arena *arena = arena_new(LIMIT_UNIT_BYTES);
    ArenaMark mark = arena_mark(arena);
    while (!is_stopping(executor)) {
        bool more = once(executor, arena);
        arena_rewind(arena, mark);
        if (!more)
            sleep_or_stop(executor);
    }
    arena_free(arena);
}

static void *work_all(void *state)
{
    loop(state, work_once);
    return NULL;
}

static void *deliver_all(void *state)
{
    loop(state, deliver_once);
    return NULL;
}

static void stop(Executor *executor)
{
    pthread_mutex_lock(&executor->lock);
    executor->stopping = true;
    pthread_cond_broadcast(&executor->stopped);
    pthread_mutex_unlock(&executor->lock);
}

static bool start_threads(Executor *executor)
{
    executor->works = pthread_create(&executor->worker, NULL, work_all, executor) == 0;
    bool started = executor->works;
    while (started && executor->courier_count < COURIERS) {
        pthread_t *courier = &executor->couriers[executor->courier_count];
        started = pthread_create(courier, NULL, deliver_all, executor) == 0;
        executor->courier_count += started;
    }
    return started;
}

FALLIBLE executor_start(Ctx *cx, Company *company, Executor **out)
{
    uint64_t random;
    Executor *executor = calloc(1, sizeof *executor);
    if (!executor || getrandom(&random, sizeof random, 0) != sizeof random)
        return FAIL(cx, ERR_UNAVAILABLE, "there is no memory for the executor");
    executor->company = company;
    snprintf(executor->holder, sizeof executor->holder, "executor %016llx",
             (unsigned long long)random);
    pthread_mutex_init(&executor->lock, NULL);
    pthread_cond_init(&executor->stopped, NULL);
    if (start_threads(executor)) {
        *out = executor;
        return NULL;
    }
    executor_stop(executor);
    return FAIL(cx, ERR_UNAVAILABLE, "the system gives no thread for the executor");
}

void executor_stop(Executor *executor)
{
    stop(executor);
    if (executor->works)
        pthread_join(executor->worker, NULL);
    for (int i = 0; i < executor->courier_count; i++)
        pthread_join(executor->couriers[i], NULL);
    free(executor);
}
