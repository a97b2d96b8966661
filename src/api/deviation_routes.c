// SPDX-License-Identifier: Apache-2.0
#include "api/list_query.h"
#include "http/http.h"
#include "http/schemas.h"
#include "process/deviations.h"

#define DEVIATIONS "/api/v1/deviations"

ROUTE(deviation_request_route, POST, "/api/v1/instances/{id}/deviations", "deviation.request",
      "Ask for a deviation from what the process demands", .input = SCHEMA("DeviationInput"),
      .output = SCHEMA("Deviation"))
{
    Id instance, deviation;
    TRY(request_id(cx, request, "id", &instance));
    TRY(deviation_request(cx, instance, request->json, &deviation));
    response->status = 201;
    return deviation_show(cx, deviation, &response->json);
}

ROUTE(deviation_list_route, GET, DEVIATIONS, "signed-in",
      "Deviations, newest first: of an instance, a process, in a state",
      .query = "instance process state limit:integer after", .output = SCHEMA("DeviationPage"))
{
    Value query;
    TRY(plain_query_read(cx, request, &query));
    return deviation_list(cx, query, &response->json);
}

ROUTE(deviation_show_route, GET, DEVIATIONS "/{id}", "signed-in", "One deviation",
      .output = SCHEMA("Deviation"))
{
    Id deviation;
    TRY(request_id(cx, request, "id", &deviation));
    return deviation_show(cx, deviation, &response->json);
}

static FALLIBLE decide(Ctx *cx, const Request *request, Response *response,
                       Error *(*decision)(Ctx *cx, Id deviation, const char *comment))
{
    Id deviation;
    TRY(request_id(cx, request, "id", &deviation));
    TRY(decision(cx, deviation, value_get_text(request->json, "comment")));
    return deviation_show(cx, deviation, &response->json);
}

ROUTE(deviation_grant_route, POST, DEVIATIONS "/{id}/grant", "deviation.grant",
      "Grant a deviation that somebody else asked for; it is carried out at once",
      .input = SCHEMA("DeviationDecision"), .output = SCHEMA("Deviation"))
{
    return decide(cx, request, response, deviation_grant);
}

ROUTE(deviation_refuse_route, POST, DEVIATIONS "/{id}/refuse", "deviation.grant",
      "Refuse a deviation, with a reason", .input = SCHEMA("DeviationDecision"),
      .output = SCHEMA("Deviation"))
{
    return decide(cx, request, response, deviation_refuse);
}

ROUTE(deviation_close_route, POST, DEVIATIONS "/{id}/close", "signed-in",
      "Take back a deviation that is not decided yet", .input = SCHEMA("DeviationDecision"),
      .output = SCHEMA("Deviation"))
{
    return decide(cx, request, response, deviation_close);
}

ROUTE(deviation_counts_route, GET, "/api/v1/processes/{key}/deviations", "process.read",
      "How many deviations there were, by step, kind and state",
      .output = SCHEMA("DeviationCounts"))
{
    return deviation_counts(cx, request_parameter(request, "key"), &response->json);
}
