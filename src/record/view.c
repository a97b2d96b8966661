// SPDX-License-Identifier: Apache-2.0
#include "record/view.h"

#include "base/ids.h"
#include "base/json.h"
#include "db/database.h"
#include "record/list.h"
#include "record/rights.h"

#include <string.h>

MIGRATION(record_0012_view, 20,
          "CREATE TABLE saved_view (id BIGINT NOT NULL PRIMARY KEY, entity TEXT NOT NULL,"
          " name TEXT NOT NULL, owner BIGINT NOT NULL, audience TEXT NOT NULL,"
          " settings TEXT NOT NULL, changed_at BIGINT NOT NULL);\n"
          "CREATE UNIQUE INDEX saved_view_of ON saved_view (entity, owner, name);\n"
          "CREATE TABLE record_mark (user_id BIGINT NOT NULL, kind TEXT NOT NULL,"
          " entity TEXT NOT NULL, record BIGINT NOT NULL, at BIGINT NOT NULL,"
          " PRIMARY KEY (user_id, kind, entity, record));\n"
          "CREATE INDEX record_mark_at ON record_mark (user_id, kind, at)");

#define VIEW_COLUMNS "id, entity, name, owner, audience, settings"

QUERY(views_of_entity, "SELECT " VIEW_COLUMNS " FROM saved_view WHERE entity = $1"
                       " AND (owner = $2 OR audience <> 'mine') ORDER BY name, id LIMIT $3");
QUERY(view_get, "SELECT " VIEW_COLUMNS " FROM saved_view WHERE id = $1");
QUERY(view_named, "SELECT id FROM saved_view WHERE entity = $1 AND owner = $2 AND name = $3");
QUERY(view_insert,
      "INSERT INTO saved_view (id, entity, name, owner, audience, settings, changed_at)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7)");
QUERY(view_update, "UPDATE saved_view SET name = $2, audience = $3, settings = $4, changed_at = $5"
                   " WHERE id = $1");
QUERY(view_remove, "DELETE FROM saved_view WHERE id = $1");

#define VIEW_NAME 80 // bytes

static bool is_own(const Ctx *cx, const Row *row)
{
    return row_integer(row, "owner") == cx->actor->user;
}

// Whether the owner's team is the actor's too; it is read once, and only when a view asks.
typedef struct Team {
    bool known;
    const Id *people;
    size_t count;
} Team;

static FALLIBLE may_use(Ctx *cx, const Row *row, Team *team, bool *out)
{
    const char *audience = row_text(row, "audience");
    *out = is_own(cx, row) || text_equal(audience, "all");
    if (*out || !text_equal(audience, "team"))
        return NULL;
    if (!team->known)
        TRY(standing_team(cx, standing_own(cx->actor), &team->people, &team->count));
    team->known = true;
    for (size_t i = 0; i < team->count && !*out; i++)
        *out = team->people[i] == row_integer(row, "owner");
    return NULL;
}

static FALLIBLE view_value(Ctx *cx, const Row *row, Value *out)
{
    Value settings, owner = value_context(cx->arena);
    const char *text = row_text(row, "settings"), *name = NULL;
    Id user = row_integer(row, "owner");
    TRY(json_parse(cx, text, strlen(text), &settings));
    TRY(record_label_of(cx, "user", user, &name));
    value_set(cx->arena, owner, "id", value_text(id_text(cx->arena, user)));
    value_set(cx->arena, owner, "name", value_text(name ? name : ""));
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "id", value_text(id_text(cx->arena, row_integer(row, "id"))));
    value_set(cx->arena, *out, "entity", value_text(row_text(row, "entity")));
    value_set(cx->arena, *out, "name", value_text(row_text(row, "name")));
    value_set(cx->arena, *out, "audience", value_text(row_text(row, "audience")));
    value_set(cx->arena, *out, "owner", owner);
    value_set(cx->arena, *out, "own", value_boolean(is_own(cx, row)));
    value_set(cx->arena, *out, "settings", settings);
    return NULL;
}

FALLIBLE views_list(Ctx *cx, const char *entity_name, Value *out)
{
    const Entity *entity;
    Rows rows;
    Team team = {0};
    TRY(schema_find(cx, entity_name, &entity));
    TRY(rights_need(cx, entity, VERB_READ));
    TRY(db_rows(cx, &rows, views_of_entity, entity->name, cx->actor->user, VIEWS_OF_ENTITY));
    Value *items = NEW_ARRAY(cx->arena, Value, rows.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < rows.count; i++) {
        bool shown = false;
        TRY(may_use(cx, &rows.items[i], &team, &shown));
        if (shown)
            TRY(view_value(cx, &rows.items[i], &items[count++]));
    }
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "items", value_list(items, count));
    return NULL;
}

typedef struct View {
    const char *entity;
    const char *name;
    const char *audience;
    Value settings;
} View;

static FALLIBLE check_view(Ctx *cx, const View *view)
{
    const Entity *entity;
    ListRequest request;
    TRY(schema_find(cx, view->entity, &entity));
    TRY(rights_need(cx, entity, VERB_READ));
    if (!view->name || !*view->name || strlen(view->name) > VIEW_NAME)
        return error_field(
            FAIL(cx, ERR_INVALID, "a view has a name of at most %d bytes", VIEW_NAME), "name");
    if (!text_equal(view->audience, "mine") && !text_equal(view->audience, "team") &&
        !text_equal(view->audience, "all"))
        return error_field(FAIL(cx, ERR_INVALID, "the audience is mine, team or all"), "audience");
    if (text_equal(view->audience, "all") && !actor_may(cx->actor, "view.publish"))
        return error_hint(FAIL(cx, ERR_DENIED, "you may not save views for everybody"),
                          "It needs the permission view.publish.");
    return list_request_read(cx, view->entity, view->settings, &request);
}

static FALLIBLE check_name_free(Ctx *cx, const View *view, Id id)
{
    Row *row;
    TRY(db_row(cx, &row, view_named, view->entity, cx->actor->user, view->name));
    if (row && row_integer(row, "id") != id)
        return error_field(FAIL(cx, ERR_CONFLICT, "you have a view '%s' already", view->name),
                           "name");
    return NULL;
}

static FALLIBLE find_own(Ctx *cx, Id id, Row **out)
{
    TRY(db_row(cx, out, view_get, id));
    return *out && is_own(cx, *out) ? NULL
                                    : FAIL(cx, ERR_NOT_FOUND, "there is no such view of yours");
}

static Value settings_of(Ctx *cx, Value input)
{
    const Value *settings = value_get(input, "settings");
    return settings ? *settings : value_context(cx->arena);
}

FALLIBLE view_save(Ctx *cx, Value input, Value *out)
{
    View view = {value_get_text(input, "entity"), value_get_text(input, "name"),
                 value_get_text(input, "audience"), settings_of(cx, input)};
    Row *row;
    Id id = id_new(cx);
    TRY(check_view(cx, &view));
    TRY(check_name_free(cx, &view, 0));
    TRY(db_run(cx, NULL, view_insert, id, view.entity, view.name, cx->actor->user, view.audience,
               json_text(cx->arena, view.settings), cx->now));
    TRY(db_row(cx, &row, view_get, id));
    return view_value(cx, row, out);
}

FALLIBLE view_change(Ctx *cx, Id id, Value input, Value *out)
{
    Row *row;
    Value settings;
    const char *name = value_get_text(input, "name"), *audience = value_get_text(input, "audience");
    TRY(find_own(cx, id, &row));
    const char *text = row_text(row, "settings");
    TRY(json_parse(cx, text, strlen(text), &settings));
    View view = {row_text(row, "entity"), name ? name : row_text(row, "name"),
                 audience ? audience : row_text(row, "audience"),
                 value_get(input, "settings") ? settings_of(cx, input) : settings};
    TRY(check_view(cx, &view));
    TRY(check_name_free(cx, &view, id));
    TRY(db_run(cx, NULL, view_update, id, view.name, view.audience,
               json_text(cx->arena, view.settings), cx->now));
    TRY(db_row(cx, &row, view_get, id));
    return view_value(cx, row, out);
}

FALLIBLE view_delete(Ctx *cx, Id id)
{
    Row *row;
    TRY(find_own(cx, id, &row));
    return db_run(cx, NULL, view_remove, id);
}
