// SPDX-License-Identifier: Apache-2.0
// The governor of records: process/'s part of record/'s gate.
//
// A field that a process owns changes only on behalf of a step of a running instance on that very
// record whose model lists the field, in its form or among what it sets. That holds when no
// instance runs, too. A field may be free until a step has ended. A record with a running instance
// is not deleted. A new record starts the processes that say so, in the same transaction; of those
// that start by one decision it starts the one that the decision chooses.
#ifndef MILLRACE_PROCESS_GOVERNOR_H
#define MILLRACE_PROCESS_GOVERNOR_H

#include "process/deployments.h"
#include "record/record.h"

void governor_set(void);

// Merges, as record.h describes them: governor_merge.c.
FALLIBLE governor_merging(Ctx *cx, const Record *loser);
FALLIBLE governor_moved(Ctx *cx, const Entity *entity, Id from, Id to, Value only, Value *out);

// Whether the condition is true over the record's fields, by their names and by the process's
// `variable`; what is not known yet is not true.
FALLIBLE record_satisfies(Ctx *cx, const Graph *graph, const Feel *condition, const Record *record,
                          bool *out);
// Whether one of the model's starts asks the same decision.
bool starts_by_decision(const Graph *graph, const GraphStart *as);
// Whether a process starts on this record by that rule of its model.
FALLIBLE record_start_wanted(Ctx *cx, const ProcessModel *model, const GraphStart *start,
                             const Record *record, bool *out);

#endif
