// SPDX-License-Identifier: Apache-2.0
// Statements: the SQL on one record of an entity, made once from its validated names. Not for other
// rooms.
#ifndef MILLRACE_RECORD_STATEMENTS_H
#define MILLRACE_RECORD_STATEMENTS_H

#include "record/grant.h"

typedef struct EntityQueries {
    const char *columns;                 // all, quoted, in the order of the fields
    const char *get;                     // by id $1
    const char *version;                 // by id $1
    const char *label;                   // id and label, by id $1
    const char *insert;                  // one parameter a field, in their order
    const char *remove;                  // id $1, version $2
    const char *permissions[VERB_COUNT]; // "order.read": the right on all records
} EntityQueries;

EntityQueries *statements_make(Arena *arena, const Entity *entity);

// Which fields change, in the order of the schema: positions of `count` fields, then id and
// version.
char *statement_update(Arena *arena, const Entity *entity, const int *positions, size_t count);

#endif
