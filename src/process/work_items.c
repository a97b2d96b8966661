// SPDX-License-Identifier: Apache-2.0
// Work items: claim, release, complete.
//
//     offered --claim--> claimed --complete--> completed
//        ^------release-----+
//     offered, claimed --(the engine closes the place)--> cancelled
#include "base/ids.h"
#include "base/messages.h"
#include "process/candidates.h"
#include "process/describe.h"
#include "process/form.h"
#include "process/process.h"
#include "process/runner.h"
#include "process/shapes.h"
#include "record/record.h"

// Whoever may not see the item learns nothing of it.
static FALLIBLE item_find(Ctx *cx, Id id, WorkItem **item, const char **why)
{
    WorkItem *found;
    TRY(work_item_load(cx, id, &found));
    TRY(candidate_check(cx, found, why));
    if (*why && found->assignee != cx->actor->user && found->completed_by != cx->actor->user) {
        Instance *instance;
        Error *error = instance_readable(cx, found->instance, &instance);
        if (error && error->code == ERR_NOT_FOUND)
            return FAIL(cx, ERR_NOT_FOUND, "there is no such work item");
        TRY(error);
    }
    *item = found;
    return NULL;
}

static FALLIBLE with_open_step(Ctx *cx, const WorkItem *item, Error *error)
{
    Value step;
    TRY(open_step_of_item(cx, describer_new(cx), item, &step));
    return error_about(cx, error, "open_step", step);
}

static FALLIBLE item_open(Ctx *cx, const WorkItem *item)
{
    if (text_equal(item->state, "offered"))
        return NULL;
    if (!text_equal(item->state, "claimed"))
        return FAIL(cx, ERR_CONFLICT, "this work item is %s already", item->state);
    if (item->assignee == cx->actor->user)
        return NULL;
    Value person;
    TRY(describe_user(cx, describer_new(cx), item->assignee, &person));
    return with_open_step(
        cx, item,
        FAIL(cx, ERR_CONFLICT, "%s has claimed this work item", value_get_text(person, "name")));
}

// Open, and this actor may do it.
static FALLIBLE item_admit(Ctx *cx, Id id, WorkItem **out)
{
    WorkItem *item;
    const char *why;
    TRY(item_find(cx, id, &item, &why));
    TRY(item_open(cx, item));
    if (why)
        return with_open_step(cx, item, FAIL(cx, ERR_DENIED, "%s", why));
    *out = item;
    return NULL;
}

static Error *too_late(Ctx *cx)
{
    return FAIL(cx, ERR_CONFLICT, "somebody else has just taken this work item");
}

FALLIBLE work_item_claim(Ctx *cx, Id id)
{
    WorkItem *item;
    TRY(item_admit(cx, id, &item));
    if (text_equal(item->state, "claimed"))
        return NULL;
    bool taken;
    TRY(work_item_take(cx, id, cx->actor->user, &taken));
    return taken ? NULL : too_late(cx);
}

FALLIBLE work_item_release(Ctx *cx, Id id)
{
    WorkItem *item;
    const char *why;
    TRY(item_find(cx, id, &item, &why));
    if (!text_equal(item->state, "claimed"))
        return FAIL(cx, ERR_CONFLICT, "this work item is %s, not claimed", item->state);
    TRY(item_open(cx, item));
    return work_item_give_back(cx, id);
}

static FALLIBLE record_write(Ctx *cx, const Instance *instance, const ProcessModel *model,
                             const GraphNode *node, Value changes)
{
    if (!changes.context->count)
        return NULL;
    if (!instance->subject)
        return FAIL(cx, ERR_CONFLICT, "the process runs on no record");
    ActiveStep step = {instance->id, instance->entity, instance->subject, model, node};
    const struct ActiveStep *step_before = cx->step;
    const Actor *actor_before = cx->actor;
    cx->step = &step;
    cx->actor = engine_actor(cx);
    Record *record;
    Error *error = record_change(cx, instance->entity, instance->subject, 0, changes, &record);
    cx->step = step_before;
    cx->actor = actor_before;
    return error;
}

static FALLIBLE next_items(Ctx *cx, Id instance, Value *out)
{
    WorkItem **items;
    size_t count;
    TRY(work_items_open(cx, instance, &items, &count));
    Describer *describer = describer_new(cx);
    Value *mine = NEW_ARRAY(cx->arena, Value, count + 1);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        const char *why;
        TRY(candidate_check(cx, items[i], &why));
        if (!why && (!items[i]->assignee || items[i]->assignee == cx->actor->user))
            TRY(work_item_value(cx, describer, items[i], &mine[kept++]));
    }
    *out = value_list(mine, kept);
    return NULL;
}

FALLIBLE work_item_complete(Ctx *cx, Id id, Value fields, Value *next)
{
    WorkItem *item;
    TRY(item_admit(cx, id, &item));
    Instance *instance;
    const ProcessModel *model;
    TRY(instance_load(cx, item->instance, &instance));
    TRY(model_by_id(cx, instance->model, &model));
    const GraphNode *node = graph_node(model->graph, item->node);

    Value subject;
    Filled filled;
    TRY(subject_read(cx, instance->entity, instance->subject, &subject));
    TRY(form_read(cx, model, node, fields, subject, &filled));
    TRY(record_write(cx, instance, model, node, filled.record));
    bool finished;
    TRY(work_item_finish(cx, id, cx->actor->user, &finished));
    if (!finished)
        return too_late(cx);

    FlowEvent event = {.kind = FLOW_COMPLETE, .wait = (int)item->wait, .value = filled.variables};
    RunCause cause = {"completed", value_null(), 0};
    TRY(runner_run(cx, instance, &event, &cause));
    return next_items(cx, instance->id, next);
}

static FALLIBLE may_value(Ctx *cx, const WorkItem *item, const char *why, Value *out)
{
    bool offered = text_equal(item->state, "offered");
    bool claimed = text_equal(item->state, "claimed");
    bool mine = claimed && item->assignee == cx->actor->user;
    const char *reason = why;
    if (!offered && !claimed)
        reason =
            text_format(cx->arena, message_in(cx->language, "this work item is %s"), item->state);
    else if (claimed && !mine)
        reason = message_in(cx->language, "somebody else has claimed this work item");
    Value may = value_context(cx->arena);
    value_set(cx->arena, may, "claim", value_boolean(offered && !why));
    value_set(cx->arena, may, "release", value_boolean(mine));
    value_set(cx->arena, may, "complete", value_boolean(!why && (offered || mine)));
    value_set(cx->arena, may, "why_not", value_text(reason));
    *out = may;
    return NULL;
}

// Variables as they stand at the item's place; none when the place is gone.
static FALLIBLE variables_at(Ctx *cx, const WorkItem *item, const ProcessModel *model, Value *out)
{
    *out = value_null();
    Instance *instance;
    TRY(instance_load(cx, item->instance, &instance));
    FlowState state;
    TRY(flow_unpack(cx, model->graph, instance->blob.bytes, instance->blob.length, &state));
    if (flow_place(&state, (int)item->wait))
        *out = flow_scope(cx, model->graph, &state, (int)item->wait, value_null());
    return NULL;
}

FALLIBLE work_item_show(Ctx *cx, Id id, Value *out)
{
    WorkItem *item;
    const char *why;
    TRY(item_find(cx, id, &item, &why));
    const ProcessModel *model;
    TRY(model_by_id(cx, item->model, &model));
    const GraphNode *node = graph_node(model->graph, item->node);

    Value shown;
    TRY(work_item_value(cx, describer_new(cx), item, &shown));
    Value record;
    TRY(subject_record_value(cx, item->entity, item->subject, &record));
    // Who does the step sees what its form shows; others see what they may read of the record.
    Value values = value_null();
    const Value *readable = value_get(record, "fields");
    if (!why || item->assignee == cx->actor->user)
        TRY(subject_read(cx, item->entity, item->subject, &values));
    else if (readable)
        values = *readable;
    Value variables = value_null();
    if (!why)
        TRY(variables_at(cx, item, model, &variables));
    Value form;
    Value may;
    TRY(form_show(cx, model, node, values, variables, &form));
    TRY(may_value(cx, item, why, &may));
    const char *instruction =
        node->task ? graph_text(&node->task->instructions, cx->language, "") : "";
    value_set(cx->arena, shown, "instruction", value_text(instruction));
    value_set(cx->arena, shown, "form", form);
    value_set(cx->arena, shown, "subject_record", record);
    value_set(cx->arena, shown, "may", may);
    *out = shown;
    return NULL;
}
