// SPDX-License-Identifier: Apache-2.0
// Who acts: from the user's record, the positions held and the roles of the packs.
#include "db/db.h"
#include "record/record.h"

#include <stdlib.h>
#include <string.h>

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

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

// Sorts and leaves each text once.
static size_t sort_once(const char **texts, size_t count)
{
    size_t kept = 0;
    if (count)
        qsort(texts, count, sizeof *texts, by_text);
    for (size_t i = 0; i < count; i++)
        if (!kept || !text_equal(texts[kept - 1], texts[i]))
            texts[kept++] = texts[i];
    return kept;
}

static FALLIBLE load_positions(Ctx *cx, Actor *actor)
{
    const Schema *schema = cx->company->schema;
    Rows rows;
    Cell cell = cell_integer(actor->user);
    if (!schema_entity(schema, "user_position") || !schema_entity(schema, "position"))
        return NULL;
    TRY(db_built_rows(cx, &rows,
                      "SELECT p.\"key\" AS key FROM \"user_position\" held"
                      " JOIN \"position\" p ON p.\"id\" = held.\"position\""
                      " WHERE held.\"user\" = $1",
                      &cell, 1));
    const char **positions = NEW_ARRAY(cx->arena, const char *, rows.count);
    for (size_t i = 0; i < rows.count; i++)
        positions[i] = row_text(&rows.items[i], "key");
    actor->positions = positions;
    actor->position_count = sort_once(positions, rows.count);
    return NULL;
}

static bool holds_role(const Actor *actor, const Role *role)
{
    for (size_t i = 0; i < role->position_count; i++)
        if (actor_holds(actor, role->positions[i]))
            return true;
    return false;
}

static void grant(Ctx *cx, Actor *actor)
{
    const Schema *schema = cx->company->schema;
    ARRAY(const char *) permissions = {0};
    for (size_t r = 0; r < schema->role_count; r++)
        if (holds_role(actor, &schema->roles[r]))
            for (size_t p = 0; p < schema->roles[r].permission_count; p++)
                array_push(cx->arena, permissions) = schema->roles[r].permissions[p];
    actor->permission_count = sort_once(permissions.items, permissions.count);
    actor->permissions = permissions.items;
}

static FALLIBLE load(Ctx *cx, const char *sql, Cell cell, Door door, Actor **out)
{
    Rows rows = {0};
    if (schema_entity(cx->company->schema, "user"))
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
    TRY(load_positions(cx, actor));
    grant(cx, actor);
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
