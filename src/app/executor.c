// SPDX-License-Identifier: Apache-2.0
#include "app/executor.h"

#include "base/calendar.h"
#include "base/limits.h"
#include "base/log.h"
#include "db/database.h"
#include "process/process.h"
#include "record/record.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

// Small, so that a burst of timers lets people's work in between.
#define TIMERS_AT_ONCE 20
#define LOOK_EVERY_S 1

struct Executor {
    Company *company;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t stopped;
    bool stopping;
};

static FALLIBLE fire(Ctx *cx, void *state)
{
    return timers_fire(cx, TIMERS_AT_ONCE, state);
}

static FALLIBLE escalate(Ctx *cx, void *state)
{
    return escalations_fire(cx, TIMERS_AT_ONCE, state);
}

static void fire_due(Executor *executor, Arena *arena, UnitWork work)
{
    ArenaMark mark = arena_mark(arena);
    int fired = TIMERS_AT_ONCE;
    while (fired == TIMERS_AT_ONCE) {
        Actor actor = *actor_system();
        actor.door = DOOR_SYSTEM;
        Ctx cx = {.arena = arena,
                  .company = executor->company,
                  .actor = &actor,
                  .now = instant_now(),
                  .language = "en"};
        fired = 0;
        Error *error = database_write(&cx, executor->company->database, work, &fired);
        if (error) {
            log_error("timers", error);
            fired = 0;
        }
        arena_rewind(arena, mark);
    }
}

static bool sleep_or_stop(Executor *executor)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += LOOK_EVERY_S;
    pthread_mutex_lock(&executor->lock);
    if (!executor->stopping)
        pthread_cond_timedwait(&executor->stopped, &executor->lock, &until);
    bool stopping = executor->stopping;
    pthread_mutex_unlock(&executor->lock);
    return stopping;
}

static void *execute(void *state)
{
    Executor *executor = state;
    Arena *arena = arena_new(LIMIT_UNIT_BYTES);
    do {
        fire_due(executor, arena, fire);
        fire_due(executor, arena, escalate);
    } while (!sleep_or_stop(executor));
    arena_free(arena);
    return NULL;
}

FALLIBLE executor_start(Ctx *cx, Company *company, Executor **out)
{
    Executor *executor = calloc(1, sizeof *executor);
    if (!executor)
        return FAIL(cx, ERR_UNAVAILABLE, "there is no memory for the executor");
    executor->company = company;
    pthread_mutex_init(&executor->lock, NULL);
    pthread_cond_init(&executor->stopped, NULL);
    if (pthread_create(&executor->thread, NULL, execute, executor)) {
        free(executor);
        return FAIL(cx, ERR_UNAVAILABLE, "the system gives no thread for the executor");
    }
    *out = executor;
    return NULL;
}

void executor_stop(Executor *executor)
{
    pthread_mutex_lock(&executor->lock);
    executor->stopping = true;
    pthread_cond_signal(&executor->stopped);
    pthread_mutex_unlock(&executor->lock);
    pthread_join(executor->thread, NULL);
    free(executor);
}
