// SPDX-License-Identifier: Apache-2.0
#include "http/http.h"
#include "http/schemas.h"
#include "record/share.h"

#define RECORD "/api/v1/records/{entity}/{id}"

ROUTE(record_shares_route, GET, RECORD "/shares", "signed-in",
      "With whom a record is shared, newest first", .output = SCHEMA("Shares"))
{
    Id id;
    TRY(request_id(cx, request, "id", &id));
    return record_shares(cx, request_parameter(request, "entity"), id, &response->json);
}

ROUTE(record_share_route, POST, RECORD "/shares", "signed-in",
      "Share a record with a person, a position or a department, perhaps until an instant",
      .input = SCHEMA("ShareInput"), .output = SCHEMA("Share"))
{
    Id id;
    TRY(request_id(cx, request, "id", &id));
    response->status = 201;
    return record_share(cx, request_parameter(request, "entity"), id, request->json,
                        &response->json);
}

ROUTE(record_unshare_route, DELETE, RECORD "/shares/{share}", "signed-in", "Take a share back")
{
    Id id, share;
    TRY(request_id(cx, request, "id", &id));
    TRY(request_id(cx, request, "share", &share));
    TRY(record_unshare(cx, request_parameter(request, "entity"), id, share));
    response->status = 204;
    return NULL;
}

ROUTE(record_rights_route, GET, RECORD "/rights", "signed-in",
      "Why somebody can, or cannot, read, edit, delete and export a record", .query = "user",
      .output = SCHEMA("RecordRights"))
{
    Id id;
    TRY(request_id(cx, request, "id", &id));
    return record_rights(cx, request_parameter(request, "entity"), id,
                         request_query(request, "user"), &response->json);
}
