// SPDX-License-Identifier: Apache-2.0
// Expressions, for editors: what is wrong in one, its type, and what could be written at the caret.
//
// Places count UTF-16 code units, as the strings of JavaScript do.
#include "base/limits.h"
#include "feel/complete.h"
#include "feel/parser.h"
#include "http/http.h"
#include "http/schemas.h"
#include "record/schema.h"

#include <string.h>

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
    case FIELD_DURATION:
        return "days and time duration";
    case FIELD_JSON:
    case FIELD_MULTI_CHOICE:
    case FIELD_MULTI_REFERENCE:
    case FIELD_ADDRESS:
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

// --- Places --------------------------------------------------------------------------------------

static size_t units_of(int32_t point)
{
    return point > 0xFFFF ? 2 : 1;
}

static int64_t units_before(const char *source, int bytes)
{
    const char *at = source;
    const char *end = source + bytes;
    int64_t units = 0;
    while (at < end)
        units += (int64_t)units_of(utf8_next(&at, end));
    return units;
}

static size_t byte_at(const char *source, int64_t units)
{
    const char *at = source;
    const char *end = source + strlen(source);
    while (units > 0 && at < end)
        units -= (int64_t)units_of(utf8_next(&at, end));
    return (size_t)(at - source);
}

static Value problem_of(Ctx *cx, const char *code, const char *message, const char *hint)
{
    Value problem = value_context(cx->arena);
    value_set(cx->arena, problem, "code", value_text(code));
    value_set(cx->arena, problem, "message", value_text(message));
    if (hint)
        value_set(cx->arena, problem, "hint", value_text(hint));
    return problem;
}

static void set_place(Ctx *cx, Value problem, const char *source, int from, int to)
{
    Error place = {0};
    feel_place(cx, &place, source, from);
    value_set(cx->arena, problem, "line", value_integer(place.line));
    value_set(cx->arena, problem, "column", value_integer(place.column));
    value_set(cx->arena, problem, "from", value_integer(units_before(source, from)));
    value_set(cx->arena, problem, "to", value_integer(units_before(source, to)));
}

// --- The question --------------------------------------------------------------------------------

typedef struct Question {
    const char *source;
    Value names; // those of the entity
    FeelCheckSetting setting;
    int64_t caret; // in UTF-16 units; -1: nobody asks for completions
} Question;

static FALLIBLE read_type(Ctx *cx, const Value *body, const char *key, const FeelType **out)
{
    const Value *value = value_get(*body, key);
    if (!value || value->kind == VALUE_NULL)
        return NULL;
    if (value->kind != VALUE_TEXT)
        return error_field(FAIL(cx, ERR_INVALID, "%s is a type of FEEL", key), key);
    Error *error = feel_parse_type(cx, value->text.bytes, NULL, out);
    return error ? error_field(error, key) : NULL;
}

// The fields of the entity, and what the caller adds to them as {name: type}.
static FALLIBLE read_names(Ctx *cx, const Value *body, Question *question)
{
    const Value *more = value_get(*body, "names");
    size_t fields = question->names.list.count;
    size_t added = more && more->kind == VALUE_CONTEXT ? more->context->count : 0;
    FeelField *names = NEW_ARRAY(cx->arena, FeelField, fields + added);
    if (more && more->kind != VALUE_CONTEXT && more->kind != VALUE_NULL)
        return error_field(FAIL(cx, ERR_INVALID, "names is an object of types"), "names");
    for (size_t i = 0; i < fields; i++) {
        Value field = question->names.list.items[i];
        names[i].name = value_get_text(field, "name");
        names[i].type = feel_type_named(value_get_text(field, "type"));
    }
    for (size_t i = 0; i < added; i++) {
        names[fields + i].name = more->context->entries[i].key;
        TRY(read_type(cx, more, more->context->entries[i].key, &names[fields + i].type));
    }
    question->setting.names = names;
    question->setting.name_count = fields + added;
    return NULL;
}

static FALLIBLE read_question(Ctx *cx, const Value *body, Question *out)
{
    const char *kind = value_get_text(*body, "kind");
    const Value *entity = value_get(*body, "entity");
    const Value *caret = value_get(*body, "caret");
    *out = (Question){.source = value_get_text(*body, "expression"), .caret = -1};
    out->setting.unary_tests = text_equal(kind, "unary-tests");
    if (!out->source)
        return error_field(FAIL(cx, ERR_INVALID, "the body needs an expression"), "expression");
    if (strlen(out->source) > LIMIT_EXPRESSION_BYTES)
        return error_field(
            FAIL(cx, ERR_LIMIT, "an expression has at most %lu bytes", LIMIT_EXPRESSION_BYTES),
            "expression");
    if (value_get(*body, "kind") && !out->setting.unary_tests && !text_equal(kind, "expression"))
        return error_field(FAIL(cx, ERR_INVALID, "kind is \"expression\" or \"unary-tests\""),
                           "kind");
    if (entity && entity->kind != VALUE_NULL && entity->kind != VALUE_TEXT)
        return error_field(FAIL(cx, ERR_INVALID, "entity is the name of an entity"), "entity");
    if (caret && (caret->kind != VALUE_NUMBER || !decimal_to_integer(caret->number, &out->caret) ||
                  out->caret < 0))
        return error_field(FAIL(cx, ERR_INVALID, "caret is a place in the expression"), "caret");
    TRY(read_type(cx, body, "input", &out->setting.input));
    TRY(read_type(cx, body, "wanted", &out->setting.wanted));
    TRY(names_of(cx, entity && entity->kind == VALUE_TEXT ? entity->text.bytes : NULL,
                 &out->names));
    return read_names(cx, body, out);
}

// --- The answer ----------------------------------------------------------------------------------

static Value syntax_problem(Ctx *cx, const Question *question, const Error *error)
{
    Value problem =
        problem_of(cx, error->code == ERR_LIMIT ? "limit" : "syntax", error->message, error->hint);
    int at = (int)feel_byte_at(question->source, error->line, error->column);
    set_place(cx, problem, question->source, at, at);
    return problem;
}

static FALLIBLE check(Ctx *cx, const Question *question, Value out)
{
    FeelCheck found = {0};
    Error *error = feel_check(cx, question->source, &question->setting, &found);
    if (error && error->code != ERR_INVALID && error->code != ERR_LIMIT)
        return error;
    size_t count = error ? 1 : found.problems.count;
    Value *problems = NEW_ARRAY(cx->arena, Value, count);
    if (error)
        problems[0] = syntax_problem(cx, question, error);
    for (size_t i = 0; !error && i < count; i++) {
        const FeelDiagnostic *one = &found.problems.items[i];
        problems[i] = problem_of(cx, one->code, one->message, one->hint);
        set_place(cx, problems[i], question->source, one->from, one->to);
    }
    value_set(cx->arena, out, "ok", value_boolean(count == 0));
    value_set(cx->arena, out, "type",
              error ? value_null() : value_text(feel_type_text(cx->arena, found.type)));
    value_set(cx->arena, out, "problems", value_list(problems, count));
    value_set(cx->arena, out, "names", question->names);
    return NULL;
}

static FALLIBLE complete(Ctx *cx, const Question *question, Value out)
{
    FeelCompletions found;
    const char *source = question->source;
    TRY(feel_complete(cx, source, byte_at(source, question->caret), &question->setting, &found));
    Value *items = NEW_ARRAY(cx->arena, Value, found.count);
    for (size_t i = 0; i < found.count; i++) {
        const FeelCompletion *one = &found.items[i];
        items[i] = value_context(cx->arena);
        value_set(cx->arena, items[i], "kind", value_text(feel_completion_word(one->kind)));
        value_set(cx->arena, items[i], "text", value_text(one->text));
        value_set(cx->arena, items[i], "about", value_text(one->about));
    }
    Value completions = value_context(cx->arena);
    value_set(cx->arena, completions, "from", value_integer(units_before(source, found.from)));
    value_set(cx->arena, completions, "to", value_integer(units_before(source, found.to)));
    value_set(cx->arena, completions, "items", value_list(items, found.count));
    value_set(cx->arena, out, "completions", completions);
    return NULL;
}

ROUTE(expression_check_route, POST, "/api/v1/expressions/check", "signed-in",
      "Check a FEEL expression against the fields of an entity; complete it at the caret",
      .unit = UNIT_READ, .input = SCHEMA("ExpressionInput"), .output = SCHEMA("ExpressionCheck"))
{
    Question question;
    TRY(read_question(cx, &request->json, &question));
    response->json = value_context(cx->arena);
    TRY(check(cx, &question, response->json));
    return question.caret < 0 ? NULL : complete(cx, &question, response->json);
}
