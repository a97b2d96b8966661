// SPDX-License-Identifier: Apache-2.0
// Who acts: from the user's record, the positions held and the roles of the packs.
#include "base/keep.h"
#include "db/db.h"
#include "record/record.h"
#include "record/revision.h"
#include "record/standing.h"

const Actor *actor_system(void)
{
    static const char *const everything[] = {"*"};
    static const Actor system = {.login = "system",
                                 .name = "Millrace",
                                 .permissions = everything,
                                 .permission_count = 1,
                                 .door = DOOR_SYSTEM};
    return &system;
}

static FALLIBLE no_such_user(Ctx *cx)
{
    return FAIL(cx, ERR_NOT_FOUND, "there is no such active user");
}

#define QUARTER_US (900 * 1000000LL)

static Error *make_actor(Ctx *cx, Id user, const void **thing)
{
    Rows rows = {0};
    Cell cell = cell_integer(user);
    schema_keep(cx); // the roles lie in it
    if (schema_entity(cx->schema, "user"))
        TRY(db_built_rows(cx, &rows,
                          "SELECT \"id\", \"login\", \"name\", \"language\", \"department\","
                          " \"active\" FROM \"user\" WHERE \"id\" = $1",
                          &cell, 1));
    if (!rows.count || !row_integer(&rows.items[0], "active"))
        return no_such_user(cx);
    const Row *row = &rows.items[0];
    Actor *actor = NEW(cx->arena, Actor);
    actor->user = row_integer(row, "id");
    actor->login = row_text(row, "login");
    actor->name = row_text(row, "name");
    actor->language = row_text(row, "language");
    actor->department = row_text(row, "department");
    *thing = actor;
    return standings_read(cx, actor);
}

// Which positions count depends on the day of a calendar's zone, and in every zone a day begins at
// a quarter of an hour of UTC.
FALLIBLE actor_load_id(Ctx *cx, Id user, Door door, Actor **out)
{
    static const char actors[] = "actors";
    KeepKey key = {actors, user, .schema = cx->schema, .period = cx->now / QUARTER_US};
    const void *kept;
    TRY(organisation_revision(cx, &key.revision));
    TRY(keep_get(cx, &key, make_actor, &kept));
    *out = NEW(cx->arena, Actor);
    **out = *(const Actor *)kept;
    (*out)->door = door;
    return NULL;
}

FALLIBLE actor_load(Ctx *cx, const char *login, Door door, Actor **out)
{
    Rows rows = {0};
    Cell cell = cell_text(login);
    if (schema_entity(cx->schema, "user"))
        TRY(db_built_rows(cx, &rows, "SELECT \"id\" FROM \"user\" WHERE \"login\" = $1", &cell, 1));
    return rows.count ? actor_load_id(cx, row_integer(&rows.items[0], "id"), door, out)
                      : no_such_user(cx);
}
