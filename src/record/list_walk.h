// SPDX-License-Identifier: Apache-2.0
// Walk: lists whose conditions SQL says only in part. Rows are read in the list's order, asked one
// by one, and counted or kept, in constant memory. Not for other rooms.
#ifndef MILLRACE_RECORD_LIST_WALK_H
#define MILLRACE_RECORD_LIST_WALK_H

#include "record/cursor.h"

// The ids of the first `room` records to keep, after the cells of a cursor (NULL: from the start).
FALLIBLE list_walk(Ctx *cx, const Querying *querying, const SortKeys *keys, const Cell *after,
                   size_t room, Id *ids, size_t *count);
FALLIBLE list_walk_count(Ctx *cx, const Querying *querying, int64_t *total);

#endif
