// SPDX-License-Identifier: Apache-2.0
#include "base/ids.h"
#include "base/test.h"
#include "http/router.h"

ROUTE(test_fixed_route, GET, "/test/things/best", "public", "A fixed segment")
{
    return NULL;
}

ROUTE(test_thing_route, GET, "/test/things/{id}", "public", "A thing")
{
    return NULL;
}

ROUTE(test_part_route, DELETE, "/test/things/{id}/parts/{part}", "public", "A part of a thing")
{
    return NULL;
}

static const Route *find(Ctx *cx, Method method, const char *path, Value *parameters)
{
    const Route *route;
    CHECK_OK(router_find(cx, method, path, &route, parameters));
    return route;
}

TEST(a_fixed_segment_goes_before_a_parameter)
{
    Value parameters;
    CHECK_TEXT(find(cx, METHOD_GET, "/test/things/best", &parameters)->about, "A fixed segment");
    CHECK_TEXT(find(cx, METHOD_GET, "/test/things/good", &parameters)->about, "A thing");
    CHECK_JSON(parameters, "{\"id\":\"good\"}");
}

TEST(parameters_are_read_from_the_path)
{
    Value parameters;
    find(cx, METHOD_DELETE, "/test/things/a1/parts/b 2", &parameters);
    CHECK_JSON(parameters, "{\"id\":\"a1\",\"part\":\"b 2\"}");
}

TEST(an_unknown_address_is_not_found_and_a_wrong_method_says_which_are_right)
{
    const Route *route;
    Value parameters;
    CHECK_FAILS(router_find(cx, METHOD_GET, "/test/things", &route, &parameters), ERR_NOT_FOUND,
                "nothing");
    CHECK_FAILS(router_find(cx, METHOD_GET, "/test/things//", &route, &parameters), ERR_NOT_FOUND,
                "nothing");
    Error *error = router_find(cx, METHOD_POST, "/test/things/a", &route, &parameters);
    CHECK_FAILS(error, ERR_METHOD, "POST");
    CHECK_TEXT(error->hint, "Possible: GET.");
    CHECK(router_knows("/test/things/a"));
    CHECK(!router_knows("/test/thing/a"));
}

TEST(an_id_in_the_path_that_is_none_is_not_found)
{
    Request request = {.parameters = value_context(cx->arena)};
    Id id;
    value_set(cx->arena, request.parameters, "id", value_text("' OR 1=1"));
    CHECK_FAILS(request_id(cx, &request, "id", &id), ERR_NOT_FOUND, "no such id");
    value_set(cx->arena, request.parameters, "id", value_text(id_text(cx->arena, 12345)));
    CHECK_OK(request_id(cx, &request, "id", &id));
    CHECK_INT(id, 12345);
}
