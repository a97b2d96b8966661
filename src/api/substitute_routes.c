// SPDX-License-Identifier: Apache-2.0
#include "http/http.h"
#include "http/schemas.h"
#include "process/substitutes.h"

#define SUBSTITUTES "/api/v1/session/substitutes"

ROUTE(own_substitutes_route, GET, SUBSTITUTES, "signed-in",
      "Who stands in for me from now on, and who could", .output = SCHEMA("OwnSubstitutes"))
{
    (void)request;
    return own_substitutes(cx, &response->json);
}

ROUTE(own_substitute_enter_route, POST, SUBSTITUTES, "signed-in",
      "Enter who stands in for me from a day to another", .input = SCHEMA("OwnSubstituteInput"),
      .output = SCHEMA("OwnSubstitutes"))
{
    TRY(own_substitute_enter(cx, request->json));
    response->status = 201;
    return own_substitutes(cx, &response->json);
}

ROUTE(own_substitute_withdraw_route, DELETE, SUBSTITUTES "/{id}", "signed-in",
      "Take back who stands in for me")
{
    Id id;
    TRY(request_id(cx, request, "id", &id));
    response->status = 204;
    return own_substitute_withdraw(cx, id);
}
