// SPDX-License-Identifier: Apache-2.0
// Tokens: BPMN 2.0.2, 13.2.1 (sequence flows) and 13.4 (gateways).
#include "flow/engine.h"

#include "base/messages.h"

#define COMPLEX_EDGES 31

void token_enter(Flow *flow, int node, Live *scope)
{
    array_push(flow->cx->arena, flow->moves) = (Move){MOVE_ENTER, node, scope};
}

static void token_take(Flow *flow, int edge, Live *scope)
{
    FlowEffect *effect = effect_add(flow, EFFECT_HISTORY, 0, flow->graph->edges[edge].source);
    effect->what = HISTORY_FLOW;
    effect->edge = edge;
    array_push(flow->cx->arena, flow->moves) = (Move){edge, flow->graph->edges[edge].target, scope};
}

// No way leads on: the token stands here until somebody mends it and tries again.
static void token_stuck(Flow *flow, const GraphNode *node, Live *scope, const char *message)
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

// --- Joins ---------------------------------------------------------------------------------------

static Live *join_token(const Live *scope, int node, int edge)
{
    for (Live *child = place_child(scope, NULL); child; child = place_child(scope, child))
        if (child->place.kind == PLACE_JOIN && child->place.node == node &&
            child->place.edge == edge)
            return child;
    return NULL;
}

static void join_wait(Flow *flow, const GraphNode *node, Live *scope, int edge)
{
    place_new(flow, PLACE_JOIN, node->index, scope)->place.edge = edge;
}

void token_put(Flow *flow, const GraphNode *node, Live *scope)
{
    int edge = MOVE_ENTER;
    for (size_t i = node->incoming_count; i-- > 0;)
        if (!join_token(scope, node->index, node->incoming[i]))
            edge = node->incoming[i];
    if (edge == MOVE_ENTER && node->incoming_count)
        edge = node->incoming[0];
    array_push(flow->cx->arena, flow->moves) = (Move){edge, node->index, scope};
}

// Takes one waiting token from each incoming flow that has one.
static void join_consume(const GraphNode *node, const Live *scope)
{
    for (size_t i = 0; i < node->incoming_count; i++) {
        Live *token = join_token(scope, node->index, node->incoming[i]);
        if (token)
            place_end(token);
    }
}

static FALLIBLE parallel_enter(Flow *flow, const GraphNode *node, Live *scope, int edge)
{
    if (node->incoming_count > 1) {
        join_wait(flow, node, scope, edge);
        for (size_t i = 0; i < node->incoming_count; i++)
            if (!join_token(scope, node->index, node->incoming[i]))
                return NULL;
        join_consume(node, scope);
    }
    return gateway_pass(flow, node, scope);
}

static bool has_bit(const uint64_t *bits, int index)
{
    return bits[index / 64] >> (index % 64) & 1;
}

// A token at `node` can still come to an empty incoming flow, and to no flow that has one already.
static bool blocks(const GraphNode *join, const Live *scope, int node)
{
    bool to_empty = false;
    for (size_t i = 0; i < join->incoming_count; i++) {
        if (!has_bit(join->reach[i], node))
            continue;
        if (join_token(scope, join->index, join->incoming[i]))
            return false;
        to_empty = true;
    }
    return to_empty;
}

static bool inclusive_ready(const Flow *flow, const GraphNode *join, const Live *scope)
{
    for (Live *child = place_child(scope, NULL); child; child = place_child(scope, child))
        if (child->place.node != join->index && place_is_token(flow, child) &&
            blocks(join, scope, child->place.node))
            return false;
    return true;
}

FALLIBLE inclusive_joins_test(Flow *flow, bool *fired)
{
    for (size_t i = 0; i < flow->places.count; i++) {
        Live *place = flow->places.items[i];
        if (place->dead || place->place.kind != PLACE_JOIN)
            continue;
        const GraphNode *node = node_of(flow, place);
        if (node->kind != NODE_INCLUSIVE || !inclusive_ready(flow, node, place->up))
            continue;
        join_consume(node, place->up);
        TRY(gateway_pass(flow, node, place->up));
        *fired = true;
        return NULL;
    }
    return NULL;
}

// The complex gateway starts once its condition holds, then swallows what comes late until every
// incoming flow has had its token: BPMN 2.0.2, 13.4.5. The mark of the second phase is a JOIN
// place without an edge; its count holds the flows (bits) that have had theirs.
static Live *complex_mark(const Live *scope, int node)
{
    return join_token(scope, node, -1);
}

static FALLIBLE complex_enter(Flow *flow, const GraphNode *node, Live *scope, int edge)
{
    if (node->incoming_count < 2)
        return gateway_pass(flow, node, scope);
    Live *mark = complex_mark(scope, node->index);
    if (!mark)
        join_wait(flow, node, scope, edge);
    int arrived = 0, all = 0, waiting = 0;
    for (size_t i = 0; i < node->incoming_count && i < COMPLEX_EDGES; i++) {
        all |= 1 << i;
        bool here = join_token(scope, node->index, node->incoming[i]) != NULL;
        waiting += here;
        if (here || (mark && node->incoming[i] == edge))
            arrived |= 1 << i;
    }
    if (mark) {
        mark->place.count |= arrived;
        if (mark->place.count == all)
            place_end(mark);
        return NULL;
    }
    bool start = waiting == (int)node->incoming_count;
    const char *why = NULL;
    Extra extra = {"activationCount", value_integer(waiting)};
    if (node->activation)
        TRY(holds(flow, scope, node->activation, &extra, &start, &why));
    if (why) {
        token_stuck(flow, node, scope, why);
        return NULL;
    }
    if (!start)
        return NULL;
    join_consume(node, scope);
    if (arrived != all)
        place_new(flow, PLACE_JOIN, node->index, scope)->place.count = arrived;
    return gateway_pass(flow, node, scope);
}

// --- Passing through -----------------------------------------------------------------------------

FALLIBLE gateway_pass(Flow *flow, const GraphNode *node, Live *scope)
{
    TRY(sets_apply(flow, node, scope, false));
    TRY(sets_apply(flow, node, scope, true));
    history_add(flow, HISTORY_COMPLETED, 0, node->index);
    if (node->kind != NODE_PARALLEL)
        return conditional_leave(flow, node, scope, node->kind == NODE_EXCLUSIVE, NULL);
    for (size_t i = 0; i < node->outgoing_count; i++) // conditions mean nothing here
        token_take(flow, node->outgoing[i], scope);
    return NULL;
}

static FALLIBLE start_enter(Flow *flow, const GraphNode *node, Live *scope)
{
    TRY(sets_apply(flow, node, scope, false));
    if (node->trigger_count)
        TRY(outputs_apply(flow, scope, &node->triggers[0].outputs, flow->event->value));
    TRY(sets_apply(flow, node, scope, true));
    history_add(flow, HISTORY_COMPLETED, 0, node->index);
    return node_leave(flow, node, scope);
}

// Start quantity: an activity begins when that many tokens have come.
static bool quantity_met(Flow *flow, const GraphNode *node, Live *scope, int edge)
{
    if (node->start_quantity <= 1)
        return true;
    int count = 1;
    for (Live *child = place_child(scope, NULL); child; child = place_child(scope, child))
        count += child->place.kind == PLACE_JOIN && child->place.node == node->index;
    if (count < node->start_quantity) {
        place_new(flow, PLACE_JOIN, node->index, scope)->place.edge = edge < 0 ? 0 : edge;
        return false;
    }
    for (Live *child = place_child(scope, NULL); child; child = place_child(scope, child))
        if (child->place.kind == PLACE_JOIN && child->place.node == node->index)
            place_end(child);
    return true;
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
        return gateway_pass(flow, node, scope);
    case NODE_PARALLEL:
        return parallel_enter(flow, node, scope, edge);
    case NODE_INCLUSIVE:
        if (node->incoming_count < 2)
            return gateway_pass(flow, node, scope);
        join_wait(flow, node, scope, edge);
        return NULL;
    case NODE_COMPLEX:
        return complex_enter(flow, node, scope, edge);
    case NODE_EVENT_GATEWAY:
        return event_gateway_wait(flow, node, scope);
    default:
        return quantity_met(flow, node, scope, edge) ? activity_begin(flow, node, scope) : NULL;
    }
}
