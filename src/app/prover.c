// SPDX-License-Identifier: Apache-2.0
#include "app/prover.h"

#include "app/proof.h"
#include "base/calendar.h"
#include "base/log.h"
#include "db/database.h"
#include "record/record.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define LOOK_EVERY_MS 500
#define PROVER_BYTES (512UL << 20)

struct Prover {
    Company *company;
    const CommandLine *line;
    const char *holder;
    pthread_t thread;
    atomic_bool stopping;
};

typedef struct Making {
    Prover *prover;
    ProofJob job;
    ProofProgress progress;
    bool go_on;
    Value made; // null: there is none
    const char *why;
} Making;

static FALLIBLE look(Ctx *cx, void *state)
{
    return proof_awaited(cx, state);
}

static FALLIBLE take(Ctx *cx, void *state)
{
    Making *making = state;
    return proof_take(cx, making->prover->holder, &making->job);
}

static FALLIBLE tell(Ctx *cx, void *state)
{
    Making *making = state;
    return proof_progress(cx, making->job.id, making->prover->holder, &making->progress,
                          &making->go_on);
}

static FALLIBLE end(Ctx *cx, void *state)
{
    const Making *making = state;
    return proof_end(cx, making->job.id, making->prover->holder, making->made, making->why);
}

// In a unit of work of the company that asks; the proof's own clock is far ahead.
static Error *in_company(Ctx *cx, Making *making, UnitWork work)
{
    Ctx own = *cx;
    own.company = making->prover->company;
    schema_hold(&own);
    own.actor = actor_system();
    own.now = instant_now();
    return database_write(&own, own.company->database, work, making);
}

static Error *may_go_on(Ctx *cx, void *state, const ProofProgress *progress)
{
    Making *making = state;
    if (atomic_load(&making->prover->stopping))
        return FAIL(cx, ERR_UNAVAILABLE, "the program ends");
    making->progress = *progress;
    TRY(in_company(cx, making, tell));
    return making->go_on ? NULL : FAIL(cx, ERR_CONFLICT, "cancelled");
}

static FALLIBLE make(Ctx *cx, Making *making)
{
    ProofOrder order = {.process = making->job.process,
                        .runs = making->job.runs,
                        .seed = making->job.seed,
                        .language = making->job.language,
                        .may_go_on = may_go_on,
                        .state = making};
    Error *error = proof_make(cx, making->prover->line, &order, &making->made);
    if (error && atomic_load(&making->prover->stopping))
        return NULL; // it is taken again
    making->made = error ? value_null() : making->made;
    making->why = error ? error->message : NULL;
    return in_company(cx, making, end);
}

static bool work_once(Prover *prover, Arena *arena)
{
    ArenaGuard guard;
    ArenaMark mark = arena_mark(arena);
    volatile bool found = false;
    if (setjmp(*arena_guard(arena, &guard)) == 0) {
        Ctx cx = {.arena = arena,
                  .company = prover->company,
                  .actor = actor_system(),
                  .now = instant_now(),
                  .language = "en"};
        schema_hold(&cx);
        Making making = {.prover = prover, .made = value_null()};
        bool awaited = false;
        Error *error = database_read(&cx, prover->company->database, look, &awaited);
        if (!error && awaited)
            error = in_company(&cx, &making, take);
        found = !error && making.job.id;
        if (found)
            error = make(&cx, &making);
        if (error && !atomic_load(&prover->stopping))
            log_error("prover", error);
    }
    arena_unguard(arena);
    arena_rewind(arena, mark);
    return found;
}

static void *work(void *state)
{
    Prover *prover = state;
    Arena *arena = arena_new(PROVER_BYTES);
    struct timespec pause = {.tv_nsec = LOOK_EVERY_MS * 1000000L};
    while (!atomic_load(&prover->stopping))
        if (!work_once(prover, arena))
            nanosleep(&pause, NULL);
    arena_free(arena);
    return NULL;
}

FALLIBLE prover_start(Ctx *cx, const CommandLine *line, Prover **out)
{
    Prover *prover = calloc(1, sizeof *prover);
    if (!prover)
        return FAIL(cx, ERR_UNAVAILABLE, "there is no memory for the prover");
    *prover = (Prover){.company = cx->company,
                       .line = line,
                       .holder = text_format(cx->arena, "prover %lld of %d",
                                             (long long)instant_now(), (int)getpid())};
    if (pthread_create(&prover->thread, NULL, work, prover)) {
        free(prover);
        return FAIL(cx, ERR_UNAVAILABLE, "the system gives no thread for the prover");
    }
    *out = prover;
    return NULL;
}

void prover_stop(Prover *prover)
{
    atomic_store(&prover->stopping, true);
    pthread_join(prover->thread, NULL);
    free(prover);
}
