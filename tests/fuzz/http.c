// SPDX-License-Identifier: Apache-2.0
// Request targets: the address is split and decoded, and a route looked for with every method.
#include "fuzz.h"
#include "http/query.h"
#include "http/router.h"

#include <string.h>

static void run(Ctx *cx, const char *bytes, size_t length)
{
    const char *target = text_slice(cx->arena, bytes, length), *path;
    Value query, parameters;
    if (!fuzz_fine(query_split(cx, target, &path, &query)))
        return;
    FUZZ_HOLDS(utf8_valid(path, strlen(path)));
    for (Method method = METHOD_GET; method <= METHOD_DELETE; method++) {
        const Route *route;
        if (!fuzz_fine(router_find(cx, method, path, &route, &parameters)))
            continue;
        Request request = {
            .method = method, .path = path, .query = query, .parameters = parameters};
        Id id;
        int64_t limit;
        if (request_parameter(&request, "id"))
            fuzz_fine(request_id(cx, &request, "id", &id));
        fuzz_fine(request_query_integer(cx, &request, "limit", 20, &limit));
    }
}

static const char *const seeds[] = {
    "/api/v1/records/sales_order/0123456789?limit=1e3&sort=-created_at%2Cnumber&a=b+c",
    "/api/v1/records//?filter=%5B%7B%22field%22%3A%22a%22%7D%5D&&=&limit=99999999999999999999",
    "/%2e%2e/%2F%c3%a9?%=%00&%zz",
    NULL,
};

const FuzzTarget fuzz_target = {.run = run, .seeds = seeds};
