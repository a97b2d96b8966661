// SPDX-License-Identifier: Apache-2.0
#include "process/incidents.h"

#include "base/ids.h"
#include "base/messages.h"
#include "process/asked.h"
#include "process/incident.h"
#include "process/people.h"
#include "process/runner.h"
#include "process/shapes.h"
#include "record/record.h"

#include <string.h>

QUERY(incident_by_id, "SELECT " INCIDENT_COLUMNS " FROM process_incident WHERE id = $1");

// ---- who ------------------------------------------------------------------------------------

static FALLIBLE handles(Ctx *cx, const Actor *actor, const char *department, bool *out)
{
    *out = actor_may(actor, "process.retry");
    if (*out || !department || !actor || !actor->user)
        return NULL;
    return department_is_led(cx, people_new(cx), department, actor->user, out);
}

// Whoever may not see it does not learn that it is there.
static FALLIBLE incident_load(Ctx *cx, Id id, Incident **out, bool *may_handle)
{
    Row *row;
    TRY(db_row(cx, &row, incident_by_id, id));
    Incident *incident = row ? incident_of(cx, row) : NULL;
    bool handled = false;
    if (incident)
        TRY(handles(cx, cx->actor, incident->department, &handled));
    bool own = incident && cx->actor && cx->actor->user && incident->owner == cx->actor->user;
    if (!incident || !(handled || own || actor_may(cx->actor, "process.read")))
        return FAIL(cx, ERR_NOT_FOUND, "there is no such incident");
    *out = incident;
    *may_handle = handled || own;
    return NULL;
}

static FALLIBLE incident_handled(Ctx *cx, Id id, Incident **out)
{
    bool may_handle;
    TRY(incident_load(cx, id, out, &may_handle));
    if (!may_handle)
        return FAIL(cx, ERR_DENIED, "you may not handle this incident");
    return (*out)->resolved_at ? FAIL(cx, ERR_CONFLICT, "this incident is resolved already") : NULL;
}

static FALLIBLE comment_read(Ctx *cx, const char *given, const char **out)
{
    if (given && strlen(given) > LIMIT_INCIDENT_COMMENT)
        return error_field(
            FAIL(cx, ERR_LIMIT, "a comment has at most %d bytes", LIMIT_INCIDENT_COMMENT),
            "comment");
    *out = given && *given ? given : NULL;
    return NULL;
}

// ---- what is done ---------------------------------------------------------------------------

static FALLIBLE move(Ctx *cx, const Incident *before, const Incident *after, IncidentEvent event)
{
    bool moved;
    TRY(incident_move(cx, before, after, &moved));
    if (!moved)
        return error_hint(FAIL(cx, ERR_CONFLICT, "somebody else was faster"), "Look again.");
    return incident_note(cx, before->id, event);
}

FALLIBLE incident_take(Ctx *cx, Id id, const char *comment)
{
    Incident *incident;
    TRY(comment_read(cx, comment, &comment));
    TRY(incident_handled(cx, id, &incident));
    if (!cx->actor->user)
        return FAIL(cx, ERR_DENIED, "a person takes an incident over");
    Incident after = *incident;
    after.state = INCIDENT_TAKEN;
    after.owner = cx->actor->user;
    if (text_equal(incident->state, after.state) && incident->owner == after.owner)
        return NULL;
    return move(cx, incident, &after, (IncidentEvent){.kind = INCIDENT_TAKEN, .comment = comment});
}

FALLIBLE incident_hand_on(Ctx *cx, Id id, Id to, const char *comment)
{
    Incident *incident;
    Person *person;
    bool can = false;
    TRY(comment_read(cx, comment, &comment));
    TRY(incident_handled(cx, id, &incident));
    TRY(people_person(cx, people_new(cx), to, &person));
    if (person->active)
        TRY(handles(cx, person->actor, incident->department, &can));
    if (!can)
        return error_field(
            error_hint(FAIL(cx, ERR_INVALID, "this person may not handle the incident"),
                       "Name somebody who may retry processes, or who leads the department."),
            "to");
    Incident after = *incident;
    after.state = INCIDENT_OPEN;
    after.owner = to;
    return move(cx, incident, &after,
                (IncidentEvent){.kind = "handed on", .receiver = to, .comment = comment});
}

FALLIBLE incident_close(Ctx *cx, Id id, const char *comment)
{
    Incident *incident;
    TRY(comment_read(cx, comment, &comment));
    TRY(incident_handled(cx, id, &incident));
    if (incident->stands)
        return error_hint(FAIL(cx, ERR_CONFLICT, "the process stands at this incident"),
                          "Mend what is wrong and try again, or ask for a deviation.");
    Incident after = *incident;
    after.state = INCIDENT_RESOLVED;
    after.resolved_at = cx->now;
    after.resolved_by = cx->actor->user;
    after.resolution = "closed";
    return move(cx, incident, &after,
                (IncidentEvent){.kind = INCIDENT_RESOLVED, .comment = comment});
}

// ---- mending --------------------------------------------------------------------------------

static bool names_any(const Value *context)
{
    return context && context->kind == VALUE_CONTEXT && context->context->count;
}

static FALLIBLE record_mend(Ctx *cx, const Instance *instance, Value mend)
{
    const Value *fields = value_get(mend, "fields"), *given = value_get(mend, "version");
    int64_t version = 0;
    Record *record;
    if (!names_any(fields))
        return NULL;
    if (!instance->subject)
        return error_field(FAIL(cx, ERR_INVALID, "this process runs on no record"), "fields");
    if (!given || given->kind != VALUE_NUMBER || !decimal_to_integer(given->number, &version) ||
        version < 1)
        return error_field(FAIL(cx, ERR_INVALID, "name the version of the record that you saw"),
                           "version");
    return record_change(cx, instance->entity, instance->subject, version, *fields, &record);
}

static FALLIBLE variables_check(Ctx *cx, const Instance *instance, const Value *variables)
{
    if (!actor_may(cx->actor, "incident.edit"))
        return error_field(FAIL(cx, ERR_DENIED, "you may not edit the data of a process"),
                           "variables");
    // What a decision is made of must come from the record and the steps.
    if (instance->entity)
        return error_field(
            error_hint(FAIL(cx, ERR_CONFLICT,
                            "a process that governs a record takes no variables from outside"),
                       "Change the record, or ask for a deviation."),
            "variables");
    return variables->context->count <= 100
               ? NULL
               : error_field(FAIL(cx, ERR_LIMIT, "at most 100 variables are mended at once"),
                             "variables");
}

static Value cause_of(Ctx *cx, const Incident *incident, const Value *variables)
{
    Value detail = value_context(cx->arena);
    value_set(cx->arena, detail, "incident", value_text(id_text(cx->arena, incident->id)));
    if (!variables)
        return detail;
    // Their values are kept where they can be erased: in the input of the row.
    size_t count = variables->context->count;
    Value *names = NEW_ARRAY(cx->arena, Value, count + 1);
    for (size_t i = 0; i < count; i++)
        names[i] = value_text(variables->context->entries[i].key);
    value_set(cx->arena, detail, "variables", value_list(names, count));
    return detail;
}

static FALLIBLE variables_mend(Ctx *cx, const Incident *incident, Value mend)
{
    const Value *variables = value_get(mend, "variables");
    Instance *instance;
    if (!names_any(variables))
        return NULL;
    TRY(instance_load(cx, incident->instance, &instance));
    TRY(variables_check(cx, instance, variables));
    FlowEvent event = {.kind = FLOW_DATA, .wait = (int)incident->wait, .value = *variables};
    RunCause cause = {"edited", cause_of(cx, incident, variables), false};
    return runner_run(cx, instance, &event, &cause);
}

// The place at which the row stands; one from before there were rows: the first that is stuck.
static FALLIBLE stuck_at(Ctx *cx, const Incident *incident, int *wait)
{
    Instance *instance;
    const ProcessModel *model;
    FlowState state;
    TRY(instance_load(cx, incident->instance, &instance));
    TRY(model_by_id(cx, instance->model, &model));
    TRY(flow_unpack(cx, model->graph, instance->blob.bytes, instance->blob.length, &state));
    *wait = 0;
    for (size_t i = 0; i < state.place_count && !*wait; i++)
        if (place_is_incident(&state.places[i]) &&
            (!incident->wait || state.places[i].number == incident->wait))
            *wait = state.places[i].number;
    return NULL;
}

FALLIBLE incident_retry(Ctx *cx, Id id, Value mend)
{
    Incident *incident;
    Instance *instance;
    const char *comment;
    int wait;
    TRY(comment_read(cx, asked_text(mend, "comment"), &comment));
    TRY(incident_handled(cx, id, &incident));
    if (!incident->stands)
        return error_hint(FAIL(cx, ERR_CONFLICT, "the process has gone on at this incident"),
                          "Close it once you have looked at it.");
    bool edits = names_any(value_get(mend, "fields")) || names_any(value_get(mend, "variables"));
    TRY(instance_load(cx, incident->instance, &instance));
    TRY(record_mend(cx, instance, mend));
    TRY(variables_mend(cx, incident, mend));
    TRY(incident_note(cx, id,
                      (IncidentEvent){.kind = edits ? "edited" : "retried", .comment = comment}));
    TRY(stuck_at(cx, incident, &wait));
    if (!wait) // what was mended has let it go on
        return NULL;
    TRY(instance_load(cx, incident->instance, &instance));
    FlowEvent event = {.kind = FLOW_RETRY, .wait = wait};
    RunCause cause = {"retried", cause_of(cx, incident, NULL), false};
    return runner_run(cx, instance, &event, &cause);
}

// ---- showing --------------------------------------------------------------------------------

// What helps, by the code; business errors of the model have none of their own.
static const char *hint_of(Ctx *cx, const Incident *incident)
{
    const struct {
        const char *code, *hint;
    } hints[] = {
        {"no-way-on", message_in(cx->language, "Mend the data that the conditions of the outgoing "
                                               "flows ask for, and try again.")},
        {"broken-loop", message_in(cx->language, "Mend the list or number of which the instances "
                                                 "are made, and try again.")},
        {"cannot-wait", message_in(cx->language, "Mend the data of which time or key are made, and "
                                                 "try again.")},
        {"not-deployed", message_in(cx->language, "Deploy the process that is called, and try "
                                                  "again.")},
        {"no-record", message_in(cx->language, "Name the record on which the called process "
                                               "runs, and try again.")},
        {"failed", message_in(cx->language, "Mend what kept the call from succeeding, and try "
                                            "again.")},
    };
    if (!incident->stands)
        return message_in(cx->language, "The process has gone on. Look whether what it did is "
                                        "right, and close the incident.");
    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++)
        if (text_equal(hints[i].code, incident->code))
            return hints[i].hint;
    return message_in(cx->language, "Try again when the cause is mended, or ask for a deviation.");
}

static Value step_value(Ctx *cx, const ProcessModel *model, const Incident *incident)
{
    const GraphNode *node = incident->node ? graph_node(model->graph, incident->node) : NULL;
    Value step = value_context(cx->arena);
    value_set(cx->arena, step, "key", value_text(incident->node ? incident->node : model->key));
    value_set(cx->arena, step, "name",
              value_text(incident->node && !node ? incident->node : entry_name(cx, model, node)));
    return step;
}

static const char *message_of(Ctx *cx, const Incident *incident)
{
    return message_said(cx->arena, cx->language, incident->message);
}

FALLIBLE incident_value(Ctx *cx, Describer *describer, const Incident *incident, Value *out)
{
    Instance *instance;
    const ProcessModel *model;
    Value subject, department, owner, opener, resolver, shown = value_context(cx->arena);
    TRY(instance_load(cx, incident->instance, &instance));
    TRY(model_by_id(cx, instance->model, &model));
    TRY(describe_subject(cx, describer, instance->entity, instance->subject, &subject));
    TRY(describe_department(cx, describer, incident->department, &department));
    TRY(describe_user(cx, describer, incident->owner, &owner));
    TRY(describe_user(cx, describer, incident->opened_by, &opener));
    TRY(describe_user(cx, describer, incident->resolved_by, &resolver));
    Instant over = incident->resolved_at;
    const struct {
        const char *name;
        Value value;
    } members[] = {
        {"id", value_text(id_text(cx->arena, incident->id))},
        {"instance", value_text(id_text(cx->arena, incident->instance))},
        {"process", process_value(cx, model)},
        {"subject", subject},
        {"step", step_value(cx, model, incident)},
        {"stands", value_boolean(incident->stands)},
        {"code", value_text(incident->code)},
        {"message", value_text(message_of(cx, incident))},
        {"hint", value_text(hint_of(cx, incident))},
        {"state", value_text(incident->state)},
        {"department", department},
        {"owner", owner},
        {"failures", value_integer(incident->failures)},
        {"opened_at", value_text(instant_text(cx->arena, incident->opened_at))},
        {"opened_by", opener},
        {"resolved_at", value_text(over ? instant_text(cx->arena, over) : NULL)},
        {"resolved_by", resolver},
        {"resolution", value_text(incident->resolution)},
    };
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        value_set(cx->arena, shown, members[i].name, members[i].value);
    *out = shown;
    return NULL;
}

static FALLIBLE events_value(Ctx *cx, Describer *describer, Id incident, Value *out)
{
    IncidentEvent *events;
    size_t count;
    TRY(incident_events(cx, incident, &events, &count));
    Value *items = NEW_ARRAY(cx->arena, Value, count + 1);
    for (size_t i = 0; i < count; i++) {
        Value actor, receiver;
        TRY(describe_user(cx, describer, events[i].actor, &actor));
        TRY(describe_user(cx, describer, events[i].receiver, &receiver));
        items[i] = value_context(cx->arena);
        value_set(cx->arena, items[i], "kind", value_text(events[i].kind));
        value_set(cx->arena, items[i], "at", value_text(instant_text(cx->arena, events[i].at)));
        value_set(cx->arena, items[i], "actor", actor);
        value_set(cx->arena, items[i], "receiver", receiver);
        value_set(cx->arena, items[i], "comment", value_text(events[i].comment));
    }
    *out = value_list(items, count);
    return NULL;
}

// What the actor may do with it now.
static FALLIBLE may_value(Ctx *cx, const Incident *incident, bool handled, Value *out)
{
    Instance *instance;
    const ProcessModel *model;
    TRY(instance_load(cx, incident->instance, &instance));
    TRY(model_by_id(cx, instance->model, &model));
    const GraphNode *node = incident->node ? graph_node(model->graph, incident->node) : NULL;
    bool open = handled && !incident->resolved_at, stands = open && incident->stands;
    const char *edit = text_format(cx->arena, "%s.edit", instance->entity ? instance->entity : "");
    *out = value_context(cx->arena);
    const struct {
        const char *name;
        bool may;
    } members[] = {
        {"take", open && !(text_equal(incident->state, INCIDENT_TAKEN) &&
                           incident->owner == cx->actor->user)},
        {"hand_on", open},
        {"retry", stands},
        {"edit_record", stands && instance->subject && actor_may(cx->actor, edit)},
        {"edit_variables", stands && !instance->entity && actor_may(cx->actor, "incident.edit")},
        {"skip", stands && node && node_is_activity(node) && incident->wait &&
                     actor_may(cx->actor, "deviation.request")},
        {"close", open && !incident->stands},
    };
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        value_set(cx->arena, *out, members[i].name, value_boolean(members[i].may));
    return NULL;
}

FALLIBLE incident_show(Ctx *cx, Id id, Value *out)
{
    Incident *incident;
    bool handled;
    Value shown, events, may;
    Describer *describer = describer_new(cx);
    TRY(incident_load(cx, id, &incident, &handled));
    TRY(incident_value(cx, describer, incident, &shown));
    TRY(events_value(cx, describer, id, &events));
    TRY(may_value(cx, incident, handled, &may));
    value_set(cx->arena, shown, "wait",
              value_text(text_format(cx->arena, "%lld", (long long)incident->wait)));
    value_set(cx->arena, shown, "events", events);
    value_set(cx->arena, shown, "may", may);
    *out = shown;
    return NULL;
}

FALLIBLE incidents_value(Ctx *cx, const Instance *instance, Value *out)
{
    Incident **incidents;
    size_t count;
    const ProcessModel *model;
    TRY(model_by_id(cx, instance->model, &model));
    TRY(incidents_unresolved(cx, instance->id, &incidents, &count));
    Value *items = NEW_ARRAY(cx->arena, Value, count + 2);
    for (size_t i = 0; i < count; i++) {
        items[i] = value_context(cx->arena);
        value_set(cx->arena, items[i], "id", value_text(id_text(cx->arena, incidents[i]->id)));
        value_set(cx->arena, items[i], "message", value_text(message_of(cx, incidents[i])));
        value_set(cx->arena, items[i], "step", step_value(cx, model, incidents[i]));
    }
    if (!count && instance->ended_at && instance->incident) { // the error that ended it
        items[count] = value_context(cx->arena);
        value_set(cx->arena, items[count], "id", value_null());
        value_set(cx->arena, items[count], "message", value_text(instance->incident));
        value_set(cx->arena, items[count++], "step", value_null());
    }
    *out = value_list(items, count);
    return NULL;
}
