// SPDX-License-Identifier: Apache-2.0
// Which field each column of a file fills, and what a cell says for its field. Not for other rooms.
#ifndef MILLRACE_RECORD_IMPORT_MAPPING_H
#define MILLRACE_RECORD_IMPORT_MAPPING_H

#include "base/csv.h"
#include "record/record.h"

// A column whose header begins so is always passed over: the problems in a file of refused lines.
#define IMPORT_REMARK '#'

typedef struct ImportMapping {
    const Field **fields; // NULL: the column is passed over
    size_t count;
} ImportMapping;

// The field with this name or title, blind to case, spaces, "_" and "-"; NULL when there is none
// that the actor may read.
const Field *mapping_field(Ctx *cx, const Entity *entity, const char *header);
// Of a file's header: by what it says when `columns` is NULL (an unknown column is ERR_INVALID),
// else by the names of fields in the order of the columns, where NULL passes one over. A field that
// stands twice, or that the system alone writes, is ERR_INVALID.
FALLIBLE mapping_make(Ctx *cx, const Entity *entity, const CsvRow *header,
                      const char *const *columns, size_t column_count, ImportMapping *out);
// ERR_INVALID when a new record would lack a field that it needs.
FALLIBLE mapping_complete(Ctx *cx, const Entity *entity, const ImportMapping *mapping);

// A reference is found by the key of the record it leads to, by its id, or by its name when that is
// indexed and leads to one record that the actor may read.
FALLIBLE mapping_value(Ctx *cx, const Field *field, const char *text, Value *out);

#endif
