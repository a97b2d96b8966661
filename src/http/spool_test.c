// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "base/test.h"
#include "base/text.h"
#include "http/spool.h"

#include <string.h>

static const char *read_all(Ctx *cx, const Spool *spool)
{
    Buffer *all = buffer_new(cx->arena);
    char part[1000];
    size_t got;
    do {
        CHECK_OK(spool_read(cx, spool, all->length, part, sizeof part, &got));
        buffer_add(all, part, got);
    } while (got);
    return all->bytes;
}

TEST(a_spool_gives_what_it_took_from_memory_and_from_its_file)
{
    SpoolRoom room = {.folder = "/tmp"};
    Arena *arena = arena_new(LIMIT_UNIT_BYTES);
    Spool *spool = spool_new(arena, &room);
    Buffer *expected = buffer_new(cx->arena);
    for (int i = 0; i < 20000; i++) {
        const char *piece = text_format(cx->arena, "piece %d;", i);
        buffer_text(expected, piece);
        CHECK_OK(spool_add(cx, spool, piece, strlen(piece)));
        if (i == 5)
            CHECK_TEXT(read_all(cx, spool), expected->bytes);
    }
    CHECK_INT((int64_t)spool_length(spool), (int64_t)expected->length);
    CHECK_TEXT(read_all(cx, spool), expected->bytes);
    CHECK_INT((int64_t)atomic_load(&room.bytes), (int64_t)expected->length);
    arena_free(arena);
    CHECK_INT((int64_t)atomic_load(&room.bytes), 0);
}

TEST(a_spool_says_when_there_is_no_room_for_it)
{
    static char piece[SPOOL_MEMORY_BYTES];
    static SpoolRoom room; // the spools give back what they took when the arena ends
    room = (SpoolRoom){.folder = "/nowhere"};
    Spool *spool = spool_new(cx->arena, &room);
    CHECK_OK(spool_add(cx, spool, piece, sizeof piece));
    CHECK_FAILS(spool_add(cx, spool, piece, 1), ERR_UNAVAILABLE, "no room");
    room = (SpoolRoom){.folder = "/tmp", .bytes = LIMIT_SPOOL_BYTES};
    spool = spool_new(cx->arena, &room);
    CHECK_OK(spool_add(cx, spool, piece, sizeof piece));
    CHECK_FAILS(spool_add(cx, spool, piece, 1), ERR_UNAVAILABLE, "no room");
}
