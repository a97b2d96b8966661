// SPDX-License-Identifier: Apache-2.0
// Naming people, departments and subjects in answers, in the unit's language.
//
// Private to process/. A Describer remembers what it looked up, for lists; it lives in the arena.
// Names are read as the system: who may see a work item may see who else can do it.
#ifndef MILLRACE_PROCESS_DESCRIBE_H
#define MILLRACE_PROCESS_DESCRIBE_H

#include "base/map.h"
#include "base/value.h"

typedef struct Describer {
    Map *departments;
    Map *users;
    Map *subjects;
    Map *holders;
} Describer;

Describer *describer_new(Ctx *cx);

// {key, name, colour}; null for no department.
FALLIBLE describe_department(Ctx *cx, Describer *describer, const char *key, Value *out);
// {id, name}; null for no user.
FALLIBLE describe_user(Ctx *cx, Describer *describer, Id user, Value *out);
// {entity, id, label}; null for no subject. What is deleted keeps its id as label.
FALLIBLE describe_subject(Ctx *cx, Describer *describer, const char *entity, Id subject,
                          Value *out);
// [{id, name}] of the active users who hold the position, at most 20 of them; without a position
// those of the department.
FALLIBLE describe_holders(Ctx *cx, Describer *describer, const char *position,
                          const char *department, Value *out);

// Runs a read as the system itself: `before = as_system(cx); ... cx->actor = before;`
const Actor *as_system(Ctx *cx);

#endif
