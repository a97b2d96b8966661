// SPDX-License-Identifier: Apache-2.0
#include "base/ids.h"

#include "base/text.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define EPOCH_MS 1704067200000LL // 2024-01-01T00:00:00Z
#define NODE_BITS 10
#define COUNTER_BITS 12

struct IdMaker {
    _Atomic uint64_t last; // milliseconds and counter, 53 bits, without the node
    uint64_t node;
};

IdMaker *ids_new(int node)
{
    assert(node >= 0 && node < 1 << NODE_BITS);
    IdMaker *ids = calloc(1, sizeof *ids);
    if (!ids)
        abort();
    ids->node = (uint64_t)node;
    return ids;
}

Id ids_next(IdMaker *ids, Instant now)
{
    int64_t millisecond = now / 1000 - EPOCH_MS;
    uint64_t least = millisecond > 0 ? (uint64_t)millisecond << COUNTER_BITS : 0;
    uint64_t last = atomic_load_explicit(&ids->last, memory_order_relaxed), next;
    do {
        // Counting on from the last one carries into the milliseconds: that is the borrowing.
        next = least > last ? least : last + 1;
    } while (!atomic_compare_exchange_weak_explicit(&ids->last, &last, next, memory_order_relaxed,
                                                    memory_order_relaxed));
    uint64_t counter = next & ((1U << COUNTER_BITS) - 1);
    return (Id)(next >> COUNTER_BITS << (NODE_BITS + COUNTER_BITS) | ids->node << COUNTER_BITS |
                counter);
}

Id id_first(Instant instant)
{
    int64_t millisecond = instant / 1000 - EPOCH_MS;
    return millisecond > 0 ? millisecond << (NODE_BITS + COUNTER_BITS) : 0;
}

Instant id_instant(Id id)
{
    return ((id >> (NODE_BITS + COUNTER_BITS)) + EPOCH_MS) * 1000;
}

Id id_new(Ctx *cx)
{
    return ids_next(cx->company->ids, cx->now);
}

// Crockford's base 32 without i, l, o, u: 13 digits hold 65 bits, of which the first takes no more
// than three of a positive id (the first digit is at most 7).
static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
#define ID_DIGITS 13

void id_print(Id id, char out[static ID_TEXT_SIZE])
{
    uint64_t bits = (uint64_t)id;
    for (int i = ID_DIGITS - 1; i >= 0; i--, bits >>= 5)
        out[i] = digits[bits & 31];
    out[ID_DIGITS] = '\0';
}

char *id_text(Arena *arena, Id id)
{
    char *text = arena_alloc(arena, ID_TEXT_SIZE);
    id_print(id, text);
    return text;
}

// One text stands for one id: upper case and Crockford's look-alikes are refused, since ids are
// compared as texts by clients.
bool id_parse(const char *text, Id *out)
{
    uint64_t bits = 0;
    for (int i = 0; i < ID_DIGITS; i++) {
        const char *digit = text[i] ? strchr(digits, text[i]) : NULL;
        if (!digit || (i == 0 && digit - digits > 7))
            return false;
        bits = bits << 5 | (uint64_t)(digit - digits);
    }
    if (text[ID_DIGITS] != '\0')
        return false;
    *out = (Id)bits;
    return true;
}
