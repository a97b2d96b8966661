// SPDX-License-Identifier: Apache-2.0
#include "http/http.h"
#include "http/schemas.h"
#include "process/heat.h"

#define DAY_US (24 * 3600 * 1000000LL)
#define PERIOD_DAYS 30 // when nothing is said

static FALLIBLE instant_read(Ctx *cx, const Request *request, const char *name, Instant fallback,
                             Instant *out)
{
    const char *text = request_query(request, name);
    *out = fallback;
    if (!text || !*text || instant_parse(text, out))
        return NULL;
    return error_field(FAIL(cx, ERR_INVALID, "this is no instant: %s", text), name);
}

ROUTE(process_heat_route, GET, "/api/v1/processes/{key}/heat", "process.read",
      "How often each step was passed by the cases of a period, how long it took, what waits now",
      .query = "version:integer from to", .output = SCHEMA("Heat"))
{
    int64_t version;
    HeatAsked asked = {.process = request_parameter(request, "key")};
    TRY(request_query_integer(cx, request, "version", 0, &version));
    TRY(instant_read(cx, request, "to", cx->now + 1, &asked.to));
    TRY(instant_read(cx, request, "from", asked.to - PERIOD_DAYS * DAY_US, &asked.from));
    asked.version = (int)version;
    return process_heat(cx, &asked, &response->json);
}
