// SPDX-License-Identifier: Apache-2.0
#include "flow/engine.h"

#include "base/messages.h"

#include <string.h>

// --- Places --------------------------------------------------------------------------------------

static bool runs_dry(const Live *place)
{
    return place->place.kind == PLACE_SCOPE || place->place.kind == PLACE_COMPENSATING;
}

static void tokens_count(Flow *flow, Live *up, int change)
{
    if (!up)
        return;
    up->tokens += change;
    if (!up->tokens && runs_dry(up))
        array_push(flow->cx->arena, flow->dry) = up;
}

void place_below(Live *place, Live *up)
{
    place->up = up;
    if (!up)
        return;
    place->previous = up->last;
    if (up->last)
        up->last->next = place;
    else
        up->first = place;
    up->last = place;
}

// Whoever stands at it in a loop goes on by `next`, which stays.
static void place_unlink(Live *place)
{
    Live *up = place->up;
    if (!up)
        return;
    if (place->previous)
        place->previous->next = place->next;
    else
        up->first = place->next;
    if (place->next)
        place->next->previous = place->previous;
    else
        up->last = place->previous;
}

void place_index(Flow *flow, Live *place)
{
    if (place->place.kind == PLACE_INPUT) {
        array_push(flow->cx->arena, flow->conditions) = place;
        return;
    }
    TriggerKind trigger = place_trigger(flow, place)->kind;
    if (place->indexed || (trigger != TRIGGER_CONDITION && trigger != TRIGGER_SIGNAL))
        return;
    place->indexed = true;
    if (trigger == TRIGGER_SIGNAL) {
        array_push(flow->cx->arena, flow->listeners) = place;
        return;
    }
    array_push(flow->cx->arena, flow->conditions) = place;
    flow->data_moved = true;
}

void place_note(Flow *flow, Live *place)
{
    if (place_is_token(flow, place))
        tokens_count(flow, place->up, 1);
    if (runs_dry(place) && !place->tokens)
        array_push(flow->cx->arena, flow->dry) = place;
    if (place->place.kind == PLACE_JOIN)
        join_note(flow, place);
}

Live *place_new_by(Flow *flow, PlaceKind kind, int node, Live *up, int edge)
{
    Live *live = NEW(flow->cx->arena, Live);
    live->place = (FlowPlace){.number = flow->next_number++,
                              .kind = kind,
                              .node = node,
                              .parent = up ? up->place.number : 0,
                              .edge = edge};
    place_below(live, up);
    array_push(flow->cx->arena, flow->places) = live;
    place_note(flow, live);
    return live;
}

Live *place_new(Flow *flow, PlaceKind kind, int node, Live *up)
{
    return place_new_by(flow, kind, node, up, -1);
}

void place_turn(Flow *flow, Live *place, PlaceKind kind)
{
    bool was = place_is_token(flow, place);
    place->place.kind = kind;
    tokens_count(flow, place->up, place_is_token(flow, place) - was);
    if (runs_dry(place) && !place->tokens)
        array_push(flow->cx->arena, flow->dry) = place;
}

Live *place_find(const Flow *flow, int number)
{
    size_t low = 0, high = flow->places.count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (flow->places.items[middle]->place.number < number)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == flow->places.count || flow->places.items[low]->place.number != number)
        return NULL;
    return flow->places.items[low]->dead ? NULL : flow->places.items[low];
}

const GraphScope *scope_of(const Flow *flow, const Live *place)
{
    const GraphNode *node = node_of(flow, place);
    return &flow->graph->scopes[node ? node->inner : 0];
}

// Out of the tree, and out of what counts it.
static void place_bury(Flow *flow, Live *place)
{
    place->dead = true;
    place_unlink(place);
    if (call_kept(place))
        effect_add(flow, EFFECT_CALL_FORGET, 0, place->place.node)->key = call_kept(place);
    if (place_is_token(flow, place))
        tokens_count(flow, place->up, -1);
    if (place->place.kind == PLACE_JOIN)
        join_forget(flow, place);
}

void place_end(Flow *flow, Live *place)
{
    if (place->dead)
        return;
    place_bury(flow, place);
    for (Live *child = place->first; child; child = child->next)
        place_end(flow, child);
}

// Takes back what a waiting place asked of the world.
static void wait_cancel(Flow *flow, const Live *place)
{
    int wait = place->place.number, node = place->place.node;
    switch (place->place.kind) {
    case PLACE_WORK:
        effect_add(flow, EFFECT_WORK_CANCEL, wait, node);
        break;
    case PLACE_FUNCTION:
    case PLACE_DECISION:
    case PLACE_CALL:
        effect_add(flow, EFFECT_CALL_CANCEL, wait, node);
        break;
    case PLACE_EVENT:
    case PLACE_WATCH: {
        TriggerKind kind = place_trigger(flow, place)->kind;
        if (kind == TRIGGER_TIMER)
            effect_add(flow, EFFECT_TIMER_CANCEL, wait, node);
        else if (kind == TRIGGER_MESSAGE)
            effect_add(flow, EFFECT_MESSAGE_CANCEL, wait, node);
        else if (kind == TRIGGER_SIGNAL)
            effect_add(flow, EFFECT_SIGNAL_CANCEL, wait, node);
        break;
    }
    default:
        break;
    }
}

static bool was_running(const Live *place)
{
    switch (place->place.kind) {
    case PLACE_WATCH:
    case PLACE_DONE:
    case PLACE_COMPENSATING:
    case PLACE_LOOP:
    case PLACE_JOIN:
    case PLACE_CHOICE:
    case PLACE_INPUT:
        return false;
    case PLACE_EVENT:
        return !place->up || place->up->place.kind != PLACE_GATE;
    default:
        return place->place.node >= 0;
    }
}

void place_cancel_quietly(Flow *flow, Live *place)
{
    for (Live *child = place->first; child; child = child->next)
        place_cancel(flow, child);
    place_bury(flow, place);
    wait_cancel(flow, place);
}

void place_cancel(Flow *flow, Live *place)
{
    if (place->dead)
        return;
    place_cancel_quietly(flow, place);
    if (was_running(place))
        history_add(flow, HISTORY_CANCELLED, place->place.number, place->place.node);
}

bool place_is_token(const Flow *flow, const Live *place)
{
    const GraphNode *node = node_of(flow, place);
    switch (place->place.kind) {
    case PLACE_WATCH:
    case PLACE_DONE:
        return false;
    case PLACE_JOIN:
        return place->place.edge >= 0; // else a complex gateway that waits to be reset
    case PLACE_STUCK:                  // a watch that could not be armed
        return node->kind != NODE_BOUNDARY && node->kind != NODE_EVENT_SUB_PROCESS;
    default:
        return true;
    }
}

void move_add(Flow *flow, int edge, int node, Live *scope)
{
    array_push(flow->cx->arena, flow->moves) = (Move){edge, node, scope->cleared, scope};
}

// --- Effects -------------------------------------------------------------------------------------

FlowEffect *effect_add(Flow *flow, FlowEffectKind kind, int wait, int node)
{
    FlowEffect *effect = &array_push(flow->cx->arena, flow->effects);
    *effect = (FlowEffect){.kind = kind, .wait = wait, .node = node, .edge = -1};
    return effect;
}

void history_add(Flow *flow, FlowHistory what, int wait, int node)
{
    effect_add(flow, EFFECT_HISTORY, wait, node)->what = what;
}

void incident_add(Flow *flow, const Live *place, const char *code, const char *message)
{
    FlowEffect *effect = effect_add(flow, EFFECT_INCIDENT, place->place.number, place->place.node);
    effect->name = code;
    effect->value = value_context(flow->cx->arena);
    value_set(flow->cx->arena, effect->value, "message", value_text(message));
}

// --- Variables -----------------------------------------------------------------------------------

// A context shared with the state before is copied before its first write.
Value context_own(Flow *flow, Value shared)
{
    Value own = value_context(flow->cx->arena);
    if (shared.kind != VALUE_CONTEXT)
        return own;
    ValueContext *to = own.context;
    const ValueContext *from = shared.context;
    to->count = from->count;
    to->capacity = from->count + 4;
    to->entries = NEW_ARRAY(flow->cx->arena, ValueEntry, to->capacity);
    if (from->count)
        memcpy(to->entries, from->entries, from->count * sizeof *from->entries);
    return own;
}

void data_set(Flow *flow, Live *place, const char *name, Value value)
{
    if (!place->own_data) {
        place->place.data = context_own(flow, place->place.data);
        place->own_data = true;
    }
    value_set(flow->cx->arena, place->place.data, name, value);
    flow->seen_at = NULL;
    flow->data_moved = true;
}

void variable_set(Flow *flow, Live *at, const char *name, Value value)
{
    Live *place = at;
    if (flow->choices)
        return;
    while (place->up && (place->place.kind == PLACE_COMPENSATING ||
                         place->place.kind == PLACE_DONE || !value_get(place->place.data, name)))
        place = place->up;
    data_set(flow, place, name, value);
}

static void context_merge(Flow *flow, Value into, const Live *place)
{
    if (!place)
        return;
    context_merge(flow, into, place->up);
    if (place->place.data.kind != VALUE_CONTEXT)
        return;
    const ValueContext *data = place->place.data.context;
    for (size_t i = 0; i < data->count; i++)
        if (data->entries[i].key[0] != ' ') // the engine's own notes, see loop.c
            value_set(flow->cx->arena, into, data->entries[i].key, data->entries[i].value);
}

Value scope_value(Flow *flow, const Live *at)
{
    while (at->up && at->place.data.kind != VALUE_CONTEXT)
        at = at->up;
    if (flow->seen_at == at)
        return flow->seen;
    bool subject = flow->graph->variable && flow->subject.kind == VALUE_CONTEXT;
    if (!at->up && !subject && at->place.data.kind == VALUE_CONTEXT)
        return at->place.data; // nothing to put together
    Value seen = value_context(flow->cx->arena);
    if (subject)
        value_set(flow->cx->arena, seen, flow->graph->variable, flow->subject);
    context_merge(flow, seen, at);
    flow->seen = seen;
    flow->seen_at = at;
    return seen;
}

// --- Expressions ---------------------------------------------------------------------------------

// The caller tells it with what it wanted to know; where it does not ask, it is an incident by
// itself.
static void missing_name(Flow *flow, const Live *at, const Feel *expression, const Error *error,
                         Value *out, const char **why)
{
    *out = value_null();
    if (why) {
        *why = error->message;
        return;
    }
    incident_add(flow, at, "unknown-name",
                 text_format(flow->cx->arena,
                             message_in(flow->cx->language, "in the expression '%s': %s"),
                             feel_source(expression), error->message));
}

FALLIBLE evaluate(Flow *flow, const Live *at, const Feel *expression, const Extra *extra,
                  Value *out, const char **why)
{
    if (flow->choices) {
        *out = value_null();
        if (why)
            *why = NULL;
        return NULL;
    }
    Value scope = scope_value(flow, at);
    if (extra) {
        scope = context_own(flow, scope);
        for (; extra->name; extra++)
            value_set(flow->cx->arena, scope, extra->name, extra->value);
    }
    FeelDiagnostics diagnostics = {0};
    Error *error = feel_evaluate(flow->cx, expression, scope, &diagnostics, out);
    if (error && error->code != ERR_INVALID)
        return error;
    if (error) // a name that nothing in the model writes, and nobody brought along
        missing_name(flow, at, expression, error, out, why);
    else if (why)
        *why = diagnostics.count ? diagnostics.items[0].message : NULL;
    return NULL;
}

// What has been decided before, then "no" until the explorer turns it round.
static bool choose(Choices *choices, const Feel *condition)
{
    if (choices->at < LIMIT_EXPLORE_CHOICES)
        choices->asked[choices->at] = condition;
    if (choices->at < choices->count)
        return choices->taken[choices->at++];
    if (choices->count == LIMIT_EXPLORE_CHOICES) {
        choices->too_many = true;
        return true;
    }
    choices->at++;
    return choices->taken[choices->count++] = false;
}

FALLIBLE holds(Flow *flow, const Live *at, const Feel *condition, const Extra *extra, bool *out,
               const char **why)
{
    Value value;
    const char *complaint;
    if (flow->choices) {
        *out = choose(flow->choices, condition);
        *why = NULL;
        return NULL;
    }
    TRY(evaluate(flow, at, condition, extra, &value, &complaint));
    *out = value.kind == VALUE_BOOLEAN && value.boolean;
    *why = NULL;
    if (value.kind != VALUE_BOOLEAN)
        *why = text_format(
            flow->cx->arena,
            message_in(flow->cx->language, "the condition '%s' gives %s, not true or false%s%s"),
            feel_source(condition), value_kind_word(value.kind), complaint ? ": " : "",
            complaint ? complaint : "");
    return NULL;
}

FALLIBLE mappings_value(Flow *flow, const Live *at, const GraphMappings *mappings, Value *out)
{
    Value context = value_context(flow->cx->arena);
    for (size_t i = 0; i < mappings->count; i++) {
        Value value;
        TRY(evaluate(flow, at, mappings->items[i].value, NULL, &value, NULL));
        value_set(flow->cx->arena, context, mappings->items[i].name, value);
    }
    *out = context;
    return NULL;
}

FALLIBLE outputs_apply(Flow *flow, Live *at, const GraphMappings *outputs, Value result)
{
    Extra extra[] = {{"result", result}, {NULL, {0}}};
    for (size_t i = 0; i < outputs->count; i++) {
        Value value;
        TRY(evaluate(flow, at, outputs->items[i].value, extra, &value, NULL));
        variable_set(flow, at, outputs->items[i].name, value);
    }
    return NULL;
}

FALLIBLE sets_apply(Flow *flow, const GraphNode *node, Live *at, bool on_leave)
{
    for (size_t i = 0; i < node->set_count; i++) {
        const GraphSet *set = &node->sets[i];
        if (set->on_leave != on_leave)
            continue;
        Value value;
        TRY(evaluate(flow, at, set->value, NULL, &value, NULL));
        FlowEffect *effect = effect_add(flow, EFFECT_RECORD_SET, 0, node->index);
        effect->name = set->field;
        effect->value = value;
        flow->subject = context_own(flow, flow->subject);
        value_set(flow->cx->arena, flow->subject, set->field, value);
        flow->seen_at = NULL;
        flow->data_moved = true;
    }
    return NULL;
}
