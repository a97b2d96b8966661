// SPDX-License-Identifier: Apache-2.0
// Query: the one builder of conditions over an entity's records. Rights are its first condition and
// cannot be left out. Not for other rooms: see list.h.
#ifndef MILLRACE_RECORD_QUERY_H
#define MILLRACE_RECORD_QUERY_H

#include "db/db.h"
#include "record/list.h"
#include "record/statements.h"

typedef struct Querying {
    const Entity *entity;
    Buffer *where; // conditions joined by AND; empty: all
    Cell *cells;   // the parameters so far
    size_t count;
    size_t capacity;
} Querying;

// Begins with what the actor may reach for the verb; ERR_DENIED when that is nothing.
FALLIBLE query_open(Ctx *cx, const Entity *entity, Verb verb, Querying *out);
// A further right that is needed.
FALLIBLE query_reach(Ctx *cx, Querying *querying, Verb verb);
// A copy that can be led on apart from its origin.
Querying query_branch(Ctx *cx, const Querying *querying);

FALLIBLE query_filter(Ctx *cx, Querying *querying, const ListFilter *filter);
// Every word is found in one of the entity's search fields, blind to the case of ASCII letters.
FALLIBLE query_search(Ctx *cx, Querying *querying, const char *words);

// Adds a condition of validated text / a parameter, whose number is returned.
__attribute__((format(printf, 3, 4))) void query_condition(Ctx *cx, Querying *querying,
                                                           const char *format, ...);
size_t query_parameter(Ctx *cx, Querying *querying, Cell cell);

// The field, which the actor may read; ERR_INVALID when there is none.
FALLIBLE query_field(Ctx *cx, const Entity *entity, const char *name, const Field **out);

// " WHERE ..." or nothing.
const char *query_where(Ctx *cx, const Querying *querying);

#endif
