// SPDX-License-Identifier: Apache-2.0
#include "base/keep.h"

#include "base/limits.h"
#include "base/map.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

typedef struct Kept {
    KeepKey key;
    const void *thing;
    Arena *arena; // this lies in it, too
    int holders;  // the keep itself, and each unit of work that has taken it
} Kept;

struct Keep {
    Kept *places[KEEP_PLACES];
};

static pthread_mutex_t keeping = PTHREAD_MUTEX_INITIALIZER;

static void let_go(Kept *kept)
{
    pthread_mutex_lock(&keeping);
    bool last = --kept->holders == 0;
    pthread_mutex_unlock(&keeping);
    if (last)
        arena_free(kept->arena);
}

static void hold(Ctx *cx, Kept *kept)
{
    arena_defer(cx->arena, (ArenaCleanup)let_go, kept);
}

// With the lock.
static Kept **place_of(const Ctx *cx, const KeepKey *key)
{
    struct Keep **keep = &cx->company->keep;
    if (!*keep && !(*keep = calloc(1, sizeof **keep)))
        abort();
    uint64_t mixed = hash_bytes(&key->subject, sizeof key->subject) ^ (uintptr_t)key->kind;
    return &(*keep)->places[mixed & (KEEP_PLACES - 1)];
}

static bool same(const KeepKey *a, const KeepKey *b)
{
    return a->kind == b->kind && a->subject == b->subject && a->revision == b->revision &&
           a->schema == b->schema && a->period == b->period;
}

static const void *take(Ctx *cx, const KeepKey *key)
{
    pthread_mutex_lock(&keeping);
    Kept *kept = *place_of(cx, key);
    if (kept && same(&kept->key, key))
        kept->holders++;
    else
        kept = NULL;
    pthread_mutex_unlock(&keeping);
    if (!kept)
        return NULL;
    hold(cx, kept);
    return kept->thing;
}

static void put(Ctx *cx, const KeepKey *key, Arena *arena, const void *thing)
{
    Kept *kept = NEW(arena, Kept);
    *kept = (Kept){.key = *key, .thing = thing, .arena = arena, .holders = 2};
    pthread_mutex_lock(&keeping);
    Kept **place = place_of(cx, key), *before = *place;
    *place = kept;
    pthread_mutex_unlock(&keeping);
    if (before)
        let_go(before);
    hold(cx, kept);
}

FALLIBLE keep_get(Ctx *cx, const KeepKey *key, KeepMake make, const void **thing)
{
    *thing = take(cx, key);
    if (*thing)
        return NULL;
    Ctx lasting = *cx;
    lasting.arena = arena_new(LIMIT_UNIT_BYTES);
    Error *error = make(&lasting, key->subject, thing);
    if (error) // it lies in that arena
        arena_defer_free(cx->arena, lasting.arena);
    else
        put(cx, key, lasting.arena, *thing);
    return error;
}

void keep_close(Company *company)
{
    for (size_t i = 0; company->keep && i < KEEP_PLACES; i++)
        if (company->keep->places[i])
            let_go(company->keep->places[i]);
    free(company->keep);
    company->keep = NULL;
}
