// SPDX-License-Identifier: Apache-2.0
#include "process/waiting.h"

#include "base/ids.h"
#include "flow/step.h"
#include "process/deployments.h"
#include "process/jobs.h"
#include "process/subscriptions.h"

QUERY(call_of_instance, "SELECT id, process_key, parent_wait FROM instance WHERE parent = $1"
                        " AND ended_at IS NULL ORDER BY id");

FALLIBLE waiting_close_all(Ctx *cx, Id instance)
{
    TRY(work_items_close(cx, instance));
    TRY(jobs_close_all(cx, instance));
    return subscriptions_close_all(cx, instance);
}

static FALLIBLE calls_of(Ctx *cx, Id instance, const Graph *graph, const FlowState *state,
                         WaitingArray *out)
{
    Rows rows;
    TRY(db_rows(cx, &rows, call_of_instance, instance));
    for (size_t i = 0; i < rows.count; i++) {
        int64_t wait = row_integer(&rows.items[i], "parent_wait");
        const FlowPlace *place = flow_place(state, (int)wait);
        if (place)
            array_push(cx->arena, *out) = (Waiting){.kind = "call",
                                                    .wait = wait,
                                                    .node = graph->nodes[place->node].id,
                                                    .name = row_text(&rows.items[i], "process_key"),
                                                    .called = row_integer(&rows.items[i], "id")};
    }
    return NULL;
}

static const char *job_word(const Job *job)
{
    if (text_equal(job->kind, "timer") || text_equal(job->kind, "external"))
        return job->kind;
    return text_equal(job->kind, "call") ? "job" : NULL;
}

FALLIBLE waiting_of(Ctx *cx, const Instance *instance, WaitingArray *out)
{
    Subscriptions subscriptions;
    Job **jobs;
    size_t job_count;
    const ProcessModel *model;
    FlowState state;
    TRY(subscriptions_of(cx, instance->id, &subscriptions));
    TRY(jobs_of(cx, instance->id, &jobs, &job_count));
    TRY(model_by_id(cx, instance->model, &model));
    TRY(flow_unpack(cx, model->graph, instance->blob.bytes, instance->blob.length, &state));
    *out = (WaitingArray){0};
    for (size_t i = 0; i < subscriptions.count; i++) {
        const Subscription *one = &subscriptions.items[i];
        array_push(cx->arena, *out) =
            (Waiting){.kind = one->kind, .wait = one->wait, .node = one->node, .name = one->name};
    }
    for (size_t i = 0; i < job_count; i++)
        if (job_word(jobs[i]))
            array_push(cx->arena, *out) =
                (Waiting){.kind = job_word(jobs[i]),
                          .wait = jobs[i]->wait,
                          .node = jobs[i]->node,
                          .name = value_get_text(jobs[i]->detail, "topic"),
                          .due_at = text_equal(jobs[i]->kind, "timer") ? jobs[i]->due_at : 0};
    for (size_t i = 0; i < state.place_count && !instance->ended_at; i++)
        if (state.places[i].kind == PLACE_INPUT)
            array_push(cx->arena, *out) =
                (Waiting){.kind = "data",
                          .wait = state.places[i].number,
                          .node = model->graph->nodes[state.places[i].node].id};
    return calls_of(cx, instance->id, model->graph, &state, out);
}
