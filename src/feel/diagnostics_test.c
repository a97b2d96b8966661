// SPDX-License-Identifier: Apache-2.0
// Diagnostics are results: wherever values other than null make a built-in or an operator say null,
// it says why, and where.
#include "feel/builtin.h"

#include "base/test.h"

#include <stdio.h>
#include <string.h>

// One of each kind, and some that are of the right kind and wrong all the same.
static const char *const samples[] = {
    "true",
    "7",
    "-3",
    "1e6000",
    "\"text\"",
    "\"(\"",
    "\"\"",
    "@\"2026-11-27\"",
    "@\"999999999-12-31\"",
    "@\"10:00:00\"",
    "@\"10:00:00@Europe/Berlin\"",
    "@\"2026-11-27T10:00:00\"",
    "@\"2026-11-27T10:00:00Z\"",
    "@\"P1D\"",
    "@\"P1Y\"",
    "@\"P999999999Y\"",
    "[]",
    "[1, 2]",
    "[\"a\"]",
    "[1, \"a\", [true]]",
    "{}",
    "{key: \"a\", value: 1}",
    "[1..5]",
    "(< 5)",
    "function(a) a",
    "function(a, b) a < b",
};
#define SAMPLES (sizeof samples / sizeof *samples)
static const char *const names[] = {"p0", "p1", "p2", "p3"};

typedef struct Audit {
    Ctx *cx;
    Value values[SAMPLES];
    const Feel *feel;
    int failed;
    int nulls;
} Audit;

static void prepare(Ctx *cx, Audit *audit)
{
    const Feel *feel;
    *audit = (Audit){.cx = cx};
    for (size_t i = 0; i < SAMPLES; i++) {
        CHECK_OK(feel_compile(cx, samples[i], NULL, &feel));
        CHECK_OK(feel_evaluate(cx, feel, value_null(), NULL, &audit->values[i]));
        CHECK(audit->values[i].kind != VALUE_NULL);
    }
}

static void compile(Audit *audit, const char *source)
{
    FeelOptions options = {.names = names, .name_count = 4};
    CHECK_OK(feel_compile(audit->cx, source, &options, &audit->feel));
}

// Evaluates with the samples of those indexes; a null without a diagnostic that has a place fails.
static void try_samples(Audit *audit, const size_t *chosen, size_t count)
{
    Ctx *cx = audit->cx;
    Value scope = value_context(cx->arena);
    Value result;
    FeelDiagnostics diagnostics = {0};
    for (size_t i = 0; i < count; i++)
        value_set(cx->arena, scope, names[i], audit->values[chosen[i]]);
    if (feel_evaluate(cx, audit->feel, scope, &diagnostics, &result) || result.kind != VALUE_NULL)
        return;
    audit->nulls++;
    const FeelDiagnostic *first = diagnostics.items;
    if (diagnostics.count > 0 && *first->code && *first->message && first->to > first->from &&
        first->source && (size_t)first->to <= strlen(first->source))
        return;
    if (audit->failed++ < 20) {
        fprintf(stderr, "  %s is null without a word:", feel_source(audit->feel));
        for (size_t i = 0; i < count; i++)
            fprintf(stderr, " %s", samples[chosen[i]]);
        fputc('\n', stderr);
    }
}

// Every sample in the first two places; a few of them in the others.
static void try_all(Audit *audit, size_t count)
{
    static const size_t few[] = {1, 4, 7, 17, 20};
    const size_t first = count > 0 ? SAMPLES : 1;
    const size_t second = count > 1 ? SAMPLES : 1;
    const size_t third = count > 2 ? sizeof few / sizeof *few : 1;
    ArenaMark mark = arena_mark(audit->cx->arena);
    for (size_t a = 0; a < first; a++)
        for (size_t b = 0; b < second; b++)
            for (size_t c = 0; c < third; c++) {
                try_samples(audit, (size_t[]){a, b, few[c], few[c]}, count);
                arena_rewind(audit->cx->arena, mark);
            }
}

TEST(every_built_in_says_why_it_is_null)
{
    static const char *const calls[] = {"()", "(p0)", "(p0, p1)", "(p0, p1, p2)",
                                        "(p0, p1, p2, p3)"};
    Audit audit;
    size_t total;
    const void *const *all = registry_all(&builtins, &total);
    size_t standard = 0;
    prepare(cx, &audit);
    for (size_t i = 0; i < total; i++) {
        const Builtin *builtin = all[i];
        standard += !builtin_is_extension(builtin);
        for (int count = 0; count <= 4; count++) {
            compile(&audit, text_format(cx->arena, "%s%s", builtin->name, calls[count]));
            try_all(&audit, (size_t)count);
        }
    }
    CHECK_INT((int64_t)standard, 86); // of DMN 1.5
    CHECK(audit.nulls > 10000);
    CHECK_INT(audit.failed, 0);
}

TEST(every_operator_says_why_it_is_null)
{
    static const char *const forms[] = {
        "p0 + p1",
        "p0 - p1",
        "p0 * p1",
        "p0 / p1",
        "p0 ** p1",
        "p0 = p1",
        "p0 != p1",
        "p0 < p1",
        "p0 <= p1",
        "p0 > p1",
        "p0 >= p1",
        "p0 and p1",
        "p0 or p1",
        "p0 in p1",
        "p0 in (> p1)",
        "p0 between p1 and p1",
        "[p0..p1]",
        "-p0",
        "p0.key",
        "p0.year",
        "p0.minutes",
        "p0[p1]",
        "p0(p1)",
        "p0(p1, p1)",
        "p0(a: p1)",
        "p0(z: p1)",
        "for i in p0..true return i",
        "for i in \"a\"..p0 return i",
        "for i in p0 return i",
        "some i in [p0] satisfies i",
        "every i in [p0] satisfies i",
        "nowhere",
        "{a: 1}.nothing",
        "nothing(p0)",
        "{f: function(n: number) n, r: f(p0)}.r",
        "{f: function(n) external {java: {class: \"x\"}}, r: f(p0)}.r",
    };
    Audit audit;
    prepare(cx, &audit);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        size_t count = strstr(forms[i], "p1") ? 2 : 1;
        compile(&audit, forms[i]);
        try_all(&audit, count);
    }
    CHECK(audit.nulls > 2000);
    CHECK_INT(audit.failed, 0);
}
