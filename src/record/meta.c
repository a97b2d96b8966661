// SPDX-License-Identifier: Apache-2.0
// What a browser must know of the entities, in its language and for its actor.
#include "record/address.h"
#include "record/department.h"
#include "record/field.h"
#include "record/gate_rules.h"
#include "record/pack_version.h"
#include "record/rights.h"

static void put(Ctx *cx, Value object, const char *key, Value value)
{
    value_set(cx->arena, object, key, value);
}

static Value title_value(const Ctx *cx, Title title)
{
    return value_text(title_in(cx, title));
}

static Value choices_value(Ctx *cx, const Field *field)
{
    Value *items = NEW_ARRAY(cx->arena, Value, field->choice_count);
    for (size_t i = 0; i < field->choice_count; i++) {
        items[i] = value_context(cx->arena);
        put(cx, items[i], "value", value_text(field->choices[i].value));
        put(cx, items[i], "title", title_value(cx, field->choices[i].title));
        put(cx, items[i], "colour", value_text(field->choices[i].colour));
        put(cx, items[i], "active", value_boolean(!field->choices[i].inactive));
    }
    return value_list(items, field->choice_count);
}

static bool is_closed(const Ctx *cx, const Field *field)
{
    return !field_is_given(field) || field->number || !field_editable(cx->actor, field);
}

// The value a creation would begin with, for forms to show; its expression reads nothing.
static FALLIBLE default_value(Ctx *cx, const Field *field, Value *out)
{
    Value value;
    *out = value_null();
    if (!field->default_value)
        return NULL;
    TRY(feel_evaluate(cx, field->default_value, value_context(cx->arena), NULL, &value));
    return field_coerce(cx, field, value, out);
}

static FALLIBLE field_meta(Ctx *cx, const Field *field, Value *out)
{
    const Governor *governor = gate_governor();
    bool owned = governor && governor->owns && governor->owns(cx, field->entity, field);
    Value object = value_context(cx->arena), initial;
    TRY(default_value(cx, field, &initial));
    put(cx, object, "name", value_text(field->name));
    put(cx, object, "title", title_value(cx, field->title));
    put(cx, object, "type", value_text(field_type_word(field->type)));
    put(cx, object, "help", title_value(cx, field->help));
    put(cx, object, "required", value_boolean(field->required));
    put(cx, object, "unique", value_boolean(field->unique));
    put(cx, object, "read_only", value_boolean(is_closed(cx, field)));
    put(cx, object, "system", value_boolean(field->system));
    put(cx, object, "process_owned", value_boolean(owned));
    put(cx, object, "personal", value_boolean(field->personal));
    if (field->names_record)
        put(cx, object, "record", value_boolean(true));
    put(cx, object, "live", value_boolean(field->live));
    put(cx, object, "asks_reason", value_boolean(field->asks_reason));
    if (field->to)
        put(cx, object, "to", value_text(field->to));
    if (field->choice_count)
        put(cx, object, "choices", choices_value(cx, field));
    if (field->type == FIELD_DECIMAL || field->type == FIELD_MONEY || field->type == FIELD_PERCENT)
        put(cx, object, "scale", value_integer(field->scale));
    if (field->currency)
        put(cx, object, "currency", value_text(field->currency));
    if (field->country)
        put(cx, object, "country", value_text(field->country));
    if (field_is_text(field))
        put(cx, object, "length", value_integer(field->length));
    if (initial.kind != VALUE_NULL)
        put(cx, object, "default", initial);
    *out = object;
    return NULL;
}

static Value texts_value(Ctx *cx, const char *const *texts, size_t count)
{
    Value *items = NEW_ARRAY(cx->arena, Value, count);
    for (size_t i = 0; i < count; i++)
        items[i] = value_text(texts[i]);
    return value_list(items, count);
}

static Value list_meta(Ctx *cx, const DeclaredList *list)
{
    Value object = value_context(cx->arena);
    Value *filters = NEW_ARRAY(cx->arena, Value, list->filter_count);
    Value *sorts = NEW_ARRAY(cx->arena, Value, list->sort_count);
    for (size_t i = 0; i < list->filter_count; i++) {
        filters[i] = value_context(cx->arena);
        put(cx, filters[i], "field", value_text(list->filters[i].field));
        put(cx, filters[i], "operator", value_text(list->filters[i].operator));
        put(cx, filters[i], "value", list->filters[i].value);
    }
    for (size_t i = 0; i < list->sort_count; i++) {
        sorts[i] = value_context(cx->arena);
        put(cx, sorts[i], "field", value_text(list->sorts[i].field));
        put(cx, sorts[i], "descending", value_boolean(list->sorts[i].descending));
    }
    put(cx, object, "name", value_text(list->name));
    put(cx, object, "title", title_value(cx, list->title));
    put(cx, object, "columns", texts_value(cx, list->columns, list->column_count));
    put(cx, object, "sort", value_list(sorts, list->sort_count));
    put(cx, object, "filter", value_list(filters, list->filter_count));
    return object;
}

static Value children_meta(Ctx *cx, const Entity *entity)
{
    Value *items = NEW_ARRAY(cx->arena, Value, entity->child_count);
    for (size_t i = 0; i < entity->child_count; i++) {
        items[i] = value_context(cx->arena);
        put(cx, items[i], "name", value_text(entity->children[i].name));
        put(cx, items[i], "title", title_value(cx, entity->children[i].title));
        put(cx, items[i], "entity", value_text(entity->children[i].entity->name));
        put(cx, items[i], "by", value_text(entity->children[i].by->name));
    }
    return value_list(items, entity->child_count);
}

// Which fields tell duplicates apart, so that forms know when to ask.
static Value compared_fields(Ctx *cx, const Matching *matching)
{
    Value names = value_context(cx->arena);
    for (size_t r = 0; matching && r < matching->rule_count; r++)
        for (size_t f = 0; f < matching->rules[r].field_count; f++) {
            const Field *field = matching->rules[r].fields[f];
            if (field_readable(cx->actor, field))
                value_set(cx->arena, names, field->name, value_null());
        }
    Value *items = NEW_ARRAY(cx->arena, Value, names.context->count);
    for (size_t i = 0; i < names.context->count; i++)
        items[i] = value_text(names.context->entries[i].key);
    return value_list(items, names.context->count);
}

static FALLIBLE entity_meta(Ctx *cx, const Entity *entity, Value *out)
{
    Value object = value_context(cx->arena), may = value_context(cx->arena);
    Value *fields = NEW_ARRAY(cx->arena, Value, entity->field_count);
    Value *lists = NEW_ARRAY(cx->arena, Value, entity->list_count);
    size_t field_count = 0;
    for (size_t i = 0; i < entity->field_count; i++)
        if (field_readable(cx->actor, &entity->fields[i]))
            TRY(field_meta(cx, &entity->fields[i], &fields[field_count++]));
    for (size_t i = 0; i < entity->list_count; i++)
        lists[i] = list_meta(cx, &entity->lists[i]);
    for (int verb = 0; verb < VERB_COUNT; verb++)
        put(cx, may, verb_word((Verb)verb),
            value_boolean(rights_on_some(cx->actor, entity, (Verb)verb)));
    put(cx, object, "name", value_text(entity->name));
    put(cx, object, "title", title_value(cx, entity->title));
    put(cx, object, "plural", title_value(cx, entity->plural));
    put(cx, object, "own", value_boolean(text_equal(entity->pack, COMPANY_PACK)));
    put(cx, object, "icon", value_text(entity->icon));
    put(cx, object, "label", value_text(entity->label->name));
    put(cx, object, "key", value_text(entity->key ? entity->key->name : NULL));
    put(cx, object, "parent", value_text(entity->parent ? entity->parent->name : NULL));
    put(cx, object, "searchable", value_boolean(entity->search_count > 0));
    put(cx, object, "compared", compared_fields(cx, entity->matching));
    put(cx, object, "fields", value_list(fields, field_count));
    put(cx, object, "lists", value_list(lists, entity->list_count));
    put(cx, object, "children", children_meta(cx, entity));
    put(cx, object, "may", may);
    *out = object;
    return NULL;
}

FALLIBLE schema_closed_fields(Ctx *cx, const char *entity_name, Value *out)
{
    const Entity *entity = NULL;
    TRY(schema_find(cx, entity_name, &entity));
    Value *names = NEW_ARRAY(cx->arena, Value, entity->field_count);
    size_t count = 0;
    for (size_t i = 0; i < entity->field_count; i++) {
        const Field *field = &entity->fields[i];
        if (field_readable(cx->actor, field) && is_closed(cx, field))
            names[count++] = value_text(field->name);
    }
    *out = value_list(names, count);
    return NULL;
}

FALLIBLE schema_meta(Ctx *cx, const char *entity_name, Value *out)
{
    if (entity_name) {
        const Entity *entity = NULL;
        TRY(schema_find(cx, entity_name, &entity));
        if (!rights_on_some(cx->actor, entity, VERB_READ))
            return FAIL(cx, ERR_NOT_FOUND, "there is no entity '%s'", entity_name);
        return entity_meta(cx, entity, out);
    }
    const Schema *schema = cx->schema;
    Value *entities = NEW_ARRAY(cx->arena, Value, schema->entity_count);
    size_t count = 0;
    for (size_t i = 0; i < schema->entity_count; i++)
        if (rights_on_some(cx->actor, schema->entities[i], VERB_READ))
            TRY(entity_meta(cx, schema->entities[i], &entities[count++]));
    Value departments, object = value_context(cx->arena);
    TRY(departments_value(cx, &departments));
    put(cx, object, "entities", value_list(entities, count));
    put(cx, object, "departments", departments);
    put(cx, object, "countries", address_countries(cx));
    *out = object;
    return NULL;
}
