// SPDX-License-Identifier: Apache-2.0
#include "feel/feel.h"

#include "base/limits.h"
#include "feel/machine.h"
#include "feel/parser.h"

#include <string.h>

FALLIBLE feel_compile(Ctx *cx, const char *source, const FeelOptions *options, const Feel **out)
{
    NameScope scope = {0};
    ParserSetting parser = {0};
    CompileSetting compiler = {.source = text_copy(cx->arena, source)};
    Node *tree;
    if (options && options->name_count > 0) {
        scope = (NameScope){.names = options->names, .count = options->name_count};
        parser.scope = &scope;
        compiler.names = options->names;
        compiler.name_count = options->name_count;
    }
    if (options) {
        compiler.strict = options->strict;
        compiler.strict_scope = options->strict_scope;
        compiler.standard = options->standard;
    }
    if (options && options->unary_tests)
        TRY(feel_parse_tests(cx, compiler.source, &parser, &tree));
    else
        TRY(feel_parse(cx, compiler.source, &parser, &tree));
    return feel_compile_tree(cx, tree, &compiler, out);
}

// Parts can be shared, so that going through a value may take longer than making it: steps are
// limited.
#define DEPTH_STEPS 2000000

static bool is_too_deep(Value value, int depth, long *steps)
{
    if (value.kind != VALUE_LIST && value.kind != VALUE_CONTEXT)
        return false;
    if (depth == LIMIT_VALUE_DEPTH || (*steps -= 1) < 0)
        return true;
    size_t count = value.kind == VALUE_LIST ? value.list.count : value.context->count;
    for (size_t i = 0; i < count; i++) {
        Value part =
            value.kind == VALUE_LIST ? value.list.items[i] : value.context->entries[i].value;
        if (is_too_deep(part, depth + 1, steps))
            return true;
    }
    return false;
}

FALLIBLE feel_check_depth(Ctx *cx, Value result)
{
    long steps = DEPTH_STEPS;
    if (!is_too_deep(result, 0, &steps))
        return NULL;
    return error_hint(FAIL(cx, ERR_LIMIT, "the expression gives a value nested more than %d deep",
                           LIMIT_VALUE_DEPTH),
                      "Give only the part that is needed.");
}

FALLIBLE feel_evaluate(Ctx *cx, const Feel *expression, Value scope, FeelDiagnostics *diagnostics,
                       Value *out)
{
    Machine machine;
    machine_open(&machine, cx, scope, diagnostics);
    Value result = machine_evaluate(&machine, expression);
    TRY(machine.error);
    TRY(feel_check_depth(cx, result));
    *out = result;
    return NULL;
}

FALLIBLE feel_matches(Ctx *cx, const Feel *tests, Value input, Value scope,
                      FeelDiagnostics *diagnostics, bool *matches)
{
    Machine machine;
    machine_open(&machine, cx, scope, diagnostics);
    Value *slots = NEW_ARRAY(cx->arena, Value, (size_t)tests->code->slots + 1);
    if (tests->input_slot >= 0)
        slots[tests->input_slot] = input;
    Value result = machine_run(&machine, tests->code, slots, NULL);
    TRY(machine.error);
    *matches = result.kind == VALUE_BOOLEAN && result.boolean;
    return NULL;
}

Value feel_diagnostics_value(Arena *arena, const FeelDiagnostics *diagnostics)
{
    Value *items = NEW_ARRAY(arena, Value, diagnostics->count);
    for (size_t i = 0; i < diagnostics->count; i++) {
        const FeelDiagnostic *one = &diagnostics->items[i];
        items[i] = value_context(arena);
        value_set(arena, items[i], "code", value_text(one->code));
        value_set(arena, items[i], "message", value_text(one->message));
        value_set(arena, items[i], "hint", value_text(one->hint));
        value_set(arena, items[i], "from", value_integer(one->from));
        value_set(arena, items[i], "to", value_integer(one->to));
        value_set(arena, items[i], "source", value_text(one->source));
    }
    return value_list(items, diagnostics->count);
}

const char *feel_source(const Feel *expression)
{
    return expression->source;
}
