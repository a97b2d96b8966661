// SPDX-License-Identifier: Apache-2.0
// Merging: of two records that are the same one stays, and what belongs to the other is its from
// then on.
//
//   references of every entity   turned to the winner, each through the gate
//   processes                    go on on the winner; one that holds fields of the loser refuses
//   files, shares, favourites    the winner's, shares where it has none of the same
//   history                      the winner's shows the loser's too
//   fields                       those that are named come from the loser, the others stay
//
// The loser is kept in record_merge, whole, and whoever asks for it is led to the winner. All of it
// is one transaction, audited; and it can be undone: then everything is as it was, unless somebody
// has changed what the merge changed, which is refused by name.
//
// Only entities with `duplicates` are merged. Who merges must be allowed to edit both records; what
// leads to them follows, whoever may edit it, unless a process owns it.
#ifndef MILLRACE_RECORD_MERGE_H
#define MILLRACE_RECORD_MERGE_H

#include "record/record.h"

#define MERGE_REFERENCES 5000 // that are turned at most
#define MERGES_SHOWN 100

typedef struct MergeRequest {
    const char *entity;
    Id winner;
    Id loser;
    int64_t winner_version; // 0: not compared
    int64_t loser_version;
    const char *const *take; // fields whose values come from the loser
    size_t take_count;
} MergeRequest;

// ERR_CONFLICT when a process holds one of them, or a field that would change.
FALLIBLE record_merge(Ctx *cx, const MergeRequest *request, Id *merge, Record **out);
// *out is the record that is back. ERR_CONFLICT names what has changed since.
FALLIBLE record_merge_undo(Ctx *cx, Id merge, Record **out);

// What was merged into the record, the newest first: {"items": [{"id", "label", "loser", "at",
// "actor": {"id", "name"}, "undone_at"}]}.
FALLIBLE record_merges(Ctx *cx, const char *entity, Id record, Value *out);

// The record that stands for one that was merged, perhaps through several; 0: it was not merged.
FALLIBLE merge_winner(Ctx *cx, const char *entity, Id loser, Id *out);
// The records that were merged into this one, at most as many.
FALLIBLE merge_losers(Ctx *cx, const char *entity, Id winner, Id *out, size_t room, size_t *count);

#endif
