// SPDX-License-Identifier: Apache-2.0
// FEEL: an expression, and on the line behind it a context as JSON, as tests/feel has them:
// compiled, as unary tests too, and evaluated. The result's own text must compile again.
#include "feel/feel.h"
#include "base/json.h"
#include "fuzz.h"

#include <string.h>

static void evaluate(Ctx *cx, const char *source, Value scope)
{
    const Feel *feel;
    Value value;
    FeelDiagnostics diagnostics = {0};
    size_t count = scope.kind == VALUE_CONTEXT ? scope.context->count : 0;
    const char **names = NEW_ARRAY(cx->arena, const char *, count + 1);
    for (size_t i = 0; i < count; i++)
        names[i] = scope.context->entries[i].key;
    FeelOptions options = {.names = names, .name_count = count};
    if (!fuzz_fine(feel_compile(cx, source, &options, &feel)))
        return;
    if (!fuzz_fine(feel_evaluate(cx, feel, scope, &diagnostics, &value)))
        return;
    for (size_t i = 0; i < diagnostics.count; i++)
        FUZZ_HOLDS(*diagnostics.items[i].code && *diagnostics.items[i].message &&
                   utf8_valid(diagnostics.items[i].message, strlen(diagnostics.items[i].message)));
    const char *text = feel_text(cx->arena, value);
    FUZZ_HOLDS(utf8_valid(text, strlen(text)));
    json_text(cx->arena, value);
    FUZZ_HOLDS(value.kind == VALUE_FUNCTION || value_equal(value, value) || strlen(text) > 0);
    if (strlen(text) < 4096 && !strstr(text, "function"))
        fuzz_fine(feel_compile(cx, text, NULL, &feel));
}

static void test(Ctx *cx, const char *source, Value scope)
{
    const Feel *feel;
    bool matches;
    FeelOptions options = {.unary_tests = true, .strict = true};
    if (fuzz_fine(feel_compile(cx, source, &options, &feel)))
        fuzz_fine(feel_matches(cx, feel, value_integer(7), scope, NULL, &matches));
}

static void run(Ctx *cx, const char *bytes, size_t length)
{
    FuzzBytes in = {bytes, bytes + length};
    const char *whole = text_slice(cx->arena, bytes, length);
    const char *first = fuzz_line(cx, &in), *second = fuzz_line(cx, &in);
    Value scope = value_null();
    if (*second != '{' || !fuzz_fine(json_parse(cx, second, strlen(second), &scope)))
        first = whole;
    evaluate(cx, first, scope);
    test(cx, first, scope);
}

static const char *const seeds[] = {
    "for i in 1..1000000000 return i",
    "(function(f, n) f(f, n))(function(f, n) f(f, n + 1), 0)",
    "[1,2,3][item > 1][1] in (> 1, [2..3], not(5))",
    "{a b: 1, c: a b + 1, d: function(x: number) x * c}.d(2)",
    "some x in [1,2], y in [x..5] satisfies y > x",
    "date and time(\"2026-10-25T02:30:00@Europe/Berlin\") + duration(\"P1DT1H\")",
    "@\"2026-01-01\" - @\"2025-01-01\" // comment\n /* more */",
    "sort(list: [3,1], precedes: function(x, y) x < y)",
    "number(\"1 000,5\", \" \", \",\") ** 0.5",
    "if x = null then \"a\" else string join([\"b\"], \"\\u00e9\")",
    NULL,
};
static const char *const files[] = {"tests/feel/*.feel-test", NULL};

const FuzzTarget fuzz_target = {.run = run, .seeds = seeds, .files = files, .blocks = true};
