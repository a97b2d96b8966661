// SPDX-License-Identifier: Apache-2.0
// feel and dmn: evaluate an expression; evaluate, check and test decision models. Without a
// company.
#include "app/decide.h"
#include "app/command.h"
#include "app/company.h"
#include "app/repl.h"
#include "base/json.h"
#include "base/limits.h"
#include "dmn/dmn.h"
#include "dmn/kit.h"
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

// The value as FEEL text, and on the standard error what was wrong; with --json all of it.
static void answer(Ctx *cx, const CommandLine *line, Value result, Value trace,
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
        buffer_format(text, "\n%s", json_text(cx->arena, trace));
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
    FeelCheckSetting setting = {.names = type->fields, .name_count = type->field_count};
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
    FeelOptions options = {.strict = command_switch(line, "strict")};
    TRY(decide_read_context(cx, command_option(line, "context", NULL), &scope));
    if (line->argument_count == 0)
        return repl_run(cx, scope);
    if (command_switch(line, "type"))
        return answer_type(cx, line, line->arguments[0], scope);
    TRY(decide_compile(cx, line->arguments[0], scope, &options, &feel));
    TRY(feel_evaluate(cx, feel, scope, &diagnostics, &result));
    answer(cx, line, result, value_null(), &diagnostics);
    return NULL;
}

static FALLIBLE read_model(Ctx *cx, const char *path, const Dmn **out)
{
    Text text;
    TRY(file_read(cx, path, LIMIT_MODEL_BYTES, &text));
    return dmn_read(cx, text.bytes, text.length, out);
}

static FALLIBLE evaluate_model(Ctx *cx, const CommandLine *line, const char *path)
{
    const Dmn *model;
    Value inputs;
    Value result;
    Value trace = value_null();
    FeelDiagnostics diagnostics = {0};
    TRY(read_model(cx, path, &model));
    TRY(decide_read_context(cx, command_option(line, "input", NULL), &inputs));
    const char *decision = command_option(line, "decision", NULL);
    if (!decision && dmn_decision_count(model) == 1)
        decision = dmn_decision_name(model, 0);
    if (!decision)
        return error_hint(
            FAIL(cx, ERR_INVALID, "the model has %zu decisions", dmn_decision_count(model)),
            "Name one with --decision.");
    TRY(dmn_evaluate(cx, model, decision, inputs, &diagnostics,
                     command_switch(line, "trace") ? &trace : NULL, &result));
    answer(cx, line, result, trace, &diagnostics);
    return NULL;
}

static void say_finding(Ctx *cx, Buffer *text, Value *item, const DmnFinding *finding)
{
    static const char *const words[] = {"gap", "overlap", "unreachable", "not analysed"};
    *item = value_context(cx->arena);
    value_set(cx->arena, *item, "kind", value_text(words[finding->kind]));
    value_set(cx->arena, *item, "element", value_text(finding->element));
    value_set(cx->arena, *item, "line", value_integer(finding->line));
    value_set(cx->arena, *item, "where", value_text(finding->where));
    buffer_format(text, "line %d, %s: %s", finding->line, finding->element, words[finding->kind]);
    if (finding->rule) {
        value_set(cx->arena, *item, "rule", value_integer((int64_t)finding->rule));
        buffer_format(text, " rule %zu", finding->rule);
    }
    if (finding->other_rule) {
        value_set(cx->arena, *item, "otherRule", value_integer((int64_t)finding->other_rule));
        buffer_format(text, " and rule %zu", finding->other_rule);
    }
    buffer_format(text, "%s%s\n", finding->where ? " at " : "",
                  finding->where ? finding->where : "");
}

static FALLIBLE check_model(Ctx *cx, const CommandLine *line, const char *path)
{
    const Dmn *model;
    DmnFinding *findings;
    size_t count;
    Buffer *text = buffer_new(cx->arena);
    TRY(read_model(cx, path, &model));
    TRY(dmn_check(cx, model, &findings, &count));
    size_t problems = dmn_problem_count(model);
    Value *items = NEW_ARRAY(cx->arena, Value, problems + count);
    for (size_t i = 0; i < problems; i++) {
        const DmnProblem *problem = dmn_problem(model, i);
        items[i] = value_context(cx->arena);
        value_set(cx->arena, items[i], "kind", value_text("problem"));
        value_set(cx->arena, items[i], "element", value_text(problem->element));
        value_set(cx->arena, items[i], "line", value_integer(problem->line));
        value_set(cx->arena, items[i], "message", value_text(problem->message));
        buffer_format(text, "line %d, %s: %s\n", problem->line, problem->element, problem->message);
    }
    for (size_t i = 0; i < count; i++)
        say_finding(cx, text, &items[problems + i], &findings[i]);
    command_say(cx, line, value_list(items, problems + count), "%s%zu problems, %zu findings",
                text->bytes, problems, count);
    return NULL;
}

static FALLIBLE test_models(Ctx *cx, const CommandLine *line, const char *folder)
{
    KitTotals totals;
    bool json = command_switch(line, "json");
    KitOptions options = {.out = json ? NULL : stdout, .all = true};
    TRY(kit_run(cx, folder, &options, &totals));
    Value value = value_context(cx->arena);
    value_set(cx->arena, value, "nodes", value_integer((int64_t)totals.nodes));
    value_set(cx->arena, value, "passed", value_integer((int64_t)totals.passed));
    value_set(cx->arena, value, "skipped", value_integer((int64_t)totals.skipped));
    value_set(cx->arena, value, "nonNull", value_integer((int64_t)totals.non_null));
    value_set(cx->arena, value, "nonNullPassed", value_integer((int64_t)totals.non_null_passed));
    value_set(cx->arena, value, "writtenOtherwise", value_integer((int64_t)totals.otherwise));
    command_say(cx, line, value, "%s", kit_summary(cx->arena, &totals));
    if (totals.passed < totals.nodes)
        return FAIL(cx, ERR_CONFLICT, "%zu of %zu result nodes fail", totals.nodes - totals.passed,
                    totals.nodes);
    return NULL;
}

static const CommandOption dmn_options[] = {
    {"decision", "NAME", "the decision to evaluate, by id or name"},
    {"input", "FILE", "a JSON file with the inputs"},
    {"trace", NULL, "show the rules and which of them fired"},
    {0},
};

COMMAND(dmn_command, "dmn",
        "Evaluate (eval FILE) or check (check FILE) a model, or run test files (test FOLDER)",
        "ACTION PATH", dmn_options)
{
    const char *action = line->arguments[0];
    if (strcmp(action, "eval") == 0)
        return evaluate_model(cx, line, line->arguments[1]);
    if (strcmp(action, "check") == 0)
        return check_model(cx, line, line->arguments[1]);
    if (strcmp(action, "test") == 0)
        return test_models(cx, line, line->arguments[1]);
    return error_hint(FAIL(cx, ERR_INVALID, "dmn has no action \"%s\"", action),
                      "The actions are eval, check and test.");
}
