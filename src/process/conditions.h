// SPDX-License-Identifier: Apache-2.0
// Conditions on records: which places of an instance wait for one, and testing them when the
// record changes, in the same transaction.
//
// Private to process/. Only instances that wait for a condition on that very record are looked at,
// found by an index; and processes that a condition starts.
#ifndef MILLRACE_PROCESS_CONDITIONS_H
#define MILLRACE_PROCESS_CONDITIONS_H

#include "flow/step.h"
#include "process/deployments.h"
#include "process/instance.h"
#include "record/record.h"

typedef ARRAY(const FlowPlace *) ConditionWaits;

// The places of the state that wait for a condition, in order.
void conditions_waiting(Ctx *cx, const ProcessModel *model, const FlowState *state,
                        ConditionWaits *out);
// Writes the subscriptions of those that are new, and takes away those that are gone.
FALLIBLE conditions_project(Ctx *cx, const Instance *instance, const ProcessModel *model,
                            const ConditionWaits *before, const FlowState *state);
// Tells what waits for it, once the step that changes the record now is stored. `before` NULL: a
// new record.
FALLIBLE conditions_tell(Ctx *cx, const Record *before, const Record *after);

#endif
