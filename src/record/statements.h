// SPDX-License-Identifier: Apache-2.0
// Statements: the SQL on one record of an entity, made once from its validated names. Not for other
// rooms.
#ifndef MILLRACE_RECORD_STATEMENTS_H
#define MILLRACE_RECORD_STATEMENTS_H

#include "record/schema.h"

typedef enum Verb { VERB_READ, VERB_CREATE, VERB_EDIT, VERB_DELETE, VERB_EXPORT, VERB_IMPORT } Verb;
#define VERB_COUNT 6

// How far a right reaches, widest last.
typedef enum Reach { REACH_NONE, REACH_OWN, REACH_DEPARTMENT, REACH_ALL } Reach;

typedef struct EntityQueries {
    const char *columns;                    // all, quoted, in the order of the fields
    const char *get;                        // by id $1
    const char *standing;                   // owner and department by id $1
    const char *version;                    // by id $1
    const char *insert;                     // one parameter a field, in their order
    const char *remove;                     // id $1, version $2
    const char *permissions[VERB_COUNT][3]; // "order.read", "order.read.department", ".own"
} EntityQueries;

EntityQueries *statements_make(Arena *arena, const Entity *entity);

// Which fields change, in the order of the schema: positions of `count` fields, then id and
// version.
char *statement_update(Arena *arena, const Entity *entity, const int *positions, size_t count);

// How far the actor's right reaches.
Reach reach_of(const Actor *actor, const Entity *entity, Verb verb);
// Whether a record of this owner and department lies within the reach.
bool reach_covers(Reach reach, const Actor *actor, Id owner, const char *department);

const char *verb_word(Verb verb);

#endif
