// SPDX-License-Identifier: Apache-2.0
// The running shell around flow/: deploy, start, work items, timers, messages, the governor of
// records.
//
// Every function runs inside the caller's unit of work: instance state, projections of its waiting
// places, history, record changes and outbox rows change together or not at all. Commands on one
// instance are serialised by its row's version (compare-and-set; on SQLite the one writer does it).
// Effects outside happen after the commit, by the outbox.
#ifndef MILLRACE_PROCESS_PROCESS_H
#define MILLRACE_PROCESS_PROCESS_H

#include "base/value.h"

// --- Deployment. Same content = same version (SHA-256 of the bytes); *version is the number.
// Problems are ERR_INVALID with about = {problems: [{element, line, message, hint}]}.
FALLIBLE process_deploy(Ctx *cx, const char *xml, size_t length, const char **key, int *version);
FALLIBLE decision_deploy(Ctx *cx, const char *xml, size_t length, const char **key, int *version);
// Either of them, told by the model's namespace: what is not DMN is read as BPMN, which refuses
// what it is not. `xml` is NUL-terminated.
bool model_is_decision(const char *xml);
FALLIBLE model_deploy(Ctx *cx, const char *xml, size_t length, const char **key, int *version);
// Compiles what is deployed into cx->company->deployments and sets the governor of records; called
// at start and after a deployment commits. Versions are compiled once and kept for the life of the
// process. A version that another program deploys since is compiled when it is first met.
FALLIBLE deployments_load(Ctx *cx);
// Frees what was compiled; nobody may use the company's models any more.
void deployments_close(Company *company);

// Evaluates a decision of the newest version of a deployed model; `decision` is an id or a name,
// NULL for the only one. {decision, version, result, trace?, diagnostics}.
FALLIBLE decision_evaluate(Ctx *cx, const char *key, const char *decision, Value inputs, bool trace,
                           Value *out);
// What dmn_check_value tells of a model, deployed or not; one that cannot be read at all is an
// error.
FALLIBLE decision_check(Ctx *cx, const char *xml, size_t length, Value *out);

// --- Reading, as API values (see the schemas of the routes in api/).
FALLIBLE process_list(Ctx *cx, Value *out);
FALLIBLE process_show(Ctx *cx, const char *key, Value *out);
FALLIBLE process_diagram(Ctx *cx, const char *key, int version, Text *xml); // version 0: the newest

// --- Instances.
FALLIBLE instance_start(Ctx *cx, const char *key, const char *entity, Id subject, Value variables,
                        Id *instance);
FALLIBLE instance_show(Ctx *cx, Id instance, Value *out);
FALLIBLE instance_history(Ctx *cx, Id instance, Value *out);
FALLIBLE instance_list(Ctx *cx, Value request, Value *out); // process, state, subject, limit, after
FALLIBLE instance_cancel(Ctx *cx, Id instance, const char *reason);
// Tries the steps again at which the instance stands as an incident; needs "process.retry".
FALLIBLE instance_retry(Ctx *cx, Id instance);
// What happened to a record in its processes, newest first, at most `limit`, older than `before`
// (0: from the newest): {items: [{at, actor, step: {key, name, department}, kind, instance}]}.
FALLIBLE process_timeline(Ctx *cx, const char *entity, Id record, Instant before, int limit,
                          Value *out);

// --- Work items. Claim and complete hold separation of duties and candidates.
FALLIBLE work_item_list(Ctx *cx, Value request,
                        Value *out); // mine, team, state, process, subject, limit, after
FALLIBLE work_item_show(Ctx *cx, Id item, Value *out);
FALLIBLE work_item_claim(Ctx *cx, Id item);
FALLIBLE work_item_release(Ctx *cx, Id item);
// Completes an item that the actor holds (an offered one is claimed first). `fields` is the form.
FALLIBLE work_item_complete(Ctx *cx, Id item, Value fields, Value *next);

// --- Messages. One with the same idempotency key is taken once; *delivered counts instances
// reached. A message nobody waits for yet is kept until `keep_until` (0: not kept).
FALLIBLE message_publish(Ctx *cx, const char *name, const char *key, Value payload,
                         const char *idempotency_key, Instant keep_until, int *delivered);

// Sends a message out of the company, on behalf of the step that runs now: a row of the outbox,
// delivered after the commit. Function points use it.
FALLIBLE outbox_message_send(Ctx *cx, const char *name, const char *key, Value payload);

// --- Jobs: fires what is due at cx->now, at most `limit`, in the unit of the caller; *fired tells
// how many were taken up; the executor in app/ calls it until that is nothing. A timer whose step
// fails is undone alone and put off, longer each time; after eight attempts its instance stands as
// an incident.
FALLIBLE timers_fire(Ctx *cx, int limit, int *fired);
// The instant of the next timer, 0 when there is none.
FALLIBLE timers_next(Ctx *cx, Instant *next);

// --- What may, must and blocks now, for a record; see API "moves".
FALLIBLE process_moves(Ctx *cx, const char *entity, Id record, Value *out);
// The names of the record's fields that only a step may change now, as a list of texts. A field
// that is free until some step is among them once that step is done.
FALLIBLE process_locked_fields(Ctx *cx, const char *entity, Id record, Value *out);

#endif
