// SPDX-License-Identifier: Apache-2.0
// What people change in a running instance: tokens moved, put in and taken away (an approved
// deviation), a step skipped, an instance more of a multi-instance activity, an activity chosen in
// an ad-hoc sub-process, variables mended.
#include "flow/engine.h"

// --- What can be touched -------------------------------------------------------------------------

static FALLIBLE untouchable(Flow *flow, int wait)
{
    Ctx *cx = flow->cx;
    return error_hint(FAIL(cx, ERR_CONFLICT, "there is no token at wait %d of the instance", wait),
                      "The process has gone on; read its state again.");
}

// The token that is meant: of a race the gate, else the place itself. NULL: none.
static Live *token_find(Flow *flow, int wait)
{
    Live *place = place_find(flow, wait);
    if (!place || !place->up || !place_is_token(flow, place) ||
        place->place.kind == PLACE_COMPENSATING || undoes_call(place))
        return NULL;
    return place->up->place.kind == PLACE_GATE ? place->up : place;
}

static FALLIBLE node_check(Flow *flow, const GraphNode *node)
{
    Ctx *cx = flow->cx;
    bool stands = node->kind != NODE_BOUNDARY && node->kind != NODE_EVENT_SUB_PROCESS &&
                  !node->for_compensation && !(node->kind == NODE_START && node->trigger_count);
    if (stands)
        return NULL;
    return error_hint(FAIL(cx, ERR_INVALID, "no token can be put before '%s'", node->id),
                      "Name a step, a gateway or an event in the flow.");
}

// --- Where a token goes --------------------------------------------------------------------------

static bool is_scope(const Flow *flow, const Live *place, int scope)
{
    return place->place.kind == PLACE_SCOPE && scope_of(flow, place)->index == scope;
}

static Live *scope_around(const Flow *flow, Live *near, int scope)
{
    for (Live *at = near; at; at = at->up)
        if (is_scope(flow, at, scope))
            return at;
    return NULL;
}

static FALLIBLE scope_enter(Flow *flow, int scope, Live **out);

// The running scope a node stands in, nearest to where the token was; one that does not run is
// entered without its start.
static FALLIBLE scope_find(Flow *flow, const GraphNode *node, Live *near, Live **out)
{
    Ctx *cx = flow->cx;
    Live *found = scope_around(flow, near, node->scope);
    for (size_t i = 0; !found && i < flow->places.count; i++) {
        Live *place = flow->places.items[i];
        if (place->dead || !is_scope(flow, place, node->scope))
            continue;
        for (size_t k = i + 1; k < flow->places.count; k++)
            if (!flow->places.items[k]->dead && is_scope(flow, flow->places.items[k], node->scope))
                return error_hint(FAIL(cx, ERR_INVALID,
                                       "the sub-process around '%s' runs more than once", node->id),
                                  "Name a token inside the one that is meant.");
        found = place;
    }
    if (!found)
        return scope_enter(flow, node->scope, out);
    *out = found;
    return NULL;
}

static FALLIBLE scope_enter(Flow *flow, int scope, Live **out)
{
    Ctx *cx = flow->cx;
    const GraphNode *owner = &flow->graph->nodes[flow->graph->scopes[scope].node];
    Live *around;
    if (owner->loop || owner->kind == NODE_EVENT_SUB_PROCESS)
        return FAIL(cx, ERR_INVALID, "'%s' does not run and cannot be entered from outside",
                    owner->id);
    TRY(scope_find(flow, owner, NULL, &around));
    TRY(activity_start(flow, owner, around, out));
    TRY(boundaries_arm(flow, *out));
    return event_sub_processes_arm(flow, *out);
}

// --- Modification --------------------------------------------------------------------------------

// Of a multi-instance activity one instance is taken away and the others go on.
static FALLIBLE token_remove(Flow *flow, Live *place)
{
    Live *loop = place->up->place.kind == PLACE_LOOP ? place->up : NULL;
    place_cancel(flow, place);
    return loop ? loop_instance_removed(flow, loop) : NULL;
}

FALLIBLE token_modify(Flow *flow, const FlowEvent *event)
{
    Ctx *cx = flow->cx;
    Live *place = event->wait ? token_find(flow, event->wait) : NULL, *scope = NULL;
    if (event->wait && !place)
        return untouchable(flow, event->wait);
    if (event->node >= (int)flow->graph->node_count || (!place && event->node < 0))
        return FAIL(cx, ERR_INVALID, "the process has no such step");
    if (event->node < 0)
        return token_remove(flow, place);
    const GraphNode *node = &flow->graph->nodes[event->node];
    TRY(node_check(flow, node));
    if (place && place->up->place.kind == PLACE_LOOP)
        place = place->up; // moved as a whole
    if (place)
        place_cancel(flow, place);
    TRY(scope_find(flow, node, place ? place->up : NULL, &scope));
    token_put(flow, node, scope);
    return NULL;
}

FALLIBLE place_skip(Flow *flow, const FlowEvent *event)
{
    Ctx *cx = flow->cx;
    Live *place = place_find(flow, event->wait);
    if (!place || !place->up || !place_is_token(flow, place))
        return untouchable(flow, event->wait);
    const GraphNode *node = node_of(flow, place);
    bool activity = node_is_activity(node) && place->place.kind != PLACE_JOIN &&
                    place->place.kind != PLACE_COMPENSATE &&
                    place->place.kind != PLACE_COMPENSATING;
    bool catches = node->kind == NODE_CATCH && place->up->place.kind != PLACE_GATE;
    if (!activity && !catches)
        return error_hint(FAIL(cx, ERR_INVALID, "'%s' cannot be skipped", node->id),
                          "Move its token to the step with which the process shall go on.");
    Live *scope = place->up,
         *thrower = undoes_call(place) ? place_find(flow, place->place.link) : NULL;
    place_cancel_quietly(flow, place);
    history_add(flow, HISTORY_SKIPPED, event->wait, node->index);
    if (thrower)
        return compensation_next(flow, thrower);
    TRY(sets_apply(flow, node, scope, true));
    if (scope->place.kind == PLACE_LOOP)
        return loop_instance_removed(flow, scope);
    for (int i = 0; i < node->completion_quantity; i++)
        TRY(node_leave(flow, node, scope));
    return ad_hoc_done(flow, scope);
}

// --- One more ------------------------------------------------------------------------------------

FALLIBLE instance_add(Flow *flow, const FlowEvent *event)
{
    Ctx *cx = flow->cx;
    Live *place = place_find(flow, event->wait);
    if (place && place->up && place->up->place.kind == PLACE_LOOP)
        place = place->up;
    if (!place || place->place.kind != PLACE_LOOP)
        return untouchable(flow, event->wait);
    if (node_of(flow, place)->loop->kind == LOOP_STANDARD)
        return FAIL(cx, ERR_INVALID, "'%s' is a loop: it has no instances to add to",
                    node_of(flow, place)->id);
    return loop_instance_add(flow, place, event->value);
}

FALLIBLE activity_choose(Flow *flow, const FlowEvent *event)
{
    Ctx *cx = flow->cx;
    Live *scope = place_find(flow, event->wait);
    if (scope && scope->place.kind == PLACE_CHOICE)
        scope = scope->up;
    const GraphNode *ad_hoc = scope && scope->up ? node_of(flow, scope) : NULL;
    if (!ad_hoc || scope->place.kind != PLACE_SCOPE || ad_hoc->kind != NODE_AD_HOC)
        return untouchable(flow, event->wait);
    bool inside = false;
    const GraphScope *own = scope_of(flow, scope);
    for (size_t i = 0; i < own->start_count; i++)
        inside = inside || own->starts[i] == event->node;
    if (!inside)
        return FAIL(cx, ERR_INVALID, "this is no step to choose in '%s'", ad_hoc->id);
    if (ad_hoc_closed(scope))
        return FAIL(cx, ERR_CONFLICT, "'%s' starts nothing any more", ad_hoc->id);
    for (Live *child = place_child(scope, NULL); child; child = place_child(scope, child))
        if (ad_hoc->ordered && child->place.kind != PLACE_CHOICE && place_is_token(flow, child))
            return error_hint(
                FAIL(cx, ERR_CONFLICT, "in '%s' one step runs after the other", ad_hoc->id),
                "Complete the open step first.");
    token_enter(flow, event->node, scope);
    return NULL;
}

// --- Data ----------------------------------------------------------------------------------------

// Each is changed where it is seen; one that is not there yet becomes one of the whole instance.
FALLIBLE data_change(Flow *flow, const FlowEvent *event)
{
    Ctx *cx = flow->cx;
    Live *place = place_find(flow, event->wait);
    if (!place)
        return untouchable(flow, event->wait);
    if (event->value.kind != VALUE_CONTEXT)
        return FAIL(cx, ERR_INVALID, "name the variables and their values");
    const ValueContext *data = event->value.context;
    for (size_t i = 0; i < data->count; i++) {
        if (!*data->entries[i].key || data->entries[i].key[0] == ' ') // the engine's own notes
            return FAIL(cx, ERR_INVALID, "'%s' is no name of a variable", data->entries[i].key);
        variable_set(flow, place, data->entries[i].key, data->entries[i].value);
    }
    return NULL;
}
