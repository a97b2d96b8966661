// SPDX-License-Identifier: Apache-2.0
// Made-up values, records and forms.
#include "base/ids.h"
#include "base/messages.h"
#include "process/prove_room.h"
#include "record/list.h"

#include <string.h>

#define MADE_DEEP 3

int proof_pick(Proof *proof, int count)
{
    uint64_t z = (proof->seed += 0x9e3779b97f4a7c15ULL); // SplitMix64
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return (int)((z ^ (z >> 31)) % (uint64_t)count);
}

static FALLIBLE reference_value(Ctx *cx, Proof *proof, const Entity *entity, int depth, Value *out)
{
    ListRequest request = {.entity = entity->name, .limit = 5};
    ListPage page;
    Id id = 0;
    TRY(list_read(cx, &request, &page));
    if (page.count && (depth >= MADE_DEEP || proof_pick(proof, 3)))
        id = page.records[proof_pick(proof, (int)page.count)]->id;
    else if (depth < MADE_DEEP)
        TRY(proof_record(cx, proof, entity, depth + 1, &id));
    *out = id ? value_text(id_text(cx->arena, id)) : value_null();
    return NULL;
}

static Instant some_day(const Ctx *cx, Proof *proof)
{
    return cx->now + (1 + proof_pick(proof, 900)) * 24LL * 3600 * 1000000;
}

static const char *some_text(Ctx *cx, Proof *proof, int most)
{
    const char *text = text_format(cx->arena, "%c%d-proof", 'A' + proof_pick(proof, 26),
                                   proof_pick(proof, 1000000));
    return most > 0 && strlen(text) > (size_t)most ? text_slice(cx->arena, text, (size_t)most)
                                                   : text;
}

static FALLIBLE typed_value(Ctx *cx, Proof *proof, const Field *field, int depth, Value *out)
{
    static const int numbers[] = {1, 20, 5000, 90000};
    int number = numbers[proof_pick(proof, 4)];
    switch (field->type) {
    case FIELD_INTEGER:
    case FIELD_DECIMAL:
    case FIELD_MONEY:
        *out = value_integer(number);
        return NULL;
    case FIELD_PERCENT:
        *out = value_integer(1 + proof_pick(proof, 50));
        return NULL;
    case FIELD_BOOLEAN:
        *out = value_boolean(proof_pick(proof, 2));
        return NULL;
    case FIELD_DATE:
        *out = value_text(text_slice(cx->arena, instant_text(cx->arena, some_day(cx, proof)), 10));
        return NULL;
    case FIELD_INSTANT:
        *out = value_text(instant_text(cx->arena, some_day(cx, proof)));
        return NULL;
    case FIELD_CHOICE:
        *out = field->choice_count
                   ? value_text(field->choices[proof_pick(proof, (int)field->choice_count)].value)
                   : value_null();
        return NULL;
    case FIELD_REFERENCE:
        return reference_value(cx, proof, field->target, depth, out);
    case FIELD_EMAIL:
        *out = value_text("proof@example.org");
        return NULL;
    case FIELD_URL:
        *out = value_text("https://example.org");
        return NULL;
    case FIELD_JSON:
        *out = value_null();
        return NULL;
    default: // texts, which may have to be unique
        *out = value_text(some_text(cx, proof, field->length));
        return NULL;
    }
}

FALLIBLE proof_value(Ctx *cx, Proof *proof, const Field *field, Value *out)
{
    return typed_value(cx, proof, field, 0, out);
}

FALLIBLE proof_record(Ctx *cx, Proof *proof, const Entity *entity, int depth, Id *out)
{
    Value fields = value_context(cx->arena);
    for (size_t i = 0; i < entity->field_count; i++) {
        const Field *field = &entity->fields[i];
        Value value;
        bool given = !field->system && !field->number && !field->computed &&
                     !deployments_owner(cx, entity->name, field->name) &&
                     (field->required || proof_pick(proof, 2));
        if (!given || (field->default_value && proof_pick(proof, 2)))
            continue;
        TRY(typed_value(cx, proof, field, depth, &value));
        if (value.kind != VALUE_NULL)
            value_set(cx->arena, fields, field->name, value);
    }
    Record *record;
    TRY(record_create(cx, entity->name, fields, &record));
    *out = record->id;
    return NULL;
}

// A variable of the process, by the word of its type.
static Value variable_value(Ctx *cx, Proof *proof, Value shown)
{
    const char *type = value_get_text(shown, "type");
    const Value *choices = value_get(shown, "choices");
    if (choices && choices->kind == VALUE_LIST && choices->list.count) {
        Value chosen = choices->list.items[proof_pick(proof, (int)choices->list.count)];
        return value_text(value_get_text(chosen, "value"));
    }
    if (text_equal(type, "boolean"))
        return value_boolean(proof_pick(proof, 2));
    if (text_equal(type, "integer") || text_equal(type, "decimal"))
        return value_integer(1 + proof_pick(proof, 100));
    if (text_equal(type, "date"))
        return value_text(text_slice(cx->arena, instant_text(cx->arena, cx->now), 10));
    return value_text("proof");
}

FALLIBLE proof_form(Ctx *cx, Proof *proof, const char *entity_name, Value form, Value *out)
{
    const Value *fields = value_get(form, "fields");
    const Entity *entity = NULL;
    if (entity_name)
        TRY(schema_find(cx, entity_name, &entity));
    *out = value_context(cx->arena);
    for (size_t i = 0; fields && i < fields->list.count; i++) {
        Value shown = fields->list.items[i], value;
        const char *name = value_get_text(shown, "name");
        const char *access = value_get_text(shown, "access");
        const Field *field = entity ? entity_field(entity, name) : NULL;
        if (text_equal(access, "read") || (text_equal(access, "optional") && proof_pick(proof, 2)))
            continue;
        if (field)
            TRY(typed_value(cx, proof, field, 1, &value));
        else
            value = variable_value(cx, proof, shown);
        if (value.kind != VALUE_NULL)
            value_set(cx->arena, *out, name, value);
    }
    return NULL;
}
