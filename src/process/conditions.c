// SPDX-License-Identifier: Apache-2.0
#include "process/conditions.h"

#include "base/ids.h"
#include "process/agenda.h"
#include "process/governor.h"
#include "process/runner.h"
#include "process/starts.h"
#include "process/subscriptions.h"

// One look for both: the places that wait for this record, and the starts of its entity.
QUERY(condition_rows,
      "SELECT owner, wait, node, starts FROM process_wait WHERE kind = 'condition' AND name = $1"
      " AND starts = 0 AND key = $2 UNION ALL SELECT owner, wait, node, starts FROM process_wait"
      " WHERE kind = 'condition' AND name = $1 AND starts = 1 ORDER BY owner, wait");

static const GraphNode *event_of(const Graph *graph, const FlowPlace *place)
{
    const GraphNode *node = &graph->nodes[place->node];
    if (node->kind != NODE_EVENT_SUB_PROCESS)
        return node;
    const GraphScope *inner = &graph->scopes[node->inner];
    for (size_t i = 0; i < inner->node_count; i++)
        if (graph->nodes[inner->nodes[i]].kind == NODE_START)
            return &graph->nodes[inner->nodes[i]];
    return node;
}

static bool waits_for_condition(const Graph *graph, const FlowPlace *place)
{
    if (place->kind != PLACE_EVENT && place->kind != PLACE_WATCH)
        return false;
    const GraphNode *node = event_of(graph, place);
    return (size_t)place->trigger < node->trigger_count &&
           node->triggers[place->trigger].kind == TRIGGER_CONDITION;
}

void conditions_waiting(Ctx *cx, const ProcessModel *model, const FlowState *state,
                        ConditionWaits *out)
{
    *out = (ConditionWaits){0};
    for (size_t i = 0; model->has_conditions && i < state->place_count; i++)
        if (waits_for_condition(model->graph, &state->places[i]))
            array_push(cx->arena, *out) = &state->places[i];
}

static bool among(const ConditionWaits *waits, int number)
{
    for (size_t i = 0; i < waits->count; i++)
        if (waits->items[i]->number == number)
            return true;
    return false;
}

FALLIBLE conditions_project(Ctx *cx, const Instance *instance, const ProcessModel *model,
                            const ConditionWaits *before, const FlowState *state)
{
    ConditionWaits now;
    conditions_waiting(cx, model, state, &now);
    for (size_t i = 0; i < before->count; i++)
        if (!among(&now, before->items[i]->number))
            TRY(subscription_close(cx, instance->id, before->items[i]->number));
    for (size_t i = 0; i < now.count; i++) {
        const FlowPlace *place = now.items[i];
        if (among(before, place->number))
            continue;
        const char *entity = instance->subject ? instance->entity : "";
        TRY(subscription_add(
            cx, &(Subscription){.kind = WAITS_CONDITION,
                                .name = entity,
                                .key = *entity ? id_text(cx->arena, instance->subject) : "",
                                .owner = instance->id,
                                .wait = place->number,
                                .node = model->graph->nodes[place->node].id}));
    }
    return NULL;
}

FALLIBLE conditions_tell(Ctx *cx, const Record *before, const Record *after)
{
    agenda_add(cx, &(Follow){.kind = FOLLOW_CHECK,
                             .instance = cx->step ? cx->step->instance : 0,
                             .before = before,
                             .after = after});
    if (cx->step) // its run, or the one that comes after, does what is on the agenda
        return NULL;
    agenda_enter(cx);
    return agenda_leave(cx, NULL);
}

// Whether the condition has become true by this change.
static FALLIBLE became_true(Ctx *cx, const Graph *graph, const GraphTrigger *trigger,
                            const Follow *follow, bool *out)
{
    bool was = false;
    if (follow->before)
        TRY(record_satisfies(cx, graph, trigger->condition, follow->before, &was));
    *out = false;
    return was ? NULL : record_satisfies(cx, graph, trigger->condition, follow->after, out);
}

static FALLIBLE start_if(Ctx *cx, const Row *row, const Follow *follow)
{
    const ProcessModel *model;
    TRY(model_by_id(cx, row_integer(row, "owner"), &model));
    const GraphNode *node = graph_node(model->graph, row_text(row, "node"));
    bool now = false;
    for (size_t i = 0; node && i < node->trigger_count && !now; i++)
        if (node->triggers[i].kind == TRIGGER_CONDITION)
            TRY(became_true(cx, model->graph, &node->triggers[i], follow, &now));
    StartedBy by = {.node = node,
                    .payload = value_null(),
                    .entity = follow->after->entity->name,
                    .subject = follow->after->id};
    bool started;
    return now ? start_by_event(cx, model, &by, &started) : NULL;
}

FALLIBLE condition_follow(Ctx *cx, const Follow *follow)
{
    const Record *record = follow->after;
    Rows rows;
    TRY(db_rows(cx, &rows, condition_rows, record->entity->name, id_text(cx->arena, record->id)));
    Id checked = follow->instance; // whose own step it was has tested its conditions itself
    for (size_t i = 0; i < rows.count; i++) {
        const Row *row = &rows.items[i];
        Id owner = row_integer(row, "owner");
        if (row_integer(row, "starts")) {
            TRY(start_if(cx, row, follow));
        } else if (owner != checked && owner != follow->instance) {
            checked = owner;
            bool taken;
            FlowEvent event = {.kind = FLOW_CHECK};
            RunCause cause = {"condition", value_null(), false};
            TRY(runner_offer(cx, owner, &event, &cause, &taken));
        }
    }
    return NULL;
}
