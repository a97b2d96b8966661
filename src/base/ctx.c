// SPDX-License-Identifier: Apache-2.0
#include "base/ctx.h"

#include "base/text.h"

static bool list_has(const char *const *list, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (text_equal(list[i], word))
            return true;
    return false;
}

bool actor_may(const Actor *actor, const char *permission)
{
    return list_has(actor->permissions, actor->permission_count, permission) ||
           list_has(actor->permissions, actor->permission_count, "*");
}

bool actor_holds(const Actor *actor, const char *position)
{
    return list_has(actor->positions, actor->position_count, position);
}
