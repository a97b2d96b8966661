// SPDX-License-Identifier: Apache-2.0
#include "feel/conversion.h"
#include "feel/feel.h"
#include "feel/temporal.h"

#include <string.h>

bool feel_duration_parse(const char *text, size_t length, Value *out)
{
    DaysDuration days;
    int64_t months;
    char plain[CALENDAR_TEXT_SIZE];
    if (length > 2 && length < sizeof plain && memcmp(text + length - 2, ".S", 2) == 0) {
        memcpy(plain, text, length - 2); // the kit takes PT0.S, which ISO 8601 does not know
        plain[length - 2] = 'S';
        text = plain;
        length--;
    }
    if (days_duration_parse(text, length, &days)) {
        *out = value_days(days.seconds, days.nanoseconds);
        return true;
    }
    if (!months_duration_parse(text, length, &months))
        return false;
    *out = (Value){.kind = VALUE_MONTHS_DURATION, .months = months};
    return true;
}

bool feel_date_time_parse(Arena *arena, const char *text, size_t length, Value *out)
{
    DateTime value;
    const char *midnight = memmem(text, length, "T24:00:00", 9);
    if (midnight) { // the end of a day is the beginning of the next (ISO 8601)
        char *next = text_slice(arena, text, length);
        next[midnight - text + 1] = '0';
        next[midnight - text + 2] = '0';
        if (!date_time_parse(next, length, &value) || value.time.nanosecond != 0)
            return false;
        value.date = date_from_days(date_to_days(value.date) + 1);
    } else if (!date_time_parse(text, length, &value)) {
        return false;
    }
    *out = value_date_time(arena, value);
    return true;
}

bool feel_temporal_parse(Arena *arena, const char *text, size_t length, Value *out)
{
    Date date;
    TimeOfDay time;
    if (date_parse(text, length, &date)) {
        *out = value_date(date);
        return true;
    }
    if (memchr(text, 'T', length) && feel_date_time_parse(arena, text, length, out))
        return true;
    if (time_parse(text, length, &time)) {
        *out = (Value){.kind = VALUE_TIME, .time = time};
        return true;
    }
    return feel_duration_parse(text, length, out);
}

// Texts.

typedef enum Form { FORM_STRING, FORM_NESTED, FORM_SOURCE } Form;

static void write_value(Buffer *out, Value value, Form form, int depth);

static void write_quoted(Buffer *out, Text text)
{
    buffer_byte(out, '"');
    for (size_t i = 0; i < text.length; i++) {
        char c = text.bytes[i];
        if (c == '"' || c == '\\')
            buffer_byte(out, '\\');
        if (c == '\n')
            buffer_text(out, "\\n");
        else if (c == '\r')
            buffer_text(out, "\\r");
        else if (c == '\t')
            buffer_text(out, "\\t");
        else
            buffer_byte(out, c);
    }
    buffer_byte(out, '"');
}

static size_t print_temporal(Value value, char out[static CALENDAR_TEXT_SIZE])
{
    switch (value.kind) {
    case VALUE_DATE:
        return date_print(value.date, out);
    case VALUE_TIME:
        return time_print(value.time, out);
    case VALUE_DATE_TIME:
        return date_time_print(*value.date_time, out);
    case VALUE_DAYS_DURATION:
        return days_duration_print(value.days_duration, out);
    default:
        return months_duration_print(value.months, out);
    }
}

static void write_temporal(Buffer *out, Value value, Form form)
{
    static const char *const functions[] = {
        [VALUE_DATE] = "date",
        [VALUE_TIME] = "time",
        [VALUE_DATE_TIME] = "date and time",
        [VALUE_DAYS_DURATION] = "duration",
        [VALUE_MONTHS_DURATION] = "duration",
    };
    char text[CALENDAR_TEXT_SIZE];
    print_temporal(value, text);
    if (form == FORM_SOURCE)
        buffer_format(out, "%s(\"%s\")", functions[value.kind], text);
    else
        buffer_text(out, text);
}

static void write_list(Buffer *out, ValueList list, Form form, int depth)
{
    buffer_byte(out, '[');
    for (size_t i = 0; i < list.count; i++) {
        if (i > 0)
            buffer_text(out, ", ");
        write_value(out, list.items[i], form == FORM_STRING ? FORM_NESTED : form, depth + 1);
    }
    buffer_byte(out, ']');
}

static bool plain_key(const char *key)
{
    const char *at = key;
    for (; *at; at++)
        if (!((*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || *at == '_' ||
              (at > key && ((*at >= '0' && *at <= '9') || *at == ' ')) || (unsigned char)*at > 127))
            return false;
    return at > key && at[-1] != ' ';
}

static void write_context(Buffer *out, const ValueContext *context, Form form, int depth)
{
    buffer_byte(out, '{');
    for (size_t i = 0; i < context->count; i++) {
        const char *key = context->entries[i].key;
        if (i > 0)
            buffer_text(out, ", ");
        if (plain_key(key))
            buffer_text(out, key);
        else
            write_quoted(out, (Text){key, strlen(key)});
        buffer_text(out, ": ");
        write_value(out, context->entries[i].value, form == FORM_STRING ? FORM_NESTED : form,
                    depth + 1);
    }
    buffer_byte(out, '}');
}

static void write_operator_range(Buffer *out, const ValueRange *range, Form form, int depth)
{
    const char *symbol = range->excluded                  ? "!="
                         : range->low.kind == VALUE_NULL  ? (range->high_closed ? "<=" : "<")
                         : range->high.kind == VALUE_NULL ? (range->low_closed ? ">=" : ">")
                                                          : "=";
    buffer_format(out, "(%s", symbol);
    write_value(out, range->low.kind == VALUE_NULL ? range->high : range->low, form, depth + 1);
    buffer_byte(out, ')');
}

static void write_range(Buffer *out, const ValueRange *range, Form form, int depth)
{
    if (form == FORM_STRING)
        form = FORM_NESTED;
    if (range->by_operator) {
        write_operator_range(out, range, form, depth);
        return;
    }
    buffer_byte(out, range->low_closed ? '[' : '(');
    write_value(out, range->low, form, depth + 1);
    buffer_text(out, "..");
    write_value(out, range->high, form, depth + 1);
    buffer_byte(out, range->high_closed ? ']' : ')');
}

static void write_value(Buffer *out, Value value, Form form, int depth)
{
    char number[DECIMAL_TEXT_SIZE];
    if (depth > 200) {
        buffer_text(out, "...");
        return;
    }
    switch (value.kind) {
    case VALUE_NULL:
        buffer_text(out, "null");
        break;
    case VALUE_BOOLEAN:
        buffer_text(out, value.boolean ? "true" : "false");
        break;
    case VALUE_NUMBER:
        decimal_print(value.number, number);
        buffer_text(out, number);
        break;
    case VALUE_TEXT:
        if (form == FORM_STRING)
            buffer_add(out, value.text.bytes, value.text.length);
        else
            write_quoted(out, value.text);
        break;
    case VALUE_LIST:
        write_list(out, value.list, form, depth);
        break;
    case VALUE_CONTEXT:
        write_context(out, value.context, form, depth);
        break;
    case VALUE_RANGE:
        write_range(out, value.range, form, depth);
        break;
    case VALUE_FUNCTION:
        buffer_text(out, "function");
        break;
    default:
        write_temporal(out, value, form);
        break;
    }
}

Text feel_string(Arena *arena, Value value)
{
    Buffer *out = buffer_new(arena);
    write_value(out, value, FORM_STRING, 0);
    return (Text){out->bytes, out->length};
}

char *feel_text(Arena *arena, Value value)
{
    Buffer *out = buffer_new(arena);
    write_value(out, value, FORM_SOURCE, 0);
    return out->bytes;
}
