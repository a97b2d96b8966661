// SPDX-License-Identifier: Apache-2.0
// What the parts of the proof share: the walk (prove.c), the doors (prove_doors.c), and the values
// that are made up (prove_values.c).
//
// Private to process/.
#ifndef MILLRACE_PROCESS_PROVE_ROOM_H
#define MILLRACE_PROCESS_PROVE_ROOM_H

#include "db/database.h"
#include "process/deployments.h"
#include "process/work_item.h"
#include "record/record.h"

// One kind of attempt and its outcome.
typedef struct Tried {
    const char *step; // the open steps
    const char *door;
    const char *move;
    const char *why; // the refusal; NULL: it got through
    int count;
} Tried;

typedef struct Proof {
    const ProcessModel *model;
    uint64_t seed;
    Map *seen;    // sets of open steps that were tried
    Map *reached; // nodes of steps that were open
    ARRAY(Tried *) tried;
    Map *tried_by; // the same, by what it is
    int attempts;
    Id prober; // a user with every permission who is no candidate
    // Of the walk that goes on:
    Id subject;
    Id instance;
    Id last_done; // the item that was completed last; 0: none
    Id last_user;
} Proof;

int proof_pick(Proof *proof, int count);

// A unit of work by that user through that door; `keep` false: it is undone also when it succeeds.
Error *proof_unit(Ctx *cx, Id user, Door door, bool keep, UnitWork work, void *state);

// Tries everything at the open steps `items`; `where` names them.
FALLIBLE proof_doors(Ctx *cx, Proof *proof, const char *where, WorkItem **items, size_t count);

// A value that fits the field; null when none can be made. Records that are needed are made.
FALLIBLE proof_value(Ctx *cx, Proof *proof, const Field *field, Value *out);
FALLIBLE proof_record(Ctx *cx, Proof *proof, const Entity *entity, int depth, Id *out);
// A form of work_item_show filled in.
FALLIBLE proof_form(Ctx *cx, Proof *proof, const char *entity, Value form, Value *out);

#endif
