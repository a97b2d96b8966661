// SPDX-License-Identifier: Apache-2.0
// The walk: one record taken through the process by lawful steps, on the shortest way to what was
// not seen yet. Where the map ends it goes on at random.
//
// An act is one unit of work: what a person does, or the clock, or a message; with it is done what
// follows of itself, and seen where it led. One that leads away from the way is undone and tried
// with other values, until LIMIT_TRIES; then it may lead anywhere.
#include "base/ids.h"
#include "base/messages.h"
#include "process/external.h"
#include "process/instance.h"
#include "process/jobs.h"
#include "process/process.h"
#include "process/prove_room.h"
#include "process/runner.h"
#include "process/waiting.h"

#include <stdlib.h>
#include <string.h>

#define WALK_STEPS 60
#define FORM_TRIES 8
#define LIMIT_SETTLE 40 // rounds of jobs that follow an act
#define LIMIT_CALLED 8  // called processes that are looked into
#define OUTSIDE "proof" // the program outside that does the tasks of topics

QUERY(proof_newest_instance, "SELECT id FROM instance WHERE process_key = $1"
                             " ORDER BY id DESC LIMIT 1");

typedef struct Stand {
    Waiting wait;
    Id instance;
} Stand;

typedef struct Walk {
    Proof *proof;
    ARRAY(WorkItem *) items; // of the instance, then of those that it called
    ARRAY(Stand) waits;
    Instance *instance;
    FlowState state;
    int at;
} Walk;

typedef struct Act {
    Walk *walk;
    const Way *way; // NULL: wherever it leads
    UnitWork work;
    bool done; // what was tried was lawful
    const MapMove *move;
    const WorkItem *item;
    Person person;
    Value form;
    Stand stand;
    Walk after;
} Act;

// ---- where it stands ------------------------------------------------------------------------

static FALLIBLE stands_read(Ctx *cx, Walk *walk, const Instance *instance)
{
    WorkItem **items;
    WaitingArray waits;
    size_t count;
    if (instance->ended_at)
        return NULL;
    TRY(work_items_open(cx, instance->id, &items, &count));
    for (size_t i = 0; i < count; i++)
        array_push(cx->arena, walk->items) = items[i];
    TRY(waiting_of(cx, instance, &waits));
    for (size_t i = 0; i < waits.count; i++)
        array_push(cx->arena, walk->waits) = (Stand){waits.items[i], instance->id};
    return NULL;
}

static FALLIBLE look(Ctx *cx, Walk *walk)
{
    Proof *proof = walk->proof;
    Walk seen = {.proof = proof, .at = -1};
    TRY(instance_load(cx, proof->instance, &seen.instance));
    TRY(stands_read(cx, &seen, seen.instance));
    for (size_t i = 0, called = 0; i < seen.waits.count && called < LIMIT_CALLED; i++) {
        Instance *instance;
        if (!seen.waits.items[i].wait.called)
            continue;
        called++;
        TRY(instance_load(cx, seen.waits.items[i].wait.called, &instance));
        TRY(stands_read(cx, &seen, instance));
    }
    TRY(flow_unpack(cx, proof->model->graph, seen.instance->blob.bytes, seen.instance->blob.length,
                    &seen.state));
    if (seen.instance->model == proof->model->id)
        seen.at = flow_map_find(proof->compass->map, &seen.state);
    *walk = seen;
    return NULL;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

// The names of the open steps, or what the instance waits for, or how it ended.
static const char *standing(Ctx *cx, const Walk *walk)
{
    if (walk->instance->ended_at)
        return text_format(cx->arena, message_in(cx->language, "ended: %s"), walk->instance->state);
    const char **names =
        NEW_ARRAY(cx->arena, const char *, walk->items.count + walk->waits.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < walk->items.count; i++)
        names[count++] = walk->items.items[i]->node;
    for (size_t i = 0; !walk->items.count && i < walk->waits.count; i++)
        names[count++] = walk->waits.items[i].wait.node;
    qsort(names, count, sizeof *names, by_text);
    Buffer *text = buffer_new(cx->arena);
    for (size_t i = 0; i < count; i++)
        buffer_format(text, "%s%s", i ? ", " : "", names[i]);
    return count ? text->bytes : message_in(cx->language, "an incident");
}

// ---- one act --------------------------------------------------------------------------------

// What is due by now: timers, calls, deliveries, and steps that are given to somebody.
static FALLIBLE settle(Ctx *cx)
{
    const Actor *before = cx->actor;
    Error *error = NULL;
    cx->actor = actor_system();
    for (int i = 0; i < LIMIT_SETTLE && !error; i++) {
        Id ids[20];
        int count = 0, fired = 0;
        error = jobs_take(cx, OUTSIDE, 20, cx->now + 1, ids, &count);
        if (!error)
            error = jobs_run(cx, OUTSIDE, ids, count);
        if (!error)
            error = escalations_fire(cx, 20, &fired);
        if (!count && !fired)
            break;
    }
    cx->actor = before;
    return error;
}

static FALLIBLE act_do(Ctx *cx, void *state)
{
    Act *act = state;
    Proof *proof = act->walk->proof;
    act->done = false;
    act->after = (Walk){.proof = proof};
    if (act->work)
        TRY(act->work(cx, act));
    TRY(settle(cx));
    TRY(look(cx, &act->after));
    act->done = true;
    bool there = !act->way || compass_on_way(proof->compass, act->way, act->after.at);
    return there ? NULL : FAIL(cx, ERR_CONFLICT, "it went another way");
}

static Error *act_try(Ctx *cx, Act *act, Id user)
{
    Error *error = proof_unit(cx, user, DOOR_API, act_do, act);
    if (!error)
        *act->walk = act->after;
    return error;
}

// The same with other values, until it leads where it shall; at last it may lead anywhere.
static Error *act_insist(Ctx *cx, Act *act, const Way *way)
{
    Error *error = NULL;
    for (int i = 0; way && i < FORM_TRIES; i++) {
        act->way = way;
        error = act_try(cx, act, act->walk->proof->prober);
        if (!error)
            return NULL;
    }
    act->way = NULL;
    error = act_try(cx, act, act->walk->proof->prober);
    return error;
}

// ---- what people do -------------------------------------------------------------------------

static void field_add(Ctx *cx, const GraphField *field, Value *items, size_t *count)
{
    if (field->access == FIELD_READ)
        return;
    Value shown = value_context(cx->arena);
    Value *choices = NEW_ARRAY(cx->arena, Value, field->choice_count);
    for (size_t i = 0; i < field->choice_count; i++) {
        choices[i] = value_context(cx->arena);
        value_set(cx->arena, choices[i], "value", value_text(field->choices[i]));
    }
    value_set(cx->arena, shown, "name", value_text(field->name));
    value_set(cx->arena, shown, "type", value_text(field->type));
    value_set(cx->arena, shown, "choices", value_list(choices, field->choice_count));
    items[(*count)++] = shown;
}

// The fields of the forms on the way behind the next act, as one form.
static Value form_ahead(Ctx *cx, const Proof *proof, const Way *way)
{
    const Graph *graph = proof->model->graph;
    size_t most = 0, count = 0;
    for (size_t i = 1; way && i < way->count; i++) {
        const MapMove *move = way_move(proof->compass, way, i);
        most += move->place == PLACE_WORK ? graph->nodes[move->node].task->field_count : 0;
    }
    Value *items = NEW_ARRAY(cx->arena, Value, most);
    for (size_t i = 1; way && i < way->count; i++) {
        const MapMove *move = way_move(proof->compass, way, i);
        const GraphTask *task = move->place == PLACE_WORK ? graph->nodes[move->node].task : NULL;
        for (size_t k = 0; task && k < task->field_count; k++)
            field_add(cx, &task->fields[k], items, &count);
    }
    Value form = value_context(cx->arena);
    value_set(cx->arena, form, "fields", value_list(items, count));
    return form;
}

// What the step demands at its end, and what the way asks for: of the leg first.
static FALLIBLE wish_fill(Ctx *cx, Act *act, Value form)
{
    Proof *proof = act->walk->proof;
    const Graph *graph = proof->model->graph;
    const GraphNode *node = graph_node(graph, act->item->node);
    ARRAY(MapChoice) choices = {0};
    size_t near = node->task->exit_count;
    for (size_t i = 0; i < node->task->exit_count; i++)
        array_push(cx->arena, choices) = (MapChoice){node->task->exits[i].condition, true};
    for (size_t i = 0; act->way && i < act->way->count; i++) {
        const MapMove *move = way_move(proof->compass, act->way, i);
        for (size_t k = 0; k < move->choice_count; k++)
            array_push(cx->arena, choices) = move->choices[k];
        near = i < act->way->leg ? choices.count : near;
    }
    Value subject;
    TRY(subject_read(cx, graph->entity, proof->subject, &subject));
    Wish wish = {.scope = flow_scope(cx, graph, &act->walk->state, (int)act->item->wait, subject),
                 .graph = graph,
                 .entity = act->item->entity,
                 .choices = choices.items,
                 .count = choices.count,
                 .near = near,
                 .ahead = form_ahead(cx, proof, act->way)};
    return proof_wish(cx, proof, &wish, form, &act->form);
}

static FALLIBLE fill(Ctx *cx, void *state)
{
    Act *act = state;
    Proof *proof = act->walk->proof;
    Value shown;
    TRY(proof_person(cx, &act->person));
    TRY(work_item_show(cx, act->item->id, &shown));
    Value form = *value_get(shown, "form");
    TRY(proof_form(cx, proof, act->item->entity, form, &act->form));
    return act->item->model == proof->model->id ? wish_fill(cx, act, form) : NULL;
}

static FALLIBLE complete(Ctx *cx, void *state)
{
    const Act *act = state;
    Value next;
    return work_item_complete(cx, act->item->id, act->form, &next);
}

// Some form, by somebody who may.
static Error *item_do(Ctx *cx, Walk *walk, const WorkItem *item, const Way *way)
{
    Proof *proof = walk->proof;
    Error *error = NULL;
    for (int i = 0; i < FORM_TRIES; i++) {
        Act act = {
            .walk = walk, .way = i < FORM_TRIES - 1 ? way : NULL, .work = complete, .item = item};
        for (int number = 0; number < PEOPLE_FOR_EACH; number++) {
            act.person = (Person){.proof = proof, .item = item, .number = number};
            error = proof_unit(cx, proof->prober, DOOR_API, fill, &act);
            if (error)
                return error;
            error = act_try(cx, &act, act.person.user);
            if (error && act.done)
                break; // the person is right, the form is not
            if (error)
                continue;
            proof->last_done = item->id;
            proof->last_user = act.person.user;
            proof->last_login = text_copy(proof->kept, act.person.login);
            return NULL;
        }
    }
    return error;
}

// ---- what comes from elsewhere --------------------------------------------------------------

static FALLIBLE event_come(Ctx *cx, void *state)
{
    const Act *act = state;
    Proof *proof = act->walk->proof;
    bool start = act->move && act->move->kind == FLOW_CHOOSE;
    FlowEvent event = {.kind = act->move ? act->move->kind : FLOW_MESSAGE,
                       .wait = (int)act->stand.wait.wait,
                       .node = start ? act->move->node : 0,
                       .name = act->move ? act->move->name : NULL,
                       .value = proof_context(cx, proof, &proof->words.parts)};
    RunCause cause = {"message", value_null(), false};
    bool taken;
    return runner_offer(cx, act->stand.instance, &event, &cause, &taken);
}

static FALLIBLE signal_come(Ctx *cx, void *state)
{
    const Act *act = state;
    Proof *proof = act->walk->proof;
    int reached;
    bool queued;
    return signal_publish(cx, act->stand.wait.name, proof_context(cx, proof, &proof->words.parts),
                          &reached, &queued);
}

// Some field of the record that nobody holds changes.
static FALLIBLE record_moves(Ctx *cx, void *state)
{
    const Act *act = state;
    Proof *proof = act->walk->proof;
    const Entity *entity;
    Record *record;
    Value changes = value_context(cx->arena);
    TRY(schema_find(cx, proof->model->graph->entity, &entity));
    for (size_t i = 0; i < entity->field_count; i++) {
        const Field *field = &entity->fields[i];
        Value value;
        if (field->system || field->number || field_is_computed(field) || proof_pick(proof, 2) ||
            deployments_owner(cx, entity->name, field->name))
            continue;
        TRY(proof_value(cx, proof, field, &value));
        if (value.kind != VALUE_NULL)
            value_set(cx->arena, changes, field->name, value);
    }
    return record_change(cx, entity->name, proof->subject, 0, changes, &record);
}

// The task of a topic, as the program outside answers it.
static FALLIBLE outside_answers(Ctx *cx, void *state)
{
    const Act *act = state;
    Proof *proof = act->walk->proof;
    const char *topics[] = {act->stand.wait.name};
    ExternalFetch fetch = {OUTSIDE, topics, 1, 20, cx->now + 60 * 1000000LL};
    Value tasks, result = proof_context(cx, proof, &proof->words.parts);
    Id task;
    TRY(external_fetch(cx, &fetch, &tasks));
    for (size_t i = 0; i < tasks.list.count; i++) {
        if (!id_parse(value_get_text(tasks.list.items[i], "id"), &task))
            continue;
        if (act->move && act->move->kind == FLOW_FAIL)
            TRY(external_error(cx, task, OUTSIDE, act->move->name, result));
        else
            TRY(external_complete(cx, task, OUTSIDE, result));
    }
    return NULL;
}

static Error *stand_do(Ctx *cx, Walk *walk, Stand stand, const MapMove *move, const Way *way)
{
    Act act = {.walk = walk, .move = move, .stand = stand};
    const char *kind = stand.wait.kind;
    if (text_equal(kind, "timer")) {
        if (stand.wait.due_at > cx->now)
            cx->now = stand.wait.due_at;
        return act_insist(cx, &act, NULL);
    }
    act.work = text_equal(kind, "signal")      ? signal_come
               : text_equal(kind, "condition") ? record_moves
               : text_equal(kind, "external")  ? outside_answers
                                               : event_come;
    if (act.work == record_moves && !walk->proof->subject)
        return FAIL(cx, ERR_CONFLICT, "no record changes by which the condition could come true");
    return act_insist(cx, &act, way);
}

// ---- along the way --------------------------------------------------------------------------

static const FlowPlace *place_of(const Walk *walk, const MapMove *move)
{
    for (size_t i = 0; i < walk->state.place_count; i++) {
        const FlowPlace *place = &walk->state.places[i];
        bool same = place->kind == move->place &&
                    (move->kind == FLOW_CHOOSE ||
                     (place->node == move->node && place->trigger == move->trigger));
        if (same)
            return place;
    }
    return NULL;
}

// In a called process: whatever brings it on.
static Error *called_do(Ctx *cx, Walk *walk)
{
    Id own = walk->proof->instance;
    for (size_t i = 0; i < walk->items.count; i++)
        if (walk->items.items[i]->instance != own)
            return item_do(cx, walk, walk->items.items[i], NULL);
    for (size_t i = 0; i < walk->waits.count; i++)
        if (walk->waits.items[i].instance != own)
            return stand_do(cx, walk, walk->waits.items[i], NULL, NULL);
    return FAIL(cx, ERR_CONFLICT, "nothing brings the called process on");
}

static Error *move_do(Ctx *cx, Walk *walk, const Way *way)
{
    const MapMove *move = way_move(walk->proof->compass, way, 0);
    const FlowPlace *place = place_of(walk, move);
    if (!place)
        return FAIL(cx, ERR_CONFLICT, "nothing stands there");
    if (move->place == PLACE_CALL && move->kind == FLOW_COMPLETE)
        return called_do(cx, walk);
    for (size_t i = 0; i < walk->items.count; i++)
        if (move->place == PLACE_WORK && walk->items.items[i]->wait == place->number &&
            walk->items.items[i]->instance == walk->proof->instance)
            return item_do(cx, walk, walk->items.items[i], way);
    for (size_t i = 0; i < walk->waits.count; i++)
        if (walk->waits.items[i].wait.wait == place->number &&
            walk->waits.items[i].instance == walk->proof->instance)
            return stand_do(cx, walk, walk->waits.items[i], move, way);
    Stand stand = {{.kind = "event", .wait = place->number}, walk->proof->instance};
    return stand_do(cx, walk, stand, move, way);
}

// The first service task on the leg that shall fail is armed for it.
static void rehearse(Ctx *cx, const Proof *proof, const Way *way, Rehearsal *rehearsal)
{
    cx->company->rehearsal = NULL;
    for (size_t i = 1; way && i < way->leg; i++) {
        const MapMove *move = way_move(proof->compass, way, i);
        if (move->kind != FLOW_FAIL || move->place != PLACE_FUNCTION)
            continue;
        *rehearsal =
            (Rehearsal){proof->model->key, proof->model->graph->nodes[move->node].id, move->name};
        cx->company->rehearsal = rehearsal;
        return;
    }
}

// ---- the start ------------------------------------------------------------------------------

static FALLIBLE newest_find(Ctx *cx, Proof *proof)
{
    Row *row;
    Id before = proof->instance;
    TRY(settle(cx));
    TRY(db_row(cx, &row, proof_newest_instance, proof->model->key));
    proof->instance = row ? row_integer(row, "id") : 0;
    return proof->instance && proof->instance != before
               ? NULL
               : FAIL(cx, ERR_CONFLICT, "nothing was started");
}

// A start event that waits for something: it comes.
static FALLIBLE event_starts(Ctx *cx, Proof *proof, const MapMove *move)
{
    const GraphNode *node = &proof->model->graph->nodes[move->node];
    const GraphTrigger *trigger = node->trigger_count ? &node->triggers[0] : NULL;
    Value payload = proof_context(cx, proof, &proof->words.parts);
    int reached;
    bool queued;
    if (trigger && trigger->kind == TRIGGER_MESSAGE)
        TRY(message_publish(
            cx,
            &(IncomingMessage){.name = trigger->name,
                               .key = trigger->key ? id_text(cx->arena, id_new(cx)) : "",
                               .payload = payload},
            &reached, &queued));
    else if (trigger && trigger->kind == TRIGGER_SIGNAL)
        TRY(signal_publish(cx, trigger->name, payload, &reached, &queued));
    else if (!trigger || trigger->kind != TRIGGER_TIMER)
        return FAIL(cx, ERR_CONFLICT, "%s cannot be made to start it", node->id);
    return newest_find(cx, proof);
}

// One part in each list that the process holds, as long as it may be added.
static FALLIBLE parts_make(Ctx *cx, Proof *proof, const Entity *entity)
{
    for (size_t i = 0; i < entity->child_count; i++) {
        const ChildList *list = &entity->children[i];
        Value fields;
        Record *part;
        if (!graph_owned(proof->model->graph, list->name))
            continue;
        TRY(proof_fields(cx, proof, list->entity, 1, &fields));
        value_set(cx->arena, fields, list->by->name,
                  value_text(id_text(cx->arena, proof->subject)));
        Error *error = record_create(cx, list->entity->name, fields, &part);
        if (error && error->code != ERR_CONFLICT && error->code != ERR_INVALID)
            return error;
    }
    return NULL;
}

static FALLIBLE begin(Ctx *cx, void *state)
{
    const Act *act = state;
    Proof *proof = act->walk->proof;
    const Graph *graph = proof->model->graph;
    const Entity *entity;
    Instance **instances;
    size_t count;
    proof->subject = proof->last_done = 0;
    if (act->move && act->move->node >= 0 && !graph->entity)
        return event_starts(cx, proof, act->move);
    Value variables = proof_context(cx, proof, &proof->words.free);
    if (!graph->entity)
        return instance_start(cx, proof->model->key, NULL, 0, variables, &proof->instance);
    TRY(schema_find(cx, graph->entity, &entity));
    TRY(proof_record(cx, proof, entity, 0, &proof->subject));
    TRY(parts_make(cx, proof, entity));
    proof->instance = 0;
    TRY(instances_of(cx, graph->entity, proof->subject, false, &instances, &count));
    for (size_t i = 0; i < count; i++)
        if (text_equal(instances[i]->process_key, proof->model->key))
            proof->instance = instances[i]->id;
    return proof->instance ? NULL
                           : instance_start(cx, proof->model->key, graph->entity, proof->subject,
                                            variables, &proof->instance);
}

static FALLIBLE next_due(Ctx *cx, void *state)
{
    return jobs_next(cx, state);
}

static Error *start_do(Ctx *cx, Walk *walk, const Way *way)
{
    Proof *proof = walk->proof;
    Act act = {.walk = walk, .work = begin};
    act.move = way ? way_move(proof->compass, way, 0) : NULL;
    const GraphNode *node =
        act.move && act.move->node >= 0 ? &proof->model->graph->nodes[act.move->node] : NULL;
    Instant due = 0;
    if (node && node->trigger_count && node->triggers[0].kind == TRIGGER_TIMER &&
        !proof_unit(cx, proof->prober, DOOR_SYSTEM, next_due, &due) && due > cx->now)
        cx->now = due;
    return act_insist(cx, &act, way);
}

// ---- the walk -------------------------------------------------------------------------------

// Off the map: some step, or something that it waits for.
static Error *some_do(Ctx *cx, Walk *walk)
{
    Proof *proof = walk->proof;
    bool waits = !walk->items.count || (walk->waits.count && !proof_pick(proof, 8));
    if (waits && walk->waits.count) {
        Stand stand = walk->waits.items[proof_pick(proof, (int)walk->waits.count)];
        return stand.wait.called ? called_do(cx, walk) : stand_do(cx, walk, stand, NULL, NULL);
    }
    if (!walk->items.count)
        return FAIL(cx, ERR_CONFLICT, "nothing can be done");
    return item_do(cx, walk, walk->items.items[proof_pick(proof, (int)walk->items.count)], NULL);
}

static FALLIBLE stand_prove(Ctx *cx, const Walk *walk, bool *spoiled)
{
    Proof *proof = walk->proof;
    const char *where = standing(cx, walk);
    for (size_t i = 0; i < walk->items.count; i++)
        if (walk->items.items[i]->instance == proof->instance)
            map_put(proof->reached, text_copy(proof->kept, walk->items.items[i]->node), proof);
    if (map_get(proof->seen, where))
        return NULL;
    where = text_copy(proof->kept, where);
    map_put(proof->seen, where, proof);
    return proof_doors(cx, proof, where, walk->items.items, walk->items.count, spoiled);
}

// One act on the way, or any when there is none; an error only tells that nothing was done.
static Error *go_on(Ctx *cx, Walk *walk, bool started)
{
    Proof *proof = walk->proof;
    Rehearsal rehearsal;
    Way way;
    int from = started ? walk->at : -1;
    bool known = (!started || from >= 0) && compass_way(proof->compass, from, &way);
    rehearse(cx, proof, known ? &way : NULL, &rehearsal);
    Error *error = !started ? start_do(cx, walk, known ? &way : NULL)
                   : known  ? move_do(cx, walk, &way)
                            : some_do(cx, walk);
    cx->company->rehearsal = NULL;
    if (known)
        compass_landed(proof->compass, &way, from, error ? -1 : walk->at,
                       error ? text_copy(proof->kept, error->message) : NULL);
    return known && started ? NULL : error;
}

FALLIBLE proof_walk(Ctx *cx, Proof *proof)
{
    Walk walk = {.proof = proof, .at = -1};
    if (go_on(cx, &walk, false))
        return NULL; // no such record can be made; another try makes another
    for (int i = 0; i < WALK_STEPS; i++) {
        bool spoiled = false;
        TRY(stand_prove(cx, &walk, &spoiled));
        if (spoiled || walk.instance->ended_at || go_on(cx, &walk, true))
            return NULL;
    }
    return NULL;
}
