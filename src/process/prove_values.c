// SPDX-License-Identifier: Apache-2.0
// Made-up values, records and forms.
#include "base/ids.h"
#include "base/messages.h"
#include "process/prove_room.h"
#include "record/list.h"

#include <string.h>

#define MADE_DEEP 3
#define VALID_TRIES 8

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

static Value some_number(Proof *proof)
{
    static const int numbers[] = {1, 20, 5000, 90000};
    const Words *words = &proof->words;
    if (words->numbers.count && proof_pick(proof, 2))
        return words->numbers.items[proof_pick(proof, (int)words->numbers.count)];
    return value_integer(numbers[proof_pick(proof, 4)]);
}

static const char *some_text(Ctx *cx, Proof *proof, const Field *field)
{
    const Names *texts = &proof->words.texts;
    const char *text = !field->unique && texts->count && proof_pick(proof, 2)
                           ? texts->items[proof_pick(proof, (int)texts->count)]
                           : text_format(cx->arena, "%c%d-proof", 'A' + proof_pick(proof, 26),
                                         proof_pick(proof, 1000000));
    bool longer = field->length > 0 && strlen(text) > (size_t)field->length;
    return longer ? text_slice(cx->arena, text, (size_t)field->length) : text;
}

static FALLIBLE typed_value(Ctx *cx, Proof *proof, const Field *field, int depth, Value *out)
{
    switch (field->type) {
    case FIELD_INTEGER:
    case FIELD_DECIMAL:
    case FIELD_MONEY:
        *out = some_number(proof);
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
    case FIELD_MULTI_CHOICE: // one of them, as a text that the gate reads
        *out = field->choice_count
                   ? value_text(field->choices[proof_pick(proof, (int)field->choice_count)].value)
                   : value_null();
        return NULL;
    case FIELD_DURATION:
        *out = value_text(text_format(cx->arena, "PT%dM", 1 + proof_pick(proof, 600)));
        return NULL;
    case FIELD_REFERENCE:
    case FIELD_MULTI_REFERENCE: // one of them, as a text that the gate reads
        return reference_value(cx, proof, field->target, depth, out);
    case FIELD_ADDRESS:
        *out = value_text("Dam 1 | 28195 | Bremen | | DE");
        return NULL;
    case FIELD_EMAIL:
        *out = value_text("proof@example.org");
        return NULL;
    case FIELD_PHONE:
        *out = value_text("+49 30 1234567");
        return NULL;
    case FIELD_URL:
        *out = value_text("https://example.org");
        return NULL;
    case FIELD_JSON:
        *out = value_null();
        return NULL;
    default: // texts, which may have to be unique
        *out = value_text(some_text(cx, proof, field));
        return NULL;
    }
}

FALLIBLE proof_value(Ctx *cx, Proof *proof, const Field *field, Value *out)
{
    return typed_value(cx, proof, field, 0, out);
}

// One that its own rule takes, as far as that can be told before the others are there.
static FALLIBLE valid_value(Ctx *cx, Proof *proof, const Field *field, int depth, Value fields,
                            Value *out)
{
    for (int i = 0; i < VALID_TRIES; i++) {
        Value holds, scope;
        TRY(typed_value(cx, proof, field, depth, out));
        if (!field->validate || out->kind == VALUE_NULL)
            return NULL;
        scope = value_copy(cx->arena, fields);
        value_set(cx->arena, scope, field->name, *out);
        Error *error = feel_evaluate(cx, field->validate, scope, NULL, &holds);
        if (error || holds.kind != VALUE_BOOLEAN || holds.boolean)
            return error && error->code != ERR_INVALID ? error : NULL;
    }
    return NULL;
}

FALLIBLE proof_fields(Ctx *cx, Proof *proof, const Entity *entity, int depth, Value *out)
{
    Value fields = value_context(cx->arena);
    for (size_t i = 0; i < entity->field_count; i++) {
        const Field *field = &entity->fields[i];
        Value value;
        bool given = !field->system && !field->number && !field_is_computed(field) &&
                     !deployments_owner(cx, entity->name, field->name) &&
                     (field->required || proof_pick(proof, 2));
        if (!given || (field->default_value && proof_pick(proof, 2)))
            continue;
        TRY(valid_value(cx, proof, field, depth, fields, &value));
        if (value.kind != VALUE_NULL)
            value_set(cx->arena, fields, field->name, value);
    }
    *out = fields;
    return NULL;
}

FALLIBLE proof_record(Ctx *cx, Proof *proof, const Entity *entity, int depth, Id *out)
{
    Value fields;
    Record *record;
    TRY(proof_fields(cx, proof, entity, depth, &fields));
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
        return some_number(proof);
    if (text_equal(type, "date"))
        return value_text(text_slice(cx->arena, instant_text(cx->arena, cx->now), 10));
    const Names *texts = &proof->words.texts;
    if (texts->count && proof_pick(proof, 2))
        return value_text(texts->items[proof_pick(proof, (int)texts->count)]);
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

Value proof_any(Ctx *cx, Proof *proof, const char *name)
{
    const Names *texts = &proof->words.texts;
    if (proof_word_list(proof, name)) {
        Value *items = NEW_ARRAY(cx->arena, Value, 2);
        for (int i = 0; i < 2; i++)
            items[i] = value_integer(i + 1);
        return value_list(items, 2);
    }
    int kind = proof_pick(proof, 4);
    if (kind == 0 && texts->count)
        return value_text(texts->items[proof_pick(proof, (int)texts->count)]);
    return kind == 1 ? value_boolean(proof_pick(proof, 2)) : some_number(proof);
}

Value proof_context(Ctx *cx, Proof *proof, const Names *names)
{
    Value context = value_context(cx->arena);
    for (size_t i = 0; i < names->count; i++)
        value_set(cx->arena, context, names->items[i], proof_any(cx, proof, names->items[i]));
    return context;
}

// ---- values that are wished for -------------------------------------------------------------

#define WISH_PICKS 60

// The scope as it is when the form is filled in so: fields of the record, variables beside it.
static Value scope_with(Ctx *cx, const Wish *wish, Value made)
{
    Value scope = value_copy(cx->arena, wish->scope);
    const Value *record = wish->graph->variable ? value_get(scope, wish->graph->variable) : NULL;
    const Entity *entity = NULL;
    if (wish->entity && schema_find(cx, wish->entity, &entity))
        entity = NULL;
    for (size_t i = 0; i < made.context->count; i++) {
        const char *name = made.context->entries[i].key;
        bool field =
            record && record->kind == VALUE_CONTEXT && entity && entity_field(entity, name);
        value_set(cx->arena, field ? *record : scope, name, made.context->entries[i].value);
    }
    return scope;
}

// Those of the next act count before those further on.
static FALLIBLE wishes_true(Ctx *cx, const Wish *wish, Value made, size_t *out)
{
    Value scope = scope_with(cx, wish, made), value;
    *out = 0;
    for (size_t i = 0; i < wish->count; i++) {
        Error *error = feel_evaluate(cx, wish->choices[i].condition, scope, NULL, &value);
        if (error && error->code != ERR_INVALID)
            return error;
        bool holds = !error && value.kind == VALUE_BOOLEAN && value.boolean;
        if (holds == wish->choices[i].holds)
            *out += i < wish->near ? wish->count : 1;
    }
    return NULL;
}

static size_t wishes_all(const Wish *wish)
{
    return wish->near * wish->count + wish->count - wish->near;
}

static FALLIBLE some_others(Ctx *cx, Proof *proof, const Wish *wish, Value form, Value *made)
{
    Value other;
    TRY(proof_form(cx, proof, wish->entity, form, &other));
    for (size_t i = 0; i < other.context->count; i++)
        if (other.context->count == 1 || proof_pick(proof, 2))
            value_set(cx->arena, *made, other.context->entries[i].key,
                      other.context->entries[i].value);
    return NULL;
}

// Only what is on the form is given; what is further on was imagined.
static Value form_part(Ctx *cx, Value form, Value made)
{
    const Value *fields = value_get(form, "fields");
    Value out = value_context(cx->arena);
    for (size_t i = 0; fields && i < fields->list.count; i++) {
        const char *name = value_get_text(fields->list.items[i], "name");
        const Value *value = value_get(made, name);
        if (value)
            value_set(cx->arena, out, name, *value);
    }
    return out;
}

FALLIBLE proof_wish(Ctx *cx, Proof *proof, const Wish *wish, Value form, Value *made)
{
    size_t best, now;
    Value kept = value_copy(cx->arena, *made);
    TRY(some_others(cx, proof, wish, wish->ahead, &kept));
    TRY(wishes_true(cx, wish, kept, &best));
    for (int i = 0; i < WISH_PICKS && best < wishes_all(wish); i++) {
        Value tried = value_copy(cx->arena, kept);
        TRY(some_others(cx, proof, wish, form, &tried));
        TRY(some_others(cx, proof, wish, wish->ahead, &tried));
        TRY(wishes_true(cx, wish, tried, &now));
        if (now >= best)
            kept = tried;
        best = now > best ? now : best;
    }
    *made = form_part(cx, form, kept);
    return NULL;
}
