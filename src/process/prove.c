// SPDX-License-Identifier: Apache-2.0
// The walk: records taken through the process by lawful steps, at random, until every set of open
// steps that is met has been tried.
#include "process/prove.h"

#include "base/ids.h"
#include "db/database.h"
#include "flow/explore.h"
#include "process/instance.h"
#include "process/process.h"
#include "process/prove_room.h"
#include "process/runner.h"
#include "process/shapes.h"
#include "process/waiting.h"

#include <stdlib.h>
#include <string.h>

#define WALK_STEPS 60
#define FORM_TRIES 6
#define PEOPLE_FOR_EACH 3 // so that separation of duties finds somebody
#define UNIT_BYTES (64UL << 20)
#define EXPLORED_STATES 2000

QUERY(proof_version_hash, "SELECT hash FROM process_version WHERE id = $1");

typedef struct Unit {
    Id user;
    Door door;
    bool keep;
    UnitWork work;
    void *state;
    bool through;
} Unit;

static FALLIBLE unit_work(Ctx *cx, void *state)
{
    static const char *const everything[] = {"*"};
    Unit *unit = state;
    Actor *actor;
    unit->through = false;
    TRY(actor_load_id(cx, unit->user, unit->door, &actor));
    actor->permissions = everything;
    actor->permission_count = 1;
    cx->actor = actor;
    TRY(unit->work(cx, unit->state));
    unit->through = true;
    return unit->keep ? NULL : FAIL(cx, ERR_CONFLICT, "it got through and is undone");
}

Error *proof_unit(Ctx *cx, Id user, Door door, bool keep, UnitWork work, void *state)
{
    Unit unit = {user, door, keep, work, state, false};
    Ctx own = *cx;
    if (keep)
        return database_write(&own, cx->company->database, unit_work, &unit);
    own.arena = arena_new(UNIT_BYTES); // what is tried leaves nothing behind here either
    Error *error = database_write(&own, cx->company->database, unit_work, &unit);
    Error *told = unit.through || !error
                      ? NULL
                      : FAIL(cx, error->code, "%s", text_copy(cx->arena, error->message));
    arena_free(own.arena);
    return told;
}

// ---- people ---------------------------------------------------------------------------------

// The record with that key, made when there is none; its texts that are needed are the key.
static FALLIBLE keyed(Ctx *cx, const char *entity, const char *key, Id *out)
{
    Record *record;
    const Entity *shape;
    Value fields = value_context(cx->arena);
    TRY(record_find(cx, entity, "key", value_text(key), &record));
    if (!record) {
        TRY(schema_find(cx, entity, &shape));
        for (size_t i = 0; i < shape->field_count; i++)
            if (!shape->fields[i].system && shape->fields[i].required &&
                shape->fields[i].type == FIELD_TEXT)
                value_set(cx->arena, fields, shape->fields[i].name, value_text(key));
        TRY(record_create(cx, entity, fields, &record));
    }
    *out = record->id;
    return NULL;
}

static FALLIBLE user_make(Ctx *cx, const char *login, const char *department, const char *position)
{
    Value fields = value_context(cx->arena);
    Record *user, *held;
    Id id;
    value_set(cx->arena, fields, "login", value_text(login));
    value_set(cx->arena, fields, "name", value_text(login));
    if (department) {
        TRY(keyed(cx, "department", department, &id));
        value_set(cx->arena, fields, "department", value_text(department));
    }
    TRY(record_create(cx, "user", fields, &user));
    if (!position)
        return NULL;
    TRY(keyed(cx, "position", position, &id));
    fields = value_context(cx->arena);
    value_set(cx->arena, fields, "user", value_text(id_text(cx->arena, user->id)));
    value_set(cx->arena, fields, "position", value_text(id_text(cx->arena, id)));
    const Entity *holding;
    TRY(schema_find(cx, "user_position", &holding));
    if (entity_field(holding, "key")) // of a pack that names them
        value_set(cx->arena, fields, "key", value_text(login));
    return record_create(cx, "user_position", fields, &held);
}

static const char *login_of(Ctx *cx, const char *position, const char *department, int number)
{
    return text_format(cx->arena, "proof.%s.%s.%d", position ? position : "any",
                       department ? department : "any", number);
}

static FALLIBLE people_make(Ctx *cx, void *state)
{
    Proof *proof = state;
    const Graph *graph = proof->model->graph;
    Record *known;
    TRY(record_find(cx, "user", "login", value_text("proof"), &known));
    if (!known) {
        TRY(user_make(cx, "proof", NULL, NULL));
        TRY(record_find(cx, "user", "login", value_text("proof"), &known));
    }
    proof->prober = known->id;
    for (size_t i = 0; i < graph->node_count; i++) {
        const GraphNode *node = &graph->nodes[i];
        const char *position = node_position(graph, node),
                   *department = node_department(graph, node);
        for (int n = 0; node->task && n < PEOPLE_FOR_EACH; n++) {
            const char *login = login_of(cx, position, department, n);
            TRY(record_find(cx, "user", "login", value_text(login), &known));
            if (!known)
                TRY(user_make(cx, login, department, position));
        }
    }
    return NULL;
}

static FALLIBLE person_find(Ctx *cx, const WorkItem *item, int number, Id *out)
{
    Record *user;
    TRY(record_find(cx, "user", "login",
                    value_text(login_of(cx, item->position, item->department, number)), &user));
    *out = user ? user->id : 0;
    return NULL;
}

// ---- one walk -------------------------------------------------------------------------------

typedef struct Walk {
    Proof *proof;
    WorkItem **items;
    size_t count;
    Instance *instance;
    WaitingArray waits;
    WorkItem *item;
    Id user;
    int number;
    Value form;
} Walk;

static FALLIBLE begin(Ctx *cx, void *state)
{
    Walk *walk = state;
    Proof *proof = walk->proof;
    const Graph *graph = proof->model->graph;
    const Entity *entity;
    Instance **instances;
    size_t count;
    proof->subject = proof->instance = proof->last_done = 0;
    if (!graph->entity)
        return instance_start(cx, proof->model->key, NULL, 0, value_context(cx->arena),
                              &proof->instance);
    TRY(schema_find(cx, graph->entity, &entity));
    TRY(proof_record(cx, proof, entity, 0, &proof->subject));
    TRY(instances_of(cx, graph->entity, proof->subject, false, &instances, &count));
    for (size_t i = 0; i < count; i++)
        if (text_equal(instances[i]->process_key, proof->model->key))
            proof->instance = instances[i]->id;
    return proof->instance ? NULL
                           : instance_start(cx, proof->model->key, graph->entity, proof->subject,
                                            value_context(cx->arena), &proof->instance);
}

static FALLIBLE look(Ctx *cx, void *state)
{
    Walk *walk = state;
    TRY(instance_load(cx, walk->proof->instance, &walk->instance));
    TRY(work_items_open(cx, walk->proof->instance, &walk->items, &walk->count));
    walk->waits = (WaitingArray){0};
    return walk->instance->ended_at ? NULL : waiting_of(cx, walk->instance, &walk->waits);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

// The names of the open steps, or what the instance waits for, or how it ended.
static const char *standing(Ctx *cx, const Walk *walk)
{
    if (walk->instance->ended_at)
        return text_format(cx->arena, "ended: %s", walk->instance->state);
    const char **names = NEW_ARRAY(cx->arena, const char *, walk->count + walk->waits.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < walk->count; i++)
        names[count++] = walk->items[i]->node;
    for (size_t i = 0; !walk->count && i < walk->waits.count; i++)
        names[count++] = walk->waits.items[i].node;
    qsort(names, count, sizeof *names, by_text);
    Buffer *text = buffer_new(cx->arena);
    for (size_t i = 0; i < count; i++)
        buffer_format(text, "%s%s", i ? ", " : "", names[i]);
    return count ? text->bytes : "an incident";
}

static FALLIBLE fill(Ctx *cx, void *state)
{
    Walk *walk = state;
    Value shown;
    walk->user = 0;
    TRY(person_find(cx, walk->item, walk->number, &walk->user));
    TRY(work_item_show(cx, walk->item->id, &shown));
    return proof_form(cx, walk->proof, walk->item->entity, *value_get(shown, "form"), &walk->form);
}

static FALLIBLE complete(Ctx *cx, void *state)
{
    Walk *walk = state;
    Value next;
    return work_item_complete(cx, walk->item->id, walk->form, &next);
}

// Some form, by somebody who may; false when nobody could do the step with any of them.
static bool step_done(Ctx *cx, Walk *walk)
{
    Proof *proof = walk->proof;
    walk->item = walk->items[proof_pick(proof, (int)walk->count)];
    for (int i = 0; i < FORM_TRIES * PEOPLE_FOR_EACH; i++) {
        walk->number = i % PEOPLE_FOR_EACH;
        if (proof_unit(cx, proof->prober, DOOR_API, true, fill, walk) || !walk->user)
            continue;
        if (!proof_unit(cx, walk->user, DOOR_API, true, complete, walk)) {
            proof->last_done = walk->item->id;
            proof->last_user = walk->user;
            return true;
        }
    }
    return false;
}

typedef struct Call {
    Id instance;
    int64_t wait;
    Id ids[20];
    int count;
} Call;

static FALLIBLE message_come(Ctx *cx, void *state)
{
    const Call *call = state;
    FlowEvent event = {
        .kind = FLOW_MESSAGE, .wait = (int)call->wait, .value = value_context(cx->arena)};
    RunCause cause = {"message", value_null(), false};
    bool taken;
    return runner_offer(cx, call->instance, &event, &cause, &taken);
}

static FALLIBLE jobs(Ctx *cx, void *state)
{
    Call *call = state;
    TRY(jobs_take(cx, "proof", 20, cx->now + 1, call->ids, &call->count));
    return jobs_run(cx, "proof", call->ids, call->count);
}

static FALLIBLE next_due(Ctx *cx, void *state)
{
    return jobs_next(cx, state);
}

// A message that it waits for, or the clock.
static bool time_passes(Ctx *cx, Walk *walk)
{
    Instant due = 0;
    Proof *proof = walk->proof;
    for (size_t i = 0; i < walk->waits.count; i++) {
        const Waiting *wait = &walk->waits.items[i];
        Call call = {.instance = proof->instance, .wait = wait->wait};
        if (text_equal(wait->kind, "message") && proof_pick(proof, 2))
            return !proof_unit(cx, proof->prober, DOOR_API, true, message_come, &call);
    }
    if (proof_unit(cx, proof->prober, DOOR_SYSTEM, true, next_due, &due) || !due)
        return false;
    if (due > cx->now)
        cx->now = due;
    Call call = {0};
    return !proof_unit(cx, proof->prober, DOOR_SYSTEM, true, jobs, &call);
}

static FALLIBLE walk_once(Ctx *cx, Proof *proof)
{
    Walk walk = {.proof = proof};
    if (proof_unit(cx, proof->prober, DOOR_API, true, begin, &walk))
        return NULL; // no such record can be made; another try makes another
    for (int i = 0; i < WALK_STEPS; i++) {
        TRY(proof_unit(cx, proof->prober, DOOR_API, true, look, &walk));
        const char *where = standing(cx, &walk);
        for (size_t n = 0; n < walk.count; n++)
            map_put(proof->reached, walk.items[n]->node, proof);
        if (!map_get(proof->seen, where)) {
            map_put(proof->seen, where, proof);
            TRY(proof_doors(cx, proof, where, walk.items, walk.count));
        }
        if (walk.instance->ended_at)
            return NULL;
        bool waits = !walk.count || (walk.waits.count && !proof_pick(proof, 8));
        if (waits ? !time_passes(cx, &walk) : !step_done(cx, &walk))
            return NULL;
    }
    return NULL;
}

// ---- the certificate ------------------------------------------------------------------------

static Value step_names(Ctx *cx, const Proof *proof, bool reached)
{
    const Graph *graph = proof->model->graph;
    Value *names = NEW_ARRAY(cx->arena, Value, graph->node_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < graph->node_count; i++)
        if (graph->nodes[i].task &&
            (map_get(proof->reached, graph->nodes[i].id) != NULL) == reached)
            names[count++] = value_text(graph->nodes[i].id);
    return value_list(names, count);
}

static FALLIBLE explored_value(Ctx *cx, const Graph *graph, Value *out)
{
    Exploration explored;
    TRY(flow_explore(cx, graph, EXPLORED_STATES, &explored));
    Value *findings = NEW_ARRAY(cx->arena, Value, explored.finding_count + 1);
    for (size_t i = 0; i < explored.finding_count; i++)
        findings[i] = value_text(explored.findings[i].message);
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "states", value_integer((int64_t)explored.states));
    value_set(cx->arena, *out, "steps", value_integer((int64_t)explored.steps));
    value_set(cx->arena, *out, "complete", value_boolean(explored.complete));
    value_set(cx->arena, *out, "findings", value_list(findings, explored.finding_count));
    return NULL;
}

static Value tried_value(Ctx *cx, const Proof *proof, bool through, int *attempts)
{
    Value *items = NEW_ARRAY(cx->arena, Value, proof->tried.count + 1);
    size_t count = 0;
    *attempts = 0;
    for (size_t i = 0; i < proof->tried.count; i++) {
        const Tried *tried = proof->tried.items[i];
        if ((tried->why == NULL) != through)
            continue;
        Value item = value_context(cx->arena);
        value_set(cx->arena, item, "step", value_text(tried->step));
        value_set(cx->arena, item, "door", value_text(tried->door));
        value_set(cx->arena, item, "move", value_text(tried->move));
        value_set(cx->arena, item, "why", value_text(tried->why));
        value_set(cx->arena, item, "count", value_integer(tried->count));
        items[count++] = item;
        *attempts += tried->count;
    }
    return value_list(items, count);
}

typedef struct Subject {
    const char *process;
    const ProcessModel *model;
    const char *hash;
} Subject;

static FALLIBLE model_read(Ctx *cx, void *state)
{
    Subject *subject = state;
    Row *row;
    TRY(model_newest(cx, subject->process, &subject->model));
    TRY(db_row(cx, &row, proof_version_hash, subject->model->id));
    subject->hash = row_text(row, "hash");
    return NULL;
}

FALLIBLE prove_run(Ctx *cx, const ProveOptions *options, Value *out)
{
    Subject subject = {.process = options->process};
    Value explored;
    int refused, through;
    TRY(database_read(cx, cx->company->database, model_read, &subject));
    Proof proof = {.model = subject.model,
                   .seed = options->seed,
                   .seen = map_new(cx->arena),
                   .reached = map_new(cx->arena),
                   .tried_by = map_new(cx->arena)};
    TRY(database_write(cx, cx->company->database, people_make, &proof));
    TRY(explored_value(cx, subject.model->graph, &explored));
    for (int i = 0; i < options->runs; i++)
        TRY(walk_once(cx, &proof));
    Value tried = tried_value(cx, &proof, false, &refused);
    Value passed = tried_value(cx, &proof, true, &through);
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "process", value_text(subject.model->key));
    value_set(cx->arena, *out, "hash", value_text(subject.hash));
    value_set(cx->arena, *out, "at", value_text(instant_text(cx->arena, cx->now)));
    value_set(cx->arena, *out, "explored", explored);
    value_set(cx->arena, *out, "runs", value_integer(options->runs));
    value_set(cx->arena, *out, "reached", step_names(cx, &proof, true));
    value_set(cx->arena, *out, "missed", step_names(cx, &proof, false));
    value_set(cx->arena, *out, "attempts", value_integer(proof.attempts));
    value_set(cx->arena, *out, "refused", value_integer(refused));
    value_set(cx->arena, *out, "through", passed);
    value_set(cx->arena, *out, "tried", tried);
    return NULL;
}
