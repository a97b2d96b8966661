// SPDX-License-Identifier: Apache-2.0
#include "process/organisation.h"

#include "base/keep.h"
#include "db/db.h"
#include "process/calendars.h"
#include "record/revision.h"
#include "record/schema.h"

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

static Error *make_organisation(Ctx *cx, [[maybe_unused]] Id subject, const void **thing)
{
    schema_keep(cx);
    Organisation *organisation = NEW(cx->arena, Organisation);
    *thing = organisation;
    TRY(departments_read(cx, organisation));
    return calendars_read(cx, &organisation->calendars, &organisation->calendar_count);
}

FALLIBLE organisation_read(Ctx *cx, const Organisation **out)
{
    static const char organisations[] = "organisation";
    KeepKey key = {organisations, 0, .schema = cx->schema};
    const void *kept;
    TRY(organisation_revision(cx, &key.revision));
    TRY(keep_get(cx, &key, make_organisation, &kept));
    *out = kept;
    return NULL;
}
