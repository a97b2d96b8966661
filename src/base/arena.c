// SPDX-License-Identifier: Apache-2.0
#include "base/arena.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_POISON 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISON 1
#endif
#endif
#ifdef ARENA_POISON
#include <sanitizer/asan_interface.h>
#define POISON(from, size) ASAN_POISON_MEMORY_REGION(from, size)
#define UNPOISON(from, size) ASAN_UNPOISON_MEMORY_REGION(from, size)
// Under ASan each allocation is followed by a poisoned gap, so that overruns are seen.
#define GAP 16
#else
#define POISON(from, size) ((void)0)
#define UNPOISON(from, size) ((void)0)
#define GAP 0
#endif

#define ALIGNMENT 16
#define FIRST_BLOCK 4096
#define LARGEST_BLOCK (1024 * 1024)

typedef struct Block Block;
struct Block {
    Block *before;
    size_t size;
    _Alignas(ALIGNMENT) unsigned char bytes[];
};

typedef struct Cleanup Cleanup;
struct Cleanup {
    Cleanup *before;
    ArenaCleanup call;
    void *handle;
};

struct Arena {
    Block *block; // the newest
    size_t used;  // in the newest block
    size_t total; // over all blocks, as asked for
    size_t ceiling;
    Cleanup *cleanups;
    ArenaGuard *guard;
};

Arena *arena_new(size_t ceiling_bytes)
{
    Arena *arena = calloc(1, sizeof *arena);
    if (!arena)
        abort();
    arena->ceiling = ceiling_bytes;
    return arena;
}

_Noreturn static void arena_overflow(Arena *arena)
{
    if (arena->guard)
        longjmp(arena->guard->place, 1);
    fprintf(stderr, "millrace: an arena without a guard passed its ceiling of %zu bytes\n",
            arena->ceiling);
    abort();
}

static void block_add(Arena *arena, size_t needed)
{
    size_t size = arena->block ? arena->block->size * 2 : FIRST_BLOCK;
    if (size > LARGEST_BLOCK)
        size = LARGEST_BLOCK;
    if (size < needed)
        size = needed;
    Block *block = malloc(sizeof *block + size);
    if (!block)
        arena_overflow(arena);
    block->before = arena->block;
    block->size = size;
    POISON(block->bytes, size);
    arena->block = block;
    arena->used = 0;
}

void *arena_alloc(Arena *arena, size_t size)
{
    if (size > arena->ceiling || arena->total + size > arena->ceiling)
        arena_overflow(arena);
    size_t rounded = (size + GAP + (size == 0) + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    if (!arena->block || arena->block->size - arena->used < rounded)
        block_add(arena, rounded);
    void *memory = arena->block->bytes + arena->used;
    arena->used += rounded;
    arena->total += rounded;
    UNPOISON(memory, size);
    memset(memory, 0, size);
    return memory;
}

void *arena_array(Arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        bytes = SIZE_MAX;
    return arena_alloc(arena, bytes);
}

void arena_defer(Arena *arena, ArenaCleanup cleanup, void *handle)
{
    Cleanup *entry = NEW(arena, Cleanup);
    entry->before = arena->cleanups;
    entry->call = cleanup;
    entry->handle = handle;
    arena->cleanups = entry;
}

static void free_other(void *other)
{
    arena_free(other);
}

void arena_defer_free(Arena *arena, Arena *other)
{
    arena_defer(arena, free_other, other);
}

ArenaMark arena_mark(const Arena *arena)
{
    return (ArenaMark){arena->block, arena->used, arena->total, arena->cleanups};
}

void arena_rewind(Arena *arena, ArenaMark mark)
{
    while (arena->cleanups != mark.cleanups) {
        Cleanup *entry = arena->cleanups;
        arena->cleanups = entry->before;
        entry->call(entry->handle);
    }
    // A rewind to the very start keeps the first block for the next unit of work.
    while (arena->block != mark.block && (mark.block || arena->block->before)) {
        Block *before = arena->block->before;
        UNPOISON(arena->block->bytes, arena->block->size);
        free(arena->block);
        arena->block = before;
    }
    arena->used = mark.block ? mark.used : 0;
    arena->total = mark.total;
    if (arena->block)
        POISON(arena->block->bytes + arena->used, arena->block->size - arena->used);
}

void arena_free(Arena *arena)
{
    if (!arena)
        return;
    arena_rewind(arena, (ArenaMark){0});
    if (arena->block) {
        UNPOISON(arena->block->bytes, arena->block->size);
        free(arena->block);
    }
    free(arena);
}

size_t arena_used(const Arena *arena)
{
    return arena->total;
}

size_t arena_ceiling(const Arena *arena)
{
    return arena->ceiling;
}

jmp_buf *arena_guard(Arena *arena, ArenaGuard *guard)
{
    guard->outer = arena->guard;
    arena->guard = guard;
    return &guard->place;
}

void arena_unguard(Arena *arena)
{
    assert(arena->guard);
    arena->guard = arena->guard->outer;
}

void *array_grow(Arena *arena, void *items, size_t *capacity, size_t count, size_t size)
{
    if (count < *capacity)
        return items;
    size_t larger = *capacity ? *capacity * 2 : 8;
    void *grown = arena_array(arena, larger, size);
    if (count)
        memcpy(grown, items, count * size);
    *capacity = larger;
    return grown;
}
