// SPDX-License-Identifier: Apache-2.0
// Duplicates: records of one entity that may be the same, by the rules its pack declares
// (`duplicates`), told while somebody types, on import, and as a list of pairs.
//
// Nobody learns of a record that they may not read, nor from a field: candidates come through the
// query builder, and are compared as their reader reads them. The one exception is a rule that
// refuses, as a unique field does: it tells that there is such a record, and which only to whoever
// may read it.
#ifndef MILLRACE_RECORD_DUPLICATE_H
#define MILLRACE_RECORD_DUPLICATE_H

#include "record/record.h"

#define DUPLICATES_SHOWN 10

// Those that `fields`, as they are typed so far, may be the same as: without `except` (0: none) and
// what somebody has said is not the same. Values that are not whole yet count for nothing.
// {"items": [{"id", "label", "score", "reasons": [{"rule", "field", "title", "closeness"}]}],
// "complete"}, the likeliest first; not complete: records that were there before the rules are
// still taken in. ERR_INVALID where the entity has no rules.
FALLIBLE duplicates_of(Ctx *cx, const char *entity, Value fields, Id except, Value *out);
// The same for a record; empty where the entity has no rules.
FALLIBLE duplicates_of_record(Ctx *cx, const Record *record, Value *out);

// The likeliest of them; 0: none.
typedef struct LikelyDuplicate {
    Id id;
    const char *label;
    int score;
} LikelyDuplicate;
FALLIBLE duplicate_likeliest(Ctx *cx, const Record *record, LikelyDuplicate *out);

// The pairs, the likeliest first: {"items": [{"left": {"id", "label"}, "right", "score",
// "reasons"}], "next", "complete"}. `dismissed`: those that somebody has said are not the same.
FALLIBLE duplicate_pairs(Ctx *cx, const char *entity, bool dismissed, const char *after, int limit,
                         Value *out);
// Says that the two are not the same, or takes it back. Whoever may edit the first one says so.
FALLIBLE duplicate_dismiss(Ctx *cx, const char *entity, Id record, Id other, bool dismissed);

// One batch of pairs that wait to be found, in units of work of its own.
struct Database;
FALLIBLE duplicates_work(Ctx *cx, struct Database *database, bool *found);

#endif
