// SPDX-License-Identifier: Apache-2.0
// Arena: memory by lifetime. One unit of work allocates from one arena and nobody frees.
//
// Memory is zeroed. The arena has a ceiling in bytes; passing it never returns NULL: it jumps to
// the nearest arena_guard (the unit of work turns that into ERR_LIMIT), and without a guard it
// aborts. Code that holds a foreign handle (a file, a libxml2 reader) gives it to arena_defer, so
// that the jump, an error or a reset closes it.
#ifndef MILLRACE_BASE_ARENA_H
#define MILLRACE_BASE_ARENA_H

#include <setjmp.h>
#include <stddef.h>

typedef struct Arena Arena;
typedef void (*ArenaCleanup)(void *handle);

// A place to return to; everything allocated after it is given back by arena_rewind.
typedef struct ArenaMark {
    void *block;
    size_t used;
    size_t total;
    void *cleanups;
} ArenaMark;

Arena *arena_new(size_t ceiling_bytes);
void arena_free(Arena *arena);

// Zeroed memory, aligned for any type. size 0 gives a unique pointer.
__attribute__((malloc, returns_nonnull, alloc_size(2))) void *arena_alloc(Arena *arena,
                                                                          size_t size);

// Zeroed array; count * size that overflows counts as passing the ceiling.
__attribute__((malloc, returns_nonnull)) void *arena_array(Arena *arena, size_t count, size_t size);

// Calls cleanup(handle) when the arena is rewound past this point or freed, newest first.
void arena_defer(Arena *arena, ArenaCleanup cleanup, void *handle);
// The other arena is freed then.
void arena_defer_free(Arena *arena, Arena *other);

ArenaMark arena_mark(const Arena *arena);
void arena_rewind(Arena *arena, ArenaMark mark);
size_t arena_used(const Arena *arena);
size_t arena_ceiling(const Arena *arena);

// The guard: `if (setjmp(*arena_guard(arena, &guard))) { the ceiling was passed }`. Guards nest;
// arena_unguard takes the newest away. Only the runner of a unit of work and tests use them.
typedef struct ArenaGuard {
    jmp_buf place;
    struct ArenaGuard *outer;
} ArenaGuard;
jmp_buf *arena_guard(Arena *arena, ArenaGuard *guard);
void arena_unguard(Arena *arena);

#define NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define NEW_ARRAY(arena, type, count) ((type *)arena_array((arena), (count), sizeof(type)))

// A growable array that lives in an arena: ARRAY(Field) fields = {0}; array_push(arena, fields) =
// f;
#define ARRAY(type)                                                                                \
    struct {                                                                                       \
        type *items;                                                                               \
        size_t count;                                                                              \
        size_t capacity;                                                                           \
    }
#define array_push(arena, array)                                                                   \
    (*((array).items = array_grow((arena), (array).items, &(array).capacity, (array).count,        \
                                  sizeof *(array).items),                                          \
       &(array).items[(array).count++]))
void *array_grow(Arena *arena, void *items, size_t *capacity, size_t count, size_t size);

#endif
