// SPDX-License-Identifier: Apache-2.0
// Every move that is not allowed, at every door. After each the company is read: a move is refused
// when it was answered so and nothing changed.
#include "base/ids.h"
#include "base/messages.h"
#include "process/process.h"
#include "process/prove_room.h"
#include "process/runner.h"
#include "process/subscriptions.h"
#include "record/list.h"

#define PREPARE_TRIES 4
#define ATTEMPT_BYTES (128UL << 20)

// At one set of open steps.
typedef struct Standing {
    Proof *proof;
    const char *where;
    WorkItem **items;
    size_t count;
    bool spoiled; // something got through that is more than a field
} Standing;

FALLIBLE proof_content_take(Ctx *cx, Proof *proof)
{
    Content now;
    TRY(database_read(cx, cx->company->database, proof_content, &now));
    if (!proof->content.count) {
        proof->content =
            (Content){now.tables, NEW_ARRAY(proof->kept, uint64_t, now.count), now.count};
        proof->content.tables = NEW_ARRAY(proof->kept, const char *, now.count);
    }
    for (size_t i = 0; i < now.count; i++) {
        proof->content.tables[i] = now.tables[i];
        proof->content.sums[i] = now.sums[i];
    }
    return NULL;
}

// ---- one attempt ----------------------------------------------------------------------------

static const char *text_of(const ProveAnswer *answer, const char *name)
{
    return answer->problem.kind == VALUE_CONTEXT ? value_get_text(answer->problem, name) : NULL;
}

// The open step that the refusal names, with who can do it and where.
static Value step_named(const ProveAnswer *answer)
{
    const Value *step =
        answer->problem.kind == VALUE_CONTEXT ? value_get(answer->problem, "open_step") : NULL;
    return step && step->kind == VALUE_CONTEXT ? *step : value_null();
}

// Whether a step is open that a refusal of the move could name.
static bool could_name(const Standing *standing, const ProveMove *move, const ProveAnswer *answer)
{
    const char *code = text_of(answer, "code");
    bool about_it = move->kind == MOVE_CHANGE || move->kind == MOVE_DELETE ||
                    move->item != standing->proof->last_done;
    return standing->count && about_it && move->kind != MOVE_CREATE && move->kind != MOVE_MESSAGE &&
           move->kind != MOVE_GRANT && move->kind != MOVE_START &&
           text_equal(code, error_word(ERR_CONFLICT));
}

static Tried *tried_find(Proof *proof, const Standing *standing, const ProveDoor *door,
                         const ProveMove *move, const char *why, const char *changed)
{
    Arena *kept = proof->kept;
    const char *key =
        text_format(kept, "%s|%s|%s|%s|%s|%s", standing->where, door->name, move->actor.word,
                    move->about, why ? why : "", changed ? changed : "");
    Tried *tried = map_get(proof->tried_by, key);
    if (tried)
        return tried;
    tried = NEW(kept, Tried);
    *tried = (Tried){.step = standing->where,
                     .door = door->name,
                     .who = text_copy(kept, move->actor.word),
                     .move = text_copy(kept, move->about),
                     .why = why ? text_copy(kept, why) : NULL,
                     .changed = changed ? text_copy(kept, changed) : NULL};
    map_put(proof->tried_by, key, tried);
    array_push(kept, proof->tried) = tried;
    return tried;
}

static void tried_add(Ctx *cx, Standing *standing, const ProveDoor *door, const ProveMove *move,
                      const ProveAnswer *answer, const char *changed)
{
    Proof *proof = standing->proof;
    const char *why = text_of(answer, "message");
    if (!why && !changed)
        why = message_in(cx->language, "it was taken, and nothing came of it");
    Tried *tried = tried_find(proof, standing, door, move, why, changed);
    Value step = step_named(answer);
    tried->open = tried->open || could_name(standing, move, answer);
    if (!tried->count && step.kind == VALUE_CONTEXT)
        tried->named = value_copy(proof->kept, step);
    tried->count++;
    proof->attempts++;
    standing->spoiled = standing->spoiled || (changed && move->kind != MOVE_CHANGE);
}

static FALLIBLE knock(Ctx *cx, Standing *standing, const ProveDoor *door, const ProveMove *move)
{
    Proof *proof = standing->proof;
    ProveAnswer answer = {false, value_null()};
    TRY(door->knock(cx, proof->doors->state, move, &answer));
    if (!answer.knows)
        return NULL;
    Content after;
    TRY(database_read(cx, cx->company->database, proof_content, &after));
    const char *changed = proof_content_changed(cx, &proof->content, &after);
    tried_add(cx, standing, door, move, &answer, changed);
    for (size_t i = 0; changed && i < after.count; i++)
        proof->content.sums[i] = after.sums[i];
    return NULL;
}

// At all doors; what an attempt takes of the arena it gives back.
static FALLIBLE attempt(Ctx *cx, Standing *standing, const ProveMove *move)
{
    Proof *proof = standing->proof;
    for (size_t i = 0; i < proof->doors->count && !standing->spoiled; i++) {
        Ctx own = *cx;
        own.arena = arena_new(ATTEMPT_BYTES);
        Error *error = knock(&own, standing, &proof->doors->items[i], move);
        if (error)
            error = FAIL(cx, error->code, "%s", text_copy(cx->arena, error->message));
        arena_free(own.arena);
        TRY(error);
    }
    return NULL;
}

// ---- fields and records ---------------------------------------------------------------------

typedef struct Fields {
    const Proof *proof;
    Value locked;
    Record *record;
    Record *child; // of a list of parts; NULL: it has none
    const ChildList *list;
} Fields;

// What a move needs is made up; what cannot be made leaves the move untried, and is told.
static FALLIBLE prepared(Ctx *cx, Proof *proof, const char *about, UnitWork work, void *state,
                         bool *ready)
{
    Error *error = NULL;
    for (int i = 0; i < PREPARE_TRIES; i++) {
        error = proof_unit(cx, proof->prober, DOOR_API, work, state);
        *ready = !error;
        if (!error || (error->code != ERR_INVALID && error->code != ERR_CONFLICT))
            return error;
    }
    Value item = value_context(proof->kept);
    value_set(proof->kept, item, "move", value_text(text_copy(proof->kept, about)));
    value_set(proof->kept, item, "why", value_text(text_copy(proof->kept, error->message)));
    if (!map_get(proof->untried_by, about))
        array_push(proof->kept, proof->untried) = item;
    map_put(proof->untried_by, text_copy(proof->kept, about), proof);
    return NULL;
}

static FALLIBLE read_fields(Ctx *cx, void *state)
{
    Fields *fields = state;
    const char *entity = fields->proof->model->graph->entity;
    TRY(process_locked_fields(cx, entity, fields->proof->subject, &fields->locked));
    return record_get(cx, entity, fields->proof->subject, &fields->record);
}

typedef struct Made {
    Proof *proof;
    const Field *field;
    Value value;
    const Entity *entity;
    const ChildList *list;
    Value fields;
} Made;

static FALLIBLE make_value(Ctx *cx, void *state)
{
    Made *made = state;
    return proof_value(cx, made->proof, made->field, &made->value);
}

// Another value than the field has, so that it is a change.
static bool other_value(Ctx *cx, Proof *proof, const Record *record, const Field *field, Value *out)
{
    const Value *now = value_get(record->fields, field->name);
    for (int i = 0; i < 6; i++) {
        Made made = {.proof = proof, .field = field};
        if (proof_unit(cx, proof->prober, DOOR_API, make_value, &made))
            return false;
        *out = made.value;
        if (made.value.kind != VALUE_NULL && !(now && value_equal(*now, made.value)))
            return true;
    }
    *out = value_null();
    return now && now->kind != VALUE_NULL && !field->required;
}

static ProveActor administrator(Ctx *cx, const Proof *proof)
{
    return (ProveActor){proof->prober, "proof", message_in(cx->language, "an administrator")};
}

// Whoever may do the step that is open, with no more rights than that gives.
static bool candidate(Ctx *cx, const Standing *standing, ProveActor *out)
{
    Proof *proof = standing->proof;
    Person person = {.proof = proof, .item = standing->count ? standing->items[0] : NULL};
    if (!person.item || proof_unit(cx, proof->prober, DOOR_API, proof_person, &person) ||
        person.user == proof->prober)
        return false;
    *out = (ProveActor){person.user, person.login,
                        message_in(cx->language, "whoever may do the step")};
    return true;
}

static FALLIBLE field_try(Ctx *cx, Standing *standing, const Fields *fields, const Field *field)
{
    Proof *proof = standing->proof;
    Value value;
    if (!other_value(cx, proof, fields->record, field, &value))
        return NULL;
    TRY(proof_content_take(cx, proof)); // a record that it refers to may have been made
    ProveMove move = {.kind = MOVE_CHANGE,
                      .about =
                          text_format(cx->arena, message_in(cx->language, "set %s"), field->name),
                      .actor = administrator(cx, proof),
                      .entity = proof->model->graph->entity,
                      .record = proof->subject,
                      .version = fields->record->version,
                      .fields = value_context(cx->arena)};
    value_set(cx->arena, move.fields, field->name, value);
    TRY(attempt(cx, standing, &move));
    if (candidate(cx, standing, &move.actor))
        TRY(attempt(cx, standing, &move));
    return NULL;
}

// ---- parts of the record --------------------------------------------------------------------

static FALLIBLE read_part(Ctx *cx, void *state)
{
    Fields *fields = state;
    ListRequest request = {.entity = fields->list->entity->name, .limit = 1};
    ListFilter filter = {.field = fields->list->by->name,
                         .operator= "=",
                         .value = value_text(id_text(cx->arena, fields->proof->subject))};
    ListPage page;
    request.filters = &filter;
    request.filter_count = 1;
    TRY(list_read(cx, &request, &page));
    fields->child = page.count ? page.records[0] : NULL;
    return NULL;
}

static FALLIBLE make_whole(Ctx *cx, void *state)
{
    Made *made = state;
    TRY(proof_fields(cx, made->proof, made->entity, 1, &made->fields));
    Value begins = value_null(); // a new record may have this value
    if (made->field->default_value)
        TRY(feel_evaluate(cx, made->field->default_value, value_context(cx->arena), NULL, &begins));
    for (int i = 0; i < PREPARE_TRIES; i++) {
        TRY(proof_value(cx, made->proof, made->field, &made->value));
        if (!value_equal(made->value, begins))
            break;
        made->value = value_null();
    }
    value_set(cx->arena, made->fields, made->field->name, made->value);
    return NULL;
}

static FALLIBLE make_part(Ctx *cx, void *state)
{
    Made *made = state;
    TRY(proof_fields(cx, made->proof, made->list->entity, 1, &made->fields));
    value_set(cx->arena, made->fields, made->list->by->name,
              value_text(id_text(cx->arena, made->proof->subject)));
    return NULL;
}

static FALLIBLE parts_try(Ctx *cx, Standing *standing, const ChildList *list)
{
    Proof *proof = standing->proof;
    Fields fields = {.proof = proof, .list = list};
    Made made = {.proof = proof, .list = list};
    TRY(proof_unit(cx, proof->prober, DOOR_API, read_part, &fields));
    bool ready;
    TRY(prepared(cx, proof,
                 text_format(cx->arena, message_in(cx->language, "add to %s"), list->name),
                 make_part, &made, &ready));
    if (!ready)
        return NULL;
    TRY(proof_content_take(cx, proof)); // what the part refers to was made
    ProveMove move = {.kind = MOVE_CREATE,
                      .about =
                          text_format(cx->arena, message_in(cx->language, "add to %s"), list->name),
                      .actor = administrator(cx, proof),
                      .entity = list->entity->name,
                      .fields = made.fields};
    TRY(attempt(cx, standing, &move));
    if (!fields.child)
        return NULL;
    move.kind = MOVE_CHANGE;
    move.about = text_format(cx->arena, message_in(cx->language, "change one of %s"), list->name);
    move.record = fields.child->id;
    move.version = fields.child->version;
    TRY(attempt(cx, standing, &move));
    move.kind = MOVE_DELETE;
    move.about =
        text_format(cx->arena, message_in(cx->language, "take one of %s away"), list->name);
    return attempt(cx, standing, &move);
}

static const ChildList *list_named(const Entity *entity, const char *name)
{
    for (size_t i = 0; i < entity->child_count; i++)
        if (text_equal(entity->children[i].name, name))
            return &entity->children[i];
    return NULL;
}

static FALLIBLE fields_try(Ctx *cx, Standing *standing)
{
    Proof *proof = standing->proof;
    Fields fields = {.proof = proof};
    const Entity *entity;
    TRY(schema_find(cx, proof->model->graph->entity, &entity));
    TRY(proof_unit(cx, proof->prober, DOOR_API, read_fields, &fields));
    for (size_t i = 0; i < fields.locked.list.count && !standing->spoiled; i++) {
        const char *name = fields.locked.list.items[i].text.bytes;
        const Field *field = entity_field(entity, name);
        const ChildList *list = list_named(entity, name);
        if (field)
            TRY(field_try(cx, standing, &fields, field));
        else if (list)
            TRY(parts_try(cx, standing, list));
    }
    return NULL;
}

// A new record that begins in the middle: with a value that only a step may set.
static FALLIBLE create_try(Ctx *cx, Standing *standing)
{
    Proof *proof = standing->proof;
    const Graph *graph = proof->model->graph;
    const Entity *entity;
    Made made = {.proof = proof};
    TRY(schema_find(cx, graph->entity, &entity));
    for (size_t i = 0; i < graph->owned_count && !standing->spoiled; i++) {
        const Field *field = entity_field(entity, graph->owned[i].field);
        if (!field || graph->owned[i].free_until >= 0)
            continue;
        made.entity = entity;
        made.field = field;
        const char *about =
            text_format(cx->arena, message_in(cx->language, "create with %s"), field->name);
        bool ready;
        TRY(prepared(cx, proof, about, make_whole, &made, &ready));
        TRY(proof_content_take(cx, proof));
        if (!ready)
            continue;
        ProveMove move = {.kind = MOVE_CREATE,
                          .about = about,
                          .actor = administrator(cx, proof),
                          .entity = entity->name,
                          .fields = made.fields};
        if (made.value.kind != VALUE_NULL)
            TRY(attempt(cx, standing, &move));
    }
    return NULL;
}

static FALLIBLE record_try(Ctx *cx, Standing *standing)
{
    Proof *proof = standing->proof;
    const ProcessModel *model = proof->model;
    ProveMove move = {.kind = MOVE_START,
                      .about = message_in(cx->language, "start the process again"),
                      .actor = administrator(cx, proof),
                      .entity = model->graph->entity,
                      .record = proof->subject,
                      .name = model->key};
    if (!model->graph->again)
        TRY(attempt(cx, standing, &move));
    move.kind = MOVE_DELETE;
    move.about = message_in(cx->language, "delete the record");
    return attempt(cx, standing, &move);
}

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
    if (!made.field || !candidate(cx, standing, &move.actor))
        return NULL;
    bool ready;
    move.about = text_format(cx->arena, message_in(cx->language, "smuggle %s into the form of %s"),
                             made.field->name, item->node);
    TRY(prepared(cx, proof, move.about, make_value, &made, &ready));
    TRY(proof_content_take(cx, proof));
    if (!ready)
        return NULL;
    value_set(cx->arena, move.fields, made.field->name, made.value);
    return attempt(cx, standing, &move);
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

// Whoever did a step from which this one is to be separate.
static FALLIBLE separate_try(Ctx *cx, Standing *standing, const WorkItem *item)
{
    Proof *proof = standing->proof;
    const Graph *graph = proof->model->graph;
    const GraphNode *node = graph_node(graph, item->node);
    for (size_t i = 0; node && node->task && i < node->task->separate_count; i++) {
        Doer doer = {proof->instance, graph->nodes[node->task->separate[i]].id, 0, NULL};
        TRY(proof_unit(cx, proof->prober, DOOR_API, doer_find, &doer));
        if (!doer.user)
            continue;
        ProveMove move = {
            .kind = MOVE_COMPLETE,
            .about = text_format(cx->arena, message_in(cx->language, "complete %s after %s"),
                                 item->node, doer.node),
            .actor = {doer.user, doer.login,
                      text_format(cx->arena, message_in(cx->language, "whoever did %s"),
                                  doer.node)},
            .item = item->id,
            .fields = value_context(cx->arena)};
        TRY(attempt(cx, standing, &move));
    }
    return NULL;
}

static FALLIBLE item_try(Ctx *cx, Standing *standing, const WorkItem *item)
{
    Proof *proof = standing->proof;
    ProveMove move = {.actor = administrator(cx, proof),
                      .item = item->id,
                      .instance = item->instance,
                      .wait = item->wait,
                      .fields = value_context(cx->arena)};
    // What nobody in particular does, anybody may do.
    if (item->position || item->department) {
        move.kind = MOVE_COMPLETE;
        move.about = text_format(cx->arena, message_in(cx->language, "complete %s"), item->node);
        TRY(attempt(cx, standing, &move));
        move.kind = MOVE_CLAIM;
        move.about = text_format(cx->arena, message_in(cx->language, "claim %s"), item->node);
        TRY(attempt(cx, standing, &move));
        move.kind = MOVE_SKIP;
        move.about = text_format(cx->arena, message_in(cx->language, "skip %s"), item->node);
        TRY(attempt(cx, standing, &move));
    }
    move.kind = MOVE_GRANT;
    move.about =
        text_format(cx->arena, message_in(cx->language, "grant oneself to skip %s"), item->node);
    TRY(attempt(cx, standing, &move));
    TRY(smuggle_try(cx, standing, item));
    return separate_try(cx, standing, item);
}

static FALLIBLE twice_try(Ctx *cx, Standing *standing)
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
    TRY(attempt(cx, standing, &twice));
    twice.actor = administrator(cx, proof);
    return attempt(cx, standing, &twice);
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
        .actor = administrator(cx, proof),
        .name = trigger->name,
        .key = wait.key.kind == VALUE_TEXT ? wait.key.text.bytes : ""};
    return attempt(cx, standing, &move);
}

static FALLIBLE messages_try(Ctx *cx, Standing *standing)
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

// ---- all of them ----------------------------------------------------------------------------

FALLIBLE proof_doors(Ctx *cx, Proof *proof, const char *where, WorkItem **items, size_t count,
                     bool *spoiled)
{
    Standing standing = {proof, where, items, count, false};
    TRY(proof_content_take(cx, proof));
    if (proof->subject) {
        TRY(fields_try(cx, &standing));
        TRY(create_try(cx, &standing));
        TRY(proof_content_take(cx, proof));
        TRY(record_try(cx, &standing));
    }
    for (size_t i = 0; i < count && !standing.spoiled; i++)
        TRY(item_try(cx, &standing, items[i]));
    if (!standing.spoiled)
        TRY(twice_try(cx, &standing));
    if (!standing.spoiled)
        TRY(messages_try(cx, &standing));
    *spoiled = standing.spoiled;
    return NULL;
}
