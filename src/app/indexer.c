// SPDX-License-Identifier: Apache-2.0
#include "app/indexer.h"

#include "base/calendar.h"
#include "base/limits.h"
#include "base/log.h"
#include "record/catch_up.h"
#include "record/duplicate.h"
#include "record/record.h"
#include "record/search.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

// Long enough for changes to gather: a batch costs little more than one record.
#define LOOK_EVERY_MS 150

struct Indexer {
    Company *company;
    pthread_t thread;
    atomic_bool stopping;
};

static bool work_once(Indexer *indexer, Arena *arena)
{
    ArenaGuard guard;
    ArenaMark mark = arena_mark(arena);
    bool found = false;
    if (setjmp(*arena_guard(arena, &guard)) == 0) {
        Ctx cx = {.arena = arena,
                  .company = indexer->company,
                  .actor = actor_system(),
                  .now = instant_now(),
                  .language = "en"};
        schema_hold(&cx);
        Error *error = search_work(&cx, indexer->company->database, &found);
        if (!error && !found)
            error = catch_up_work(&cx, indexer->company->database, &found);
        if (!error && !found)
            error = duplicates_work(&cx, indexer->company->database, &found);
        if (error && !atomic_load(&indexer->stopping))
            log_error("indexer", error);
        found = found && !error;
    }
    arena_unguard(arena);
    arena_rewind(arena, mark);
    return found;
}

static void *work(void *state)
{
    Indexer *indexer = state;
    Arena *arena = arena_new(LIMIT_UNIT_BYTES);
    struct timespec pause = {.tv_nsec = LOOK_EVERY_MS * 1000000L};
    while (!atomic_load(&indexer->stopping))
        if (!work_once(indexer, arena))
            nanosleep(&pause, NULL);
    arena_free(arena);
    return NULL;
}

FALLIBLE indexer_start(Ctx *cx, Company *company, Indexer **out)
{
    Indexer *indexer = calloc(1, sizeof *indexer);
    if (!indexer)
        return FAIL(cx, ERR_UNAVAILABLE, "there is no memory for the indexer");
    indexer->company = company;
    if (pthread_create(&indexer->thread, NULL, work, indexer)) {
        free(indexer);
        return FAIL(cx, ERR_UNAVAILABLE, "the system gives no thread for the indexer");
    }
    *out = indexer;
    return NULL;
}

void indexer_stop(Indexer *indexer)
{
    atomic_store(&indexer->stopping, true);
    pthread_join(indexer->thread, NULL);
    free(indexer);
}
