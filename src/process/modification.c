// SPDX-License-Identifier: Apache-2.0
// Carrying out a deviation: an event of the pure step, or a change of owned fields that the
// governor lets through because the deviation names field and value.
#include "base/ids.h"
#include "base/json.h"
#include "process/calendars.h"
#include "process/deviation.h"
#include "process/deviations.h"
#include "process/runner.h"
#include "process/shapes.h"
#include "process/work_item.h"
#include "record/record.h"

#include <string.h>

static FALLIBLE read_json(Ctx *cx, const char *text, Value *out)
{
    return json_parse(cx, text, strlen(text), out);
}

// Whether what is to be changed is still as it was when it was asked for.
static FALLIBLE unchanged_check(Ctx *cx, const Deviation *deviation, Value now)
{
    Value before;
    TRY(read_json(cx, deviation->before, &before));
    for (size_t i = 0; i < before.context->count; i++) {
        const ValueEntry *was = &before.context->entries[i];
        const Value *is = value_get(now, was->key);
        // Both as JSON: what was kept has no types of its own.
        if (!text_equal(json_text(cx->arena, is ? *is : value_null()),
                        json_text(cx->arena, was->value)))
            return error_field(error_hint(FAIL(cx, ERR_CONFLICT,
                                               "%s has changed since this was asked for", was->key),
                                          "Ask again with the values as they are now."),
                               was->key);
    }
    return NULL;
}

// ---- tokens ---------------------------------------------------------------------------------

static FALLIBLE place_check(Ctx *cx, const Deviation *deviation, const Graph *graph,
                            const FlowState *state)
{
    const FlowPlace *place = flow_place(state, (int)deviation->wait);
    if (place && place->node >= 0 && text_equal(graph->nodes[place->node].id, deviation->node))
        return NULL;
    return error_hint(
        FAIL(cx, ERR_CONFLICT, "the process has gone on: there is no such token any more"),
        "Look where it stands now, and ask again if it is still needed.");
}

static FALLIBLE event_of(Ctx *cx, const Deviation *deviation, const Graph *graph,
                         const FlowState *state, FlowEvent *out)
{
    FlowEvent event = {.kind = FLOW_MODIFY, .wait = (int)deviation->wait, .node = -1};
    if (text_equal(deviation->kind, "skip"))
        event.kind = FLOW_SKIP;
    if (text_equal(deviation->kind, DATA)) {
        event.kind = FLOW_DATA;
        TRY(read_json(cx, deviation->fields, &event.value));
    }
    if (deviation->wait && deviation->node)
        TRY(place_check(cx, deviation, graph, state));
    if (deviation->to) {
        const GraphNode *node = graph_node(graph, deviation->to);
        if (!node)
            return error_field(FAIL(cx, ERR_INVALID, "the process has no step %s", deviation->to),
                               "to");
        event.node = node->index;
    }
    *out = event;
    return NULL;
}

static FALLIBLE running_check(Ctx *cx, const Instance *instance)
{
    return instance->ended_at
               ? FAIL(cx, ERR_CONFLICT, "this process has ended: it is %s", instance->state)
               : NULL;
}

FALLIBLE deviation_variables(Ctx *cx, const Deviation *deviation, const Instance *instance,
                             Value *out)
{
    const ProcessModel *model;
    FlowState state;
    TRY(model_by_id(cx, instance->model, &model));
    TRY(flow_unpack(cx, model->graph, instance->blob.bytes, instance->blob.length, &state));
    *out = flow_scope(cx, model->graph, &state, (int)deviation->wait, value_null());
    return NULL;
}

static FALLIBLE data_check(Ctx *cx, const Deviation *deviation, const Instance *instance)
{
    Value now;
    if (!text_equal(deviation->kind, DATA))
        return NULL;
    TRY(deviation_variables(cx, deviation, instance, &now));
    return unchanged_check(cx, deviation, now);
}

static FALLIBLE tokens_try(Ctx *cx, const Deviation *deviation, const Instance *instance)
{
    const ProcessModel *model;
    FlowState state;
    FlowEvent event;
    FlowOutcome outcome;
    TRY(running_check(cx, instance));
    TRY(data_check(cx, deviation, instance));
    TRY(model_by_id(cx, instance->model, &model));
    TRY(flow_unpack(cx, model->graph, instance->blob.bytes, instance->blob.length, &state));
    TRY(event_of(cx, deviation, model->graph, &state, &event));
    TRY(subject_read(cx, instance->entity, instance->subject, &event.subject));
    const struct BusinessCalendars *calendars_before = cx->calendars;
    TRY(calendars_use(cx, model->graph));
    Error *error = flow_step(cx, model->graph, &state, &event, &outcome);
    cx->calendars = calendars_before;
    return error;
}

static Value detail_of(Ctx *cx, const Deviation *deviation)
{
    Value detail = value_context(cx->arena);
    value_set(cx->arena, detail, "deviation", value_text(id_text(cx->arena, deviation->id)));
    value_set(cx->arena, detail, "kind", value_text(deviation->kind));
    return detail;
}

static FALLIBLE tokens_move(Ctx *cx, const Deviation *deviation, Instance *instance)
{
    const ProcessModel *model;
    FlowState state;
    FlowEvent event;
    TRY(running_check(cx, instance));
    TRY(data_check(cx, deviation, instance));
    TRY(model_by_id(cx, instance->model, &model));
    TRY(flow_unpack(cx, model->graph, instance->blob.bytes, instance->blob.length, &state));
    TRY(event_of(cx, deviation, model->graph, &state, &event));
    RunCause cause = {"deviation", detail_of(cx, deviation), false};
    return runner_run(cx, instance, &event, &cause);
}

// ---- fields ---------------------------------------------------------------------------------

static FALLIBLE fields_check(Ctx *cx, const Deviation *deviation, const Instance *instance,
                             Value *fields)
{
    Value record;
    TRY(read_json(cx, deviation->fields, fields));
    TRY(subject_read(cx, instance->entity, instance->subject, &record));
    return unchanged_check(cx, deviation, record);
}

static FALLIBLE fields_set(Ctx *cx, const Deviation *deviation, Instance *instance)
{
    const ProcessModel *model;
    Value fields;
    Record *record;
    TRY(model_by_id(cx, instance->model, &model));
    TRY(fields_check(cx, deviation, instance, &fields));
    ActiveStep step = {instance->id, instance->entity, instance->subject, model, NULL, &fields};
    GateRequest request = {
        .action = GATE_CHANGE,
        .entity = instance->entity,
        .id = instance->subject,
        .changes = fields,
        .reason = text_format(cx->arena, "deviation %s: %s", id_text(cx->arena, deviation->id),
                              deviation->reason),
    };
    const struct ActiveStep *step_before = cx->step;
    const Actor *actor_before = cx->actor;
    cx->step = &step;
    cx->actor = engine_actor(cx);
    Error *error = gate_pass(cx, &request, &record);
    cx->step = step_before;
    cx->actor = actor_before;
    TRY(error);
    // A condition that waited for the field may have stepped the instance.
    TRY(instance_load(cx, instance->id, &instance));
    InstanceNote note = {.kind = "deviation", .detail = detail_of(cx, deviation)};
    TRY(instance_note(cx, instance, &note));
    return instance_store(cx, instance);
}

static bool sets_fields(const Deviation *deviation)
{
    return deviation->fields && !text_equal(deviation->kind, DATA);
}

FALLIBLE deviation_try(Ctx *cx, const Deviation *deviation, const Instance *instance)
{
    Value fields;
    if (text_equal(deviation->kind, RESTART))
        return restart_try(cx, deviation, instance);
    return sets_fields(deviation) ? fields_check(cx, deviation, instance, &fields)
                                  : tokens_try(cx, deviation, instance);
}

FALLIBLE deviation_carry_out(Ctx *cx, const Deviation *deviation)
{
    Instance *instance;
    TRY(instance_load(cx, deviation->instance, &instance));
    if (text_equal(deviation->kind, RESTART))
        return restart_carry_out(cx, deviation, instance);
    return sets_fields(deviation) ? fields_set(cx, deviation, instance)
                                  : tokens_move(cx, deviation, instance);
}

// ---- separation of duties -------------------------------------------------------------------

static bool node_sets_any(const GraphNode *node, Value fields)
{
    for (size_t i = 0; i < node->set_count; i++)
        if (value_get(fields, node->sets[i].field))
            return true;
    for (size_t i = 0; i < node->task->field_count; i++)
        if (!node->task->fields[i].type && node->task->fields[i].access != FIELD_READ &&
            value_get(fields, node->task->fields[i].name))
            return true;
    return false;
}

// A token that is moved, put or taken away may pass by any step, and a variable may decide on any;
// a skip concerns the step alone.
static bool is_concerned(const Deviation *deviation, const GraphNode *node, Value fields)
{
    if (sets_fields(deviation))
        return node_sets_any(node, fields);
    return !text_equal(deviation->kind, "skip") || text_equal(node->id, deviation->node);
}

static FALLIBLE apart_of_node(Ctx *cx, Id instance, const Graph *graph, const GraphNode *node,
                              Id user, const GraphNode **out)
{
    for (size_t i = 0; i < node->task->separate_count && !*out; i++) {
        const GraphNode *other = &graph->nodes[node->task->separate[i]];
        bool done, deviated;
        TRY(work_hand_had(cx, instance, other->id, user, &done));
        TRY(deviation_hand_had(cx, instance, other->id, user, &deviated));
        if (done || deviated)
            *out = other;
    }
    return NULL;
}

FALLIBLE deviation_apart(Ctx *cx, const Deviation *deviation, const ProcessModel *model, Id user,
                         const GraphNode **out)
{
    const Graph *graph = model->graph;
    Value fields = value_null();
    if (deviation->fields)
        TRY(read_json(cx, deviation->fields, &fields));
    *out = NULL;
    for (size_t i = 0; i < graph->node_count && !*out; i++)
        if (graph->nodes[i].task && is_concerned(deviation, &graph->nodes[i], fields))
            TRY(apart_of_node(cx, deviation->instance, graph, &graph->nodes[i], user, out));
    return NULL;
}
