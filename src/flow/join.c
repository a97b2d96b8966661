// SPDX-License-Identifier: Apache-2.0
// Tokens that wait for others: BPMN 2.0.2, 13.4. Parallel, inclusive and complex joins, and
// activities with a start quantity.
//
// The places are the state; a Join is the index over those of one node in one scope, made when it
// is first needed in a step, so that an arriving token costs the same however many wait.
#include "flow/engine.h"

#include <string.h>

struct Join {
    const Live *scope;
    const GraphNode *node;
    Live **first; // of each incoming flow the tokens that came by it, oldest first
    Live **last;
    size_t filled; // flows that have one
    size_t waiting;
    Live *mark;        // complex: the second phase
    uint64_t *reached; // inclusive: nodes from which a token can come by a flow that has one
    bool stale;        // `reached` is to be made anew
    bool listed;       // among flow->watched
};

// --- The index -----------------------------------------------------------------------------------

static size_t slot_of(const Flow *flow, const Live *scope, int node)
{
    uint64_t key = (uint64_t)(uint32_t)scope->place.number << 32 | (uint32_t)node;
    return (size_t)(key * 0x9e3779b97f4a7c15ULL >> 20) & (flow->join_slot_count - 1);
}

static Join *join_known(const Flow *flow, const Live *scope, int node)
{
    if (!flow->join_slot_count)
        return NULL;
    size_t mask = flow->join_slot_count - 1;
    for (size_t at = slot_of(flow, scope, node); flow->join_slots[at]; at = (at + 1) & mask)
        if (flow->join_slots[at]->scope == scope && flow->join_slots[at]->node->index == node)
            return flow->join_slots[at];
    return NULL;
}

static void slot_fill(Flow *flow, Join *join)
{
    size_t at = slot_of(flow, join->scope, join->node->index);
    while (flow->join_slots[at])
        at = (at + 1) & (flow->join_slot_count - 1);
    flow->join_slots[at] = join;
}

static void slots_grow(Flow *flow)
{
    Join **before = flow->join_slots;
    size_t count = flow->join_slot_count;
    flow->join_slot_count = count ? 2 * count : 16;
    flow->join_slots = NEW_ARRAY(flow->cx->arena, Join *, flow->join_slot_count);
    for (size_t i = 0; i < count; i++)
        if (before[i])
            slot_fill(flow, before[i]);
}

static Join *join_of(Flow *flow, const Live *scope, const GraphNode *node)
{
    Join *join = join_known(flow, scope, node->index);
    if (join)
        return join;
    if (2 * ++flow->join_count > flow->join_slot_count)
        slots_grow(flow);
    Arena *arena = flow->cx->arena;
    size_t flows = node->incoming_count ? node->incoming_count : 1;
    join = NEW(arena, Join);
    join->scope = scope;
    join->node = node;
    join->first = NEW_ARRAY(arena, Live *, 2 * flows);
    join->last = join->first + flows;
    if (node->kind == NODE_INCLUSIVE)
        join->reached = NEW_ARRAY(arena, uint64_t, flow->graph->node_count / 64 + 1);
    slot_fill(flow, join);
    return join;
}

// Of an activity with a start quantity it does not matter by which flow a token came.
static size_t entry_of(const Flow *flow, const GraphNode *node, int edge)
{
    return node_is_activity(node) ? 0 : (size_t)flow->graph->edges[edge].entry;
}

static void reached_add(const Flow *flow, Join *join, size_t entry)
{
    for (size_t i = 0; i <= flow->graph->node_count / 64; i++)
        join->reached[i] |= join->node->reach[entry][i];
}

void join_note(Flow *flow, Live *place)
{
    const GraphNode *node = node_of(flow, place);
    Join *join = join_of(flow, place->up, node);
    bool late = place->place.edge < 0;
    if ((node->kind == NODE_INCLUSIVE || late) && !join->listed) {
        join->listed = true;
        array_push(flow->cx->arena, flow->watched) = join;
    }
    if (late) {
        join->mark = place;
        return;
    }
    size_t entry = entry_of(flow, node, place->place.edge);
    join->waiting++;
    if (join->first[entry]) {
        join->last[entry]->behind = place;
    } else {
        join->first[entry] = place;
        join->filled++;
        if (join->reached)
            reached_add(flow, join, entry);
    }
    join->last[entry] = place;
}

void join_forget(Flow *flow, Live *place)
{
    const GraphNode *node = node_of(flow, place);
    Join *join = join_known(flow, place->up, node->index);
    if (join && join->mark == place)
        join->mark = NULL;
    if (!join || place->place.edge < 0)
        return;
    size_t entry = entry_of(flow, node, place->place.edge);
    Live *before = NULL, *at = join->first[entry];
    while (at && at != place) {
        before = at;
        at = at->behind;
    }
    if (!at)
        return;
    if (before)
        before->behind = place->behind;
    else
        join->first[entry] = place->behind;
    if (join->last[entry] == place)
        join->last[entry] = before;
    join->waiting--;
    join->filled -= !join->first[entry];
    join->stale = join->stale || !join->first[entry];
}

// Takes one waiting token from each incoming flow that has one.
static void join_consume(Flow *flow, Join *join)
{
    for (size_t i = 0; i < join->node->incoming_count; i++)
        if (join->first[i])
            place_end(flow, join->first[i]);
    flow->work += join->node->incoming_count;
}

int join_missing(Flow *flow, const GraphNode *node, const Live *scope)
{
    const Join *join = join_known(flow, scope, node->index);
    for (size_t i = 0; join && i < node->incoming_count; i++)
        if (!join->first[entry_of(flow, node, node->incoming[i])])
            return node->incoming[i];
    return node->incoming_count ? node->incoming[0] : MOVE_ENTER;
}

// --- Parallel ------------------------------------------------------------------------------------

FALLIBLE parallel_enter(Flow *flow, const GraphNode *node, Live *scope, int edge)
{
    if (node->incoming_count < 2)
        return gateway_pass(flow, node, scope, NULL);
    place_new_by(flow, PLACE_JOIN, node->index, scope, edge);
    Join *join = join_known(flow, scope, node->index);
    if (join->filled < node->incoming_count)
        return NULL;
    join_consume(flow, join);
    return gateway_pass(flow, node, scope, NULL);
}

// --- Inclusive -----------------------------------------------------------------------------------

static bool has_bit(const uint64_t *bits, int index)
{
    return bits[index / 64] >> (index % 64) & 1;
}

// A token elsewhere in the scope from which one flow of `from` but none of `but` can be reached.
static bool can_come(Flow *flow, const Join *join, const uint64_t *from, const uint64_t *but)
{
    for (Live *child = place_child(join->scope, NULL); child;
         child = place_child(join->scope, child)) {
        int node = child->place.node;
        flow->work++;
        if (node != join->node->index && has_bit(from, node) && !has_bit(but, node) &&
            place_is_token(flow, child))
            return true;
    }
    return false;
}

// No token can still come to an empty incoming flow, unless it can come as well to one that has its
// token: 13.4.3.
static bool inclusive_ready(Flow *flow, Join *join)
{
    if (join->stale) {
        for (size_t i = 0; i <= flow->graph->node_count / 64; i++)
            join->reached[i] = 0;
        for (size_t i = 0; i < join->node->incoming_count; i++)
            if (join->first[i])
                reached_add(flow, join, i);
        join->stale = false;
    }
    return join->filled == join->node->incoming_count ||
           !can_come(flow, join, join->node->reach[join->node->incoming_count], join->reached);
}

static Live *waiting_scope(const Join *join)
{
    for (size_t i = 0; i < join->node->incoming_count; i++)
        if (join->first[i])
            return join->first[i]->up;
    return NULL;
}

static bool complex_spent(Flow *flow, const Join *join);
static FALLIBLE complex_reset(Flow *flow, Join *join);

// Inclusive joins, and complex ones that wait for the rest: what they do depends on the whole, so
// they are asked whenever a token has moved or died.
FALLIBLE joins_test(Flow *flow, bool *fired)
{
    for (size_t i = 0; i < flow->watched.count; i++) {
        Join *join = flow->watched.items[i];
        bool inclusive = join->node->kind == NODE_INCLUSIVE;
        if (join->scope->dead || (inclusive ? !join->waiting : !join->mark)) {
            join->listed = false;
            flow->watched.items[i--] = flow->watched.items[--flow->watched.count];
            continue;
        }
        if (inclusive ? !inclusive_ready(flow, join) : !complex_spent(flow, join))
            continue;
        *fired = true;
        if (!inclusive)
            return complex_reset(flow, join);
        Live *scope = waiting_scope(join);
        join_consume(flow, join);
        return gateway_pass(flow, join->node, scope, NULL);
    }
    return NULL;
}

// --- Complex -------------------------------------------------------------------------------------

// It starts once its condition holds, then waits for a token on every other incoming flow by which
// one can still come, swallows them and is as new: 13.4.5. The mark of the second phase is a JOIN
// place without an edge; its count holds the flows (bits) that have had theirs. What comes once
// more by one of these waits for the next start.

static int all_flows(const GraphNode *node)
{
    int all = 0;
    for (size_t i = 0; i < node->incoming_count; i++)
        all |= 1 << i;
    return all;
}

// Nothing more can come in the second phase.
static bool complex_spent(Flow *flow, const Join *join)
{
    const GraphNode *node = join->node;
    int missing = all_flows(node) & ~join->mark->place.count;
    size_t words = flow->graph->node_count / 64 + 1;
    uint64_t *from = NEW_ARRAY(flow->cx->arena, uint64_t, words);
    uint64_t *none = NEW_ARRAY(flow->cx->arena, uint64_t, words);
    for (size_t i = 0; i < node->incoming_count; i++)
        for (size_t word = 0; missing >> i & 1 && word < words; word++)
            from[word] |= node->reach[i][word];
    return !missing || !can_come(flow, join, from, none);
}

static FALLIBLE complex_start(Flow *flow, Join *join, Live *scope)
{
    const GraphNode *node = join->node;
    int arrived = 0, waiting = 0;
    for (size_t i = 0; i < node->incoming_count; i++)
        if (join->first[i]) {
            arrived |= 1 << i;
            waiting++;
        }
    bool start = arrived == all_flows(node);
    const char *why = NULL;
    Extra extra[] = {{"activationCount", value_integer(waiting)},
                     {"waitingForStart", value_boolean(true)},
                     {NULL, {0}}};
    if (node->activation)
        TRY(holds(flow, scope, node->activation, extra, &start, &why));
    if (why) {
        token_stuck(flow, node, scope, why);
        return NULL;
    }
    if (!start)
        return NULL;
    join_consume(flow, join);
    if (arrived != all_flows(node))
        place_new(flow, PLACE_JOIN, node->index, scope)->place.count = arrived;
    return gateway_pass(flow, node, scope, extra);
}

// The flows that ask waitingForStart are looked at a second time.
static FALLIBLE complex_reset(Flow *flow, Join *join)
{
    Live *scope = join->mark->up;
    Extra extra[] = {{"activationCount", value_integer(0)},
                     {"waitingForStart", value_boolean(false)},
                     {NULL, {0}}};
    place_end(flow, join->mark);
    for (size_t i = 0; i < join->node->outgoing_count; i++) {
        const GraphEdge *edge = &flow->graph->edges[join->node->outgoing[i]];
        bool asks = edge->condition && strstr(feel_source(edge->condition), "waitingForStart");
        bool met = false;
        const char *why = NULL;
        if (asks)
            TRY(holds(flow, scope, edge->condition, extra, &met, &why));
        if (why)
            token_stuck(flow, join->node, scope, why);
        else if (met)
            token_take(flow, edge->index, scope);
    }
    size_t before = join->waiting + 1;
    while (!join->mark && join->waiting && join->waiting < before) {
        before = join->waiting;
        TRY(complex_start(flow, join, scope));
    }
    return NULL;
}

FALLIBLE complex_enter(Flow *flow, const GraphNode *node, Live *scope, int edge)
{
    if (node->incoming_count < 2)
        return gateway_pass(flow, node, scope, NULL);
    Join *join = join_of(flow, scope, node);
    int flow_bit = 1 << flow->graph->edges[edge].entry;
    if (join->mark && !(join->mark->place.count & flow_bit)) {
        join->mark->place.count |= flow_bit;
        return NULL; // joins_test sees when all have come
    }
    place_new_by(flow, PLACE_JOIN, node->index, scope, edge);
    return join->mark ? NULL : complex_start(flow, join, scope);
}

// --- Start quantity ------------------------------------------------------------------------------

bool quantity_met(Flow *flow, const GraphNode *node, Live *scope, int edge)
{
    if (node->start_quantity <= 1 || edge < 0) // what no flow leads to is not counted
        return true;
    place_new_by(flow, PLACE_JOIN, node->index, scope, edge);
    Join *join = join_known(flow, scope, node->index);
    if (join->waiting < (size_t)node->start_quantity)
        return false;
    while (join->first[0])
        place_end(flow, join->first[0]);
    return true;
}
