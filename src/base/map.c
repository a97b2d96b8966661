// SPDX-License-Identifier: Apache-2.0
#include "base/map.h"

#include "base/text.h"

#include <pthread.h>
#include <string.h>
#include <sys/random.h>

static uint64_t secret[2];
static pthread_once_t secret_once = PTHREAD_ONCE_INIT;

static void secret_make(void)
{
    if (getrandom(secret, sizeof secret, 0) != sizeof secret)
        secret[0] = (uint64_t)(uintptr_t)&secret;
}

static inline uint64_t rotate(uint64_t word, int bits)
{
    return word << bits | word >> (64 - bits);
}

static inline void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] = rotate(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] = rotate(v[2], 32);
}

// SipHash-1-3 (Aumasson and Bernstein 2012, with the round counts hash tables use).
uint64_t hash_bytes(const void *bytes, size_t length)
{
    pthread_once(&secret_once, secret_make);
    const unsigned char *at = bytes;
    uint64_t v[4] = {secret[0] ^ 0x736f6d6570736575ULL, secret[1] ^ 0x646f72616e646f6dULL,
                     secret[0] ^ 0x6c7967656e657261ULL, secret[1] ^ 0x7465646279746573ULL};
    uint64_t word, last = (uint64_t)length << 56;
    size_t left = length;
    for (; left >= 8; left -= 8, at += 8) {
        memcpy(&word, at, 8);
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
    }
    for (size_t i = 0; i < left; i++)
        last |= (uint64_t)at[i] << (8 * i);
    v[3] ^= last;
    sip_round(v);
    v[0] ^= last;
    v[2] ^= 0xff;
    for (int i = 0; i < 3; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

Map *map_new(Arena *arena)
{
    Map *map = NEW(arena, Map);
    map->arena = arena;
    return map;
}

static uint32_t *map_slot(const Map *map, const char *key, uint64_t hash)
{
    size_t mask = map->slot_count - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        uint32_t *slot = &map->slots[i];
        if (!*slot)
            return slot;
        const MapEntry *entry = &map->entries[*slot - 1];
        if (entry->hash == hash && text_equal(entry->key, key))
            return slot;
    }
}

static void map_grow(Map *map)
{
    map->slot_count = map->slot_count ? map->slot_count * 2 : 16;
    map->slots = NEW_ARRAY(map->arena, uint32_t, map->slot_count);
    for (size_t i = 0; i < map->count; i++)
        *map_slot(map, map->entries[i].key, map->entries[i].hash) = (uint32_t)i + 1;
}

void *map_get(const Map *map, const char *key)
{
    if (!map->count)
        return NULL;
    uint32_t slot = *map_slot(map, key, hash_bytes(key, strlen(key)));
    return slot ? map->entries[slot - 1].value : NULL;
}

void map_put(Map *map, const char *key, void *value)
{
    if ((map->count + 1) * 2 > map->slot_count)
        map_grow(map);
    uint64_t hash = hash_bytes(key, strlen(key));
    uint32_t *slot = map_slot(map, key, hash);
    if (*slot) {
        map->entries[*slot - 1].value = value;
        return;
    }
    map->entries =
        array_grow(map->arena, map->entries, &map->capacity, map->count, sizeof *map->entries);
    map->entries[map->count++] = (MapEntry){key, value, hash};
    *slot = (uint32_t)map->count;
}
