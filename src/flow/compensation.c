// SPDX-License-Identifier: Apache-2.0
// Compensation: BPMN 2.0.2, 13.5.5. What was completed is undone in reverse order, one at a time,
// with the data of the moment in which it was completed.
//
//   compensation_begin: COMPENSATE (the throw event waits)
//     -> compensation_next: the newest DONE becomes COMPENSATING; its handler runs below it, or
//        its compensation event sub-process, or its own DONEs are undone
//     -> compensation_done -> compensation_next -> ... -> the throw event goes on
//
// A call is undone by the process that it called, unless it has a handler of its own. That process
// keeps its DONEs when it completes, and tells its caller a key (FLOW_UNDOABLE):
//
//   the DONE of the call becomes a CALL again: call_unmake asks for it (EFFECT_CALL_UNDO)
//     -> there: process_undo undoes its DONEs, or runs its compensation event sub-process; it ends
//     -> its answer comes to the CALL: compensation_done
//   a DONE that ends without that: EFFECT_CALL_FORGET (place.c)
#include "flow/engine.h"

#define NOTE_KEY " key" // in the data of a call; no expression sees it

void call_keep(Flow *flow, Live *call, const char *key)
{
    data_set(flow, call, NOTE_KEY, value_text(key));
}

const char *call_kept(const Live *place)
{
    return undoes_call(place) ? NULL : value_get_text(place->place.data, NOTE_KEY);
}

bool flow_keeps_call(const FlowState *state, const char *key)
{
    for (size_t i = 0; i < state->place_count; i++)
        if (text_equal(value_get_text(state->places[i].data, NOTE_KEY), key))
            return true;
    return false;
}

bool undoes_call(const Live *place)
{
    return place->place.kind == PLACE_CALL && place->place.link != 0;
}

void call_unmake(Flow *flow, Live *call)
{
    FlowEffect *effect = effect_add(flow, EFFECT_CALL_UNDO, call->place.number, call->place.node);
    effect->key = value_get_text(call->place.data, NOTE_KEY);
}

static const GraphNode *compensation_sub_process(const Flow *flow, int of)
{
    if (of < 0)
        return NULL;
    const GraphScope *scope = &flow->graph->scopes[of];
    for (size_t i = 0; i < scope->event_sub_process_count; i++) {
        const GraphNode *sub = &flow->graph->nodes[scope->event_sub_processes[i]];
        const GraphScope *inner = &flow->graph->scopes[sub->inner];
        for (size_t k = 0; k < inner->node_count; k++) {
            const GraphNode *start = &flow->graph->nodes[inner->nodes[k]];
            if (start->kind == NODE_START && start->trigger_count == 1 &&
                start->triggers[0].kind == TRIGGER_COMPENSATION)
                return sub;
        }
    }
    return NULL;
}

static bool has_done(const Live *place)
{
    for (Live *child = place_child(place, NULL); child; child = place_child(place, child))
        if (child->place.kind == PLACE_DONE)
            return true;
    return false;
}

bool compensable(const Flow *flow, const Live *place)
{
    const GraphNode *node = node_of(flow, place);
    if (node->for_compensation || node->kind == NODE_EVENT_SUB_PROCESS)
        return false;
    if (has_done(place) || call_kept(place))
        return true;
    return place->place.kind != PLACE_LOOP &&
           (node->compensation >= 0 || compensation_sub_process(flow, node->inner));
}

bool process_keeps(const Flow *flow)
{
    return flow->root->place.trigger == PROCESS_CALLED &&
           (has_done(flow->root) || compensation_sub_process(flow, 0));
}

static Live *newest_done(const Live *scope, int activity)
{
    Live *newest = NULL;
    for (Live *child = place_child(scope, NULL); child; child = place_child(scope, child))
        if (child->place.kind == PLACE_DONE && (activity < 0 || child->place.node == activity) &&
            (!newest || child->place.count > newest->place.count))
            newest = child;
    return newest;
}

// The scope whose activities are undone: from inside an event sub-process the one around it.
static Live *compensated_scope(const Flow *flow, Live *at)
{
    const GraphNode *node = node_of(flow, at);
    if (at->up && node && node->kind == NODE_EVENT_SUB_PROCESS)
        return at->up;
    return at;
}

static FALLIBLE compensation_over(Flow *flow, Live *thrower)
{
    const GraphNode *node = node_of(flow, thrower);
    Live *scope = thrower->up;
    place_end(flow, thrower);
    if (scope->place.kind == PLACE_COMPENSATING)
        return compensation_done(flow, scope);
    if (thrower->place.link)
        return NULL; // nobody waited for it
    if (node->kind != NODE_END)
        return node_leave(flow, node, scope);
    for (size_t i = 0; i < node->trigger_count; i++)
        if (node->triggers[i].kind == TRIGGER_CANCEL)
            return transaction_cancel(flow, node, scope);
    return NULL;
}

static const GraphTrigger compensated = {.kind = TRIGGER_COMPENSATION, .activity = -1};

// Undoes one: by its handler, what it called, its compensation event sub-process, or what it holds.
static FALLIBLE compensation_run(Flow *flow, Live *thrower, Live *done)
{
    const GraphNode *node = node_of(flow, done);
    bool by_handler = node->compensation >= 0 && !(node->loop && has_done(done));
    bool by_called = !by_handler && call_kept(done);
    place_turn(flow, done, by_called ? PLACE_CALL : PLACE_COMPENSATING);
    done->place.link = thrower->place.number;
    if (by_called) {
        done->place.count = 0;
        call_unmake(flow, done);
        return NULL;
    }
    const GraphNode *sub =
        has_done(done) && node->loop ? NULL : compensation_sub_process(flow, node->inner);
    if (by_handler) {
        token_enter(flow, node->compensation, done);
        return NULL;
    }
    if (sub)
        return catcher_run(flow, done, sub, &compensated, value_null());
    Live *inner = place_new(flow, PLACE_COMPENSATE, node->index, done);
    inner->place.trigger = -1;
    move_add(flow, MOVE_COMPENSATE, 0, inner);
    return NULL;
}

static FALLIBLE process_undo_next(Flow *flow)
{
    Live *done = newest_done(flow->root, -1);
    return done ? compensation_run(flow, flow->root, done) : NULL; // else it runs dry and ends
}

FALLIBLE process_undo(Flow *flow)
{
    const GraphNode *sub = compensation_sub_process(flow, 0);
    flow->status = FLOW_RUNNING;
    flow->root->place.trigger = PROCESS_UNDOING;
    return sub ? catcher_run(flow, flow->root, sub, &compensated, value_null())
               : process_undo_next(flow);
}

FALLIBLE compensation_next(Flow *flow, Live *thrower)
{
    if (thrower == flow->root)
        return process_undo_next(flow);
    Live *scope = compensated_scope(flow, thrower->up);
    Live *done = newest_done(scope, thrower->place.trigger);
    // A named activity may also stand in a scope further out.
    while (!done && thrower->place.trigger >= 0 && scope->up) {
        scope = scope->up;
        done = newest_done(scope, thrower->place.trigger);
    }
    return done ? compensation_run(flow, thrower, done) : compensation_over(flow, thrower);
}

FALLIBLE compensation_begin(Flow *flow, const GraphNode *thrower, Live *scope, int activity,
                            bool wait)
{
    Live *place = place_new(flow, PLACE_COMPENSATE, thrower->index, scope);
    place->place.trigger = activity;
    place->place.link = !wait;
    return compensation_next(flow, place);
}

FALLIBLE compensation_done(Flow *flow, Live *compensating)
{
    Live *thrower = place_find(flow, compensating->place.link);
    history_add(flow, HISTORY_COMPENSATED, compensating->place.number, compensating->place.node);
    place_end(flow, compensating);
    return thrower ? compensation_next(flow, thrower) : NULL;
}

static Live *transaction_around(const Flow *flow, Live *scope)
{
    for (; scope->up; scope = scope->up)
        if (scope->place.kind == PLACE_SCOPE && node_of(flow, scope)->kind == NODE_TRANSACTION)
            return scope;
    return NULL;
}

// Stops what runs, undoes what was done, then leaves by the cancel boundary event.
FALLIBLE transaction_cancel(Flow *flow, const GraphNode *thrower, Live *scope)
{
    Live *transaction = transaction_around(flow, scope);
    if (!transaction)
        return NULL; // the compiler refuses a cancel event elsewhere
    tokens_cancel(flow, transaction);
    if (has_done(transaction))
        return compensation_begin(flow, thrower, transaction, -1, true);
    const GraphNode *node = node_of(flow, transaction);
    for (size_t i = 0; i < node->boundary_count; i++) {
        const GraphNode *boundary = &flow->graph->nodes[node->boundaries[i]];
        for (size_t k = 0; k < boundary->trigger_count; k++)
            if (boundary->triggers[k].kind == TRIGGER_CANCEL)
                return catcher_run(flow, transaction, boundary, &boundary->triggers[k],
                                   value_null());
    }
    place_cancel(flow, transaction); // cancelled, and nobody goes on from there
    return NULL;
}
