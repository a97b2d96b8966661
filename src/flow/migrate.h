// SPDX-License-Identifier: Apache-2.0
// Running instances go over to another version of their process: pure, as the step is.
//
// A node is found again by its id, or where the plan says. Each waiting place must find one of the
// same kind in the same nesting of sub-processes. What a place waits for stays as it is: work goes
// on with its form of the new version, a timer keeps its due instant, a call its answer; another
// message or signal is waited for anew. Boundary events and event sub-processes that are gone stop
// watching, new ones begin.
#ifndef MILLRACE_FLOW_MIGRATE_H
#define MILLRACE_FLOW_MIGRATE_H

#include "flow/step.h"

typedef struct FlowMapping {
    const char *from; // ids of nodes
    const char *to;
} FlowMapping;

typedef struct FlowMigrationPlan {
    const FlowMapping *items;
    size_t count;
    Value subject; // the governed record as it is now, null: none
} FlowMigrationPlan;

typedef struct FlowMigrationProblem {
    int wait;
    int node; // of the old graph
    const char *message;
} FlowMigrationProblem;

// A place that goes on; whoever keeps its node beside the state must follow.
typedef struct FlowKept {
    int wait;
    int from; // node of the old graph
    int to;   // node of the new graph
} FlowKept;

typedef struct FlowMigration {
    FlowOutcome outcome; // the new state and its effects; nothing when there are problems
    const FlowKept *kept;
    size_t kept_count;
    const FlowMigrationProblem *problems; // in the language of cx
    size_t problem_count;
} FlowMigration;

// The plan may be NULL: every node keeps its id. ERR_CONFLICT when the instance does not run; what
// the step fails with when the instance goes on in the new graph. Changes nothing that it is given.
FALLIBLE flow_migrate(Ctx *cx, const Graph *from, const FlowState *state, const Graph *to,
                      const FlowMigrationPlan *plan, FlowMigration *out);

#endif
