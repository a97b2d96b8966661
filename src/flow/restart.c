// SPDX-License-Identifier: Apache-2.0
// An instance begins again where it once stood: each place of then comes alive under a new number,
// and whatever waits asks the world anew.
//
//   what waits now is taken back, as by a cancellation
//   places of then: numbers behind all that were ever used, parents and links with them
//   work is offered, calls are made, timers run from now, messages and signals are waited for
//   then the instance runs until all waits, as after any event
#include "flow/restart.h"

#include "flow/engine.h"

#include <string.h>

// The root keeps its number.
static int renumbered(int number, int offset)
{
    return number > 1 ? number + offset : number;
}

static FlowState state_shifted(Ctx *cx, const FlowState *now, const FlowState *then)
{
    int offset = now->next_number;
    FlowState state = *then;
    state.status = FLOW_RUNNING;
    state.next_number = then->next_number + offset;
    state.next_order = then->next_order > now->next_order ? then->next_order : now->next_order;
    state.places = NEW_ARRAY(cx->arena, FlowPlace, then->place_count + 1);
    for (size_t i = 0; i < then->place_count; i++) {
        FlowPlace *place = &state.places[i];
        *place = then->places[i];
        place->number = renumbered(place->number, offset);
        place->parent = renumbered(place->parent, offset);
        place->link = renumbered(place->link, offset);
    }
    return state;
}

// What was called then and can be undone still can be.
static bool kept_again(const Flow *into, const FlowEffect *effect)
{
    for (size_t i = 0; effect->kind == EFFECT_CALL_FORGET && i < into->places.count; i++) {
        const char *key = call_kept(into->places.items[i]);
        if (key && text_equal(key, effect->key))
            return true;
    }
    return false;
}

static FALLIBLE taken_back(Ctx *cx, const Graph *graph, const FlowState *now, Flow *into)
{
    Flow flow = {.cx = cx, .graph = graph, .event = into->event, .subject = into->subject};
    if (!now->place_count)
        return NULL;
    TRY(flow_open(&flow, now));
    for (Live *child = place_child(flow.root, NULL); child; child = place_child(flow.root, child))
        place_cancel(&flow, child);
    for (size_t i = 0; i < flow.effects.count; i++)
        if (!kept_again(into, &flow.effects.items[i]))
            array_push(cx->arena, into->effects) = flow.effects.items[i];
    return NULL;
}

static FALLIBLE place_ask(Flow *flow, Live *place)
{
    switch (place->place.kind) {
    case PLACE_FUNCTION:
    case PLACE_DECISION:
    case PLACE_CALL:
        place->place.count = 0;
        [[fallthrough]];
    case PLACE_WORK:
        history_add(flow, HISTORY_ENTERED, place->place.number, place->place.node);
        return activity_perform(flow, place);
    case PLACE_EVENT:
    case PLACE_WATCH:
        return trigger_arm(flow, place);
    case PLACE_STUCK:
        return place_retry(flow, place);
    default:
        return NULL;
    }
}

FALLIBLE flow_restart(Ctx *cx, const Graph *graph, const FlowRestart *restart, FlowOutcome *out)
{
    static const FlowEvent check = {.kind = FLOW_CHECK, .node = -1};
    const FlowState *then = restart->then;
    if (then->status != FLOW_RUNNING)
        return error_hint(FAIL(cx, ERR_CONFLICT, "the instance had ended there: it was %s",
                               flow_status_word(then->status)),
                          "Choose an event before its end.");
    FlowState state = state_shifted(cx, restart->now, then);
    Flow flow = {.cx = cx, .graph = graph, .event = &check, .subject = restart->subject};
    TRY(flow_open(&flow, &state));
    TRY(taken_back(cx, graph, restart->now, &flow));
    flow.first_new = restart->now->next_number; // nobody outside knows any of them yet
    size_t count = flow.places.count;
    for (size_t i = 0; i < count; i++)
        if (!flow.places.items[i]->dead)
            TRY(place_ask(&flow, flow.places.items[i]));
    return flow_close(&flow, out);
}
