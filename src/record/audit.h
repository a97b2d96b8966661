// SPDX-License-Identifier: Apache-2.0
// Audit: what every change leaves behind, in the same transaction. Append-only. With it goes a row
// of the feed (record/feed.h).
//
// A creation and a deletion are one row with the whole record, a change is a row for each field.
#ifndef MILLRACE_RECORD_AUDIT_H
#define MILLRACE_RECORD_AUDIT_H

#include "record/record.h"

// `changed` lists the fields' new values; before is NULL for a creation, after for a deletion.
FALLIBLE audit_write(Ctx *cx, const GateRequest *request, const Record *before, const Record *after,
                     Value changed);

// One row of it, as it is: what no change of a record is (an erasure, retention).
typedef struct AuditRow {
    Id record; // 0: none
    const char *entity;
    const char *action;
    const char *field;
    const char *before; // JSON, or NULL
    const char *after;
    const char *reason;
} AuditRow;
FALLIBLE audit_add(Ctx *cx, const AuditRow *row);

// What happened to something beside the record's fields: a share, a file. `before` null: it came;
// `after` null: it went.
FALLIBLE audit_event(Ctx *cx, const Record *record, const char *action, Value before, Value after);

// The value that each field had before what was changed since; computed fields and the system's
// are left out.
FALLIBLE audit_values_before(Ctx *cx, const Entity *entity, Id record, Instant since, Value *out);

#endif
