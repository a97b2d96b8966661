// SPDX-License-Identifier: Apache-2.0
// A running instance goes over to another graph: every place finds its node by id, or the plan says
// where it goes. What does not fit is a problem, all of them told at once.
//
//   places_map: each place, from the root down, gets its node, flow and trigger in the new graph
//   watches of events that are gone are taken back, those of new events armed
//   then the instance runs until all waits, as after any event
#include "flow/migrate.h"

#include "flow/engine.h"

#include "base/messages.h"

#include <string.h>

typedef struct Migration {
    Ctx *cx;
    const Graph *from;
    const Graph *to;
    const FlowState *state;
    const FlowMigrationPlan *plan;
    FlowPlace *places;  // mapped; kind 0: dropped
    int *nodes;         // of the old graph -> of the new one, -1
    bool *known;        // nodes of the new graph that the old one had
    bool *asks_anew;    // places that wait for another message or signal than before
    FlowEffect *losses; // what the dropped ones waited for
    size_t loss_count;
    ARRAY(FlowMigrationProblem) problems;
    ARRAY(FlowKept) kept;
} Migration;

__attribute__((format(printf, 3, 4))) static void
problem_add(Migration *migration, const FlowPlace *place, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *message = text_format_list(migration->cx->arena, format, arguments);
    va_end(arguments);
    array_push(migration->cx->arena, migration->problems) =
        (FlowMigrationProblem){place->number, place->node, message};
}

// --- Nodes and flows -----------------------------------------------------------------------------

static const char *planned(const FlowMigrationPlan *plan, const char *id)
{
    for (size_t i = 0; plan && i < plan->count; i++)
        if (text_equal(plan->items[i].from, id))
            return plan->items[i].to;
    return id;
}

static void nodes_map(Migration *migration)
{
    Map *by_id = map_new(migration->cx->arena);
    for (size_t i = 0; i < migration->to->node_count; i++)
        map_put(by_id, migration->to->nodes[i].id, &migration->to->nodes[i]);
    for (size_t i = 0; i < migration->from->node_count; i++) {
        const GraphNode *node =
            map_get(by_id, planned(migration->plan, migration->from->nodes[i].id));
        migration->nodes[i] = node ? node->index : -1;
        if (node)
            migration->known[node->index] = true;
    }
}

// The flow between the same two nodes, of several the one with the same id.
static int edge_of(const Migration *migration, int old)
{
    if (old < 0)
        return -1;
    const GraphEdge *edge = &migration->from->edges[old];
    int source = migration->nodes[edge->source], target = migration->nodes[edge->target];
    int found = -1;
    for (size_t i = 0; i < migration->to->edge_count; i++) {
        const GraphEdge *other = &migration->to->edges[i];
        bool same_id = *edge->id && strcmp(edge->id, other->id) == 0;
        if (other->target == target && (other->source == source || same_id) &&
            (found < 0 || same_id))
            found = other->index;
    }
    return found;
}

// --- What can stand where ------------------------------------------------------------------------

static bool has_trigger(const GraphNode *node, TriggerKind kind)
{
    for (size_t i = 0; i < node->trigger_count; i++)
        if (node->triggers[i].kind == kind)
            return true;
    return false;
}

static bool fits(const GraphNode *old, const GraphNode *node, const FlowPlace *place)
{
    switch (place->kind) {
    case PLACE_SCOPE:
        return node->kind == old->kind;
    case PLACE_WORK:
    case PLACE_FUNCTION:
    case PLACE_DECISION:
    case PLACE_CALL:
        return node_is_activity(node) && node->kind != NODE_TASK &&
               activity_place(node) == place->kind;
    case PLACE_EVENT:
        return node->kind == old->kind;
    case PLACE_GATE:
        return node->kind == old->kind && node->all_triggers == old->all_triggers &&
               (node->kind == NODE_EVENT_GATEWAY || node->trigger_count == old->trigger_count);
    case PLACE_JOIN:
        return node->kind == old->kind && node->start_quantity == old->start_quantity;
    case PLACE_WATCH:
        return node->kind == old->kind;
    case PLACE_LOOP:
        return node->loop && node->loop->kind == old->loop->kind;
    case PLACE_COMPENSATE:
        return node_is_activity(node) || has_trigger(node, TRIGGER_COMPENSATION) ||
               has_trigger(node, TRIGGER_CANCEL);
    case PLACE_DONE:
    case PLACE_COMPENSATING:
        return node->kind == old->kind && (node->compensation >= 0) == (old->compensation >= 0);
    case PLACE_STUCK:
        return node->kind == old->kind;
    case PLACE_CHOICE:
        return node->kind == NODE_AD_HOC && node->chosen;
    case PLACE_INPUT:
        return node_is_activity(node);
    }
    return false;
}

static const FlowPlace *parent_of(const Migration *migration, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (migration->places[i].number == migration->places[index].parent)
            return &migration->places[i];
    return NULL;
}

static int inner_of(const Graph *graph, const FlowPlace *place)
{
    return place->node < 0 ? 0 : graph->nodes[place->node].inner;
}

// One that is an instance of a loop stays one.
static bool loops_alike(const Migration *migration, size_t index, const GraphNode *node)
{
    const FlowPlace *place = &migration->places[index], *up = parent_of(migration, index);
    bool undoes = place->kind == PLACE_CALL && place->link; // beside the loop, not in it
    bool activity = node_is_activity(node) && place->kind == activity_place(node) && !undoes;
    bool instance = up && up->kind == PLACE_LOOP;
    return !activity || place->kind == PLACE_LOOP || instance == (node->loop != NULL);
}

// The tree of places and the tree of scopes must agree.
static bool stands_in(const Migration *migration, size_t index, const GraphNode *node)
{
    const FlowPlace *place = &migration->places[index], *up = parent_of(migration, index);
    if (place->kind == PLACE_WATCH && node->kind == NODE_BOUNDARY)
        return up && up->node == node->attached_to;
    if (up && up->kind == PLACE_LOOP)
        return up->node == node->index || place->kind == PLACE_COMPENSATE;
    while (up) {
        if (inner_of(migration->to, up) == node->scope)
            return true;
        if (up->kind == PLACE_SCOPE)
            return up->node == node->index; // what the engine keeps for the scope itself
        size_t at = (size_t)(up - migration->places);
        up = at ? parent_of(migration, at) : NULL;
    }
    return false;
}

// --- Triggers ------------------------------------------------------------------------------------

static const GraphNode *event_of(const Graph *graph, const GraphNode *node)
{
    if (node->kind != NODE_EVENT_SUB_PROCESS)
        return node;
    const GraphScope *scope = &graph->scopes[node->inner];
    for (size_t i = 0; i < scope->node_count; i++)
        if (graph->nodes[scope->nodes[i]].kind == NODE_START)
            return &graph->nodes[scope->nodes[i]];
    return node;
}

static bool same_source(const Feel *a, const Feel *b)
{
    return a && b ? strcmp(feel_source(a), feel_source(b)) == 0 : a == b;
}

static bool same_wait(const GraphTrigger *a, const GraphTrigger *b)
{
    return a->kind == b->kind && text_equal(a->name ? a->name : "", b->name ? b->name : "") &&
           same_source(a->key, b->key);
}

// The trigger with the same name, else the one in the same position if it is of the same kind.
static bool trigger_map(const GraphNode *old, const GraphNode *node, FlowPlace *place, bool *anew)
{
    const GraphTrigger *before = &old->triggers[place->trigger];
    for (size_t i = 0; i < node->trigger_count; i++)
        if (same_wait(&node->triggers[i], before)) {
            place->trigger = (int)i;
            return true;
        }
    *anew = true;
    return (size_t)place->trigger < node->trigger_count &&
           node->triggers[place->trigger].kind == before->kind;
}

static void loss_add(Migration *migration, const FlowPlace *place, TriggerKind kind)
{
    FlowEffect *effect = &migration->losses[migration->loss_count];
    if (kind != TRIGGER_TIMER && kind != TRIGGER_MESSAGE && kind != TRIGGER_SIGNAL)
        return;
    migration->loss_count++;
    *effect = (FlowEffect){.kind = kind == TRIGGER_TIMER     ? EFFECT_TIMER_CANCEL
                                   : kind == TRIGGER_MESSAGE ? EFFECT_MESSAGE_CANCEL
                                                             : EFFECT_SIGNAL_CANCEL,
                           .wait = place->number,
                           .node = -1,
                           .edge = -1};
}

// --- One place -----------------------------------------------------------------------------------

static bool details_map(Migration *migration, const GraphNode *old, const GraphNode *node,
                        size_t index)
{
    FlowPlace *place = &migration->places[index];
    int edge = edge_of(migration, place->edge);
    if (place->edge >= 0 && edge < 0)
        return false;
    place->edge = edge;
    if (place->kind == PLACE_COMPENSATE && place->trigger >= 0)
        place->trigger = migration->nodes[place->trigger];
    if (place->kind == PLACE_EVENT || place->kind == PLACE_WATCH) {
        const GraphNode *before = event_of(migration->from, old);
        bool *anew = &migration->asks_anew[index];
        if (!trigger_map(before, event_of(migration->to, node), place, anew))
            return false;
        if (*anew)
            loss_add(migration, place,
                     before->triggers[migration->state->places[index].trigger].kind);
    }
    // These count flows or steps by their positions.
    bool by_flows = place->kind == PLACE_JOIN && place->edge < 0 && node->kind == NODE_COMPLEX;
    for (size_t i = 0; by_flows && i < old->incoming_count; i++)
        if (old->incoming_count != node->incoming_count ||
            edge_of(migration, old->incoming[i]) != node->incoming[i])
            return false;
    if (place->kind != PLACE_SCOPE || node->kind != NODE_AD_HOC || !node->ordered)
        return true;
    const GraphScope *was = &migration->from->scopes[old->inner];
    const GraphScope *is = &migration->to->scopes[node->inner];
    for (int i = 0; i < place->count && i < (int)was->start_count; i++)
        if (i >= (int)is->start_count || migration->nodes[was->starts[i]] != is->starts[i])
            return false;
    return true;
}

static void place_drop(Migration *migration, size_t index, const GraphNode *old)
{
    FlowPlace *place = &migration->places[index];
    const GraphNode *event = event_of(migration->from, old);
    loss_add(migration, place, event->triggers[migration->state->places[index].trigger].kind);
    place->kind = 0;
}

static void place_map(Migration *migration, size_t index)
{
    FlowPlace *place = &migration->places[index];
    const char *language = migration->cx->language;
    const FlowPlace *before = &migration->state->places[index];
    *place = *before;
    if (place->node < 0)
        return;
    const GraphNode *old = &migration->from->nodes[place->node];
    int target = migration->nodes[place->node];
    if (target < 0 && place->kind == PLACE_WATCH) {
        place_drop(migration, index, old);
        return;
    }
    if (target < 0) {
        problem_add(migration, before, message_in(language, "'%s' is not in the new version"),
                    old->id);
        return;
    }
    const GraphNode *node = &migration->to->nodes[target];
    place->node = target;
    if (!fits(old, node, place))
        problem_add(migration, before, message_in(language, "'%s' is not of the same kind as '%s'"),
                    node->id, old->id);
    else if (!loops_alike(migration, index, node))
        problem_add(
            migration, before,
            message_in(language, "'%s' is a multi-instance activity in one of the versions only"),
            node->id);
    else if (!stands_in(migration, index, node))
        problem_add(migration, before, message_in(language, "'%s' stands in another sub-process"),
                    node->id);
    else if (!details_map(migration, old, node, index))
        problem_add(migration, before,
                    message_in(language, "'%s' does not wait for the same in the new version"),
                    node->id);
    else
        array_push(migration->cx->arena, migration->kept) =
            (FlowKept){place->number, old->index, target};
}

// --- The whole -----------------------------------------------------------------------------------

static FALLIBLE watches_add(Flow *flow, const Migration *migration, Live *place)
{
    const GraphNode *node = node_of(flow, place);
    bool hosts = node && node_is_activity(node) && place->up->place.kind != PLACE_LOOP &&
                 !undoes_call(place) &&
                 (place->place.kind == PLACE_LOOP || place->place.kind == activity_place(node));
    for (size_t i = 0; hosts && i < node->boundary_count; i++)
        if (!migration->known[node->boundaries[i]])
            TRY(boundary_arm(flow, node->boundaries[i], place));
    if (place->place.kind != PLACE_SCOPE)
        return NULL;
    scope_data(flow, place, scope_of(flow, place));
    const GraphScope *own = scope_of(flow, place);
    for (size_t i = 0; i < own->event_sub_process_count; i++)
        if (!migration->known[own->event_sub_processes[i]])
            TRY(event_sub_process_arm(flow, own->event_sub_processes[i], place));
    return NULL;
}

static FALLIBLE gate_widen(Flow *flow, const Migration *migration, Live *gate)
{
    const GraphNode *node = node_of(flow, gate);
    for (size_t i = 0; node->kind == NODE_EVENT_GATEWAY && i < node->outgoing_count; i++) {
        const GraphEdge *edge = &flow->graph->edges[node->outgoing[i]];
        if (migration->known[edge->target])
            continue;
        TRY(event_gateway_arm(flow, edge, gate));
    }
    return NULL;
}

static FALLIBLE settle(Flow *flow, const Migration *migration)
{
    for (size_t i = 0; i < migration->loss_count; i++)
        array_push(flow->cx->arena, flow->effects) = migration->losses[i];
    size_t count = flow->places.count;
    for (size_t i = 0; i < migration->state->place_count; i++)
        if (migration->asks_anew[i] && migration->places[i].kind)
            TRY(trigger_arm(flow, place_find(flow, migration->places[i].number)));
    for (size_t i = 0; i < count; i++) {
        Live *place = flow->places.items[i];
        TRY(watches_add(flow, migration, place));
        if (place->place.kind == PLACE_GATE)
            TRY(gate_widen(flow, migration, place));
    }
    return NULL;
}

FALLIBLE flow_migrate(Ctx *cx, const Graph *from, const FlowState *state, const Graph *to,
                      const FlowMigrationPlan *plan, FlowMigration *out)
{
    size_t count = state->place_count;
    Migration migration = {.cx = cx,
                           .from = from,
                           .to = to,
                           .state = state,
                           .plan = plan,
                           .places = NEW_ARRAY(cx->arena, FlowPlace, count),
                           .nodes = NEW_ARRAY(cx->arena, int, from->node_count),
                           .known = NEW_ARRAY(cx->arena, bool, to->node_count),
                           .asks_anew = NEW_ARRAY(cx->arena, bool, count),
                           .losses = NEW_ARRAY(cx->arena, FlowEffect, count)};
    if (state->status != FLOW_RUNNING)
        return FAIL(cx, ERR_CONFLICT, "the instance does not run: it is %s",
                    flow_status_word(state->status));
    nodes_map(&migration);
    for (size_t i = 0; i < count; i++)
        place_map(&migration, i);
    FlowMigration result = {.kept = migration.kept.items,
                            .kept_count = migration.kept.count,
                            .problems = migration.problems.items,
                            .problem_count = migration.problems.count};
    if (!result.problem_count) {
        FlowState mapped = *state;
        mapped.places = NEW_ARRAY(cx->arena, FlowPlace, count);
        mapped.place_count = 0;
        for (size_t i = 0; i < count; i++)
            if (migration.places[i].kind)
                mapped.places[mapped.place_count++] = migration.places[i];
        static const FlowEvent check = {.kind = FLOW_CHECK, .node = -1};
        Flow flow = {.cx = cx,
                     .graph = to,
                     .event = &check,
                     .subject = plan ? plan->subject : value_null(),
                     .status = FLOW_RUNNING};
        TRY(flow_open(&flow, &mapped));
        TRY(settle(&flow, &migration));
        TRY(flow_close(&flow, &result.outcome));
    }
    *out = result;
    return NULL;
}
