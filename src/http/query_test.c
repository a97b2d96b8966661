// SPDX-License-Identifier: Apache-2.0
#include "base/test.h"
#include "http/query.h"

TEST(query_is_decoded)
{
    const char *path;
    Value query;
    CHECK_OK(query_split(cx, "/api/v1/x%20y?a=1+2&b=%E6%BA%AA", &path, &query));
    CHECK_TEXT(path, "/api/v1/x y");
    CHECK_TEXT(value_get_text(query, "a"), "1 2");
    CHECK_TEXT(value_get_text(query, "b"), "溪");
}

TEST(query_of_the_api_holds_each_parameter_once)
{
    const char *path;
    Value query;
    CHECK_FAILS(query_split(cx, "/api/v1/meta?f=1&f=2", &path, &query), ERR_INVALID,
                "the parameter f stands twice");
}

TEST(query_of_a_page_may_hold_a_parameter_twice)
{
    const char *path;
    Value query;
    CHECK_OK(query_split(cx, "/orders?f=a.eq.1&f=b.eq.2", &path, &query));
    CHECK_TEXT(path, "/orders");
}
