// SPDX-License-Identifier: Apache-2.0
// JSON has no dates, times and durations: text becomes one where a declared type asks for it.
#include "dmn/model.h"

#include "feel/conversion.h"

static Value typed_value(Arena *arena, Value value, const FeelType *type, int depth);

static Value typed_list(Arena *arena, Value list, const FeelType *type, int depth)
{
    Value *items = NEW_ARRAY(arena, Value, list.list.count);
    for (size_t i = 0; i < list.list.count; i++)
        items[i] = typed_value(arena, list.list.items[i], type, depth + 1);
    return value_list(items, list.list.count);
}

static Value typed_context(Arena *arena, Value context, const FeelType *type, int depth)
{
    Value typed = value_context(arena);
    for (size_t i = 0; i < context.context->count; i++) {
        const ValueEntry *entry = &context.context->entries[i];
        const FeelType *field = NULL;
        for (size_t k = 0; k < type->field_count && !field; k++)
            if (text_equal(type->fields[k].name, entry->key))
                field = type->fields[k].type;
        value_set(arena, typed, entry->key,
                  field ? typed_value(arena, entry->value, field, depth + 1) : entry->value);
    }
    return typed;
}

// Text that is no such value stays text: that it is of a wrong type is told when it is coerced. A
// date is left a date where a date and time is asked for, which coercion makes of it.
static Value typed_text(Arena *arena, Value text, FeelTypeKind kind)
{
    static const struct {
        FeelTypeKind type;
        ValueKind value;
    } kinds[] = {
        {TYPE_DATE, VALUE_DATE},
        {TYPE_TIME, VALUE_TIME},
        {TYPE_DATE_TIME, VALUE_DATE_TIME},
        {TYPE_DATE_TIME, VALUE_DATE},
        {TYPE_DAYS_DURATION, VALUE_DAYS_DURATION},
        {TYPE_MONTHS_DURATION, VALUE_MONTHS_DURATION},
    };
    Value parsed;
    if (kind < TYPE_DATE || kind > TYPE_MONTHS_DURATION ||
        !feel_temporal_parse(arena, text.text.bytes, text.text.length, &parsed))
        return text;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].type == kind && kinds[i].value == parsed.kind)
            return parsed;
    return text;
}

static Value typed_value(Arena *arena, Value value, const FeelType *type, int depth)
{
    bool list = type->kind == TYPE_LIST;
    if (depth > LIMIT_DMN_DEPTH)
        return value;
    if (value.kind == VALUE_LIST) // a list of one is brought to its item, and an item to a list
        return list && type->element ? typed_list(arena, value, type->element, depth)
               : list                ? value
                                     : typed_list(arena, value, type, depth);
    if (list)
        return type->element ? typed_value(arena, value, type->element, depth + 1) : value;
    if (value.kind == VALUE_TEXT)
        return typed_text(arena, value, type->kind);
    if (value.kind == VALUE_CONTEXT && type->kind == TYPE_CONTEXT)
        return typed_context(arena, value, type, depth);
    return value;
}

Value dmn_inputs(Ctx *cx, const Dmn *model, Value json)
{
    if (json.kind != VALUE_CONTEXT)
        return json;
    Value inputs = value_context(cx->arena);
    for (size_t i = 0; i < json.context->count; i++)
        value_set(cx->arena, inputs, json.context->entries[i].key, json.context->entries[i].value);
    for (size_t i = 0; i < model->universe->models.count; i++) {
        const Dmn *one = model->universe->models.items[i];
        for (size_t k = 0; k < one->elements.count; k++) {
            const Element *element = one->elements.items[k];
            const Value *given = value_get(json, element->name);
            if (given && element->type && element->kind <= ELEMENT_DECISION)
                value_set(cx->arena, inputs, element->name,
                          typed_value(cx->arena, *given, element->type, 0));
        }
    }
    return inputs;
}
