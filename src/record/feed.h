// SPDX-License-Identifier: Apache-2.0
// The feed of changes: a row for each change of a record, written in its transaction and numbered
// in the order in which they are committed.
//
// One unit of work at a time writes to a database (db/database.h), so a larger number is seen
// later: whoever has read up to a number has missed nothing before it. Screens (http/events.h),
// webhooks (channel/webhook.h) and programs that ask (GET /changes) read the same rows. A row holds
// no values: who is told of it reads the record with their own rights.
#ifndef MILLRACE_RECORD_FEED_H
#define MILLRACE_RECORD_FEED_H

#include "record/record.h"

#define FEED_AT_ONCE 1000 // rows of one look

typedef struct Change {
    int64_t number;
    Instant at;
    const char *entity;
    Id record;
    int64_t version;
    Value what; // {"action": "create" | "change" | "delete" | "share" | ..., "fields": [...]}
} Change;

// A row of the feed, for the change that this unit of work makes.
FALLIBLE feed_add(Ctx *cx, const Record *record, Value what);

// The number of the newest change, 0 when there was none.
FALLIBLE feed_newest(Ctx *cx, int64_t *number);
// The changes after a number, at most `limit` (FEED_AT_ONCE), in order; of everything.
FALLIBLE feed_after(Ctx *cx, int64_t number, int limit, Change **out, size_t *count);
// Whether somebody may know of it: who may read the record, and of one that is deleted who may read
// all records of its entity.
FALLIBLE feed_may_know(Ctx *cx, const Actor *reader, const Change *change, bool *out);
// Whether a list of entities, as who asks gives it, names this change's.
bool feed_names(Value entities, const Change *change);
// {cursor, at, entity, id, version, action, fields}, without fields that the reader may not read.
Value feed_change_json(Ctx *cx, const Actor *reader, const Change *change);

// What the actor may know of the changes after a number, of these entities (NULL: of all). *read is
// how far it has looked: the next question begins there. ERR_CONFLICT when changes after `number`
// are gone.
typedef struct FeedQuestion {
    int64_t number;
    int limit;
    Value entities; // null or a list of texts
} FeedQuestion;
FALLIBLE feed_read(Ctx *cx, const FeedQuestion *question, Value *items, int64_t *read);

// Deletes at most `limit` rows from before an instant, but never the newest, from which the next
// has its number; *done counts.
FALLIBLE feed_forget(Ctx *cx, Instant until, int limit, int *done);

#endif
