// SPDX-License-Identifier: Apache-2.0
// Path: a field of the list's entity ("stage"), or one of what a reference leads to
// ("account.city"). Not for other rooms.
#ifndef MILLRACE_RECORD_LIST_PATH_H
#define MILLRACE_RECORD_LIST_PATH_H

#include "record/query.h"

typedef struct ListPath {
    const char *name;
    const Field *reference; // NULL: a field of the entity itself
    const Field *field;
} ListPath;

// ERR_INVALID when there is none for the reader.
FALLIBLE list_path_read(Ctx *cx, const Entity *entity, const char *name, ListPath *out);
// As a column: null where the reader may not read the record led to.
FALLIBLE list_path_sql(Ctx *cx, Querying *querying, const ListPath *path, const char **out);

// The field that a path names, asking no rights; NULL when there is none.
const Field *list_path_field(Ctx *cx, const Entity *entity, const char *name);

// Just these records; whoever calls has asked for the rights on them.
Querying query_of_ids(Ctx *cx, const Entity *entity, const Id *ids, size_t count);

#endif
