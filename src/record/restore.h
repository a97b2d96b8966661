// SPDX-License-Identifier: Apache-2.0
// Restoring: what the audit remembers, put back through the gate. Rights, rules and the governing
// process are asked as of any change: what a process holds is refused, and so is a value that would
// not be taken today.
#ifndef MILLRACE_RECORD_RESTORE_H
#define MILLRACE_RECORD_RESTORE_H

#include "record/record.h"

typedef struct RestoreRequest {
    const char *entity;
    Id id;
    // Values as they were right before this instant (that of an entry of the history undoes it and
    // what came after); 0 takes back a deleted record as it was.
    Instant before;
    const char *const *fields; // only these; none: all that the actor may read
    size_t field_count;
    int64_t version;    // of a record that is there, as in record_change
    const char *reason; // into the audit
} RestoreRequest;

// A deleted record comes back under its id and number, with the next version. ERR_CONFLICT when it
// is there, or when none was deleted; a field that is not readable is none. What starts with a
// record starts anew.
FALLIBLE record_restore(Ctx *cx, const RestoreRequest *request, Record **out);

typedef struct Deleted {
    Instant at;
    Id by; // 0: the system
    const char *by_name;
    const char *reason;
    Record *record; // as it was, without what the actor may not read
} Deleted;

// The deletions of an entity that the actor might take back, newest first, older than `before` (0:
// from the newest); *count is at most `limit`. *next is where to go on, 0: there are no more.
FALLIBLE records_deleted(Ctx *cx, const char *entity, Instant before, int limit, Deleted **out,
                         size_t *count, Instant *next);

#endif
