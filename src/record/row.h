// SPDX-License-Identifier: Apache-2.0
// Row: a record as it lies in its table, and as an actor may see it. Not for other rooms.
#ifndef MILLRACE_RECORD_ROW_H
#define MILLRACE_RECORD_ROW_H

#include "db/db.h"
#include "record/record.h"
#include "record/statements.h"

// A complete record without rights: *out = NULL when there is none.
FALLIBLE row_load(Ctx *cx, const Entity *entity, Id id, Record **out);
// From a row whose columns are the entity's `fields` (positions), or all when NULL.
FALLIBLE row_record(Ctx *cx, const Entity *entity, const Row *row, const int *positions,
                    size_t count, Record **out);

// A complete record: entry i of its fields is field i of the entity.
Record *row_blank(Ctx *cx, const Entity *entity);
Record *row_copy(Ctx *cx, const Record *record);
Value *row_at(const Record *record, const Field *field);

// Without the fields that the actor may not read; the same record when nothing is hidden.
Record *row_readable(Ctx *cx, Record *record);

#endif
