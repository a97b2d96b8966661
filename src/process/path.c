// SPDX-License-Identifier: Apache-2.0
#include "process/path.h"

#include "process/history.h"
#include "process/shapes.h"

typedef enum PathState { PATH_NONE, PATH_DONE, PATH_SKIPPED, PATH_NOW, PATH_NEXT } PathState;

typedef struct Path {
    const Graph *graph;
    PathState *states; // by node
    Instant *at;
    Id *by;
    int *order; // nodes, in the order of the path
    size_t count;
} Path;

static const char *const state_words[] = {
    [PATH_DONE] = "done", [PATH_SKIPPED] = "skipped", [PATH_NOW] = "now", [PATH_NEXT] = "next"};

static bool is_shown(const GraphNode *node)
{
    if (node->for_compensation)
        return false;
    switch (node->kind) {
    case NODE_USER_TASK:
    case NODE_MANUAL_TASK:
    case NODE_RECEIVE_TASK:
    case NODE_RULE_TASK:
    case NODE_CATCH:
        return true;
    default:
        return false;
    }
}

static void path_put(Path *path, const GraphNode *node, PathState state)
{
    if (path->states[node->index] == PATH_NONE)
        path->order[path->count++] = node->index;
    path->states[node->index] = state;
}

static void put_done(Path *path, const HistoryEntries *entries)
{
    for (size_t i = 0; i < entries->count; i++) {
        const HistoryEntry *entry = &entries->items[i];
        bool done = entry->what == HISTORY_COMPLETED;
        if (!entry->node || !is_shown(entry->node) || !(done || entry->what == HISTORY_CANCELLED))
            continue;
        if (!done && path->states[entry->node->index] == PATH_DONE)
            continue;
        path_put(path, entry->node, done ? PATH_DONE : PATH_SKIPPED);
        path->at[entry->node->index] = entry->at;
        path->by[entry->node->index] = entry->actor;
    }
}

// A step that is open again leaves its old place on the path.
static void put_now(Path *path, const GraphNode *node)
{
    size_t kept = 0;
    for (size_t i = 0; i < path->count; i++)
        if (path->order[i] != node->index)
            path->order[kept++] = path->order[i];
    path->count = kept;
    path->states[node->index] = PATH_NONE;
    path->at[node->index] = 0;
    path->by[node->index] = 0;
    path_put(path, node, PATH_NOW);
}

typedef struct Walk {
    Path *path;
    bool *seen;
    int *queue;
    size_t count;
} Walk;

static void walk_to(Walk *walk, int node)
{
    if (walk->seen[node])
        return;
    walk->seen[node] = true;
    walk->queue[walk->count++] = node;
}

static bool is_choice(const GraphNode *node)
{
    return node->kind == NODE_EXCLUSIVE || node->kind == NODE_INCLUSIVE ||
           node->kind == NODE_COMPLEX;
}

static void walk_out(Walk *walk, const GraphNode *node)
{
    size_t ways = is_choice(node) && node->outgoing_count ? 1 : node->outgoing_count;
    for (size_t i = 0; i < ways; i++)
        walk_to(walk, walk->path->graph->edges[node->outgoing[i]].target);
}

// Leaving a sub-process by its end goes on behind it; an event sub-process leads nowhere else, nor
// does an end that throws.
static void walk_on(Walk *walk, const GraphNode *node)
{
    const Graph *graph = walk->path->graph;
    if (node->outgoing_count || node->kind != NODE_END) {
        walk_out(walk, node);
        return;
    }
    int owner = graph->scopes[node->scope].node;
    if (owner < 0 || node->trigger_count || graph->nodes[owner].kind == NODE_EVENT_SUB_PROCESS)
        return;
    walk_on(walk, &graph->nodes[owner]);
}

static void put_next(Ctx *cx, Path *path, const GraphNode *const *now, size_t now_count)
{
    const Graph *graph = path->graph;
    Walk walk = {path, NEW_ARRAY(cx->arena, bool, graph->node_count),
                 NEW_ARRAY(cx->arena, int, graph->node_count), 0};
    for (size_t i = 0; i < now_count; i++)
        walk.seen[now[i]->index] = true;
    for (size_t i = 0; i < now_count; i++)
        walk_on(&walk, now[i]);
    for (size_t at = 0; at < walk.count; at++) {
        const GraphNode *node = &graph->nodes[walk.queue[at]];
        if (is_shown(node) && path->states[node->index] == PATH_NONE)
            path_put(path, node, PATH_NEXT);
        if (node->inner >= 0) {
            const GraphScope *inner = &graph->scopes[node->inner];
            for (size_t i = 0; i < inner->start_count; i++)
                walk_to(&walk, inner->starts[i]);
        } else {
            walk_on(&walk, node);
        }
    }
}

static FALLIBLE step_value(Ctx *cx, Describer *describer, const Path *path, int index, Value *out)
{
    const GraphNode *node = &path->graph->nodes[index];
    Value department;
    Value by;
    TRY(describe_department(cx, describer, node_department(path->graph, node), &department));
    TRY(describe_user(cx, describer, path->by[index], &by));
    const char *at = path->at[index] ? instant_text(cx->arena, path->at[index]) : NULL;
    Value step = value_context(cx->arena);
    value_set(cx->arena, step, "key", value_text(node->id));
    value_set(cx->arena, step, "name", value_text(graph_node_name(node, cx->language)));
    value_set(cx->arena, step, "department", department);
    value_set(cx->arena, step, "state", value_text(state_words[path->states[index]]));
    value_set(cx->arena, step, "at", value_text(at));
    value_set(cx->arena, step, "by", by);
    *out = step;
    return NULL;
}

FALLIBLE path_value(Ctx *cx, Describer *describer, const ProcessModel *model,
                    const Instance *instance, const GraphNode *const *now, size_t now_count,
                    Value *out)
{
    size_t nodes = model->graph->node_count + 1;
    Path path = {.graph = model->graph,
                 .states = NEW_ARRAY(cx->arena, PathState, nodes),
                 .at = NEW_ARRAY(cx->arena, Instant, nodes),
                 .by = NEW_ARRAY(cx->arena, Id, nodes),
                 .order = NEW_ARRAY(cx->arena, int, nodes)};
    HistoryEntries entries;
    TRY(history_read(cx, model, instance->id, &entries));
    put_done(&path, &entries);
    for (size_t i = 0; i < now_count; i++)
        put_now(&path, now[i]);
    put_next(cx, &path, now, now_count);
    Value *steps = NEW_ARRAY(cx->arena, Value, path.count + 1);
    for (size_t i = 0; i < path.count; i++)
        TRY(step_value(cx, describer, &path, path.order[i], &steps[i]));
    *out = value_list(steps, path.count);
    return NULL;
}
