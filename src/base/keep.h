// SPDX-License-Identifier: Apache-2.0
// Keep: what was read of a company and hardly ever changes, kept for the units of work to come.
//
// A thing is kept under its kind and subject, in one of a bounded number of places: a later one
// takes the place of an earlier. Whoever takes it says by which edition it was read, and gets it
// only when it is that one. It lives in an arena of its own, as long as the keep or a unit of work
// holds it, and is read-only. Thread-safe.
#ifndef MILLRACE_BASE_KEEP_H
#define MILLRACE_BASE_KEEP_H

#include "base/ctx.h"

#define KEEP_PLACES 1024 // a power of two

typedef struct KeepKey {
    const char *kind; // a literal: compared by its address
    Id subject;
    // The edition: everything the thing was made from.
    Id revision;
    const void *schema;
    int64_t period;
} KeepKey;

// Makes the thing, in cx->arena: one of its own, that lasts longer than the unit of work.
typedef Error *(*KeepMake)(Ctx *cx, Id subject, const void **thing);
// What is kept under the key, else what is made now; it lives as long as cx->arena.
FALLIBLE keep_get(Ctx *cx, const KeepKey *key, KeepMake make, const void **thing);
// Ends what is kept; no unit of work runs any more.
void keep_close(Company *company);

#endif
