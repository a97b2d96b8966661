// SPDX-License-Identifier: Apache-2.0
#include "walk.h"

#include <string.h>

const Graph *walk_graph(Ctx *cx, const char *xml, size_t length)
{
    BpmnProblems problems = {0};
    const BpmnModel *model;
    const Graph *graph = NULL;
    if (!fuzz_fine(bpmn_read(cx, xml, length, &model, &problems)) ||
        !fuzz_fine(bpmn_compile(cx, model, NULL, &graph, &problems)))
        return NULL;
    return fuzz_fine(bpmn_problems_error(cx, &problems)) ? graph : NULL;
}

static Value some_value(Ctx *cx, FuzzBytes *bytes, int depth)
{
    switch (fuzz_byte(bytes) % 8) {
    case 1:
        return value_boolean(fuzz_byte(bytes) & 1);
    case 2:
        return value_integer((int64_t)fuzz_byte(bytes) - 100);
    case 3:
        return value_text("pass");
    case 4:
        return value_text("");
    case 5: {
        if (depth > 2)
            return value_null();
        size_t count = fuzz_byte(bytes) % 5;
        Value *items = NEW_ARRAY(cx->arena, Value, count);
        for (size_t i = 0; i < count; i++)
            items[i] = some_value(cx, bytes, depth + 1);
        return value_list(items, count);
    }
    case 6:
        return value_date(date_from_days(fuzz_byte(bytes) * 100));
    default:
        return value_null();
    }
}

// A context of the names that the process knows, and some that it does not.
static Value some_context(Ctx *cx, const Graph *graph, FuzzBytes *bytes)
{
    static const char *const others[] = {"x", "result", "approved", "total", "list"};
    Value context = value_context(cx->arena);
    for (unsigned left = fuzz_byte(bytes) % 6; left; left--) {
        unsigned pick = fuzz_below(bytes, graph->variable_count + 5);
        const char *name =
            pick < graph->variable_count ? graph->variables[pick] : others[(pick + 5) % 5];
        value_set(cx->arena, context, name, some_value(cx, bytes, 0));
    }
    return context;
}

static const GraphTrigger *some_trigger(const Graph *graph, FuzzBytes *bytes)
{
    const GraphNode *node = &graph->nodes[fuzz_below(bytes, graph->node_count)];
    return node->trigger_count ? &node->triggers[0] : NULL;
}

static FlowEvent some_event(Ctx *cx, const Graph *graph, const FlowState *state, FuzzBytes *bytes)
{
    // Completions most often: they lead on.
    static const FlowEventKind kinds[] = {
        FLOW_COMPLETE, FLOW_COMPLETE,     FLOW_COMPLETE, FLOW_COMPLETE, FLOW_FAIL,   FLOW_TIMER,
        FLOW_TIMER,    FLOW_MESSAGE,      FLOW_MESSAGE,  FLOW_SIGNAL,   FLOW_RETRY,  FLOW_CHECK,
        FLOW_COMPLETE, FLOW_START,        FLOW_CANCEL,   FLOW_COMPLETE, FLOW_MODIFY, FLOW_SKIP,
        FLOW_CHOOSE,   FLOW_ADD_INSTANCE, FLOW_UNDO,     FLOW_FORGET,
    };
    FlowEvent event = {.kind = kinds[fuzz_byte(bytes) % 22], .node = -1};
    if (event.kind == FLOW_MODIFY || event.kind == FLOW_CHOOSE)
        event.node = (int)fuzz_below(bytes, graph->node_count + 1);
    if (state->status == FLOW_NEW)
        event.kind = FLOW_START;
    if (event.kind == FLOW_START && fuzz_byte(bytes) & 1)
        event.node = (int)fuzz_below(bytes, graph->node_count + 1);
    if (state->place_count)
        event.wait = state->places[fuzz_below(bytes, state->place_count)].number;
    if (event.kind == FLOW_FAIL || event.kind == FLOW_SIGNAL) {
        const GraphTrigger *trigger = some_trigger(graph, bytes);
        event.name = trigger && trigger->name ? trigger->name : "unknown";
    }
    if (event.kind == FLOW_START && event.node < 0)
        event.name = FLOW_CALLED;
    if (event.kind == FLOW_COMPLETE && fuzz_byte(bytes) & 1)
        event.name = "key";
    event.value = some_context(cx, graph, bytes);
    event.subject = fuzz_byte(bytes) & 1 ? some_context(cx, graph, bytes) : value_null();
    return event;
}

static void outcome_holds(const Graph *graph, const FlowOutcome *outcome)
{
    const FlowState *state = &outcome->state;
    for (size_t i = 0; i < outcome->effect_count; i++) {
        const FlowEffect *effect = &outcome->effects[i];
        FUZZ_HOLDS(effect->node >= -1 && effect->node < (int)graph->node_count);
        FUZZ_HOLDS(*effect_kind_word(effect->kind));
        if (effect->kind == EFFECT_HISTORY && effect->what == HISTORY_FLOW)
            FUZZ_HOLDS(effect->edge >= 0 && effect->edge < (int)graph->edge_count);
    }
    for (size_t i = 0; i < state->place_count; i++) {
        const FlowPlace *place = &state->places[i];
        FUZZ_HOLDS(place->number > (i ? state->places[i - 1].number : 0));
        FUZZ_HOLDS(place->number < state->next_number);
        FUZZ_HOLDS(place->parent == 0 || flow_place(state, place->parent));
    }
    // A completed one may keep what its caller can have undone (FLOW_UNDO).
    FUZZ_HOLDS(state->status == FLOW_COMPLETED ||
               (state->status == FLOW_RUNNING) == (state->place_count > 0));
}

FlowState walk_events(Ctx *cx, const Graph *graph, FlowState state, FuzzBytes *bytes, int most)
{
    for (int i = 0; i < most && bytes->at < bytes->end; i++) {
        FlowEvent event = some_event(cx, graph, &state, bytes);
        FlowOutcome outcome;
        cx->now += (Instant)fuzz_byte(bytes) * 60000000;
        Error *error = flow_step(cx, graph, &state, &event, &outcome);
        if (!fuzz_fine(error) && error->code == ERR_LIMIT)
            break; // a loop without a wait: it took long, and would again
        if (error)
            continue;
        outcome_holds(graph, &outcome);
        Text packed = flow_pack(cx, &outcome.state);
        FlowState again;
        fuzz_needs(flow_unpack(cx, graph, packed.bytes, packed.length, &again));
        Text twice = flow_pack(cx, &again);
        FUZZ_HOLDS(packed.length == twice.length &&
                   memcmp(packed.bytes, twice.bytes, packed.length) == 0);
        state = again;
        for (size_t k = 0; k < state.place_count && k < 4; k++)
            flow_scope(cx, graph, &state, state.places[k].number, event.subject);
    }
    return state;
}
