// SPDX-License-Identifier: Apache-2.0
// What differs between two sets of texts, line by line.
#include "record/pack_version.h"

#include <string.h>

#define LINES 3000 // of the part that differs; a longer one is told whole
#define AROUND 3   // lines shown before and after a change

typedef struct Lines {
    Text *items;
    size_t count;
    size_t capacity;
} Lines;

static Lines lines_of(Arena *arena, Text text)
{
    Lines lines = {0};
    const char *at = text.bytes, *end = text.bytes + text.length;
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        array_push(arena, lines) = (Text){at, (size_t)((stop ? stop : end) - at)};
        at = stop ? stop + 1 : end;
    }
    return lines;
}

static bool same(Text a, Text b)
{
    return a.length == b.length && memcmp(a.bytes, b.bytes, a.length) == 0;
}

typedef struct Edit {
    char sign; // ' ', '-' or '+'
    Text line;
} Edit;

typedef struct Edits {
    Edit *items;
    size_t count;
    size_t capacity;
} Edits;

// The longest common subsequence of what lies between equal beginnings and ends.
static void compare_middle(Arena *arena, const Lines *a, const Lines *b, Edits *edits)
{
    size_t width = b->count + 1;
    if (a->count > LINES || b->count > LINES) {
        for (size_t i = 0; i < a->count; i++)
            array_push(arena, *edits) = (Edit){'-', a->items[i]};
        for (size_t i = 0; i < b->count; i++)
            array_push(arena, *edits) = (Edit){'+', b->items[i]};
        return;
    }
    unsigned short *longest = NEW_ARRAY(arena, unsigned short, (a->count + 1) * width);
    for (size_t i = a->count; i-- > 0;)
        for (size_t j = b->count; j-- > 0;) {
            unsigned short down = longest[(i + 1) * width + j], right = longest[i * width + j + 1];
            longest[i * width + j] = same(a->items[i], b->items[j])
                                         ? (unsigned short)(longest[(i + 1) * width + j + 1] + 1)
                                     : down > right ? down
                                                    : right;
        }
    size_t i = 0, j = 0;
    while (i < a->count || j < b->count) {
        if (i < a->count && j < b->count && same(a->items[i], b->items[j])) {
            array_push(arena, *edits) = (Edit){' ', a->items[i++]};
            j++;
        } else if (j == b->count ||
                   (i < a->count && longest[(i + 1) * width + j] >= longest[i * width + j + 1])) {
            array_push(arena, *edits) = (Edit){'-', a->items[i++]};
        } else {
            array_push(arena, *edits) = (Edit){'+', b->items[j++]};
        }
    }
}

static Edits compare(Arena *arena, Lines a, Lines b)
{
    Edits edits = {0};
    size_t head = 0, tail = 0;
    while (head < a.count && head < b.count && same(a.items[head], b.items[head]))
        array_push(arena, edits) = (Edit){' ', a.items[head++]};
    while (tail < a.count - head && tail < b.count - head &&
           same(a.items[a.count - 1 - tail], b.items[b.count - 1 - tail]))
        tail++;
    Lines middle_a = {.items = a.items + head, .count = a.count - head - tail};
    Lines middle_b = {.items = b.items + head, .count = b.count - head - tail};
    compare_middle(arena, &middle_a, &middle_b, &edits);
    for (size_t i = a.count - tail; i < a.count; i++)
        array_push(arena, edits) = (Edit){' ', a.items[i]};
    return edits;
}

static bool is_near(const Edits *edits, size_t at)
{
    size_t from = at > AROUND ? at - AROUND : 0;
    for (size_t i = from; i < edits->count && i <= at + AROUND; i++)
        if (edits->items[i].sign != ' ')
            return true;
    return false;
}

static void tell_file(Ctx *cx, Buffer *buffer, const char *name, const Value *before,
                      const Value *after)
{
    Edits edits = compare(cx->arena, lines_of(cx->arena, before ? before->text : (Text){"", 0}),
                          lines_of(cx->arena, after ? after->text : (Text){"", 0}));
    buffer_format(buffer, "--- %s\n+++ %s\n", before ? name : "/dev/null",
                  after ? name : "/dev/null");
    bool shown = true;
    for (size_t i = 0; i < edits.count; i++) {
        bool near = is_near(&edits, i);
        if (near && !shown)
            buffer_text(buffer, "...\n");
        shown = near;
        if (!near)
            continue;
        buffer_byte(buffer, edits.items[i].sign);
        buffer_add(buffer, edits.items[i].line.bytes, edits.items[i].line.length);
        buffer_byte(buffer, '\n');
    }
}

FALLIBLE pack_diff(Ctx *cx, Value before, Value after, const char **out)
{
    Buffer *buffer = buffer_new(cx->arena);
    for (size_t i = 0; i < before.context->count; i++) {
        const ValueEntry *entry = &before.context->entries[i];
        const Value *now = value_get(after, entry->key);
        if (!now || !value_equal(*now, entry->value))
            tell_file(cx, buffer, entry->key, &entry->value, now);
    }
    for (size_t i = 0; i < after.context->count; i++) {
        const ValueEntry *entry = &after.context->entries[i];
        if (!value_get(before, entry->key))
            tell_file(cx, buffer, entry->key, NULL, &entry->value);
    }
    *out = buffer->bytes;
    return NULL;
}
