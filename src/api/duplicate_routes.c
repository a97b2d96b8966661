// SPDX-License-Identifier: Apache-2.0
// Records that may be the same.
#include "api/list_query.h"
#include "base/ids.h"
#include "http/http.h"
#include "http/schemas.h"
#include "record/duplicate.h"

#define RECORDS "/api/v1/records/{entity}"

ROUTE(duplicates_asked_route, POST, RECORDS "/duplicates", "signed-in",
      "Records that the fields may be the same as, as they are typed so far", .unit = UNIT_READ,
      .input = SCHEMA("DuplicateQuestion"), .output = SCHEMA("Duplicates"))
{
    const Value *fields = value_get(request->json, "fields");
    const char *except = value_get_text(request->json, "except");
    Id id = 0;
    if (!fields || fields->kind != VALUE_CONTEXT)
        return error_field(FAIL(cx, ERR_INVALID, "the body needs fields: {name: value}"), "fields");
    if (except && !id_parse(except, &id))
        return error_field(FAIL(cx, ERR_INVALID, "'except' is the id of a record"), "except");
    return duplicates_of(cx, request_parameter(request, "entity"), *fields, id, &response->json);
}

ROUTE(duplicate_pairs_route, GET, RECORDS "/duplicates", "signed-in",
      "Pairs of records that may be the same, the likeliest first; dismissed=true: those that "
      "somebody has said are not",
      .query = "after limit:integer dismissed:boolean", .output = SCHEMA("DuplicatePage"))
{
    int limit;
    TRY(limit_query_read(cx, request, 20, &limit));
    bool dismissed = text_equal(request_query(request, "dismissed"), "true");
    return duplicate_pairs(cx, request_parameter(request, "entity"), dismissed,
                           request_query(request, "after"), limit, &response->json);
}

ROUTE(record_duplicates_route, GET, RECORDS "/{id}/duplicates", "signed-in",
      "Records that this one may be the same as", .output = SCHEMA("Duplicates"))
{
    Id id;
    Record *record;
    TRY(request_id(cx, request, "id", &id));
    TRY(record_get(cx, request_parameter(request, "entity"), id, &record));
    return duplicates_of_record(cx, record, &response->json);
}

ROUTE(duplicate_dismiss_route, PATCH, RECORDS "/{id}/duplicates/{other}", "signed-in",
      "Say that two records are not the same, or take it back",
      .input = SCHEMA("DuplicateDismissal"))
{
    Id id, other;
    const Value *dismissed = value_get(request->json, "dismissed");
    TRY(request_id(cx, request, "id", &id));
    TRY(request_id(cx, request, "other", &other));
    if (!dismissed || dismissed->kind != VALUE_BOOLEAN)
        return error_field(FAIL(cx, ERR_INVALID, "the body needs dismissed: true or false"),
                           "dismissed");
    response->status = 204;
    return duplicate_dismiss(cx, request_parameter(request, "entity"), id, other,
                             dismissed->boolean);
}
