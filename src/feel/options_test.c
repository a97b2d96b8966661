// SPDX-License-Identifier: Apache-2.0
// What FeelOptions asks for beyond names.
#include "feel/check.h"
#include "feel/reads.h"

#include "base/test.h"

#include <string.h>

static const char *const names[] = {"total"};

static Error *evaluate_in(Ctx *cx, const char *source, const FeelOptions *options, Value *out)
{
    const Feel *feel;
    Value scope = value_context(cx->arena);
    value_set(cx->arena, scope, "rate", value_integer(2));
    TRY(feel_compile(cx, source, options, &feel));
    return feel_evaluate(cx, feel, scope, NULL, out);
}

TEST(functions_beyond_the_standard_are_refused_by_name_where_only_that_is_wanted)
{
    FeelOptions standard = {.standard = true};
    FeelOptions all = {0};
    FeelCheckSetting setting = {.standard = true};
    FeelCheck check;
    Value value;
    const char *source = "1 + count([millrace.format number(5)])";
    CHECK_OK(evaluate_in(cx, source, &all, &value));
    Error *error = evaluate_in(cx, source, &standard, &value);
    CHECK_FAILS(error, ERR_INVALID, "millrace.format number() is no function of the standard");
    CHECK_INT(error->column, 12);
    CHECK_FAILS(evaluate_in(cx, "millrace.format number", &standard, &value), ERR_INVALID,
                "no function of the standard");
    CHECK_OK(evaluate_in(cx, "format number", &standard, &value)); // just an unknown name
    CHECK_OK(feel_check(cx, source, &setting, &check));
    CHECK_INT((int64_t)check.problems.count, 1);
    CHECK_TEXT(check.problems.items[0].code, "extension");
}

TEST(a_diagnostic_says_what_to_do)
{
    FeelOptions strict = {.names = names, .name_count = 1, .strict = true};
    FeelDiagnostics diagnostics = {0};
    const Feel *feel;
    Value value;
    Value scope = value_context(cx->arena);
    value_set(cx->arena, scope, "total", value_integer(2));
    Error *error = feel_compile(cx, "totla + 1", &strict, &feel);
    CHECK_FAILS(error, ERR_INVALID, "unknown name");
    CHECK_TEXT(error->hint, "did you mean \"total\"?");
    CHECK_OK(feel_compile(cx, "[\"1\" < 2, @\"P1D\" = \"P1D\"]", NULL, &feel));
    CHECK_OK(feel_evaluate(cx, feel, scope, &diagnostics, &value));
    CHECK_INT((int64_t)diagnostics.count, 2);
    CHECK_TEXT(diagnostics.items[0].hint, "convert the string with number()");
    CHECK_TEXT(diagnostics.items[1].hint, "convert the string with duration()");
    diagnostics.count = 0;
    CHECK_OK(feel_compile(cx, "[toal, {gross sum: 1}.gros sum, nothing]", NULL, &feel));
    CHECK_OK(feel_evaluate(cx, feel, scope, &diagnostics, &value));
    CHECK_INT((int64_t)diagnostics.count, 3);
    CHECK_TEXT(diagnostics.items[0].hint, "did you mean \"total\"?");
    CHECK_TEXT(diagnostics.items[1].hint, "did you mean \"gross sum\"?");
    CHECK(!diagnostics.items[2].hint);
}

TEST(a_missing_name_fails_a_strict_evaluation)
{
    FeelOptions strict = {.names = names, .name_count = 1, .strict_scope = true};
    Value value;
    CHECK_OK(evaluate_in(cx, "rate * 2", &strict, &value)); // not declared, but brought along
    CHECK_INT(value.kind, VALUE_NUMBER);
    CHECK_OK(evaluate_in(cx, "total * 2", &strict, &value)); // declared, and not there yet
    CHECK_INT(value.kind, VALUE_NULL);
    Error *error = evaluate_in(cx, "1 +\n rat * 2", &strict, &value);
    CHECK_FAILS(error, ERR_INVALID, "unknown name \"rat\"");
    CHECK_INT(error->line, 2);
    CHECK_INT(error->column, 2);
    CHECK(error->hint && strstr(error->hint, "rate"));
    CHECK_OK(evaluate_in(cx, "[{a: 1}][b = 1]", &strict, &value)); // perhaps an entry of the items
    CHECK_OK(evaluate_in(cx, "if true then 1 else nowhere", &strict, &value));
}

static const char *reads_of(Ctx *cx, const char *source)
{
    static const char *const known[] = {"order", "customer order"};
    FeelOptions options = {.names = known, .name_count = 2};
    FeelReads reads = {0};
    CHECK_OK(feel_reads(cx, source, &options, "order", &reads));
    Buffer *text = buffer_new(cx->arena);
    for (size_t i = 0; i < reads.count; i++)
        buffer_format(text, "%s ", reads.items[i]);
    buffer_text(text, reads.whole ? "whole" : ".");
    return text->bytes;
}

TEST(what_an_expression_reads_of_a_name_is_known)
{
    CHECK_TEXT(reads_of(cx, "order.amount > order.limit and order.amount > 0"), "amount limit .");
    CHECK_TEXT(reads_of(cx, "for l in order.lines return l.price * order.rate"), "rate lines .");
    CHECK_TEXT(reads_of(cx, "order.day.year"), "day .");
    CHECK_TEXT(reads_of(cx, "customer order.day"), ".");
    CHECK_TEXT(reads_of(cx, "if order.big then {a: order} else null"), "big whole");
    CHECK_TEXT(reads_of(cx, "get value(order, \"limit\")"), "whole");
    CHECK_TEXT(reads_of(cx, "order[amount > 1]"), "whole");
    CHECK_TEXT(reads_of(cx, "total + 1"), ".");
}
