// SPDX-License-Identifier: Apache-2.0
// A work item as its page shows it: instruction, form, record, what the actor may do, what
// happened.
#include "base/ids.h"
#include "base/messages.h"
#include "process/deed.h"
#include "process/form.h"
#include "process/offers.h"
#include "process/process.h"
#include "process/runner.h"
#include "process/shapes.h"

#define PEOPLE_SHOWN 100

static const char *why_not(Ctx *cx, const Deed *deed, const char *blocked)
{
    const WorkItem *item = deed->item;
    bool others = work_item_held(item) && !deed->mine &&
                  (!deed->candidacy.acting_for || deed->candidacy.acting_for != item->assignee);
    if (!work_item_open(item))
        return text_format(cx->arena, message_in(cx->language, "this work item is %s"),
                           item->state);
    if (others)
        return message_in(cx->language, "somebody else has claimed this work item");
    return deed->candidacy.why ? deed->candidacy.why : blocked;
}

static Value may_value(Ctx *cx, const Deed *deed, const GraphNode *node, const char *blocked)
{
    const WorkItem *item = deed->item;
    const char *why = why_not(cx, deed, blocked);
    bool delegate = deed->candidacy.delegate;
    bool own = !why && !delegate;
    bool owner = work_item_held(item) && item->owner && item->owner == cx->actor->user;
    Value may = value_context(cx->arena);
    value_set(cx->arena, may, "claim", value_boolean(own && !deed->mine));
    value_set(cx->arena, may, "release", value_boolean(deed->mine && !delegate));
    value_set(cx->arena, may, "start", value_boolean(!why && !text_equal(item->state, "started")));
    value_set(cx->arena, may, "complete", value_boolean(own));
    value_set(cx->arena, may, "skip", value_boolean(own && node->task && node->task->optional));
    value_set(cx->arena, may, "delegate", value_boolean(own));
    value_set(cx->arena, may, "return", value_boolean((deed->mine && delegate) || owner));
    value_set(cx->arena, may, "forward", value_boolean(own));
    value_set(cx->arena, may, "reassign", value_boolean(deed->lead && work_item_open(item)));
    value_set(cx->arena, may, "follow_up", value_boolean(deed->mine));
    value_set(cx->arena, may, "why_not", value_text(why));
    return may;
}

static FALLIBLE event_value(Ctx *cx, Describer *describer, const WorkEvent *event, Value *out)
{
    Value actor;
    Value acting_for;
    Value receiver;
    Value department;
    TRY(describe_user(cx, describer, event->actor, &actor));
    TRY(describe_user(cx, describer, event->acting_for, &acting_for));
    TRY(describe_user(cx, describer, event->receiver, &receiver));
    TRY(describe_department(cx, describer, event->department, &department));
    Value shown = value_context(cx->arena);
    value_set(cx->arena, shown, "at", value_text(instant_text(cx->arena, event->at)));
    value_set(cx->arena, shown, "kind", value_text(event->kind));
    value_set(cx->arena, shown, "actor", actor);
    value_set(cx->arena, shown, "acting_for", acting_for);
    value_set(cx->arena, shown, "receiver", receiver);
    value_set(cx->arena, shown, "position", value_text(event->position));
    value_set(cx->arena, shown, "department", department);
    value_set(cx->arena, shown, "comment", value_text(event->comment));
    *out = shown;
    return NULL;
}

static FALLIBLE events_value(Ctx *cx, Describer *describer, Id item, Value *out)
{
    WorkEvent *events;
    size_t count;
    TRY(work_events_of_item(cx, item, &events, &count));
    Value *items = NEW_ARRAY(cx->arena, Value, count + 1);
    for (size_t i = 0; i < count; i++)
        TRY(event_value(cx, describer, &events[i], &items[i]));
    *out = value_list(items, count);
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

static Value overlaid(Ctx *cx, Value below, Value above)
{
    Value both = value_context(cx->arena);
    const Value layers[] = {below, above};
    for (int l = 0; l < 2; l++)
        for (size_t i = 0; layers[l].kind == VALUE_CONTEXT && i < layers[l].context->count; i++)
            value_set(cx->arena, both, layers[l].context->entries[i].key,
                      layers[l].context->entries[i].value);
    return both;
}

// Who does the step sees what its form shows, others what they may read of the record.
static FALLIBLE form_value(Ctx *cx, const Deed *deed, const ProcessModel *model,
                           const GraphNode *node, Value record, Value *out)
{
    const WorkItem *item = deed->item;
    Value values = value_null();
    Value variables = value_null();
    const Value *readable = value_get(record, "fields");
    bool inside = !deed->candidacy.why || item->assignee == cx->actor->user;
    if (inside)
        TRY(subject_read(cx, item->entity, item->subject, &values));
    else if (readable)
        values = *readable;
    if (!deed->candidacy.why)
        TRY(variables_at(cx, item, model, &variables));
    if (inside && item->draft && work_item_open(item)) {
        Value draft;
        TRY(work_draft_read(cx, item, &draft));
        values = overlaid(cx, values, draft);
        variables = overlaid(cx, variables, draft);
    }
    return form_show(cx, model, node, values, variables, out);
}

FALLIBLE work_item_show(Ctx *cx, Id id, Value *out)
{
    Deed deed;
    TRY(deed_find(cx, id, &deed));
    const WorkItem *item = deed.item;
    const ProcessModel *model;
    TRY(model_by_id(cx, item->model, &model));
    const GraphNode *node = graph_node(model->graph, item->node);
    Describer *describer = describer_new(cx);
    const char *blocked = NULL;
    Value shown, record, form, events, completed_by;
    if (work_item_open(item))
        TRY(entry_check_item(cx, item, &blocked));
    TRY(work_item_value(cx, describer, item, &shown));
    TRY(subject_record_value(cx, item->entity, item->subject, &record));
    TRY(form_value(cx, &deed, model, node, record, &form));
    TRY(events_value(cx, describer, id, &events));
    TRY(describe_user(cx, describer, item->completed_by, &completed_by));
    const char *instruction =
        node->task ? graph_text(&node->task->instructions, cx->language, "") : "";
    value_set(cx->arena, shown, "blocked_by", value_text(blocked));
    value_set(cx->arena, shown, "mandatory", value_boolean(!node->task || !node->task->optional));
    value_set(cx->arena, shown, "completed_by", completed_by);
    value_set(cx->arena, shown, "instruction", value_text(instruction));
    value_set(cx->arena, shown, "form", form);
    value_set(cx->arena, shown, "subject_record", record);
    value_set(cx->arena, shown, "may", may_value(cx, &deed, node, blocked));
    value_set(cx->arena, shown, "events", events);
    *out = shown;
    return NULL;
}

static Value person_value(Ctx *cx, const Person *person)
{
    Value shown = value_context(cx->arena);
    value_set(cx->arena, shown, "id", value_text(id_text(cx->arena, person->id)));
    value_set(cx->arena, shown, "name", value_text(person->actor->name));
    return shown;
}

// Everybody active, but for the actor and whoever is kept apart: a delegate need be no candidate.
static FALLIBLE delegates_of(Ctx *cx, const Deed *deed, Value *out)
{
    WorkGroup anybody = {NULL, NULL, NULL, 1};
    WorkGroups groups = {&anybody, 1};
    Person **persons;
    size_t count;
    TRY(people_fitting(cx, deed->people, &groups, &persons, &count));
    Value *items = NEW_ARRAY(cx->arena, Value, count + 1);
    size_t shown = 0;
    for (size_t i = 0; i < count; i++) {
        const GraphNode *other;
        TRY(separate_check(cx, deed->item, persons[i]->id, &other));
        if (!other && persons[i]->id != cx->actor->user)
            items[shown++] = person_value(cx, persons[i]);
    }
    *out = value_list(items, shown);
    return NULL;
}

FALLIBLE work_item_people(Ctx *cx, Id id, Value *out)
{
    Deed deed;
    Person **persons;
    size_t count;
    Value delegates;
    TRY(deed_find(cx, id, &deed));
    TRY(candidates_list(cx, deed.people, deed.item, &persons, &count));
    if (count > PEOPLE_SHOWN)
        count = PEOPLE_SHOWN;
    Value *items = NEW_ARRAY(cx->arena, Value, count + 1);
    for (size_t i = 0; i < count; i++) {
        int load;
        bool absent;
        items[i] = person_value(cx, persons[i]);
        TRY(person_load(cx, persons[i]->id, &load));
        TRY(person_absent(cx, deed.people, persons[i], &absent));
        value_set(cx->arena, items[i], "load", value_integer(load));
        value_set(cx->arena, items[i], "absent", value_boolean(absent));
    }
    TRY(delegates_of(cx, &deed, &delegates));
    Value shown = value_context(cx->arena);
    value_set(cx->arena, shown, "candidates", value_list(items, count));
    value_set(cx->arena, shown, "delegates", delegates);
    *out = shown;
    return NULL;
}
