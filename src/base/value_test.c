// SPDX-License-Identifier: Apache-2.0
#include "base/json.h"
#include "base/limits.h"
#include "base/test.h"

#include <string.h>

static Value read(Ctx *cx, const char *json)
{
    Value value;
    CHECK_OK(json_parse(cx, json, strlen(json), &value));
    return value;
}

TEST(zeroed_memory_is_null)
{
    Value value;
    memset(&value, 0, sizeof value);
    CHECK(value.kind == VALUE_NULL);
    CHECK(value_equal(value, value_null()));
    CHECK_INT((long long)sizeof value, 24);
}

TEST(a_context_keeps_the_order_of_its_keys_and_replaces_values)
{
    Value context = value_context(cx->arena);
    value_set(cx->arena, context, "b", value_integer(1));
    value_set(cx->arena, context, "a", value_text("x"));
    value_set(cx->arena, context, "b", value_integer(2));
    CHECK_JSON(context, "{\"b\":2,\"a\":\"x\"}");
    CHECK_TEXT(value_get_text(context, "a"), "x");
    CHECK_TEXT(value_get_text(context, "b"), NULL);
    CHECK(!value_get(context, "c"));
    CHECK(!value_get(value_integer(1), "c"));
}

TEST(a_pointer_leads_into_lists_and_contexts)
{
    Value root = read(cx, "{\"a\":[1,{\"b/c\":{\"d~e\":\"found\"}}],\"\":7}");
    CHECK_JSON(*value_at(root, "/a/0"), "1");
    CHECK_JSON(*value_at(root, "/a/1/b~1c/d~0e"), "\"found\"");
    CHECK_JSON(*value_at(root, "/"), "7");
    static const char *const nowhere[] = {"",     "a",  "/a/2",   "/a/01",          "/a/-1", "/a/",
                                          "/a/x", "/b", "/a/0/b", "/a/99999999999", "/a/1/b"};
    for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++)
        CHECK(!value_at(root, nowhere[i]));
}

TEST(values_are_equal_by_meaning)
{
    static const char *const equal[][2] = {
        {"1.0", "1.00"},
        {"[1,2]", "[1.0,2]"},
        {"{\"a\":1,\"b\":[null]}", "{\"b\":[null],\"a\":1}"},
        {"\"x\"", "\"\\u0078\""},
    };
    static const char *const different[][2] = {
        {"1", "\"1\""},    {"[1,2]", "[2,1]"},  {"{\"a\":1}", "{\"a\":1,\"b\":null}"},
        {"null", "false"}, {"\"a\"", "\"ab\""}, {"{\"a\":1}", "{\"b\":1}"},
    };
    for (size_t i = 0; i < sizeof equal / sizeof *equal; i++)
        CHECK(value_equal(read(cx, equal[i][0]), read(cx, equal[i][1])));
    for (size_t i = 0; i < sizeof different / sizeof *different; i++)
        CHECK(!value_equal(read(cx, different[i][0]), read(cx, different[i][1])));
}

static Value date_time(Ctx *cx, const char *text)
{
    DateTime *value = NEW(cx->arena, DateTime);
    CHECK(date_time_parse(text, strlen(text), value));
    return (Value){.kind = VALUE_DATE_TIME, .date_time = value};
}

TEST(dates_with_times_are_equal_when_their_instants_are)
{
    Value noon = date_time(cx, "2026-11-22T12:00:00Z");
    CHECK(value_equal(noon, date_time(cx, "2026-11-22T13:00:00+01:00")));
    CHECK(!value_equal(noon, date_time(cx, "2026-11-22T12:00:00")));
    CHECK(!value_equal(noon, date_time(cx, "2026-11-22T12:00:00.000000001Z")));
    CHECK(value_equal(noon, value_instant(cx->arena, 1795348800000000)));
}

TEST(a_copy_lives_on_without_its_source)
{
    Arena *short_lived = arena_new(LIMIT_UNIT_BYTES);
    Ctx other = *cx;
    other.arena = short_lived;
    Value source = read(&other, "{\"a\":[\"text\",1.50,{\"b\":null}],\"c\":true}");
    Value *range = arena_alloc(short_lived, sizeof(ValueRange));
    *(ValueRange *)range = (ValueRange){value_text("low"), value_integer(9), true, false};
    value_set(short_lived, source, "r",
              (Value){.kind = VALUE_RANGE, .range = (const ValueRange *)range});
    value_set(short_lived, source, "t", value_instant(short_lived, TEST_NOW));
    value_set(short_lived, source, "f", (Value){.kind = VALUE_FUNCTION, .function = range});
    Value copy = value_copy(cx->arena, source);
    arena_free(short_lived);
    CHECK_JSON(copy, "{\"a\":[\"text\",1.50,{\"b\":null}],\"c\":true,\"r\":\"[\\\"low\\\"..9)\","
                     "\"t\":\"2026-09-21T14:13:20Z\",\"f\":null}");
}

TEST(each_kind_has_its_word)
{
    for (int kind = VALUE_NULL; kind <= VALUE_FUNCTION; kind++)
        CHECK(value_kind_word((ValueKind)kind) != NULL);
    CHECK_TEXT(value_kind_word(VALUE_DATE_TIME), "date and time");
    CHECK_TEXT(value_kind_word(VALUE_TEXT), "string");
}

// Each level holds the one below twice: as a tree it would have 2^40 leaves.
TEST(values_that_share_their_parts_are_compared_within_a_budget)
{
    Value shared[2] = {value_integer(1), value_integer(1)};
    Value apart[2] = {value_integer(1), value_integer(1)};
    for (int level = 0; level < 40; level++) {
        for (int side = 0; side < 2; side++) {
            Value *items = NEW_ARRAY(cx->arena, Value, 2);
            items[0] = items[1] = side ? apart[0] : shared[0];
            (side ? apart : shared)[0] = value_list(items, 2);
        }
    }
    CHECK(value_equal(shared[0], shared[0]));
    CHECK(!value_equal(shared[0], apart[0])); // beyond the budget counts as different
}
