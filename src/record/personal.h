// SPDX-License-Identifier: Apache-2.0
// Personal data: what packs declare `personal` is erased with proof.
//
// An erasure empties the personal fields of a record through the gate, so that a process that holds
// one refuses, takes their values out of every row of its audit, and writes into the audit what is
// left of each (audit_leaf.h): the log verifies as before. The ledger (table `erasure`) says which
// records; it is kept beside the database too (app/erasures.h), so that a restored backup, which
// still knows the values, loses them again. Histories of processes are process/'s matter.
#ifndef MILLRACE_RECORD_PERSONAL_H
#define MILLRACE_RECORD_PERSONAL_H

#include "record/record.h"

typedef struct Erasure {
    Id id; // in the ledger; 0: a new one
    const char *entity;
    Id record;
    Instant at; // 0: now
    const char *reason;
} Erasure;

// Erases what is personal of a record and of its parts; a deleted one's audit too. Needs the
// permission "personal.erase". A required text becomes "erased"; ERR_INVALID where the entity has
// nothing personal or a required field of another type is, ERR_CONFLICT where a process holds one.
// *records names what was erased: {entity, id, fields, audit_rows} each.
FALLIBLE personal_erase(Ctx *cx, const Erasure *erasure, Value *records);

// The ledger behind an id, oldest first; at most `limit`.
FALLIBLE erasures_after(Ctx *cx, Id after, int limit, Erasure **out, size_t *count);
FALLIBLE erasure_is_done(Ctx *cx, Id id, bool *out);

// Whether erased words still lie in the segments of the search index and nothing waits to be
// indexed; and merging them away, in units of work that write and hold nobody up: `first`, then on
// while there is *more.
FALLIBLE erasures_lie_in_index(Ctx *cx, bool *out);
FALLIBLE erasures_leave_index(Ctx *cx, bool first, bool *more);

#endif
