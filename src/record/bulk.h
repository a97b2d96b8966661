// SPDX-License-Identifier: Apache-2.0
// Bulk: one change or the deletion of many records, each through the gate in its own unit of work,
// so that one refusal does not undo the others. What was done is noted, and goes back record by
// record, unless somebody has changed it since. Whoever calls opens the units.
#ifndef MILLRACE_RECORD_BULK_H
#define MILLRACE_RECORD_BULK_H

#include "record/record.h"

// Notes that a bulk begins; the actor may undo it.
FALLIBLE bulk_open(Ctx *cx, const char *entity, Id *bulk);
FALLIBLE bulk_change(Ctx *cx, Id bulk, const char *entity, Id record, Value fields,
                     const char *reason);

FALLIBLE bulk_delete(Ctx *cx, Id bulk, const char *entity, Id record, const char *reason);

// The records that the actor's bulk changed or deleted and that are not back yet, at most
// LIMIT_BULK_ROWS; ERR_NOT_FOUND when there is no such bulk of the actor's.
FALLIBLE bulk_changed(Ctx *cx, Id bulk, const char *entity, Id **records, size_t *count);
// Gives each field the value it had, or takes the record back; ERR_CONFLICT when the record was
// changed since.
FALLIBLE bulk_undo(Ctx *cx, Id bulk, const char *entity, Id record);

#endif
