// SPDX-License-Identifier: Apache-2.0
#include "process/candidates.h"

#include "base/messages.h"

static FALLIBLE separate_check(Ctx *cx, const WorkItem *item, const char **why)
{
    const ProcessModel *model;
    TRY(model_by_id(cx, item->model, &model));
    const Graph *graph = model->graph;
    const GraphNode *node = graph_node(graph, item->node);
    for (size_t i = 0; node && node->task && i < node->task->separate_count; i++) {
        const GraphNode *other = &graph->nodes[node->task->separate[i]];
        bool done;
        TRY(work_item_done_by(cx, item->instance, other->id, cx->actor->user, &done));
        if (done) {
            *why = text_format(
                cx->arena,
                message_in(cx->language,
                           "you did the step '%s', and this step must be done by somebody else"),
                graph_node_name(other, cx->language));
            return NULL;
        }
    }
    return NULL;
}

FALLIBLE candidate_check(Ctx *cx, const WorkItem *item, const char **why)
{
    const Actor *actor = cx->actor;
    *why = NULL;
    if (!actor || !actor->user) {
        *why = message_in(cx->language, "a person must do this step");
        return NULL;
    }
    if (item->named) {
        bool named;
        TRY(work_item_is_named(cx, item->id, actor->user, &named));
        if (!named)
            *why = message_in(cx->language, "this step is for other users");
    }
    if (item->position && !actor_holds(actor, item->position))
        *why =
            text_format(cx->arena, message_in(cx->language, "this step is for the position '%s'"),
                        item->position);
    else if (item->department && !text_equal(item->department, actor->department))
        *why =
            text_format(cx->arena, message_in(cx->language, "this step is for the department '%s'"),
                        item->department);
    return *why ? NULL : separate_check(cx, item, why);
}
