// SPDX-License-Identifier: Apache-2.0
// The step on whose behalf the engine changes records now; behind Ctx.step.
//
// Private to process/: the runner and the work items set it around their own writes and take it
// away after, the governor reads it. Whoever else sets Ctx.step opens the gate.
#ifndef MILLRACE_PROCESS_ACTIVE_STEP_H
#define MILLRACE_PROCESS_ACTIVE_STEP_H

#include "process/deployments.h"

typedef struct ActiveStep {
    Id instance;
    const char *entity; // of the record the instance governs; NULL: none
    Id subject;
    const ProcessModel *model;
    const GraphNode *node; // NULL: none, for a deviation
    const Value *granted;  // a deviation: the fields and values it grants, nothing else; NULL: none
} ActiveStep;

#endif
