// SPDX-License-Identifier: Apache-2.0
// Starts: what starts an instance beside a person: a message, a signal, a timer, a condition.
//
// Private to process/. The subscriptions and timers belong to the newest version; a deployment
// moves them. A timer whose instants passed while nothing ran fires once for all of them.
#ifndef MILLRACE_PROCESS_STARTS_H
#define MILLRACE_PROCESS_STARTS_H

#include "bpmn/model.h"
#include "process/deployments.h"

// The version becomes the newest / was it.
FALLIBLE starts_open(Ctx *cx, const ProcessModel *model);
FALLIBLE starts_close(Ctx *cx, const char *process_key);

// Whether the record may go through the process (again); else ERR_CONFLICT says why.
FALLIBLE start_allowed(Ctx *cx, const ProcessModel *model, Id subject);

typedef struct StartedBy {
    const GraphNode *node;
    Value payload;
    const char *entity; // of the record that the sender ran on, or that changed; NULL: none
    Id subject;
    const char *message; // with its key; NULL: no message
    const char *key;
} StartedBy;

// *started is false when the model's rules are against it: the record went through, the key started
// one already, or there is no record and the process governs one.
FALLIBLE start_by_event(Ctx *cx, const ProcessModel *model, const StartedBy *by, bool *started);
// All starts of (kind, name), see subscriptions.h; *started counts.
FALLIBLE starts_by_event(Ctx *cx, const char *kind, const char *name, const StartedBy *by,
                         int *started);

#endif
