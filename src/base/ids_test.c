// SPDX-License-Identifier: Apache-2.0
#include "base/ids.h"

#include "base/test.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

TEST(ids_grow_though_the_clock_stands_or_steps_back)
{
    IdMaker *ids = ids_new(3);
    Id last = 0;
    for (int i = 0; i < 20000; i++) {
        Id id = ids_next(ids, i % 7 ? TEST_NOW : TEST_NOW - 5000000);
        CHECK(id > last);
        last = id;
    }
    free(ids);
}

TEST(an_id_tells_its_millisecond_and_its_node)
{
    IdMaker *ids = ids_new(1023);
    Id id = ids_next(ids, TEST_NOW);
    CHECK_INT((id >> 22) + 1704067200000LL, TEST_NOW / 1000);
    CHECK_INT(id >> 12 & 1023, 1023);
    CHECK_INT(id & 4095, 0);
    free(ids);
}

TEST(ids_of_two_nodes_never_meet)
{
    IdMaker *one = ids_new(1), *two = ids_new(2);
    CHECK(ids_next(one, TEST_NOW) != ids_next(two, TEST_NOW));
    free(one);
    free(two);
}

#define THREADS 4
#define EACH 20000
static Id made[THREADS][EACH];
static IdMaker *shared;

static void *make_many(void *row)
{
    for (int i = 0; i < EACH; i++)
        ((Id *)row)[i] = ids_next(shared, TEST_NOW);
    return NULL;
}

static int by_number(const void *a, const void *b)
{
    Id left = *(const Id *)a, right = *(const Id *)b;
    return (left > right) - (left < right);
}

TEST(threads_never_make_the_same_id)
{
    shared = ids_new(0);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        CHECK_INT(pthread_create(&threads[i], NULL, make_many, made[i]), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    Id *all = &made[0][0];
    qsort(all, THREADS * EACH, sizeof *all, by_number);
    for (int i = 1; i < THREADS * EACH; i++)
        CHECK(all[i] != all[i - 1]);
    free(shared);
}

TEST(the_text_of_an_id_has_13_digits_keeps_the_order_and_comes_back)
{
    static const Id some[] = {0, 1, 31, 32, 123456789, 1LL << 40, INT64_MAX};
    const char *before = "";
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        char *text = id_text(cx->arena, some[i]);
        CHECK_INT((long long)strlen(text), 13);
        CHECK(strcmp(before, text) < 0);
        Id back = -1;
        CHECK(id_parse(text, &back));
        CHECK_INT(back, some[i]);
        before = text;
    }
    CHECK_TEXT(id_text(cx->arena, INT64_MAX), "7zzzzzzzzzzzz");
}

TEST(what_is_no_id_is_refused)
{
    static const char *const bad[] = {"",
                                      "1",
                                      "000000000000",
                                      "00000000000000",
                                      "000000000000u",
                                      "000000000000A",
                                      "8000000000000",
                                      "00000000 0000",
                                      "-000000000001"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        Id id = 42;
        CHECK(!id_parse(bad[i], &id));
        CHECK_INT(id, 42);
    }
}
