// SPDX-License-Identifier: Apache-2.0
// Escalation: some time after a step was due it is taken from whoever sits on it and offered to a
// position as well, or that position is told. The executor fires what has come due.
#include "process/candidates.h"
#include "process/distribute.h"
#include "process/offers.h"
#include "process/process.h"
#include "process/shapes.h"

QUERY(work_item_escalating,
      "SELECT " WORK_ITEM_COLUMNS " FROM work_item WHERE escalate_at IS NOT NULL"
      " AND escalate_at <= $1 ORDER BY escalate_at, id LIMIT $2");
QUERY(work_item_next_escalation, "SELECT escalate_at FROM work_item WHERE escalate_at IS NOT NULL"
                                 " ORDER BY escalate_at, id LIMIT 1");

// Those who are told find it in their queue; they need be no candidates.
static FALLIBLE tell(Ctx *cx, const WorkItem *item, const GraphEscalation *escalation)
{
    WorkGroup group = {escalation->position, NULL, NULL, 1};
    WorkGroups groups = {&group, 1};
    Person **persons;
    size_t count;
    TRY(people_fitting(cx, people_new(cx), &groups, &persons, &count));
    for (size_t i = 0; i < count; i++)
        TRY(work_notice_add(cx, item, persons[i]->id));
    return NULL;
}

static FALLIBLE offer_again(Ctx *cx, WorkItem *after)
{
    WorkGroups groups;
    TRY(groups_of_item(cx, after, &groups));
    TRY(audience_of(cx, &groups, &after->groups));
    if (after->named == NAMED_ONLY)
        after->named = NAMED_TOO;
    after->state = "offered";
    after->assignee = 0;
    after->acting_for = 0;
    after->owner = 0;
    after->claimed_at = 0;
    after->started_at = 0;
    after->follow_up_at = 0;
    after->pushing = false;
    return work_item_unsee(cx, after->id);
}

static FALLIBLE escalate(Ctx *cx, const WorkItem *item)
{
    const ProcessModel *model;
    TRY(model_by_id(cx, item->model, &model));
    const GraphNode *node = graph_node(model->graph, item->node);
    const GraphEscalation *escalation = &node->task->escalations[item->escalation];
    WorkItem after = *item;
    after.escalation++;
    // A calendar that was broken since must not stop the others: this one escalates no further.
    Error *error = escalation_due(cx, node->task, item, after.escalation, &after.escalate_at);
    if (error && error->code != ERR_INVALID)
        return error;
    if (escalation->tell_only)
        TRY(tell(cx, item, escalation));
    else
        TRY(offer_again(cx, &after));
    TRY(work_item_move(cx, item, &after));
    return work_event_add(cx, item,
                          (WorkEvent){.kind = escalation->tell_only ? "told" : "escalated",
                                      .receiver = item->assignee,
                                      .position = escalation->position});
}

FALLIBLE escalations_fire(Ctx *cx, int limit, int *fired)
{
    Rows rows;
    TRY(db_rows(cx, &rows, work_item_escalating, cx->now, limit));
    for (size_t i = 0; i < rows.count; i++)
        TRY(escalate(cx, work_item_of(cx, &rows.items[i])));
    *fired = (int)rows.count;
    return distribute_waiting(cx);
}

FALLIBLE escalations_next(Ctx *cx, Instant *next)
{
    Row *row;
    TRY(db_row(cx, &row, work_item_next_escalation));
    *next = row ? row_integer(row, "escalate_at") : 0;
    return NULL;
}
