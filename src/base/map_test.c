// SPDX-License-Identifier: Apache-2.0
#include "base/map.h"

#include "base/test.h"
#include "base/text.h"

#include <string.h>

TEST(a_map_finds_what_was_put_and_nothing_else)
{
    static int values[5000];
    Map *map = map_new(cx->arena);
    CHECK(!map_get(map, "absent"));
    for (int i = 0; i < 5000; i++)
        map_put(map, text_format(cx->arena, "key %d", i), &values[i]);
    CHECK_INT((long long)map->count, 5000);
    for (int i = 0; i < 5000; i++)
        CHECK(map_get(map, text_format(cx->arena, "key %d", i)) == &values[i]);
    CHECK(!map_get(map, "key 5000"));
    CHECK(!map_get(map, ""));
}

TEST(a_map_remembers_the_order_and_replaces_in_place)
{
    static int one, two, three;
    Map *map = map_new(cx->arena);
    map_put(map, "b", &one);
    map_put(map, "a", &two);
    map_put(map, "b", &three);
    CHECK_INT((long long)map->count, 2);
    CHECK_TEXT(map->entries[0].key, "b");
    CHECK(map->entries[0].value == &three);
    CHECK_TEXT(map->entries[1].key, "a");
}

TEST(a_hash_depends_on_every_byte_and_the_length)
{
    char bytes[32] = {0};
    uint64_t plain = hash_bytes(bytes, sizeof bytes);
    CHECK(plain == hash_bytes(bytes, sizeof bytes));
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = 1;
        CHECK(hash_bytes(bytes, sizeof bytes) != plain);
        bytes[i] = 0;
        CHECK(hash_bytes(bytes, i) != plain);
    }
}
