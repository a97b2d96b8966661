// SPDX-License-Identifier: Apache-2.0
#include "base/json.h"

#include <string.h>

// The bytes at the beginning that stand for themselves.
static size_t plain_length(const char *text)
{
    size_t length = 0;
    for (unsigned char byte; (byte = (unsigned char)text[length]) >= 0x20; length++)
        if (byte == '"' || byte == '\\')
            break;
    return length;
}

static void write_escaped(Buffer *out, unsigned char byte)
{
    static const char hexadecimal[] = "0123456789abcdef";
    static const char short_form[] = "........btn.fr..";
    if (byte == '"' || byte == '\\')
        buffer_add(out, (char[]){'\\', (char)byte}, 2);
    else if (byte < 16 && short_form[byte] != '.')
        buffer_add(out, (char[]){'\\', short_form[byte]}, 2);
    else
        buffer_add(out,
                   (char[]){'\\', 'u', '0', '0', (char)('0' + (byte >> 4)), hexadecimal[byte & 15]},
                   6);
}

void json_write_text(Buffer *out, const char *text)
{
    size_t plain = plain_length(text);
    char *at = buffer_room(out, plain + 2);
    *at = '"';
    memcpy(at + 1, text, plain);
    out->length += plain + 1;
    while (text[plain]) {
        write_escaped(out, (unsigned char)text[plain]);
        text += plain + 1;
        plain = plain_length(text);
        buffer_add(out, text, plain);
    }
    buffer_byte(out, '"');
}

// The ISO text of a date, time or duration; 0 for other values.
static size_t calendar_print(Value value, char out[static CALENDAR_TEXT_SIZE])
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
    case VALUE_MONTHS_DURATION:
        return months_duration_print(value.months, out);
    default:
        return 0;
    }
}

// Apart from json_write, whose every call would lay out the text's place.
static void write_calendar(Buffer *out, Value value)
{
    char text[CALENDAR_TEXT_SIZE];
    calendar_print(value, text);
    json_write_text(out, text);
}

static void write_number(Buffer *out, Decimal number)
{
    char text[DECIMAL_TEXT_SIZE];
    buffer_add(out, text, decimal_print(number, text));
}

// An end of a range as FEEL writes it: 5, "a", @"2026-11-22".
static void write_range_end(Buffer *out, Value end)
{
    char text[CALENDAR_TEXT_SIZE];
    if (calendar_print(end, text)) {
        buffer_byte(out, '@');
        json_write_text(out, text);
    } else {
        json_write(out, end);
    }
}

static void write_range(Buffer *out, const ValueRange *range)
{
    Buffer *text = buffer_new(out->arena);
    buffer_byte(text, range->low_closed ? '[' : '(');
    write_range_end(text, range->low);
    buffer_text(text, "..");
    write_range_end(text, range->high);
    buffer_byte(text, range->high_closed ? ']' : ')');
    json_write_text(out, text->bytes);
}

static void write_list(Buffer *out, ValueList list)
{
    buffer_byte(out, '[');
    for (size_t i = 0; i < list.count; i++) {
        if (i)
            buffer_byte(out, ',');
        json_write(out, list.items[i]);
    }
    buffer_byte(out, ']');
}

static void write_context(Buffer *out, const ValueContext *context)
{
    buffer_byte(out, '{');
    for (size_t i = 0; i < context->count; i++) {
        if (i)
            buffer_byte(out, ',');
        json_write_text(out, context->entries[i].key);
        buffer_byte(out, ':');
        json_write(out, context->entries[i].value);
    }
    buffer_byte(out, '}');
}

void json_write(Buffer *out, Value value)
{
    switch (value.kind) {
    case VALUE_BOOLEAN:
        buffer_text(out, value.boolean ? "true" : "false");
        break;
    case VALUE_NUMBER:
        write_number(out, value.number);
        break;
    case VALUE_TEXT:
        json_write_text(out, value.text.bytes);
        break;
    case VALUE_DATE:
    case VALUE_TIME:
    case VALUE_DATE_TIME:
    case VALUE_DAYS_DURATION:
    case VALUE_MONTHS_DURATION:
        write_calendar(out, value);
        break;
    case VALUE_LIST:
        write_list(out, value.list);
        break;
    case VALUE_CONTEXT:
        write_context(out, value.context);
        break;
    case VALUE_RANGE:
        write_range(out, value.range);
        break;
    case VALUE_NULL:
    case VALUE_FUNCTION:
        buffer_text(out, "null");
        break;
    }
}

char *json_text(Arena *arena, Value value)
{
    Buffer *out = buffer_new(arena);
    json_write(out, value);
    return out->bytes;
}
