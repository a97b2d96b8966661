// SPDX-License-Identifier: Apache-2.0
#include "base/json.h"

#include "base/limits.h"
#include "base/test.h"

#include <string.h>

static Error *parse(Ctx *cx, const char *json, Value *out)
{
    return json_parse(cx, json, strlen(json), out);
}

static const char *round_trip(Ctx *cx, const char *json)
{
    Value value;
    CHECK_OK(parse(cx, json, &value));
    return json_text(cx->arena, value);
}

TEST(json_comes_back_as_it_went_in)
{
    static const char *const same[] = {
        "null",
        "true",
        "[]",
        "{}",
        "\"\"",
        "[1,-2,3.50,0.1,12345678901234567890.123]",
        "{\"b\":{\"a\":[{},[],null,false]},\"a\":\"x\"}",
        "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f/\"",
        "\"z\xc3\xbcrich \xe4\xb8\xad\xe6\x96\x87 \xf0\x9f\x98\x80\"",
    };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        CHECK_TEXT(round_trip(cx, same[i]), same[i]);
}

TEST(json_is_read_in_all_its_spellings)
{
    CHECK_TEXT(round_trip(cx, " \t\r\n[ 1 , 2 ]\n"), "[1,2]");
    CHECK_TEXT(round_trip(cx, "\"\\u00fc\\u4e2d\\ud83d\\ude00\\/\""),
               "\"\xc3\xbc\xe4\xb8\xad\xf0\x9f\x98\x80/\"");
    CHECK_TEXT(round_trip(cx, "\"\\\\u0000 \\\\ud800\""), "\"\\\\u0000 \\\\ud800\"");
    CHECK_TEXT(round_trip(cx, "[1e2,1E-2,-0]"), "[100,0.01,0]");
}

TEST(numbers_of_json_stay_exact)
{
    Value value;
    CHECK_OK(parse(cx, "0.1", &value));
    CHECK_INT(decimal_compare(value.number, decimal_scaled(1, -1)), 0);
    CHECK_TEXT(round_trip(cx, "9007199254740993"), "9007199254740993");
    CHECK_TEXT(round_trip(cx, "1234567890123456789012345678901234"),
               "1234567890123456789012345678901234");
}

typedef struct Bad {
    const char *json;
    const char *words;
    int line;
    int column;
} Bad;

TEST(broken_json_is_refused_with_its_place)
{
    static const Bad bad[] = {
        {"", "premature EOF", 1, 1},
        {"[1,2", "premature EOF", 1, 5},
        {"{\"a\":1}x", "trailing garbage", 1, 8},
        {"1 2", "trailing garbage", 1, 4},
        {"{\"a\":1,\n \"a\":2}", "the key 'a' stands twice", 2, 4},
        {"{\"a\":1,\"\\u0061\":2}", "the key 'a' stands twice", 1, 15},
        {"[1,\n\n  x]", "invalid char", 3, 3},
        {"[1,]", "unallowed token", 1, 4},
        {"{a:1}", "invalid char", 1, 2},
        {"[01]", "the JSON is broken", 1, 3},
        {"[1.]", "a digit is required after the decimal point", 1, 3},
        {"[+1]", "the JSON is broken", 1, 2},
        {"[1e99999]", "the number 1e99999 is out of range", 1, 8},
        {"[\"a\\u0000\"]", "a NUL character", 1, 4},
        {"[\"\\ud800\"]", "half a surrogate pair", 1, 3},
        {"[\"\\ud800\\u0041\"]", "half a surrogate pair", 1, 3},
        {"[\"\\udc00\"]", "half a surrogate pair", 1, 3},
        {"[\"\\x\"]", "occurs before a character which it may not", 1, 3},
        {"[\"a\nb\"]", "invalid character inside string", 1, 3},
        {"/* c */ 1", "the JSON is broken", 1, 1},
        {"[\"\xc3\xbc\xff\"]", "not UTF-8", 1, 4},
        {"[\"\xc0\x80\"]", "not UTF-8", 1, 3},
        {"[\"\xed\xa0\x80\"]", "not UTF-8", 1, 3},
        {"\xef\xbb\xbf[]", "the JSON is broken", 1, 1},
        {"[}", "unallowed token", 1, 2},
        {"nul", "the JSON is broken", 1, 4},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        Value value = value_integer(42);
        Error *error = parse(cx, bad[i].json, &value);
        CHECK_FAILS(error, ERR_INVALID, bad[i].words);
        CHECK_TEXT(text_format(cx->arena, "%s at %d:%d", bad[i].json, error->line, error->column),
                   text_format(cx->arena, "%s at %d:%d", bad[i].json, bad[i].line, bad[i].column));
        CHECK_JSON(value, "42");
    }
}

TEST(a_nul_byte_is_refused_wherever_it_stands)
{
    Value value;
    CHECK_FAILS(json_parse(cx, "[1]\0", 4, &value), ERR_INVALID, "NUL byte");
    CHECK_FAILS(json_parse(cx, "\"a\0b\"", 5, &value), ERR_INVALID, "NUL byte");
}

TEST(json_is_read_only_as_far_as_its_length)
{
    Value value;
    CHECK_OK(json_parse(cx, "[12]]", 4, &value));
    CHECK_JSON(value, "[12]");
    CHECK_OK(json_parse(cx, "123", 2, &value));
    CHECK_JSON(value, "12");
}

static char *nested(Ctx *cx, int depth)
{
    char *json = arena_alloc(cx->arena, (size_t)depth * 2 + 1);
    memset(json, '[', (size_t)depth);
    memset(json + depth, ']', (size_t)depth);
    return json;
}

TEST(json_nested_too_deeply_is_refused)
{
    Value value;
    CHECK_OK(parse(cx, nested(cx, LIMIT_JSON_DEPTH), &value));
    CHECK_FAILS(parse(cx, nested(cx, LIMIT_JSON_DEPTH + 1), &value), ERR_LIMIT, "64 levels");
    CHECK_FAILS(parse(cx, nested(cx, 1000000), &value), ERR_LIMIT, "64 levels");
}

TEST(json_that_is_too_long_is_refused)
{
    Value value;
    char *json = arena_alloc(cx->arena, LIMIT_JSON_BYTES + 2);
    memset(json, ' ', LIMIT_JSON_BYTES + 1);
    json[0] = '1';
    CHECK_OK(json_parse(cx, json, LIMIT_JSON_BYTES, &value));
    CHECK_FAILS(json_parse(cx, json, LIMIT_JSON_BYTES + 1, &value), ERR_LIMIT, "longer than");
}

TEST(many_keys_do_not_cost_their_square_and_a_double_one_is_still_found)
{
    Buffer *json = buffer_new(cx->arena);
    buffer_byte(json, '{');
    for (int i = 0; i < 200000; i++)
        buffer_format(json, "\"key%d\":%d,", i, i);
    size_t length = json->length;
    buffer_text(json, "\"last\":0}");
    Value value;
    CHECK_OK(parse(cx, json->bytes, &value));
    CHECK_INT((long long)value.context->count, 200001);
    json->length = length;
    buffer_text(json, "\"key77\":0}");
    CHECK_FAILS(parse(cx, json->bytes, &value), ERR_INVALID, "'key77' stands twice");
}

TEST(other_kinds_are_written_as_iso_and_feel_texts)
{
    Value context = value_context(cx->arena);
    value_set(cx->arena, context, "date", value_date((Date){2026, 11, 22}));
    value_set(cx->arena, context, "time",
              (Value){.kind = VALUE_TIME, .time = {1500000000, zone_offset(3600)}});
    value_set(cx->arena, context, "instant", value_instant(cx->arena, TEST_NOW + 500000));
    value_set(cx->arena, context, "days",
              (Value){.kind = VALUE_DAYS_DURATION, .days_duration = {-90061, 0}});
    value_set(cx->arena, context, "months", (Value){.kind = VALUE_MONTHS_DURATION, .months = 14});
    ValueRange range = {value_date((Date){2026, 1, 1}), value_null(), true, false};
    value_set(cx->arena, context, "range", (Value){.kind = VALUE_RANGE, .range = &range});
    CHECK_JSON(context, "{\"date\":\"2026-11-22\",\"time\":\"00:00:01.5+01:00\","
                        "\"instant\":\"2026-09-21T14:13:20.5Z\",\"days\":\"-P1DT1H1M1S\","
                        "\"months\":\"P1Y2M\",\"range\":\"[@\\\"2026-01-01\\\"..null)\"}");
}
