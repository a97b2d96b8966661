// SPDX-License-Identifier: Apache-2.0
// Tokens: BPMN 2.0.2, 13.2.1 (sequence flows) and 13.4 (gateways).
#include "flow/engine.h"

#include "base/messages.h"

void token_enter(Flow *flow, int node, Live *scope)
{
    move_add(flow, MOVE_ENTER, node, scope);
}

void token_take(Flow *flow, int edge, Live *scope)
{
    FlowEffect *effect = effect_add(flow, EFFECT_HISTORY, 0, flow->graph->edges[edge].source);
    effect->what = HISTORY_FLOW;
    effect->edge = edge;
    move_add(flow, edge, flow->graph->edges[edge].target, scope);
}

// No way leads on: the token stands here until somebody mends it and tries again.
void token_stuck(Flow *flow, const GraphNode *node, Live *scope, const char *message)
{
    if (flow->choices)
        flow->choices->no_way = true;
    Live *place = place_new(flow, PLACE_STUCK, node->index, scope);
    incident_add(flow, place, "no-way-on", message);
}

// Exclusive: the first flow whose condition holds. Else: all of them. The default flow when none.
static FALLIBLE conditional_leave(Flow *flow, const GraphNode *node, Live *scope, bool first_only,
                                  const Extra *extra)
{
    size_t taken = 0;
    bool choice = false; // a flow without a condition does not take the default's place
    size_t before = flow->moves.count, effects_before = flow->effects.count;
    for (size_t i = 0; i < node->outgoing_count && !(first_only && taken); i++) {
        const GraphEdge *edge = &flow->graph->edges[node->outgoing[i]];
        if (edge->index == node->default_edge)
            continue;
        bool holds_here = true;
        const char *why = NULL;
        if (edge->condition)
            TRY(holds(flow, scope, edge->condition, extra, &holds_here, &why));
        if (why) {
            flow->moves.count = before; // all or none
            flow->effects.count = effects_before;
            token_stuck(flow, node, scope, why);
            return NULL;
        }
        choice = choice || (edge->condition && holds_here);
        if (holds_here) {
            taken++;
            token_take(flow, edge->index, scope);
        }
    }
    if (node->default_edge >= 0 && !choice && !(first_only && taken)) {
        taken++;
        token_take(flow, node->default_edge, scope);
    }
    if (!taken && node->outgoing_count)
        token_stuck(flow, node, scope,
                    message_in(flow->cx->language, "no condition of the outgoing flows is true"));
    return NULL;
}

FALLIBLE node_leave(Flow *flow, const GraphNode *node, Live *scope)
{
    return conditional_leave(flow, node, scope, false, NULL);
}

void token_put(Flow *flow, const GraphNode *node, Live *scope)
{
    move_add(flow, join_missing(flow, node, scope), node->index, scope);
}

// --- Passing through -----------------------------------------------------------------------------

FALLIBLE gateway_pass(Flow *flow, const GraphNode *node, Live *scope, const Extra *extra)
{
    TRY(sets_apply(flow, node, scope, false));
    TRY(sets_apply(flow, node, scope, true));
    history_add(flow, HISTORY_COMPLETED, 0, node->index);
    if (node->kind != NODE_PARALLEL)
        return conditional_leave(flow, node, scope, node->kind == NODE_EXCLUSIVE, extra);
    for (size_t i = 0; i < node->outgoing_count; i++) // conditions mean nothing here
        token_take(flow, node->outgoing[i], scope);
    return NULL;
}

// Of a start event with several triggers the event says which has come; when all are needed the
// others are waited for.
static FALLIBLE start_enter(Flow *flow, const GraphNode *node, Live *scope)
{
    bool first = flow->event->kind == FLOW_START && !scope->up;
    size_t came = first ? (size_t)flow->event->wait : 0;
    Live *gate = NULL;
    if (came >= node->trigger_count)
        came = 0;
    TRY(sets_apply(flow, node, scope, false));
    if (node->trigger_count)
        TRY(outputs_apply(flow, scope, &node->triggers[came].outputs, flow->event->value));
    for (size_t i = 0; first && node->all_triggers && i < node->trigger_count; i++) {
        if (i == came)
            continue;
        if (!gate)
            gate = place_new(flow, PLACE_GATE, node->index, scope);
        Live *place = place_new(flow, PLACE_EVENT, node->index, gate);
        place->place.trigger = (int)i;
        TRY(trigger_arm(flow, place));
    }
    if (gate)
        return NULL;
    TRY(sets_apply(flow, node, scope, true));
    history_add(flow, HISTORY_COMPLETED, 0, node->index);
    return node_leave(flow, node, scope);
}

FALLIBLE node_enter(Flow *flow, const GraphNode *node, Live *scope, int edge)
{
    switch (node->kind) {
    case NODE_START:
        return start_enter(flow, node, scope);
    case NODE_CATCH:
        return event_wait(flow, node, scope);
    case NODE_THROW:
    case NODE_END:
        return event_throw(flow, node, scope);
    case NODE_EXCLUSIVE:
        return gateway_pass(flow, node, scope, NULL);
    case NODE_PARALLEL:
        return parallel_enter(flow, node, scope, edge);
    case NODE_INCLUSIVE:
        if (node->incoming_count < 2)
            return gateway_pass(flow, node, scope, NULL);
        place_new_by(flow, PLACE_JOIN, node->index, scope, edge);
        return NULL;
    case NODE_COMPLEX:
        return complex_enter(flow, node, scope, edge);
    case NODE_EVENT_GATEWAY:
        return event_gateway_wait(flow, node, scope);
    default:
        return quantity_met(flow, node, scope, edge) ? activity_begin(flow, node, scope) : NULL;
    }
}
