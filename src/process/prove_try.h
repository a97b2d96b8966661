// SPDX-License-Identifier: Apache-2.0
// What the families of moves of a proof share: one attempt at all doors (prove_doors.c), and who
// makes it. The families: the record past the steps (prove_records.c), the steps and messages
// (prove_steps.c), what is for those who run processes (prove_power.c).
//
// Private to process/.
#ifndef MILLRACE_PROCESS_PROVE_TRY_H
#define MILLRACE_PROCESS_PROVE_TRY_H

#include "base/messages.h"
#include "process/prove_room.h"

#define PREPARE_TRIES 4
// What a move is called, in the reader's language.
#define SAID(text) message_in(cx->language, text)
#define ABOUT(text, ...) text_format(cx->arena, message_in(cx->language, text), __VA_ARGS__)

// At one set of open steps.
typedef struct Standing {
    Proof *proof;
    const char *where;
    WorkItem **items;
    size_t count;
    bool spoiled; // something got through that is more than a field
} Standing;

// What a move needs and is made up.
typedef struct Made {
    Proof *proof;
    const Field *field;
    Value value;
    const Entity *entity;
    const ChildList *list;
    Value fields;
} Made;

// At all doors; what an attempt takes of the arena it gives back.
FALLIBLE proof_attempt(Ctx *cx, Standing *standing, const ProveMove *move);
// What a move needs is made up; what cannot be made leaves the move untried, and is told.
FALLIBLE proof_prepared(Ctx *cx, Proof *proof, const char *about, UnitWork work, void *state,
                        bool *ready);
// A unit of work on a Made: a value for its field.
FALLIBLE proof_make_value(Ctx *cx, void *made);

ProveActor proof_administrator(Ctx *cx, const Proof *proof);
// Whoever may do the open step `item` (NULL: nobody), with no more rights than that gives; false:
// nobody in particular.
bool proof_candidate(Ctx *cx, const Proof *proof, const WorkItem *item, ProveActor *out);

// {field: value} that only a step may set now, and the record's version; null when there is none.
FALLIBLE proof_locked_change(Ctx *cx, Proof *proof, Value *fields, int64_t *version);

FALLIBLE proof_try_records(Ctx *cx, Standing *standing);
FALLIBLE proof_try_item(Ctx *cx, Standing *standing, const WorkItem *item);
FALLIBLE proof_try_twice(Ctx *cx, Standing *standing);
FALLIBLE proof_try_messages(Ctx *cx, Standing *standing);
FALLIBLE proof_try_power(Ctx *cx, Standing *standing);

#endif
