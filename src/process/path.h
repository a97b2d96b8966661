// SPDX-License-Identifier: Apache-2.0
// The path of an instance for people: what is done, what is open now, what comes next.
//
// Private to process/. Only steps that mean something to people are on it: tasks of people,
// messages and timers waited for, decisions. What comes next is the model's normal way: breadth
// first from where the instance stands, at a choice the first way drawn.
#ifndef MILLRACE_PROCESS_PATH_H
#define MILLRACE_PROCESS_PATH_H

#include "process/deployments.h"
#include "process/describe.h"
#include "process/instance.h"

// [{key, name, department, state, at, by}]. `now`: the nodes that stand open, in order.
FALLIBLE path_value(Ctx *cx, Describer *describer, const ProcessModel *model,
                    const Instance *instance, const GraphNode *const *now, size_t now_count,
                    Value *out);

#endif
