// SPDX-License-Identifier: Apache-2.0
// What record_merge keeps of a merge. Not for other rooms: see merge.h.
#ifndef MILLRACE_RECORD_MERGE_KEPT_H
#define MILLRACE_RECORD_MERGE_KEPT_H

#include "record/merge.h"

// One reference that was turned, or a list of several in which one was: what the field held before
// and after. The winner's own, which would have led to itself, leads nowhere.
typedef struct TurnedReference {
    const Field *field;
    Id record;
    Value was;
    Value is;
} TurnedReference;

typedef struct MergeKept {
    Id id;
    const Entity *entity;
    Id winner;
    Id loser;
    Record *lost; // complete
    Value before; // the winner's values of the fields that were taken, and after
    Value after;
    TurnedReference *references;
    size_t reference_count;
    Value side;      // merge_side.h
    Value instances; // of the governor
} MergeKept;

FALLIBLE merge_keep(Ctx *cx, const MergeKept *kept);
// ERR_NOT_FOUND; ERR_CONFLICT when it is undone already.
FALLIBLE merge_kept(Ctx *cx, Id merge, MergeKept *out);
FALLIBLE merge_set_undone(Ctx *cx, Id merge);

// Whoever merges changes what leads to the records, whatever they may edit: the actor's name with
// the rights of the system.
const Actor *merge_actor(Ctx *cx);
// Sets one reference through the gate, as merge_actor.
FALLIBLE merge_turn(Ctx *cx, const TurnedReference *turned, Value to, const char *reason);
// Whether the actor may edit a complete record, else ERR_NOT_FOUND or ERR_DENIED.
FALLIBLE merge_admit(Ctx *cx, const Entity *entity, Id id, Record **out);

#endif
