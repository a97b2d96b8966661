// SPDX-License-Identifier: Apache-2.0
#include "process/organisation.h"

#include "base/ids.h"
#include "base/limits.h"
#include "db/database.h"
#include "db/db.h"
#include "process/calendars.h"
#include "record/schema.h"

#include <pthread.h>

// A revision is an id never used before, not a count: what was read in a unit of work that rolls
// back is then never taken for what the next one writes.
MIGRATION(process_0051_organisation, 30,
          "CREATE TABLE organisation (id BIGINT PRIMARY KEY, revision BIGINT NOT NULL);\n"
          "INSERT INTO organisation (id, revision) VALUES (1, 0)");
QUERY(organisation_revision, "SELECT revision FROM organisation WHERE id = 1");
QUERY(organisation_revise, "UPDATE organisation SET revision = $1 WHERE id = 1");

// Kept by the company and by each unit of work that has read it.
typedef struct KeptOrganisation {
    Organisation organisation;
    Id revision;
    Arena *arena;
    int holders;
} KeptOrganisation;

static pthread_mutex_t keeping = PTHREAD_MUTEX_INITIALIZER;

static void let_go(KeptOrganisation *kept)
{
    pthread_mutex_lock(&keeping);
    bool last = --kept->holders == 0;
    pthread_mutex_unlock(&keeping);
    if (last)
        arena_free(kept->arena);
}

static void hold(Ctx *cx, KeptOrganisation *kept)
{
    arena_defer(cx->arena, (ArenaCleanup)let_go, kept);
}

static KeptOrganisation *kept_at(Ctx *cx, Id revision)
{
    pthread_mutex_lock(&keeping);
    KeptOrganisation *kept = (KeptOrganisation *)cx->company->organisation;
    if (kept && kept->revision == revision)
        kept->holders++;
    else
        kept = NULL;
    pthread_mutex_unlock(&keeping);
    if (kept)
        hold(cx, kept);
    return kept;
}

static void keep(Ctx *cx, KeptOrganisation *kept)
{
    pthread_mutex_lock(&keeping);
    KeptOrganisation *before = (KeptOrganisation *)cx->company->organisation;
    cx->company->organisation = &kept->organisation;
    pthread_mutex_unlock(&keeping);
    if (before)
        let_go(before);
    hold(cx, kept);
}

// ---- reading --------------------------------------------------------------------------------

static FALLIBLE departments_read(Ctx *cx, Organisation *out)
{
    if (!schema_entity(cx->schema, "department"))
        return NULL;
    bool tree = schema_has_field(cx->schema, "department", "parent");
    bool calendars = schema_has_field(cx->schema, "department", "calendar") &&
                     schema_has_field(cx->schema, "calendar", "key");
    const char *sql =
        text_format(cx->arena,
                    "SELECT d.\"key\" AS key, d.\"id\" AS id, %s AS parent, %s AS calendar FROM"
                    " \"department\" d%s ORDER BY d.\"id\"",
                    tree ? "d.\"parent\"" : "CAST(NULL AS BIGINT)",
                    calendars ? "c.\"key\"" : "CAST(NULL AS TEXT)",
                    calendars ? " LEFT JOIN \"calendar\" c ON c.\"id\" = d.\"calendar\"" : "");
    Rows rows;
    TRY(db_built_rows(cx, &rows, sql, NULL, 0));
    Department *departments = NEW_ARRAY(cx->arena, Department, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++)
        departments[i] = (Department){.key = row_text(&rows.items[i], "key"),
                                      .id = row_integer(&rows.items[i], "id"),
                                      .parent = row_integer(&rows.items[i], "parent"),
                                      .calendar = row_text(&rows.items[i], "calendar")};
    out->departments = departments;
    out->department_count = rows.count;
    return NULL;
}

static FALLIBLE read_whole(Ctx *cx, Organisation *out)
{
    TRY(departments_read(cx, out));
    return calendars_read(cx, &out->calendars, &out->calendar_count);
}

FALLIBLE organisation_read(Ctx *cx, const Organisation **out)
{
    Row *row;
    TRY(db_row(cx, &row, organisation_revision));
    Id revision = row_integer(row, "revision");
    KeptOrganisation *kept = kept_at(cx, revision);
    if (!kept) {
        Ctx own = *cx;
        own.arena = arena_new(LIMIT_UNIT_BYTES);
        kept = NEW(own.arena, KeptOrganisation);
        *kept = (KeptOrganisation){.revision = revision, .arena = own.arena, .holders = 2};
        Error *error = read_whole(&own, &kept->organisation);
        if (error) {
            error = FAIL(cx, error->code, "%s", error->message); // its own goes with the arena
            arena_free(own.arena);
            return error;
        }
        keep(cx, kept);
    }
    *out = &kept->organisation;
    return NULL;
}

FALLIBLE organisation_changed(Ctx *cx, const char *entity)
{
    bool ours = text_equal(entity, "department") || text_equal(entity, "calendar") ||
                text_equal(entity, "calendar_day");
    return ours ? db_run(cx, NULL, organisation_revise, id_new(cx)) : NULL;
}

void organisation_close(Company *company)
{
    if (company->organisation)
        let_go((KeptOrganisation *)company->organisation);
    company->organisation = NULL;
}
