// SPDX-License-Identifier: Apache-2.0
#include "base/test.h"
#include "http/problem.h"

#include <string.h>

TEST(a_problem_says_what_is_wrong_where_and_what_to_do)
{
    Error *error =
        error_at(error_field(FAIL(cx, ERR_INVALID, "the total is no number"), "total"), 3, 7);
    error_hint(error, "Write %d.%d.", 12, 50);
    CHECK_JSON(problem_value(cx, error),
               "{\"type\":\"/problems/invalid\",\"title\":\"invalid\",\"status\":400,"
               "\"code\":\"invalid\",\"message\":\"the total is no number\",\"field\":\"total\","
               "\"hint\":\"Write 12.50.\",\"line\":3,\"column\":7}");
}

TEST(what_an_error_is_about_stands_beside_it)
{
    Error *error = FAIL(cx, ERR_CONFLICT, "not now");
    Value about = value_context(cx->arena);
    value_set(cx->arena, about, "open_step", value_text("ship"));
    error->about = &about;
    CHECK_TEXT(value_get_text(problem_value(cx, error), "open_step"), "ship");
}

TEST(an_internal_error_tells_nothing_of_the_inside)
{
    Response response;
    problem_answer(cx, FAIL(cx, ERR_INTERNAL, "row 17 of secret_table"), &response);
    CHECK_INT(response.status, 500);
    CHECK(!strstr(value_get_text(response.json, "message"), "secret_table"));
}

TEST(what_is_for_later_says_when)
{
    Response response;
    problem_answer(cx, FAIL(cx, ERR_TOO_MANY, "too often"), &response);
    CHECK_INT(response.status, 429);
    CHECK_TEXT(value_get_text(response.headers, "Retry-After"), "60");
}
