// SPDX-License-Identifier: Apache-2.0
// A good model, damaged in many ways: bytes changed, pieces cut out, doubled and swapped. Whatever
// comes of it is refused or compiled, and never brings the reader or the compiler down.
#include "bpmn/graph.h"

#include "base/test.h"

#include <stdio.h>
#include <string.h>

#define ROUNDS 1500

static uint32_t chance(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static size_t place(uint32_t *seed, size_t length)
{
    return chance(seed) % length;
}

// The start of some element, so that whole elements move and not only halves of tags.
static size_t tag_near(const char *bytes, size_t length, size_t at)
{
    const char *tag = memchr(bytes + at, '<', length - at);
    return tag ? (size_t)(tag - bytes) : at;
}

static char *damage(Ctx *cx, const char *bytes, size_t length, uint32_t *seed)
{
    size_t from = tag_near(bytes, length, place(seed, length));
    size_t to = tag_near(bytes, length, from + place(seed, 400) % (length - from));
    Buffer *out = buffer_new(cx->arena);
    size_t at = place(seed, length);
    switch (chance(seed) % 4) {
    case 0: // a byte
        buffer_add(out, bytes, length);
        out->bytes[at] = (char)chance(seed);
        break;
    case 1: // a piece is missing
        buffer_add(out, bytes, from);
        buffer_add(out, bytes + to, length - to);
        break;
    case 2: // a piece stands twice
        buffer_add(out, bytes, to);
        buffer_add(out, bytes + from, length - from);
        break;
    default: // an attribute's or element's letters are others
        buffer_add(out, bytes, length);
        for (size_t i = at; i < at + 3 && i < length; i++)
            if (out->bytes[i] >= 'a' && out->bytes[i] <= 'z')
                out->bytes[i] = (char)('a' + chance(seed) % 26);
        break;
    }
    return text_slice(cx->arena, out->bytes, out->length);
}

TEST_WITH(damaged_models_are_refused_or_compiled, NULL, 120)
{
    FILE *file = fopen(TEST_SOURCE_ROOT "/packs/orders/standard-order.bpmn", "rb");
    CHECK(file != NULL);
    Buffer *xml = buffer_new(cx->arena);
    char piece[65536];
    size_t length;
    while ((length = fread(piece, 1, sizeof piece, file)) > 0)
        buffer_add(xml, piece, length);
    fclose(file);
    uint32_t seed = 20261122;
    int broken = 0, refused = 0, compiled = 0;
    ArenaMark mark = arena_mark(cx->arena);
    for (int i = 0; i < ROUNDS; i++) {
        char *bytes = damage(cx, xml->bytes, xml->length, &seed);
        BpmnProblems problems = {0};
        const BpmnModel *model;
        const Graph *graph = NULL;
        Error *error = bpmn_read(cx, bytes, strlen(bytes), &model, &problems);
        if (!error)
            bpmn_check(cx, model, &problems);
        if (error || bpmn_compile(cx, model, NULL, &graph, &problems))
            broken++;
        else if (bpmn_problems_error(cx, &problems))
            refused++;
        else
            compiled += graph != NULL;
        arena_rewind(cx->arena, mark);
    }
    printf("damaged models: %d broken, %d refused, %d compiled\n", broken, refused, compiled);
    CHECK_INT(broken + refused + compiled, ROUNDS);
}
