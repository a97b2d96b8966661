// SPDX-License-Identifier: Apache-2.0
// What compiling leaves to do, and what an evaluation may take.
#include "feel/machine.h"

#include "base/test.h"

#include <string.h>

static const Feel *compiled(Ctx *cx, const char *source)
{
    static const char *const names[] = {"order"};
    FeelOptions options = {.names = names, .name_count = 1};
    const Feel *feel;
    CHECK_OK(feel_compile(cx, source, &options, &feel));
    return feel;
}

TEST(what_is_constant_is_folded)
{
    CHECK_INT((int64_t)compiled(cx, "(1 + 2) * 3 = 9 and string length(\"abc\") < 4")->code->count,
              2); // a constant, and the end
    CHECK_INT((int64_t)compiled(cx, "@\"2026-01-31\" + duration(\"P1M\")")->code->count, 2);
    CHECK_INT((int64_t)compiled(cx, "if 1 < 2 then [1, 2][2] else 0")->code->count, 2);
    // What is wrong, what changes and what has names is left to the evaluation.
    CHECK(compiled(cx, "1 + \"a\"")->code->count > 2);
    CHECK(compiled(cx, "today()")->code->count >= 2);
    CHECK(compiled(cx, "order + 1 * 2")->code->count == 4);
}

static Value an_order(Ctx *cx)
{
    Value order = value_context(cx->arena);
    Value scope = value_context(cx->arena);
    value_set(cx->arena, order, "state", value_text("open"));
    value_set(cx->arena, order, "total", value_integer(1200));
    value_set(cx->arena, scope, "order", order);
    return scope;
}

TEST(a_simple_condition_takes_no_memory)
{
    const Feel *feel = compiled(cx, "order.state = \"open\" and order.total * 2 > 1000");
    Value scope = an_order(cx);
    Value result;
    size_t before = arena_used(cx->arena);
    for (int i = 0; i < 1000; i++)
        CHECK_OK(feel_evaluate(cx, feel, scope, NULL, &result));
    CHECK(result.kind == VALUE_BOOLEAN && result.boolean);
    CHECK_INT((int64_t)arena_used(cx->arena), (int64_t)before);
}

TEST(an_evaluation_ends_at_its_budget)
{
    Value result;
    CHECK_FAILS(feel_evaluate(cx, compiled(cx, "every i in 1..100000000 satisfies true"),
                              value_null(), NULL, &result),
                ERR_LIMIT, "20000000 steps");
    CHECK_FAILS(feel_evaluate(cx, compiled(cx, "{f: function(n) 1 + f(n), r: f(0)}.r"),
                              value_null(), NULL, &result),
                ERR_LIMIT, "400 deep");
    CHECK_FAILS(feel_evaluate(cx, compiled(cx, "count(for i in 1..1000000000 return [i])"),
                              value_null(), NULL, &result),
                ERR_LIMIT, "bytes");
}

TEST(a_text_that_nests_or_chains_without_end_is_refused)
{
    const Feel *feel;
    char nested[3001];
    memset(nested, '(', 3000);
    nested[3000] = 0;
    CHECK_FAILS(feel_compile(cx, nested, NULL, &feel), ERR_INVALID, "nests too deep");
    Buffer *chain = buffer_new(cx->arena);
    for (int i = 0; i < 5000; i++)
        buffer_text(chain, "1 + ");
    CHECK_FAILS(feel_compile(cx, chain->bytes, NULL, &feel), ERR_INVALID, "too many operators");
    char *huge = arena_alloc(cx->arena, 70000);
    memset(huge, '1', 69999);
    CHECK_FAILS(feel_compile(cx, huge, NULL, &feel), ERR_LIMIT, "longer than");
}
