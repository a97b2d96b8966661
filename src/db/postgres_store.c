// SPDX-License-Identifier: Apache-2.0
#include "db/postgres.h"

#include <string.h>

// The plan for any parameters, on tables that are still small: with sequential scans priced out of
// the way, one that remains has no index that could serve.
FALLIBLE postgres_scans(Ctx *cx, Session *session, const char *sql, const char **out)
{
    TRY(postgres_script(cx, session,
                        "SET LOCAL enable_seqscan = off;"
                        "SET LOCAL plan_cache_mode = force_generic_plan"));
    TRY(postgres_script(cx, session, text_format(cx->arena, "PREPARE plan_of AS %s", sql)));
    Buffer *execute = buffer_new(cx->arena);
    buffer_text(execute, "EXPLAIN (COSTS OFF) EXECUTE plan_of");
    size_t count = parameters_in(sql);
    for (size_t i = 0; i < count; i++)
        buffer_text(execute, i ? ", NULL" : "(NULL");
    buffer_text(execute, count ? ")" : "");
    PGresult *result = PQexec(session->postgres->handle, execute->bytes);
    if (PQresultStatus(result) != PGRES_TUPLES_OK) {
        Error *error = postgres_error(cx, session, result, sql);
        PQclear(result);
        return error;
    }
    Buffer *scans = buffer_new(cx->arena);
    for (int i = 0; i < PQntuples(result); i++) {
        const char *line = PQgetvalue(result, i, 0);
        const char *scan = strstr(line, "Seq Scan on ");
        if (scan)
            buffer_format(scans, "%s%s", scans->length ? "\n" : "", scan);
    }
    PQclear(result);
    *out = scans->length ? scans->bytes : NULL;
    return postgres_script(cx, session, "DEALLOCATE plan_of");
}

// Reads every page of every table, which checks page headers and, where the cluster has them,
// checksums; and looks for indexes that were left half made.
static FALLIBLE check_work(Ctx *cx, void *state)
{
    (void)state;
    TRY(session_unhurried(cx));
    Rows tables, broken;
    TRY(db_built_rows(cx, &broken,
                      "SELECT indexrelid::regclass::text AS name FROM pg_index "
                      "WHERE NOT indisvalid OR NOT indisready",
                      NULL, 0));
    if (broken.count)
        return error_hint(
            FAIL(cx, ERR_INTERNAL, "index %s is not usable", row_text(&broken.items[0], "name")),
            "Run REINDEX INDEX %s.", row_text(&broken.items[0], "name"));
    TRY(db_built_rows(cx, &tables,
                      "SELECT format('SELECT COUNT(t) AS n FROM %I.%I AS t', schemaname, tablename)"
                      " AS reading FROM pg_tables "
                      "WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
                      NULL, 0));
    for (size_t i = 0; i < tables.count; i++) {
        Rows count;
        TRY(db_built_rows(cx, &count, row_text(&tables.items[i], "reading"), NULL, 0));
    }
    return NULL;
}

FALLIBLE postgres_check(Ctx *cx, Database *database)
{
    return database_read(cx, database, check_work, NULL);
}

FALLIBLE postgres_backup(Ctx *cx, Database *database, const char *path)
{
    (void)database, (void)path;
    return error_hint(FAIL(cx, ERR_INVALID, "a PostgreSQL database has a backup tool of its own"),
                      "Use pg_dump --format=custom, or pg_basebackup for the whole server.");
}
