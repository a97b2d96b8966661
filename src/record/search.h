// SPDX-License-Identifier: Apache-2.0
// Search: one question to all records that the actor may read.
//
// What is found in a field that the actor may not read is not found: each hit is looked at in the
// record as the actor reads it. Answers are grouped by entity; the best come first, and among
// equals the newest.
#ifndef MILLRACE_RECORD_SEARCH_H
#define MILLRACE_RECORD_SEARCH_H

#include "record/record.h"

#define SEARCH_LIMIT 50       // records of one entity in one answer
#define SEARCH_BYTES 400      // of a question
#define SEARCH_CANDIDATES 100 // of one entity that are looked at, where many fit

typedef struct SearchRequest {
    const char *words;
    const char *entity; // NULL: all that are searched
    int limit;          // of one entity; 0: 5
} SearchRequest;

// {"words": [...], "groups": [{"entity", "title", "items": [{"id", "label", "hits": [{"field",
// "title", "parts": [{"text", "hit"}]}]}], "more", "complete"}]}
FALLIBLE search_find(Ctx *cx, const SearchRequest *request, Value *out);

// One batch of what waits to be indexed, in units of work of its own; *found = false: nothing does.
struct Database;
FALLIBLE search_work(Ctx *cx, struct Database *database, bool *found);

// Forgets the index, so that search_work makes it anew.
FALLIBLE search_rebuild(Ctx *cx);

// What the index knows: {"entities": [{"entity", "complete", "records", "indexed"}], "pending"}.
FALLIBLE search_progress(Ctx *cx, Value *out);

// Compares every record with what the index says of it: ERR_CONFLICT names the first that is not
// found by its own words.
FALLIBLE search_check(Ctx *cx, int64_t *checked);

#endif
