// SPDX-License-Identifier: Apache-2.0
// What was changed or deleted, put back.
#include "api/list_query.h"
#include "base/ids.h"
#include "http/http.h"
#include "http/schemas.h"
#include "record/record_json.h"
#include "record/restore.h"

#define RECORDS "/api/v1/records/{entity}"

static FALLIBLE instant_read(Ctx *cx, const char *text, Instant *out)
{
    if (text && (!instant_parse(text, out) || *out <= 0))
        return error_field(FAIL(cx, ERR_INVALID, "before is an instant"), "before");
    return NULL;
}

static void read_fields(Ctx *cx, const Value *json, RestoreRequest *restore)
{
    const Value *list = value_get(*json, "fields");
    size_t count = list && list->kind == VALUE_LIST ? list->list.count : 0;
    const char **names = NEW_ARRAY(cx->arena, const char *, count + 1);
    for (size_t i = 0; i < count; i++)
        names[i] = list->list.items[i].kind == VALUE_TEXT ? list->list.items[i].text.bytes : "";
    restore->fields = names;
    restore->field_count = count;
}

ROUTE(record_restore_route, POST, RECORDS "/{id}/restore", "signed-in",
      "Give a record, or some of its fields, the values from before an instant; without one, take "
      "back a deleted record. Refused as any change where a process owns it",
      .input = SCHEMA("RestoreInput"), .output = SCHEMA("Record"))
{
    Record *record;
    RestoreRequest restore = {.entity = request_parameter(request, "entity"),
                              .reason = value_get_text(request->json, "reason")};
    const Value *version = value_get(request->json, "version");
    if (version &&
        (version->kind != VALUE_NUMBER || !decimal_to_integer(version->number, &restore.version)))
        return error_field(FAIL(cx, ERR_INVALID, "version is a number"), "version");
    TRY(request_id(cx, request, "id", &restore.id));
    TRY(instant_read(cx, value_get_text(request->json, "before"), &restore.before));
    read_fields(cx, &request->json, &restore);
    TRY(record_restore(cx, &restore, &record));
    return record_json(cx, record, &response->json);
}

static FALLIBLE deleted_json(Ctx *cx, const Deleted *deleted, Value *out)
{
    Value json = value_context(cx->arena), by = value_null(), record;
    if (deleted->by_name) {
        by = value_context(cx->arena);
        value_set(cx->arena, by, "id", value_text(id_text(cx->arena, deleted->by)));
        value_set(cx->arena, by, "name", value_text(deleted->by_name));
    }
    TRY(record_json(cx, deleted->record, &record));
    value_set(cx->arena, json, "at", value_text(instant_text(cx->arena, deleted->at)));
    value_set(cx->arena, json, "by", by);
    value_set(cx->arena, json, "reason", value_text(deleted->reason));
    value_set(cx->arena, json, "record", record);
    *out = json;
    return NULL;
}

ROUTE(record_deleted_route, GET, RECORDS "/deleted", "signed-in",
      "The deleted records that may be taken back, newest first; before= and limit= page them",
      .query = "before limit:integer", .output = SCHEMA("DeletedPage"))
{
    int limit;
    Instant before = 0, next = 0;
    Deleted *deleted;
    size_t count;
    TRY(limit_query_read(cx, request, 20, &limit));
    TRY(instant_read(cx, request_query(request, "before"), &before));
    TRY(records_deleted(cx, request_parameter(request, "entity"), before, limit, &deleted, &count,
                        &next));
    Value *items = NEW_ARRAY(cx->arena, Value, count + 1);
    for (size_t i = 0; i < count; i++)
        TRY(deleted_json(cx, &deleted[i], &items[i]));
    response->json = value_context(cx->arena);
    value_set(cx->arena, response->json, "items", value_list(items, count));
    value_set(cx->arena, response->json, "next",
              value_text(next ? instant_text(cx->arena, next) : NULL));
    return NULL;
}
