// SPDX-License-Identifier: Apache-2.0
#include "search/words.h"

#include "base/test.h"

#include <stdlib.h>
#include <string.h>

// Whether all words are found in the value, and what is marked of it, in brackets.
static const char *look(Ctx *cx, const char *value, const char *typed)
{
    WordHit hits[SEARCH_WORDS + 1];
    SearchWords words = words_read(cx->arena, typed);
    Buffer *out = buffer_new(cx->arena);
    words_look(cx->arena, &words, value, hits);
    bool all = words.count > 0;
    for (size_t i = 0; i < words.count; i++)
        all = all && hits[i].found;
    if (!all && !hits[SEARCH_WORDS].found)
        return "";
    for (size_t i = all ? 0 : SEARCH_WORDS; i < (all ? words.count : SEARCH_WORDS + 1); i++) {
        buffer_text(out, "[");
        buffer_add(out, value + hits[i].from, hits[i].to - hits[i].from);
        buffer_text(out, "]");
    }
    return out->bytes;
}

TEST(chinese_names_are_found_by_pinyin_and_initials)
{
    CHECK_TEXT(look(cx, "王小明", "wxm"), "[王小明]");
    CHECK_TEXT(look(cx, "王小明", "wangxiaoming"), "[王小明]");
    CHECK_TEXT(look(cx, "王小明", "WangXiaoM"), "[王小明]");
    CHECK_TEXT(look(cx, "王小明", "wang xiao"), "[王][小]");
    CHECK_TEXT(look(cx, "王小明", "xm"), "[小明]");
    CHECK_TEXT(look(cx, "王小明", "wxn"), "");
    CHECK_TEXT(look(cx, "王小明", "angxiao"), "");
    CHECK_TEXT(look(cx, "曾乐", "zengyue"), ""); // one character of a reading may be read otherwise
    CHECK_TEXT(look(cx, "曾乐", "zengle"), "[曾乐]");
    CHECK_TEXT(look(cx, "曾乐", "cengyue"), "[曾乐]");
    CHECK_TEXT(look(cx, "重庆水务", "chongqing"), "[重庆]");
    CHECK_TEXT(look(cx, "吕布", "lvbu"), "[吕布]");
    CHECK_TEXT(look(cx, "吕布", "lübu"), "[吕布]");
}

TEST(chinese_is_found_by_two_characters_and_by_one)
{
    CHECK_TEXT(look(cx, "溪湾泵业有限公司", "泵业"), "[泵业]");
    CHECK_TEXT(look(cx, "溪湾泵业有限公司", "湾泵业有"), "[湾泵业有]");
    CHECK_TEXT(look(cx, "溪湾泵业有限公司", "司"), "[司]");
    CHECK_TEXT(look(cx, "溪湾泵业有限公司", "业泵"), "");
    CHECK_TEXT(look(cx, "溪湾泵业ABC公司", "abc公司"), "[ABC][公司]");
}

TEST(words_are_found_by_their_beginning_and_by_their_inside)
{
    CHECK_TEXT(look(cx, "Alder Waterworks", "wat"), "[Wat]");
    CHECK_TEXT(look(cx, "Alder Waterworks", "works ald"), "[works][Ald]");
    CHECK_TEXT(look(cx, "Alder Waterworks", "aterw"), "[aterw]");
    CHECK_TEXT(look(cx, "Alder Waterworks", "ks"), "");
    CHECK_TEXT(look(cx, "Müller Straße", "muller strasse"), "[Müller][Straße]");
    CHECK_TEXT(look(cx, "Muller", "MÜLLER"), "[Muller]");
    CHECK_TEXT(look(cx, "Ｍｉｌｌ １２３", "mill"), "[Ｍｉｌｌ]");
    CHECK_TEXT(look(cx, "Plan B", "b"), "[B]");
    CHECK_TEXT(look(cx, "Plan Bo", "b"), "");
}

TEST(numbers_are_found_by_their_end_however_they_are_written)
{
    CHECK_TEXT(look(cx, "+49 421 5551234", "1234"), "[1234]");
    CHECK(*look(cx, "+49 421 5551234", "0421 555-1234"));
    CHECK(*look(cx, "+494215551234", "421 5551234"));
    CHECK(*look(cx, "+494215551234", "04215551234"));
    CHECK_TEXT(look(cx, "+494215551234", "34"), "");
    CHECK_TEXT(look(cx, "AC-000123", "ac000123"), "[AC-000123]");
    CHECK_TEXT(look(cx, "AC-000123", "AC-000123"), "[AC][000123]");
    CHECK_TEXT(look(cx, "AC-000123", "123"), "[123]");
    CHECK_TEXT(look(cx, "a.b@mill.example", "b@mill"), "[b][mill]");
}

TEST(a_question_names_places_and_kinds)
{
    static const char places[][SEARCH_PLACE + 1] = {"0a00", "0a01"};
    SearchWords words = words_read(cx->arena, "Alder 泵业");
    CHECK_TEXT(words_question(cx->arena, &words, places, 1, REACH_WHOLE, false),
               "((\"0a00walder\") AND ((\"0a00p泵业\")))");
    CHECK_TEXT(words_question(cx->arena, &words, places, 2, REACH_ANY, true),
               "(('0a00walder':* | '0a00ialder':* | '0a01walder':* | '0a01ialder':*)"
               " & (('0a00p泵业') | ('0a01p泵业')))");
}
