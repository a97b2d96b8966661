// SPDX-License-Identifier: Apache-2.0
// feel: evaluate an expression, check it, or read them line by line. Without a company.
#include "app/decide.h"
#include "app/company.h"
#include "app/repl.h"
#include "base/json.h"
#include "base/limits.h"
#include "feel/check.h"

#include <stdio.h>
#include <string.h>

FALLIBLE decide_read_context(Ctx *cx, const char *path, Value *out)
{
    Text text;
    *out = value_context(cx->arena);
    if (!path)
        return NULL;
    TRY(file_read(cx, path, LIMIT_JSON_BYTES, &text));
    TRY(json_parse(cx, text.bytes, text.length, out));
    if (out->kind != VALUE_CONTEXT)
        return FAIL(cx, ERR_INVALID, "%s holds no JSON object", path);
    return NULL;
}

static void say_diagnostics(const FeelDiagnostics *diagnostics)
{
    for (size_t i = 0; i < diagnostics->count; i++) {
        const FeelDiagnostic *one = &diagnostics->items[i];
        fprintf(stderr, "%s at %d-%d: %s%s%s\n", one->code, one->from, one->to, one->message,
                one->hint ? "; " : "", one->hint ? one->hint : "");
    }
}

void decide_answer(Ctx *cx, const CommandLine *line, Value result, Value trace,
                   const FeelDiagnostics *diagnostics)
{
    Buffer *text = buffer_new(cx->arena);
    Value json = value_context(cx->arena);
    value_set(cx->arena, json, "result", result);
    value_set(cx->arena, json, "diagnostics", feel_diagnostics_value(cx->arena, diagnostics));
    buffer_text(text, feel_text(cx->arena, result));
    if (!command_switch(line, "json"))
        say_diagnostics(diagnostics);
    if (trace.kind == VALUE_CONTEXT) {
        value_set(cx->arena, json, "trace", trace);
        buffer_byte(text, '\n');
        decide_trace(cx, text, trace, 0);
        text->bytes[--text->length] = '\0'; // its last line end
    }
    command_say(cx, line, json, "%s", text->bytes);
}

FALLIBLE decide_compile(Ctx *cx, const char *source, Value scope, const FeelOptions *options,
                        const Feel **out)
{
    FeelOptions whole = options ? *options : (FeelOptions){0};
    const char **names = NEW_ARRAY(cx->arena, const char *, scope.context->count);
    for (size_t i = 0; i < scope.context->count; i++)
        names[i] = scope.context->entries[i].key;
    whole.names = names;
    whole.name_count = scope.context->count;
    return feel_compile(cx, source, &whole, out);
}

// The type alone, and what would go wrong; that is a refusal, for scripts to see.
static FALLIBLE answer_type(Ctx *cx, const CommandLine *line, const char *source, Value scope)
{
    FeelCheck check;
    Value json = value_context(cx->arena);
    const FeelType *type = feel_type_of_value(cx->arena, scope);
    FeelCheckSetting setting = {.names = type->fields,
                                .name_count = type->field_count,
                                .standard = command_switch(line, "standard")};
    TRY(feel_check(cx, source, &setting, &check));
    const char *text = feel_type_text(cx->arena, check.type);
    value_set(cx->arena, json, "type", value_text(text));
    value_set(cx->arena, json, "problems", feel_diagnostics_value(cx->arena, &check.problems));
    if (!command_switch(line, "json"))
        say_diagnostics(&check.problems);
    command_say(cx, line, json, "%s", text);
    if (check.problems.count > 0)
        return FAIL(cx, ERR_INVALID, "%zu problems in the expression", check.problems.count);
    return NULL;
}

static const CommandOption feel_options[] = {
    {"context", "FILE", "a JSON file whose entries are the names in scope"},
    {"strict", NULL, "an unknown name is an error, not null"},
    {"standard", NULL, "functions beyond the standard are refused"},
    {"type", NULL, "show the type of the expression and what is wrong in it, evaluate nothing"},
    {0},
};

COMMAND(feel_command, "feel", "Evaluate a FEEL expression; without one, read them line by line",
        "[EXPRESSION]", feel_options)
{
    Value scope;
    Value result;
    const Feel *feel;
    FeelDiagnostics diagnostics = {0};
    FeelOptions options = {.strict = command_switch(line, "strict"),
                           .standard = command_switch(line, "standard")};
    TRY(decide_read_context(cx, command_option(line, "context", NULL), &scope));
    if (line->argument_count == 0)
        return repl_run(cx, scope);
    if (command_switch(line, "type"))
        return answer_type(cx, line, line->arguments[0], scope);
    TRY(decide_compile(cx, line->arguments[0], scope, &options, &feel));
    TRY(feel_evaluate(cx, feel, scope, &diagnostics, &result));
    decide_answer(cx, line, result, value_null(), &diagnostics);
    return NULL;
}
