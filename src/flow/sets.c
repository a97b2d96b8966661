// SPDX-License-Identifier: Apache-2.0
// Input and output sets: BPMN 2.0.2, 10.4.2. An activity begins with the first of its input sets
// whose required inputs are there (not null), and waits until there is one; it gives what the first
// of its output sets holds whose required outputs are there, among those that go with its input
// set.
//
//   activity_begin -> input_set_find -> none: INPUT, which waits
//     data move -> inputs_test -> activity_begin_now
//   activity_perform -> input_set_note: the place's `trigger` is the input set
//   activity_answer -> output_set_find -> none: refused, or an incident
//
// An input into which nothing leads is not waited for: nobody could bring it.
#include "flow/engine.h"

#include "base/messages.h"

static bool holds_mapping(uint64_t mappings, size_t index)
{
    return index < LIMIT_SET_MAPPINGS && mappings & (UINT64_C(1) << index);
}

// Which of the mappings of sets give something; NULL `extra`: without a result.
static FALLIBLE mappings_there(Flow *flow, const Live *at, const GraphMappings *mappings,
                               const GraphDataSets *sets, const Extra *extra, uint64_t *there)
{
    *there = 0;
    for (size_t i = 0; i < mappings->count; i++) {
        Value value;
        const char *why; // what is not known yet is not there
        if (!holds_mapping(sets->mappings, i))
            continue;
        TRY(evaluate(flow, at, mappings->items[i].value, extra, &value, &why));
        if (value.kind != VALUE_NULL)
            *there |= UINT64_C(1) << i;
    }
    return NULL;
}

// The input set with which it began; another version may have fewer.
static int set_of(const GraphNode *node, const Live *place)
{
    bool has = place->place.kind != PLACE_EVENT && place->place.trigger > 0 &&
               (size_t)place->place.trigger < node->input_sets.count;
    return has ? place->place.trigger : 0;
}

// --- Inputs --------------------------------------------------------------------------------------

FALLIBLE input_set_find(Flow *flow, const GraphNode *node, const Live *at, int *set)
{
    const GraphDataSets *sets = &node->input_sets;
    uint64_t there;
    *set = 0;
    if (!sets->count || flow->choices)
        return NULL;
    TRY(mappings_there(flow, at, &node->inputs, sets, NULL, &there));
    while ((size_t)*set < sets->count && sets->items[*set].needed & ~there)
        ++*set;
    if ((size_t)*set == sets->count)
        *set = -1;
    return NULL;
}

void input_wait(Flow *flow, const GraphNode *node, Live *scope)
{
    place_index(flow, place_new(flow, PLACE_INPUT, node->index, scope));
}

FALLIBLE inputs_test(Flow *flow, Live *place, bool *begins)
{
    const GraphNode *node = node_of(flow, place);
    Live *scope = place->up;
    int set;
    TRY(input_set_find(flow, node, scope, &set));
    *begins = set >= 0;
    if (!*begins)
        return NULL;
    place_end(flow, place);
    return activity_begin_now(flow, node, scope);
}

FALLIBLE input_set_note(Flow *flow, Live *place)
{
    const GraphNode *node = node_of(flow, place);
    int set;
    if (!node->input_sets.count || place->place.kind == PLACE_EVENT)
        return NULL;
    TRY(input_set_find(flow, node, place, &set));
    place->place.trigger = set < 0 ? 0 : set;
    return NULL;
}

// What belongs to other input sets only stays away.
FALLIBLE inputs_value(Flow *flow, const Live *place, const GraphNode *node, Value *out)
{
    const GraphDataSets *sets = &node->input_sets;
    if (!sets->count)
        return mappings_value(flow, place, &node->inputs, out);
    uint64_t held = sets->items[set_of(node, place)].held;
    Value context = value_context(flow->cx->arena);
    for (size_t i = 0; i < node->inputs.count; i++) {
        Value value;
        const GraphMapping *mapping = &node->inputs.items[i];
        if (holds_mapping(sets->mappings, i) && !holds_mapping(held, i))
            continue;
        TRY(evaluate(flow, place, mapping->value, NULL, &value, NULL));
        value_set(flow->cx->arena, context, mapping->name, value);
    }
    *out = context;
    return NULL;
}

// --- Outputs -------------------------------------------------------------------------------------

// The first required output that is not there, of the first set that goes with the inputs.
static const char *missing(const GraphNode *node, int inputs, uint64_t there)
{
    const GraphDataSets *sets = &node->output_sets;
    for (size_t s = 0; s < sets->count; s++)
        for (size_t i = 0;
             sets->items[s].goes_with & (UINT64_C(1) << inputs) && i < node->outputs.count; i++)
            if (holds_mapping(sets->items[s].needed & ~there, i))
                return sets->names[i];
    return "";
}

FALLIBLE output_set_find(Flow *flow, const Live *place, Value result, int *set,
                         const char **missing_name)
{
    const GraphNode *node = node_of(flow, place);
    const GraphDataSets *sets = &node->output_sets;
    Extra extra[] = {{"result", result}, {NULL, {0}}};
    int inputs = set_of(node, place);
    uint64_t there;
    *set = 0;
    if (!sets->count || flow->choices)
        return NULL;
    TRY(mappings_there(flow, place, &node->outputs, sets, extra, &there));
    while ((size_t)*set < sets->count &&
           (!(sets->items[*set].goes_with & (UINT64_C(1) << inputs)) ||
            sets->items[*set].needed & ~there))
        ++*set;
    if ((size_t)*set < sets->count)
        return NULL;
    *set = -1;
    *missing_name = missing(node, inputs, there);
    return NULL;
}

// A person is told at once; what a program, a decision or a process answered is an incident, and is
// asked for again by RETRY.
FALLIBLE outputs_refuse(Flow *flow, Live *place, const char *name)
{
    Ctx *cx = flow->cx;
    const GraphNode *node = node_of(flow, place);
    if (place->place.kind == PLACE_WORK)
        return error_field(FAIL(cx, ERR_INVALID,
                                "'%s' gives none of its output sets: %s is missing",
                                graph_node_name(node, cx->language), name),
                           name);
    if (place->place.kind == PLACE_EVENT)
        place_turn(flow, place, PLACE_STUCK);
    else
        place->place.count = 1;
    incident_add(
        flow, place, "no-output-set",
        text_format(cx->arena,
                    message_in(cx->language, "'%s' gives none of its output sets: %s is missing"),
                    graph_node_name(node, cx->language), name));
    return NULL;
}

FALLIBLE outputs_take(Flow *flow, Live *place, int set, Value result)
{
    const GraphNode *node = node_of(flow, place);
    const GraphDataSets *sets = &node->output_sets;
    Extra extra[] = {{"result", result}, {NULL, {0}}};
    if (!sets->count)
        return outputs_apply(flow, place, &node->outputs, result);
    for (size_t i = 0; i < node->outputs.count; i++) {
        Value value;
        const GraphMapping *mapping = &node->outputs.items[i];
        if (holds_mapping(sets->mappings, i) && !holds_mapping(sets->items[set].held, i))
            continue;
        TRY(evaluate(flow, place, mapping->value, extra, &value, NULL));
        variable_set(flow, place, mapping->name, value);
    }
    return NULL;
}
