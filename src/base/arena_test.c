// SPDX-License-Identifier: Apache-2.0
#include "base/arena.h"

#include "base/test.h"

#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

TEST(memory_is_zeroed_aligned_and_its_own)
{
    unsigned char *before = NULL;
    for (size_t size = 0; size < 3000; size += 7) {
        unsigned char *memory = arena_alloc(cx->arena, size);
        CHECK_INT((intptr_t)memory % 16, 0);
        CHECK(memory != before);
        for (size_t i = 0; i < size; i++)
            CHECK_INT(memory[i], 0);
        memset(memory, 0xAA, size);
        before = memory;
    }
}

TEST(memory_is_zeroed_again_after_a_rewind)
{
    ArenaMark mark = arena_mark(cx->arena);
    unsigned char *memory = arena_alloc(cx->arena, 200000);
    memset(memory, 0xAA, 200000);
    arena_rewind(cx->arena, mark);
    memory = arena_alloc(cx->arena, 1000);
    for (size_t i = 0; i < 1000; i++)
        CHECK_INT(memory[i], 0);
}

TEST(a_rewind_gives_back_what_came_after_its_mark_and_nothing_before)
{
    char *kept = text_copy(cx->arena, "kept");
    size_t used = arena_used(cx->arena);
    ArenaMark mark = arena_mark(cx->arena);
    for (int i = 0; i < 100; i++)
        (void)arena_alloc(cx->arena, 100000);
    CHECK(arena_used(cx->arena) >= used + 10000000);
    arena_rewind(cx->arena, mark);
    CHECK_INT((long long)arena_used(cx->arena), (long long)used);
    CHECK_TEXT(kept, "kept");
}

static int order[8];
static int closed;

static void close_handle(void *handle)
{
    order[closed++] = *(int *)handle;
}

TEST(handles_are_closed_newest_first_by_a_rewind_and_by_the_end)
{
    static int handles[] = {1, 2, 3};
    Arena *arena = arena_new(10000);
    arena_defer(arena, close_handle, &handles[0]);
    ArenaMark mark = arena_mark(arena);
    arena_defer(arena, close_handle, &handles[1]);
    arena_defer(arena, close_handle, &handles[2]);
    arena_rewind(arena, mark);
    CHECK_INT(closed, 2);
    CHECK_INT(order[0], 3);
    CHECK_INT(order[1], 2);
    arena_free(arena);
    CHECK_INT(closed, 3);
    CHECK_INT(order[2], 1);
}

// 1 when asking for so much passed the ceiling.
static int passes(Arena *arena, size_t count, size_t size)
{
    ArenaGuard guard;
    int passed = setjmp(*arena_guard(arena, &guard));
    if (!passed)
        (void)arena_array(arena, count, size);
    arena_unguard(arena);
    return passed;
}

TEST(passing_the_ceiling_jumps_to_the_guard)
{
    Arena *arena = arena_new(100000);
    CHECK_INT(passes(arena, 1, 90000), 0);
    CHECK_INT(passes(arena, 1, 20000), 1);
    CHECK_INT(passes(arena, 1, 5000), 0);
    CHECK_INT(passes(arena, SIZE_MAX / 2, 3), 1); // overflows
    CHECK_INT(passes(arena, 1, SIZE_MAX), 1);
    CHECK_INT(passes(arena, 1, SIZE_MAX - 8), 1);
    arena_free(arena);
}

TEST(passing_the_ceiling_without_a_guard_aborts)
{
    pid_t child = fork();
    if (!child) {
        close(STDERR_FILENO);
        (void)arena_alloc(arena_new(100), 101);
        _exit(0);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status));
}

TEST(guards_nest)
{
    Arena *arena = arena_new(1000);
    ArenaGuard outer;
    volatile int inner_jumps = 0;
    if (setjmp(*arena_guard(arena, &outer))) {
        CHECK_INT(inner_jumps, 1);
        arena_unguard(arena);
        arena_free(arena);
        return;
    }
    inner_jumps += passes(arena, 1, 2000);
    (void)arena_alloc(arena, 2000);
    CHECK(!"reached");
}

TEST(an_array_grows_and_keeps_what_it_holds)
{
    ARRAY(int) numbers = {0};
    for (int i = 0; i < 1000; i++)
        array_push(cx->arena, numbers) = i;
    CHECK_INT((long long)numbers.count, 1000);
    for (int i = 0; i < 1000; i++)
        CHECK_INT(numbers.items[i], i);
}
