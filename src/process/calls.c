// SPDX-License-Identifier: Apache-2.0
// Processes that call processes. The called instance has its caller; it answers when it ends, tells
// escalations while it runs, and is cancelled when its caller does not want it any more. When it
// has completed and has something to undo, it keeps that until its caller asks for it or forgets
// it.
#include "base/ids.h"
#include "base/messages.h"
#include "process/agenda.h"
#include "process/runner.h"

QUERY(call_version, "SELECT id FROM process_version WHERE process_key = $1 AND version = $2");
QUERY(call_tag, "SELECT id FROM process_version WHERE process_key = $1 AND tag = $2"
                " ORDER BY version DESC LIMIT 1");
QUERY(call_as_of, "SELECT id FROM process_version WHERE process_key = $1 AND id < $2"
                  " ORDER BY version DESC LIMIT 1");
QUERY(call_made, "SELECT id, ended_at FROM instance WHERE parent = $1 AND parent_wait = $2"
                 " ORDER BY id");

// Only the code tells programs; the message, in LANGUAGE_SOURCE, is for people.
static FALLIBLE call_fails(Ctx *cx, const Follow *follow, const char *code, const char *message)
{
    Value told = value_context(cx->arena);
    value_set(cx->arena, told, "message",
              value_text(message_said(cx->arena, cx->language, message)));
    FlowEvent event = {.kind = FLOW_FAIL, .wait = follow->wait, .name = code, .value = told};
    RunCause cause = {"not called", told, false, message};
    bool taken;
    return runner_offer(cx, follow->instance, &event, &cause, &taken);
}

static FALLIBLE model_called(Ctx *cx, const Instance *caller, const GraphNode *node,
                             const ProcessModel **out)
{
    Row *row = NULL;
    *out = NULL;
    switch (node->binding) {
    case BINDING_LATEST: {
        Error *error = model_newest(cx, node->called, out);
        return error && error->code == ERR_NOT_FOUND ? NULL : error;
    }
    case BINDING_DEPLOYMENT:
        TRY(db_row(cx, &row, call_as_of, node->called, caller->model));
        break;
    case BINDING_VERSION:
        TRY(db_row(cx, &row, call_version, node->called, node->called_version));
        break;
    case BINDING_TAG:
        TRY(db_row(cx, &row, call_tag, node->called, node->called_tag));
        break;
    }
    return row ? model_by_id(cx, row_integer(row, "id"), out) : NULL;
}

// The record that the called process runs on: the caller's own, or one whose id is an input by the
// name under which the called process knows it.
static Id called_subject(const Follow *follow, const Graph *called)
{
    Id subject = 0;
    const char *given = called->variable ? value_get_text(follow->value, called->variable) : NULL;
    if (given && id_parse(given, &subject))
        return subject;
    return text_equal(called->entity, follow->entity) ? follow->subject : 0;
}

FALLIBLE call_start(Ctx *cx, const Follow *follow)
{
    Instance *caller;
    const ProcessModel *model;
    TRY(instance_load(cx, follow->instance, &caller));
    if (caller->ended_at)
        return NULL;
    TRY(model_called(cx, caller, follow->node, &model));
    if (!model)
        return call_fails(cx, follow, "not-deployed",
                          text_format(cx->arena,
                                      message_in(LANGUAGE_SOURCE, "the process %s is not deployed"),
                                      follow->node->called));
    if (!model->graph->scopes[0].start_count)
        return call_fails(
            cx, follow, "no-start",
            text_format(cx->arena, message_in(LANGUAGE_SOURCE, "the process %s has no plain start"),
                        model->key));
    if (caller->depth + 1 >= LIMIT_CALL_DEPTH)
        return call_fails(
            cx, follow, "too-deep",
            text_format(cx->arena,
                        message_in(LANGUAGE_SOURCE, "processes call processes more than %d deep"),
                        LIMIT_CALL_DEPTH));
    Start start = {.model = model,
                   .value = follow->value,
                   .node = -1,
                   .caller = caller,
                   .caller_wait = follow->wait,
                   .caller_node = follow->node->id};
    if (model->graph->entity) {
        start.subject = called_subject(follow, model->graph);
        Value record = value_null();
        Error *error = subject_read(cx, model->graph->entity, start.subject, &record);
        if (error && error->code != ERR_NOT_FOUND)
            return error;
        if (record.kind == VALUE_NULL)
            return call_fails(
                cx, follow, "no-record",
                text_format(cx->arena,
                            message_in(LANGUAGE_SOURCE, "the process %s runs on a record of %s"),
                            model->key, model->graph->entity));
    }
    Id called;
    return runner_start(cx, &start, &called);
}

// It ended before and was restarted; its caller can still have it undone.
static FALLIBLE caller_holds(Ctx *cx, const Follow *follow, bool *out)
{
    Instance *caller;
    const ProcessModel *model;
    FlowState state;
    TRY(instance_load(cx, follow->instance, &caller));
    TRY(model_by_id(cx, caller->model, &model));
    TRY(flow_unpack(cx, model->graph, caller->blob.bytes, caller->blob.length, &state));
    *out = flow_keeps_call(&state, id_text(cx->arena, follow->row));
    return NULL;
}

FALLIBLE call_answer(Ctx *cx, const Follow *follow)
{
    static const char *const kinds[] = {
        [FLOW_COMPLETE] = "answered", [FLOW_FAIL] = "answered", [FLOW_ESCALATE] = "escalated"};
    Value detail = value_context(cx->arena);
    value_set(cx->arena, detail, "instance", value_text(id_text(cx->arena, follow->row)));
    RunCause cause = {kinds[follow->event.kind], detail, false};
    bool taken, holds; // the caller may have gone on
    TRY(runner_offer(cx, follow->instance, &follow->event, &cause, &taken));
    if (taken)
        return NULL;
    TRY(caller_holds(cx, follow, &holds));
    return holds ? NULL : runner_forget(cx, follow->row, &taken);
}

FALLIBLE call_cancel(Ctx *cx, const Follow *follow)
{
    Rows rows;
    TRY(db_rows(cx, &rows, call_made, follow->instance, follow->wait));
    for (size_t i = 0; i < rows.count; i++) {
        bool taken;
        Id called = row_integer(&rows.items[i], "id");
        if (row_integer(&rows.items[i], "ended_at")) { // its answer was held back, see suspension.h
            TRY(runner_forget(cx, called, &taken));
            continue;
        }
        FlowEvent event = {.kind = FLOW_CANCEL};
        RunCause cause = {"cancelled", value_null(), false};
        TRY(runner_offer(cx, called, &event, &cause, &taken));
    }
    return NULL;
}

FALLIBLE call_undo(Ctx *cx, const Follow *follow)
{
    Id called;
    bool taken = false;
    if (id_parse(follow->key, &called))
        TRY(runner_undo(cx, called, follow->wait, &taken));
    if (taken)
        return NULL;
    return call_fails(cx, follow, "not-kept",
                      message_in(LANGUAGE_SOURCE, "what was called cannot be undone any more"));
}

FALLIBLE call_forget(Ctx *cx, const Follow *follow)
{
    Id called;
    bool taken;
    return id_parse(follow->key, &called) ? runner_forget(cx, called, &taken) : NULL;
}
