// SPDX-License-Identifier: Apache-2.0
#include "search/name.h"

#include "base/test.h"

#include <string.h>

static int closeness(Ctx *cx, const char *a, const char *b)
{
    NameCore left = name_core(cx->arena, a), right = name_core(cx->arena, b);
    int there = name_closeness(&left, &right, true), back = name_closeness(&right, &left, true);
    CHECK_INT(there, back);
    return there;
}

static bool is_found(Ctx *cx, const char *asked, const char *kept)
{
    NameKeys questions = {0}, keys = {0};
    NameCore left = name_core(cx->arena, asked), right = name_core(cx->arena, kept);
    name_questions(cx->arena, &left, true, &questions);
    name_keys(cx->arena, &right, true, &keys);
    for (size_t q = 0; q < questions.count; q++)
        for (size_t k = 0; k < keys.count; k++)
            if (text_equal(questions.items[q], keys.items[k]))
                return true;
    return false;
}

TEST(a_name_is_the_same_without_its_forms)
{
    static const char *const same[][2] = {
        {"Alder Pumps GmbH & Co. KG", "ALDER PUMPS"},
        {"Alder Pumps G.m.b.H.", "Pumps Alder"},
        {"Kölner Wasserwerke AG", "koelner wasserwerke"},
        {"Société Générale S.A.", "SOCIETE GENERALE"},
        {"The Kennet Mills Ltd.", "Kennet Mills"},
        {"Dr. Ada Byron", "Byron, Ada"},
        {"溪湾泵业有限公司", "溪湾泵业股份有限公司"},
        {"溪湾泵业（上海）有限公司", "溪湾泵业上海有限公司"},
        {"Ａｌｄｅｒ　Ｐｕｍｐｓ", "Alder Pumps"},
        {"I.B.M. Corp", "IBM"},
        {"Straße 9", "strasse 9"},
    };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (i != 2)
            CHECK_INT(closeness(cx, same[i][0], same[i][1]), 100);
    CHECK(closeness(cx, same[2][0], same[2][1]) > 90); // ö is not oe, but near
    CHECK_INT(closeness(cx, "GmbH", "AG"), 0);
    CHECK_INT(closeness(cx, "有限公司", "股份有限公司"), 0);
    CHECK_INT(closeness(cx, "", ""), 0);
    CHECK_INT(closeness(cx, "&", "-"), 0);
}

TEST(a_name_is_near_by_few_letters_or_by_how_it_is_read)
{
    CHECK_INT(closeness(cx, "Waterworks", "Watreworks"), 90);
    CHECK_INT(closeness(cx, "Waterworks", "Waterwork"), 89);
    CHECK_INT(closeness(cx, "Ford", "Fort"), 75);
    CHECK_INT(closeness(cx, "Ford", "Fotr"), 0);
    CHECK_INT(closeness(cx, "BMW", "BMX"), 0);
    CHECK_INT(closeness(cx, "王小明", "王晓明"), 80);
    CHECK_INT(closeness(cx, "王小明", "Wang Xiaoming"), 80);
    CHECK_INT(closeness(cx, "王小明", "李小明"), 0);
    CHECK_INT(closeness(cx, "溪湾泵业", "溪弯泵业有限公司"), 80);
    NameCore a = name_core(cx->arena, "Waterworks"), b = name_core(cx->arena, "Waterwork");
    CHECK_INT(name_closeness(&a, &b, false), 0);
}

// A small generator: what is tried is the same on every day.
static uint32_t next(uint32_t *seed, uint32_t below)
{
    *seed = *seed * 1664525 + 1013904223;
    return (*seed >> 8) % below;
}

static void edit(char *name, uint32_t *seed)
{
    size_t length = strlen(name), at = next(seed, (uint32_t)length);
    char letter = (char)('a' + next(seed, 4));
    switch (next(seed, 4)) {
    case 0:
        name[at] = letter;
        break;
    case 1:
        memmove(name + at, name + at + 1, length - at);
        break;
    case 2:
        memmove(name + at + 1, name + at, length - at + 1);
        name[at] = letter;
        break;
    default:
        if (at + 1 < length) {
            char kept = name[at];
            name[at] = name[at + 1];
            name[at + 1] = kept;
        }
    }
}

TEST(every_near_name_is_found_by_a_key)
{
    uint32_t seed = 7;
    int near = 0;
    for (int round = 0; round < 20000; round++) {
        ArenaMark mark = arena_mark(cx->arena);
        char name[40] = "", other[44];
        size_t letters = 2 + next(&seed, 20);
        for (size_t i = 0; i < letters; i++)
            name[i] = (char)('a' + next(&seed, 4));
        strcpy(other, name);
        for (uint32_t edits = next(&seed, 3); edits > 0 && *other; edits--)
            edit(other, &seed);
        if (closeness(cx, name, other)) {
            near++;
            CHECK(is_found(cx, name, other) && is_found(cx, other, name));
        }
        arena_rewind(cx->arena, mark);
    }
    CHECK(near > 10000);
}

TEST(few_keys_are_kept_and_few_are_asked_for)
{
    static const char *const names[] = {"BMW", "Waterworks", "Alder Pumps and Turbines of Bremen",
                                        "溪湾泵业有限公司"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        NameKeys questions = {0}, keys = {0};
        NameCore core = name_core(cx->arena, names[i]);
        name_questions(cx->arena, &core, true, &questions);
        name_keys(cx->arena, &core, true, &keys);
        CHECK(keys.count >= 2 && keys.count <= 6);
        CHECK(questions.count <= 40);
    }
}
