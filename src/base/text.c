// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

#include <stdio.h>
#include <string.h>

char *text_slice(Arena *arena, const char *bytes, size_t length)
{
    char *copy = arena_alloc(arena, length + 1);
    if (length)
        memcpy(copy, bytes, length);
    return copy;
}

char *text_copy(Arena *arena, const char *text)
{
    return text_slice(arena, text, strlen(text));
}

char *text_format_list(Arena *arena, const char *format, va_list arguments)
{
    char brief[192]; // most are: formatted once, not once to measure and once to write
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(brief, sizeof brief, format, again);
    va_end(again);
    if (length < 0)
        return text_copy(arena, "(a text that cannot be formatted)");
    if ((size_t)length < sizeof brief)
        return text_slice(arena, brief, (size_t)length);
    char *text = arena_alloc(arena, (size_t)length + 1);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    return text;
}

char *text_format(Arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = text_format_list(arena, format, arguments);
    va_end(arguments);
    return text;
}

bool text_equal(const char *a, const char *b)
{
    if (!a || !b)
        return a == b;
    return strcmp(a, b) == 0;
}

bool text_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *text, const char *suffix)
{
    size_t length = strlen(text), wanted = strlen(suffix);
    return length >= wanted && strcmp(text + length - wanted, suffix) == 0;
}

static bool is_space(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

char *text_trim(Arena *arena, const char *text)
{
    while (is_space(*text))
        text++;
    size_t length = strlen(text);
    while (length && is_space(text[length - 1]))
        length--;
    return text_slice(arena, text, length);
}

// Well-formed sequences as in Unicode 15, table 3-7.
int32_t utf8_next(const char **at, const char *end)
{
    const unsigned char *byte = (const unsigned char *)*at;
    size_t left = (size_t)(end - *at);
    *at += 1;
    if (byte[0] < 0x80)
        return byte[0];
    size_t more = byte[0] >= 0xC2 && byte[0] <= 0xDF   ? 1
                  : byte[0] >= 0xE0 && byte[0] <= 0xEF ? 2
                  : byte[0] >= 0xF0 && byte[0] <= 0xF4 ? 3
                                                       : 0;
    if (!more || left <= more)
        return -1;
    int32_t code_point = byte[0] & (0x3F >> more);
    for (size_t i = 1; i <= more; i++) {
        if ((byte[i] & 0xC0) != 0x80)
            return -1;
        code_point = code_point << 6 | (byte[i] & 0x3F);
    }
    static const int32_t least[] = {0, 0x80, 0x800, 0x10000};
    if (code_point < least[more] || code_point > 0x10FFFF ||
        (code_point >= 0xD800 && code_point <= 0xDFFF))
        return -1;
    *at += more;
    return code_point;
}

bool utf8_valid(const char *bytes, size_t length)
{
    const char *end = bytes + length;
    while (bytes < end) {
        uint64_t eight;
        if (end - bytes >= 8 && (memcpy(&eight, bytes, 8), !(eight & 0x8080808080808080ULL)))
            bytes += 8; // most of what comes is ASCII
        else if (utf8_next(&bytes, end) < 0)
            return false;
    }
    return true;
}

void utf8_repair(char *text)
{
    const char *at = text, *end = text + strlen(text);
    if (utf8_valid(text, (size_t)(end - text)))
        return;
    while (at < end) {
        const char *from = at;
        if (utf8_next(&at, end) < 0)
            continue;
        memmove(text, from, (size_t)(at - from));
        text += at - from;
    }
    *text = '\0';
}

size_t utf8_length(const char *bytes, size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += (bytes[i] & 0xC0) != 0x80;
    return count;
}

size_t utf8_encode(int32_t code_point, char out[static 4])
{
    if (code_point < 0 || code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF))
        return 0;
    if (code_point < 0x80) {
        out[0] = (char)code_point;
        return 1;
    }
    size_t more = code_point < 0x800 ? 1 : code_point < 0x10000 ? 2 : 3;
    static const int lead[] = {0, 0xC0, 0xE0, 0xF0};
    out[0] = (char)(lead[more] | code_point >> (6 * more));
    for (size_t i = 1; i <= more; i++)
        out[i] = (char)(0x80 | ((code_point >> (6 * (more - i))) & 0x3F));
    return more + 1;
}

Buffer *buffer_new(Arena *arena)
{
    Buffer *buffer = NEW(arena, Buffer);
    buffer->arena = arena;
    buffer->capacity = 128;
    buffer->bytes = arena_alloc(arena, buffer->capacity);
    return buffer;
}

static void buffer_reserve(Buffer *buffer, size_t more)
{
    if (buffer->capacity - buffer->length > more)
        return;
    size_t capacity = buffer->capacity * 2;
    if (capacity < buffer->length + more + 1)
        capacity = buffer->length + more + 1;
    char *grown = arena_alloc(buffer->arena, capacity);
    memcpy(grown, buffer->bytes, buffer->length);
    buffer->bytes = grown;
    buffer->capacity = capacity;
}

void buffer_add(Buffer *buffer, const void *bytes, size_t length)
{
    buffer_reserve(buffer, length);
    if (length)
        memcpy(buffer->bytes + buffer->length, bytes, length);
    buffer->length += length;
    buffer->bytes[buffer->length] = '\0';
}

char *buffer_room(Buffer *buffer, size_t length)
{
    buffer_reserve(buffer, length);
    return buffer->bytes + buffer->length;
}

void buffer_text(Buffer *buffer, const char *text)
{
    buffer_add(buffer, text, strlen(text));
}

void buffer_byte(Buffer *buffer, char byte)
{
    buffer_reserve(buffer, 1);
    buffer->bytes[buffer->length++] = byte;
    buffer->bytes[buffer->length] = '\0';
}

void buffer_format(Buffer *buffer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    buffer_text(buffer, text_format_list(buffer->arena, format, arguments));
    va_end(arguments);
}
