// SPDX-License-Identifier: Apache-2.0
// FEEL: compiled once, evaluated often, as gateways, forms and decision tables do.
#include "micro.h"

#include "feel/feel.h"

static Value an_order(Ctx *cx)
{
    Value order = value_context(cx->arena);
    value_set(cx->arena, order, "limit_decision", value_text("granted"));
    value_set(cx->arena, order, "requested_limit", value_number(decimal_scaled(9000000, -2)));
    value_set(cx->arena, order, "total", value_number(decimal_scaled(420000, -2)));
    value_set(cx->arena, order, "customer", value_text("Acme Pumps Ltd."));
    Value *amounts = NEW_ARRAY(cx->arena, Value, 10);
    for (int i = 0; i < 10; i++)
        amounts[i] = value_number(decimal_scaled(100 * i + 95, -2));
    value_set(cx->arena, order, "amounts", value_list(amounts, 10));
    Value scope = value_context(cx->arena);
    value_set(cx->arena, scope, "order", order);
    return scope;
}

static FALLIBLE repeat(Ctx *cx, int64_t rounds, const char *source)
{
    static const char *const names[] = {"order"};
    FeelOptions options = {.names = names, .name_count = 1};
    const Feel *expression;
    Value scope = an_order(cx), out;
    TRY(feel_compile(cx, source, &options, &expression));
    ArenaMark mark = arena_mark(cx->arena);
    for (int64_t i = 0; i < rounds; i++) {
        TRY(feel_evaluate(cx, expression, scope, NULL, &out));
        if (out.kind == VALUE_NULL)
            return FAIL(cx, ERR_INTERNAL, "%s is null", source);
        arena_rewind(cx->arena, mark);
    }
    return NULL;
}

static const char condition_source[] =
    "order.limit_decision = \"granted\" and order.requested_limit > 50000";

MICRO(condition, "feel-condition")
{
    return repeat(cx, rounds, condition_source);
}

// Read and compiled, and with `evaluate` evaluated once, each time anew.
static FALLIBLE read_often(Ctx *cx, int64_t rounds, bool evaluate)
{
    static const char *const names[] = {"order"};
    FeelOptions options = {.names = names, .name_count = 1};
    const Feel *expression;
    Value scope = an_order(cx), out;
    ArenaMark mark = arena_mark(cx->arena);
    for (int64_t i = 0; i < rounds; i++) {
        TRY(feel_compile(cx, condition_source, &options, &expression));
        if (evaluate)
            TRY(feel_evaluate(cx, expression, scope, NULL, &out));
        MICRO_KEEP(expression);
        arena_rewind(cx->arena, mark);
    }
    return NULL;
}

MICRO(compile, "feel-compile")
{
    return read_often(cx, rounds, false);
}

MICRO(read_condition, "feel-read-condition")
{
    return read_often(cx, rounds, true);
}

MICRO(sum, "feel-sum")
{
    return repeat(cx, rounds, "sum(for a in order.amounts return a * 1.19) > order.total");
}

MICRO(texts, "feel-texts")
{
    return repeat(cx, rounds,
                  "upper case(substring(order.customer, 1, 4)) + \"-\" + string(order.total)");
}
