// SPDX-License-Identifier: Apache-2.0
#include "app/sealer.h"

#include "app/erasures.h"
#include "base/calendar.h"
#include "base/limits.h"
#include "base/log.h"
#include "db/database.h"
#include "record/record.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SEAL_EVERY_S 10

struct Sealer {
    Company *company;
    AuditFiles files;
    AuditSigner signer;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    bool stopping;
    bool failed; // told once
};

typedef struct Sealing {
    const AuditSigner *signer;
    AuditCheckpoint made;
    bool more;
} Sealing;

static Error *look(Ctx *cx, void *state)
{
    return audit_is_open(cx, state);
}

static Error *seal(Ctx *cx, void *state)
{
    Sealing *sealing = state;
    return audit_seal(cx, sealing->signer, &sealing->made, &sealing->more);
}

static Error *newest(Ctx *cx, void *state)
{
    return audit_checkpoint_last(cx, state);
}

FALLIBLE audit_seal_all(Ctx *cx, const AuditFiles *files, const AuditSigner *signer,
                        AuditCheckpoint *out)
{
    Database *database = cx->company->database;
    Sealing sealing = {.signer = signer, .more = true};
    bool open;
    TRY(database_read(cx, database, look, &open));
    for (ArenaMark mark = arena_mark(cx->arena); open && sealing.more;) {
        arena_rewind(cx->arena, mark);
        TRY(database_write(cx, database, seal, &sealing));
    }
    TRY(database_read(cx, database, newest, out));
    return open && out->size ? audit_head_write(cx, files, out) : NULL;
}

static void work_once(Sealer *sealer, Arena *arena)
{
    ArenaGuard guard;
    ArenaMark mark = arena_mark(arena);
    if (setjmp(*arena_guard(arena, &guard)) == 0) {
        AuditCheckpoint checkpoint;
        Ctx cx = {.arena = arena,
                  .company = sealer->company,
                  .actor = actor_system(),
                  .now = instant_now(),
                  .language = "en"};
        Error *error = audit_seal_all(&cx, &sealer->files, &sealer->signer, &checkpoint);
        if (!error)
            error = erasures_keep(&cx, &sealer->files);
        if (error && !sealer->failed)
            log_error("sealer", error);
        sealer->failed = error != NULL;
    }
    arena_unguard(arena);
    arena_rewind(arena, mark);
}

static void *work(void *state)
{
    Sealer *sealer = state;
    Arena *arena = arena_new(LIMIT_UNIT_BYTES);
    bool stopping = false;
    while (!stopping) { // once more when it stops
        struct timespec until;
        work_once(sealer, arena);
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += SEAL_EVERY_S;
        pthread_mutex_lock(&sealer->mutex);
        while (!sealer->stopping &&
               pthread_cond_timedwait(&sealer->wake, &sealer->mutex, &until) == 0)
            continue;
        stopping = sealer->stopping;
        pthread_mutex_unlock(&sealer->mutex);
    }
    work_once(sealer, arena);
    arena_free(arena);
    return NULL;
}

FALLIBLE sealer_start(Ctx *cx, const CommandLine *line, Sealer **out)
{
    Sealer *sealer = calloc(1, sizeof *sealer);
    if (!sealer)
        return FAIL(cx, ERR_UNAVAILABLE, "there is no memory for the sealer");
    sealer->company = cx->company;
    sealer->files = audit_files_of(cx, line); // the command's arena lasts longer
    pthread_mutex_init(&sealer->mutex, NULL);
    pthread_cond_init(&sealer->wake, NULL);
    Error *error = audit_signer_open(cx, &sealer->files, &sealer->signer);
    if (!error && pthread_create(&sealer->thread, NULL, work, sealer))
        error = FAIL(cx, ERR_UNAVAILABLE, "the system gives no thread for the sealer");
    if (error)
        free(sealer);
    else
        *out = sealer;
    return error;
}

void sealer_stop(Sealer *sealer)
{
    pthread_mutex_lock(&sealer->mutex);
    sealer->stopping = true;
    pthread_cond_signal(&sealer->wake);
    pthread_mutex_unlock(&sealer->mutex);
    pthread_join(sealer->thread, NULL);
    pthread_cond_destroy(&sealer->wake);
    pthread_mutex_destroy(&sealer->mutex);
    sodium_memzero(&sealer->signer, sizeof sealer->signer);
    free(sealer);
}
