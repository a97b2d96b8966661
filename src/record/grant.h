// SPDX-License-Identifier: Apache-2.0
// Grant: what roles give on records. Not for other rooms.
#ifndef MILLRACE_RECORD_GRANT_H
#define MILLRACE_RECORD_GRANT_H

#include "record/schema.h"

typedef enum Verb { VERB_READ, VERB_CREATE, VERB_EDIT, VERB_DELETE, VERB_EXPORT, VERB_IMPORT } Verb;
#define VERB_COUNT 6

// Which records a right reaches. What somebody owns is within the department's and the team's
// reach.
typedef enum Scope {
    SCOPE_ALL,
    SCOPE_DEPARTMENT, // of the user's department, those the user leads, and all below them
    SCOPE_TEAM, // owned by the user, a colleague of the same manager, that manager, or anybody
                // below the user
    SCOPE_OWN,
    SCOPE_QUEUE, // owned by nobody yet, within the reach of SCOPE_DEPARTMENT
} Scope;
#define SCOPE_COUNT 5

// A right that does not reach all records of its entity.
typedef struct Grant {
    const Entity *entity;
    Verb verb;
    Scope scope;
    const struct Condition *rule; // what a record must meet besides; NULL: nothing
} Grant;

const char *verb_word(Verb verb);
const char *scope_word(Scope scope);

#endif
