// SPDX-License-Identifier: Apache-2.0
#include "process/offers.h"

#include "base/ids.h"
#include "base/messages.h"
#include "bpmn/timer.h"
#include "process/calendars.h"
#include "process/candidates.h"
#include "process/describe.h"
#include "process/distribute.h"
#include "process/runner.h"
#include "process/shapes.h"
#include "process/suspension.h"
#include "record/record.h"

// ---- when -----------------------------------------------------------------------------------

FALLIBLE escalation_due(Ctx *cx, const GraphTask *task, const WorkItem *item, int done, Instant *at)
{
    *at = 0;
    if (!task || (size_t)done >= task->escalation_count)
        return NULL;
    const GraphTime *after = &task->escalations[done].after;
    TimeSpec spec;
    BusinessCalendar calendar;
    TimePlace place = {.zone = after->zone};
    if (after->calendar) {
        TRY(calendar_read(cx, after->calendar, &calendar));
        place.calendar = &calendar;
    }
    Instant from = item->due_at ? item->due_at : item->created_at;
    if (!time_spec_parse(after->text, &spec) || !time_spec_after(&spec, &place, from, at))
        return FAIL(cx, ERR_INVALID, "in the calendar '%s' nobody works", after->calendar);
    return NULL;
}

// ---- who ------------------------------------------------------------------------------------

static FALLIBLE name_login(Ctx *cx, People *people, const WorkItem *item, const WorkGroup *group,
                           const char *login)
{
    Record *user;
    const Actor *before = as_system(cx);
    Error *error = record_find(cx, "user", "login", value_text(login), &user);
    cx->actor = before;
    TRY(error);
    if (!user)
        return NULL;
    Person *person;
    bool fits;
    TRY(people_person(cx, people, user->id, &person));
    TRY(person_fits(cx, people, person, group, &fits));
    return fits ? work_item_name(cx, item->id, person->id) : NULL;
}

// An expression gave a login or a list of them; whoever it names must be the rest, too.
static FALLIBLE name_users(Ctx *cx, People *people, const WorkItem *item, const WorkGroup *group,
                           Value users)
{
    if (users.kind == VALUE_TEXT)
        return name_login(cx, people, item, group, users.text.bytes);
    for (size_t i = 0; users.kind == VALUE_LIST && i < users.list.count; i++)
        TRY(name_users(cx, people, item, group, users.list.items[i]));
    return NULL;
}

static FALLIBLE name_all(Ctx *cx, People *people, const WorkItem *item, const GraphTask *task,
                         Value users)
{
    for (size_t i = 0; i < task->candidate_count; i++) {
        const GraphCandidates *one = &task->candidates[i];
        WorkGroup rest = {one->position, one->department, one->skill, one->level};
        if (one->users && users.kind == VALUE_LIST && i < users.list.count)
            TRY(name_users(cx, people, item, &rest, users.list.items[i]));
    }
    return NULL;
}

// Whoever did the step that is kept, when still active.
static FALLIBLE kept_person(Ctx *cx, People *people, const WorkItem *item, const Graph *graph,
                            const GraphTask *task, Person **out)
{
    *out = NULL;
    if (task->keep < 0)
        return NULL;
    Id user;
    TRY(work_item_done_by(cx, item->instance, graph->nodes[task->keep].id, &user));
    if (!user)
        return NULL;
    Person *person;
    TRY(people_person(cx, people, user, &person));
    const GraphNode *other;
    TRY(separate_check(cx, item, user, &other));
    *out = person->active && !other ? person : NULL;
    return NULL;
}

static bool names_users(const GraphTask *task)
{
    for (size_t i = 0; i < task->candidate_count; i++)
        if (task->candidates[i].users)
            return true;
    return false;
}

FALLIBLE offer_make(Ctx *cx, const Instance *instance, const ProcessModel *model,
                    const FlowEffect *effect)
{
    const Graph *graph = model->graph;
    const GraphNode *node = &graph->nodes[effect->node];
    const GraphTask *task = node->task;
    const Value *due = value_get(effect->value, "due"); // a date and time, when it is there
    const Value *priority = value_get(effect->value, "priority");
    const Value *users = value_get(effect->value, "users");
    int64_t weight = 50;
    if (priority && priority->kind == VALUE_NUMBER)
        (void)decimal_to_integer(priority->number, &weight);
    WorkItem item = {.id = id_new(cx),
                     .instance = instance->id,
                     .wait = effect->wait,
                     .process_key = model->key,
                     .model = model->id,
                     .node = node->id,
                     .entity = instance->entity,
                     .subject = instance->subject,
                     .state = "offered",
                     .position = node_position(graph, node),
                     .department = node_department(graph, node),
                     .priority = (int)weight,
                     .created_at = cx->now,
                     .due_at = due ? instant_from(*due->date_time) : 0};
    People *people = people_new(cx);
    Person *kept = NULL;
    WorkGroups groups;
    // What counts by a calendar that is broken has its incident; the work itself can go on.
    Error *error = escalation_due(cx, task, &item, 0, &item.escalate_at);
    if (error && error->code != ERR_INVALID)
        return error;
    if (task)
        TRY(kept_person(cx, people, &item, graph, task, &kept));
    groups_of_node(cx, graph, node, &groups);
    item.named = kept ? NAMED_ONLY : task && names_users(task) ? NAMED_TOO : NAMED_NONE;
    if (!kept)
        TRY(audience_of(cx, &groups, &item.groups));
    item.blocked = task && task->entry_count; // until it is tested
    item.pushing = task && task->distribution && !kept;
    TRY(work_item_insert(cx, &item));
    if (kept)
        return work_item_name(cx, item.id, kept->id);
    return item.named ? name_all(cx, people, &item, task, users ? *users : value_null()) : NULL;
}

// ---- entry conditions -----------------------------------------------------------------------

FALLIBLE entry_check(Ctx *cx, const ProcessModel *model, const FlowState *state, Value subject,
                     const WorkItem *item, const char **why)
{
    const GraphNode *node = graph_node(model->graph, item->node);
    *why = NULL;
    if (!node || !node->task || !node->task->entry_count || !flow_place(state, (int)item->wait))
        return NULL;
    Value scope = flow_scope(cx, model->graph, state, (int)item->wait, subject);
    for (size_t i = 0; i < node->task->entry_count && !*why; i++) {
        const GraphDemand *entry = &node->task->entries[i];
        Value met;
        TRY(feel_evaluate(cx, entry->condition, scope, NULL, &met));
        if (met.kind != VALUE_BOOLEAN || !met.boolean)
            *why = graph_text(&entry->messages, cx->language, entry->message);
    }
    return NULL;
}

FALLIBLE entry_check_item(Ctx *cx, const WorkItem *item, const char **why)
{
    const ProcessModel *model;
    *why = suspension_why(cx, item->suspended);
    if (*why)
        return NULL;
    TRY(model_by_id(cx, item->model, &model));
    const GraphNode *node = graph_node(model->graph, item->node);
    if (!node || !node->task || !node->task->entry_count)
        return NULL;
    Instance *instance;
    FlowState state;
    Value subject;
    TRY(instance_load(cx, item->instance, &instance));
    TRY(flow_unpack(cx, model->graph, instance->blob.bytes, instance->blob.length, &state));
    TRY(subject_read(cx, item->entity, item->subject, &subject));
    return entry_check(cx, model, &state, subject, item, why);
}

static bool has_entries(const Graph *graph)
{
    for (size_t i = 0; i < graph->node_count; i++)
        if (graph->nodes[i].task &&
            (graph->nodes[i].task->entry_count || graph->nodes[i].task->distribution))
            return true;
    return false;
}

FALLIBLE entries_test(Ctx *cx, const Instance *instance, const ProcessModel *model,
                      const FlowState *state, Value subject)
{
    if (!has_entries(model->graph))
        return NULL;
    WorkItem **items;
    size_t count;
    TRY(work_items_open(cx, instance->id, &items, &count));
    for (size_t i = 0; i < count; i++) {
        const char *why;
        TRY(entry_check(cx, model, state, subject, items[i], &why));
        WorkItem tested = *items[i];
        tested.blocked = why != NULL;
        if (tested.blocked != items[i]->blocked)
            TRY(work_item_move(cx, items[i], &tested));
        if (tested.pushing && !tested.blocked && text_equal(tested.state, "offered"))
            TRY(distribute_item(cx, people_new(cx), &tested));
    }
    return NULL;
}

FALLIBLE entries_test_record(Ctx *cx, const char *entity, Id record, Value fields)
{
    Instance **instances;
    size_t count;
    TRY(instances_of(cx, entity, record, true, &instances, &count));
    for (size_t i = 0; i < count; i++) {
        const ProcessModel *model;
        FlowState state;
        // The run of the step that changes the record tests its own when it ends.
        if (cx->step && cx->step->instance == instances[i]->id)
            continue;
        TRY(model_by_id(cx, instances[i]->model, &model));
        if (!has_entries(model->graph))
            continue;
        TRY(flow_unpack(cx, model->graph, instances[i]->blob.bytes, instances[i]->blob.length,
                        &state));
        TRY(entries_test(cx, instances[i], model, &state, fields));
    }
    return NULL;
}
