// SPDX-License-Identifier: Apache-2.0
// The doors of a company as a proof knocks at them, and the moves that it tries.
//
// A door is a function above this room that makes a move by what people really use: the route, the
// import, the command. Who opens the proof gives it a table of them (src/app/prove.c); process/
// brings those that need nothing from above, so that a proof can be tested here.
#ifndef MILLRACE_PROCESS_PROVE_MOVE_H
#define MILLRACE_PROCESS_PROVE_MOVE_H

#include "base/value.h"

typedef enum ProveMoveKind {
    MOVE_CHANGE, // `fields` of the record
    MOVE_CREATE, // a record of `entity` with `fields`
    MOVE_DELETE,
    MOVE_COMPLETE, // the work item, with `fields` as its form
    MOVE_CLAIM,
    MOVE_SKIP,
    MOVE_START,   // the process `name` on the record
    MOVE_MESSAGE, // `name` and `key`
    MOVE_GRANT,   // one's own deviation: the item's step left out
} ProveMoveKind;

// Who makes it.
typedef struct ProveActor {
    Id user;
    const char *login;
    const char *word; // "an administrator", "whoever may do it", for the certificate
} ProveActor;

typedef struct ProveMove {
    ProveMoveKind kind;
    const char *about; // what is tried, for the certificate: "set status"
    ProveActor actor;
    const char *entity;
    Id record;
    int64_t version;
    Value fields; // a context
    Id item;
    Id instance;
    int64_t wait; // of the item
    const char *name;
    const char *key;
} ProveMove;

typedef struct ProveAnswer {
    bool knows;    // the door has such a move at all
    Value problem; // {code, message, hint?, open_step?, ...}; null: it was let through
} ProveAnswer;

typedef struct ProveDoor {
    const char *name;
    // Outside any unit of work. An error is only that the door itself cannot be tried.
    Error *(*knock)(Ctx *cx, void *state, const ProveMove *move, ProveAnswer *answer);
} ProveDoor;

typedef struct ProveDoors {
    const ProveDoor *items;
    size_t count;
    void *state;
} ProveDoors;

// The domain's own functions in a unit of work, and the import: for tests of this room, and
// (proof_import_door) for whoever makes a table.
const ProveDoors *proof_own_doors(void);
Error *proof_import_door(Ctx *cx, void *state, const ProveMove *move, ProveAnswer *answer);
Error *proof_deviation_door(Ctx *cx, void *state, const ProveMove *move, ProveAnswer *answer);

// {code, message, hint, ...} of an error, for doors without problem+json.
Value prove_problem(Ctx *cx, const Error *error);

#endif
