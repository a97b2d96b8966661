// SPDX-License-Identifier: Apache-2.0
// Instances: start, show, list, cancel.
#include "base/ids.h"
#include "base/map.h"
#include "process/asked.h"
#include "process/governor.h"
#include "process/incidents.h"
#include "process/process.h"
#include "process/runner.h"
#include "process/shapes.h"
#include "process/starts.h"
#include "process/waiting.h"
#include "record/record.h"

#define CALLED_SHOWN 50
#define ROW "SELECT id FROM instance WHERE "
#define COUNT "SELECT COUNT(*) AS instances FROM instance WHERE "
#define PAGE " AND id < $1 ORDER BY id DESC LIMIT $2"
#define OPEN "('offered', 'claimed', 'started')"
// Of a process: $3 its key, $4 a version or 0, $5 whether only what is suspended, $6 a step at
// which it waits or '', $7 a state.
#define OF_PROCESS                                                                                 \
    "process_key = $3 AND (version = $4 OR $4 = 0) AND ($5 = 0 OR suspended IS NOT NULL)"          \
    " AND ($6 = '' OR EXISTS (SELECT 1 FROM work_item w WHERE w.instance = instance.id"            \
    " AND w.node = $6 AND w.state IN " OPEN ")"                                                    \
    " OR EXISTS (SELECT 1 FROM process_wait w WHERE w.owner = instance.id AND w.node = $6)"        \
    " OR EXISTS (SELECT 1 FROM process_job j WHERE j.owner = instance.id AND j.node = $6))"

QUERY(instance_called, "SELECT id, model, state FROM instance WHERE parent = $1"
                       " ORDER BY parent, parent_wait DESC, id DESC LIMIT $2");
QUERY(instance_page_all, ROW "id < $1 ORDER BY id DESC LIMIT $2");
QUERY(instance_page_state, ROW "state = $3" PAGE);
QUERY(instance_page_process, ROW OF_PROCESS PAGE);
QUERY(instance_page_process_state, ROW OF_PROCESS " AND state = $7" PAGE);
QUERY(instance_page_subject, ROW "entity = $3 AND subject = $4" PAGE);
QUERY_FULL(instance_count_all, COUNT "id > $1", NULL, "the exact count of all instances");
QUERY(instance_count_state, COUNT "id > $1 AND state = $2");
QUERY(instance_count_process, COUNT "id > $1 AND $2 > 0 AND " OF_PROCESS);
QUERY(instance_count_process_state, COUNT "id > $1 AND $2 > 0 AND " OF_PROCESS " AND state = $7");
QUERY(instance_count_subject, COUNT "id > $1 AND entity = $2 AND subject = $3");

// ---- starting -------------------------------------------------------------------------------

static FALLIBLE conditions_check(Ctx *cx, const ProcessModel *model, const Record *record)
{
    for (size_t i = 0; i < model->graph->record_start_count; i++) {
        bool wanted;
        TRY(record_start_wanted(cx, model, &model->graph->record_starts[i], record, &wanted));
        if (wanted)
            return NULL;
    }
    return model->graph->record_start_count
               ? FAIL(cx, ERR_CONFLICT, "the process '%s' is not for this record",
                      model_name(cx, model))
               : NULL;
}

static FALLIBLE governed_start(Ctx *cx, const ProcessModel *model, const char *entity, Id subject)
{
    if (!text_equal(entity, model->graph->entity) || !subject)
        return error_field(FAIL(cx, ERR_INVALID, "the process '%s' runs on a record of %s",
                                model_name(cx, model), model->graph->entity),
                           "subject");
    Record *record;
    TRY(record_get(cx, entity, subject, &record));
    const char *permission = text_format(cx->arena, "%s.edit", entity);
    if (!actor_may(cx->actor, permission))
        return FAIL(cx, ERR_DENIED, "you may not start a process on this record");
    TRY(start_allowed(cx, model, subject));
    return conditions_check(cx, model, record);
}

FALLIBLE instance_start(Ctx *cx, const char *key, const char *entity, Id subject, Value variables,
                        Id *instance)
{
    const ProcessModel *model;
    TRY(model_newest(cx, key, &model));
    if (model->graph->entity) {
        TRY(governed_start(cx, model, entity, subject));
        // What a decision is made of must come from the record and the steps.
        if (variables.kind == VALUE_CONTEXT && variables.context->count)
            return error_field(FAIL(cx, ERR_INVALID,
                                    "a process that governs a record takes no "
                                    "variables from outside"),
                               "variables");
    } else {
        if (!actor_may(cx->actor, "process.start"))
            return FAIL(cx, ERR_DENIED, "you may not start this process");
        if (entity || subject)
            return error_field(
                FAIL(cx, ERR_INVALID, "the process '%s' runs on no record", model_name(cx, model)),
                "subject");
    }
    return runner_start(
        cx, &(Start){.model = model, .subject = subject, .value = variables, .node = -1}, instance);
}

// ---- showing --------------------------------------------------------------------------------

static FALLIBLE instance_value(Ctx *cx, Describer *describer, const Instance *instance, Value *out)
{
    const ProcessModel *model;
    TRY(model_by_id(cx, instance->model, &model));
    Value subject;
    TRY(describe_subject(cx, describer, instance->entity, instance->subject, &subject));
    Value process = process_value(cx, model);
    value_set(cx->arena, process, "version", value_integer(model->version));
    const char *over = instance->ended_at ? instant_text(cx->arena, instance->ended_at) : NULL;
    Value shown = value_context(cx->arena);
    value_set(cx->arena, shown, "id", value_text(id_text(cx->arena, instance->id)));
    value_set(cx->arena, shown, "process", process);
    value_set(cx->arena, shown, "subject", subject);
    value_set(cx->arena, shown, "state", value_text(instance->state));
    value_set(cx->arena, shown, "suspended", value_text(instance->suspended));
    value_set(cx->arena, shown, "started_at",
              value_text(instant_text(cx->arena, instance->started_at)));
    value_set(cx->arena, shown, "ended_at", value_text(over));
    *out = shown;
    return NULL;
}

// {id, key: of the call, process} of whoever called it; null when nobody did.
static FALLIBLE parent_value(Ctx *cx, const Instance *instance, Value *out)
{
    *out = value_null();
    if (!instance->parent)
        return NULL;
    Instance *parent;
    const ProcessModel *model;
    FlowState state;
    TRY(instance_load(cx, instance->parent, &parent));
    TRY(model_by_id(cx, parent->model, &model));
    TRY(flow_unpack(cx, model->graph, parent->blob.bytes, parent->blob.length, &state));
    const FlowPlace *place = flow_place(&state, (int)instance->parent_wait);
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "id", value_text(id_text(cx->arena, parent->id)));
    value_set(cx->arena, *out, "process", process_value(cx, model));
    value_set(cx->arena, *out, "key",
              value_text(place ? model->graph->nodes[place->node].id : NULL));
    return NULL;
}

// The newest CALLED_SHOWN that it called: [{id, process, state}], oldest first.
static FALLIBLE called_value(Ctx *cx, const Instance *instance, Value *out)
{
    Rows rows;
    TRY(db_rows(cx, &rows, instance_called, instance->id, CALLED_SHOWN));
    Value *items = NEW_ARRAY(cx->arena, Value, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++) {
        const Row *row = &rows.items[rows.count - 1 - i];
        const ProcessModel *model;
        TRY(model_by_id(cx, row_integer(row, "model"), &model));
        items[i] = value_context(cx->arena);
        value_set(cx->arena, items[i], "id",
                  value_text(id_text(cx->arena, row_integer(row, "id"))));
        value_set(cx->arena, items[i], "process", process_value(cx, model));
        value_set(cx->arena, items[i], "state", value_text(row_text(row, "state")));
    }
    *out = value_list(items, rows.count);
    return NULL;
}

static Value token_value(Ctx *cx, const Graph *graph, int64_t wait, const char *key,
                         const char *kind)
{
    const GraphNode *node = graph_node(graph, key);
    Value token = value_context(cx->arena);
    value_set(cx->arena, token, "wait",
              value_text(text_format(cx->arena, "%lld", (long long)wait)));
    value_set(cx->arena, token, "key", value_text(key));
    value_set(cx->arena, token, "name",
              value_text(node ? graph_node_name(node, cx->language) : key));
    value_set(cx->arena, token, "kind", value_text(kind));
    value_set(cx->arena, token, "work_item", value_null());
    value_set(cx->arena, token, "due_at", value_null());
    return token;
}

static FALLIBLE tokens_value(Ctx *cx, const Instance *instance, const Graph *graph, Value *out)
{
    WorkItem **items;
    size_t item_count;
    WaitingArray waits;
    TRY(work_items_open(cx, instance->id, &items, &item_count));
    TRY(waiting_of(cx, instance, &waits));
    Value *tokens = NEW_ARRAY(cx->arena, Value, item_count + waits.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < item_count; i++) {
        Value token = token_value(cx, graph, items[i]->wait, items[i]->node, "task");
        value_set(cx->arena, token, "work_item", value_text(id_text(cx->arena, items[i]->id)));
        if (items[i]->due_at)
            value_set(cx->arena, token, "due_at",
                      value_text(instant_text(cx->arena, items[i]->due_at)));
        tokens[count++] = token;
    }
    for (size_t i = 0; i < waits.count; i++) {
        const Waiting *wait = &waits.items[i];
        Value token = token_value(cx, graph, wait->wait, wait->node, wait->kind);
        if (wait->due_at)
            value_set(cx->arena, token, "due_at",
                      value_text(instant_text(cx->arena, wait->due_at)));
        if (wait->called)
            value_set(cx->arena, token, "called", value_text(id_text(cx->arena, wait->called)));
        tokens[count++] = token;
    }
    *out = value_list(tokens, count);
    return NULL;
}

FALLIBLE instance_show(Ctx *cx, Id id, Value *out)
{
    Instance *instance;
    TRY(instance_readable(cx, id, &instance));
    const ProcessModel *model;
    TRY(model_by_id(cx, instance->model, &model));
    Value shown;
    Value tokens;
    TRY(instance_value(cx, describer_new(cx), instance, &shown));
    TRY(tokens_value(cx, instance, model->graph, &tokens));
    // Variables may hold what the actor must not read of some record.
    Value variables = value_context(cx->arena);
    if (actor_may(cx->actor, "process.read")) {
        FlowState state;
        TRY(flow_unpack(cx, model->graph, instance->blob.bytes, instance->blob.length, &state));
        const FlowPlace *root = flow_place(&state, 1);
        if (root && root->data.kind == VALUE_CONTEXT)
            variables = root->data;
    }
    Value parent, called, incidents;
    TRY(incidents_value(cx, instance, &incidents));
    TRY(parent_value(cx, instance, &parent));
    TRY(called_value(cx, instance, &called));
    value_set(cx->arena, shown, "parent", parent);
    value_set(cx->arena, shown, "called", called);
    value_set(cx->arena, shown, "variables", variables);
    value_set(cx->arena, shown, "tokens", tokens);
    value_set(cx->arena, shown, "incidents", incidents);
    *out = shown;
    return NULL;
}

// The steps at which it waits: [{key, name}], each once.
static FALLIBLE steps_value(Ctx *cx, const Instance *instance, Value *out)
{
    const ProcessModel *model;
    Value tokens;
    *out = value_list(NULL, 0);
    if (instance->ended_at)
        return NULL;
    TRY(model_by_id(cx, instance->model, &model));
    TRY(tokens_value(cx, instance, model->graph, &tokens));
    ARRAY(Value) steps = {0};
    Map *seen = map_new(cx->arena);
    for (size_t i = 0; i < tokens.list.count; i++) {
        const char *key = value_get_text(tokens.list.items[i], "key");
        const GraphNode *node = graph_node(model->graph, key);
        if (!node || node_is_watch(node) || map_get(seen, key))
            continue;
        map_put(seen, key, (void *)node);
        Value step = value_context(cx->arena);
        value_set(cx->arena, step, "key", value_text(key));
        value_set(cx->arena, step, "name", value_text(graph_node_name(node, cx->language)));
        array_push(cx->arena, steps) = step;
    }
    *out = value_list(steps.items, steps.count);
    return NULL;
}

// ---- listing --------------------------------------------------------------------------------

typedef struct Request {
    const char *process;
    const char *step;
    int64_t version;
    bool suspended;
    const char *state;
    const char *entity;
    Id subject;
    Id after;
    int limit;
} Request;

static FALLIBLE request_read(Ctx *cx, Value given, Request *out)
{
    Request request = {.process = asked_text(given, "process"),
                       .state = asked_text(given, "state"),
                       .step = asked_text(given, "step"),
                       .suspended = asked_true(given, "suspended"),
                       .after = INT64_MAX};
    const Value *version = value_get(given, "version");
    if (version &&
        (version->kind != VALUE_NUMBER || !decimal_to_integer(version->number, &request.version)))
        return error_field(FAIL(cx, ERR_INVALID, "a version is a number"), "version");
    if (!request.process && (request.step || request.version || request.suspended))
        return error_field(FAIL(cx, ERR_INVALID, "this is asked of the instances of one process"),
                           "process");
    TRY(asked_subject(cx, given, &request.entity, &request.subject));
    TRY(asked_limit(cx, given, &request.limit));
    const char *after = asked_text(given, "after");
    if (after && !id_parse(after, &request.after))
        return asked_no_cursor(cx);
    *out = request;
    return NULL;
}

static FALLIBLE page_read(Ctx *cx, const Request *request, Rows *rows, Row **counted)
{
    int more = request->limit + 1;
    Id after = request->after;
    if (request->entity) {
        TRY(db_rows(cx, rows, instance_page_subject, after, more, request->entity,
                    request->subject));
        return db_row(cx, counted, instance_count_subject, 0, request->entity, request->subject);
    }
    const char *process = request->process, *state = request->state;
    const char *step = request->step ? request->step : "";
    int only = request->suspended ? 1 : 0;
    if (process && state) {
        TRY(db_rows(cx, rows, instance_page_process_state, after, more, process, request->version,
                    only, step, state));
        return db_row(cx, counted, instance_count_process_state, 0, 1, process, request->version,
                      only, step, state);
    }
    if (process) {
        TRY(db_rows(cx, rows, instance_page_process, after, more, process, request->version, only,
                    step));
        return db_row(cx, counted, instance_count_process, 0, 1, process, request->version, only,
                      step);
    }
    if (request->state) {
        TRY(db_rows(cx, rows, instance_page_state, after, more, request->state));
        return db_row(cx, counted, instance_count_state, 0, request->state);
    }
    TRY(db_rows(cx, rows, instance_page_all, after, more));
    return db_row(cx, counted, instance_count_all, 0);
}

FALLIBLE instance_list(Ctx *cx, Value given, Value *out)
{
    Request request = {0};
    TRY(request_read(cx, given, &request));
    if (request.entity) {
        Record *record;
        TRY(record_get(cx, request.entity, request.subject, &record));
        if (request.process || request.state)
            return error_field(FAIL(cx, ERR_INVALID, "a subject's instances are few: ask for all"),
                               request.process ? "process" : "state");
    } else if (!actor_may(cx->actor, "process.read")) {
        return error_hint(FAIL(cx, ERR_DENIED, "you may list the instances of a record only"),
                          "Give its subject.");
    }
    Rows rows;
    Row *counted;
    TRY(page_read(cx, &request, &rows, &counted));
    size_t count = rows.count > (size_t)request.limit ? (size_t)request.limit : rows.count;
    Value *items = NEW_ARRAY(cx->arena, Value, count + 1);
    Describer *describer = describer_new(cx);
    for (size_t i = 0; i < count; i++) {
        Instance *instance;
        TRY(instance_load(cx, row_integer(&rows.items[i], "id"), &instance));
        Value steps;
        TRY(instance_value(cx, describer, instance, &items[i]));
        TRY(steps_value(cx, instance, &steps));
        value_set(cx->arena, items[i], "steps", steps);
    }
    const char *next = NULL;
    if (rows.count > count)
        next = id_text(cx->arena, row_integer(&rows.items[count - 1], "id"));
    *out = page_value(cx, items, count, next, row_integer(counted, "instances"));
    return NULL;
}

// ---- cancelling -----------------------------------------------------------------------------

static FALLIBLE cancel_refused(Ctx *cx, const Instance *instance, const ProcessModel *model)
{
    Value step;
    TRY(open_step_of_instance(cx, describer_new(cx), instance, NULL, &step));
    Error *error = FAIL(cx, ERR_CONFLICT, "the process '%s' cannot be cancelled at this step",
                        model_name(cx, model));
    error_hint(error, "The model has no way from here to a cancellation.");
    return error_about(cx, error, "open_step", step);
}

FALLIBLE instance_cancel(Ctx *cx, Id id, const char *reason)
{
    Instance *instance;
    TRY(instance_readable(cx, id, &instance));
    if (!actor_may(cx->actor, "message.publish"))
        return FAIL(cx, ERR_DENIED, "you may not cancel this process");
    if (instance->ended_at)
        return FAIL(cx, ERR_CONFLICT, "this process has ended: it is %s", instance->state);
    const ProcessModel *model;
    TRY(model_by_id(cx, instance->model, &model));
    if (!model->graph->cancel_message)
        return cancel_refused(cx, instance, model);

    WaitingArray waits;
    TRY(waiting_of(cx, instance, &waits));
    for (size_t i = 0; i < waits.count; i++) {
        const Waiting *wait = &waits.items[i];
        if (!text_equal(wait->kind, "message") ||
            !text_equal(wait->name, model->graph->cancel_message))
            continue;
        Value payload = value_context(cx->arena);
        value_set(cx->arena, payload, "reason", value_text(reason));
        FlowEvent event = {.kind = FLOW_MESSAGE, .wait = (int)wait->wait, .value = payload};
        RunCause cause = {"cancelled", payload, false};
        return runner_run(cx, instance, &event, &cause);
    }
    return cancel_refused(cx, instance, model);
}

// ---- incidents ------------------------------------------------------------------------------

FALLIBLE instance_retry(Ctx *cx, Id id)
{
    if (!actor_may(cx->actor, "process.retry"))
        return FAIL(cx, ERR_DENIED, "you may not retry the steps of a process");
    Instance *instance;
    const ProcessModel *model;
    TRY(instance_load(cx, id, &instance));
    TRY(model_by_id(cx, instance->model, &model));
    FlowState state;
    TRY(flow_unpack(cx, model->graph, instance->blob.bytes, instance->blob.length, &state));
    int stuck = 0;
    for (size_t i = 0; i < state.place_count && !instance->ended_at; i++) {
        if (!place_is_incident(&state.places[i]))
            continue;
        FlowEvent event = {.kind = FLOW_RETRY, .wait = state.places[i].number};
        RunCause cause = {"retried", value_null(), false};
        TRY(runner_run(cx, instance, &event, &cause));
        TRY(instance_load(cx, id, &instance));
        stuck++;
    }
    return stuck ? NULL : FAIL(cx, ERR_CONFLICT, "no step of this process stands as an incident");
}
