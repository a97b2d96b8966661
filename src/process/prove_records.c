// SPDX-License-Identifier: Apache-2.0
// Moves past the steps: what only a step may set in the record and its parts, records that begin in
// the middle, and the end of a record.
#include "base/ids.h"
#include "base/messages.h"
#include "process/process.h"
#include "process/prove_try.h"
#include "record/list.h"

// ---- fields and records ---------------------------------------------------------------------

typedef struct Fields {
    const Proof *proof;
    Value locked;
    Record *record;
    Record *child; // of a list of parts; NULL: it has none
    const ChildList *list;
} Fields;

static FALLIBLE read_fields(Ctx *cx, void *state)
{
    Fields *fields = state;
    const char *entity = fields->proof->model->graph->entity;
    TRY(process_locked_fields(cx, entity, fields->proof->subject, &fields->locked));
    return record_get(cx, entity, fields->proof->subject, &fields->record);
}

FALLIBLE proof_make_value(Ctx *cx, void *state)
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
        if (proof_unit(cx, proof->prober, DOOR_API, proof_make_value, &made))
            return false;
        *out = made.value;
        if (made.value.kind != VALUE_NULL && !(now && value_equal(*now, made.value)))
            return true;
    }
    *out = value_null();
    return now && now->kind != VALUE_NULL && !field->required;
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
                      .actor = proof_administrator(cx, proof),
                      .entity = proof->model->graph->entity,
                      .record = proof->subject,
                      .version = fields->record->version,
                      .fields = value_context(cx->arena)};
    value_set(cx->arena, move.fields, field->name, value);
    TRY(proof_attempt(cx, standing, &move));
    if (proof_candidate(cx, proof, standing->count ? standing->items[0] : NULL, &move.actor))
        TRY(proof_attempt(cx, standing, &move));
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
    TRY(proof_prepared(cx, proof,
                       text_format(cx->arena, message_in(cx->language, "add to %s"), list->name),
                       make_part, &made, &ready));
    if (!ready)
        return NULL;
    TRY(proof_content_take(cx, proof)); // what the part refers to was made
    ProveMove move = {.kind = MOVE_CREATE,
                      .about =
                          text_format(cx->arena, message_in(cx->language, "add to %s"), list->name),
                      .actor = proof_administrator(cx, proof),
                      .entity = list->entity->name,
                      .fields = made.fields};
    TRY(proof_attempt(cx, standing, &move));
    if (!fields.child)
        return NULL;
    move.kind = MOVE_CHANGE;
    move.about = text_format(cx->arena, message_in(cx->language, "change one of %s"), list->name);
    move.record = fields.child->id;
    move.version = fields.child->version;
    TRY(proof_attempt(cx, standing, &move));
    move.kind = MOVE_DELETE;
    move.about =
        text_format(cx->arena, message_in(cx->language, "take one of %s away"), list->name);
    return proof_attempt(cx, standing, &move);
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
        TRY(proof_prepared(cx, proof, about, make_whole, &made, &ready));
        TRY(proof_content_take(cx, proof));
        if (!ready)
            continue;
        ProveMove move = {.kind = MOVE_CREATE,
                          .about = about,
                          .actor = proof_administrator(cx, proof),
                          .entity = entity->name,
                          .fields = made.fields};
        if (made.value.kind != VALUE_NULL)
            TRY(proof_attempt(cx, standing, &move));
    }
    return NULL;
}

static FALLIBLE whole_try(Ctx *cx, Standing *standing)
{
    Proof *proof = standing->proof;
    const ProcessModel *model = proof->model;
    ProveMove move = {.kind = MOVE_START,
                      .about = message_in(cx->language, "start the process again"),
                      .actor = proof_administrator(cx, proof),
                      .entity = model->graph->entity,
                      .record = proof->subject,
                      .name = model->key};
    if (!model->graph->again)
        TRY(proof_attempt(cx, standing, &move));
    move.kind = MOVE_DELETE;
    move.about = message_in(cx->language, "delete the record");
    return proof_attempt(cx, standing, &move);
}

FALLIBLE proof_try_records(Ctx *cx, Standing *standing)
{
    TRY(fields_try(cx, standing));
    TRY(create_try(cx, standing));
    TRY(proof_content_take(cx, standing->proof));
    return whole_try(cx, standing);
}

FALLIBLE proof_locked_change(Ctx *cx, Proof *proof, Value *out, int64_t *version)
{
    Fields fields = {.proof = proof};
    const Entity *entity;
    *out = value_null();
    if (!proof->subject)
        return NULL;
    TRY(schema_find(cx, proof->model->graph->entity, &entity));
    TRY(proof_unit(cx, proof->prober, DOOR_API, read_fields, &fields));
    for (size_t i = 0; i < fields.locked.list.count && out->kind == VALUE_NULL; i++) {
        const Field *field = entity_field(entity, fields.locked.list.items[i].text.bytes);
        Value value;
        if (!field || !other_value(cx, proof, fields.record, field, &value))
            continue;
        *out = value_context(cx->arena);
        value_set(cx->arena, *out, field->name, value);
    }
    *version = fields.record->version;
    return proof_content_take(cx, proof); // a record that it refers to may have been made
}
