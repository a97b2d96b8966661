// SPDX-License-Identifier: Apache-2.0
// Keys by which possible duplicates are found, kept in the transaction of the record. Not for other
// rooms: see duplicate.h.
//
// duplicate_key holds (generation, key, record): numbers only, so that nothing personal stays in
// it. The generation stands for an entity with its rules: when they change, the records are given
// keys of a new one in the background (catch_up.h), and those of the old one go.
#ifndef MILLRACE_RECORD_DUPLICATE_KEYS_H
#define MILLRACE_RECORD_DUPLICATE_KEYS_H

#include "record/match.h"

// The gate's note that a record has changed: before NULL: it is new, after NULL: it is gone.
FALLIBLE duplicate_note(Ctx *cx, const Record *before, const Record *after);

// The pairs of the record are to be found anew.
FALLIBLE duplicate_again(Ctx *cx, const Entity *entity, Id record);

// ERR_CONFLICT when a rule that refuses finds another record like this one, which is complete.
FALLIBLE duplicate_refuse(Ctx *cx, const Record *before, const Record *after);

typedef struct Candidate {
    Record *record; // as the actor reads it
    MatchResult result;
} Candidate;

// Records that the actor may read and that score at least as much as the entity asks, the likeliest
// first. `refusing`: by the rules that refuse alone.
FALLIBLE duplicate_candidates(Ctx *cx, const MatchSide *side, Id except, bool refusing,
                              Candidate **out, size_t *count);

// Brings the generations up to the schema, in the unit that migrates.
FALLIBLE duplicate_prepare(Ctx *cx, const Schema *schema);
// Whether there are keys of rules that are no more, and the end of some of them.
FALLIBLE duplicate_keys_waiting(Ctx *cx, bool *out);
FALLIBLE duplicate_keys_prune(Ctx *cx, bool *found);

#endif
