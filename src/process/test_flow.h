// SPDX-License-Identifier: Apache-2.0
// Drawn processes (flow/drawing.h) run on the desk of test_desk.h, on both databases.
#ifndef MILLRACE_PROCESS_TEST_FLOW_H
#define MILLRACE_PROCESS_TEST_FLOW_H

#include "process/housekeeping.h"
#include "process/test_desk.h"

// Deploys a drawing as the process `key`; lines end with '\n'.
void flow_deploy(Ctx *cx, const char *key, const char *drawing);
Error *flow_try_deploy(Ctx *cx, const char *key, const char *drawing);

Id flow_start(Ctx *cx, const char *key, const char *variables);
Id flow_start_on(Ctx *cx, const char *key, Id loan);
Value flow_show(Ctx *cx, Id instance);
const char *flow_state(Ctx *cx, Id instance);
// The kinds and keys of what it waits for, as "task a; timer b", by key.
const char *flow_waits(Ctx *cx, Id instance);
// What a variable of the process holds, as JSON.
const char *flow_variable(Ctx *cx, Id instance, const char *name);
Id flow_item(Ctx *cx, Id instance, const char *node); // the open work item; 0: none
void flow_complete(Ctx *cx, Id instance, const char *node, const char *fields);
// Instances of the process, oldest first; how many there are.
int flow_instances(Ctx *cx, const char *key, Id *out, int limit);
Id flow_only(Ctx *cx, const char *key); // the only instance
int flow_count(Ctx *cx, const char *key);

int flow_signal(Ctx *cx, const char *name, const char *payload, bool *queued);
int flow_message(Ctx *cx, const char *name, const char *key, const char *payload);
Error *flow_publish(Ctx *cx, const struct IncomingMessage *message, int *reached);
Error *flow_retry(Ctx *cx, Id instance);
// Runs jobs until none is due; how many.
int flow_jobs(Ctx *cx);
// Does a chunk of the chore that is due longest; of all that are due: how many chunks.
void flow_chore(Ctx *cx, Housekept *out);
int flow_keep_house(Ctx *cx);
// How many rows "TABLE WHERE ..." has.
int flow_rows(Ctx *cx, const char *of);

#endif
