// SPDX-License-Identifier: Apache-2.0
// Bulk: each record in its own unit of work, so that one refusal does not undo the others.
#include "base/ids.h"
#include "base/limits.h"
#include "db/database.h"
#include "http/http.h"
#include "http/problem.h"
#include "http/schemas.h"
#include "record/bulk.h"

#define BULK "/api/v1/records/{entity}/bulk"

typedef struct BulkItem {
    const char *entity;
    Id bulk;
    const char *id;
    Value fields;
    const char *reason; // NULL: none
} BulkItem;

static FALLIBLE item_id(Ctx *cx, const BulkItem *item, Id *out)
{
    return id_parse(item->id, out) ? NULL : FAIL(cx, ERR_NOT_FOUND, "there is no such record");
}

static FALLIBLE change_item(Ctx *cx, void *state)
{
    const BulkItem *item = state;
    Id id;
    TRY(item_id(cx, item, &id));
    return bulk_change(cx, item->bulk, item->entity, id, item->fields, item->reason);
}

static FALLIBLE delete_item(Ctx *cx, void *state)
{
    const BulkItem *item = state;
    Id id;
    TRY(item_id(cx, item, &id));
    return bulk_delete(cx, item->bulk, item->entity, id, item->reason);
}

static FALLIBLE undo_item(Ctx *cx, void *state)
{
    const BulkItem *item = state;
    Id id;
    TRY(item_id(cx, item, &id));
    return bulk_undo(cx, item->bulk, item->entity, id);
}

static FALLIBLE open_bulk(Ctx *cx, void *state)
{
    BulkItem *item = state;
    return bulk_open(cx, item->entity, &item->bulk);
}

static Value bulk_result(Ctx *cx, const char *id, const Error *error)
{
    Value result = value_context(cx->arena);
    value_set(cx->arena, result, "id", value_text(id));
    value_set(cx->arena, result, "ok", value_boolean(!error));
    if (error)
        value_set(cx->arena, result, "problem", problem_value(cx, error));
    return result;
}

// The same for each id, as the actor at the door of bulks.
static void do_each(Ctx *cx, Value ids, BulkItem item, UnitWork work, Value *out)
{
    Actor actor = *cx->actor;
    const Actor *asking = cx->actor;
    actor.door = DOOR_BULK;
    cx->actor = &actor;
    Value *results = NEW_ARRAY(cx->arena, Value, ids.list.count + 1);
    for (size_t i = 0; i < ids.list.count; i++) {
        item.id = ids.list.items[i].kind == VALUE_TEXT ? ids.list.items[i].text.bytes : "";
        results[i] =
            bulk_result(cx, item.id, database_write(cx, cx->company->database, work, &item));
    }
    cx->actor = asking;
    value_set(cx->arena, *out, "results", value_list(results, ids.list.count));
}

ROUTE(record_bulk_route, POST, BULK, "signed-in",
      "Change the same fields of many records, or delete them; a result for each, and the id by "
      "which it is undone",
      .unit = UNIT_NONE, .input = SCHEMA("BulkInput"), .output = SCHEMA("BulkResult"))
{
    BulkItem item = {.entity = request_parameter(request, "entity"),
                     .reason = value_get_text(request->json, "reason")};
    const Value *ids = value_get(request->json, "ids"),
                *fields = value_get(request->json, "fields");
    bool deletes = text_equal(value_get_text(request->json, "action"), "delete");
    if (deletes == (fields && fields->kind == VALUE_CONTEXT))
        return error_field(FAIL(cx, ERR_INVALID, "the body needs fields: {name: value}"), "fields");
    if (!ids || ids->kind != VALUE_LIST || ids->list.count > LIMIT_BULK_ROWS)
        return error_field(FAIL(cx, ERR_INVALID, "the body needs ids, at most %d", LIMIT_BULK_ROWS),
                           "ids");
    if (!deletes)
        item.fields = *fields;
    TRY(database_write(cx, cx->company->database, open_bulk, &item));
    response->json = value_context(cx->arena);
    value_set(cx->arena, response->json, "id", value_text(id_text(cx->arena, item.bulk)));
    do_each(cx, *ids, item, deletes ? delete_item : change_item, &response->json);
    return NULL;
}

typedef struct Changed {
    const BulkItem *item;
    Value ids;
} Changed;

static FALLIBLE read_changed(Ctx *cx, void *state)
{
    Changed *changed = state;
    Id *records;
    size_t count;
    TRY(bulk_changed(cx, changed->item->bulk, changed->item->entity, &records, &count));
    Value *ids = NEW_ARRAY(cx->arena, Value, count + 1);
    for (size_t i = 0; i < count; i++)
        ids[i] = value_text(id_text(cx->arena, records[i]));
    changed->ids = value_list(ids, count);
    return NULL;
}

ROUTE(record_bulk_undo_route, POST, BULK "/{id}/undo", "signed-in",
      "Give the records of an own bulk the values they had, and take back those it deleted, except "
      "what was changed since",
      .unit = UNIT_NONE, .output = SCHEMA("BulkResult"))
{
    BulkItem item = {.entity = request_parameter(request, "entity")};
    Changed changed = {.item = &item};
    TRY(request_id(cx, request, "id", &item.bulk));
    TRY(database_read(cx, cx->company->database, read_changed, &changed));
    response->json = value_context(cx->arena);
    do_each(cx, changed.ids, item, undo_item, &response->json);
    return NULL;
}
