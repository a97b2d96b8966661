// SPDX-License-Identifier: Apache-2.0
// The feed of changes, for programs that follow what happens.
#include "api/list_query.h"
#include "base/ids.h"
#include "http/http.h"
#include "http/schemas.h"
#include "record/feed.h"

#define PAGE 100
#define AGAIN_MS 300 // while a program waits for a change
#define LIMIT_WAIT_S 60

static FALLIBLE entities_of(Ctx *cx, const Request *request, Value *out)
{
    const char *given = request_query(request, "entity");
    *out = given ? list_query_words(cx, given) : value_null();
    for (size_t i = 0; given && i < out->list.count; i++) {
        const Entity *entity;
        TRY(schema_find(cx, out->list.items[i].text.bytes, &entity));
    }
    return NULL;
}

static FALLIBLE wait_of(Ctx *cx, const Request *request, int64_t *seconds)
{
    TRY(request_query_integer(cx, request, "wait_seconds", 0, seconds));
    if (*seconds < 0 || *seconds > LIMIT_WAIT_S)
        return error_field(
            FAIL(cx, ERR_INVALID, "wait_seconds lies between 0 and %d", LIMIT_WAIT_S),
            "wait_seconds");
    return NULL;
}

ROUTE(change_list_route, GET, "/api/v1/changes", "signed-in",
      "What has changed since a cursor, of what you may read, in the order of commits; without a "
      "cursor: where to begin. wait_seconds waits for the first",
      .query = "after entity limit:integer wait_seconds:integer", .output = SCHEMA("Changes"))
{
    FeedQuestion question = {0};
    int64_t wait_s;
    Value items = value_list(NULL, 0);
    const char *after = request_query(request, "after");
    TRY(limit_query_read(cx, request, PAGE, &question.limit));
    TRY(wait_of(cx, request, &wait_s));
    TRY(entities_of(cx, request, &question.entities));
    if (!after) {
        TRY(feed_newest(cx, &question.number));
    } else {
        if (!id_parse(after, &question.number))
            return error_hint(
                error_field(FAIL(cx, ERR_INVALID, "'%s' is no cursor", after), "after"),
                "Take the cursor of an earlier answer.");
        TRY(feed_read(cx, &question, &items, &question.number));
        if (!items.list.count && request->waited_ms < wait_s * 1000)
            response->again_ms = AGAIN_MS;
    }
    response->json = value_context(cx->arena);
    value_set(cx->arena, response->json, "items", items);
    value_set(cx->arena, response->json, "cursor", value_text(id_text(cx->arena, question.number)));
    return NULL;
}
