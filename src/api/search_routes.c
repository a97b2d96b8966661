// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "http/http.h"
#include "http/schemas.h"
#include "record/search.h"

ROUTE(search_route, GET, "/api/v1/search", "signed-in",
      "Find records by words, parts of words, pinyin, initials, numbers and the end of numbers, in "
      "all entities or one, best first",
      .query = "q entity limit:integer", .output = SCHEMA("SearchAnswer"))
{
    SearchRequest search = {.words = request_query(request, "q"),
                            .entity = request_query(request, "entity")};
    if (!search.words)
        return error_field(FAIL(cx, ERR_INVALID, "a search needs q: what to look for"), "q");
    int64_t limit;
    TRY(request_query_integer(cx, request, "limit", 5, &limit));
    search.limit = limit < 1 || limit > SEARCH_LIMIT ? -1 : (int)limit; // refused below
    return search_find(cx, &search, &response->json);
}
