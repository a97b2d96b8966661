// SPDX-License-Identifier: Apache-2.0
#include "db/driver.h"

FALLIBLE db_built_scans(Ctx *cx, const char *sql, const char **out)
{
    return cx->db->database->calls->scans(cx, cx->db, sql, out);
}

static FALLIBLE query_check(Ctx *cx, const Query *query)
{
    const char *sql =
        db_driver(cx) == DRIVER_POSTGRES && query->postgres ? query->postgres : query->sql;
    const char *scans = NULL;
    Error *error = db_built_scans(cx, sql, &scans);
    if (error)
        return error_detail(error, "query %s: %s", query->name,
                            error->detail ? error->detail : sql);
    if (scans && !query->scans)
        return error_hint(
            error_detail(FAIL(cx, ERR_INTERNAL, "query %s reads a whole table", query->name), "%s",
                         scans),
            "Add an index, or say in QUERY_FULL why the table does not grow.");
    return NULL;
}

static FALLIBLE check_work(Ctx *cx, void *state)
{
    (void)state;
    size_t count;
    const void *const *all = registry_all(&queries, &count);
    if (!count)
        return FAIL(cx, ERR_INTERNAL, "no query is registered");
    for (size_t i = 0; i < count; i++)
        TRY(query_check(cx, all[i]));
    return NULL;
}

FALLIBLE database_check_queries(Ctx *cx, Database *database)
{
    return database_read(cx, database, check_work, NULL);
}
