// SPDX-License-Identifier: Apache-2.0
#include "process/shapes.h"

#include "base/ids.h"
#include "record/record_json.h"

const char *node_department(const Graph *graph, const GraphNode *node)
{
    const GraphTask *task = node->task;
    if (task && task->candidate_count && task->candidates[0].department)
        return task->candidates[0].department;
    return node->lane >= 0 ? graph->lanes[node->lane].department : NULL;
}

const char *node_position(const Graph *graph, const GraphNode *node)
{
    const GraphTask *task = node->task;
    if (task && task->candidate_count)
        return task->candidates[0].position;
    return node->lane >= 0 ? graph->lanes[node->lane].position : NULL;
}

bool node_is_watch(const GraphNode *node)
{
    return node->kind == NODE_BOUNDARY || node->kind == NODE_START ||
           node->kind == NODE_EVENT_SUB_PROCESS;
}

const char *model_name(Ctx *cx, const ProcessModel *model)
{
    return graph_text(&model->graph->names, cx->language, model->graph->name);
}

const char *entry_name(Ctx *cx, const ProcessModel *model, const GraphNode *node)
{
    return node ? graph_node_name(node, cx->language) : model_name(cx, model);
}

Value process_value(Ctx *cx, const ProcessModel *model)
{
    Value value = value_context(cx->arena);
    value_set(cx->arena, value, "key", value_text(model->key));
    value_set(cx->arena, value, "name", value_text(model_name(cx, model)));
    return value;
}

FALLIBLE instance_readable(Ctx *cx, Id id, Instance **out)
{
    Instance *instance;
    TRY(instance_load(cx, id, &instance));
    if (!actor_may(cx->actor, "process.read")) {
        Record *subject = NULL;
        Error *error = instance->entity && instance->subject
                           ? record_get(cx, instance->entity, instance->subject, &subject)
                           : NULL;
        if (error && error->code != ERR_NOT_FOUND)
            return error;
        if (!subject)
            return FAIL(cx, ERR_NOT_FOUND, "there is no such process instance");
    }
    *out = instance;
    return NULL;
}

Error *error_about(Ctx *cx, Error *error, const char *key, Value value)
{
    if (!error->about) {
        error->about = NEW(cx->arena, Value);
        *error->about = value_context(cx->arena);
    }
    value_set(cx->arena, *error->about, key, value);
    return error;
}

static FALLIBLE who_value(Ctx *cx, Describer *describer, const char *department,
                          const char *position, Id assignee, Value *out)
{
    Value who = value_context(cx->arena);
    Value described;
    TRY(describe_department(cx, describer, department, &described));
    value_set(cx->arena, who, "department", described);
    value_set(cx->arena, who, "position", value_text(position));
    if (assignee) {
        Value *one = NEW(cx->arena, Value);
        TRY(describe_user(cx, describer, assignee, one));
        described = value_list(one, 1);
    } else {
        TRY(describe_holders(cx, describer, position, department, &described));
    }
    value_set(cx->arena, who, "users", described);
    *out = who;
    return NULL;
}

FALLIBLE open_step_of_item(Ctx *cx, Describer *describer, const WorkItem *item, Value *out)
{
    const ProcessModel *model;
    TRY(model_by_id(cx, item->model, &model));
    const GraphNode *node = graph_node(model->graph, item->node);
    const char *id = id_text(cx->arena, item->id);
    Value who;
    TRY(who_value(cx, describer, item->department, item->position, item->assignee, &who));
    Value step = value_context(cx->arena);
    value_set(cx->arena, step, "key", value_text(item->node));
    value_set(cx->arena, step, "name", value_text(entry_name(cx, model, node)));
    value_set(cx->arena, step, "process", process_value(cx, model));
    value_set(cx->arena, step, "instance", value_text(id_text(cx->arena, item->instance)));
    value_set(cx->arena, step, "work_item", value_text(id));
    value_set(cx->arena, step, "who", who);
    value_set(cx->arena, step, "where", value_text(text_format(cx->arena, "/work/%s", id)));
    *out = step;
    return NULL;
}

static bool task_lists(const Graph *graph, const char *node_id, const char *field)
{
    const GraphNode *node = graph_node(graph, node_id);
    if (!node || !field)
        return false;
    for (size_t i = 0; node->task && i < node->task->field_count; i++)
        if (node->task->fields[i].access != FIELD_READ &&
            text_equal(node->task->fields[i].name, field))
            return true;
    for (size_t i = 0; i < node->set_count; i++)
        if (text_equal(node->sets[i].field, field))
            return true;
    return false;
}

// What an instance without an open work item waits for: a message or a timer of its own way, not
// one that is only watched for.
static FALLIBLE open_wait(Ctx *cx, Describer *describer, const Instance *instance,
                          const ProcessModel *model, Value *out)
{
    WaitingArray waits;
    TRY(waiting_of(cx, instance, &waits));
    for (size_t i = 0; i < waits.count; i++) {
        const GraphNode *node = graph_node(model->graph, waits.items[i].node);
        if (!node || node_is_watch(node))
            continue;
        Value who;
        TRY(who_value(cx, describer, node_department(model->graph, node), NULL, 0, &who));
        Value step = value_context(cx->arena);
        value_set(cx->arena, step, "key", value_text(node->id));
        value_set(cx->arena, step, "name", value_text(graph_node_name(node, cx->language)));
        value_set(cx->arena, step, "process", process_value(cx, model));
        value_set(cx->arena, step, "instance", value_text(id_text(cx->arena, instance->id)));
        value_set(cx->arena, step, "work_item", value_null());
        value_set(cx->arena, step, "who", who);
        value_set(
            cx->arena, step, "where",
            value_text(text_format(cx->arena, "/instances/%s", id_text(cx->arena, instance->id))));
        *out = step;
        return NULL;
    }
    *out = value_null();
    return NULL;
}

FALLIBLE open_step_of_instance(Ctx *cx, Describer *describer, const Instance *instance,
                               const char *field, Value *out)
{
    const ProcessModel *model;
    TRY(model_by_id(cx, instance->model, &model));
    WorkItem **items;
    size_t count;
    TRY(work_items_open(cx, instance->id, &items, &count));
    for (size_t i = 0; i < count; i++)
        if (task_lists(model->graph, items[i]->node, field))
            return open_step_of_item(cx, describer, items[i], out);
    if (count)
        return open_step_of_item(cx, describer, items[0], out);
    return open_wait(cx, describer, instance, model, out);
}

FALLIBLE subject_record_value(Ctx *cx, const char *entity, Id subject, Value *out)
{
    *out = value_null();
    if (!entity || !subject)
        return NULL;
    Record *record;
    Error *error = record_get(cx, entity, subject, &record);
    if (error && error->code == ERR_NOT_FOUND)
        return NULL;
    TRY(error);
    return record_json(cx, record, out);
}

static Value time_or_null(Ctx *cx, Instant instant)
{
    return instant ? value_text(instant_text(cx->arena, instant)) : value_null();
}

FALLIBLE work_item_value(Ctx *cx, Describer *describer, const WorkItem *item, Value *out)
{
    const ProcessModel *model;
    TRY(model_by_id(cx, item->model, &model));
    const GraphNode *node = graph_node(model->graph, item->node);
    bool open = work_item_open(item);
    Value subject;
    Value department;
    Value assignee;
    TRY(describe_subject(cx, describer, item->entity, item->subject, &subject));
    TRY(describe_department(cx, describer, item->department, &department));
    Value acting_for;
    Value owner;
    TRY(describe_user(cx, describer, item->assignee, &assignee));
    TRY(describe_user(cx, describer, item->acting_for, &acting_for));
    TRY(describe_user(cx, describer, item->owner, &owner));

    Value shown = value_context(cx->arena);
    value_set(cx->arena, shown, "id", value_text(id_text(cx->arena, item->id)));
    value_set(cx->arena, shown, "key", value_text(item->node));
    value_set(cx->arena, shown, "name", value_text(entry_name(cx, model, node)));
    value_set(cx->arena, shown, "process", process_value(cx, model));
    value_set(cx->arena, shown, "instance", value_text(id_text(cx->arena, item->instance)));
    value_set(cx->arena, shown, "subject", subject);
    value_set(cx->arena, shown, "department", department);
    value_set(cx->arena, shown, "position", value_text(item->position));
    value_set(cx->arena, shown, "state", value_text(item->state));
    value_set(cx->arena, shown, "assignee", assignee);
    value_set(cx->arena, shown, "priority", value_integer(item->priority));
    value_set(cx->arena, shown, "acting_for", acting_for);
    value_set(cx->arena, shown, "owner", owner);
    value_set(cx->arena, shown, "blocked", value_boolean(open && item->blocked));
    value_set(cx->arena, shown, "suspended", value_boolean(open && item->suspended));
    value_set(cx->arena, shown, "escalated", value_boolean(item->escalation > 0));
    value_set(cx->arena, shown, "created_at", time_or_null(cx, item->created_at));
    value_set(cx->arena, shown, "claimed_at", time_or_null(cx, item->claimed_at));
    value_set(cx->arena, shown, "started_at", time_or_null(cx, item->started_at));
    value_set(cx->arena, shown, "ended_at", time_or_null(cx, item->ended_at));
    value_set(cx->arena, shown, "follow_up_at", time_or_null(cx, item->follow_up_at));
    value_set(cx->arena, shown, "due_at", time_or_null(cx, item->due_at));
    value_set(cx->arena, shown, "overdue",
              value_boolean(open && item->due_at && item->due_at < cx->now));
    *out = shown;
    return NULL;
}
