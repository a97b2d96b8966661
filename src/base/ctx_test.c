// SPDX-License-Identifier: Apache-2.0
#include "base/ctx.h"

#include "base/test.h"

TEST(an_actor_may_what_is_granted_and_all_with_a_star)
{
    static const char *const some[] = {"order.edit", "order.read"};
    static const char *const all[] = {"*"};
    Actor clerk = {.permissions = some, .permission_count = 2};
    Actor root = {.permissions = all, .permission_count = 1};
    Actor nobody = {.login = "nobody"};
    CHECK(actor_may(&clerk, "order.edit"));
    CHECK(!actor_may(&clerk, "order"));
    CHECK(!actor_may(&clerk, "order.edit.all"));
    CHECK(!actor_may(&clerk, "*"));
    CHECK(actor_may(&root, "process.deploy"));
    CHECK(!actor_may(&nobody, "order.read"));
}

TEST(a_position_is_held_by_name_alone)
{
    static const char *const positions[] = {"accountant", "*"};
    Actor actor = {.positions = positions, .position_count = 2};
    CHECK(actor_holds(&actor, "accountant"));
    CHECK(!actor_holds(&actor, "manager")); // no star among positions
}
