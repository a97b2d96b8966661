// SPDX-License-Identifier: Apache-2.0
// Work items: claim, release, start, complete, skip.
//
//     offered --claim--> claimed --start--> started --complete, skip--> completed
//        ^                  |                  |
//        +-----release------+------------------+
//     open --(the engine closes the place)--> cancelled
//
// Handing them to others is in work_hands.c.
#include "base/ids.h"
#include "base/json.h"
#include "base/messages.h"
#include "process/deed.h"
#include "process/distribute.h"
#include "process/form.h"
#include "process/process.h"
#include "process/runner.h"
#include "process/shapes.h"
#include "record/record.h"

#include <string.h>

// As the actor holds it after the deed.
static WorkItem held(const Ctx *cx, const Deed *deed)
{
    WorkItem after = *deed->item;
    if (!work_item_held(&after)) {
        after.state = "claimed";
        after.claimed_at = cx->now;
    }
    after.assignee = cx->actor->user;
    after.acting_for = deed->candidacy.acting_for;
    after.pushing = false;
    return after;
}

FALLIBLE work_item_claim(Ctx *cx, Id id)
{
    Deed deed;
    TRY(deed_admit(cx, id, &deed));
    if (deed.mine)
        return NULL;
    WorkItem after = held(cx, &deed);
    return deed_store(cx, &deed, &after, (WorkEvent){.kind = "claimed"});
}

FALLIBLE work_item_start(Ctx *cx, Id id)
{
    Deed deed;
    TRY(deed_admit(cx, id, &deed));
    if (deed.mine && text_equal(deed.item->state, "started"))
        return NULL;
    WorkItem after = held(cx, &deed);
    after.owner = deed.item->owner;
    after.state = "started";
    after.started_at = cx->now;
    return deed_store(cx, &deed, &after, (WorkEvent){.kind = "started"});
}

FALLIBLE work_item_release(Ctx *cx, Id id)
{
    Deed deed;
    TRY(deed_find(cx, id, &deed));
    const WorkItem *item = deed.item;
    if (!work_item_held(item))
        return FAIL(cx, ERR_CONFLICT, "this work item is %s, not claimed", item->state);
    // Whoever may not do it any more may still give it back.
    if (!deed.mine)
        TRY(deed_admit(cx, id, &deed));
    if (item->owner)
        return error_hint(FAIL(cx, ERR_CONFLICT, "this step was delegated to you"),
                          "Return it to whoever delegated it.");
    WorkItem after = *item;
    after.state = "offered";
    after.assignee = 0;
    after.acting_for = 0;
    after.owner = 0;
    after.claimed_at = 0;
    after.started_at = 0;
    after.follow_up_at = 0;
    TRY(deed_store(cx, &deed, &after, (WorkEvent){.kind = "released"}));
    return distribute_waiting(cx);
}

// ---- completing -----------------------------------------------------------------------------

// The audit of the record says for whom it was done.
static FALLIBLE reason_for(Ctx *cx, Id acting_for, const char **out)
{
    *out = NULL;
    if (!acting_for)
        return NULL;
    Value person;
    TRY(describe_user(cx, describer_new(cx), acting_for, &person));
    *out =
        text_format(cx->arena, message_in(cx->language, "for %s"), value_get_text(person, "name"));
    return NULL;
}

static FALLIBLE record_write(Ctx *cx, const Instance *instance, const ProcessModel *model,
                             const GraphNode *node, Value changes, Id acting_for)
{
    if (!changes.context->count)
        return NULL;
    if (!instance->subject)
        return FAIL(cx, ERR_CONFLICT, "the process runs on no record");
    GateRequest request = {.action = GATE_CHANGE,
                           .entity = instance->entity,
                           .id = instance->subject,
                           .changes = changes};
    TRY(reason_for(cx, acting_for, &request.reason));
    ActiveStep step = {instance->id, instance->entity, instance->subject, model, node};
    const struct ActiveStep *step_before = cx->step;
    const Actor *actor_before = cx->actor;
    cx->step = &step;
    cx->actor = engine_actor(cx);
    Record *record;
    Error *error = gate_pass(cx, &request, &record);
    cx->step = step_before;
    cx->actor = actor_before;
    return error;
}

static FALLIBLE next_items(Ctx *cx, People *people, Describer *describer, Id instance, Value *out)
{
    WorkItem **items;
    size_t count;
    TRY(work_items_open(cx, instance, &items, &count));
    Value *mine = NEW_ARRAY(cx->arena, Value, count + 1);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        Candidacy candidacy;
        TRY(candidate_check(cx, people, items[i], &candidacy));
        if (!candidacy.why && !candidacy.acting_for &&
            (!items[i]->assignee || items[i]->assignee == cx->actor->user))
            TRY(work_item_value(cx, describer, items[i], &mine[kept++]));
    }
    *out = value_list(mine, kept);
    return NULL;
}

FALLIBLE work_draft_read(Ctx *cx, const WorkItem *item, Value *out)
{
    *out = value_context(cx->arena);
    return item->draft ? json_parse(cx, item->draft, strlen(item->draft), out) : NULL;
}

// What a delegate has filled in stands where the form says nothing else.
static FALLIBLE with_draft(Ctx *cx, const WorkItem *item, Value fields, Value *out)
{
    *out = fields;
    if (!item->draft || (fields.kind != VALUE_CONTEXT && fields.kind != VALUE_NULL))
        return NULL;
    TRY(work_draft_read(cx, item, out));
    for (size_t i = 0; fields.kind == VALUE_CONTEXT && i < fields.context->count; i++)
        value_set(cx->arena, *out, fields.context->entries[i].key,
                  fields.context->entries[i].value);
    return NULL;
}

typedef struct Ending {
    Deed deed;
    Instance *instance;
    const ProcessModel *model;
    const GraphNode *node;
    WorkItem after;
} Ending;

static FALLIBLE ending_read(Ctx *cx, Id id, Ending *out)
{
    TRY(deed_admit_owner(cx, id, &out->deed));
    const WorkItem *item = out->deed.item;
    TRY(instance_load(cx, item->instance, &out->instance));
    TRY(model_by_id(cx, out->instance->model, &out->model));
    out->node = graph_node(out->model->graph, item->node);
    return NULL;
}

static FALLIBLE item_end(Ctx *cx, Ending *ending, const char *kind, const char *comment)
{
    const Deed *deed = &ending->deed;
    WorkItem after = held(cx, deed);
    after.state = "completed";
    after.ended_at = cx->now;
    after.completed_by = cx->actor->user;
    ending->after = after;
    TRY(deed_store(cx, deed, &after, (WorkEvent){.kind = kind, .comment = comment}));
    TRY(work_hand_add(cx, &after, cx->actor->user));
    TRY(work_hand_add(cx, &after, after.acting_for));
    return work_item_forget(cx, after.id);
}

static FALLIBLE ending_run(Ctx *cx, const Ending *ending, const FlowEvent *event, const char *kind,
                           Value *out)
{
    RunCause cause = {kind, value_null(), false};
    Id acting_for = ending->deed.candidacy.acting_for;
    if (acting_for) {
        cause.detail = value_context(cx->arena);
        value_set(cx->arena, cause.detail, "for", value_text(id_text(cx->arena, acting_for)));
    }
    TRY(runner_run(cx, ending->instance, event, &cause));
    TRY(distribute_waiting(cx));
    Describer *describer = describer_new(cx);
    Value item, next;
    TRY(work_item_value(cx, describer, &ending->after, &item));
    next = value_list(NULL, 0);
    if (!ending->instance->ended_at)
        TRY(next_items(cx, ending->deed.people, describer, ending->instance->id, &next));
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "item", item);
    value_set(cx->arena, *out, "next", next);
    return NULL;
}

FALLIBLE work_item_complete(Ctx *cx, Id id, Value fields, Value *out)
{
    Ending ending;
    Value subject;
    Value given;
    Filled filled;
    TRY(ending_read(cx, id, &ending));
    Instance *instance = ending.instance;
    TRY(subject_read(cx, instance->entity, instance->subject, &subject));
    TRY(with_draft(cx, ending.deed.item, fields, &given));
    TRY(form_read(cx, ending.model, ending.node, given, subject, &filled));
    TRY(record_write(cx, instance, ending.model, ending.node, filled.record,
                     ending.deed.candidacy.acting_for));
    TRY(item_end(cx, &ending, "completed", NULL));
    FlowEvent event = {
        .kind = FLOW_COMPLETE, .wait = (int)ending.deed.item->wait, .value = filled.variables};
    return ending_run(cx, &ending, &event, "completed", out);
}

FALLIBLE work_item_skip(Ctx *cx, Id id, const char *reason, Value *out)
{
    Ending ending;
    const char *comment;
    TRY(ending_read(cx, id, &ending));
    if (!ending.node->task || !ending.node->task->optional)
        return FAIL(cx, ERR_CONFLICT, "the step '%s' is mandatory",
                    graph_node_name(ending.node, cx->language));
    TRY(deed_comment(cx, reason, &comment));
    if (!comment)
        return error_field(FAIL(cx, ERR_INVALID, "say why the step is left out"), "reason");
    TRY(item_end(cx, &ending, "skipped", comment));
    FlowEvent event = {.kind = FLOW_COMPLETE,
                       .wait = (int)ending.deed.item->wait,
                       .name = FLOW_SKIPPED,
                       .value = value_context(cx->arena)};
    return ending_run(cx, &ending, &event, "skipped", out);
}
