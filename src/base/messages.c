// SPDX-License-Identifier: Apache-2.0
#include "base/messages.h"

#include "base/map.h"
#include "base/text.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// A kept message: BEGINS format (SPLITS argument)* ENDS. An argument may be one itself.
#define BEGINS '\x02'
#define SPLITS '\x1f'
#define ENDS '\x03'
#define LIMIT_KEPT_DEPTH 8
#define LIMIT_KEPT_ARGUMENTS 9

static pthread_once_t once = PTHREAD_ONCE_INIT;
static Map *chinese;
static Map *sources; // a format that writes itself and its arguments

// The end of the place that begins at the '%', as "%5.2lld".
static const char *place_end(const char *at)
{
    at += 1 + strspn(at + 1, "0123456789$-+ #.*hlzjt");
    return *at ? at + 1 : at;
}

static const char *source_of(Arena *arena, const char *english)
{
    Buffer *source = buffer_new(arena);
    buffer_byte(source, BEGINS);
    for (const char *at = english; *at; at++)
        buffer_text(source, *at == '%' ? "%%" : (char[]){*at, '\0'});
    for (const char *at = strchr(english, '%'); at; at = strchr(at, '%')) {
        const char *end = place_end(at);
        if (end[-1] != '%') {
            buffer_byte(source, SPLITS);
            buffer_add(source, at, (size_t)(end - at));
        }
        at = end;
    }
    buffer_byte(source, ENDS);
    return source->bytes;
}

// Lives as long as the process.
static void read_table(void)
{
    Arena *arena = arena_new(SIZE_MAX / 2);
    chinese = map_new(arena);
    sources = map_new(arena);
    for (const Message *message = messages_chinese; message->english; message++) {
        map_put(chinese, message->english, (void *)message->text);
        map_put(sources, message->english, (void *)source_of(arena, message->english));
    }
}

const char *message_in(const char *language, const char *english)
{
    bool source = text_equal(language, LANGUAGE_SOURCE);
    if (!source && !text_equal(language, "zh-CN"))
        return english;
    pthread_once(&once, read_table);
    const char *text = map_get(source ? sources : chinese, english);
    return text ? text : english;
}

// ---- telling what was kept ------------------------------------------------------------------

typedef struct Kept {
    Text parts[1 + LIMIT_KEPT_ARGUMENTS]; // the format, then the arguments
    size_t count;
    const char *end;
} Kept;

// `at` stands behind BEGINS.
static Kept kept_split(const char *at, const char *end)
{
    Kept kept = {.count = 1};
    int depth = 0;
    kept.parts[0].bytes = at;
    for (; at < end && (depth || *at != ENDS); at++) {
        Text *part = &kept.parts[kept.count - 1];
        depth += (*at == BEGINS) - (*at == ENDS);
        if (depth || *at != SPLITS || kept.count > LIMIT_KEPT_ARGUMENTS)
            part->length++;
        else
            kept.parts[kept.count++].bytes = at + 1;
    }
    kept.end = at < end ? at + 1 : end;
    return kept;
}

static void said_add(Buffer *said, const char *language, Text text, int depth);

static void kept_add(Buffer *said, const char *language, const Kept *kept, int depth)
{
    const char *english = text_slice(said->arena, kept->parts[0].bytes, kept->parts[0].length);
    const char *format = message_in(language, english);
    size_t next = 1;
    while (*format) {
        const char *end = *format == '%' ? place_end(format) : format + 1;
        if (*format != '%') {
            buffer_byte(said, *format);
        } else if (end[-1] == '%') {
            buffer_byte(said, '%');
        } else {
            char *number_end;
            unsigned long number = strtoul(format + 1, &number_end, 10);
            size_t index = *number_end == '$' ? number : next++;
            if (index < kept->count)
                said_add(said, language, kept->parts[index], depth + 1);
        }
        format = end;
    }
}

static void said_add(Buffer *said, const char *language, Text text, int depth)
{
    const char *end = text.bytes + text.length;
    for (const char *at = text.bytes; at < end;) {
        if (*at == BEGINS && depth < LIMIT_KEPT_DEPTH) {
            Kept kept = kept_split(at + 1, end);
            kept_add(said, language, &kept, depth);
            at = kept.end;
        } else if (*at == BEGINS || *at == SPLITS || *at == ENDS) {
            at++;
        } else {
            buffer_byte(said, *at++);
        }
    }
}

const char *message_said(Arena *arena, const char *language, const char *kept)
{
    if (!kept || !strpbrk(kept, (char[]){BEGINS, SPLITS, ENDS, '\0'}))
        return kept;
    Buffer *said = buffer_new(arena);
    said_add(said, language, (Text){kept, strlen(kept)}, 0);
    return said->bytes;
}
