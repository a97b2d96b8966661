// SPDX-License-Identifier: Apache-2.0
// Search: the first line is what somebody types, the rest a value. The terms of the value, asked as
// an index would ask them, and the look at the value itself say the same; what is marked lies
// within the value, between whole letters.
#include "fuzz.h"
#include "search/words.h"

#include <string.h>

static const char place[SEARCH_PLACE + 1] = "0a01";

typedef struct Asking {
    const char *at;    // in the question
    const char *terms; // each with a blank before and behind it
} Asking;

static bool passes(Asking *asking, const char *text)
{
    bool there = text_starts(asking->at, text);
    asking->at += there ? strlen(text) : 0;
    return there;
}

static bool either(Ctx *cx, Asking *asking);

// "term", "term" *, or a question in brackets.
static bool one(Ctx *cx, Asking *asking)
{
    if (passes(asking, "(")) {
        bool holds = either(cx, asking);
        FUZZ_HOLDS(passes(asking, ")"));
        return holds;
    }
    FUZZ_HOLDS(passes(asking, "\""));
    size_t length = strcspn(asking->at, "\"");
    const char *term = text_slice(cx->arena, asking->at, length);
    asking->at += length + 1;
    bool prefix = passes(asking, " *");
    return strstr(asking->terms, text_format(cx->arena, " %s%s", term, prefix ? "" : " ")) != NULL;
}

static bool all(Ctx *cx, Asking *asking)
{
    bool holds = one(cx, asking);
    while (passes(asking, " AND "))
        holds = one(cx, asking) && holds;
    return holds;
}

static bool either(Ctx *cx, Asking *asking)
{
    bool holds = all(cx, asking);
    while (passes(asking, " OR "))
        holds = all(cx, asking) || holds;
    return holds;
}

static bool index_finds(Ctx *cx, const SearchWords *words, const char *value, Reach reach)
{
    Buffer *terms = buffer_new(cx->arena);
    buffer_byte(terms, ' ');
    terms_write(terms, place, value);
    for (const char *at = terms->bytes; *at; at++)
        FUZZ_HOLDS((*at & 0x80) || (*at >= '0' && *at <= '9') || (*at >= 'a' && *at <= 'z') ||
                   *at == ' ');
    Asking asking = {words_question(cx->arena, words, &place, 1, reach, false), terms->bytes};
    bool holds = either(cx, &asking);
    FUZZ_HOLDS(!*asking.at);
    return holds;
}

static bool look_finds(const SearchWords *words, const char *value, Ctx *cx)
{
    WordHit hits[SEARCH_WORDS + 1];
    words_look(cx->arena, words, value, hits);
    bool holds = true;
    for (size_t i = 0; i <= SEARCH_WORDS; i++) {
        FUZZ_HOLDS(hits[i].from <= hits[i].to && hits[i].to <= strlen(value));
        FUZZ_HOLDS(!hits[i].found || hits[i].from < hits[i].to);
        if (utf8_valid(value, strlen(value)))
            FUZZ_HOLDS(utf8_valid(value + hits[i].from, hits[i].to - hits[i].from));
        holds = holds && (i >= words->count || hits[i].found);
    }
    return holds || hits[SEARCH_WORDS].found;
}

static void run(Ctx *cx, const char *bytes, size_t length)
{
    const char *text = text_slice(cx->arena, bytes, length);
    size_t line = strcspn(text, "\n");
    const char *value = text[line] ? text + line + 1 : "";
    SearchWords words = words_read(cx->arena, text_slice(cx->arena, text, line));
    if (!words.count)
        return;
    bool whole = true; // no run of three characters, of which an index knows pairs only
    for (size_t i = 0; i < words.count; i++)
        whole = whole && (!words.items[i].paired || words.items[i].letters <= 2);
    bool looks = look_finds(&words, value, cx);
    bool indexed = index_finds(cx, &words, value, REACH_ANY);
    FUZZ_HOLDS(!looks || indexed);
    FUZZ_HOLDS(!whole || !indexed || looks);
    FUZZ_HOLDS(indexed || !index_finds(cx, &words, value, REACH_START));
    FUZZ_HOLDS(indexed || !index_finds(cx, &words, value, REACH_WHOLE));
    // A part of a value, as it is written, is found by what search_narrow asks.
    SearchWords within = words_within(&words);
    const char *typed = text_slice(cx->arena, text, line);
    if (within.count && utf8_valid(text, length) && strcasestr(value, typed))
        FUZZ_HOLDS(index_finds(cx, &within, value, REACH_ANY));
    // A value is found by itself, as far as a question goes.
    SearchWords own = words_read(cx->arena, value);
    FUZZ_HOLDS(!own.count ||
               (look_finds(&own, value, cx) && index_finds(cx, &own, value, REACH_WHOLE)));
}

static const char *const seeds[] = {
    "wxm\n王小明",
    "wang xiao\n王小明 (溪湾泵业ABC公司)",
    "0421 555-1234\n+49 421 5551234",
    "ac000123 müller\nAC-000123 M\xc3\xbcller Stra\xc3\x9f"
    "e",
    "works 泵业\nWaterworks 溪湾泵业",
    NULL,
};

const FuzzTarget fuzz_target = {.run = run, .seeds = seeds};
