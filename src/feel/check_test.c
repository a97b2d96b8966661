// SPDX-License-Identifier: Apache-2.0
// tests/feel/*.check-test, and that the check is sound: what it says of random expressions is held
// to what the machine does with random values.
#include "feel/check.h"
#include "feel/machine.h"
#include "feel/parser.h"

#include "base/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Case {
    int line;
    char *lines[3];
} Case;

static const FeelType *scope_of(Ctx *cx, const char *line)
{
    const FeelType *type = NULL;
    if (*line)
        CHECK_OK(feel_parse_type(cx, text_format(cx->arena, "context<%s>", line), NULL, &type));
    return type;
}

static const char *said(Ctx *cx, const FeelCheck *check)
{
    Buffer *out = buffer_new(cx->arena);
    buffer_text(out, feel_type_text(cx->arena, check->type));
    for (size_t i = 0; i < check->problems.count; i++) {
        const FeelDiagnostic *problem = &check->problems.items[i];
        buffer_format(out, "; %d-%d %s: %s", problem->from, problem->to, problem->code,
                      problem->message);
        if (problem->hint)
            buffer_format(out, " (%s)", problem->hint);
    }
    return out->bytes;
}

static const char *answer(Ctx *cx, const Case *test)
{
    FeelCheck check;
    const FeelType *scope = scope_of(cx, test->lines[1]);
    FeelCheckSetting setting = {0};
    const char *source = test->lines[0];
    if (scope) {
        setting.names = scope->fields;
        setting.name_count = scope->field_count;
    }
    if (text_starts(source, "in ")) {
        const char *colon = strchr(source, ':');
        CHECK(colon != NULL);
        setting.unary_tests = true;
        CHECK_OK(feel_parse_type(cx,
                                 text_slice(cx->arena, source + 3, (size_t)(colon - source) - 3),
                                 NULL, &setting.input));
        source = colon + 2;
    }
    Error *error = feel_check(cx, source, &setting, &check);
    return error ? text_format(cx->arena, "error %s", error->message) : said(cx, &check);
}

static char *next_line(Ctx *cx, FILE *file, int *number)
{
    char line[4096];
    if (!fgets(line, sizeof line, file))
        return NULL;
    line[strcspn(line, "\n")] = 0;
    ++*number;
    return text_copy(cx->arena, line);
}

TEST(the_check_finds_types_and_what_is_wrong)
{
    const char *path = TEST_SOURCE_ROOT "/tests/feel/check.check-test";
    FILE *file = fopen(path, "r");
    int number = 0;
    int count = 0;
    int failed = 0;
    char *line;
    CHECK(file != NULL);
    while ((line = next_line(cx, file, &number))) {
        if (!*line || *line == '#')
            continue;
        Case test = {number, {line}};
        test.lines[1] = next_line(cx, file, &number);
        test.lines[2] = next_line(cx, file, &number);
        CHECK(test.lines[1] && test.lines[2]);
        const char *got = answer(cx, &test);
        count++;
        if (strcmp(got, test.lines[2]) == 0)
            continue;
        fprintf(stderr, "%s:%d: %s\n  expected %s\n  got      %s\n", path, test.line, line,
                test.lines[2], got);
        failed++;
    }
    fclose(file);
    CHECK(count > 70);
    CHECK_INT(failed, 0);
}

// --- Held to the machine -------------------------------------------------------------------------

typedef struct Writer {
    Buffer *out;
    uint64_t seed;
    bool branches; // may it write what is not always evaluated?
} Writer;

static unsigned below(Writer *writer, unsigned count)
{
    writer->seed = writer->seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(writer->seed >> 33) % count;
}

static void write_one(Writer *writer, int depth);

static void write_joined(Writer *writer, const char *format, int depth)
{
    for (const char *at = format; *at; at++)
        if (*at == '_')
            write_one(writer, depth + 1);
        else
            buffer_byte(writer->out, *at);
}

static void write_one(Writer *writer, int depth)
{
    static const char *const leaves[] = {
        "1",   "2.5", "\"a\"",  "true",     "n",        "s", "b",    "d",      "xs", "c.n",
        "c.s", "t",   "rows.n", "@\"P1D\"", "@\"P1M\"", "c", "rows", "[1..3]", "f"};
    static const char *const plain[] = {
        "(_ + _)",
        "(_ - _)",
        "(_ * _)",
        "(_ / _)",
        "(_ = _)",
        "(_ < _)",
        "(-_)",
        "[_, _]",
        "{p: _, q: _}.p",
        "(_ between _ and _)",
        "(_ in [_.._])",
        "string(_)",
        "upper case(_)",
        "count(_)",
        "sum(_)",
        "max(_, _)",
        "substring(_, _)",
        "contains(_, _)",
        "append(_, _)",
        "(_ instance of number)",
        "f(_)",
        "abs(_)",
        "string join(_)",
        "date(_)",
        "reverse(_)",
        "(_).year",
        "[_.._]",
        "sort(_)",
        "before(_, _)",
    };
    static const char *const branching[] = {
        "(if _ then _ else _)",
        "(_ and _)",
        "(_ or _)",
        "(_ in (_, _))",
        "(some i in _ satisfies _)",
        "(for i in _ return _)",
        "(_)[_]",
        "rows[n > _]",
        "{g: function(z) _, h: g(_)}",
        "(_)[item = _]",
        "(_ in (< _, _))",
        "{p: _, q: p}",
        "get value(_, _)",
        "(every i in _ satisfies _)",
    };
    const size_t leaf_count = sizeof leaves / sizeof *leaves;
    const size_t plain_count = sizeof plain / sizeof *plain;
    const size_t branching_count = sizeof branching / sizeof *branching;
    if (depth > 3 || below(writer, 4) == 0)
        buffer_text(writer->out, leaves[below(writer, leaf_count)]);
    else if (writer->branches && below(writer, 3) == 0)
        write_joined(writer, branching[below(writer, branching_count)], depth);
    else
        write_joined(writer, plain[below(writer, plain_count)], depth);
}

static const char scope_type[] =
    "context<n: number, s: string, b: boolean, d: date, t: time, xs: list<number>, "
    "c: context<n: number, s: string>, rows: list<context<n: number, s: string>>, "
    "f: function<number>->number>";
static const char scope_value[] =
    "{n: 3, s: \"text\", b: true, d: @\"2026-11-27\", t: @\"10:00:00\", xs: [2, 3], "
    "c: {n: 4, s: \"x\"}, rows: [{n: 1, s: \"y\"}, {n: 2, s: \"z\"}], "
    "f: function(n: number) n + 1}";

// Whether the type of the value is one that the check thought of; ends of ranges may be null.
static bool is_expected(Ctx *cx, Value value, const FeelType *type)
{
    if (value.kind == VALUE_NULL || type->kind == TYPE_ANY)
        return true;
    if (value.kind == VALUE_RANGE)
        return type->kind == TYPE_RANGE;
    Machine machine;
    machine_open(&machine, cx, value_null(), NULL);
    return type->kind == TYPE_FUNCTION ? value.kind == VALUE_FUNCTION
                                       : feel_instance_of(&machine, value, type);
}

static const char *try_random(Ctx *cx, Writer *writer, const FeelType *scope, Value values)
{
    FeelCheck check;
    const Feel *feel;
    Value value;
    FeelDiagnostics diagnostics = {0};
    FeelCheckSetting setting = {.names = scope->fields, .name_count = scope->field_count};
    writer->out = buffer_new(cx->arena);
    write_one(writer, 0);
    const char *source = writer->out->bytes;
    CHECK_OK(feel_check(cx, source, &setting, &check));
    const char *names[] = {"n", "s", "b", "d", "t", "xs", "c", "rows", "f"};
    FeelOptions options = {.names = names, .name_count = sizeof names / sizeof *names};
    CHECK_OK(feel_compile(cx, source, &options, &feel));
    if (feel_evaluate(cx, feel, values, &diagnostics, &value))
        return NULL; // a limit
    if (!writer->branches && check.problems.count > 0 && diagnostics.count == 0)
        return text_format(cx->arena, "%s is fine, but: %s", source, said(cx, &check));
    if (!is_expected(cx, value, check.type))
        return text_format(cx->arena, "%s is %s, but: %s", source, feel_text(cx->arena, value),
                           said(cx, &check));
    return NULL;
}

TEST(what_the_check_says_of_random_expressions_is_what_the_machine_does)
{
    const FeelType *scope;
    const Feel *feel;
    Value values;
    size_t failed = 0;
    CHECK_OK(feel_parse_type(cx, scope_type, NULL, &scope));
    CHECK_OK(feel_compile(cx, scope_value, NULL, &feel));
    CHECK_OK(feel_evaluate(cx, feel, value_null(), NULL, &values));
    ArenaMark mark = arena_mark(cx->arena);
    for (uint64_t i = 0; i < 20000; i++) {
        Writer writer = {.seed = i, .branches = i % 2};
        const char *wrong = try_random(cx, &writer, scope, values);
        if (wrong && failed++ < 10)
            fprintf(stderr, "  %s\n", wrong);
        arena_rewind(cx->arena, mark);
    }
    CHECK_INT((int64_t)failed, 0);
}
