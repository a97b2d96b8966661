// SPDX-License-Identifier: Apache-2.0
// Moves: what may, must and blocks now, for one record and one actor.
#include "base/ids.h"
#include "base/messages.h"
#include "process/candidates.h"
#include "process/offers.h"
#include "process/path.h"
#include "process/process.h"
#include "process/shapes.h"
#include "record/record.h"

#define INSTANCES_SHOWN 10

typedef ARRAY(Value) Values;

typedef struct Moves {
    Describer *describer;
    People *people;
    Values may;
    Values must;
    Values blocks;
} Moves;

// One instance's open places, gathered once for path, now and blocked_by.
typedef struct Stand {
    const Instance *instance;
    const ProcessModel *model;
    Values now;
    Values blocked;
    ARRAY(const GraphNode *) nodes;
} Stand;

static Value link_value(Ctx *cx, const WorkItem *item, const char *name)
{
    const char *id = id_text(cx->arena, item->id);
    const char *due = item->due_at ? instant_text(cx->arena, item->due_at) : NULL;
    Value link = value_context(cx->arena);
    value_set(cx->arena, link, "work_item", value_text(id));
    value_set(cx->arena, link, "name", value_text(name));
    value_set(cx->arena, link, "href", value_text(text_format(cx->arena, "/work/%s", id)));
    value_set(cx->arena, link, "due", value_text(due));
    return link;
}

static Value block_value(Ctx *cx, Value step)
{
    const char *name = value_get_text(step, "name");
    Value block = value_context(cx->arena);
    value_set(
        cx->arena, block, "message",
        value_text(text_format(cx->arena, message_in(cx->language, "The open step is: %s"), name)));
    value_set(cx->arena, block, "open_step", step);
    return block;
}

static Value blocked_value(Ctx *cx, Value step, const char *reason)
{
    Value blocked = value_context(cx->arena);
    static const char *const members[] = {"key", "name", "who", "where"};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const Value *member = value_get(step, members[i]);
        value_set(cx->arena, blocked, members[i], member ? *member : value_null());
    }
    value_set(cx->arena, blocked, "reason", value_text(reason));
    return blocked;
}

static FALLIBLE item_stand(Ctx *cx, Moves *moves, Stand *stand, const WorkItem *item)
{
    const GraphNode *node = graph_node(stand->model->graph, item->node);
    const char *name = entry_name(cx, stand->model, node);
    Candidacy candidacy;
    TRY(candidate_check(cx, moves->people, item, &candidacy));
    const char *why = candidacy.why;
    if (!why && item->assignee && item->assignee != cx->actor->user &&
        item->assignee != candidacy.acting_for)
        why = message_in(cx->language, "somebody else has claimed it");
    if (!why)
        TRY(entry_check_item(cx, item, &why));
    Value step;
    TRY(open_step_of_item(cx, moves->describer, item, &step));
    const Value *users = value_at(step, "/who/users");
    Value department;
    TRY(describe_department(cx, moves->describer, item->department, &department));
    const char *due = item->due_at ? instant_text(cx->arena, item->due_at) : NULL;

    Value now = value_context(cx->arena);
    value_set(cx->arena, now, "work_item", value_text(id_text(cx->arena, item->id)));
    value_set(cx->arena, now, "key", value_text(item->node));
    value_set(cx->arena, now, "name", value_text(name));
    value_set(cx->arena, now, "department", department);
    value_set(cx->arena, now, "position", value_text(item->position));
    value_set(cx->arena, now, "users", users ? *users : value_list(NULL, 0));
    value_set(cx->arena, now, "due", value_text(due));
    value_set(cx->arena, now, "mine", value_boolean(!why));
    value_set(cx->arena, now, "kind", value_text("task"));
    array_push(cx->arena, stand->now) = now;
    if (node)
        array_push(cx->arena, stand->nodes) = node;
    if (why) {
        array_push(cx->arena, stand->blocked) = blocked_value(cx, step, why);
        array_push(cx->arena, moves->blocks) = block_value(cx, step);
    } else if (item->assignee) {
        array_push(cx->arena, moves->must) = link_value(cx, item, name);
    } else {
        array_push(cx->arena, moves->may) = link_value(cx, item, name);
    }
    return NULL;
}

static const char *wait_reason(Ctx *cx, const Waiting *wait, const char *due)
{
    if (due)
        return text_format(cx->arena, message_in(cx->language, "waits until %s"), due);
    if (text_equal(wait->kind, "message"))
        return text_format(cx->arena, message_in(cx->language, "waits for the message %s"),
                           wait->name);
    if (text_equal(wait->kind, "signal"))
        return text_format(cx->arena, message_in(cx->language, "waits for the signal %s"),
                           wait->name);
    if (text_equal(wait->kind, "call"))
        return text_format(cx->arena, message_in(cx->language, "waits for the process %s"),
                           wait->name);
    if (text_equal(wait->kind, "external"))
        return text_format(
            cx->arena, message_in(cx->language, "waits for the program that does %s"), wait->name);
    return text_equal(wait->kind, "condition")
               ? message_in(cx->language, "waits until its condition is true")
               : message_in(cx->language, "waits for the system to do it");
}

static FALLIBLE wait_stand(Ctx *cx, Moves *moves, Stand *stand, const Waiting *wait)
{
    const Graph *graph = stand->model->graph;
    const GraphNode *node = graph_node(graph, wait->node);
    if (!node || node_is_watch(node))
        return NULL;
    const char *name = graph_node_name(node, cx->language);
    const char *due = wait->due_at ? instant_text(cx->arena, wait->due_at) : NULL;
    Value department;
    TRY(describe_department(cx, moves->describer, node_department(graph, node), &department));
    Value now = value_context(cx->arena);
    value_set(cx->arena, now, "work_item", value_null());
    value_set(cx->arena, now, "key", value_text(node->id));
    value_set(cx->arena, now, "name", value_text(name));
    value_set(cx->arena, now, "department", department);
    value_set(cx->arena, now, "position", value_null());
    value_set(cx->arena, now, "users", value_list(NULL, 0));
    value_set(cx->arena, now, "due", value_text(due));
    value_set(cx->arena, now, "mine", value_boolean(false));
    value_set(cx->arena, now, "kind", value_text(wait->kind));
    array_push(cx->arena, stand->now) = now;
    array_push(cx->arena, stand->nodes) = node;

    Value who = value_context(cx->arena);
    value_set(cx->arena, who, "department", department);
    value_set(cx->arena, who, "position", value_null());
    value_set(cx->arena, who, "users", value_list(NULL, 0));
    const char *id = id_text(cx->arena, stand->instance->id);
    Value step = value_context(cx->arena);
    value_set(cx->arena, step, "key", value_text(node->id));
    value_set(cx->arena, step, "name", value_text(name));
    value_set(cx->arena, step, "who", who);
    value_set(cx->arena, step, "where", value_text(text_format(cx->arena, "/instances/%s", id)));
    array_push(cx->arena, stand->blocked) = blocked_value(cx, step, wait_reason(cx, wait, due));
    return NULL;
}

static FALLIBLE stand_read(Ctx *cx, Moves *moves, Stand *stand)
{
    WorkItem **items;
    size_t item_count;
    WaitingArray waits;
    TRY(work_items_open(cx, stand->instance->id, &items, &item_count));
    TRY(waiting_of(cx, stand->instance, &waits));
    for (size_t i = 0; i < item_count; i++)
        TRY(item_stand(cx, moves, stand, items[i]));
    for (size_t i = 0; i < waits.count; i++)
        TRY(wait_stand(cx, moves, stand, &waits.items[i]));
    return NULL;
}

static FALLIBLE instance_moves(Ctx *cx, Moves *moves, const Instance *instance, Value *out)
{
    Stand stand = {.instance = instance};
    TRY(model_by_id(cx, instance->model, &stand.model));
    if (!instance->ended_at)
        TRY(stand_read(cx, moves, &stand));
    Value path;
    TRY(path_value(cx, moves->describer, stand.model, instance, stand.nodes.items,
                   stand.nodes.count, &path));
    Value process = process_value(cx, stand.model);
    value_set(cx->arena, process, "version", value_integer(stand.model->version));
    Value shown = value_context(cx->arena);
    value_set(cx->arena, shown, "id", value_text(id_text(cx->arena, instance->id)));
    value_set(cx->arena, shown, "process", process);
    value_set(cx->arena, shown, "state", value_text(instance->state));
    value_set(cx->arena, shown, "suspended", value_text(instance->suspended));
    value_set(cx->arena, shown, "path", path);
    value_set(cx->arena, shown, "now", value_list(stand.now.items, stand.now.count));
    value_set(cx->arena, shown, "blocked_by", value_list(stand.blocked.items, stand.blocked.count));
    *out = shown;
    return NULL;
}

FALLIBLE process_moves(Ctx *cx, const char *entity, Id record, Value *out)
{
    Record *subject;
    TRY(record_get(cx, entity, record, &subject));
    Instance **instances;
    size_t count;
    TRY(instances_of(cx, entity, record, false, &instances, &count));
    if (count > INSTANCES_SHOWN)
        count = INSTANCES_SHOWN;
    Moves moves = {.describer = describer_new(cx), .people = people_new(cx)};
    Value *items = NEW_ARRAY(cx->arena, Value, count + 1);
    for (size_t i = 0; i < count; i++)
        TRY(instance_moves(cx, &moves, instances[i], &items[i]));
    Value value = value_context(cx->arena);
    value_set(cx->arena, value, "instances", value_list(items, count));
    value_set(cx->arena, value, "may", value_list(moves.may.items, moves.may.count));
    value_set(cx->arena, value, "must", value_list(moves.must.items, moves.must.count));
    value_set(cx->arena, value, "blocks", value_list(moves.blocks.items, moves.blocks.count));
    *out = value;
    return NULL;
}
