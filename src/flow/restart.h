// SPDX-License-Identifier: Apache-2.0
// An instance that has ended or stands begins again where it once stood: pure, as the step is.
//
// Its places of then get new numbers, so that nothing that was asked before answers them; its
// variables are those of then, the record is as it is now. What waits asks anew: work is offered,
// calls are made again, timers run from now.
#ifndef MILLRACE_FLOW_RESTART_H
#define MILLRACE_FLOW_RESTART_H

#include "flow/step.h"

typedef struct FlowRestart {
    const FlowState *now;
    const FlowState *then; // of the same graph
    Value subject;         // the governed record as it is now, null: none
} FlowRestart;

// ERR_CONFLICT when the instance had ended then. Changes nothing that it is given.
FALLIBLE flow_restart(Ctx *cx, const Graph *graph, const FlowRestart *restart, FlowOutcome *out);

#endif
