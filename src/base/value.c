// SPDX-License-Identifier: Apache-2.0
#include "base/value.h"

#include <assert.h>
#include <string.h>

Value value_null(void)
{
    return (Value){.kind = VALUE_NULL};
}

Value value_boolean(bool boolean)
{
    return (Value){.kind = VALUE_BOOLEAN, .boolean = boolean};
}

Value value_number(Decimal number)
{
    return (Value){.kind = VALUE_NUMBER, .number = number};
}

Value value_integer(int64_t integer)
{
    return value_number(decimal_from_integer(integer));
}

Value value_text(const char *text)
{
    return text ? value_text_of(text, strlen(text)) : value_null();
}

Value value_text_of(const char *bytes, size_t length)
{
    return (Value){.kind = VALUE_TEXT, .text = {bytes, length}};
}

Value value_date(Date date)
{
    return (Value){.kind = VALUE_DATE, .date = date};
}

Value value_instant(Arena *arena, Instant instant)
{
    DateTime *date_time = NEW(arena, DateTime);
    *date_time = instant_in(instant, zone_utc());
    return (Value){.kind = VALUE_DATE_TIME, .date_time = date_time};
}

Value value_list(Value *items, size_t count)
{
    return (Value){.kind = VALUE_LIST, .list = {items, count}};
}

Value value_context(Arena *arena)
{
    return (Value){.kind = VALUE_CONTEXT, .context = NEW(arena, ValueContext)};
}

static ValueEntry *find_entry(const ValueContext *context, const char *key)
{
    for (size_t i = 0; i < context->count; i++)
        if (strcmp(context->entries[i].key, key) == 0)
            return &context->entries[i];
    return NULL;
}

void value_set(Arena *arena, Value context, const char *key, Value value)
{
    assert(context.kind == VALUE_CONTEXT);
    ValueContext *into = context.context;
    ValueEntry *entry = find_entry(into, key);
    if (entry) {
        entry->value = value;
        return;
    }
    into->entries =
        array_grow(arena, into->entries, &into->capacity, into->count, sizeof *into->entries);
    into->entries[into->count++] = (ValueEntry){key, value};
}

const Value *value_get(Value context, const char *key)
{
    if (context.kind != VALUE_CONTEXT)
        return NULL;
    ValueEntry *entry = find_entry(context.context, key);
    return entry ? &entry->value : NULL;
}

const char *value_get_text(Value context, const char *key)
{
    const Value *value = value_get(context, key);
    return value && value->kind == VALUE_TEXT ? value->text.bytes : NULL;
}

// Whether the step of a pointer (RFC 6901, 4: ~1 is a slash, ~0 a tilde) is this key.
static bool step_is(const char *step, size_t length, const char *key)
{
    const char *end = step + length;
    for (; step < end; step++, key++) {
        char wanted = *step;
        if (wanted == '~' && step + 1 < end && (step[1] == '0' || step[1] == '1'))
            wanted = *++step == '1' ? '/' : '~';
        if (*key != wanted)
            return false;
    }
    return *key == '\0';
}

static const Value *step_into(Value value, const char *step, size_t length)
{
    if (value.kind == VALUE_CONTEXT) {
        for (size_t i = 0; i < value.context->count; i++)
            if (step_is(step, length, value.context->entries[i].key))
                return &value.context->entries[i].value;
        return NULL;
    }
    if (value.kind != VALUE_LIST || !length || length > 9 || (length > 1 && *step == '0') ||
        strspn(step, "0123456789") < length)
        return NULL;
    size_t index = 0;
    for (size_t i = 0; i < length; i++)
        index = index * 10 + (size_t)(step[i] - '0');
    return index < value.list.count ? &value.list.items[index] : NULL;
}

const Value *value_at(Value root, const char *pointer)
{
    const Value *value = NULL;
    for (bool first = true; *pointer == '/'; first = false) {
        size_t length = strcspn(++pointer, "/");
        value = step_into(first ? root : *value, pointer, length);
        if (!value)
            return NULL;
        pointer += length;
    }
    return *pointer ? NULL : value;
}

const char *value_kind_word(ValueKind kind)
{
    static const char *const words[] = {
        [VALUE_NULL] = "null",
        [VALUE_BOOLEAN] = "boolean",
        [VALUE_NUMBER] = "number",
        [VALUE_TEXT] = "string",
        [VALUE_DATE] = "date",
        [VALUE_TIME] = "time",
        [VALUE_DATE_TIME] = "date and time",
        [VALUE_DAYS_DURATION] = "days and time duration",
        [VALUE_MONTHS_DURATION] = "years and months duration",
        [VALUE_LIST] = "list",
        [VALUE_CONTEXT] = "context",
        [VALUE_RANGE] = "range",
        [VALUE_FUNCTION] = "function",
    };
    return words[kind];
}

static Value copy_context(Arena *arena, const ValueContext *from)
{
    Value copy = value_context(arena);
    ValueContext *into = copy.context;
    into->entries = NEW_ARRAY(arena, ValueEntry, from->count);
    into->count = into->capacity = from->count;
    for (size_t i = 0; i < from->count; i++)
        into->entries[i] = (ValueEntry){text_copy(arena, from->entries[i].key),
                                        value_copy(arena, from->entries[i].value)};
    return copy;
}

Value value_copy(Arena *arena, Value value)
{
    switch (value.kind) {
    case VALUE_TEXT:
        value.text.bytes = text_slice(arena, value.text.bytes, value.text.length);
        return value;
    case VALUE_DATE_TIME: {
        DateTime *date_time = NEW(arena, DateTime);
        *date_time = *value.date_time;
        value.date_time = date_time;
        return value;
    }
    case VALUE_LIST: {
        Value *items = NEW_ARRAY(arena, Value, value.list.count);
        for (size_t i = 0; i < value.list.count; i++)
            items[i] = value_copy(arena, value.list.items[i]);
        return value_list(items, value.list.count);
    }
    case VALUE_CONTEXT:
        return copy_context(arena, value.context);
    case VALUE_RANGE: {
        ValueRange *range = NEW(arena, ValueRange);
        *range = *value.range;
        range->low = value_copy(arena, range->low);
        range->high = value_copy(arena, range->high);
        value.range = range;
        return value;
    }
    case VALUE_FUNCTION:
        return value_null();
    default:
        return value;
    }
}
