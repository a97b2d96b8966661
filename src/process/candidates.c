// SPDX-License-Identifier: Apache-2.0
#include "process/candidates.h"

#include "base/ids.h"
#include "base/json.h"
#include "base/messages.h"
#include "process/deviations.h"
#include "process/shapes.h"

#include <string.h>

QUERY(audience_add, "INSERT INTO work_audience (id, groups) VALUES ($1, $2)"
                    " ON CONFLICT (groups) DO NOTHING");
QUERY_FULL(audience_all, "SELECT id, groups FROM work_audience ORDER BY id", NULL,
           "a row for each group of candidates that models name: they do not grow with the work");

// ---- audiences ------------------------------------------------------------------------------

// [[position, department, skill, level], ...]; the migration process_0020_work writes the same.
static const char *groups_text(Ctx *cx, const WorkGroups *groups)
{
    Value *items = NEW_ARRAY(cx->arena, Value, groups->count + 1);
    for (size_t i = 0; i < groups->count; i++) {
        const WorkGroup *group = &groups->items[i];
        Value *members = NEW_ARRAY(cx->arena, Value, 4);
        members[0] = value_text(group->position);
        members[1] = value_text(group->department);
        members[2] = value_text(group->skill);
        members[3] = value_integer(group->level);
        items[i] = value_list(members, 4);
    }
    return json_text(cx->arena, value_list(items, groups->count));
}

static const char *text_of(Value value)
{
    return value.kind == VALUE_TEXT ? value.text.bytes : NULL;
}

FALLIBLE groups_read(Ctx *cx, const char *text, WorkGroups *out)
{
    Value value;
    *out = (WorkGroups){0};
    if (!text)
        return NULL;
    TRY(json_parse(cx, text, strlen(text), &value));
    out->count = value.list.count;
    out->items = NEW_ARRAY(cx->arena, WorkGroup, out->count + 1);
    for (size_t i = 0; i < out->count; i++) {
        const Value *members = value.list.items[i].list.items;
        int64_t level = 1;
        (void)decimal_to_integer(members[3].number, &level);
        out->items[i] =
            (WorkGroup){text_of(members[0]), text_of(members[1]), text_of(members[2]), (int)level};
    }
    return NULL;
}

FALLIBLE audience_of(Ctx *cx, const WorkGroups *groups, const char **out)
{
    *out = groups->count ? groups_text(cx, groups) : NULL;
    return *out ? db_post(cx, audience_add, id_new(cx), *out) : NULL;
}

static FALLIBLE fits_one(Ctx *cx, People *people, Person *person, const WorkGroups *groups,
                         bool *fits)
{
    *fits = false;
    for (size_t i = 0; i < groups->count && !*fits; i++)
        TRY(person_fits(cx, people, person, &groups->items[i], fits));
    return NULL;
}

FALLIBLE audiences_of_person(Ctx *cx, People *people, Person *person, Id **out, size_t *count)
{
    Rows rows;
    TRY(db_rows(cx, &rows, audience_all));
    *out = NEW_ARRAY(cx->arena, Id, rows.count + 1);
    *count = 0;
    for (size_t i = 0; i < rows.count; i++) {
        WorkGroups groups;
        bool fits;
        TRY(groups_read(cx, row_text(&rows.items[i], "groups"), &groups));
        TRY(fits_one(cx, people, person, &groups, &fits));
        if (fits)
            (*out)[(*count)++] = row_integer(&rows.items[i], "id");
    }
    return NULL;
}

void groups_of_node(Ctx *cx, const Graph *graph, const GraphNode *node, WorkGroups *out)
{
    const GraphTask *task = node->task;
    size_t candidates = task ? task->candidate_count : 0;
    out->items = NEW_ARRAY(cx->arena, WorkGroup, candidates + 1);
    out->count = 0;
    for (size_t i = 0; i < candidates; i++) {
        const GraphCandidates *one = &task->candidates[i];
        // What the task itself does not say of its department, its lane says.
        const char *department = i ? one->department : node_department(graph, node);
        if (!one->users)
            out->items[out->count++] =
                (WorkGroup){one->position, department, one->skill, one->level};
    }
    if (!candidates)
        out->items[out->count++] =
            (WorkGroup){node_position(graph, node), node_department(graph, node), NULL, 1};
}

// ---- one item -------------------------------------------------------------------------------

FALLIBLE separate_check(Ctx *cx, const WorkItem *item, Id user, const GraphNode **other)
{
    const ProcessModel *model;
    TRY(model_by_id(cx, item->model, &model));
    const GraphNode *node = graph_node(model->graph, item->node);
    *other = NULL;
    for (size_t i = 0; node && node->task && i < node->task->separate_count && !*other; i++) {
        const GraphNode *apart = &model->graph->nodes[node->task->separate[i]];
        bool had;
        TRY(work_hand_had(cx, item->instance, apart->id, user, &had));
        if (!had)
            TRY(deviation_hand_had(cx, item->instance, apart->id, user, &had));
        if (had)
            *other = apart;
    }
    return NULL;
}

static const char *what_is_asked(Ctx *cx, const WorkItem *item, const WorkGroups *groups)
{
    const WorkGroup *first = groups->count ? &groups->items[0] : NULL;
    if (!first)
        return message_in(cx->language, "this step is for other users");
    if (first->position)
        return text_format(cx->arena,
                           message_in(cx->language, "this step is for the position '%s'"),
                           first->position);
    if (first->skill)
        return text_format(cx->arena,
                           message_in(cx->language, "this step asks for the skill '%s', level %d"),
                           first->skill, first->level);
    return text_format(cx->arena, message_in(cx->language, "this step is for the department '%s'"),
                       first->department ? first->department : item->department);
}

// *why NULL: the person is among those named, or in one of the groups.
static FALLIBLE group_check(Ctx *cx, People *people, const WorkItem *item, const WorkGroups *groups,
                            Person *person, const char **why)
{
    bool fits = false;
    *why = NULL;
    if (!person->active) {
        *why = message_in(cx->language, "this user is not active");
        return NULL;
    }
    if (item->named != NAMED_NONE)
        TRY(work_item_is_named(cx, item->id, person->id, &fits));
    if (fits)
        return NULL;
    TRY(fits_one(cx, people, person, groups, &fits));
    if (!fits)
        *why = what_is_asked(cx, item, groups);
    return NULL;
}

static FALLIBLE other_check(Ctx *cx, People *people, const WorkItem *item, const WorkGroups *groups,
                            Person *person, const char **why)
{
    TRY(group_check(cx, people, item, groups, person, why));
    if (*why)
        return NULL;
    const GraphNode *other;
    TRY(separate_check(cx, item, person->id, &other));
    if (other)
        *why = text_format(
            cx->arena,
            message_in(cx->language,
                       "%s did the step '%s', and this step must be done by somebody else"),
            person->actor->name, graph_node_name(other, cx->language));
    return NULL;
}

FALLIBLE candidate_other(Ctx *cx, People *people, const WorkItem *item, Person *person,
                         const char **why)
{
    WorkGroups groups;
    TRY(groups_read(cx, item->groups, &groups));
    return other_check(cx, people, item, &groups, person, why);
}

FALLIBLE groups_of_item(Ctx *cx, const WorkItem *item, WorkGroups *out)
{
    const ProcessModel *model;
    TRY(model_by_id(cx, item->model, &model));
    const GraphNode *node = graph_node(model->graph, item->node);
    WorkGroups groups;
    groups_of_node(cx, model->graph, node, &groups);
    size_t escalations = node->task ? node->task->escalation_count : 0;
    out->items = NEW_ARRAY(cx->arena, WorkGroup, groups.count + escalations + 1);
    out->count = 0;
    for (size_t i = 0; i < groups.count; i++)
        out->items[out->count++] = groups.items[i];
    for (size_t i = 0; i < escalations && (int)i < item->escalation; i++)
        if (!node->task->escalations[i].tell_only)
            out->items[out->count++] = (WorkGroup){node->task->escalations[i].position, 0, 0, 1};
    return NULL;
}

FALLIBLE candidate_receiver(Ctx *cx, People *people, const WorkItem *item, Person *person,
                            const char **why)
{
    WorkGroups groups;
    TRY(groups_of_item(cx, item, &groups));
    return other_check(cx, people, item, &groups, person, why);
}

static const char *apart_text(Ctx *cx, const GraphNode *other)
{
    return text_format(
        cx->arena,
        message_in(cx->language,
                   "you did the step '%s', and this step must be done by somebody else"),
        graph_node_name(other, cx->language));
}

// For one of those the actor stands in for (`only` 0: any), who must be a candidate too.
static FALLIBLE stand_in_check(Ctx *cx, People *people, const WorkItem *item, Id only,
                               Candidacy *out)
{
    Person **persons;
    size_t count;
    TRY(people_stood_in(cx, people, &persons, &count));
    for (size_t i = 0; i < count && !out->acting_for; i++) {
        const char *why;
        if (only && persons[i]->id != only)
            continue;
        TRY(candidate_other(cx, people, item, persons[i], &why));
        if (!why)
            *out = (Candidacy){.acting_for = persons[i]->id};
    }
    return NULL;
}

FALLIBLE candidate_check(Ctx *cx, People *people, const WorkItem *item, Candidacy *out)
{
    *out = (Candidacy){0};
    Person *me = people_me(cx, people);
    if (!me) {
        out->why = message_in(cx->language, "a person must do this step");
        return NULL;
    }
    const GraphNode *other;
    TRY(separate_check(cx, item, me->id, &other));
    WorkGroups groups;
    TRY(groups_read(cx, item->groups, &groups));
    if (other) {
        TRY(group_check(cx, people, item, &groups, me, &out->why));
        out->apart = out->why == NULL;
        out->why = apart_text(cx, other);
        return NULL;
    }
    bool held = work_item_held(item);
    bool mine = held && item->assignee == me->id;
    if (mine && item->owner) {
        out->delegate = true;
        return NULL;
    }
    if (mine && item->acting_for) {
        out->why = message_in(cx->language, "you do not stand in for this person any more");
        return stand_in_check(cx, people, item, item->acting_for, out);
    }
    TRY(group_check(cx, people, item, &groups, me, &out->why));
    if (held && !mine)
        return item->owner || item->acting_for
                   ? NULL
                   : stand_in_check(cx, people, item, item->assignee, out);
    return out->why ? stand_in_check(cx, people, item, 0, out) : NULL;
}

static void person_add(Person **persons, size_t *count, Person *person)
{
    for (size_t i = 0; i < *count; i++)
        if (persons[i] == person)
            return;
    persons[(*count)++] = person;
}

FALLIBLE candidates_list(Ctx *cx, People *people, const WorkItem *item, Person ***out,
                         size_t *count)
{
    WorkGroups groups;
    Person **fitting;
    size_t fitting_count;
    Id *named = NULL;
    size_t named_count = 0;
    TRY(groups_of_item(cx, item, &groups));
    TRY(people_fitting(cx, people, &groups, &fitting, &fitting_count));
    if (item->named != NAMED_NONE)
        TRY(work_item_named(cx, item->id, &named, &named_count));
    Person **all = NEW_ARRAY(cx->arena, Person *, fitting_count + named_count + 1);
    size_t all_count = 0;
    for (size_t i = 0; i < fitting_count; i++)
        person_add(all, &all_count, fitting[i]);
    for (size_t i = 0; i < named_count; i++) {
        Person *person;
        TRY(people_person(cx, people, named[i], &person));
        person_add(all, &all_count, person);
    }
    *count = 0;
    for (size_t i = 0; i < all_count; i++) {
        const char *why;
        TRY(candidate_receiver(cx, people, item, all[i], &why));
        if (!why)
            all[(*count)++] = all[i];
    }
    *out = all;
    return NULL;
}
