// SPDX-License-Identifier: Apache-2.0
#include "base/test.h"
#include "http/query.h"

static void splits(Ctx *cx, const char *target, const char *expected_path, const char *expected)
{
    const char *path;
    Value query;
    CHECK_OK(query_split(cx, target, &path, &query));
    CHECK_TEXT(path, expected_path);
    CHECK_JSON(query, expected);
}

static void refuses(Ctx *cx, const char *target, ErrorCode code, const char *words)
{
    const char *path;
    Value query;
    CHECK_FAILS(query_split(cx, target, &path, &query), code, words);
}

TEST(a_target_is_split_and_decoded)
{
    splits(cx, "/a/b", "/a/b", "{}");
    splits(cx, "/a%20b+c?x=1+2&y=%E4%B8%AD", "/a b+c", "{\"x\":\"1 2\",\"y\":\"中\"}");
    splits(cx, "/?a&b=&=c&&d=e=f", "/", "{\"a\":\"\",\"b\":\"\",\"\":\"c\",\"d\":\"e=f\"}");
    splits(cx, "/?", "/", "{}");
}

TEST(a_target_that_is_broken_is_refused)
{
    refuses(cx, "/%", ERR_INVALID, "broken escape");
    refuses(cx, "/%4", ERR_INVALID, "broken escape");
    refuses(cx, "/%zz", ERR_INVALID, "broken escape");
    refuses(cx, "/a%00b", ERR_INVALID, "broken escape");
    refuses(cx, "/%ff", ERR_INVALID, "not UTF-8");
    refuses(cx, "/api/v1/meta?x=1&x=2", ERR_INVALID, "stands twice");
}

TEST(a_query_has_a_limit_of_parameters)
{
    Buffer *target = buffer_new(cx->arena);
    buffer_text(target, "/?");
    for (int i = 0; i <= QUERY_PARAMETERS; i++)
        buffer_format(target, "p%d=1&", i);
    refuses(cx, target->bytes, ERR_LIMIT, "at most");
}

TEST(the_address_of_a_page_may_hold_a_parameter_twice)
{
    const char *path;
    Value query;
    CHECK_OK(query_split(cx, "/orders?f=a.eq.1&f=b.eq.2", &path, &query));
    CHECK_TEXT(path, "/orders");
}
