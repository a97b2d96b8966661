// SPDX-License-Identifier: Apache-2.0
// The gate's field rules. Not for other rooms: they call gate_pass.
#ifndef MILLRACE_RECORD_GATE_RULES_H
#define MILLRACE_RECORD_GATE_RULES_H

#include "record/record.h"

// One passing of the gate.
typedef struct Passing {
    const GateRequest *request;
    const Entity *entity;
    Record *before; // complete; NULL for a creation
    Record *after;  // complete; NULL for a deletion
    Value changed;  // what truly changes, by the actor's will
    Value audited;  // and with what follows from it
} Passing;

// Makes passing->after from the request: unknown and closed fields, types, defaults, required,
// unique, references, computed fields, validations. Fills passing->changed.
FALLIBLE rules_apply(Ctx *cx, Passing *passing);
// Evaluates the computed fields of passing->after.
FALLIBLE rules_compute(Ctx *cx, Passing *passing);

const Governor *gate_governor(void);

#endif
