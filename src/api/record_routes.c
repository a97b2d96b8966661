// SPDX-License-Identifier: Apache-2.0
#include "api/list_query.h"
#include "base/ids.h"
#include "http/http.h"
#include "http/schemas.h"
#include "process/process.h"
#include "record/duplicate.h"
#include "record/merge.h"
#include "record/record.h"
#include "record/record_json.h"
#include "record/summary.h"

#define RECORDS "/api/v1/records/{entity}"

static FALLIBLE body_fields(Ctx *cx, const Request *request, Value *out)
{
    const Value *fields = value_get(request->json, "fields");
    if (!fields || fields->kind != VALUE_CONTEXT)
        return error_field(FAIL(cx, ERR_INVALID, "the body needs fields: {name: value}"), "fields");
    *out = *fields;
    return NULL;
}

static FALLIBLE body_version(Ctx *cx, const Request *request, int64_t *out)
{
    const Value *version = value_get(request->json, "version");
    if (!version || version->kind != VALUE_NUMBER || !decimal_to_integer(version->number, out) ||
        *out < 1)
        return error_hint(
            error_field(FAIL(cx, ERR_INVALID, "the body needs the version you saw"), "version"),
            "Read the record again and send its version.");
    return NULL;
}

ROUTE(record_list_route, GET, RECORDS, "signed-in",
      "A page of records: filter, where (FEEL), sort, columns, search, limit, after, count",
      .query = LIST_QUERY, .output = SCHEMA("RecordPage"))
{
    ListRequest list;
    ListPage page;
    TRY(list_query_read(cx, request, request_parameter(request, "entity"), &list));
    TRY(list_read(cx, &list, &page));
    response->json = page_json(cx, &page);
    return NULL;
}

static FALLIBLE names_of(Ctx *cx, const Request *request, const char *key, const char *const **out,
                         size_t *count)
{
    const char *text = request_query(request, key);
    Value words = text ? list_query_words(cx, text) : value_list(NULL, 0);
    const char **names = NEW_ARRAY(cx->arena, const char *, words.list.count + 1);
    for (size_t i = 0; i < words.list.count; i++)
        names[i] = words.list.items[i].text.bytes;
    *out = names;
    *count = words.list.count;
    return NULL;
}

ROUTE(record_summary_route, GET, RECORDS "/summary", "signed-in",
      "The records of a list in groups (group=stage,close_date:month), counted and measured "
      "(measure=sum:amount,average:amount)",
      .query = LIST_QUERY " group measure", .output = SCHEMA("Summary"))
{
    SummaryRequest summary = {0};
    TRY(list_query_read(cx, request, request_parameter(request, "entity"), &summary.list));
    TRY(names_of(cx, request, "group", &summary.groups, &summary.group_count));
    TRY(names_of(cx, request, "measure", &summary.measures, &summary.measure_count));
    return list_summary(cx, &summary, &response->json);
}

// Told, never refused for it: what is refused, a rule of the entity refuses at the gate.
static FALLIBLE warn_of_duplicates(Ctx *cx, const Record *record, Value json)
{
    Value duplicates;
    TRY(duplicates_of_record(cx, record, &duplicates));
    const Value *items = value_get(duplicates, "items");
    if (items->list.count)
        value_set(cx->arena, json, "duplicates", *items);
    return NULL;
}

ROUTE(record_create_route, POST, RECORDS, "signed-in", "Create a record",
      .input = SCHEMA("RecordInput"), .output = SCHEMA("Record"))
{
    Record *record;
    GateRequest change = {.action = GATE_CREATE,
                          .entity = request_parameter(request, "entity"),
                          .reason = value_get_text(request->json, "reason")};
    TRY(body_fields(cx, request, &change.changes));
    TRY(gate_pass(cx, &change, &record));
    response->status = 201;
    TRY(record_json(cx, record, &response->json));
    return warn_of_duplicates(cx, record, response->json);
}

static bool is_listed(const Value *names, size_t count, Value name)
{
    for (size_t i = 0; i < count; i++)
        if (text_equal(names[i].text.bytes, name.text.bytes))
            return true;
    return false;
}

// What this actor may never write, and what only a step of a process may change as things stand.
static FALLIBLE read_only_fields(Ctx *cx, const char *entity, Id id, Value *out)
{
    Value closed;
    Value locked;
    TRY(schema_closed_fields(cx, entity, &closed));
    TRY(process_locked_fields(cx, entity, id, &locked));
    ARRAY(Value) names = {0};
    for (size_t i = 0; i < closed.list.count; i++)
        array_push(cx->arena, names) = closed.list.items[i];
    for (size_t i = 0; i < locked.list.count; i++)
        if (!is_listed(closed.list.items, closed.list.count, locked.list.items[i]))
            array_push(cx->arena, names) = locked.list.items[i];
    *out = value_list(names.items, names.count);
    return NULL;
}

// Whoever asks for a record that was merged is given the one it went into, which says its own id.
static FALLIBLE record_or_winner(Ctx *cx, const char *entity, Id id, Record **out)
{
    Id winner = 0;
    Error *error = record_get(cx, entity, id, out);
    if (!error || error->code != ERR_NOT_FOUND)
        return error;
    TRY(merge_winner(cx, entity, id, &winner));
    return winner && !record_get(cx, entity, winner, out) ? NULL : error;
}

ROUTE(record_get_route, GET, RECORDS "/{id}", "signed-in", "Read a record",
      .output = SCHEMA("Record"))
{
    Id id;
    Record *record;
    Value read_only;
    const char *entity = request_parameter(request, "entity");
    TRY(request_id(cx, request, "id", &id));
    TRY(record_or_winner(cx, entity, id, &record));
    TRY(record_json(cx, record, &response->json));
    TRY(read_only_fields(cx, entity, record->id, &read_only));
    value_set(cx->arena, response->json, "read_only", read_only);
    value_set(cx->arena, response->headers, "ETag",
              value_text(text_format(cx->arena, "\"%lld\"", (long long)record->version)));
    return NULL;
}

ROUTE(record_change_route, PATCH, RECORDS "/{id}", "signed-in",
      "Change fields of a record; refused when a process owns them",
      .input = SCHEMA("RecordChange"), .output = SCHEMA("Record"))
{
    Record *record;
    GateRequest change = {.action = GATE_CHANGE,
                          .entity = request_parameter(request, "entity"),
                          .reason = value_get_text(request->json, "reason")};
    TRY(request_id(cx, request, "id", &change.id));
    TRY(body_version(cx, request, &change.version));
    TRY(body_fields(cx, request, &change.changes));
    TRY(gate_pass(cx, &change, &record));
    return record_json(cx, record, &response->json);
}

ROUTE(record_delete_route, DELETE, RECORDS "/{id}", "signed-in",
      "Delete a record that no process governs; reason= says why", .query = "reason")
{
    Record *none;
    GateRequest change = {.action = GATE_DELETE,
                          .entity = request_parameter(request, "entity"),
                          .reason = request_query(request, "reason")};
    TRY(request_id(cx, request, "id", &change.id));
    TRY(gate_pass(cx, &change, &none));
    response->status = 204;
    return NULL;
}

ROUTE(record_moves_route, GET, RECORDS "/{id}/moves", "signed-in",
      "What may, what must and what blocks now", .output = SCHEMA("Moves"))
{
    Id id;
    Record *record;
    const char *entity = request_parameter(request, "entity");
    TRY(request_id(cx, request, "id", &id));
    TRY(record_get(cx, entity, id, &record));
    return process_moves(cx, entity, id, &response->json);
}
