// SPDX-License-Identifier: Apache-2.0
// Changing what a company works with: the texts are compiled, the database is brought to them, and
// the new schema is published, while work that began before goes on with its own.
//
// A column that nothing declares any more is parked: it stays with its values, is taken up again
// when it is declared again, and goes only by packs_prune. So every version can be gone back to.
#ifndef MILLRACE_RECORD_PACK_APPLY_H
#define MILLRACE_RECORD_PACK_APPLY_H

#include "record/pack_version.h"

struct Database;

typedef struct PackEdit {
    Value files;  // context: name -> the file's text, or its content as a value, or null: it goes
    bool whole;   // the company's files that are not named go
    int64_t base; // the revision that the edit was made on; -1: whichever is the newest
    const char *note; // why; NULL: none
} PackEdit;

// Both outside any unit of work. Trying changes nothing; applying needs `base` to be the newest
// still (ERR_CONFLICT), and leaves cx->schema as the new one. *out: {revision, diff, changes:
// statements, conflicts}.
FALLIBLE packs_try(Ctx *cx, struct Database *database, const PackEdit *edit, Value *out);
FALLIBLE packs_apply(Ctx *cx, struct Database *database, const PackEdit *edit, Value *out);
// The company's files as they were at that revision, as a new version.
FALLIBLE packs_rollback(Ctx *cx, struct Database *database, int64_t revision, Value *out);

// Takes up what another program on this database has applied.
FALLIBLE packs_refresh(Ctx *cx, struct Database *database);

// Drops what is parked: *dropped tells "entity.field" of each.
FALLIBLE packs_prune(Ctx *cx, struct Database *database, Value *dropped);

#endif
