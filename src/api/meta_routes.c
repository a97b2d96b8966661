// SPDX-License-Identifier: Apache-2.0
#include "base/json.h"
#include "base/map.h"
#include "http/http.h"
#include "http/schemas.h"
#include "record/list.h"

static FALLIBLE departments_json(Ctx *cx, Value *out)
{
    ListRequest request = {.entity = "department", .limit = 200};
    ListPage page;
    *out = value_list(NULL, 0);
    if (!actor_may(cx->actor, "department.read"))
        return NULL;
    TRY(list_read(cx, &request, &page));
    bool chinese = text_equal(cx->language, "zh-CN");
    Value *items = NEW_ARRAY(cx->arena, Value, page.count + 1);
    for (size_t i = 0; i < page.count; i++) {
        const Record *record = page.records[i];
        const char *name = chinese ? record_text(record, "title_zh") : NULL;
        items[i] = value_context(cx->arena);
        value_set(cx->arena, items[i], "key", value_text(record_text(record, "key")));
        value_set(cx->arena, items[i], "name",
                  value_text(name ? name : record_text(record, "title_en")));
        value_set(cx->arena, items[i], "colour", value_text(record_text(record, "colour")));
    }
    *out = value_list(items, page.count);
    return NULL;
}

ROUTE(meta_route, GET, "/api/v1/meta", "signed-in",
      "Entities, fields, lists and rights as this user has them; drives the browser application",
      .output = SCHEMA("Meta"))
{
    Value meta, departments;
    TRY(schema_meta(cx, NULL, &meta));
    TRY(departments_json(cx, &departments));
    if (meta.kind == VALUE_LIST) {
        response->json = value_context(cx->arena);
        value_set(cx->arena, response->json, "entities", meta);
    } else {
        response->json = meta;
    }
    value_set(cx->arena, response->json, "departments", departments);
    return NULL;
}
