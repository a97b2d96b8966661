// SPDX-License-Identifier: Apache-2.0
#include "app/acting.h"

#include "db/database.h"
#include "record/record.h"

typedef struct Acting {
    const char *login;
    Door door;
    Actor *actor;
} Acting;

static FALLIBLE load_actor(Ctx *cx, void *state)
{
    Acting *acting = state;
    return actor_load(cx, acting->login, acting->door, &acting->actor);
}

FALLIBLE act_as(Ctx *cx, const CommandLine *line, Door door)
{
    Acting acting = {.login = command_option(line, "as", NULL), .door = door};
    if (acting.login) {
        TRY(database_read(cx, cx->company->database, load_actor, &acting));
        cx->actor = acting.actor;
        return NULL;
    }
    Actor *actor = NEW(cx->arena, Actor);
    *actor = *actor_system();
    actor->door = door;
    cx->actor = actor;
    return NULL;
}
