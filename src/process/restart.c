// SPDX-License-Identifier: Apache-2.0
// A deviation of the kind "restart": an instance that has ended or stands begins again behind an
// event of its history.
#include "base/ids.h"
#include "process/calendars.h"
#include "process/deviation.h"
#include "process/replay.h"
#include "process/runner.h"
#include "process/shapes.h"

QUERY(restart_event, "SELECT node, kind FROM instance_event WHERE instance = $1 AND sequence = $2");

FALLIBLE restart_node(Ctx *cx, Id instance, int64_t event, const char **node)
{
    Row *row;
    TRY(db_row(cx, &row, restart_event, instance, event));
    if (!row)
        return error_field(FAIL(cx, ERR_INVALID, "the history of the instance has no such event"),
                           "event");
    *node = row_text(row, "node");
    return NULL;
}

// What governs the record now may not be governed twice.
static FALLIBLE governs_alone(Ctx *cx, const Instance *instance, const ProcessModel *model)
{
    Instance **others;
    size_t count;
    if (!instance->entity || !instance->subject || !instance->ended_at)
        return NULL;
    TRY(instances_of(cx, instance->entity, instance->subject, true, &others, &count));
    for (size_t i = 0; i < count; i++) {
        const ProcessModel *other;
        TRY(model_by_id(cx, others[i]->model, &other));
        for (size_t k = 0; k < model->graph->owned_count; k++)
            if (graph_owned(other->graph, model->graph->owned[k].field))
                return error_detail(
                    FAIL(cx, ERR_CONFLICT, "the process '%s' governs the record now",
                         model_name(cx, other)),
                    "Instance %s is %s.", id_text(cx->arena, others[i]->id), others[i]->state);
    }
    return NULL;
}

static FALLIBLE state_then(Ctx *cx, const Deviation *deviation, const Instance *instance,
                           const ProcessModel **model, FlowState *out)
{
    Replayed then;
    TRY(model_by_id(cx, instance->model, model));
    if (!instance->ended_at && text_equal(instance->state, "running"))
        return error_hint(
            FAIL(cx, ERR_CONFLICT, "this process runs: it neither ended nor stands at an incident"),
            "Move its token instead.");
    TRY(governs_alone(cx, instance, *model));
    TRY(instance_replay(cx, instance->id, deviation->wait, &then));
    if (then.erased)
        return FAIL(cx, ERR_CONFLICT, "what came to this process has been erased");
    if (then.model != *model)
        return error_hint(FAIL(cx, ERR_CONFLICT, "the instance ran on another version there"),
                          "Choose an event since it came to this version.");
    *out = then.state;
    return NULL;
}

FALLIBLE restart_try(Ctx *cx, const Deviation *deviation, const Instance *instance)
{
    const ProcessModel *model;
    FlowState now, then;
    FlowOutcome outcome;
    TRY(state_then(cx, deviation, instance, &model, &then));
    TRY(flow_unpack(cx, model->graph, instance->blob.bytes, instance->blob.length, &now));
    FlowRestart restart = {.now = &now, .then = &then};
    TRY(subject_read(cx, instance->entity, instance->subject, &restart.subject));
    const struct BusinessCalendars *calendars_before = cx->calendars;
    TRY(calendars_use(cx, model->graph));
    Error *error = flow_restart(cx, model->graph, &restart, &outcome);
    cx->calendars = calendars_before;
    return error;
}

FALLIBLE restart_carry_out(Ctx *cx, const Deviation *deviation, Instance *instance)
{
    const ProcessModel *model;
    FlowState then;
    TRY(state_then(cx, deviation, instance, &model, &then));
    RunCause cause = {RESTARTED, value_context(cx->arena), false};
    value_set(cx->arena, cause.detail, "deviation", value_text(id_text(cx->arena, deviation->id)));
    value_set(cx->arena, cause.detail, "event", value_integer(deviation->wait));
    return runner_restart(cx, instance, &then, &cause);
}
