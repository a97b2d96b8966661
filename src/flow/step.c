// SPDX-License-Identifier: Apache-2.0
#include "flow/engine.h"

#include "base/messages.h"

#include <string.h>

// --- State in, state out -------------------------------------------------------------------------

// What a usual step needs, in one piece.
static void room_make(Flow *flow, size_t places)
{
    typedef struct Room {
        FlowEffect effects[12];
        Move moves[8];
        Live *dry[8];
    } Room;
    Room *room = NEW(flow->cx->arena, Room);
    flow->effects.items = room->effects;
    flow->effects.capacity = sizeof room->effects / sizeof *room->effects;
    flow->moves.items = room->moves;
    flow->moves.capacity = sizeof room->moves / sizeof *room->moves;
    flow->dry.items = room->dry;
    flow->dry.capacity = sizeof room->dry / sizeof *room->dry;
    flow->places.capacity = places + 4;
    flow->places.items = NEW_ARRAY(flow->cx->arena, Live *, flow->places.capacity);
}

FALLIBLE flow_open(Flow *flow, const FlowState *state)
{
    Ctx *cx = flow->cx;
    flow->status = state->status;
    flow->next_number = state->next_number;
    flow->next_order = state->next_order;
    flow->first_new = state->next_number;
    flow->data_moved = true; // what happened outside has not been tested
    room_make(flow, state->place_count);
    Live *lives = NEW_ARRAY(cx->arena, Live, state->place_count);
    for (size_t i = 0; i < state->place_count; i++) {
        Live *live = &lives[i];
        live->place = state->places[i];
        Live *up = live->place.parent ? place_find(flow, live->place.parent) : NULL;
        array_push(cx->arena, flow->places) = live;
        if ((up == NULL) != (i == 0))
            return FAIL(cx, ERR_INTERNAL, "the state of the instance has no root, or two");
        place_below(live, up);
    }
    if (!state->place_count)
        return FAIL(cx, ERR_INTERNAL, "the state of the instance has no root, or two");
    flow->root = lives;
    for (size_t i = state->place_count; i-- > 0;) // what stands in a scope is counted before it
        place_note(flow, &lives[i]);
    for (size_t i = 0; i < state->place_count; i++)
        if (lives[i].place.kind == PLACE_EVENT || lives[i].place.kind == PLACE_WATCH ||
            lives[i].place.kind == PLACE_INPUT)
            place_index(flow, &lives[i]);
    return NULL;
}

static FALLIBLE state_store(Flow *flow, FlowState *out)
{
    Ctx *cx = flow->cx;
    size_t count = 0;
    FlowPlace *places = NEW_ARRAY(cx->arena, FlowPlace, flow->places.count);
    for (size_t i = 0; i < flow->places.count; i++)
        if (!flow->places.items[i]->dead)
            places[count++] = flow->places.items[i]->place;
    if (count > LIMIT_FLOW_PLACES)
        return FAIL(cx, ERR_LIMIT, "the instance has more than %d waiting places",
                    LIMIT_FLOW_PLACES);
    *out = (FlowState){flow->status, flow->next_number, flow->next_order, places, count};
    return NULL;
}

static bool asks(FlowEffectKind kind)
{
    switch (kind) {
    case EFFECT_WORK_OFFER:
    case EFFECT_FUNCTION_CALL:
    case EFFECT_DECISION_CALL:
    case EFFECT_PROCESS_CALL:
    case EFFECT_TIMER_SET:
    case EFFECT_MESSAGE_WAIT:
    case EFFECT_SIGNAL_WAIT:
        return true;
    default:
        return false;
    }
}

static bool takes_back(FlowEffectKind kind)
{
    return kind == EFFECT_WORK_CANCEL || kind == EFFECT_CALL_CANCEL ||
           kind == EFFECT_TIMER_CANCEL || kind == EFFECT_MESSAGE_CANCEL ||
           kind == EFFECT_SIGNAL_CANCEL;
}

// What a place asked for that ended in the same step is not told, nor that it is taken back.
static void effects_store(Flow *flow, FlowOutcome *out)
{
    size_t count = 0;
    for (size_t i = 0; i < flow->effects.count; i++) {
        const FlowEffect *effect = &flow->effects.items[i];
        bool fresh = effect->wait >= flow->first_new;
        if (asks(effect->kind) && !place_find(flow, effect->wait))
            continue;
        if (takes_back(effect->kind) && fresh)
            continue;
        if (&flow->effects.items[count++] != effect)
            flow->effects.items[count - 1] = *effect;
    }
    out->effects = flow->effects.items;
    out->effect_count = count;
}

// --- The loop ------------------------------------------------------------------------------------

static FALLIBLE move_run(Flow *flow, Move move)
{
    if (move.scope->dead || move.scope->cleared != move.cleared)
        return NULL;
    if (move.edge == MOVE_INSTANCE)
        return loop_instance_begin(flow, move.scope, move.node);
    if (move.edge == MOVE_COMPENSATE)
        return compensation_next(flow, move.scope);
    return node_enter(flow, &flow->graph->nodes[move.node], move.scope, move.edge);
}

static bool calls_out(const Flow *flow, Move move)
{
    const GraphNode *node = move.edge < MOVE_ENTER ? NULL : &flow->graph->nodes[move.node];
    if (!node || (node->kind != NODE_THROW && node->kind != NODE_END))
        return false;
    for (size_t i = 0; i < node->trigger_count; i++)
        if (node->triggers[i].kind == TRIGGER_SIGNAL)
            return true;
    return false;
}

static FALLIBLE too_many_moves(Ctx *cx)
{
    return error_hint(FAIL(cx, ERR_LIMIT, "the process makes more than %d moves without waiting",
                           LIMIT_FLOW_MOVES),
                      "A loop in the process never comes to a step that waits.");
}

static FALLIBLE moves_run(Flow *flow)
{
    Ctx *cx = flow->cx;
    while (flow->status == FLOW_RUNNING) {
        if (flow->next_move >= LIMIT_FLOW_MOVES)
            return too_many_moves(cx);
        flow->work++;
        if (flow->next_move < flow->moves.count) {
            Move move = flow->moves.items[flow->next_move++];
            if (calls_out(flow, move))
                array_push(cx->arena, flow->calls) = move;
            else
                TRY(move_run(flow, move));
        } else if (flow->next_call < flow->calls.count) {
            TRY(move_run(flow, flow->calls.items[flow->next_call++]));
        } else {
            return NULL;
        }
    }
    return NULL;
}

// A scope in which nothing runs any more is complete; a compensation whose handler has ended is
// done. What ran dry last first: it is the innermost.
static FALLIBLE dry_test(Flow *flow, bool *fired)
{
    while (flow->dry.count) {
        Live *place = flow->dry.items[--flow->dry.count];
        flow->work++;
        if (place->dead || place->tokens)
            continue;
        *fired = true;
        if (place->place.kind == PLACE_SCOPE)
            return scope_dry(flow, place);
        if (place->place.kind == PLACE_COMPENSATING)
            return compensation_done(flow, place);
        *fired = false; // it is a scope no more
    }
    return NULL;
}

static FALLIBLE run_until_all_wait(Flow *flow)
{
    Ctx *cx = flow->cx;
    for (;;) {
        bool fired = false;
        TRY(moves_run(flow));
        if (flow->status != FLOW_RUNNING)
            return NULL;
        TRY(joins_test(flow, &fired));
        if (!fired)
            TRY(conditions_test(flow, &fired));
        if (!fired)
            TRY(dry_test(flow, &fired));
        if (!fired)
            return NULL;
        // Each firing counts as a move, so that no cycle of them runs for ever.
        if (++flow->firings + flow->next_move > LIMIT_FLOW_MOVES)
            return too_many_moves(cx);
    }
}

// --- Events --------------------------------------------------------------------------------------

// The event has happened already that starts the process: it is not waited for.
static FALLIBLE start_by_event(Flow *flow, const GraphNode *node, Value payload)
{
    const GraphNode *gateway = NULL;
    for (size_t i = 0; i < node->incoming_count && !gateway; i++) {
        const GraphNode *source = &flow->graph->nodes[flow->graph->edges[node->incoming[i]].source];
        if (source->kind == NODE_EVENT_GATEWAY && source->instantiate)
            gateway = source;
    }
    if (gateway && gateway->all_triggers) // the other events are needed as well
        for (size_t i = 0; i < gateway->outgoing_count; i++) {
            int other = flow->graph->edges[gateway->outgoing[i]].target;
            if (other != node->index)
                token_enter(flow, other, flow->root);
        }
    if (gateway)
        history_add(flow, HISTORY_COMPLETED, 0, gateway->index);
    if (node->kind == NODE_RECEIVE_TASK) {
        Live *place;
        TRY(activity_start(flow, node, flow->root, &place));
        return activity_answer(flow, place, payload);
    }
    TRY(sets_apply(flow, node, flow->root, false));
    TRY(outputs_apply(flow, flow->root, &node->triggers[0].outputs, payload));
    history_add(flow, HISTORY_COMPLETED, 0, node->index);
    TRY(sets_apply(flow, node, flow->root, true));
    return node_leave(flow, node, flow->root);
}

static FALLIBLE start(Flow *flow, const FlowEvent *event)
{
    Ctx *cx = flow->cx;
    const Graph *graph = flow->graph;
    if (event->node >= (int)graph->node_count ||
        (event->node >= 0 && graph->nodes[event->node].scope != 0))
        return FAIL(cx, ERR_INVALID, "the process has no such start");
    if (event->node < 0 && graph->scopes[0].start_count == 0)
        return error_hint(
            FAIL(cx, ERR_CONFLICT, "the process '%s' does not start by itself", graph->id),
            "It starts by a message, a timer or a signal.");
    flow->status = FLOW_RUNNING;
    flow->next_number = flow->next_order = 1;
    flow->first_new = 1;
    room_make(flow, 0);
    flow->root = place_new(flow, PLACE_SCOPE, -1, NULL);
    if (text_equal(event->name, FLOW_CALLED))
        flow->root->place.trigger = PROCESS_CALLED;
    const GraphNode *node = event->node >= 0 ? &graph->nodes[event->node] : NULL;
    bool plain = !node || node->trigger_count == 0; // else the value is the payload
    if (plain && event->value.kind == VALUE_CONTEXT)
        flow->root->place.data = event->value;
    scope_data(flow, flow->root, &graph->scopes[0]);
    history_add(flow, HISTORY_STARTED, 1, -1);
    if (!node)
        return scope_start(flow, flow->root, &graph->scopes[0]);
    TRY(event_sub_processes_arm(flow, flow->root));
    if (node->kind == NODE_START) {
        token_enter(flow, node->index, flow->root);
        return NULL;
    }
    if ((node->kind != NODE_RECEIVE_TASK && node->kind != NODE_CATCH) || !node->instantiate)
        return FAIL(cx, ERR_INVALID, "'%s' does not start the process", node->id);
    return start_by_event(flow, node, event->value);
}

static FALLIBLE not_waiting(Flow *flow, const FlowEvent *event, const char *what)
{
    Ctx *cx = flow->cx;
    return error_hint(FAIL(cx, ERR_CONFLICT, "nothing waits for this %s any more", what),
                      "The process has gone on; wait %d of the instance is over.", event->wait);
}

static bool is_call(const Live *place)
{
    return place->place.kind == PLACE_FUNCTION || place->place.kind == PLACE_DECISION ||
           place->place.kind == PLACE_CALL;
}

static FALLIBLE complete(Flow *flow, const FlowEvent *event)
{
    Live *place = place_find(flow, event->wait);
    if (place && place->place.kind == PLACE_SCOPE)
        place = ad_hoc_choice(place);
    if (place && place->place.kind == PLACE_CHOICE) { // nothing more is chosen
        ad_hoc_close(place->up);
        place_end(flow, place);
        return NULL;
    }
    if (!place || (place->place.kind != PLACE_WORK && !is_call(place)))
        return not_waiting(flow, event, "completion");
    const GraphTask *task = place->place.kind == PLACE_WORK ? node_of(flow, place)->task : NULL;
    bool skipped = text_equal(event->name, FLOW_SKIPPED);
    if (skipped && (!task || !task->optional))
        return FAIL(flow->cx, ERR_CONFLICT, "the step '%s' is mandatory",
                    graph_node_name(node_of(flow, place), flow->cx->language));
    if (undoes_call(place))
        return compensation_done(flow, place);
    if (place->place.kind == PLACE_CALL && event->name)
        call_keep(flow, place, event->name);
    if (task && !skipped && !flow->choices)
        TRY(work_check(flow, place, event->value));
    if (skipped) // it gives nothing
        return activity_complete(flow, place);
    return activity_answer(flow, place, event->value);
}

static FALLIBLE fail(Flow *flow, const FlowEvent *event)
{
    Live *place = place_find(flow, event->wait);
    if (!place || (place->place.kind != PLACE_WORK && !is_call(place)))
        return not_waiting(flow, event, "failure");
    const char *code = event->name ? event->name : "error";
    bool caught;
    history_add(flow, HISTORY_FAILED, event->wait, place->place.node);
    TRY(error_throw(flow, place, code, event->value, &caught));
    if (caught)
        return NULL;
    const char *message = value_get_text(event->value, "message");
    place->place.count = is_call(place);
    incident_add(flow, place, code,
                 message ? message : message_in(flow->cx->language, "nobody catches this error"));
    return NULL;
}

// What a called process tells its caller while it goes on.
static FALLIBLE escalate(Flow *flow, const FlowEvent *event)
{
    Live *place = place_find(flow, event->wait);
    if (!place || place->place.kind != PLACE_CALL)
        return not_waiting(flow, event, "escalation");
    return escalation_throw(flow, place, event->name, event->value);
}

static FALLIBLE arrived(Flow *flow, const FlowEvent *event, TriggerKind kind, const char *what)
{
    Live *place = place_find(flow, event->wait);
    bool event_place =
        place && (place->place.kind == PLACE_EVENT || place->place.kind == PLACE_WATCH);
    if (!event_place || place_trigger(flow, place)->kind != kind)
        return not_waiting(flow, event, what);
    return event_fire(flow, place, event->value);
}

static FALLIBLE retry(Flow *flow, const FlowEvent *event)
{
    Live *place = place_find(flow, event->wait);
    if (place && is_call(place)) {
        place->place.count = 0;
        return activity_perform(flow, place);
    }
    if (!place || place->place.kind != PLACE_STUCK)
        return not_waiting(flow, event, "retry");
    return place_retry(flow, place);
}

FALLIBLE place_retry(Flow *flow, Live *place)
{
    const GraphNode *node = node_of(flow, place);
    Live *up = place->up;
    if (node->kind == NODE_BOUNDARY || node->kind == NODE_EVENT_SUB_PROCESS) {
        place_turn(flow, place, PLACE_WATCH);
        return trigger_arm(flow, place);
    }
    if (node->kind == NODE_CATCH || node->kind == NODE_RECEIVE_TASK) {
        place_turn(flow, place, PLACE_EVENT);
        return trigger_arm(flow, place);
    }
    place_end(flow, place);
    if (node->loop && place->place.count)
        return loop_begin(flow, node, up);
    return node_is_gateway(node) ? gateway_pass(flow, node, up, NULL) : node_leave(flow, node, up);
}

static FALLIBLE event_run(Flow *flow, const FlowEvent *event)
{
    switch (event->kind) {
    case FLOW_START:
        return start(flow, event);
    case FLOW_COMPLETE:
        return complete(flow, event);
    case FLOW_FAIL:
        return fail(flow, event);
    case FLOW_TIMER:
        return arrived(flow, event, TRIGGER_TIMER, "timer");
    case FLOW_MESSAGE:
        return arrived(flow, event, TRIGGER_MESSAGE, "message");
    case FLOW_SIGNAL:
        return signal_throw(flow, event->name, event->value);
    case FLOW_RETRY:
        return retry(flow, event);
    case FLOW_CHECK:
        return NULL;
    case FLOW_CANCEL:
        flow->status = FLOW_CANCELLED;
        place_cancel(flow, flow->root);
        return NULL;
    case FLOW_MODIFY:
        return token_modify(flow, event);
    case FLOW_SKIP:
        return place_skip(flow, event);
    case FLOW_ADD_INSTANCE:
        return instance_add(flow, event);
    case FLOW_CHOOSE:
        return activity_choose(flow, event);
    case FLOW_ESCALATE:
        return escalate(flow, event);
    case FLOW_DATA:
        return data_change(flow, event);
    case FLOW_UNDO:
        return process_undo(flow);
    case FLOW_FORGET:
        place_end(flow, flow->root);
        return NULL;
    }
    return NULL;
}

static void end_tell(Flow *flow)
{
    if (flow->status == FLOW_RUNNING || flow->event->kind == FLOW_FORGET)
        return;
    history_add(flow, HISTORY_ENDED, 1, -1);
    FlowEffect *effect = effect_add(flow, EFFECT_ENDED, 0, -1);
    effect->status = flow->status;
    effect->name = flow->root->dead ? flow->error_code : FLOW_UNDOABLE;
    effect->value = flow->status == FLOW_FAILED ? flow->error_payload : flow->root->place.data;
}

FALLIBLE flow_close(Flow *flow, FlowOutcome *out)
{
    FlowOutcome outcome = {0};
    if (flow->status == FLOW_RUNNING)
        TRY(run_until_all_wait(flow));
    end_tell(flow);
    TRY(state_store(flow, &outcome.state));
    effects_store(flow, &outcome);
    outcome.work = flow->work;
    *out = outcome;
    return NULL;
}

FALLIBLE flow_step(Ctx *cx, const Graph *graph, const FlowState *before, const FlowEvent *event,
                   FlowOutcome *out)
{
    return flow_step_chosen(cx, graph, before, event, NULL, out);
}

FALLIBLE flow_step_chosen(Ctx *cx, const Graph *graph, const FlowState *before,
                          const FlowEvent *event, Choices *choices, FlowOutcome *out)
{
    Flow flow = {
        .cx = cx, .graph = graph, .event = event, .subject = event->subject, .choices = choices};
    FlowStatus status = before ? before->status : FLOW_NEW;
    if ((event->kind == FLOW_START) != (status == FLOW_NEW))
        return FAIL(cx, ERR_CONFLICT,
                    status == FLOW_NEW ? "the instance has not started"
                                       : "the instance has started already");
    bool undoes = event->kind == FLOW_UNDO || event->kind == FLOW_FORGET;
    if (undoes && (status != FLOW_COMPLETED || !before->place_count))
        return FAIL(cx, ERR_CONFLICT, "the instance keeps nothing that could be undone");
    if (!undoes && status > FLOW_RUNNING)
        return FAIL(cx, ERR_CONFLICT, "the instance has ended: it is %s", flow_status_word(status));
    if (status != FLOW_NEW)
        TRY(flow_open(&flow, before));
    TRY(event_run(&flow, event));
    return flow_close(&flow, out);
}

const FlowPlace *flow_place(const FlowState *state, int number)
{
    for (size_t i = 0; i < state->place_count; i++)
        if (state->places[i].number == number)
            return &state->places[i];
    return NULL;
}

Value flow_scope(Ctx *cx, const Graph *graph, const FlowState *state, int number, Value subject)
{
    Flow flow = {.cx = cx, .graph = graph, .subject = subject};
    if (flow_open(&flow, state) != NULL)
        return value_context(cx->arena);
    Live *place = place_find(&flow, number);
    return context_own(&flow, scope_value(&flow, place ? place : flow.root));
}

// --- Words ---------------------------------------------------------------------------------------

const char *place_kind_word(PlaceKind kind)
{
    static const char *const words[] = {
        "",      "scope",        "work",  "function", "decision", "call",
        "event", "gate",         "join",  "watch",    "loop",     "compensate",
        "done",  "compensating", "stuck", "choice",   "input",
    };
    return words[kind];
}

const char *effect_kind_word(FlowEffectKind kind)
{
    static const char *const words[] = {
        "work offer",   "work cancel",    "function call", "decision call", "process call",
        "call cancel",  "call undo",      "call forget",   "timer set",     "timer cancel",
        "message wait", "message cancel", "message send",  "signal wait",   "signal cancel",
        "signal send",  "record set",     "history",       "incident",      "escalated",
        "ended",
    };
    return words[kind];
}

const char *history_word(FlowHistory what)
{
    static const char *const words[] = {"started", "entered",   "completed",   "cancelled",
                                        "failed",  "triggered", "compensated", "flow",
                                        "ended",   "skipped"};
    return words[what];
}

const char *flow_status_word(FlowStatus status)
{
    static const char *const words[] = {"new",       "running",    "completed",
                                        "cancelled", "terminated", "failed"};
    return words[status];
}
