// SPDX-License-Identifier: Apache-2.0
#include "feel/feel.h"
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
    compiler.strict = options && options->strict;
    if (options && options->unary_tests)
        TRY(feel_parse_tests(cx, compiler.source, &parser, &tree));
    else
        TRY(feel_parse(cx, compiler.source, &parser, &tree));
    return feel_compile_tree(cx, tree, &compiler, out);
}

FALLIBLE feel_evaluate(Ctx *cx, const Feel *expression, Value scope, FeelDiagnostics *diagnostics,
                       Value *out)
{
    Machine machine;
    machine_open(&machine, cx, scope, diagnostics);
    Value result = machine_evaluate(&machine, expression);
    TRY(machine.error);
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
    }
    return value_list(items, diagnostics->count);
}

const char *feel_source(const Feel *expression)
{
    return expression->source;
}
