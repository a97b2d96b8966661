// SPDX-License-Identifier: Apache-2.0
#include "record/standing.h"

#include "base/calendar.h"
#include "db/db.h"
#include "record/condition.h"

#include <stdlib.h>
#include <string.h>

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int by_id(const void *a, const void *b)
{
    Id left = *(const Id *)a, right = *(const Id *)b;
    return (left > right) - (left < right);
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

FALLIBLE standing_departments(Ctx *cx, const Standing *standing, const char *const **out,
                              size_t *count)
{
    Rows rows = {0};
    Cell cells[] = {cell_text(standing->department), cell_integer(standing->user)};
    Buffer *sql = buffer_new(cx->arena);
    buffer_text(sql, "WITH RECURSIVE below(id, key) AS (SELECT d.\"id\", d.\"key\""
                     " FROM \"department\" d WHERE d.\"key\" = $1");
    bool leads = schema_has_field(cx->schema, "department_lead", "leads");
    if (leads)
        buffer_text(sql, " UNION SELECT d.\"id\", d.\"key\" FROM \"department_lead\" l"
                         " JOIN \"department\" d ON d.\"id\" = l.\"leads\" WHERE l.\"user\" = $2");
    if (schema_has_field(cx->schema, "department", "parent"))
        buffer_text(sql, " UNION SELECT d.\"id\", d.\"key\" FROM below"
                         " JOIN \"department\" d ON d.\"parent\" = below.id");
    buffer_format(sql, ") SELECT key AS key FROM below LIMIT %d", LIMIT_TEAM + 1);
    if (schema_has_field(cx->schema, "department", "key"))
        TRY(db_built_rows(cx, &rows, sql->bytes, cells, leads ? 2 : 1));
    if (rows.count > LIMIT_TEAM)
        return error_hint(FAIL(cx, ERR_LIMIT, "more than %d departments are in the reach of %s",
                               LIMIT_TEAM, standing->login),
                          "Give the role a wider scope.");
    const char **keys = NEW_ARRAY(cx->arena, const char *, rows.count + 1);
    size_t found = 0;
    for (size_t i = 0; i < rows.count; i++)
        keys[found++] = row_text(&rows.items[i], "key");
    if (standing->department) // also where no record says more of it
        keys[found++] = standing->department;
    *count = sort_once(keys, found);
    *out = keys;
    return NULL;
}

FALLIBLE standing_team(Ctx *cx, const Standing *standing, const Id **out, size_t *count)
{
    Rows rows = {0};
    Cell cells[] = {cell_integer(standing->user), cell_integer(LIMIT_TEAM + 1)};
    if (standing->user && schema_has_field(cx->schema, "user", "manager"))
        TRY(db_built_rows(
            cx, &rows,
            "WITH RECURSIVE below(id) AS (SELECT CAST($1 AS BIGINT) UNION SELECT u.\"id\""
            " FROM below JOIN \"user\" u ON u.\"manager\" = below.id)"
            " SELECT id AS id FROM below"
            " UNION SELECT other.\"id\" FROM \"user\" me"
            " JOIN \"user\" other ON other.\"manager\" = me.\"manager\" WHERE me.\"id\" = $1"
            " UNION SELECT me.\"manager\" FROM \"user\" me"
            " WHERE me.\"id\" = $1 AND me.\"manager\" IS NOT NULL LIMIT $2",
            cells, 2));
    if (rows.count > LIMIT_TEAM)
        return error_hint(FAIL(cx, ERR_LIMIT, "more than %d people are in the team of %s",
                               LIMIT_TEAM, standing->login),
                          "Give the role a wider scope.");
    Id *team = NEW_ARRAY(cx->arena, Id, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++)
        team[i] = row_integer(&rows.items[i], "id");
    if (!rows.count && standing->user)
        team[rows.count++] = standing->user;
    qsort(team, rows.count, sizeof *team, by_id);
    *out = team;
    *count = rows.count;
    return NULL;
}

const Standing *standing_own(const Actor *actor)
{
    static const Standing nobody = {.login = "", .name = ""};
    return actor->standing_count ? &actor->standings[0] : &nobody;
}

bool standing_in_team(const Standing *standing, Id user)
{
    return user && standing->team_count &&
           bsearch(&user, standing->team, standing->team_count, sizeof user, by_id);
}

bool standing_in_departments(const Standing *standing, const char *department)
{
    return department && standing->department_count &&
           bsearch(&department, standing->departments, standing->department_count,
                   sizeof department, by_text);
}

// ---- whose positions count today ------------------------------------------------------------

// The zone of a department's calendar, or of the nearest above it; UTC without one.
static FALLIBLE zone_of(Ctx *cx, const char *department, const Zone **out)
{
    *out = zone_utc();
    if (!department || !schema_has_field(cx->schema, "department", "parent") ||
        !schema_has_field(cx->schema, "department", "calendar") ||
        !schema_has_field(cx->schema, "calendar", "zone"))
        return NULL;
    Rows rows;
    Cell cell = cell_text(department);
    TRY(db_built_rows(
        cx, &rows,
        "WITH RECURSIVE above(id, parent, calendar, level) AS (SELECT d.\"id\", d.\"parent\","
        " d.\"calendar\", 0 FROM \"department\" d WHERE d.\"key\" = $1 UNION SELECT d.\"id\","
        " d.\"parent\", d.\"calendar\", above.level + 1 FROM above"
        " JOIN \"department\" d ON d.\"id\" = above.parent WHERE above.level < 20)"
        " SELECT c.\"zone\" AS zone FROM above JOIN \"calendar\" c ON c.\"id\" = above.calendar"
        " ORDER BY above.level LIMIT 1",
        &cell, 1));
    const char *name = rows.count ? row_text(&rows.items[0], "zone") : NULL;
    const Zone *zone = name ? zone_named(name) : NULL;
    if (zone)
        *out = zone;
    return NULL;
}

static int64_t today_utc(const Ctx *cx)
{
    return date_to_days(instant_in(cx->now, zone_utc()).date);
}

// Days are those of the calendar of the person's department; the zone is looked up only where it
// decides.
static FALLIBLE is_today(Ctx *cx, const char *department, Cell first, Cell last, bool *out)
{
    int64_t today = today_utc(cx);
    int64_t from = first.kind == CELL_NULL ? INT64_MIN : first.integer;
    int64_t to = last.kind == CELL_NULL ? INT64_MAX : last.integer;
    bool near = (from >= today && from <= today + 1) || (to <= today && to >= today - 1);
    if (near) {
        const Zone *zone;
        TRY(zone_of(cx, department, &zone));
        today = date_to_days(instant_in(cx->now, zone).date);
    }
    *out = from <= today && today <= to;
    return NULL;
}

// The positions of the actor and of everybody whom it may stand in for now, the actor's own first.
// A day more at both ends: which day it is depends on the zone.
static FALLIBLE read_positions(Ctx *cx, Id user, Rows *out)
{
    Cell cells[] = {cell_integer(user), cell_integer(today_utc(cx))};
    bool periods = schema_has_field(cx->schema, "user_position", "first_day") &&
                   schema_has_field(cx->schema, "user_position", "last_day");
    bool substitutes = schema_has_field(cx->schema, "substitute", "first_day");
    *out = (Rows){0};
    if (!schema_has_field(cx->schema, "user_position", "position") ||
        !schema_has_field(cx->schema, "position", "key"))
        return NULL;
    const char *period = periods ? ", held.\"first_day\" AS first, held.\"last_day\" AS last"
                                 : ", CAST(NULL AS BIGINT) AS first, CAST(NULL AS BIGINT) AS last";
    Buffer *sql = buffer_new(cx->arena);
    buffer_format(sql,
                  "SELECT held.\"user\" AS holder, p.\"key\" AS key%s, CAST(NULL AS BIGINT) AS"
                  " away_first, CAST(NULL AS BIGINT) AS away_last FROM \"user_position\" held"
                  " JOIN \"position\" p ON p.\"id\" = held.\"position\" WHERE held.\"user\" = $1",
                  period);
    if (substitutes)
        buffer_format(
            sql,
            " UNION ALL SELECT held.\"user\", p.\"key\"%s, s.\"first_day\", s.\"last_day\""
            " FROM \"substitute\" s"
            " JOIN \"user_position\" held ON held.\"user\" = s.\"user\""
            " JOIN \"position\" p ON p.\"id\" = held.\"position\""
            " WHERE s.\"substitute\" = $1 AND s.\"user\" <> $1"
            " AND s.\"first_day\" <= $2 + 1 AND s.\"last_day\" >= $2 - 1",
            period);
    return db_built_rows(cx, out, sql->bytes, cells, substitutes ? 2 : 1);
}

// ---- standings ------------------------------------------------------------------------------

static bool holds_role(const Standing *standing, const Role *role)
{
    for (size_t i = 0; i < role->position_count; i++)
        for (size_t p = 0; p < standing->position_count; p++)
            if (text_equal(role->positions[i], standing->positions[p]))
                return true;
    return false;
}

static bool asks(const Grant *grant, Scope scope, const char *word)
{
    return grant->scope == scope || (grant->rule && strstr(grant->rule->source, word));
}

// What the grants of its roles are measured by.
static FALLIBLE read_reach(Ctx *cx, Standing *standing)
{
    bool team = false, departments = false;
    for (size_t r = 0; r < standing->role_count; r++)
        for (size_t g = 0; g < standing->roles[r]->grant_count; g++) {
            const Grant *grant = &standing->roles[r]->grants[g];
            team = team || asks(grant, SCOPE_TEAM, "me.team");
            departments = departments || grant->scope == SCOPE_QUEUE ||
                          asks(grant, SCOPE_DEPARTMENT, "me.departments");
        }
    if (team)
        TRY(standing_team(cx, standing, &standing->team, &standing->team_count));
    if (departments)
        TRY(standing_departments(cx, standing, &standing->departments,
                                 &standing->department_count));
    return NULL;
}

static FALLIBLE take_roles(Ctx *cx, Standing *standing)
{
    const Schema *schema = cx->schema;
    const Role **roles = NEW_ARRAY(cx->arena, const Role *, schema->role_count);
    standing->roles = roles;
    for (size_t r = 0; r < schema->role_count; r++)
        if (holds_role(standing, &schema->roles[r]))
            roles[standing->role_count++] = &schema->roles[r];
    return read_reach(cx, standing);
}

// The positions of one holder that count today, among the rows.
static FALLIBLE take_positions(Ctx *cx, const Rows *rows, Standing *standing)
{
    const char **positions = NEW_ARRAY(cx->arena, const char *, rows->count + 1);
    size_t count = 0;
    for (size_t i = 0; i < rows->count; i++) {
        const Row *row = &rows->items[i];
        bool now = false;
        if (row_integer(row, "holder") != standing->user)
            continue;
        TRY(is_today(cx, standing->department, row_cell(row, "first"), row_cell(row, "last"),
                     &now));
        if (now)
            TRY(is_today(cx, standing->department, row_cell(row, "away_first"),
                         row_cell(row, "away_last"), &now));
        if (now)
            positions[count++] = row_text(row, "key");
    }
    standing->positions = positions;
    standing->position_count = sort_once(positions, count);
    return NULL;
}

// False when the person is not active any more.
static FALLIBLE read_person(Ctx *cx, Id user, Standing *out, bool *active)
{
    Rows rows;
    Cell cell = cell_integer(user);
    TRY(db_built_rows(cx, &rows,
                      "SELECT \"login\" AS login, \"name\" AS name, \"department\" AS department,"
                      " \"active\" AS active FROM \"user\" WHERE \"id\" = $1",
                      &cell, 1));
    *active = rows.count && row_integer(&rows.items[0], "active");
    if (*active)
        *out = (Standing){.user = user,
                          .login = row_text(&rows.items[0], "login"),
                          .name = row_text(&rows.items[0], "name"),
                          .department = row_text(&rows.items[0], "department")};
    return NULL;
}

static bool is_among(const Standing *standings, size_t count, Id user)
{
    for (size_t i = 0; i < count; i++)
        if (standings[i].user == user)
            return true;
    return false;
}

static FALLIBLE gather(Ctx *cx, const Rows *rows, const Actor *actor, Standing *out, size_t *count)
{
    out[0] = (Standing){.user = actor->user,
                        .login = actor->login,
                        .name = actor->name,
                        .department = actor->department};
    TRY(take_positions(cx, rows, &out[0]));
    TRY(take_roles(cx, &out[0]));
    *count = 1;
    for (size_t i = 0; i < rows->count; i++) {
        Standing standing;
        bool active = false;
        Id holder = row_integer(&rows->items[i], "holder");
        if (is_among(out, *count, holder))
            continue;
        TRY(read_person(cx, holder, &standing, &active));
        if (!active)
            continue;
        TRY(take_positions(cx, rows, &standing));
        TRY(take_roles(cx, &standing));
        out[(*count)++] = standing;
    }
    return NULL;
}

// "sales_order.read" and "customer.credit" speak of records, "process.deploy" and "*" do not.
static bool is_on_records(Ctx *cx, const char *permission)
{
    const char *dot = strchr(permission, '.');
    return dot &&
           schema_entity(cx->schema, text_slice(cx->arena, permission, (size_t)(dot - permission)));
}

FALLIBLE standings_read(Ctx *cx, Actor *actor)
{
    Rows rows;
    size_t count = 0;
    TRY(read_positions(cx, actor->user, &rows));
    Standing *standings = NEW_ARRAY(cx->arena, Standing, rows.count + 1);
    TRY(gather(cx, &rows, actor, standings, &count));
    ARRAY(const char *) permissions = {0};
    for (size_t s = 0; s < count; s++)
        for (size_t r = 0; r < standings[s].role_count; r++) {
            const Role *role = standings[s].roles[r];
            for (size_t p = 0; p < role->permission_count; p++)
                if (s == 0 || is_on_records(cx, role->permissions[p]))
                    array_push(cx->arena, permissions) = role->permissions[p];
        }
    actor->permission_count = sort_once(permissions.items, permissions.count);
    actor->permissions = permissions.items;
    actor->positions = standings[0].positions;
    actor->position_count = standings[0].position_count;
    actor->standings = standings;
    actor->standing_count = count;
    return NULL;
}
