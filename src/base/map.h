// SPDX-License-Identifier: Apache-2.0
// Map: text key -> pointer, remembers the order of insertion, lives in an arena.
//
// Keys are not copied. Keyed hashing (a secret per process) withstands chosen keys. No removal.
#ifndef MILLRACE_BASE_MAP_H
#define MILLRACE_BASE_MAP_H

#include "base/arena.h"

#include <stdint.h>

typedef struct MapEntry {
    const char *key;
    void *value;
    uint64_t hash;
} MapEntry;

typedef struct Map {
    Arena *arena;
    MapEntry *entries; // in order of insertion
    size_t count;
    size_t capacity;
    uint32_t *slots; // index + 1 into entries, 0 empty
    size_t slot_count;
} Map;

Map *map_new(Arena *arena);
void *map_get(const Map *map, const char *key); // NULL when absent
void map_put(Map *map, const char *key, void *value);

// The process-wide keyed hash of bytes.
uint64_t hash_bytes(const void *bytes, size_t length);

#endif
