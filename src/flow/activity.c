// SPDX-License-Identifier: Apache-2.0
// Activities: BPMN 2.0.2, 13.3.
//
//   node_enter -> activity_begin -> [loop_begin] -> activity_start -> activity_perform
//     -> waits ... -> activity_answer -> activity_complete -> [loop_instance_done]
//     -> activity_leave -> node_leave
#include "flow/engine.h"

PlaceKind activity_place(const GraphNode *node)
{
    switch (node->kind) {
    case NODE_USER_TASK:
    case NODE_MANUAL_TASK:
        return PLACE_WORK;
    case NODE_RULE_TASK:
        return node->function ? PLACE_FUNCTION : PLACE_DECISION;
    case NODE_CALL_ACTIVITY:
        return PLACE_CALL;
    case NODE_RECEIVE_TASK:
        return PLACE_EVENT;
    case NODE_SUB_PROCESS:
    case NODE_EVENT_SUB_PROCESS:
    case NODE_TRANSACTION:
    case NODE_AD_HOC:
        return PLACE_SCOPE;
    default:
        return PLACE_FUNCTION;
    }
}

FALLIBLE activity_begin(Flow *flow, const GraphNode *node, Live *scope)
{
    int set;
    TRY(input_set_find(flow, node, scope, &set));
    if (set >= 0)
        return activity_begin_now(flow, node, scope);
    input_wait(flow, node, scope);
    return NULL;
}

FALLIBLE activity_begin_now(Flow *flow, const GraphNode *node, Live *scope)
{
    if (node->loop)
        return loop_begin(flow, node, scope);
    Live *place;
    TRY(activity_start(flow, node, scope, &place));
    TRY(boundaries_arm(flow, place));
    return activity_perform(flow, place);
}

FALLIBLE activity_start(Flow *flow, const GraphNode *node, Live *up, Live **out)
{
    Live *place = place_new(flow, activity_place(node), node->index, up);
    history_add(flow, HISTORY_ENTERED, place->place.number, node->index);
    if (place->place.kind == PLACE_SCOPE)
        scope_data(flow, place, &flow->graph->scopes[node->inner]);
    TRY(sets_apply(flow, node, place, false));
    *out = place;
    return NULL;
}

// --- What each kind does -------------------------------------------------------------------------

static FALLIBLE work_offer(Flow *flow, Live *place, const GraphNode *node)
{
    Arena *arena = flow->cx->arena;
    const GraphTask *task = node->task;
    Value offer = value_context(arena), priority = value_integer(50);
    if (task && task->due) {
        Instant due;
        int count;
        const char *why = NULL;
        TRY(timer_first(flow, place, task->due, &due, &count, &why));
        if (why)
            incident_add(flow, place, "no-due-time", why); // the work itself can go on
        else
            value_set(arena, offer, "due", value_instant(arena, due));
    }
    if (task && task->priority && !flow->choices)
        TRY(evaluate(flow, place, task->priority, NULL, &priority, NULL));
    value_set(arena, offer, "priority", priority);
    Value users = value_list(NEW_ARRAY(arena, Value, task ? task->candidate_count : 0), 0);
    for (size_t i = 0; task && i < task->candidate_count; i++) {
        Value *named = &users.list.items[users.list.count++];
        *named = value_null();
        if (task->candidates[i].users)
            TRY(evaluate(flow, place, task->candidates[i].users, NULL, named, NULL));
    }
    value_set(arena, offer, "users", users);
    effect_add(flow, EFFECT_WORK_OFFER, place->place.number, node->index)->value = offer;
    return NULL;
}

static FALLIBLE call_make(Flow *flow, Live *place, const GraphNode *node)
{
    Value inputs;
    TRY(inputs_value(flow, place, node, &inputs));
    PlaceKind kind = place->place.kind;
    FlowEffect *effect = effect_add(flow,
                                    kind == PLACE_DECISION ? EFFECT_DECISION_CALL
                                    : kind == PLACE_CALL   ? EFFECT_PROCESS_CALL
                                                           : EFFECT_FUNCTION_CALL,
                                    place->place.number, node->index);
    effect->name = kind == PLACE_DECISION ? node->decision
                   : kind == PLACE_CALL   ? node->called
                                          : node->function;
    effect->key = kind == PLACE_DECISION ? node->decision_model : NULL;
    effect->value = inputs;
    return NULL;
}

static FALLIBLE script_run(Flow *flow, Live *place, const GraphNode *node)
{
    Value result;
    TRY(evaluate(flow, place, node->script, NULL, &result, NULL));
    return activity_answer(flow, place, result);
}

FALLIBLE activity_perform(Flow *flow, Live *place)
{
    const GraphNode *node = node_of(flow, place);
    if (place->dead)
        return NULL;
    TRY(input_set_note(flow, place));
    switch (node->kind) {
    case NODE_USER_TASK:
    case NODE_MANUAL_TASK:
        return work_offer(flow, place, node);
    case NODE_SCRIPT_TASK:
        return node->function ? call_make(flow, place, node) : script_run(flow, place, node);
    case NODE_SERVICE_TASK:
    case NODE_RULE_TASK:
    case NODE_CALL_ACTIVITY:
        if (!undoes_call(place))
            return call_make(flow, place, node);
        call_unmake(flow, place); // once more
        return NULL;
    case NODE_SEND_TASK:
        if (node->function || node->topic)
            return call_make(flow, place, node);
        TRY(flow_message_send(flow, node, &node->triggers[0], place));
        return activity_complete(flow, place);
    case NODE_RECEIVE_TASK:
        return trigger_arm(flow, place);
    case NODE_SUB_PROCESS:
    case NODE_EVENT_SUB_PROCESS:
    case NODE_TRANSACTION:
    case NODE_AD_HOC:
        return scope_start(flow, place, &flow->graph->scopes[node->inner]);
    default:
        return activity_complete(flow, place);
    }
}

// --- Completion ----------------------------------------------------------------------------------

static FALLIBLE field_check(Flow *flow, const GraphField *field, Value values)
{
    Ctx *cx = flow->cx;
    const Value *given = value_get(field->type ? values : flow->subject, field->name);
    bool empty = !given || given->kind == VALUE_NULL ||
                 (given->kind == VALUE_TEXT && given->text.length == 0);
    if (field->access == FIELD_REQUIRED && empty)
        return error_field(FAIL(cx, ERR_INVALID, "%s is required in this step", field->name),
                           field->name);
    if (field->type && field->access == FIELD_READ && value_get(values, field->name))
        return error_field(FAIL(cx, ERR_INVALID, "%s cannot be changed in this step", field->name),
                           field->name);
    if (empty || !field->choice_count || given->kind != VALUE_TEXT)
        return NULL;
    for (size_t i = 0; i < field->choice_count; i++)
        if (text_equal(field->choices[i], given->text.bytes))
            return NULL;
    return error_field(FAIL(cx, ERR_INVALID, "%s cannot be '%s'", field->name, given->text.bytes),
                       field->name);
}

static FALLIBLE exits_check(Flow *flow, const Live *place, const GraphTask *task)
{
    Ctx *cx = flow->cx;
    for (size_t i = 0; i < task->exit_count; i++) {
        const GraphDemand *way = &task->exits[i];
        bool met;
        const char *why;
        TRY(holds(flow, place, way->condition, NULL, &met, &why));
        if (met)
            continue;
        Error *error =
            FAIL(cx, ERR_INVALID, "%s", graph_text(&way->messages, cx->language, way->message));
        return why ? error_detail(error, "%s", why) : error;
    }
    return NULL;
}

// Takes the variables of the form, then holds the step's own conditions against them.
FALLIBLE work_check(Flow *flow, Live *place, Value values)
{
    const GraphNode *node = node_of(flow, place);
    const GraphTask *task = node->task;
    Ctx *cx = flow->cx;
    for (size_t i = 0; i < task->field_count; i++)
        TRY(field_check(flow, &task->fields[i], values));
    size_t count = values.kind == VALUE_CONTEXT ? values.context->count : 0;
    for (size_t i = 0; i < count; i++) {
        const ValueEntry *entry = &values.context->entries[i];
        const GraphField *field = NULL;
        for (size_t k = 0; k < task->field_count && !field; k++)
            if (text_equal(task->fields[k].name, entry->key))
                field = &task->fields[k];
        if (!field)
            return error_field(FAIL(cx, ERR_INVALID, "%s is no field of this step", entry->key),
                               entry->key);
        if (field->type)
            variable_set(flow, place, entry->key, entry->value);
    }
    return exits_check(flow, place, task);
}

FALLIBLE activity_answer(Flow *flow, Live *place, Value result)
{
    const GraphNode *node = node_of(flow, place);
    const char *missing;
    int set;
    TRY(output_set_find(flow, place, result, &set, &missing));
    if (set < 0)
        return outputs_refuse(flow, place, missing);
    if (node->result)
        variable_set(flow, place, node->result, result);
    TRY(outputs_take(flow, place, set, result));
    return activity_complete(flow, place);
}

static void watches_cancel(Flow *flow, Live *place)
{
    for (Live *child = place_child(place, NULL); child; child = place_child(place, child))
        if (child->place.kind == PLACE_WATCH || !place_is_token(flow, child)) {
            if (child->place.kind != PLACE_DONE)
                place_cancel(flow, child);
        }
}

// What can be undone stays as a DONE with the data of its moment; all else is forgotten.
static void place_retire(Flow *flow, Live *place)
{
    if (!compensable(flow, place)) {
        place_end(flow, place);
        return;
    }
    if (place->place.kind != PLACE_SCOPE) {
        Value data = value_context(flow->cx->arena), seen = scope_value(flow, place);
        const char *record = flow->graph->variable; // read afresh when it is undone
        const char *key = call_kept(place);
        for (size_t i = 0; seen.kind == VALUE_CONTEXT && i < seen.context->count; i++)
            if (!record || !text_equal(seen.context->entries[i].key, record))
                value_set(flow->cx->arena, data, seen.context->entries[i].key,
                          seen.context->entries[i].value);
        place->place.data = data;
        place->own_data = true;
        if (key)
            call_keep(flow, place, key);
    }
    place_turn(flow, place, PLACE_DONE);
    place->place.count = flow->next_order++;
    place->place.link = 0;
}

FALLIBLE activity_complete(Flow *flow, Live *place)
{
    const GraphNode *node = node_of(flow, place);
    TRY(sets_apply(flow, node, place, true));
    history_add(flow, HISTORY_COMPLETED, place->place.number, node->index);
    if (place->up->place.kind == PLACE_LOOP)
        return loop_instance_done(flow, place->up, place);
    return activity_leave(flow, place);
}

FALLIBLE activity_leave(Flow *flow, Live *place)
{
    const GraphNode *node = node_of(flow, place);
    Live *scope = place->up;
    watches_cancel(flow, place);
    place_retire(flow, place);
    if (node->kind == NODE_EVENT_SUB_PROCESS)
        return NULL; // its scope runs dry now, or goes on
    for (int i = 0; i < node->completion_quantity; i++)
        TRY(node_leave(flow, node, scope));
    return ad_hoc_done(flow, scope);
}

// --- Scopes --------------------------------------------------------------------------------------

void scope_data(Flow *flow, Live *place, const GraphScope *scope)
{
    if (place->place.data.kind != VALUE_CONTEXT) {
        place->place.data = value_context(flow->cx->arena);
        place->own_data = true;
    }
    for (size_t i = 0; i < scope->data_count; i++)
        if (!value_get(place->place.data, scope->data[i].name))
            data_set(flow, place, scope->data[i].name, value_null());
}

FALLIBLE scope_start(Flow *flow, Live *place, const GraphScope *scope)
{
    const GraphNode *node = node_of(flow, place);
    TRY(event_sub_processes_arm(flow, place));
    size_t count = scope->start_count;
    if (node && node->kind == NODE_AD_HOC && node->chosen) {
        Live *choice = place_new(flow, PLACE_CHOICE, node->index, place);
        history_add(flow, HISTORY_ENTERED, choice->place.number, node->index);
        return NULL;
    }
    if (node && node->kind == NODE_AD_HOC && node->ordered && count > 1)
        count = 1; // the others follow, see scope_dry
    place->place.count = (int)count;
    for (size_t i = 0; i < count; i++)
        token_enter(flow, scope->starts[i], place);
    return NULL;
}

void tokens_cancel(Flow *flow, Live *scope)
{
    scope->cleared++;
    for (Live *child = place_child(scope, NULL); child; child = place_child(scope, child))
        if (child->place.kind != PLACE_WATCH && child->place.kind != PLACE_DONE)
            place_cancel(flow, child);
}

// --- Ad-hoc sub-processes ------------------------------------------------------------------------

Live *ad_hoc_choice(const Live *scope)
{
    Live *child = place_child(scope, NULL);
    while (child && child->place.kind != PLACE_CHOICE)
        child = place_child(scope, child);
    return child;
}

// The link of such a scope is set once nothing more is started in it.
void ad_hoc_close(Live *scope)
{
    scope->place.link = 1;
}

bool ad_hoc_closed(const Live *scope)
{
    return scope->place.link != 0;
}

// Its condition is asked each time when one of its activities is done: 13.3.5. Once it holds
// nothing more is started; what still runs is cancelled, or waited for.
FALLIBLE ad_hoc_done(Flow *flow, Live *scope)
{
    const GraphNode *node = node_of(flow, scope);
    bool ad_hoc = node && node->kind == NODE_AD_HOC && scope->place.kind == PLACE_SCOPE;
    if (!ad_hoc || !node->activation || scope->dead || ad_hoc_closed(scope))
        return NULL;
    bool met;
    const char *why;
    TRY(holds(flow, scope, node->activation, NULL, &met, &why));
    if (why)
        incident_add(flow, scope, "broken-condition", why); // go on as if it were false
    if (!met)
        return NULL;
    ad_hoc_close(scope);
    if (node->cancel_remaining)
        tokens_cancel(flow, scope);
    Live *choice = ad_hoc_choice(scope);
    if (choice)
        place_end(flow, choice);
    return NULL;
}

// In sequence it goes to its next activity.
static bool ad_hoc_next(Flow *flow, Live *place, const GraphNode *node)
{
    const GraphScope *scope = &flow->graph->scopes[node->inner];
    if (node->chosen || ad_hoc_closed(place) || (size_t)place->place.count >= scope->start_count)
        return false;
    token_enter(flow, scope->starts[place->place.count++], place);
    return true;
}

static FALLIBLE process_complete(Flow *flow)
{
    bool keeps = process_keeps(flow);
    flow->status = FLOW_COMPLETED;
    if (flow->root->place.trigger == PROCESS_UNDOING)
        history_add(flow, HISTORY_COMPENSATED, 1, -1);
    for (Live *child = place_child(flow->root, NULL); child; child = place_child(flow->root, child))
        if (!keeps || child->place.kind != PLACE_DONE)
            place_cancel(flow, child);
    if (!keeps)
        place_end(flow, flow->root);
    return NULL;
}

FALLIBLE scope_dry(Flow *flow, Live *place)
{
    const GraphNode *node = node_of(flow, place);
    if (!node)
        return process_complete(flow);
    if (node->kind == NODE_AD_HOC && ad_hoc_next(flow, place, node))
        return NULL;
    return activity_complete(flow, place);
}
