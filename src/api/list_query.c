// SPDX-License-Identifier: Apache-2.0
#include "api/list_query.h"

#include "base/ids.h"
#include "base/json.h"
#include "base/limits.h"

#include <string.h>

Value list_query_words(Ctx *cx, const char *text)
{
    ARRAY(Value) words = {0};
    for (const char *at = text; *at;) {
        size_t length = strcspn(at, ",");
        if (length)
            array_push(cx->arena, words) = value_text_of(text_slice(cx->arena, at, length), length);
        at += length + (at[length] == ',');
    }
    return value_list(words.items, words.count);
}

static Value sort_value(Ctx *cx, const char *text)
{
    Value fields = list_query_words(cx, text);
    Value *sorts = NEW_ARRAY(cx->arena, Value, fields.list.count + 1);
    for (size_t i = 0; i < fields.list.count; i++) {
        const char *field = fields.list.items[i].text.bytes;
        bool descending = *field == '-';
        sorts[i] = value_context(cx->arena);
        value_set(cx->arena, sorts[i], "field", value_text(field + descending));
        value_set(cx->arena, sorts[i], "descending", value_boolean(descending));
    }
    return value_list(sorts, fields.list.count);
}

FALLIBLE limit_query_read(Ctx *cx, const Request *request, int fallback, int *out)
{
    int64_t limit;
    TRY(request_query_integer(cx, request, "limit", fallback, &limit));
    if (limit < 1 || limit > LIMIT_PAGE_ROWS)
        return error_field(FAIL(cx, ERR_INVALID, "limit is a number from 1 to %d", LIMIT_PAGE_ROWS),
                           "limit");
    *out = (int)limit;
    return NULL;
}

FALLIBLE id_page_query_read(Ctx *cx, const Request *request, int *limit, Id *after)
{
    const char *text = request_query(request, "after");
    *after = 0;
    TRY(limit_query_read(cx, request, 20, limit));
    if (text && !id_parse(text, after))
        return error_field(FAIL(cx, ERR_INVALID, "after is not what a page before gave"), "after");
    return NULL;
}

FALLIBLE list_query_read(Ctx *cx, const Request *request, const char *entity, ListRequest *out)
{
    Value json = value_context(cx->arena), filter;
    int limit;
    TRY(limit_query_read(cx, request, 20, &limit));
    const char *text = request_query(request, "filter");
    if (text) {
        Error *error = json_parse(cx, text, strlen(text), &filter);
        if (error)
            return error_field(error, "filter");
        value_set(cx->arena, json, "filter", filter);
    }
    if ((text = request_query(request, "where")))
        value_set(cx->arena, json, "where", value_text(text));
    if ((text = request_query(request, "sort")))
        value_set(cx->arena, json, "sort", sort_value(cx, text));
    if ((text = request_query(request, "columns")))
        value_set(cx->arena, json, "columns", list_query_words(cx, text));
    if ((text = request_query(request, "search")))
        value_set(cx->arena, json, "search", value_text(text));
    if ((text = request_query(request, "after")))
        value_set(cx->arena, json, "after", value_text(text));
    value_set(cx->arena, json, "limit", value_integer(limit));
    value_set(cx->arena, json, "count",
              value_boolean(text_equal(request_query(request, "count"), "true")));
    return list_request_read(cx, entity, json, out);
}

FALLIBLE plain_query_read(Ctx *cx, const Request *request, Value *out)
{
    int limit;
    TRY(limit_query_read(cx, request, 20, &limit));
    Value plain = value_context(cx->arena);
    const ValueContext *query = request->query.context;
    for (size_t i = 0; i < query->count; i++)
        value_set(cx->arena, plain, query->entries[i].key, query->entries[i].value);
    value_set(cx->arena, plain, "limit", value_integer(limit));
    *out = plain;
    return NULL;
}
