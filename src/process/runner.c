// SPDX-License-Identifier: Apache-2.0
#include "process/runner.h"

#include "base/ids.h"
#include "base/json.h"
#include "base/messages.h"
#include "process/agenda.h"
#include "process/calendars.h"
#include "process/conditions.h"
#include "process/external.h"
#include "process/function_point.h"
#include "process/history.h"
#include "process/incident.h"
#include "process/jobs.h"
#include "process/messages.h"
#include "process/offers.h"
#include "process/shapes.h"
#include "process/subscriptions.h"
#include "process/suspension.h"
#include "process/waiting.h"
#include "record/record.h"

#include <string.h>

QUERY(runner_answers_to, "UPDATE instance SET parent_wait = $2 WHERE id = $1");

// Something to do after the effects of a step: answer a call, or bring a kept message.
typedef struct Task {
    const FlowEffect *call; // NULL: `event` is ready
    FlowEvent event;
} Task;

typedef struct Run {
    Instance *instance;
    const ProcessModel *model;
    FlowState state;
    Value subject;   // the governed record as it is now
    int set_node;    // the node on whose behalf `set` waits to be written
    Value set;       // fields of the record, null kind when there are none
    Buffer *entries; // for the history
    ARRAY(Task) tasks;
    FlowEvents events;         // that came in, for the history
    ConditionWaits conditions; // before the run
    int first_new;             // places from this number on were born in this step
    bool call_now;
    const char *told;        // by whoever reports a failure, in LANGUAGE_SOURCE; NULL: nothing
    IncidentsFound found;    // what went wrong
    const char *failed_with; // the error that ended the instance; NULL: none
} Run;

const Actor *engine_actor(Ctx *cx)
{
    static const char *const everything[] = {"*"};
    Actor *actor = NEW(cx->arena, Actor);
    if (cx->actor)
        *actor = *cx->actor;
    actor->permissions = everything;
    actor->permission_count = 1;
    actor->door = actor->user ? DOOR_STEP : DOOR_SYSTEM;
    return actor;
}

FALLIBLE subject_read(Ctx *cx, const char *entity, Id subject, Value *out)
{
    *out = value_null();
    if (!entity || !subject)
        return NULL;
    Record *record;
    const Actor *before = as_system(cx);
    Error *error = record_get(cx, entity, subject, &record);
    cx->actor = before;
    TRY(error);
    *out = record->fields;
    return NULL;
}

static const GraphNode *run_node(const Run *run, int node)
{
    return node >= 0 ? &run->model->graph->nodes[node] : NULL;
}

static const char *node_id(const Run *run, int node)
{
    return node >= 0 ? run->model->graph->nodes[node].id : run->model->key;
}

static ActiveStep run_step(const Run *run, int node)
{
    return (ActiveStep){run->instance->id, run->instance->entity, run->instance->subject,
                        run->model, run_node(run, node)};
}

// Fields that one node sets are written by one change, so that it is one version and one audit.
static FALLIBLE set_flush(Ctx *cx, Run *run)
{
    if (run->set.kind == VALUE_NULL)
        return NULL;
    Value changes = run->set;
    run->set = value_null();
    ActiveStep step = run_step(run, run->set_node);
    const struct ActiveStep *before = cx->step;
    cx->step = &step;
    Record *record;
    Error *error =
        record_change(cx, run->instance->entity, run->instance->subject, 0, changes, &record);
    cx->step = before;
    TRY(error);
    run->subject = record->fields;
    return NULL;
}

static FALLIBLE set_add(Ctx *cx, Run *run, const FlowEffect *effect)
{
    if (!run->instance->subject)
        return FAIL(cx, ERR_CONFLICT, "the step %s sets %s, but the process runs on no record",
                    node_id(run, effect->node), effect->name);
    if (run->set.kind != VALUE_NULL && run->set_node != effect->node)
        TRY(set_flush(cx, run));
    if (run->set.kind == VALUE_NULL)
        run->set = value_context(cx->arena);
    run->set_node = effect->node;
    value_set(cx->arena, run->set, effect->name, effect->value);
    return NULL;
}

static FALLIBLE message_wait(Ctx *cx, Run *run, const FlowEffect *effect)
{
    const char *key = effect->key ? effect->key : "";
    TRY(subscription_add(cx, &(Subscription){.kind = WAITS_MESSAGE,
                                             .name = effect->name,
                                             .key = key,
                                             .owner = run->instance->id,
                                             .wait = effect->wait,
                                             .node = node_id(run, effect->node)}));
    bool found;
    Value payload;
    TRY(message_take_kept(cx, effect->name, key, &found, &payload));
    if (found)
        array_push(cx->arena, run->tasks) =
            (Task){NULL, {.kind = FLOW_MESSAGE, .wait = effect->wait, .value = payload}};
    return NULL;
}

static FALLIBLE signal_wait(Ctx *cx, Run *run, const FlowEffect *effect)
{
    return subscription_add(cx, &(Subscription){.kind = WAITS_SIGNAL,
                                                .name = effect->name,
                                                .owner = run->instance->id,
                                                .wait = effect->wait,
                                                .node = node_id(run, effect->node)});
}

// What the step tells others waits until the instance is stored.
static Follow follow_of(const Run *run, FollowKind kind, const FlowEffect *effect)
{
    return (Follow){.kind = kind,
                    .instance = run->instance->id,
                    .wait = effect->wait,
                    .node = run_node(run, effect->node),
                    .name = effect->name,
                    .key = effect->key ? effect->key : "",
                    .value = effect->value,
                    .entity = run->instance->entity,
                    .subject = run->instance->subject};
}

static FALLIBLE follow_add(Ctx *cx, const Run *run, FollowKind kind, const FlowEffect *effect)
{
    Follow follow = follow_of(run, kind, effect);
    if (kind == FOLLOW_MESSAGE)
        TRY(outbox_message_insert(cx, run->instance->id, node_id(run, effect->node), follow.name,
                                  follow.key, follow.value, &follow.row));
    agenda_add(cx, &follow);
    return NULL;
}

static void tell_caller(Ctx *cx, const Run *run, FlowEvent event)
{
    if (!run->instance->parent)
        return;
    event.wait = (int)run->instance->parent_wait;
    agenda_add(cx, &(Follow){.kind = FOLLOW_ANSWER,
                             .instance = run->instance->parent,
                             .row = run->instance->id,
                             .event = event});
}

static FALLIBLE function_ask(Ctx *cx, Run *run, const FlowEffect *effect)
{
    const GraphNode *node = run_node(run, effect->node);
    if (node->topic)
        return external_offer(cx, run->instance, node, effect);
    if (node->is_async && !run->call_now)
        return job_add(cx,
                       &(Job){.kind = "call",
                              .owner = run->instance->id,
                              .wait = effect->wait,
                              .node = node->id,
                              .due_at = cx->now},
                       NULL);
    array_push(cx->arena, run->tasks) = (Task){.call = effect};
    return NULL;
}

static FALLIBLE call_taken_back(Ctx *cx, Run *run, const FlowEffect *effect)
{
    const GraphNode *node = run_node(run, effect->node);
    if (node->kind == NODE_CALL_ACTIVITY)
        return follow_add(cx, run, FOLLOW_CANCEL, effect);
    // A call that is made in the run itself is asked for its place before.
    return node->topic || node->is_async ? job_close(cx, run->instance->id, effect->wait) : NULL;
}

static FALLIBLE timer_set(Ctx *cx, Run *run, const FlowEffect *effect)
{
    if (effect->wait < run->first_new) // set before, and tried again
        TRY(job_close(cx, run->instance->id, effect->wait));
    return job_add(cx,
                   &(Job){.kind = "timer",
                          .owner = run->instance->id,
                          .wait = effect->wait,
                          .node = node_id(run, effect->node),
                          .due_at = effect->due},
                   NULL);
}

static void ended(Ctx *cx, Run *run, const FlowEffect *effect)
{
    bool undoable = text_equal(effect->name, FLOW_UNDOABLE);
    FlowEvent answer = {.kind = FLOW_COMPLETE,
                        .name = undoable ? id_text(cx->arena, run->instance->id) : NULL,
                        .value = effect->value};
    if (effect->status == FLOW_FAILED) {
        run->failed_with = effect->name;
        answer = (FlowEvent){.kind = FLOW_FAIL, .name = effect->name, .value = effect->value};
    } else if (effect->status == FLOW_CANCELLED) {
        answer = (FlowEvent){.kind = FLOW_FAIL, .name = "cancelled"};
    }
    tell_caller(cx, run, answer);
}

static FALLIBLE call_undo_ask(Ctx *cx, const Run *run, const FlowEffect *effect)
{
    return follow_add(cx, run, effect->kind == EFFECT_CALL_UNDO ? FOLLOW_UNDO : FOLLOW_FORGET,
                      effect);
}

static FALLIBLE effect_apply(Ctx *cx, Run *run, const FlowEffect *effect)
{
    Id instance = run->instance->id;
    switch (effect->kind) {
    case EFFECT_WORK_OFFER:
        return offer_make(cx, run->instance, run->model, effect);
    case EFFECT_WORK_CANCEL:
        return work_item_close(cx, instance, effect->wait);
    case EFFECT_FUNCTION_CALL:
        return function_ask(cx, run, effect);
    case EFFECT_DECISION_CALL:
        array_push(cx->arena, run->tasks) = (Task){.call = effect};
        return NULL;
    case EFFECT_PROCESS_CALL:
        return follow_add(cx, run, FOLLOW_CALL, effect);
    case EFFECT_CALL_CANCEL:
        return call_taken_back(cx, run, effect);
    case EFFECT_CALL_UNDO:
    case EFFECT_CALL_FORGET:
        return call_undo_ask(cx, run, effect);
    case EFFECT_TIMER_SET:
        return timer_set(cx, run, effect);
    case EFFECT_TIMER_CANCEL:
        return job_close(cx, instance, effect->wait);
    case EFFECT_MESSAGE_WAIT:
        return message_wait(cx, run, effect);
    case EFFECT_SIGNAL_WAIT:
        return signal_wait(cx, run, effect);
    case EFFECT_MESSAGE_CANCEL:
    case EFFECT_SIGNAL_CANCEL:
        return subscription_close(cx, instance, effect->wait);
    case EFFECT_MESSAGE_SEND:
        return follow_add(cx, run, FOLLOW_MESSAGE, effect);
    case EFFECT_SIGNAL_SEND:
        return follow_add(cx, run, FOLLOW_SIGNAL, effect);
    case EFFECT_RECORD_SET:
        return set_add(cx, run, effect);
    case EFFECT_HISTORY:
        entries_add(run->entries, effect);
        return NULL;
    case EFFECT_INCIDENT:
        array_push(cx->arena, run->found) = (IncidentFound){
            effect->wait, effect->node, effect->name, value_get_text(effect->value, "message")};
        return NULL;
    case EFFECT_ESCALATED:
        tell_caller(
            cx, run,
            (FlowEvent){.kind = FLOW_ESCALATE, .name = effect->name, .value = effect->value});
        return NULL;
    case EFFECT_ENDED:
        ended(cx, run, effect);
        return NULL;
    }
    return NULL;
}

// Whoever reads of an incident need not speak the language of whoever caused it: the step, which is
// pure, is taken once more in that of no one.
static FALLIBLE incidents_in_source(Ctx *cx, const Run *run, const FlowEvent *event,
                                    FlowOutcome *outcome)
{
    FlowOutcome again = {0};
    const char *before = cx->language;
    for (size_t i = 0; i < outcome->effect_count; i++) {
        FlowEffect *effect = &outcome->effects[i];
        if (effect->kind != EFFECT_INCIDENT)
            continue;
        if (!again.effects) {
            cx->language = LANGUAGE_SOURCE;
            Error *error = flow_step(cx, run->model->graph, &run->state, event, &again);
            cx->language = before;
            TRY(error);
        }
        bool reported = run->told && event->kind == FLOW_FAIL && effect->wait == event->wait;
        effect->value = again.effects[i].value;
        if (reported)
            value_set(cx->arena, effect->value, "message", value_text(run->told));
    }
    return NULL;
}

static FALLIBLE step_once(Ctx *cx, Run *run, const FlowEvent *event)
{
    FlowEvent with_subject = *event;
    with_subject.subject = run->subject;
    // The wait is used up; a watch that goes on asks for a new one.
    if (event->kind == FLOW_MESSAGE)
        TRY(subscription_close(cx, run->instance->id, event->wait));
    array_push(cx->arena, run->events) = with_subject;
    FlowOutcome outcome;
    run->first_new = run->state.next_number;
    TRY(flow_step(cx, run->model->graph, &run->state, &with_subject, &outcome));
    TRY(incidents_in_source(cx, run, &with_subject, &outcome));
    run->state = outcome.state;
    for (size_t i = 0; i < outcome.effect_count; i++)
        TRY(effect_apply(cx, run, &outcome.effects[i]));
    return set_flush(cx, run);
}

static bool rehearsed(const Ctx *cx, const Run *run, const FlowEffect *call)
{
    const Rehearsal *rehearsal = cx->company->rehearsal;
    return rehearsal && text_equal(rehearsal->process, run->model->key) &&
           text_equal(rehearsal->node, node_id(run, call->node));
}

static FALLIBLE function_call(Ctx *cx, Run *run, const FlowEffect *call, FlowEvent *answer)
{
    if (rehearsed(cx, run, call)) {
        *answer = (FlowEvent){
            .kind = FLOW_FAIL, .wait = call->wait, .name = cx->company->rehearsal->code};
        return NULL;
    }
    const FunctionPoint *point = registry_find(&function_points, call->name);
    if (!point)
        return FAIL(cx, ERR_INTERNAL, "there is no function point %s", call->name);
    ActiveStep step = run_step(run, call->node);
    const struct ActiveStep *before = cx->step;
    cx->step = &step;
    const char *business_error = NULL;
    Value output = value_null();
    Error *error = point->call(cx, call->value, &business_error, &output);
    cx->step = before;
    TRY(error);
    *answer = (FlowEvent){.kind = FLOW_COMPLETE, .wait = call->wait, .value = output};
    if (business_error) {
        answer->kind = FLOW_FAIL;
        answer->name = business_error;
    }
    return subject_read(cx, run->instance->entity, run->instance->subject, &run->subject);
}

static FALLIBLE decision_call(Ctx *cx, const FlowEffect *call, FlowEvent *answer)
{
    const DecisionModel *decision;
    TRY(decision_newest(cx, call->key, &decision));
    Value result;
    Value inputs = dmn_inputs(cx, decision->dmn, call->value); // variables may have come as JSON
    TRY(dmn_evaluate(cx, decision->dmn, call->name, inputs, NULL, NULL, &result));
    *answer = (FlowEvent){.kind = FLOW_COMPLETE, .wait = call->wait, .value = result};
    return NULL;
}

static FALLIBLE task_run(Ctx *cx, Run *run, const Task *task)
{
    int wait = task->call ? task->call->wait : task->event.wait;
    if (!flow_place(&run->state, wait)) // cancelled by what came before it
        return NULL;
    FlowEvent event = task->event;
    if (task->call && task->call->kind == EFFECT_FUNCTION_CALL)
        TRY(function_call(cx, run, task->call, &event));
    else if (task->call)
        TRY(decision_call(cx, task->call, &event));
    return step_once(cx, run, &event);
}

static bool is_call(const FlowPlace *place)
{
    return place->kind == PLACE_FUNCTION || place->kind == PLACE_DECISION ||
           place->kind == PLACE_CALL;
}

void state_give_up(FlowState *state, int wait)
{
    for (size_t i = 0; i < state->place_count; i++)
        if (state->places[i].number == wait && is_call(&state->places[i]))
            state->places[i].count = 1;
}

bool place_is_incident(const FlowPlace *place)
{
    return place->kind == PLACE_STUCK || (is_call(place) && place->count);
}

static const char *instance_word(const FlowState *state)
{
    if (state->status != FLOW_RUNNING)
        return flow_status_word(state->status);
    for (size_t i = 0; i < state->place_count; i++)
        if (place_is_incident(&state->places[i]))
            return "incident";
    return "running";
}

static FALLIBLE run_store(Ctx *cx, Run *run, const RunCause *cause, const char *node)
{
    Instance *instance = run->instance;
    instance->state = instance_word(&run->state);
    if (run->state.status != FLOW_RUNNING) {
        instance->ended_at = instance->ended_at ? instance->ended_at : cx->now;
        TRY(waiting_close_all(cx, instance->id));
        if (instance->start_message) // another with its key may have been kept waiting
            agenda_add(cx, &(Follow){.kind = FOLLOW_KEPT,
                                     .name = instance->start_message,
                                     .key = instance->start_key});
    } else {
        TRY(conditions_project(cx, instance, run->model, &run->conditions, &run->state));
    }
    TRY(incidents_project(cx, instance, run->model, &run->state, &run->found, cause->kind));
    if (run->failed_with)
        instance->incident = run->failed_with;
    instance->blob = flow_pack(cx, &run->state);
    for (size_t i = 0; i < run->events.count; i++)
        run->events.items[i].subject =
            flow_subject_kept(cx, run->model->graph, run->events.items[i].subject);
    FlowApart apart = {.names = run->model->personal, .count = run->model->personal_count};
    InstanceNote note = {
        .kind = cause->kind, .node = node, .entries = run->entries->bytes, .detail = cause->detail};
    note.input = flow_pack_events(cx, &run->events, &apart, &instance->subject_seen);
    note.personal = apart.values;
    TRY(instance_note(cx, instance, &note));
    TRY(instance_store(cx, instance));
    return entries_test(cx, instance, run->model, &run->state, run->subject);
}

// A condition that was looked at and is as it was leaves no trace.
static bool nothing_happened(Ctx *cx, const Run *run, const FlowEvent *event)
{
    if (event->kind != FLOW_CHECK || run->entries->length)
        return false;
    Text now = flow_pack(cx, &run->state), before = run->instance->blob;
    return now.length == before.length && memcmp(now.bytes, before.bytes, now.length) == 0;
}

static FALLIBLE run_tasks(Ctx *cx, Run *run)
{
    for (size_t i = 0; i < run->tasks.count; i++) {
        if (i >= LIMIT_RUN_STEPS)
            return FAIL(cx, ERR_LIMIT, "the process %s made more than %d calls without a wait",
                        run->model->key, LIMIT_RUN_STEPS);
        Task task = run->tasks.items[i];
        TRY(task_run(cx, run, &task));
    }
    return NULL;
}

static FALLIBLE run_all(Ctx *cx, Run *run, const FlowEvent *event, const RunCause *cause)
{
    const FlowPlace *place = flow_place(&run->state, event->wait);
    const char *node = place && event->wait ? node_id(run, place->node) : NULL;
    run->entries = buffer_new(cx->arena);
    run->call_now = cause->call_now;
    run->told = cause->told;
    TRY(subject_read(cx, run->instance->entity, run->instance->subject, &run->subject));
    TRY(step_once(cx, run, event));
    TRY(run_tasks(cx, run));
    return nothing_happened(cx, run, event) ? NULL : run_store(cx, run, cause, node);
}

static FALLIBLE run_as_engine(Ctx *cx, Run *run, const FlowEvent *event, const RunCause *cause)
{
    const Actor *before = cx->actor;
    const struct BusinessCalendars *calendars_before = cx->calendars;
    cx->actor = engine_actor(cx);
    Error *error = calendars_use(cx, run->model->graph);
    if (!error) {
        agenda_enter(cx);
        error = agenda_leave(cx, run_all(cx, run, event, cause));
    }
    cx->calendars = calendars_before;
    cx->actor = before;
    return error;
}

FALLIBLE runner_start(Ctx *cx, const Start *start, Id *out)
{
    const ProcessModel *model = start->model;
    TRY(suspension_start_check(cx, model->key));
    Instance *instance = NEW(cx->arena, Instance);
    *instance = (Instance){.id = id_new(cx),
                           .process_key = model->key,
                           .version = model->version,
                           .model = model->id,
                           .entity = model->graph->entity,
                           .subject = start->subject,
                           .state = "running",
                           .row_version = 1,
                           .blob = {"", 0},
                           .started_at = cx->now,
                           .started_by = cx->actor ? cx->actor->user : 0,
                           .parent = start->caller ? start->caller->id : 0,
                           .parent_wait = start->caller_wait,
                           .parent_node = start->caller_node,
                           .depth = start->caller ? start->caller->depth + 1 : 0,
                           .start_message = start->message,
                           .start_key = start->key};
    TRY(instance_insert(cx, instance));
    Run run = {.instance = instance, .model = model};
    FlowEvent event = {.kind = FLOW_START,
                       .node = start->node,
                       .name = start->caller ? FLOW_CALLED : NULL,
                       .value = start->value};
    RunCause cause = {"started", value_null(), false};
    TRY(run_as_engine(cx, &run, &event, &cause));
    *out = instance->id;
    return NULL;
}

static FALLIBLE run_load(Ctx *cx, Instance *instance, Run *out)
{
    *out = (Run){.instance = instance};
    TRY(model_by_id(cx, instance->model, &out->model));
    TRY(flow_unpack(cx, out->model->graph, instance->blob.bytes, instance->blob.length,
                    &out->state));
    conditions_waiting(cx, out->model, &out->state, &out->conditions);
    return NULL;
}

FALLIBLE runner_run(Ctx *cx, Instance *instance, const FlowEvent *event, const RunCause *cause)
{
    if (instance->ended_at)
        return FAIL(cx, ERR_CONFLICT, "this process has ended");
    TRY(suspension_check(cx, instance));
    Run run;
    TRY(run_load(cx, instance, &run));
    return run_as_engine(cx, &run, event, cause);
}

FALLIBLE runner_offer(Ctx *cx, Id id, const FlowEvent *event, const RunCause *cause, bool *taken)
{
    Instance *instance;
    TRY(instance_load(cx, id, &instance));
    *taken = false;
    if (instance->ended_at)
        return NULL;
    Run run;
    TRY(run_load(cx, instance, &run));
    const FlowPlace *place = flow_place(&run.state, event->wait);
    if (event->wait && (!place || place->kind == PLACE_DONE))
        return NULL;
    *taken = true;
    if (instance->suspended && event->kind != FLOW_CANCEL)
        return suspension_hold(cx, id, event, cause->kind);
    return run_as_engine(cx, &run, event, cause);
}

static bool keeps(const FlowState *state)
{
    return state->status == FLOW_COMPLETED && state->place_count;
}

FALLIBLE runner_keeps(Ctx *cx, Instance *instance, bool *out)
{
    Run run;
    TRY(run_load(cx, instance, &run));
    *out = keeps(&run.state);
    return NULL;
}

static FALLIBLE kept_run(Ctx *cx, Instance *instance, FlowEventKind kind, bool *taken)
{
    Run run;
    TRY(run_load(cx, instance, &run));
    *taken = keeps(&run.state);
    if (!*taken)
        return NULL;
    if (kind == FLOW_UNDO)
        instance->ended_at = 0;
    FlowEvent event = {.kind = kind, .node = -1};
    RunCause cause = {kind == FLOW_UNDO ? "undone" : "forgotten", value_null(), false};
    return run_as_engine(cx, &run, &event, &cause);
}

FALLIBLE runner_undo(Ctx *cx, Id called, int wait, bool *taken)
{
    Instance *instance;
    TRY(instance_load(cx, called, &instance));
    TRY(suspension_start_check(cx, instance->process_key));
    if (instance->parent_wait != wait) // its caller was restarted
        TRY(db_run(cx, NULL, runner_answers_to, called, wait));
    instance->parent_wait = wait;
    return kept_run(cx, instance, FLOW_UNDO, taken);
}

FALLIBLE runner_forget(Ctx *cx, Id called, bool *taken)
{
    Instance *instance;
    TRY(instance_load(cx, called, &instance));
    return kept_run(cx, instance, FLOW_FORGET, taken);
}

FALLIBLE runner_give_up(Ctx *cx, Id id, int wait, const char *reason)
{
    Instance *instance;
    TRY(instance_load(cx, id, &instance));
    Run run;
    TRY(run_load(cx, instance, &run));
    const FlowPlace *place = flow_place(&run.state, wait);
    if (instance->ended_at || !place)
        return NULL;
    state_give_up(&run.state, wait);
    const char *node = node_id(&run, place->node);
    array_push(cx->arena, run.found) = (IncidentFound){wait, place->node, "failed", reason};
    instance->state = "incident";
    TRY(incidents_project(cx, instance, run.model, &run.state, &run.found, "given up"));
    instance->blob = flow_pack(cx, &run.state);
    Value detail = value_context(cx->arena);
    value_set(cx->arena, detail, "reason", value_text(reason));
    value_set(cx->arena, detail, "wait", value_integer(wait));
    InstanceNote note = {.kind = "given up", .node = node, .detail = detail};
    TRY(instance_note(cx, instance, &note));
    return instance_store(cx, instance);
}

static FALLIBLE outcome_apply(Ctx *cx, Run *run, const FlowOutcome *outcome, const RunCause *cause)
{
    run->first_new = run->state.next_number;
    run->state = outcome->state;
    for (size_t i = 0; i < outcome->effect_count; i++)
        TRY(effect_apply(cx, run, &outcome->effects[i]));
    TRY(set_flush(cx, run));
    TRY(run_tasks(cx, run));
    return run_store(cx, run, cause, NULL);
}

static FALLIBLE outcome_as_engine(Ctx *cx, Run *run, const FlowOutcome *outcome,
                                  const RunCause *cause)
{
    // The replay does it with the record as it is now.
    array_push(cx->arena, run->events) =
        (FlowEvent){.kind = FLOW_CHECK, .node = -1, .subject = run->subject};
    run->entries = buffer_new(cx->arena);
    const Actor *before = cx->actor;
    cx->actor = engine_actor(cx);
    agenda_enter(cx);
    Error *error = agenda_leave(cx, outcome_apply(cx, run, outcome, cause));
    cx->actor = before;
    return error;
}

static FALLIBLE migrate_with_calendars(Ctx *cx, Instance *instance, const ProcessModel *to,
                                       const FlowMigrationPlan *plan, const RunCause *cause,
                                       FlowMigration *out)
{
    Run run;
    TRY(run_load(cx, instance, &run));
    TRY(subject_read(cx, instance->entity, instance->subject, &run.subject));
    FlowMigrationPlan with = *plan;
    with.subject = run.subject;
    TRY(flow_migrate(cx, run.model->graph, &run.state, to->graph, &with, out));
    if (out->problem_count)
        return NULL;
    // Problems are told to whoever migrates; incidents to whoever reads them.
    const char *language_before = cx->language;
    cx->language = LANGUAGE_SOURCE;
    Error *error = flow_migrate(cx, run.model->graph, &run.state, to->graph, &with, out);
    cx->language = language_before;
    TRY(error);
    run.model = to;
    instance->model = to->id;
    instance->version = to->version;
    return outcome_as_engine(cx, &run, &out->outcome, cause);
}

FALLIBLE runner_migrate(Ctx *cx, Instance *instance, const ProcessModel *to,
                        const FlowMigrationPlan *plan, const RunCause *cause, FlowMigration *out)
{
    const struct BusinessCalendars *calendars_before = cx->calendars;
    Error *error = calendars_use(cx, to->graph);
    if (!error)
        error = migrate_with_calendars(cx, instance, to, plan, cause, out);
    cx->calendars = calendars_before;
    return error;
}

FALLIBLE runner_restart(Ctx *cx, Instance *instance, const FlowState *then, const RunCause *cause)
{
    Run run;
    FlowOutcome outcome;
    TRY(suspension_check(cx, instance));
    TRY(run_load(cx, instance, &run));
    TRY(subject_read(cx, instance->entity, instance->subject, &run.subject));
    FlowRestart restart = {&run.state, then, run.subject};
    const struct BusinessCalendars *calendars_before = cx->calendars;
    Error *error = calendars_use(cx, run.model->graph);
    if (!error)
        error = flow_restart(cx, run.model->graph, &restart, &outcome);
    const char *language_before = cx->language;
    cx->language = LANGUAGE_SOURCE; // what it tells of incidents is read by others
    if (!error)
        error = flow_restart(cx, run.model->graph, &restart, &outcome);
    cx->language = language_before;
    instance->ended_at = 0;
    if (!error)
        error = outcome_as_engine(cx, &run, &outcome, cause);
    cx->calendars = calendars_before;
    return error;
}
