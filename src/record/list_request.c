// SPDX-License-Identifier: Apache-2.0
// A list request from JSON.
#include "base/limits.h"
#include "record/list.h"

static FALLIBLE text_of(Ctx *cx, Value object, const char *key, const char **out)
{
    const Value *value = value_get(object, key);
    if (!value || value->kind == VALUE_NULL)
        return NULL;
    if (value->kind != VALUE_TEXT)
        return error_field(FAIL(cx, ERR_INVALID, "'%s' must be a text", key), key);
    *out = value->text.bytes;
    return NULL;
}

static FALLIBLE boolean_of(Ctx *cx, Value object, const char *key, bool *out)
{
    const Value *value = value_get(object, key);
    if (!value || value->kind == VALUE_NULL)
        return NULL;
    if (value->kind != VALUE_BOOLEAN)
        return error_field(FAIL(cx, ERR_INVALID, "'%s' must be true or false", key), key);
    *out = value->boolean;
    return NULL;
}

static FALLIBLE list_of(Ctx *cx, Value object, const char *key, size_t most, ValueList *out)
{
    const Value *value = value_get(object, key);
    if (!value || value->kind == VALUE_NULL)
        return NULL;
    if (value->kind != VALUE_LIST || value->list.count > most)
        return error_field(
            FAIL(cx, ERR_INVALID, "'%s' must be a list of at most %zu entries", key, most), key);
    *out = value->list;
    return NULL;
}

static FALLIBLE check_keys(Ctx *cx, Value object, const char *const *known, const char *what)
{
    if (object.kind != VALUE_CONTEXT)
        return FAIL(cx, ERR_INVALID, "%s must be an object", what);
    for (size_t i = 0; i < object.context->count; i++) {
        const char *key = object.context->entries[i].key;
        bool found = false;
        for (size_t k = 0; known[k]; k++)
            found = found || text_equal(known[k], key);
        if (!found)
            return error_field(FAIL(cx, ERR_INVALID, "%s has no '%.80s'", what, key), key);
    }
    return NULL;
}

static FALLIBLE read_filters(Ctx *cx, ValueList list, ListRequest *out)
{
    static const char *const known[] = {"field", "operator", "value", NULL};
    ListFilter *filters = NEW_ARRAY(cx->arena, ListFilter, list.count);
    for (size_t i = 0; i < list.count; i++) {
        TRY(check_keys(cx, list.items[i], known, "a filter"));
        filters[i].operator= "=";
        TRY(text_of(cx, list.items[i], "field", &filters[i].field));
        TRY(text_of(cx, list.items[i], "operator", &filters[i].operator));
        const Value *value = value_get(list.items[i], "value");
        if (value)
            filters[i].value = *value;
    }
    out->filters = filters;
    out->filter_count = list.count;
    return NULL;
}

static FALLIBLE read_sorts(Ctx *cx, ValueList list, ListRequest *out)
{
    static const char *const known[] = {"field", "descending", NULL};
    ListSort *sorts = NEW_ARRAY(cx->arena, ListSort, list.count);
    for (size_t i = 0; i < list.count; i++) {
        TRY(check_keys(cx, list.items[i], known, "a sort"));
        TRY(text_of(cx, list.items[i], "field", &sorts[i].field));
        TRY(boolean_of(cx, list.items[i], "descending", &sorts[i].descending));
    }
    out->sorts = sorts;
    out->sort_count = list.count;
    return NULL;
}

static FALLIBLE read_columns(Ctx *cx, ValueList list, ListRequest *out)
{
    const char **columns = NEW_ARRAY(cx->arena, const char *, list.count);
    for (size_t i = 0; i < list.count; i++) {
        if (list.items[i].kind != VALUE_TEXT)
            return error_field(FAIL(cx, ERR_INVALID, "'columns' must list texts"), "columns");
        columns[i] = list.items[i].text.bytes;
    }
    out->columns = columns;
    out->column_count = list.count;
    return NULL;
}

FALLIBLE list_request_read(Ctx *cx, const char *entity, Value json, ListRequest *out)
{
    static const char *const known[] = {"filter", "where", "sort",  "columns", "search",
                                        "limit",  "after", "count", NULL};
    ListRequest request = {.entity = entity};
    ValueList filters = {0}, sorts = {0}, columns = {0};
    TRY(check_keys(cx, json, known, "a list"));
    TRY(list_of(cx, json, "filter", LIST_FILTERS, &filters));
    TRY(list_of(cx, json, "sort", LIST_SORTS, &sorts));
    TRY(list_of(cx, json, "columns", SCHEMA_FIELDS, &columns));
    TRY(read_filters(cx, filters, &request));
    TRY(read_sorts(cx, sorts, &request));
    TRY(read_columns(cx, columns, &request));
    TRY(text_of(cx, json, "where", &request.where));
    TRY(text_of(cx, json, "search", &request.search));
    TRY(text_of(cx, json, "after", &request.after));
    TRY(boolean_of(cx, json, "count", &request.count));
    const Value *limit = value_get(json, "limit");
    int64_t rows = 0;
    if (limit && (limit->kind != VALUE_NUMBER || !decimal_to_integer(limit->number, &rows) ||
                  rows < 1 || rows > LIMIT_PAGE_ROWS))
        return error_field(FAIL(cx, ERR_INVALID, "a page has 1 to %d rows", LIMIT_PAGE_ROWS),
                           "limit");
    request.limit = (int)rows;
    *out = request;
    return NULL;
}
