// SPDX-License-Identifier: Apache-2.0
// Tasks of programs outside: a job in the queue of its topic, taken by a lease and answered.
#ifndef MILLRACE_PROCESS_EXTERNAL_H
#define MILLRACE_PROCESS_EXTERNAL_H

#include "flow/step.h"
#include "process/instance.h"

// The step waits at `call->wait` for whoever does the topic of `node`.
FALLIBLE external_offer(Ctx *cx, const Instance *instance, const GraphNode *node,
                        const FlowEffect *call);

#endif
