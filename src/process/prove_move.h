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
    // The work item:
    MOVE_COMPLETE, // with `fields` as its form
    MOVE_CLAIM,
    MOVE_SKIP,
    MOVE_BEGIN, // the work on it
    MOVE_RELEASE,
    MOVE_RETURN,
    MOVE_DELEGATE, // it and those below: `to` somebody
    MOVE_FORWARD,
    MOVE_REASSIGN,
    // Processes:
    MOVE_START,   // the process `name` on the record
    MOVE_MESSAGE, // `name` and `key`
    MOVE_GRANT,   // one's own deviation, asked for as `fields`
    MOVE_CANCEL,  // the instance
    MOVE_SUSPEND, // the instance, with `reason`
    MOVE_RESUME,
    MOVE_HALT,    // the process `name`, with `reason`
    MOVE_MIGRATE, // the process `name`, as `fields` plan it
    // The incident:
    MOVE_TAKE,
    MOVE_HAND_ON, // `to` somebody
    MOVE_MEND,    // with `fields` as what is mended
    MOVE_CLOSE,
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
    Id incident;
    const char *name;
    const char *key;
    const char *reason;
    ProveActor to;
    bool own_rights; // it is a matter of rights: nothing is lent to the actor
} ProveMove;

// What the routes and the command call it: "claim"; NULL: it is no deed with a work item.
const char *prove_item_deed(ProveMoveKind kind);

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
