// SPDX-License-Identifier: Apache-2.0
// What pages and exports of a list share. Not for other rooms.
#ifndef MILLRACE_RECORD_LIST_COLUMNS_H
#define MILLRACE_RECORD_LIST_COLUMNS_H

#include "record/cursor.h"
#include "record/list_path.h"

typedef struct ListColumns {
    int *positions; // of the fields read, in the order of the schema
    size_t count;
    const char *sql;
    ListPath *paths; // through references, behind the fields
    size_t path_count;
} ListColumns;

// The columns asked for that the actor may read, with id, version, label and what it sorts by.
FALLIBLE list_columns(Ctx *cx, const Entity *entity, const ListRequest *request,
                      const SortKeys *keys, ListColumns *out);
// Rights, filters and search of the request.
FALLIBLE list_query(Ctx *cx, const Entity *entity, const ListRequest *request, Verb verb,
                    Querying *out);

#endif
