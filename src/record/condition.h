// SPDX-License-Identifier: Apache-2.0
// Condition: what records must meet, as a FEEL text over the fields of their entity, the fields of
// what its references lead to ("customer.city"), and `me`. Rules of roles and filters of lists are
// conditions. Not for other rooms.
//
// `me` is the one who asks, or whom the asker stands in for: {id, login, name, department,
// departments, positions, team}; departments and team as in Scope.
#ifndef MILLRACE_RECORD_CONDITION_H
#define MILLRACE_RECORD_CONDITION_H

#include "record/query.h"
#include "record/standing.h"

// One way through a reference.
typedef struct ConditionPath {
    const char *name; // "customer.city"
    const Field *reference;
    const Field *field;
} ConditionPath;

typedef struct Condition {
    const Entity *entity;
    const char *source;
    const Feel *feel;
    const char *const *names;
    size_t name_count;
    const ConditionPath *paths;
    size_t path_count;
} Condition;

// ERR_INVALID when it is no expression, or names what is not there; for a reader also what the
// reader may not read. `reader` NULL: a rule, for which every field is there.
FALLIBLE condition_compile(Ctx *cx, const Entity *entity, const char *source, const Actor *reader,
                           const Condition **out);

// Whether the record meets it, for this standing; anything but true is no. `known` may hold values
// of paths, by their names; what it does not hold is read.
FALLIBLE condition_holds(Ctx *cx, const Condition *condition, const Standing *standing,
                         const Record *record, Value known, bool *out);

// The condition in SQL, as far as it can be said: NULL when it cannot. `exact`: that says it all.
// A path shows a reader only what the reader may read, elsewhere null.
typedef struct ConditionSql {
    const char *where;
    bool exact;
    const char *pushed;    // the part of the source that `where` says
    const char **path_sql; // each path as a column
} ConditionSql;
FALLIBLE condition_sql(Ctx *cx, Querying *querying, const Condition *condition,
                       const Standing *standing, bool for_reader, ConditionSql *out);

#endif
