// SPDX-License-Identifier: Apache-2.0
#include "process/asked.h"

#include "base/ids.h"
#include "base/limits.h"

#include <string.h>

#define PAGE_DEFAULT 20

const char *asked_text(Value request, const char *name)
{
    const char *text = value_get_text(request, name);
    return text && *text ? text : NULL;
}

bool asked_true(Value request, const char *name)
{
    const Value *value = value_get(request, name);
    if (value && value->kind == VALUE_BOOLEAN)
        return value->boolean;
    return text_equal(asked_text(request, name), "true");
}

FALLIBLE asked_limit(Ctx *cx, Value request, int *out)
{
    const Value *limit = value_get(request, "limit");
    int64_t rows = PAGE_DEFAULT;
    if (limit && limit->kind != VALUE_NULL &&
        (limit->kind != VALUE_NUMBER || !decimal_to_integer(limit->number, &rows) || rows < 1 ||
         rows > LIMIT_PAGE_ROWS))
        return error_field(FAIL(cx, ERR_INVALID, "limit is 1 to %d", LIMIT_PAGE_ROWS), "limit");
    *out = (int)rows;
    return NULL;
}

FALLIBLE asked_subject(Ctx *cx, Value request, const char **entity, Id *out)
{
    const char *subject = asked_text(request, "subject");
    *entity = NULL;
    *out = 0;
    if (!subject)
        return NULL;
    const char *slash = strchr(subject, '/');
    if (!slash || !id_parse(slash + 1, out))
        return error_field(FAIL(cx, ERR_INVALID, "a subject is an entity, '/' and an id"),
                           "subject");
    *entity = text_slice(cx->arena, subject, (size_t)(slash - subject));
    return NULL;
}

Error *asked_no_cursor(Ctx *cx)
{
    return error_field(FAIL(cx, ERR_INVALID, "this is no cursor of a list"), "after");
}

Value page_value(Ctx *cx, Value *items, size_t count, const char *next, int64_t total)
{
    Value page = value_context(cx->arena);
    value_set(cx->arena, page, "items", value_list(items, count));
    value_set(cx->arena, page, "next", value_text(next));
    value_set(cx->arena, page, "count", value_integer(total));
    return page;
}
