// SPDX-License-Identifier: Apache-2.0
// One deviation as it is kept, and its carrying out.
//
// Private to process/.
#ifndef MILLRACE_PROCESS_DEVIATION_H
#define MILLRACE_PROCESS_DEVIATION_H

#include "process/deployments.h"
#include "process/instance.h"

typedef struct Deviation {
    Id id;
    Id instance;
    const char *process_key;
    const char *kind;
    int64_t wait;       // 0: none; of a restart the sequence of the event in the history; of data 1
                        // is the process itself
    const char *node;   // at `wait`; NULL: none
    const char *to;     // NULL: none
    const char *fields; // of the record, of data variables: JSON; NULL: none
    const char *before; // their values when it was asked for, JSON
    const char *reason;
    const char *state;
    Instant requested_at;
    Id requested_by;
    Instant decided_at;
    Id decided_by;
    const char *comment;
} Deviation;

// What stands against it as the instance is now: ERR_CONFLICT or ERR_INVALID. Changes nothing.
FALLIBLE deviation_try(Ctx *cx, const Deviation *deviation, const Instance *instance);
// Does what the deviation says and writes history and audit with its name.
FALLIBLE deviation_carry_out(Ctx *cx, const Deviation *deviation);
// A step from which a concerned step is kept apart and which the user did; NULL: none.
FALLIBLE deviation_apart(Ctx *cx, const Deviation *deviation, const ProcessModel *model, Id user,
                         const GraphNode **out);

#define DATA "data"
#define LIMIT_DEVIATION_VARIABLES 100
// The variables as they are seen from its place, without the record.
FALLIBLE deviation_variables(Ctx *cx, const Deviation *deviation, const Instance *instance,
                             Value *out);

// Restarts, in restart.c: the node of an event of the history (ERR_INVALID: there is none), and the
// two above.
#define RESTART "restart"
FALLIBLE restart_node(Ctx *cx, Id instance, int64_t event, const char **node);
FALLIBLE restart_try(Ctx *cx, const Deviation *deviation, const Instance *instance);
FALLIBLE restart_carry_out(Ctx *cx, const Deviation *deviation, Instance *instance);

#endif
