// SPDX-License-Identifier: Apache-2.0
// Match: what the rules of an entity's `duplicates` say of one record, and of two. Not for other
// rooms: see duplicate.h.
//
// A rule takes a value from each record (a name's core, a number, an address) and says how close
// they are, from 0 to 100; times its weight that is how sure it is that both are the same. Rules
// that say so independently of each other make it surer: 1 - (1 - a)(1 - b). A field counts once.
#ifndef MILLRACE_RECORD_MATCH_H
#define MILLRACE_RECORD_MATCH_H

#include "record/record.h"
#include "search/name.h"

typedef struct MatchValue {
    const Field *field;
    const char *text; // as the rule compares it; of names NULL
    NameCore name;
} MatchValue;

// What a record brings to one rule.
typedef struct MatchValues {
    MatchValue *items;
    size_t count;
} MatchValues;

// Of a record, by the entity's rules in their order.
typedef struct MatchSide {
    const Entity *entity;
    MatchValues *rules;
} MatchSide;

// `fields`: a context by field name; what it lacks is as if it were empty. `reader`: only what the
// actor may read.
MatchSide match_side(Ctx *cx, const Entity *entity, Value fields, bool reader);

// By which the record is found / is looked for: hashes that differ from entity to entity.
typedef struct MatchKeys {
    int64_t *items;
    size_t count;
    size_t capacity;
} MatchKeys;
void match_keys(Ctx *cx, const MatchSide *side, MatchKeys *out);
void match_questions(Ctx *cx, const MatchSide *side, bool refusing, MatchKeys *out);

// Why two records may be the same.
typedef struct MatchReason {
    const MatchRule *rule;
    const Field *field; // of the first record
    int closeness;
} MatchReason;

typedef struct MatchResult {
    int score;            // 0 to 100
    MatchReason *reasons; // the surest first
    size_t reason_count;
} MatchResult;

MatchResult match_compare(Ctx *cx, const MatchSide *a, const MatchSide *b);

#endif
