// SPDX-License-Identifier: Apache-2.0
// Work items come to be: who is asked, when it is due, what blocks it, who gets it.
//
// Private to process/. An offer is made when the engine says so; when the run ends, or when the
// record changes, entry conditions are tested again and what can be given to somebody is.
#ifndef MILLRACE_PROCESS_OFFERS_H
#define MILLRACE_PROCESS_OFFERS_H

#include "flow/step.h"
#include "process/deployments.h"
#include "process/instance.h"
#include "process/people.h"
#include "process/work_item.h"

// The effect EFFECT_WORK_OFFER of an instance.
FALLIBLE offer_make(Ctx *cx, const Instance *instance, const ProcessModel *model,
                    const FlowEffect *effect);

// Why the step cannot be begun now: the message of the first entry condition that does not hold, in
// the unit's language; NULL: it can. `subject` as subject_read gives it.
FALLIBLE entry_check(Ctx *cx, const ProcessModel *model, const FlowState *state, Value subject,
                     const WorkItem *item, const char **why);
// The same, from the database.
FALLIBLE entry_check_item(Ctx *cx, const WorkItem *item, const char **why);

// Tests the entry conditions of the instance's open items again.
FALLIBLE entries_test(Ctx *cx, const Instance *instance, const ProcessModel *model,
                      const FlowState *state, Value subject);
// The same for every instance on a record that has changed.
FALLIBLE entries_test_record(Ctx *cx, const char *entity, Id record, Value fields);

// The first escalation after `done` of the item's step is due at *at; 0: none.
FALLIBLE escalation_due(Ctx *cx, const GraphTask *task, const WorkItem *item, int done,
                        Instant *at);

#endif
