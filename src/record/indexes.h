// SPDX-License-Identifier: Apache-2.0
// Indexes: which ones an entity needs: unique fields, references, declared lists. Each that serves
// a list ends in its sort key and the id. Not for other rooms.
#ifndef MILLRACE_RECORD_INDEXES_H
#define MILLRACE_RECORD_INDEXES_H

#include "record/schema.h"

typedef struct Index {
    const char *name; // tells what it holds: the same declaration has the same name everywhere
    const char *sql;
} Index;

// For the unit's database; no two are the same.
FALLIBLE indexes_of(Ctx *cx, const Entity *entity, Index **out, size_t *count);

#endif
