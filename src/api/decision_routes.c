// SPDX-License-Identifier: Apache-2.0
// Decisions and expressions, for editors and programs.
#include "base/limits.h"
#include "http/http.h"
#include "http/schemas.h"
#include "process/process.h"
#include "record/schema.h"

#include <string.h>

ROUTE(decision_evaluate_route, POST, "/api/v1/decisions/{key}/evaluate", "process.read",
      "Evaluate a deployed decision; with its trace when asked", .unit = UNIT_READ,
      .input = SCHEMA("DecisionInput"), .output = SCHEMA("DecisionResult"))
{
    const Value *inputs = value_get(request->json, "inputs");
    const Value *trace = value_get(request->json, "trace");
    const Value *decision = value_get(request->json, "decision");
    if (!inputs || inputs->kind != VALUE_CONTEXT)
        return error_field(FAIL(cx, ERR_INVALID, "inputs is an object"), "inputs");
    if (trace && trace->kind != VALUE_BOOLEAN)
        return error_field(FAIL(cx, ERR_INVALID, "trace is true or false"), "trace");
    if (decision && decision->kind != VALUE_TEXT)
        return error_field(FAIL(cx, ERR_INVALID, "decision is a name or an id"), "decision");
    return decision_evaluate(cx, request_parameter(request, "key"),
                             decision ? decision->text.bytes : NULL, *inputs,
                             trace && trace->boolean, &response->json);
}

// The type that expressions see; see record/schema.h.
static const char *feel_type_of(const char *field_type)
{
    FieldType type;
    if (!field_type || !field_type_find(field_type, &type))
        return "Any";
    switch (type) {
    case FIELD_INTEGER:
    case FIELD_DECIMAL:
    case FIELD_MONEY:
    case FIELD_PERCENT:
        return "number";
    case FIELD_BOOLEAN:
        return "boolean";
    case FIELD_DATE:
        return "date";
    case FIELD_INSTANT:
        return "date and time";
    case FIELD_JSON:
        return "Any";
    default:
        return "string";
    }
}

// What an expression over the entity may name, as far as this actor may read it.
static FALLIBLE names_of(Ctx *cx, const char *entity, Value *out)
{
    Value meta;
    *out = value_list(NULL, 0);
    if (!entity)
        return NULL;
    TRY(schema_meta(cx, entity, &meta));
    const Value *fields = value_get(meta, "fields");
    if (!fields || fields->kind != VALUE_LIST)
        return NULL;
    Value *items = NEW_ARRAY(cx->arena, Value, fields->list.count);
    for (size_t i = 0; i < fields->list.count; i++) {
        Value field = fields->list.items[i];
        items[i] = value_context(cx->arena);
        value_set(cx->arena, items[i], "name", value_text(value_get_text(field, "name")));
        value_set(cx->arena, items[i], "title", value_text(value_get_text(field, "title")));
        value_set(cx->arena, items[i], "type",
                  value_text(feel_type_of(value_get_text(field, "type"))));
    }
    *out = value_list(items, fields->list.count);
    return NULL;
}

static Value problem_of(Ctx *cx, const Error *error)
{
    Value problem = value_context(cx->arena);
    value_set(cx->arena, problem, "message", value_text(error->message));
    if (error->hint)
        value_set(cx->arena, problem, "hint", value_text(error->hint));
    if (error->detail)
        value_set(cx->arena, problem, "detail", value_text(error->detail));
    if (error->line) {
        value_set(cx->arena, problem, "line", value_integer(error->line));
        value_set(cx->arena, problem, "column", value_integer(error->column));
    }
    return problem;
}

static FALLIBLE check(Ctx *cx, const char *expression, bool tests, Value names, Value *out)
{
    const Feel *feel;
    const char **texts = NEW_ARRAY(cx->arena, const char *, names.list.count + 1);
    for (size_t i = 0; i < names.list.count; i++)
        texts[i] = value_get_text(names.list.items[i], "name");
    FeelOptions options = {
        .names = texts, .name_count = names.list.count, .strict = true, .unary_tests = tests};
    Error *error = feel_compile(cx, expression, &options, &feel);
    if (error && error->code != ERR_INVALID && error->code != ERR_LIMIT)
        return error;
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "ok", value_boolean(!error));
    if (error)
        value_set(cx->arena, *out, "problem", problem_of(cx, error));
    value_set(cx->arena, *out, "names", names);
    return NULL;
}

ROUTE(expression_check_route, POST, "/api/v1/expressions/check", "signed-in",
      "Check a FEEL expression against the fields of an entity", .unit = UNIT_READ,
      .input = SCHEMA("ExpressionInput"), .output = SCHEMA("ExpressionCheck"))
{
    const char *expression = value_get_text(request->json, "expression");
    const char *kind = value_get_text(request->json, "kind");
    const Value *entity = value_get(request->json, "entity");
    bool tests = text_equal(kind, "unary-tests");
    Value names;
    if (!expression)
        return error_field(FAIL(cx, ERR_INVALID, "the body needs an expression"), "expression");
    if (strlen(expression) > LIMIT_EXPRESSION_BYTES)
        return error_field(
            FAIL(cx, ERR_LIMIT, "an expression has at most %lu bytes", LIMIT_EXPRESSION_BYTES),
            "expression");
    if (value_get(request->json, "kind") && !tests && !text_equal(kind, "expression"))
        return error_field(FAIL(cx, ERR_INVALID, "kind is \"expression\" or \"unary-tests\""),
                           "kind");
    if (entity && entity->kind != VALUE_NULL && entity->kind != VALUE_TEXT)
        return error_field(FAIL(cx, ERR_INVALID, "entity is the name of an entity"), "entity");
    TRY(names_of(cx, entity && entity->kind == VALUE_TEXT ? entity->text.bytes : NULL, &names));
    return check(cx, expression, tests, names, &response->json);
}
