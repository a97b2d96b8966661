// SPDX-License-Identifier: Apache-2.0
// Every move that is not allowed, at every door. Each try is a unit of work that is undone.
#include "base/ids.h"
#include "process/deviations.h"
#include "process/process.h"
#include "process/prove_room.h"

static const Door doors[] = {DOOR_API, DOOR_BULK, DOOR_IMPORT, DOOR_COMMAND};
#define DOORS (sizeof doors / sizeof *doors)

typedef struct Move {
    Proof *proof;
    const char *where;
    const char *name;  // what is tried, for the table
    const char *field; // of the record
    Id item;
    Value value;
} Move;

static void tried_add(const Move *move, Door door, const Error *error)
{
    Proof *proof = move->proof;
    Arena *kept = proof->kept;
    const char *why = error ? text_format(kept, "%s", error->message) : NULL;
    const char *key =
        text_format(kept, "%s|%s|%s|%s", move->where, door_word(door), move->name, why ? why : "");
    proof->attempts++;
    Tried *known = map_get(proof->tried_by, key);
    if (known) {
        known->count++;
        return;
    }
    Tried *tried = NEW(kept, Tried);
    *tried = (Tried){move->where, door_word(door), text_copy(kept, move->name), why, 1};
    map_put(proof->tried_by, key, tried);
    array_push(kept, proof->tried) = tried;
}

static void attempt(Ctx *cx, Move *move, Id user, Door door, UnitWork work)
{
    tried_add(move, door, proof_unit(cx, user, door, false, work, move));
}

// ---- the moves ------------------------------------------------------------------------------

static FALLIBLE set_field(Ctx *cx, void *state)
{
    const Move *move = state;
    Value changes = value_context(cx->arena);
    const char *entity = move->proof->model->graph->entity;
    Record *before, *after;
    value_set(cx->arena, changes, move->field, move->value);
    TRY(record_get(cx, entity, move->proof->subject, &before));
    TRY(record_change(cx, entity, move->proof->subject, 0, changes, &after));
    return after->version != before->version
               ? NULL
               : FAIL(cx, ERR_INVALID, "%s has this value already", move->field);
}

static FALLIBLE delete_record(Ctx *cx, void *state)
{
    const Move *move = state;
    return record_delete(cx, move->proof->model->graph->entity, move->proof->subject, 0);
}

static FALLIBLE complete_item(Ctx *cx, void *state)
{
    const Move *move = state;
    Value next;
    return work_item_complete(cx, move->item, value_context(cx->arena), &next);
}

static FALLIBLE claim_item(Ctx *cx, void *state)
{
    return work_item_claim(cx, ((Move *)state)->item);
}

static FALLIBLE start_again(Ctx *cx, void *state)
{
    const Move *move = state;
    const ProcessModel *model = move->proof->model;
    Id instance;
    return instance_start(cx, model->key, model->graph->entity, move->proof->subject,
                          value_context(cx->arena), &instance);
}

static FALLIBLE grant_own(Ctx *cx, void *state)
{
    const Move *move = state;
    WorkItem *item;
    Id deviation;
    Value asked = value_context(cx->arena);
    TRY(work_item_load(cx, move->item, &item));
    value_set(cx->arena, asked, "kind", value_text("skip"));
    value_set(cx->arena, asked, "wait",
              value_text(text_format(cx->arena, "%lld", (long long)item->wait)));
    value_set(cx->arena, asked, "reason", value_text("I grant it to myself"));
    TRY(deviation_request(cx, move->proof->instance, asked, &deviation));
    return deviation_grant(cx, deviation, NULL);
}

// ---- all of them ----------------------------------------------------------------------------

typedef struct Fields {
    const Proof *proof;
    Value locked;
    Record *record;
} Fields;

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
        Made made = {proof, field, value_null()};
        if (proof_unit(cx, proof->prober, DOOR_API, true, make_value, &made))
            return false;
        *out = made.value;
        if (made.value.kind != VALUE_NULL && !(now && value_equal(*now, made.value)))
            return true;
    }
    *out = value_null();
    return now && now->kind != VALUE_NULL && !field->required;
}

static FALLIBLE fields_try(Ctx *cx, Proof *proof, const char *where)
{
    Fields fields = {.proof = proof};
    const Entity *entity;
    TRY(schema_find(cx, proof->model->graph->entity, &entity));
    TRY(proof_unit(cx, proof->prober, DOOR_API, true, read_fields, &fields));
    for (size_t i = 0; i < fields.locked.list.count; i++) {
        const char *name = fields.locked.list.items[i].text.bytes;
        const Field *field = entity_field(entity, name);
        Move move = {.proof = proof,
                     .where = where,
                     .name = text_format(cx->arena, "set %s", name),
                     .field = name};
        // A list of parts is owned like a field, and has no value of its own.
        if (!field || !other_value(cx, proof, fields.record, field, &move.value))
            continue;
        for (size_t d = 0; d < DOORS; d++)
            attempt(cx, &move, proof->prober, doors[d], set_field);
    }
    return NULL;
}

static void record_try(Ctx *cx, Proof *proof, const char *where)
{
    Move erase = {.proof = proof, .where = where, .name = "delete the record"};
    Move again = {.proof = proof, .where = where, .name = "start the process again"};
    for (size_t d = 0; d < DOORS; d++)
        attempt(cx, &erase, proof->prober, doors[d], delete_record);
    if (!proof->model->graph->again)
        attempt(cx, &again, proof->prober, DOOR_API, start_again);
}

FALLIBLE proof_doors(Ctx *cx, Proof *proof, const char *where, WorkItem **items, size_t count)
{
    if (proof->subject) {
        TRY(fields_try(cx, proof, where));
        record_try(cx, proof, where);
    }
    for (size_t i = 0; i < count; i++) {
        const char *node = items[i]->node;
        Move wrong = {.proof = proof,
                      .where = where,
                      .name = text_format(cx->arena, "complete %s as somebody else", node),
                      .item = items[i]->id};
        Move claim = wrong, own = wrong;
        claim.name = text_format(cx->arena, "claim %s as somebody else", node);
        own.name = text_format(cx->arena, "grant oneself to skip %s", node);
        // What nobody in particular does, anybody may do.
        if (items[i]->position || items[i]->department) {
            attempt(cx, &wrong, proof->prober, DOOR_API, complete_item);
            attempt(cx, &claim, proof->prober, DOOR_API, claim_item);
        }
        attempt(cx, &own, proof->prober, DOOR_API, grant_own);
    }
    if (proof->last_done) {
        Move twice = {.proof = proof,
                      .where = where,
                      .name = "complete the last step again",
                      .item = proof->last_done};
        attempt(cx, &twice, proof->last_user, DOOR_API, complete_item);
        attempt(cx, &twice, proof->prober, DOOR_API, complete_item);
    }
    return NULL;
}
