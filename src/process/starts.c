// SPDX-License-Identifier: Apache-2.0
#include "process/starts.h"

#include "base/ids.h"
#include "flow/step.h"
#include "process/instance.h"
#include "process/jobs.h"
#include "process/runner.h"
#include "process/shapes.h"
#include "process/subscriptions.h"
#include "record/record.h"

QUERY(start_newest, "SELECT id FROM process_version WHERE process_key = $1 AND newest = 1");
QUERY(start_of_key, "SELECT ended_at FROM instance WHERE start_message = $1 AND start_key = $2"
                    " AND process_key = $3 ORDER BY id DESC LIMIT 1");

// ---- what a version waits for ---------------------------------------------------------------

static FALLIBLE timer_start_add(Ctx *cx, const ProcessModel *model, const GraphNode *node,
                                int fired, Instant previous)
{
    Instant due;
    TRY(flow_start_due(cx, model->graph, node->index, fired, previous, &due));
    while (due && due <= previous && fired) // no progress: never again
        return NULL;
    // What passed while nothing ran is not made up for, one by one.
    while (due && due <= cx->now && fired) {
        previous = due;
        TRY(flow_start_due(cx, model->graph, node->index, ++fired, previous, &due));
    }
    if (!due)
        return NULL;
    Value detail = value_context(cx->arena);
    value_set(cx->arena, detail, "fired", value_integer(fired));
    return job_add(
        cx,
        &(Job){
            .kind = "start", .owner = model->id, .node = node->id, .due_at = due, .detail = detail},
        NULL);
}

static FALLIBLE start_open(Ctx *cx, const ProcessModel *model, const GraphNode *node,
                           const GraphTrigger *trigger)
{
    Subscription wait = {
        .name = trigger->name, .starts = true, .owner = model->id, .node = node->id};
    switch (trigger->kind) {
    case TRIGGER_MESSAGE:
        wait.kind = WAITS_MESSAGE;
        return subscription_add(cx, &wait);
    case TRIGGER_SIGNAL:
        wait.kind = WAITS_SIGNAL;
        return subscription_add(cx, &wait);
    case TRIGGER_CONDITION:
        wait.kind = WAITS_CONDITION;
        wait.name = model->graph->entity;
        return subscription_add(cx, &wait);
    case TRIGGER_TIMER:
        return timer_start_add(cx, model, node, 0, 0);
    default:
        return NULL;
    }
}

FALLIBLE starts_open(Ctx *cx, const ProcessModel *model)
{
    const Graph *graph = model->graph;
    for (size_t i = 0; i < graph->node_count; i++) {
        const GraphNode *node = &graph->nodes[i];
        if (node->scope != 0 || (node->kind != NODE_START && !node->instantiate))
            continue;
        for (size_t t = 0; t < node->trigger_count; t++)
            TRY(start_open(cx, model, node, &node->triggers[t]));
    }
    return NULL;
}

FALLIBLE starts_close(Ctx *cx, const char *process_key)
{
    Rows rows;
    TRY(db_rows(cx, &rows, start_newest, process_key));
    for (size_t i = 0; i < rows.count; i++) {
        Id version = row_integer(&rows.items[i], "id");
        TRY(subscriptions_close_all(cx, version));
        TRY(jobs_close_all(cx, version));
    }
    return NULL;
}

// ---- starting -------------------------------------------------------------------------------

// A record goes through a process once, unless the model says otherwise: a second run would set its
// state back. Where the first one failed, another may be started.
FALLIBLE start_allowed(Ctx *cx, const ProcessModel *model, Id subject)
{
    Instance **instances;
    size_t count;
    TRY(instances_of(cx, model->graph->entity, subject, false, &instances, &count));
    for (size_t i = 0; i < count; i++) {
        const Instance *instance = instances[i];
        if (!text_equal(instance->process_key, model->key) || text_equal(instance->state, "failed"))
            continue;
        if (instance->parent || (model->graph->again && instance->ended_at))
            continue;
        return error_detail(
            FAIL(cx, ERR_CONFLICT, "the record went through the process '%s' already",
                 model_name(cx, model)),
            "Instance %s is %s.", id_text(cx->arena, instance->id), instance->state);
    }
    return NULL;
}

static GraphOnce once_of(const GraphNode *node)
{
    for (size_t i = 0; i < node->trigger_count; i++)
        if (node->triggers[i].kind == TRIGGER_MESSAGE)
            return node->triggers[i].once;
    return ONCE_NOT;
}

static FALLIBLE key_is_free(Ctx *cx, const ProcessModel *model, const StartedBy *by, GraphOnce once,
                            bool *out)
{
    *out = true;
    if (once == ONCE_NOT || !by->message)
        return NULL;
    Row *row;
    TRY(db_row(cx, &row, start_of_key, by->message, by->key, model->key));
    *out = !row || (once == ONCE_RUNNING && row_integer(row, "ended_at"));
    return NULL;
}

static Id subject_of(const ProcessModel *model, const StartedBy *by)
{
    Id given = 0;
    const char *entity = model->graph->entity;
    const char *id = value_get_text(by->payload, "subject");
    if (!entity)
        return 0;
    if (id && id_parse(id, &given))
        return given;
    return text_equal(entity, by->entity) ? by->subject : 0;
}

FALLIBLE start_by_event(Ctx *cx, const ProcessModel *model, const StartedBy *by, bool *started)
{
    GraphOnce once = once_of(by->node);
    *started = false;
    Start start = {.model = model,
                   .subject = subject_of(model, by),
                   .value = by->payload,
                   .node = by->node->index,
                   .message = once ? by->message : NULL,
                   .key = once ? by->key : NULL};
    if (model->graph->entity) {
        Value record;
        Error *error =
            start.subject ? subject_read(cx, model->graph->entity, start.subject, &record) : NULL;
        if (!start.subject || (error && error->code == ERR_NOT_FOUND))
            return NULL;
        TRY(error);
        error = start_allowed(cx, model, start.subject);
        if (error && error->code == ERR_CONFLICT)
            return NULL;
        TRY(error);
    }
    bool is_free;
    TRY(key_is_free(cx, model, by, once, &is_free));
    if (!is_free)
        return NULL;
    Id instance;
    TRY(runner_start(cx, &start, &instance));
    *started = true;
    return NULL;
}

FALLIBLE starts_by_event(Ctx *cx, const char *kind, const char *name, const StartedBy *by,
                         int *started)
{
    Subscriptions starts;
    TRY(subscriptions_starting(cx, kind, name, &starts));
    int count = 0;
    for (size_t i = 0; i < starts.count; i++) {
        const ProcessModel *model;
        TRY(model_by_id(cx, starts.items[i].owner, &model));
        StartedBy one = *by;
        one.node = graph_node(model->graph, starts.items[i].node);
        bool begun = false;
        if (one.node)
            TRY(start_by_event(cx, model, &one, &begun));
        count += begun;
    }
    *started = count;
    return NULL;
}

// ---- timers ---------------------------------------------------------------------------------

// A process that governs a record gets a new one, made through the gate of its declared defaults.
static FALLIBLE timer_record(Ctx *cx, const char *entity, Id *out)
{
    Record *record;
    const Actor *before = cx->actor;
    cx->actor = engine_actor(cx);
    Error *error = record_create(cx, entity, value_context(cx->arena), &record);
    cx->actor = before;
    TRY(error);
    *out = record->id;
    return NULL;
}

static FALLIBLE timer_start_run(Ctx *cx, const Job *job)
{
    const ProcessModel *model;
    TRY(model_by_id(cx, job->owner, &model));
    const GraphNode *node = graph_node(model->graph, job->node);
    const Value *fired = value_get(job->detail, "fired");
    int64_t count = 0;
    if (fired && fired->kind == VALUE_NUMBER)
        (void)decimal_to_integer(fired->number, &count);
    if (!node)
        return NULL;
    bool started; // not where the new record has started the process itself
    StartedBy by = {.node = node, .payload = value_null(), .entity = model->graph->entity};
    if (by.entity)
        TRY(timer_record(cx, by.entity, &by.subject));
    TRY(start_by_event(cx, model, &by, &started));
    return timer_start_add(cx, model, node, (int)count + 1, job->due_at);
}

JOB_KIND(start, "start", timer_start_run, NULL);
