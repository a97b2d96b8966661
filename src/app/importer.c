// SPDX-License-Identifier: Apache-2.0
#include "app/importer.h"

#include "base/calendar.h"
#include "base/limits.h"
#include "base/log.h"
#include "record/import_job.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define LOOK_EVERY_MS 250

struct Importer {
    Company *company;
    pthread_t thread;
    atomic_bool stopping;
};

static bool work_once(Importer *importer, Arena *arena)
{
    ArenaGuard guard;
    ArenaMark mark = arena_mark(arena);
    bool found = false;
    if (setjmp(*arena_guard(arena, &guard)) == 0) {
        Ctx cx = {.arena = arena,
                  .company = importer->company,
                  .actor = actor_system(),
                  .now = instant_now(),
                  .language = "en"};
        schema_hold(&cx);
        Error *error =
            import_jobs_work(&cx, importer->company->database, &importer->stopping, &found);
        if (error && !atomic_load(&importer->stopping))
            log_error("importer", error);
        found = found && !error;
    }
    arena_unguard(arena);
    arena_rewind(arena, mark);
    return found;
}

static void *work(void *state)
{
    Importer *importer = state;
    Arena *arena = arena_new(LIMIT_UNIT_BYTES);
    struct timespec pause = {.tv_nsec = LOOK_EVERY_MS * 1000000L};
    while (!atomic_load(&importer->stopping))
        if (!work_once(importer, arena))
            nanosleep(&pause, NULL);
    arena_free(arena);
    return NULL;
}

FALLIBLE importer_start(Ctx *cx, Company *company, Importer **out)
{
    Importer *importer = calloc(1, sizeof *importer);
    if (!importer)
        return FAIL(cx, ERR_UNAVAILABLE, "there is no memory for the importer");
    importer->company = company;
    if (pthread_create(&importer->thread, NULL, work, importer)) {
        free(importer);
        return FAIL(cx, ERR_UNAVAILABLE, "the system gives no thread for the importer");
    }
    *out = importer;
    return NULL;
}

void importer_stop(Importer *importer)
{
    atomic_store(&importer->stopping, true);
    pthread_join(importer->thread, NULL);
    free(importer);
}
