// SPDX-License-Identifier: Apache-2.0
// The type check and the completions of FEEL: an expression, the scope as the inside of a context
// type, and where the caret stands. Both answer whatever is asked, with places within the source.
#include "feel/check.h"
#include "feel/complete.h"
#include "feel/parser.h"
#include "fuzz.h"

#include <string.h>

static void problems_hold(const FeelCheck *check, int length)
{
    FUZZ_HOLDS(check->problems.count <= LIMIT_CHECK_PROBLEMS);
    for (size_t i = 0; i < check->problems.count; i++) {
        const FeelDiagnostic *one = &check->problems.items[i];
        FUZZ_HOLDS(one->from >= 0 && one->to >= one->from && one->to <= length);
        FUZZ_HOLDS(*one->code && *one->message && utf8_valid(one->message, strlen(one->message)));
    }
}

static void completions_hold(const FeelCompletions *found, size_t caret)
{
    FUZZ_HOLDS(found->from >= 0 && found->from <= found->to && (size_t)found->to <= caret);
    for (size_t i = 0; i < found->count; i++)
        FUZZ_HOLDS(*found->items[i].text);
}

static void run(Ctx *cx, const char *bytes, size_t length)
{
    FuzzBytes in = {bytes, bytes + length};
    const char *source = fuzz_line(cx, &in);
    const char *scope_text = fuzz_line(cx, &in);
    int size = (int)strlen(source);
    size_t caret = fuzz_below(&in, (size_t)size + 2);
    const FeelType *scope = NULL;
    FeelCheckSetting setting = {.open = fuzz_byte(&in) % 2};
    FeelCheck check;
    FeelCompletions found;
    scope_text = text_format(cx->arena, "context<%s>", scope_text);
    if (fuzz_fine(feel_parse_type(cx, scope_text, NULL, &scope)) && scope->kind == TYPE_CONTEXT) {
        setting.names = scope->fields;
        setting.name_count = scope->field_count;
    }
    for (int tests = 0; tests < 2; tests++) {
        setting.unary_tests = tests;
        if (fuzz_fine(feel_check(cx, source, &setting, &check))) {
            problems_hold(&check, size);
            FUZZ_HOLDS(*feel_type_text(cx->arena, check.type));
        }
        if (fuzz_fine(feel_complete(cx, source, caret, &setting, &found)))
            completions_hold(&found, caret);
        feel_is_unfinished(cx, source, &setting);
    }
}

static const char *const seeds[] = {
    "order.lines[price > 1].amount + tot\norder: context<lines: list<context<price: number, "
    "amount: "
    "number>>>, total: number\n\x20",
    "{f: function(n: number) if n < 2 then 1 else n * f(n - 1), r: f(\"a\")}\nx: Any\n\x05",
    "for i in 1..3 return sum(xs) + d.year + millrace.form\nxs: list<number>, d: date\n\x30",
    "string join(xs, 1) in (\"a\", > 5)\nxs: list<string>\n\x02",
    "a\na: context<b c: context<d-e: range<date>>>, f: function<number>->string\n\x01",
    NULL,
};

const FuzzTarget fuzz_target = {.run = run, .seeds = seeds};
