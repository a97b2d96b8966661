// SPDX-License-Identifier: Apache-2.0
#include "process/distribute.h"

#include "base/ids.h"
#include "db/db.h"
#include "process/candidates.h"

#define WAITING_AT_ONCE 20

QUERY(work_turn_of, "SELECT last_user FROM work_turn WHERE place = $1");
QUERY(work_turn_begin, "INSERT INTO work_turn (place, last_user, turns) VALUES ($1, 0, 0)"
                       " ON CONFLICT (place) DO NOTHING");
QUERY(work_turn_take, "UPDATE work_turn SET last_user = $2, turns = turns + 1 WHERE place = $1");
QUERY(work_item_waiting, "SELECT " WORK_ITEM_COLUMNS " FROM work_item WHERE pushing = 1"
                         " AND state = 'offered' AND blocked = 0 ORDER BY due_order, id LIMIT $1");

typedef struct Choice {
    Person *person;
    int load;
    int level;
} Choice;

static FALLIBLE has_room(Ctx *cx, People *people, Choice *choice, bool *out)
{
    int capacity;
    bool absent;
    TRY(person_absent(cx, people, choice->person, &absent));
    TRY(person_capacity(cx, choice->person, &capacity));
    TRY(person_load(cx, choice->person->id, &choice->load));
    *out = !absent && (capacity < 0 || choice->load < capacity);
    return NULL;
}

static FALLIBLE best_level(Ctx *cx, const GraphTask *task, Choice *choice)
{
    for (size_t i = 0; i < task->candidate_count; i++) {
        int level = 0;
        if (task->candidates[i].skill)
            TRY(person_level(cx, choice->person, task->candidates[i].skill, &level));
        if (level > choice->level)
            choice->level = level;
    }
    return NULL;
}

// Ids after the last one's come first, then from the beginning.
static bool earlier_in_turn(Id left, Id right, Id last)
{
    bool left_after = left > last;
    bool right_after = right > last;
    return left_after != right_after ? left_after : left < right;
}

static bool better(const Choice *left, const Choice *right, GraphDistribution by, Id last)
{
    if (by == DISTRIBUTE_SKILL && left->level != right->level)
        return left->level > right->level;
    if (by != DISTRIBUTE_ROUND_ROBIN && left->load != right->load)
        return left->load < right->load;
    return earlier_in_turn(left->person->id, right->person->id, last);
}

static FALLIBLE choose(Ctx *cx, People *people, const WorkItem *item, const GraphTask *task,
                       Id last, Person **out)
{
    Person **candidates;
    size_t count;
    Choice best = {0};
    TRY(candidates_list(cx, people, item, &candidates, &count));
    for (size_t i = 0; i < count; i++) {
        Choice choice = {.person = candidates[i]};
        bool room;
        TRY(has_room(cx, people, &choice, &room));
        if (!room)
            continue;
        TRY(best_level(cx, task, &choice));
        if (!best.person || better(&choice, &best, task->distribution, last))
            best = choice;
    }
    *out = best.person;
    return NULL;
}

FALLIBLE distribute_item(Ctx *cx, People *people, const WorkItem *item)
{
    const ProcessModel *model;
    TRY(model_by_id(cx, item->model, &model));
    const GraphNode *node = graph_node(model->graph, item->node);
    if (!node || !node->task || !node->task->distribution)
        return NULL;
    const char *place = text_format(cx->arena, "%s/%s", item->process_key, item->node);
    Row *turn;
    TRY(db_run(cx, NULL, work_turn_begin, place));
    TRY(db_row(cx, &turn, work_turn_of, place));
    Person *person;
    TRY(choose(cx, people, item, node->task, row_integer(turn, "last_user"), &person));
    if (!person)
        return NULL;
    TRY(db_run(cx, NULL, work_turn_take, place, person->id));
    WorkItem given = *item;
    given.state = "claimed";
    given.assignee = person->id;
    given.claimed_at = cx->now;
    given.pushing = false;
    TRY(work_item_move(cx, item, &given));
    return work_event_add(cx, item, (WorkEvent){.kind = "assigned", .receiver = person->id});
}

FALLIBLE distribute_waiting(Ctx *cx)
{
    Rows rows;
    TRY(db_rows(cx, &rows, work_item_waiting, WAITING_AT_ONCE));
    People *people = rows.count ? people_new(cx) : NULL;
    for (size_t i = 0; i < rows.count; i++)
        TRY(distribute_item(cx, people, work_item_of(cx, &rows.items[i])));
    return NULL;
}
