// SPDX-License-Identifier: Apache-2.0
// Who acts: from the user's record, the positions held and the roles of the packs.
#include "db/db.h"
#include "record/record.h"
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

static FALLIBLE load(Ctx *cx, const char *sql, Cell cell, Door door, Actor **out)
{
    Rows rows = {0};
    if (schema_entity(cx->schema, "user"))
        TRY(db_built_rows(cx, &rows, sql, &cell, 1));
    if (!rows.count || !row_integer(&rows.items[0], "active"))
        return FAIL(cx, ERR_NOT_FOUND, "there is no such active user");
    const Row *row = &rows.items[0];
    Actor *actor = NEW(cx->arena, Actor);
    actor->user = row_integer(row, "id");
    actor->login = row_text(row, "login");
    actor->name = row_text(row, "name");
    actor->language = row_text(row, "language");
    actor->department = row_text(row, "department");
    actor->door = door;
    TRY(standings_read(cx, actor));
    *out = actor;
    return NULL;
}

#define USER_COLUMNS                                                                               \
    "SELECT \"id\", \"login\", \"name\", \"language\", \"department\", \"active\" FROM \"user\""

FALLIBLE actor_load(Ctx *cx, const char *login, Door door, Actor **out)
{
    return load(cx, USER_COLUMNS " WHERE \"login\" = $1", cell_text(login), door, out);
}

FALLIBLE actor_load_id(Ctx *cx, Id user, Door door, Actor **out)
{
    return load(cx, USER_COLUMNS " WHERE \"id\" = $1", cell_integer(user), door, out);
}
