// SPDX-License-Identifier: Apache-2.0
// Loops and multiple instances: BPMN 2.0.2, 13.3.6 and 13.3.7.
//
// The LOOP place stands for the whole activity: boundary events watch it. Its data hold the
// standard's instance attributes, and what the engine itself remembers under names that begin with
// a space, which no expression can see: " items" the collection, " outputs" what is gathered.
#include "flow/engine.h"

#include "base/messages.h"

#include <string.h>

#define NOTE_ITEMS " items"
#define NOTE_OUTPUTS " outputs"
#define LIMIT_LOOP_INSTANCES 10000

static int64_t number_of(const Live *loop, const char *name)
{
    const Value *value = value_get(loop->place.data, name);
    int64_t number = 0;
    if (value && value->kind == VALUE_NUMBER)
        decimal_to_integer(value->number, &number);
    return number;
}

static void number_set(Flow *flow, Live *loop, const char *name, int64_t number)
{
    data_set(flow, loop, name, value_integer(number));
}

static void loop_stuck(Flow *flow, Live *loop, const char *why)
{
    // Nothing has run: the place itself waits for the model or the data to be mended.
    place_cancel(flow, loop);
    Live *place = place_new(flow, PLACE_STUCK, loop->place.node, loop->up);
    place->place.count = 1; // it has not begun: RETRY begins it
    incident_add(flow, place, "broken-loop", why);
}

static FALLIBLE loop_finish(Flow *flow, Live *loop)
{
    const GraphNode *node = node_of(flow, loop);
    const Value *gathered = value_get(loop->place.data, NOTE_OUTPUTS);
    if (gathered && node->loop->outputs)
        variable_set(flow, loop->up, node->loop->outputs, *gathered);
    return activity_leave(flow, loop);
}

// Instances begin by the queue of moves: a loop of tasks that do not wait is no recursion.
static void instance_queue(Flow *flow, Live *loop, int64_t index)
{
    move_add(flow, MOVE_INSTANCE, (int)index, loop);
}

FALLIBLE loop_instance_begin(Flow *flow, Live *loop, int index)
{
    const GraphNode *node = node_of(flow, loop);
    const Value *items = value_get(loop->place.data, NOTE_ITEMS);
    Live *place;
    TRY(activity_start(flow, node, loop, &place));
    data_set(flow, place, "loopCounter", value_integer(index));
    if (items && node->loop->item && (size_t)index <= items->list.count)
        data_set(flow, place, node->loop->item, items->list.items[index - 1]);
    if (node->loop->output)
        data_set(flow, place, node->loop->output, value_null());
    return activity_perform(flow, place);
}

// --- Standard loops ------------------------------------------------------------------------------

static FALLIBLE standard_again(Flow *flow, Live *loop, bool *again)
{
    const GraphLoop *how = node_of(flow, loop)->loop;
    const char *why = NULL;
    int64_t done = number_of(loop, "loopCounter");
    *again = how->maximum < 0 || done < how->maximum;
    if (!*again || !how->condition || (done == 0 && !how->test_before))
        return NULL;
    TRY(holds(flow, loop, how->condition, NULL, again, &why));
    if (!why)
        return NULL;
    *again = true; // neither ended nor run again
    loop_stuck(flow, loop, why);
    return NULL;
}

static FALLIBLE standard_next(Flow *flow, Live *loop)
{
    bool again;
    TRY(standard_again(flow, loop, &again));
    if (loop->dead)
        return NULL;
    if (!again)
        return loop_finish(flow, loop);
    int64_t counter = number_of(loop, "loopCounter") + 1;
    number_set(flow, loop, "loopCounter", counter);
    instance_queue(flow, loop, counter);
    return NULL;
}

// --- Multiple instances --------------------------------------------------------------------------

static FALLIBLE instances_count(Flow *flow, Live *loop, int64_t *count, const char **why)
{
    const GraphLoop *how = node_of(flow, loop)->loop;
    Value value;
    *count = 2; // enough to explore by
    *why = NULL;
    if (flow->choices)
        return NULL;
    *count = 0;
    TRY(evaluate(flow, loop, how->collection ? how->collection : how->cardinality, NULL, &value,
                 why));
    if (how->collection) {
        if (value.kind != VALUE_LIST) {
            *why = text_format(flow->cx->arena,
                               message_in(flow->cx->language, "the collection is %s, not a list"),
                               value_kind_word(value.kind));
            return NULL;
        }
        data_set(flow, loop, NOTE_ITEMS, value);
        *count = (int64_t)value.list.count;
    } else if (value.kind != VALUE_NUMBER || !decimal_to_integer(value.number, count) ||
               *count < 0) {
        *why = message_in(flow->cx->language, "the number of instances is no whole number from 0");
        return NULL;
    }
    *why = *count > LIMIT_LOOP_INSTANCES
               ? message_in(flow->cx->language, "there are more than 10000 instances")
               : NULL;
    return NULL;
}

static FALLIBLE multiple_begin(Flow *flow, Live *loop)
{
    const GraphLoop *how = node_of(flow, loop)->loop;
    int64_t count;
    const char *why = NULL;
    TRY(instances_count(flow, loop, &count, &why));
    if (why) {
        loop_stuck(flow, loop, why);
        return NULL;
    }
    int64_t first = how->kind == LOOP_SEQUENTIAL && count > 1 ? 1 : count;
    number_set(flow, loop, "numberOfInstances", count);
    number_set(flow, loop, "numberOfActiveInstances", first);
    number_set(flow, loop, "numberOfCompletedInstances", 0);
    number_set(flow, loop, "numberOfTerminatedInstances", 0);
    if (how->outputs) {
        Value gathered =
            value_list(NEW_ARRAY(flow->cx->arena, Value, (size_t)count), (size_t)count);
        data_set(flow, loop, NOTE_OUTPUTS, gathered);
    }
    if (count == 0)
        return loop_finish(flow, loop);
    for (int64_t i = 1; i <= first; i++)
        instance_queue(flow, loop, i);
    return NULL;
}

static void output_gather(Flow *flow, Live *loop, const Live *instance)
{
    const GraphLoop *how = node_of(flow, loop)->loop;
    const Value *gathered = value_get(loop->place.data, NOTE_OUTPUTS);
    int64_t index = number_of(instance, "loopCounter");
    if (!gathered || !how->output || index < 1 || (size_t)index > gathered->list.count)
        return;
    const Value *output = value_get(instance->place.data, how->output);
    if (!loop->own_list) { // shared with the state before: copied once in a step
        size_t count = gathered->list.count;
        Value *items = NEW_ARRAY(flow->cx->arena, Value, count);
        memcpy(items, gathered->list.items, count * sizeof *items);
        data_set(flow, loop, NOTE_OUTPUTS, value_list(items, count));
        gathered = value_get(loop->place.data, NOTE_OUTPUTS);
        loop->own_list = true;
    }
    gathered->list.items[index - 1] = output ? *output : value_null();
}

// What the activity tells of a completed instance does not interrupt the others, errors excepted.
static FALLIBLE completion_tell(Flow *flow, Live *loop, int64_t completed)
{
    const GraphNode *node = node_of(flow, loop);
    for (size_t i = 0; i < node->loop->told_count && !loop->dead; i++) {
        const GraphTold *told = &node->loop->told[i];
        bool tells = !told->first_only || completed == 1, stays = false;
        const char *why = NULL;
        if (told->condition)
            TRY(holds(flow, loop, told->condition, NULL, &tells, &why));
        if (why)
            incident_add(flow, loop, "broken-condition", why); // go on as if it were false
        if (!tells)
            continue;
        flow->telling = told->trigger.kind == TRIGGER_ERROR ? NULL : loop;
        TRY(trigger_throw(flow, node, &told->trigger, loop, &stays));
        flow->telling = NULL;
    }
    return NULL;
}

// All have been done or taken away, or the next in sequence begins.
static FALLIBLE multiple_next(Flow *flow, Live *loop)
{
    int64_t over = number_of(loop, "numberOfCompletedInstances") +
                   number_of(loop, "numberOfTerminatedInstances");
    if (over >= number_of(loop, "numberOfInstances"))
        return loop_finish(flow, loop);
    if (node_of(flow, loop)->loop->kind != LOOP_SEQUENTIAL)
        return NULL;
    number_set(flow, loop, "numberOfActiveInstances", 1);
    instance_queue(flow, loop, over + 1);
    return NULL;
}

static FALLIBLE multiple_done(Flow *flow, Live *loop)
{
    const GraphLoop *how = node_of(flow, loop)->loop;
    int64_t completed = number_of(loop, "numberOfCompletedInstances") + 1;
    int64_t active = number_of(loop, "numberOfActiveInstances") - 1;
    number_set(flow, loop, "numberOfCompletedInstances", completed);
    number_set(flow, loop, "numberOfActiveInstances", active);
    TRY(completion_tell(flow, loop, completed));
    if (loop->dead)
        return NULL; // what it threw has ended it
    bool enough = false;
    const char *why = NULL;
    if (how->completion)
        TRY(holds(flow, loop, how->completion, NULL, &enough, &why));
    if (why)
        incident_add(flow, loop, "broken-condition", why); // go on as if it were false
    if (!enough)
        return multiple_next(flow, loop);
    number_set(flow, loop, "numberOfTerminatedInstances",
               number_of(loop, "numberOfTerminatedInstances") + active);
    tokens_cancel(flow, loop);
    return loop_finish(flow, loop);
}

// An instance has been taken away from outside.
FALLIBLE loop_instance_removed(Flow *flow, Live *loop)
{
    if (node_of(flow, loop)->loop->kind == LOOP_STANDARD)
        return standard_next(flow, loop);
    number_set(flow, loop, "numberOfTerminatedInstances",
               number_of(loop, "numberOfTerminatedInstances") + 1);
    number_set(flow, loop, "numberOfActiveInstances",
               number_of(loop, "numberOfActiveInstances") - 1);
    return multiple_next(flow, loop);
}

static Value list_and(Flow *flow, Value list, Value item)
{
    Value *items = NEW_ARRAY(flow->cx->arena, Value, list.list.count + 1);
    for (size_t i = 0; i < list.list.count; i++)
        items[i] = list.list.items[i];
    items[list.list.count] = item;
    return value_list(items, list.list.count + 1);
}

FALLIBLE loop_instance_add(Flow *flow, Live *loop, Value item)
{
    Ctx *cx = flow->cx;
    const Value *items = value_get(loop->place.data, NOTE_ITEMS);
    const Value *gathered = value_get(loop->place.data, NOTE_OUTPUTS);
    int64_t count = number_of(loop, "numberOfInstances") + 1;
    if (count > LIMIT_LOOP_INSTANCES)
        return FAIL(cx, ERR_LIMIT, "there are more than %d instances", LIMIT_LOOP_INSTANCES);
    if (items)
        data_set(flow, loop, NOTE_ITEMS, list_and(flow, *items, item));
    if (gathered)
        data_set(flow, loop, NOTE_OUTPUTS, list_and(flow, *gathered, value_null()));
    number_set(flow, loop, "numberOfInstances", count);
    if (node_of(flow, loop)->loop->kind == LOOP_SEQUENTIAL)
        return NULL; // its turn comes
    number_set(flow, loop, "numberOfActiveInstances",
               number_of(loop, "numberOfActiveInstances") + 1);
    instance_queue(flow, loop, count);
    return NULL;
}

// --- Both ----------------------------------------------------------------------------------------

FALLIBLE loop_begin(Flow *flow, const GraphNode *node, Live *scope)
{
    Live *loop = place_new(flow, PLACE_LOOP, node->index, scope);
    TRY(boundaries_arm(flow, loop));
    if (node->loop->kind != LOOP_STANDARD)
        return multiple_begin(flow, loop);
    number_set(flow, loop, "loopCounter", 0);
    return standard_next(flow, loop);
}

FALLIBLE loop_instance_done(Flow *flow, Live *loop, Live *instance)
{
    output_gather(flow, loop, instance);
    for (Live *child = place_child(instance, NULL); child; child = place_child(instance, child))
        if (child->place.kind == PLACE_WATCH)
            place_cancel(flow, child);
    if (compensable(flow, instance)) {
        place_turn(flow, instance, PLACE_DONE);
        instance->place.count = flow->next_order++;
    } else {
        place_end(flow, instance);
    }
    if (node_of(flow, loop)->loop->kind == LOOP_STANDARD)
        return standard_next(flow, loop);
    return multiple_done(flow, loop);
}
