// SPDX-License-Identifier: Apache-2.0
// Catching up: what is declared of a field or an entity is done to the records that are there
// already, behind the commit, in batches, while everybody works.
//
// record_catch_up says for each entity and task what is declared and up to which record it is done.
// When the packs declare something else, the entity begins anew. New records and changes need no
// catching up: the gate does at once what is declared.
#ifndef MILLRACE_RECORD_CATCH_UP_H
#define MILLRACE_RECORD_CATCH_UP_H

#include "record/record.h"

typedef struct CatchUpTask {
    const char *name;
    // What is declared, as a text that differs when it must be done again; NULL: nothing is.
    const char *(*declared)(Ctx *cx, const Schema *schema, const Entity *entity);
    // A complete record. An error leaves the record as it is.
    Error *(*each)(Ctx *cx, Record *record);
} CatchUpTask;

// Brings record_catch_up to the schema, in the unit that migrates.
FALLIBLE catch_up_prepare(Ctx *cx, const Schema *schema);

// One batch, in units of work of its own; *found = false: nothing waits.
struct Database;
FALLIBLE catch_up_work(Ctx *cx, struct Database *database, bool *found);

// Whether the task has reached every record of the entity.
FALLIBLE catch_up_done(Ctx *cx, const Entity *entity, const CatchUpTask *task, bool *out);

// ---- the tasks ------------------------------------------------------------------------------

// Telephone numbers as they were typed before become E.164; what is no number stays.
extern const CatchUpTask phone_task;
// Keys by which possible duplicates are found, see duplicate_keys.h.
extern const CatchUpTask duplicate_task;

#endif
