// SPDX-License-Identifier: Apache-2.0
// Query: the one builder of conditions over an entity's records. Rights are its first condition and
// cannot be left out. Not for other rooms: see list.h.
#ifndef MILLRACE_RECORD_QUERY_H
#define MILLRACE_RECORD_QUERY_H

#include "db/db.h"
#include "record/list.h"
#include "record/statements.h"

struct Condition;
struct SearchWords;

// A condition that SQL says only in part: it is asked again of each record.
typedef struct Residue {
    const struct Condition *condition;
    const char *const *path_sql; // what its paths are read by, in their order
} Residue;

typedef struct Residues {
    Residue *items;
    size_t count;
    size_t capacity;
} Residues;

typedef struct Querying {
    const Entity *entity;
    const char *alias; // what the text calls the table
    int depth;         // of subqueries through references
    Buffer *where;     // conditions joined by AND; empty: all
    Cell *cells;       // the parameters so far
    size_t count;
    size_t capacity;
    // Where `where` keeps more than it should:
    unsigned wider;                     // 1 << verb: the right is asked again of each record
    Residues rules;                     // of those rights
    Residues filters;                   // of the request
    const struct SearchWords *searched; // in the record as its reader reads it; NULL: nothing
    const char *pushed;                 // what `where` says of them, in FEEL
} Querying;

// Without any condition: whoever calls has asked for the rights.
Querying querying_new(Ctx *cx, const Entity *entity);
// Begins with what the actor may reach for the verb; ERR_DENIED when that is nothing.
FALLIBLE query_open(Ctx *cx, const Entity *entity, Verb verb, Querying *out);
// A further right that is needed.
FALLIBLE query_reach(Ctx *cx, Querying *querying, Verb verb);
// A copy that can be led on apart from its origin.
Querying query_branch(Ctx *cx, const Querying *querying);

// Whether `where` says all. If not, each row is to be probed: it is read with the probe's columns,
// which begin with all fields of the entity, and kept or not.
bool query_is_exact(const Querying *querying);
const char *query_probe_columns(Ctx *cx, const Querying *querying);
FALLIBLE query_probe(Ctx *cx, const Querying *querying, const Cell *cells, bool *keeps);

// Those of these records that the actor may read, complete: row_readable says what may be shown.
FALLIBLE query_readable(Ctx *cx, const Entity *entity, const Cell *ids, size_t count, Record ***out,
                        size_t *found);

// A field of the table as a column, and one of what a reference leads to: for a reader null where
// the reader may not read that record, ERR_INVALID when that cannot be said in SQL.
const char *query_column(Ctx *cx, const Querying *querying, const Field *field);
FALLIBLE query_path(Ctx *cx, Querying *querying, const Field *reference, const Field *field,
                    bool for_reader, const char **out);

FALLIBLE query_filter(Ctx *cx, Querying *querying, const ListFilter *filter);
// A condition in FEEL, over what the actor may read.
FALLIBLE query_feel(Ctx *cx, Querying *querying, const char *source);
// Every word is found in the record, as the search box finds it (search/words.h): the index
// narrows, and each record is looked at.
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
