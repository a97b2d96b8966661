// SPDX-License-Identifier: Apache-2.0
#include "record/revision.h"

#include "base/ids.h"
#include "db/database.h"
#include "db/db.h"

// Named after the room that had it first.
MIGRATION(process_0051_organisation, 30,
          "CREATE TABLE organisation (id BIGINT PRIMARY KEY, revision BIGINT NOT NULL);\n"
          "INSERT INTO organisation (id, revision) VALUES (1, 0)");
QUERY(revision_of_organisation, "SELECT revision FROM organisation WHERE id = 1");
QUERY(revision_set, "UPDATE organisation SET revision = $1 WHERE id = 1");

FALLIBLE organisation_revision(Ctx *cx, Id *out)
{
    Row *row;
    TRY(db_row(cx, &row, revision_of_organisation));
    *out = row_integer(row, "revision");
    return NULL;
}

FALLIBLE organisation_changed(Ctx *cx, const char *entity)
{
    static const char *const ours[] = {"user",       "user_position",   "position",
                                       "substitute", "department_lead", "department",
                                       "calendar",   "calendar_day"};
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (text_equal(entity, ours[i]))
            return db_run(cx, NULL, revision_set, id_new(cx));
    return NULL;
}
