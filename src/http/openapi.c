// SPDX-License-Identifier: Apache-2.0
// OpenAPI 3.1, made from the table of routes; schemas that several routes use are named in
// schemas.c.
#include "base/json.h"
#include "http/router.h"
#include "http/schemas.h"

#include <ctype.h>
#include <string.h>

Registry schema_documents = {.what = "schema documents"};

static Value text_entry(Ctx *cx, const char *key, const char *text)
{
    Value context = value_context(cx->arena);
    value_set(cx->arena, context, key, value_text(text));
    return context;
}

static FALLIBLE parse_schema(Ctx *cx, const char *text, Value *out)
{
    return json_parse(cx, text, strlen(text), out);
}

static FALLIBLE content(Ctx *cx, const char *type, const char *schema_text, Value *out)
{
    Value media = value_context(cx->arena), types = value_context(cx->arena);
    Value holder = value_context(cx->arena);
    if (schema_text) {
        Value schema;
        TRY(parse_schema(cx, schema_text, &schema));
        value_set(cx->arena, media, "schema", schema);
    }
    value_set(cx->arena, types, type, media);
    value_set(cx->arena, holder, "content", types);
    *out = holder;
    return NULL;
}

static Value parameter_value(Ctx *cx, const char *in, const char *name, const char *type)
{
    Value parameter = value_context(cx->arena);
    value_set(cx->arena, parameter, "name", value_text(name));
    value_set(cx->arena, parameter, "in", value_text(in));
    if (text_equal(in, "path"))
        value_set(cx->arena, parameter, "required", value_boolean(true));
    value_set(cx->arena, parameter, "schema", text_entry(cx, "type", type));
    return parameter;
}

static Value parameters_value(Ctx *cx, const Route *route)
{
    ARRAY(Value) items = {0};
    const char *pattern = route->pattern;
    for (const char *at = strchr(pattern, '{'); at; at = strchr(at + 1, '{')) {
        const char *name = text_slice(cx->arena, at + 1, strcspn(at + 1, "}"));
        array_push(cx->arena, items) = parameter_value(cx, "path", name, "string");
    }
    for (const char *at = route->query ? route->query : ""; *at; at += strspn(at, " ")) {
        size_t name = strcspn(at, ": "), whole = strcspn(at, " ");
        const char *type =
            name < whole ? text_slice(cx->arena, at + name + 1, whole - name - 1) : "string";
        array_push(cx->arena, items) =
            parameter_value(cx, "query", text_slice(cx->arena, at, name), type);
        at += whole;
    }
    return value_list(items.items, items.count);
}

static FALLIBLE add_body(Ctx *cx, const Route *route, Value operation)
{
    if (!route->input && !route->accepts)
        return NULL;
    Value body;
    TRY(content(cx, route->accepts ? route->accepts : "application/json", route->input, &body));
    value_set(cx->arena, body, "required", value_boolean(true));
    value_set(cx->arena, operation, "requestBody", body);
    return NULL;
}

static FALLIBLE add_responses(Ctx *cx, const Route *route, Value operation)
{
    Value responses = value_context(cx->arena), good = value_context(cx->arena), problem;
    if (route->output)
        TRY(content(cx, "application/json", route->output, &good));
    value_set(cx->arena, good, "description", value_text("done"));
    TRY(content(cx, "application/problem+json", SCHEMA("Problem"), &problem));
    value_set(cx->arena, problem, "description",
              value_text("refused: what is wrong and what to do"));
    value_set(cx->arena, responses, "2XX", good);
    value_set(cx->arena, responses, "default", problem);
    value_set(cx->arena, operation, "responses", responses);
    return NULL;
}

static FALLIBLE operation_value(Ctx *cx, const Route *route, Value *out)
{
    Value operation = value_context(cx->arena);
    value_set(cx->arena, operation, "summary", value_text(route->about));
    value_set(cx->arena, operation, "x-right", value_text(route->right));
    value_set(cx->arena, operation, "parameters", parameters_value(cx, route));
    if (text_equal(route->right, "public"))
        value_set(cx->arena, operation, "security", value_list(NULL, 0));
    TRY(add_body(cx, route, operation));
    TRY(add_responses(cx, route, operation));
    *out = operation;
    return NULL;
}

static char *lower(Arena *arena, const char *word)
{
    char *text = text_copy(arena, word);
    for (char *at = text; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    return text;
}

static FALLIBLE paths_value(Ctx *cx, Value *out)
{
    size_t count;
    const void *const *all = registry_all(&routes, &count);
    Value paths = value_context(cx->arena);
    for (size_t i = 0; i < count; i++) {
        const Route *route = all[i];
        const Value *known = value_get(paths, route->pattern);
        Value path = known ? *known : value_context(cx->arena), operation;
        TRY(operation_value(cx, route, &operation));
        value_set(cx->arena, path, lower(cx->arena, method_word(route->method)), operation);
        if (!known)
            value_set(cx->arena, paths, route->pattern, path);
    }
    *out = paths;
    return NULL;
}

static FALLIBLE schemas_value(Ctx *cx, Value schemas)
{
    size_t count;
    const void *const *all = registry_all(&schema_documents, &count);
    for (size_t i = 0; i < count; i++) {
        Value document;
        TRY(parse_schema(cx, all[i], &document));
        for (size_t k = 0; k < document.context->count; k++)
            value_set(cx->arena, schemas, document.context->entries[k].key,
                      document.context->entries[k].value);
    }
    return NULL;
}

static FALLIBLE components_value(Ctx *cx, Value *out)
{
    static const char security[] =
        "{\"session\":{\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"millrace_session\"},"
        "\"token\":{\"type\":\"http\",\"scheme\":\"bearer\"}}";
    Value components = value_context(cx->arena), schemes, schemas = value_context(cx->arena);
    TRY(parse_schema(cx, security, &schemes));
    TRY(schemas_value(cx, schemas));
    value_set(cx->arena, components, "securitySchemes", schemes);
    value_set(cx->arena, components, "schemas", schemas);
    *out = components;
    return NULL;
}

FALLIBLE openapi_value(Ctx *cx, Value *out)
{
    Value document = value_context(cx->arena), info = value_context(cx->arena), paths, components;
    value_set(cx->arena, info, "title", value_text("Millrace"));
    value_set(cx->arena, info, "version", value_text("1"));
    TRY(paths_value(cx, &paths));
    TRY(components_value(cx, &components));
    Value security[2] = {value_context(cx->arena), value_context(cx->arena)};
    value_set(cx->arena, security[0], "session", value_list(NULL, 0));
    value_set(cx->arena, security[1], "token", value_list(NULL, 0));
    Value *both = NEW_ARRAY(cx->arena, Value, 2);
    memcpy(both, security, sizeof security);
    value_set(cx->arena, document, "openapi", value_text("3.1.0"));
    value_set(cx->arena, document, "info", info);
    value_set(cx->arena, document, "paths", paths);
    value_set(cx->arena, document, "components", components);
    value_set(cx->arena, document, "security", value_list(both, 2));
    *out = document;
    return NULL;
}

ROUTE(openapi_route, GET, "/openapi.json", "public", "This description of the API",
      .output = "{\"type\":\"object\"}")
{
    return openapi_value(cx, &response->json);
}
