// SPDX-License-Identifier: Apache-2.0
// Rights on records. Whatever reads or changes records asks here, one at a time, or query.h for
// many; both say the same, which rights_test.c holds. Not for other rooms.
#ifndef MILLRACE_RECORD_RIGHTS_H
#define MILLRACE_RECORD_RIGHTS_H

#include "record/record.h"
#include "record/standing.h"

// Whether the actor has the right on all records of the entity / on some, perhaps.
bool rights_on_all(const Actor *actor, const Entity *entity, Verb verb);
bool rights_on_some(const Actor *actor, const Entity *entity, Verb verb);
// ERR_DENIED with the permission that it needs, unless the actor has it on some.
FALLIBLE rights_need(Ctx *cx, const Entity *entity, Verb verb);

// The grants of one verb on one entity, one after the other: start with *at = (GrantWalk){0}.
typedef struct GrantWalk {
    size_t standing;
    size_t role;
    size_t grant;
} GrantWalk;
bool grants_next(const Actor *actor, const Entity *entity, Verb verb, GrantWalk *at,
                 const Standing **standing, const Role **role, const Grant **grant);

// Whether a complete record lies within the reach of the right. `known` may hold values of the
// paths of rules, by their names; null: none.
FALLIBLE rights_cover(Ctx *cx, const Record *record, Verb verb, Value known, bool *out);
// Without what is shared with the actor.
FALLIBLE rights_cover_by_roles(Ctx *cx, const Record *record, Verb verb, Value known, bool *out);
// The same before and after a change: a rule must hold of both, the scope only of what was.
FALLIBLE rights_cover_change(Ctx *cx, const Record *before, const Record *after, bool *out);
// Whether a record of this owner and department lies within the scope.
bool scope_covers(Scope scope, const Standing *standing, Id owner, const char *department);

// Whether there is such a record for the actor to read.
FALLIBLE rights_reached(Ctx *cx, const Entity *entity, Id id, bool *out);

#endif
