// SPDX-License-Identifier: Apache-2.0
// Cursor: where a page ended, as opaque text, and the condition for what comes after it. Not for
// other rooms.
//
// The keys of a sort are its fields and then the id, in the direction of the last. Nulls are the
// smallest: first ascending, last descending, on both databases.
#ifndef MILLRACE_RECORD_CURSOR_H
#define MILLRACE_RECORD_CURSOR_H

#include "record/query.h"

typedef struct SortKey {
    const Field *field;
    bool descending;
} SortKey;

typedef struct SortKeys {
    SortKey items[LIST_SORTS + 1];
    size_t count;
} SortKeys;

FALLIBLE sort_keys(Ctx *cx, const Entity *entity, const ListSort *sorts, size_t count,
                   SortKeys *out);
const char *sort_order(Ctx *cx, const SortKeys *keys); // the text behind ORDER BY

// The text of a cursor, one cell a key, and back; a cursor of another sort is ERR_INVALID.
char *cursor_text(Ctx *cx, const SortKeys *keys, const Cell *cells);
FALLIBLE cursor_read(Ctx *cx, const SortKeys *keys, const char *text, Cell *cells);

// What follows the cursor, as one or two queries to be read one after the other: where one key may
// be null, a single condition would keep the database from its index.
size_t cursor_after(Ctx *cx, const Querying *querying, const SortKeys *keys, const Cell *cells,
                    Querying out[static 2]);

#endif
