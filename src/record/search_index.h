// SPDX-License-Identifier: Apache-2.0
// Search index: the terms of all records in one index (FTS5; a tsvector with GIN), written behind
// the commit.
//
// A change of what is searched leaves a line in search_pending, in its own transaction: the index
// takes it from there, in batches, whatever happens in between. Whoever asks the index asks for
// what is pending too, so that a record is found as soon as it is committed; and looks at the
// records themselves, so that the index may be late but nobody sees it.
//
// search_state says for each entity what is indexed. When the packs declare something else, or the
// terms are made otherwise (SEARCH_TERMS), the entity is indexed anew, from its first record on,
// while everybody works. Not for other rooms: see search.h.
#ifndef MILLRACE_RECORD_SEARCH_INDEX_H
#define MILLRACE_RECORD_SEARCH_INDEX_H

#include "record/record.h"
#include "record/search.h"
#include "search/words.h"

#define SEARCH_PENDING 500 // records of one entity that are looked at besides the index

typedef char SearchPlace[SEARCH_PLACE + 1];

typedef struct SearchState {
    const Entity *entity;
    int64_t number;  // of the entity in the index
    bool complete;   // every record is in the index or pending
    int64_t reached; // else: up to this id
} SearchState;

// Of every entity that is searched, in the order of the schema. Those that this database does not
// know yet are left out.
FALLIBLE search_states(Ctx *cx, SearchState **out, size_t *count);

// Where the fields stand that the actor may read: the label first, when it is among them.
void search_places(Ctx *cx, const SearchState *state, SearchPlace **out, size_t *count);
// Whether the first of them is the label's.
bool search_label_readable(Ctx *cx, const Entity *entity);

// The records of an entity that wait to be indexed.
FALLIBLE search_pending(Ctx *cx, const Entity *entity, Id **out, size_t *count);

// Whether every word is found in a complete record as the actor reads it.
bool search_holds(Ctx *cx, const SearchWords *words, const Record *record);
// A condition that keeps the records in which the words may be found: none where not all of them
// are in the index yet, and where they are too many for it to be of use.
struct Querying;
FALLIBLE search_narrow(Ctx *cx, struct Querying *querying, const SearchWords *words);

// The gate's note that a record has changed: before NULL: it is new, after NULL: it is gone.
FALLIBLE search_note(Ctx *cx, const Record *before, const Record *after);

// Brings search_state up to the schema, in the unit that migrates.
FALLIBLE search_prepare(Ctx *cx, const Schema *schema);

#endif
