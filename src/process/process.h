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
#include "bpmn/model.h"

// --- Deployment. Same content = same version (SHA-256 of the bytes); *version is the number.
// Problems are ERR_INVALID with about = {problems: [{element, line, message, hint}]}.
FALLIBLE process_deploy(Ctx *cx, const char *xml, size_t length, const char **key, int *version);
FALLIBLE decision_deploy(Ctx *cx, const char *xml, size_t length, const char **key, int *version);

typedef struct Deployed {
    const char *file; // by its name; NULL: it has none
    const char *key;
    int version;
    bool decision;
    bool drawing;
    bool known;     // the same content had been deployed before: it is that version
    Value problems; // a list: warnings, and of a drawing what keeps it from running
} Deployed;

// Either of them, told by the model's namespace: what is not DMN is read as BPMN, which refuses
// what it is not. `xml` is NUL-terminated. As a drawing a BPMN model that cannot be executed is
// kept, listed and shown, but never started, and governs nothing; it takes no running process's
// place.
bool model_is_decision(const char *xml);
FALLIBLE model_deploy(Ctx *cx, const char *xml, size_t length, bool as_drawing, Deployed *out);
// Several together, which may import each other by their names. One without a process is a part of
// those that import it; it gets no version of its own. *deployed of out[count] are filled,
// decisions first; an error tells in `detail` in which file.
FALLIBLE models_deploy(Ctx *cx, const BpmnFile *files, size_t count, bool as_drawing, Deployed *out,
                       size_t *deployed);
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
FALLIBLE decision_diagram(Ctx *cx, const char *key, Text *xml); // the newest, as it was deployed

// --- Reading, as API values (see the schemas of the routes in api/).
FALLIBLE process_list(Ctx *cx, Value *out);
FALLIBLE process_show(Ctx *cx, const char *key, int version, Value *out);
FALLIBLE process_diagram(Ctx *cx, const char *key, int version, Text *xml); // version 0: the newest
// Newest first: {items: [{version, drawing, deployed_at, deployed_by, running}]}; `running` counts
// the instances that have not ended. Needs "process.read".
FALLIBLE process_versions(Ctx *cx, const char *key, Value *out);

// --- Instances.
FALLIBLE instance_start(Ctx *cx, const char *key, const char *entity, Id subject, Value variables,
                        Id *instance);
FALLIBLE instance_show(Ctx *cx, Id instance, Value *out);
FALLIBLE instance_history(Ctx *cx, Id instance, Value *out);
// process, state, version, step (that waits), suspended, subject, limit, after.
FALLIBLE instance_list(Ctx *cx, Value request, Value *out);
FALLIBLE instance_cancel(Ctx *cx, Id instance, const char *reason);
// Tries the steps again at which the instance stands as an incident; needs "process.retry".
FALLIBLE instance_retry(Ctx *cx, Id instance);
// What happened to a record in its processes, newest first, at most `limit`, older than `before`
// (0: from the newest): {items: [{at, actor, step: {key, name, department}, kind, instance}]}.
FALLIBLE process_timeline(Ctx *cx, const char *entity, Id record, Instant before, int limit,
                          Value *out);

// --- Work items. Whatever is done with one holds candidates and separation of duties, and is an
// event of its history. A comment may be NULL.
// queue (mine, later, team, standing-in, delegated, told), state, process, subject, overdue,
// offered, limit, after.
FALLIBLE work_item_list(Ctx *cx, Value request, Value *out);
FALLIBLE work_item_show(Ctx *cx, Id item, Value *out);
// {candidates: [{id, name, load, absent}], delegates: [{id, name}]}: to whom it can be handed.
FALLIBLE work_item_people(Ctx *cx, Id item, Value *out);
FALLIBLE work_item_claim(Ctx *cx, Id item);
FALLIBLE work_item_release(Ctx *cx, Id item);
FALLIBLE work_item_start(Ctx *cx, Id item);
// Completes an item that the actor holds, or that is free. `fields` is the form; what a delegate
// has filled in stands where it says nothing else. *out: {item: as it ended, next: the open items
// of the instance that the actor may do now}.
FALLIBLE work_item_complete(Ctx *cx, Id item, Value fields, Value *out);
// Leaves out a step that is not mandatory.
FALLIBLE work_item_skip(Ctx *cx, Id item, const char *reason, Value *out);
// Somebody else does the work, and returns it; `fields` null: without it. The owner takes it back
// by returning it, too.
FALLIBLE work_item_delegate(Ctx *cx, Id item, Id to, const char *comment);
FALLIBLE work_item_return(Ctx *cx, Id item, Value fields, const char *comment);
typedef struct WorkReceiver { // a user, or a position or a department
    Id user;
    const char *position;
    const char *department;
} WorkReceiver;
FALLIBLE work_item_forward(Ctx *cx, Id item, const WorkReceiver *to, const char *comment);
// For a lead of the department, or with "work.reassign".
FALLIBLE work_item_reassign(Ctx *cx, Id item, Id to, const char *comment);
FALLIBLE work_item_comment(Ctx *cx, Id item, const char *text);
// Hidden from the actor's queue until then; 0: shown again.
FALLIBLE work_item_put_off(Ctx *cx, Id item, Instant until);
FALLIBLE work_item_read_by_me(Ctx *cx, Id item, bool read);
// Claims the most urgent item that the actor may do; two at once never get the same.
FALLIBLE work_item_next(Ctx *cx, const char *process, Id *item);

typedef struct WorkBulk {
    enum { WORK_CLAIM, WORK_RELEASE, WORK_FORWARD, WORK_REASSIGN } deed;
    const Id *items;
    size_t count;
    WorkReceiver to;
    const char *comment;
} WorkBulk;
// Each item by itself: {done, items: [{id, done, message}]}.
FALLIBLE work_items_bulk(Ctx *cx, const WorkBulk *bulk, Value *out);

// What a lead sees: {departments: [{key, name, colour, offered, blocked, overdue}], members: [{id,
// name, department, claimed, started, overdue, capacity, absent}]}. ERR_NOT_FOUND for others.
FALLIBLE work_team_show(Ctx *cx, Value *out);
// {stands_in_for: [{id, name}], leads}.
FALLIBLE work_standing(Ctx *cx, Value *out);

// --- Messages. One with the same idempotency key is taken once. It goes to the instances that wait
// for its name and key; when none does, it starts those processes that it starts. One that nobody
// takes is kept until `keep_until` for whoever waits for it next (0: not kept).
typedef struct IncomingMessage {
    const char *name;
    const char *key;             // "": none
    Value payload;               // null or a context
    const char *idempotency_key; // NULL: none
    Instant keep_until;
    bool to_one; // only the instance that waits longest
} IncomingMessage;
// *reached counts instances; *queued: there are so many that a job tells them.
FALLIBLE message_publish(Ctx *cx, const IncomingMessage *message, int *reached, bool *queued);
// A signal goes to all who wait for it, and starts what it starts.
FALLIBLE signal_publish(Ctx *cx, const char *name, Value payload, int *reached, bool *queued);

// Sends a message out of the company, on behalf of the step that runs now: a row of the outbox,
// delivered after the commit. Function points use it.
FALLIBLE outbox_message_send(Ctx *cx, const char *name, const char *key, Value payload);

// --- Jobs: timers, starts, asynchronous calls, fan-outs. Whoever runs them takes a lease on some
// (`holder` is a name of its own, `until` when others may take them) in one unit of work, and runs
// them a few a unit. A job that fails is undone alone and put off, longer each time; after eight
// attempts its instance stands as an incident.
FALLIBLE jobs_take(Ctx *cx, const char *holder, int limit, Instant until, Id *ids, int *count);
FALLIBLE jobs_run(Ctx *cx, const char *holder, const Id *ids, int count);
// For a job whose unit of work could not go on at all; `reason` in LANGUAGE_SOURCE.
FALLIBLE job_failed(Ctx *cx, const char *holder, Id id, const char *reason);
// When the next one may be taken, 0 when there is none.
FALLIBLE jobs_next(Ctx *cx, Instant *next);

// --- Tasks of programs outside, by topic. A worker fetches and locks some, and answers each within
// the lock's time. The same answer of the same worker again changes nothing.
typedef struct ExternalFetch {
    const char *worker;
    const char *const *topics;
    size_t topic_count;
    int limit;
    Instant lock_until;
} ExternalFetch;
// Whether there is anything to fetch, without taking it.
FALLIBLE external_waiting(Ctx *cx, const ExternalFetch *fetch, bool *out);
FALLIBLE external_fetch(Ctx *cx, const ExternalFetch *fetch, Value *out); // a list
FALLIBLE external_extend(Ctx *cx, Id task, const char *worker, Instant lock_until);
FALLIBLE external_complete(Ctx *cx, Id task, const char *worker, Value result);
typedef struct ExternalFailure {
    const char *message;
    int retries;      // that are left; 0: an incident
    Instant retry_at; // not before
} ExternalFailure;
FALLIBLE external_fail(Ctx *cx, Id task, const char *worker, const ExternalFailure *failure);
// A BPMN error, which the model may catch.
FALLIBLE external_error(Ctx *cx, Id task, const char *worker, const char *code, Value payload);

// --- Fires what is due for work items that nobody has done in time, and gives what waits to be
// given to somebody, at most `limit`, in the unit of the caller; *fired tells how many were taken
// up; the executor in app/ calls it until that is nothing.
FALLIBLE escalations_fire(Ctx *cx, int limit, int *fired);
FALLIBLE escalations_next(Ctx *cx, Instant *next);

// --- What may, must and blocks now, for a record; see API "moves".
FALLIBLE process_moves(Ctx *cx, const char *entity, Id record, Value *out);
// The names of the record's fields that only a step may change now, as a list of texts. A field
// that is free until some step is among them once that step is done.
FALLIBLE process_locked_fields(Ctx *cx, const char *entity, Id record, Value *out);

#endif
