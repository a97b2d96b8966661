// SPDX-License-Identifier: Apache-2.0
// Events: armed, fired, thrown, caught. BPMN 2.0.2, 10.5 and 13.5.
//
//   trigger_arm: EVENT and WATCH places ask for their timer, message or signal
//   event_fire:  it has come -> the token goes on, or catcher_run for boundary events and event
//                sub-processes
//   event_throw: throw and end events; errors and escalations look up through the scopes
#include "flow/engine.h"

#include "base/messages.h"

#include <string.h>

// --- Armed ---------------------------------------------------------------------------------------

// A watch of an event sub-process waits for what its start event says.
static const GraphNode *start_of(const Flow *flow, const GraphNode *sub_process)
{
    const GraphScope *scope = &flow->graph->scopes[sub_process->inner];
    for (size_t i = 0; i < scope->node_count; i++)
        if (flow->graph->nodes[scope->nodes[i]].kind == NODE_START)
            return &flow->graph->nodes[scope->nodes[i]];
    return sub_process; // the compiler refuses an event sub-process without a start
}

const GraphNode *watch_event(const Flow *flow, const Live *watch)
{
    const GraphNode *node = node_of(flow, watch);
    return node->kind == NODE_EVENT_SUB_PROCESS ? start_of(flow, node) : node;
}

const GraphTrigger *place_trigger(const Flow *flow, const Live *place)
{
    return &watch_event(flow, place)->triggers[place->place.trigger];
}

// Errors, escalations, compensation and cancel are looked up when they are thrown.
static bool waits(TriggerKind kind)
{
    return kind == TRIGGER_MESSAGE || kind == TRIGGER_TIMER || kind == TRIGGER_SIGNAL ||
           kind == TRIGGER_CONDITION;
}

static const char *key_text(Flow *flow, Value key)
{
    if (key.kind == VALUE_TEXT)
        return key.text.bytes;
    return key.kind == VALUE_NULL ? NULL : feel_text(flow->cx->arena, key);
}

static FALLIBLE message_key(Flow *flow, const Live *at, const GraphTrigger *trigger,
                            const char **key, const char **why)
{
    *key = "";
    if (!trigger->key || flow->choices)
        return NULL;
    Value value;
    const char *complaint;
    TRY(evaluate(flow, at, trigger->key, NULL, &value, &complaint));
    *key = key_text(flow, value);
    if (!*key)
        *why =
            text_format(flow->cx->arena,
                        message_in(flow->cx->language, "the key '%s' of message '%s' is null%s%s"),
                        feel_source(trigger->key), trigger->name, complaint ? ": " : "",
                        complaint ? complaint : "");
    return NULL;
}

static FALLIBLE timer_arm(Flow *flow, Live *place, const GraphTrigger *trigger, const char **why)
{
    Instant due = 0;
    int count = 0;
    TRY(timer_first(flow, place, &trigger->when, &due, &count, why));
    if (*why)
        return NULL;
    place->place.due = due;
    place->place.count = count;
    effect_add(flow, EFFECT_TIMER_SET, place->place.number, place->place.node)->due = due;
    return NULL;
}

FALLIBLE trigger_arm(Flow *flow, Live *place)
{
    const GraphTrigger *trigger = place_trigger(flow, place);
    int wait = place->place.number, node = place->place.node;
    const char *why = NULL, *key = NULL;
    if (trigger->kind == TRIGGER_TIMER) {
        TRY(timer_arm(flow, place, trigger, &why));
    } else if (trigger->kind == TRIGGER_MESSAGE) {
        TRY(message_key(flow, place, trigger, &key, &why));
        if (!why) {
            FlowEffect *effect = effect_add(flow, EFFECT_MESSAGE_WAIT, wait, node);
            effect->name = trigger->name;
            effect->key = key;
        }
    } else if (trigger->kind == TRIGGER_SIGNAL) {
        effect_add(flow, EFFECT_SIGNAL_WAIT, wait, node)->name = trigger->name;
    }
    if (!why) {
        place_index(flow, place);
        return NULL;
    }
    place_turn(flow, place, PLACE_STUCK);
    incident_add(flow, place, "cannot-wait", why);
    return NULL;
}

static FALLIBLE watch_arm(Flow *flow, const GraphNode *node, const GraphNode *event, Live *host)
{
    for (size_t i = 0; i < event->trigger_count; i++) {
        if (!waits(event->triggers[i].kind))
            continue;
        Live *watch = place_new(flow, PLACE_WATCH, node->index, host);
        watch->place.trigger = (int)i;
        TRY(trigger_arm(flow, watch));
    }
    return NULL;
}

FALLIBLE boundary_arm(Flow *flow, int boundary, Live *host)
{
    const GraphNode *node = &flow->graph->nodes[boundary];
    return watch_arm(flow, node, node, host);
}

FALLIBLE boundaries_arm(Flow *flow, Live *host)
{
    const GraphNode *node = node_of(flow, host);
    for (size_t i = 0; i < node->boundary_count; i++)
        TRY(boundary_arm(flow, node->boundaries[i], host));
    return NULL;
}

FALLIBLE event_sub_process_arm(Flow *flow, int sub_process, Live *scope)
{
    const GraphNode *node = &flow->graph->nodes[sub_process];
    return watch_arm(flow, node, start_of(flow, node), scope);
}

FALLIBLE event_sub_processes_arm(Flow *flow, Live *scope)
{
    const GraphScope *own = scope_of(flow, scope);
    for (size_t i = 0; i < own->event_sub_process_count; i++)
        TRY(event_sub_process_arm(flow, own->event_sub_processes[i], scope));
    return NULL;
}

// --- Catching events in the flow -----------------------------------------------------------------

static FALLIBLE event_go_on(Flow *flow, const GraphNode *node, Live *scope)
{
    TRY(sets_apply(flow, node, scope, true));
    return node_leave(flow, node, scope);
}

FALLIBLE event_wait(Flow *flow, const GraphNode *node, Live *scope)
{
    TRY(sets_apply(flow, node, scope, false));
    if (node->triggers[0].kind == TRIGGER_LINK) {
        history_add(flow, HISTORY_COMPLETED, 0, node->index);
        return event_go_on(flow, node, scope);
    }
    Live *up = scope;
    if (node->trigger_count > 1) {
        up = place_new(flow, PLACE_GATE, node->index, scope);
        history_add(flow, HISTORY_ENTERED, up->place.number, node->index);
    }
    for (size_t i = 0; i < node->trigger_count; i++) {
        Live *place = place_new(flow, PLACE_EVENT, node->index, up);
        place->place.trigger = (int)i;
        if (up == scope)
            history_add(flow, HISTORY_ENTERED, place->place.number, node->index);
        TRY(trigger_arm(flow, place));
    }
    return NULL;
}

FALLIBLE event_gateway_arm(Flow *flow, const GraphEdge *edge, Live *gate)
{
    Live *place = place_new(flow, PLACE_EVENT, edge->target, gate);
    place->place.edge = edge->index;
    return trigger_arm(flow, place);
}

FALLIBLE event_gateway_wait(Flow *flow, const GraphNode *node, Live *scope)
{
    TRY(sets_apply(flow, node, scope, false));
    Live *gate = place_new(flow, PLACE_GATE, node->index, scope);
    history_add(flow, HISTORY_ENTERED, gate->place.number, node->index);
    for (size_t i = 0; i < node->outgoing_count; i++)
        TRY(event_gateway_arm(flow, &flow->graph->edges[node->outgoing[i]], gate));
    return NULL;
}

// The race is decided: the token takes the flow of the event that came first.
static FALLIBLE gate_decided(Flow *flow, Live *gate, Live *place, Value payload)
{
    const GraphNode *gateway = node_of(flow, gate), *node = node_of(flow, place);
    Live *scope = gate->up;
    const GraphTrigger *trigger = place_trigger(flow, place);
    int edge = place->place.edge;
    place_end(flow, place);
    if (node->all_triggers && place_child(gate, NULL))
        return outputs_apply(flow, scope, &trigger->outputs, payload); // the others are to come
    for (Live *child = place_child(gate, NULL); child; child = place_child(gate, child))
        place_cancel(flow, child);
    place_end(flow, gate);
    history_add(flow, HISTORY_COMPLETED, gate->place.number, gateway->index);
    if (gateway != node) {
        TRY(sets_apply(flow, gateway, scope, true));
        FlowEffect *taken = effect_add(flow, EFFECT_HISTORY, 0, gateway->index);
        taken->what = HISTORY_FLOW;
        taken->edge = edge;
        history_add(flow, HISTORY_COMPLETED, place->place.number, node->index);
        TRY(sets_apply(flow, node, scope, false));
    }
    TRY(outputs_apply(flow, scope, &trigger->outputs, payload));
    return event_go_on(flow, node, scope);
}

// A cycle in the flow sends a token on each time until it has ended. Returns whether it goes on.
static FALLIBLE cycle_again(Flow *flow, Live *place, const GraphTrigger *trigger, bool *again)
{
    const char *why = NULL;
    Instant due;
    *again = false;
    if (trigger->kind != TRIGGER_TIMER || --place->place.count <= 0)
        return NULL;
    TRY(timer_next(flow, place, &trigger->when, place->place.due, &due, &why));
    if (why)
        return NULL;
    *again = true;
    place->place.due = due;
    effect_add(flow, EFFECT_TIMER_SET, place->place.number, place->place.node)->due = due;
    return NULL;
}

static FALLIBLE catch_fire(Flow *flow, Live *place, Value payload)
{
    const GraphNode *node = node_of(flow, place);
    const GraphTrigger *trigger = place_trigger(flow, place);
    Live *scope = place->up;
    if (scope->place.kind == PLACE_GATE)
        return gate_decided(flow, scope, place, payload);
    if (node->kind == NODE_RECEIVE_TASK)
        return activity_answer(flow, place, payload);
    bool again;
    TRY(cycle_again(flow, place, trigger, &again));
    if (!again)
        place_end(flow, place);
    history_add(flow, HISTORY_COMPLETED, place->place.number, node->index);
    TRY(outputs_apply(flow, scope, &trigger->outputs, payload));
    return event_go_on(flow, node, scope);
}

// --- Boundary events and event sub-processes -----------------------------------------------------

static FALLIBLE event_sub_process_run(Flow *flow, Live *scope, const GraphNode *node,
                                      const GraphTrigger *trigger, Value payload)
{
    const GraphNode *start = start_of(flow, node);
    Live *place;
    TRY(activity_start(flow, node, scope, &place));
    TRY(event_sub_processes_arm(flow, place));
    TRY(sets_apply(flow, start, place, false));
    TRY(outputs_apply(flow, place, &trigger->outputs, payload));
    TRY(sets_apply(flow, start, place, true));
    history_add(flow, HISTORY_COMPLETED, 0, start->index);
    return node_leave(flow, start, place);
}

// What an activity tells about its own instances (`behavior` None and One) interrupts nothing: it
// goes on with the others.
static bool interrupts(const Flow *flow, const Live *host, const GraphNode *event)
{
    return event->interrupting && host != flow->telling;
}

static FALLIBLE boundary_run(Flow *flow, Live *host, const GraphNode *node,
                             const GraphTrigger *trigger, Value payload)
{
    Live *scope = host->up;
    if (interrupts(flow, host, node))
        place_cancel(flow, host);
    TRY(sets_apply(flow, node, scope, false));
    TRY(outputs_apply(flow, scope, &trigger->outputs, payload));
    return event_go_on(flow, node, scope);
}

FALLIBLE catcher_run(Flow *flow, Live *holder, const GraphNode *node, const GraphTrigger *trigger,
                     Value payload)
{
    history_add(flow, HISTORY_TRIGGERED, holder->place.number, node->index);
    if (node->kind == NODE_BOUNDARY)
        return boundary_run(flow, holder, node, trigger, payload);
    if (start_of(flow, node)->interrupting) {
        tokens_cancel(flow, holder);
        // Once interrupted a scope listens to no further event sub-process (13.5.4).
        for (Live *child = place_child(holder, NULL); child; child = place_child(holder, child))
            if (child->place.kind == PLACE_WATCH &&
                node_of(flow, child)->kind == NODE_EVENT_SUB_PROCESS)
                place_cancel(flow, child);
    }
    return event_sub_process_run(flow, holder, node, trigger, payload);
}

// A watch that does not interrupt goes on watching: a cycle until it ends, a message or signal
// for ever, a date or duration not.
static FALLIBLE watch_again(Flow *flow, Live *watch, const GraphTrigger *trigger)
{
    const char *why = NULL;
    if (trigger->kind != TRIGGER_TIMER) {
        if (trigger->kind != TRIGGER_CONDITION)
            TRY(trigger_arm(flow, watch));
        return NULL;
    }
    if (watch->place.count > 0)
        watch->place.count--;
    Instant due = 0;
    if (watch->place.count != 0)
        TRY(timer_next(flow, watch, &trigger->when, watch->place.due, &due, &why));
    if (watch->place.count == 0 || why) {
        place_end(flow, watch);
        return NULL;
    }
    watch->place.due = due;
    effect_add(flow, EFFECT_TIMER_SET, watch->place.number, watch->place.node)->due = due;
    return NULL;
}

// Of a parallel multiple event all triggers are needed; then it watches anew.
static FALLIBLE watch_all_done(Flow *flow, Live *watch, const GraphNode *event, bool *done)
{
    Live *host = watch->up;
    const GraphNode *node = node_of(flow, watch);
    place_end(flow, watch);
    for (Live *child = place_child(host, NULL); child; child = place_child(host, child))
        if (child->place.kind == PLACE_WATCH && child->place.node == node->index)
            return NULL;
    *done = true;
    return event->interrupting ? NULL : watch_arm(flow, node, event, host);
}

static FALLIBLE watch_fire(Flow *flow, Live *watch, Value payload)
{
    const GraphNode *event = watch_event(flow, watch), *node = node_of(flow, watch);
    const GraphTrigger *trigger = place_trigger(flow, watch);
    Live *host = watch->up;
    bool fires = true;
    if (event->all_triggers && event->trigger_count > 1) {
        fires = false;
        TRY(watch_all_done(flow, watch, event, &fires));
    } else if (interrupts(flow, host, event)) {
        place_end(flow, watch);
    } else {
        TRY(watch_again(flow, watch, trigger));
    }
    return fires ? catcher_run(flow, host, node, trigger, payload) : NULL;
}

FALLIBLE event_fire(Flow *flow, Live *place, Value payload)
{
    return place->place.kind == PLACE_WATCH ? watch_fire(flow, place, payload)
                                            : catch_fire(flow, place, payload);
}

// --- Conditions ----------------------------------------------------------------------------------

static bool waits_for(const Flow *flow, const Live *place, TriggerKind kind)
{
    return !place->dead && (place->place.kind == PLACE_EVENT || place->place.kind == PLACE_WATCH) &&
           place_trigger(flow, place)->kind == kind;
}

// Nothing but data makes a condition true.
FALLIBLE conditions_test(Flow *flow, bool *fired)
{
    if (!flow->data_moved)
        return NULL;
    for (size_t i = 0; i < flow->conditions.count; i++) {
        Live *place = flow->conditions.items[i];
        flow->work++;
        if (!place->dead && place->place.kind == PLACE_INPUT) {
            TRY(inputs_test(flow, place, fired));
            if (*fired)
                return NULL;
        }
        if (!waits_for(flow, place, TRIGGER_CONDITION))
            continue;
        bool met;
        const char *why;
        const GraphTrigger *trigger = place_trigger(flow, place);
        TRY(holds(flow, place, trigger->condition, NULL, &met, &why)); // not known yet: not met
        bool was = place->place.count != 0;
        place->place.count = met;
        if (!met || was)
            continue;
        *fired = true;
        return event_fire(flow, place, value_null());
    }
    flow->data_moved = false;
    return NULL;
}

// --- Thrown --------------------------------------------------------------------------------------

FALLIBLE flow_message_send(Flow *flow, const GraphNode *node, const GraphTrigger *trigger, Live *at)
{
    const char *key = "", *why = NULL;
    Value payload, value;
    TRY(mappings_value(flow, at, &trigger->payload, &payload));
    if (trigger->key_in_payload && !flow->choices) {
        TRY(feel_evaluate(flow->cx, trigger->key, payload, NULL, &value));
        key = key_text(flow, value);
    } else {
        TRY(message_key(flow, at, trigger, &key, &why));
    }
    FlowEffect *effect = effect_add(flow, EFFECT_MESSAGE_SEND, 0, node->index);
    effect->name = trigger->name;
    effect->key = key ? key : "";
    effect->value = payload;
    return NULL;
}

// First everybody who hears it, then the firing: what one sets off cannot hide it from the next.
FALLIBLE signal_throw(Flow *flow, const char *name, Value payload)
{
    ARRAY(Live *) hearing = {0};
    for (size_t i = 0; i < flow->listeners.count; i++) {
        Live *place = flow->listeners.items[i];
        flow->work++;
        if (waits_for(flow, place, TRIGGER_SIGNAL) &&
            text_equal(place_trigger(flow, place)->name, name))
            array_push(flow->cx->arena, hearing) = place;
    }
    for (size_t i = 0; i < hearing.count; i++) {
        Live *place = hearing.items[i];
        if (place->dead)
            continue;
        effect_add(flow, EFFECT_SIGNAL_CANCEL, place->place.number, place->place.node);
        TRY(event_fire(flow, place, payload));
    }
    return NULL;
}

typedef struct Catcher {
    Live *holder;
    const GraphNode *node;
    const GraphTrigger *trigger;
} Catcher;

static void catcher_try(Catcher *best, Live *holder, const GraphNode *node, const GraphNode *event,
                        TriggerKind kind, const char *code)
{
    for (size_t i = 0; i < event->trigger_count; i++) {
        const GraphTrigger *trigger = &event->triggers[i];
        bool specific = trigger->name && code && strcmp(trigger->name, code) == 0;
        if (trigger->kind != kind || (trigger->name && !specific))
            continue;
        if (!best->node || (specific && !best->trigger->name))
            *best = (Catcher){holder, node, trigger};
    }
}

// Innermost first; in one place the specific before the one that catches all. An event sub-process
// does not catch what comes out of itself or its neighbours.
static bool catcher_find(Flow *flow, Live *from, TriggerKind kind, const char *code, Catcher *out)
{
    bool from_event = false;
    for (Live *at = from; at; at = at->up) {
        *out = (Catcher){0};
        const GraphNode *node = node_of(flow, at);
        if (at->place.kind == PLACE_SCOPE && !from_event) {
            const GraphScope *scope = scope_of(flow, at);
            for (size_t i = 0; i < scope->event_sub_process_count; i++) {
                const GraphNode *sub = &flow->graph->nodes[scope->event_sub_processes[i]];
                catcher_try(out, at, sub, start_of(flow, sub), kind, code);
            }
        }
        // A loop's place is watched, not its instances; what is being undone no more.
        bool unwatched = at->place.kind == PLACE_COMPENSATING || undoes_call(at) ||
                         (at->up && at->up->place.kind == PLACE_LOOP);
        bool inside = out->node != NULL; // an event sub-process is nearer than the boundary
        for (size_t i = 0; !inside && node && !unwatched && i < node->boundary_count; i++) {
            const GraphNode *boundary = &flow->graph->nodes[node->boundaries[i]];
            catcher_try(out, at, boundary, boundary, kind, code);
        }
        if (out->node)
            return true;
        from_event = node && node->kind == NODE_EVENT_SUB_PROCESS;
    }
    return false;
}

static Value error_value(Flow *flow, const char *code, Value payload)
{
    Value value = value_context(flow->cx->arena);
    value_set(flow->cx->arena, value, "code", value_text(code));
    if (payload.kind == VALUE_CONTEXT)
        for (size_t i = 0; i < payload.context->count; i++)
            value_set(flow->cx->arena, value, payload.context->entries[i].key,
                      payload.context->entries[i].value);
    return value;
}

FALLIBLE error_throw(Flow *flow, Live *from, const char *code, Value payload, bool *caught)
{
    Catcher catcher;
    *caught = catcher_find(flow, from, TRIGGER_ERROR, code, &catcher);
    if (!*caught)
        return NULL;
    return catcher_run(flow, catcher.holder, catcher.node, catcher.trigger,
                       error_value(flow, code, payload));
}

FALLIBLE escalation_throw(Flow *flow, Live *from, const char *code, Value payload)
{
    Catcher catcher;
    if (catcher_find(flow, from, TRIGGER_ESCALATION, code, &catcher))
        return catcher_run(flow, catcher.holder, catcher.node, catcher.trigger,
                           error_value(flow, code, payload));
    FlowEffect *effect = effect_add(flow, EFFECT_ESCALATED, 0, from->place.node);
    effect->name = code; // nobody minds here: the flow goes on
    effect->value = payload;
    return NULL;
}

static FALLIBLE error_end(Flow *flow, Live *scope, const GraphTrigger *trigger, Value payload)
{
    bool caught;
    TRY(error_throw(flow, scope, trigger->name, payload, &caught));
    if (caught)
        return NULL;
    flow->status = FLOW_FAILED;
    flow->error_code = trigger->name;
    flow->error_payload = payload;
    place_cancel(flow, flow->root);
    return NULL;
}

// Ends the innermost sub-process, or the process: 13.5.6.
static FALLIBLE terminate(Flow *flow, Live *scope)
{
    Live *place = scope;
    while (place->up && place->place.kind != PLACE_SCOPE)
        place = place->up;
    tokens_cancel(flow, place);
    if (place->up)
        return NULL; // it has run dry now and completes
    flow->status = FLOW_TERMINATED;
    place_cancel(flow, flow->root);
    return NULL;
}

static FALLIBLE link_follow(Flow *flow, const GraphTrigger *trigger, Live *scope,
                            const GraphNode *from)
{
    const GraphScope *own = &flow->graph->scopes[from->scope];
    for (size_t i = 0; i < own->node_count; i++) {
        const GraphNode *node = &flow->graph->nodes[own->nodes[i]];
        if (node->kind == NODE_CATCH && node->trigger_count == 1 &&
            node->triggers[0].kind == TRIGGER_LINK &&
            text_equal(node->triggers[0].name, trigger->name))
            token_enter(flow, node->index, scope);
    }
    return NULL;
}

FALLIBLE trigger_throw(Flow *flow, const GraphNode *node, const GraphTrigger *trigger, Live *scope,
                       bool *stays)
{
    Value payload;
    TRY(mappings_value(flow, scope, &trigger->payload, &payload));
    switch (trigger->kind) {
    case TRIGGER_MESSAGE:
        return flow_message_send(flow, node, trigger, scope);
    case TRIGGER_SIGNAL: {
        FlowEffect *effect = effect_add(flow, EFFECT_SIGNAL_SEND, 0, node->index);
        effect->name = trigger->name;
        effect->value = payload;
        return signal_throw(flow, trigger->name, payload);
    }
    case TRIGGER_ESCALATION:
        return escalation_throw(flow, scope, trigger->name, payload);
    case TRIGGER_ERROR:
        *stays = true;
        return error_end(flow, scope, trigger, payload);
    case TRIGGER_COMPENSATION:
        *stays = trigger->wait_for_completion;
        return compensation_begin(flow, node, scope, trigger->activity,
                                  trigger->wait_for_completion);
    case TRIGGER_CANCEL:
        *stays = true;
        return transaction_cancel(flow, node, scope);
    case TRIGGER_TERMINATE:
        *stays = true;
        return terminate(flow, scope);
    case TRIGGER_LINK:
        *stays = true;
        return link_follow(flow, trigger, scope, node);
    default:
        return NULL;
    }
}

FALLIBLE event_throw(Flow *flow, const GraphNode *node, Live *scope)
{
    bool stays = false;
    int cleared = scope->cleared;
    TRY(sets_apply(flow, node, scope, false));
    TRY(sets_apply(flow, node, scope, true));
    history_add(flow, HISTORY_COMPLETED, 0, node->index);
    // What is thrown may end the scope in which it was thrown, or interrupt it.
    for (size_t i = 0; i < node->trigger_count && !scope->dead && scope->cleared == cleared; i++)
        TRY(trigger_throw(flow, node, &node->triggers[i], scope, &stays));
    if (stays || scope->dead || scope->cleared != cleared)
        return NULL;
    return node_leave(flow, node, scope);
}
