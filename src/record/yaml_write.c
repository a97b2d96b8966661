// SPDX-License-Identifier: Apache-2.0
// A value as YAML that yaml_read gives back as the same value, in the style of our packs: blocks,
// and a short map of plain words in one line.
#include "base/json.h"
#include "record/yaml.h"

#include <string.h>

#define LINE_BYTES 100
#define INDENT 2

// Letters whose plain form nothing in YAML reads otherwise: of Latin words, and of Chinese.
static bool is_letter(int32_t point)
{
    return (point >= 'a' && point <= 'z') || (point >= 'A' && point <= 'Z') || point == '_' ||
           (point >= 0xc0 && point <= 0x24f) || (point >= 0x4e00 && point <= 0x9fff);
}

static bool is_plain(const char *text)
{
    const char *end = text + strlen(text), *at = text;
    bool first = true;
    while (at < end) {
        int32_t point = utf8_next(&at, end);
        bool inside = point == ' ' || point == '-' || point == '.' || point == '/' ||
                      (point >= '0' && point <= '9');
        if (!is_letter(point) && (first || !inside))
            return false;
        first = false;
    }
    return !first && end[-1] != ' ' && !text_equal(text, "true") && !text_equal(text, "false") &&
           !text_equal(text, "null");
}

// What YAML takes raw between double quotes; line breaks of Unicode and marks are escaped too.
static bool is_shown(int32_t point)
{
    return (point >= 0x20 && point < 0x7f && point != '"' && point != '\\') ||
           (point >= 0xa1 && point < 0x2000) || (point >= 0x2030 && point < 0xd800) ||
           (point >= 0xf900 && point < 0xfe00) || (point >= 0xff00 && point < 0xfff0) ||
           point >= 0x10000;
}

static void add_scalar(Buffer *buffer, Value value);

static void add_text(Buffer *buffer, const char *text, size_t length)
{
    const char *at = text, *end = text + length;
    if (strlen(text) == length && is_plain(text)) {
        buffer_add(buffer, text, length);
        return;
    }
    buffer_byte(buffer, '"');
    while (at < end) {
        const char *from = at;
        int32_t point = utf8_next(&at, end);
        if (point == '\n')
            buffer_text(buffer, "\\n");
        else if (point == '"' || point == '\\')
            buffer_format(buffer, "\\%c", (char)point);
        else if (is_shown(point))
            buffer_add(buffer, from, (size_t)(at - from));
        else
            buffer_format(buffer, "\\u%04X", (unsigned)(point < 0 ? 0xfffd : point));
    }
    buffer_byte(buffer, '"');
}

static void add_scalar(Buffer *buffer, Value value)
{
    if (value.kind == VALUE_TEXT)
        add_text(buffer, value.text.bytes, value.text.length);
    else
        buffer_text(buffer, json_text(buffer->arena, value));
}

static bool is_scalar(Value value)
{
    return value.kind != VALUE_LIST && value.kind != VALUE_CONTEXT;
}

// In one line, or false when it is better in several.
static bool add_line(Buffer *buffer, Value value, size_t room, int depth)
{
    size_t start = buffer->length;
    if (is_scalar(value)) {
        add_scalar(buffer, value);
        return depth == 0 || buffer->length - start <= room;
    }
    bool list = value.kind == VALUE_LIST;
    size_t count = list ? value.list.count : value.context->count;
    if (depth > 1 && count)
        return false;
    buffer_byte(buffer, list ? '[' : '{');
    for (size_t i = 0; i < count; i++) {
        buffer_text(buffer, i ? ", " : "");
        if (!list) {
            const char *key = value.context->entries[i].key;
            add_text(buffer, key, strlen(key));
            buffer_text(buffer, ": ");
        }
        Value item = list ? value.list.items[i] : value.context->entries[i].value;
        if (list && !is_scalar(item)) // records read better below each other
            return false;
        if (!add_line(buffer, item, room, depth + 1) || buffer->length - start > room)
            return false;
    }
    buffer_byte(buffer, list ? ']' : '}');
    return true;
}

static void add_block(Buffer *buffer, Value value, int indent);

// Behind "key:" or "-": in the same line, or as a block below.
static void add_item(Buffer *buffer, Value value, int indent, bool of_list)
{
    Buffer *line = buffer_new(buffer->arena);
    size_t used = (size_t)indent + (buffer->length ? INDENT : 0);
    if (add_line(line, value, used < LINE_BYTES ? LINE_BYTES - used : 0, 0)) {
        buffer_format(buffer, "%s%s\n", of_list ? "" : " ", line->bytes);
        return;
    }
    if (!of_list)
        buffer_byte(buffer, '\n');
    add_block(buffer, value, indent);
}

// A list's item begins behind its dash, so its first line has its indent already.
static void add_block(Buffer *buffer, Value value, int indent)
{
    bool list = value.kind == VALUE_LIST;
    size_t count = list ? value.list.count : value.context->count;
    for (size_t i = 0; i < count; i++) {
        bool at_start = !buffer->length || buffer->bytes[buffer->length - 1] == '\n';
        if (at_start)
            buffer_format(buffer, "%*s", indent, "");
        if (list) {
            buffer_text(buffer, "- ");
            add_item(buffer, value.list.items[i], indent + INDENT, true);
            continue;
        }
        const ValueEntry *entry = &value.context->entries[i];
        add_text(buffer, entry->key, strlen(entry->key));
        buffer_byte(buffer, ':');
        add_item(buffer, entry->value, indent + INDENT, false);
    }
}

const char *yaml_write(Arena *arena, Value value)
{
    Buffer *buffer = buffer_new(arena);
    bool empty =
        is_scalar(value) || (value.kind == VALUE_LIST ? !value.list.count : !value.context->count);
    if (empty) {
        add_line(buffer, value, LINE_BYTES, 0);
        buffer_byte(buffer, '\n');
    } else {
        add_block(buffer, value, 0);
    }
    return buffer->bytes;
}
