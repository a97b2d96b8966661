// SPDX-License-Identifier: Apache-2.0
// What the company holds about a person: given out, and erased with proof.
#include "http/http.h"
#include "http/schemas.h"
#include "process/person.h"

#define PERSONAL "/api/v1/records/{entity}/{id}/personal"

ROUTE(personal_export_route, GET, PERSONAL, "personal.export",
      "All that is held about a person as lines of JSON: the record, what leads to it, its changes "
      "and steps")
{
    Id id;
    PersonSink sink = {response_write, response};
    TRY(request_id(cx, request, "id", &id));
    response->type = "application/x-ndjson";
    value_set(cx->arena, response->headers, "Content-Disposition",
              value_text("attachment; filename=\"personal-data.jsonl\""));
    return person_export(cx, request_parameter(request, "entity"), id, &sink);
}

ROUTE(personal_erase_route, POST, PERSONAL "/erase", "personal.erase",
      "Erase what is personal of a record and its parts, in their history too; the audit proves it",
      .input = SCHEMA("ErasureInput"), .output = SCHEMA("Erased"))
{
    Erasure erasure = {.entity = request_parameter(request, "entity"),
                       .reason = value_get_text(request->json, "reason")};
    TRY(request_id(cx, request, "id", &erasure.record));
    return person_erase(cx, &erasure, &response->json);
}
