// SPDX-License-Identifier: Apache-2.0
// Moves at the steps by whoever may not make them, or may not make them so; and messages that
// nobody waits for.
#include "base/ids.h"
#include "base/messages.h"
#include "process/process.h"
#include "process/prove_try.h"
#include "process/runner.h"
#include "process/subscriptions.h"

// ---- steps ----------------------------------------------------------------------------------

static const Field *field_off_form(const Proof *proof, const GraphTask *task, const Entity *entity)
{
    const Graph *graph = proof->model->graph;
    for (size_t i = 0; entity && i < graph->owned_count; i++) {
        const char *name = graph->owned[i].field;
        bool on_form = false;
        for (size_t k = 0; k < task->field_count; k++)
            on_form = on_form || (task->fields[k].access != FIELD_READ &&
                                  text_equal(task->fields[k].name, name));
        if (!on_form && entity_field(entity, name))
            return entity_field(entity, name);
    }
    return NULL;
}

// By whoever may do the step, with a field that its form does not offer.
static FALLIBLE smuggle_try(Ctx *cx, Standing *standing, const WorkItem *item)
{
    Proof *proof = standing->proof;
    const GraphNode *node = graph_node(proof->model->graph, item->node);
    const Entity *entity = NULL;
    if (!node || !node->task || !proof->model->graph->entity)
        return NULL;
    TRY(schema_find(cx, proof->model->graph->entity, &entity));
    Made made = {.proof = proof, .field = field_off_form(proof, node->task, entity)};
    ProveMove move = {.kind = MOVE_COMPLETE, .item = item->id, .fields = value_context(cx->arena)};
    if (!made.field || !proof_candidate(cx, proof, item, &move.actor))
        return NULL;
    bool ready;
    move.about = text_format(cx->arena, message_in(cx->language, "smuggle %s into the form of %s"),
                             made.field->name, item->node);
    TRY(proof_prepared(cx, proof, move.about, proof_make_value, &made, &ready));
    TRY(proof_content_take(cx, proof));
    if (!ready)
        return NULL;
    value_set(cx->arena, move.fields, made.field->name, made.value);
    return proof_attempt(cx, standing, &move);
}

typedef struct Doer {
    Id instance;
    const char *node;
    Id user;
    const char *login;
} Doer;

static FALLIBLE doer_find(Ctx *cx, void *state)
{
    Doer *doer = state;
    Record *user;
    TRY(work_item_done_by(cx, doer->instance, doer->node, &doer->user));
    if (!doer->user)
        return NULL;
    TRY(record_get(cx, "user", doer->user, &user));
    doer->login = record_text(user, "login");
    return NULL;
}

typedef struct Deed {
    ProveMoveKind kind;
    const char *about;
    ProveActor to;
} Deed;

static FALLIBLE deeds_try(Ctx *cx, Standing *standing, ProveMove move, const Deed *deeds,
                          size_t count)
{
    for (size_t i = 0; i < count && !standing->spoiled; i++) {
        move.kind = deeds[i].kind;
        move.about = deeds[i].about;
        move.to = deeds[i].to;
        TRY(proof_attempt(cx, standing, &move));
    }
    return NULL;
}

// Whoever did a step from which this one is to be separate: does it, or is given it.
static FALLIBLE separate_try(Ctx *cx, Standing *standing, const WorkItem *item)
{
    Proof *proof = standing->proof;
    const Graph *graph = proof->model->graph;
    const GraphNode *node = graph_node(graph, item->node);
    ProveMove move = {.item = item->id, .fields = value_context(cx->arena)};
    bool given = proof_candidate(cx, proof, item, &move.actor);
    for (size_t i = 0; node && node->task && i < node->task->separate_count; i++) {
        Doer doer = {proof->instance, graph->nodes[node->task->separate[i]].id, 0, NULL};
        TRY(proof_unit(cx, proof->prober, DOOR_API, doer_find, &doer));
        if (!doer.user)
            continue;
        ProveActor who = {
            doer.user, doer.login,
            text_format(cx->arena, message_in(cx->language, "whoever did %s"), doer.node)};
        const Deed gifts[] = {
            {MOVE_DELEGATE, ABOUT("delegate %s to whoever did %s", item->node, doer.node), who},
            {MOVE_FORWARD, ABOUT("forward %s to whoever did %s", item->node, doer.node), who},
        };
        const Deed own = {MOVE_COMPLETE, ABOUT("complete %s after %s", item->node, doer.node), {0}};
        if (given && move.actor.user != doer.user)
            TRY(deeds_try(cx, standing, move, gifts, sizeof gifts / sizeof *gifts));
        ProveMove itself = move;
        itself.actor = who;
        TRY(deeds_try(cx, standing, itself, &own, 1));
    }
    return NULL;
}

// By somebody who may not do the step, with all the rights there are. What nobody in particular
// does, anybody may do.
static FALLIBLE outsider_try(Ctx *cx, Standing *standing, const WorkItem *item, ProveMove move)
{
    ProveActor other;
    if (!item->position && !item->department)
        return NULL;
    if (!proof_candidate(cx, standing->proof, item, &other))
        other = move.actor;
    const Deed deeds[] = {
        {MOVE_COMPLETE, ABOUT("complete %s", item->node), {0}},
        {MOVE_CLAIM, ABOUT("claim %s", item->node), {0}},
        {MOVE_SKIP, ABOUT("skip %s", item->node), {0}},
        {MOVE_BEGIN, ABOUT("begin with %s", item->node), {0}},
        {MOVE_RELEASE, ABOUT("release %s", item->node), {0}},
        {MOVE_RETURN, ABOUT("return %s, which was not delegated", item->node), {0}},
        {MOVE_DELEGATE, ABOUT("delegate %s", item->node), other},
        {MOVE_FORWARD, ABOUT("forward %s", item->node), other},
        {MOVE_REASSIGN, ABOUT("reassign %s to oneself", item->node), move.actor}};
    return deeds_try(cx, standing, move, deeds, sizeof deeds / sizeof *deeds);
}

// By whoever may do the step: to somebody who may not, or where there is nothing to give.
static FALLIBLE insider_try(Ctx *cx, Standing *standing, const WorkItem *item, ProveMove move)
{
    ProveActor outsider = move.actor;
    if ((!item->position && !item->department) ||
        !proof_candidate(cx, standing->proof, item, &move.actor))
        return NULL;
    const Deed deeds[] = {
        {MOVE_RETURN, ABOUT("return %s, which was not delegated", item->node), {0}},
        {MOVE_DELEGATE, ABOUT("delegate %s to oneself", item->node), move.actor},
        {MOVE_FORWARD, ABOUT("forward %s to somebody who may not do it", item->node), outsider},
    };
    TRY(deeds_try(cx, standing, move, deeds, sizeof deeds / sizeof *deeds));
    move.own_rights = true;
    const Deed reassign = {MOVE_REASSIGN, ABOUT("reassign %s without leading anybody", item->node),
                           outsider};
    return deeds_try(cx, standing, move, &reassign, 1);
}

FALLIBLE proof_try_item(Ctx *cx, Standing *standing, const WorkItem *item)
{
    ProveMove move = {.actor = proof_administrator(cx, standing->proof),
                      .item = item->id,
                      .instance = item->instance,
                      .reason = "nobody will see it",
                      .fields = value_context(cx->arena)};
    TRY(outsider_try(cx, standing, item, move));
    TRY(insider_try(cx, standing, item, move));
    TRY(smuggle_try(cx, standing, item));
    return separate_try(cx, standing, item);
}

FALLIBLE proof_try_twice(Ctx *cx, Standing *standing)
{
    Proof *proof = standing->proof;
    ProveMove twice = {
        .kind = MOVE_COMPLETE,
        .about = message_in(cx->language, "complete the last step again"),
        .actor = {proof->last_user, proof->last_login, message_in(cx->language, "whoever did it")},
        .item = proof->last_done,
        .fields = value_context(cx->arena)};
    if (!proof->last_done)
        return NULL;
    TRY(proof_attempt(cx, standing, &twice));
    twice.actor = proof_administrator(cx, proof);
    return proof_attempt(cx, standing, &twice);
}

// ---- messages -------------------------------------------------------------------------------

typedef struct Wait {
    const Proof *proof;
    const GraphTrigger *trigger;
    Value key;
    bool awaited; // by an instance, or it starts something
} Wait;

static FALLIBLE wait_find(Ctx *cx, void *state)
{
    Wait *wait = state;
    const Graph *graph = wait->proof->model->graph;
    Subscriptions waiting, starting;
    Value scope = value_context(cx->arena), subject;
    TRY(subscriptions_starting(cx, WAITS_MESSAGE, wait->trigger->name, &starting));
    TRY(subscriptions_of(cx, wait->proof->instance, &waiting));
    wait->awaited = starting.count > 0;
    for (size_t i = 0; i < waiting.count; i++)
        wait->awaited = wait->awaited || text_equal(waiting.items[i].name, wait->trigger->name);
    TRY(subject_read(cx, graph->entity, wait->proof->subject, &subject));
    if (graph->variable)
        value_set(cx->arena, scope, graph->variable, subject);
    return wait->trigger->key ? feel_evaluate(cx, wait->trigger->key, scope, NULL, &wait->key)
                              : NULL;
}

// A message of the model that nobody waits for now changes nothing.
static FALLIBLE message_try(Ctx *cx, Standing *standing, const GraphTrigger *trigger)
{
    Proof *proof = standing->proof;
    Wait wait = {.proof = proof, .trigger = trigger};
    TRY(proof_unit(cx, proof->prober, DOOR_API, wait_find, &wait));
    if (wait.awaited)
        return NULL;
    ProveMove move = {
        .kind = MOVE_MESSAGE,
        .about = text_format(cx->arena, message_in(cx->language, "send %s too early or too late"),
                             trigger->name),
        .actor = proof_administrator(cx, proof),
        .name = trigger->name,
        .key = wait.key.kind == VALUE_TEXT ? wait.key.text.bytes : ""};
    return proof_attempt(cx, standing, &move);
}

FALLIBLE proof_try_messages(Ctx *cx, Standing *standing)
{
    const Graph *graph = standing->proof->model->graph;
    Map *seen = map_new(cx->arena);
    for (size_t i = 0; i < graph->node_count; i++)
        for (size_t k = 0; k < graph->nodes[i].trigger_count && !standing->spoiled; k++) {
            const GraphTrigger *trigger = &graph->nodes[i].triggers[k];
            bool caught = trigger->kind == TRIGGER_MESSAGE && trigger->name &&
                          graph->nodes[i].kind != NODE_THROW && graph->nodes[i].kind != NODE_END &&
                          graph->nodes[i].kind != NODE_SEND_TASK;
            if (!caught || map_get(seen, trigger->name))
                continue;
            map_put(seen, trigger->name, seen);
            TRY(message_try(cx, standing, trigger));
        }
    return NULL;
}
