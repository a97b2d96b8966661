// SPDX-License-Identifier: Apache-2.0
#include "db/database.h"

#include "base/waiting.h"
#include "db/driver.h"

#include <stdlib.h>
#include <string.h>

#define STATEMENT_MS 30000

FALLIBLE database_open(Ctx *cx, const DatabaseOptions *options, Database **out)
{
    const char *url = options->url;
    bool sqlite = text_starts(url, "sqlite:");
    if (!sqlite && !text_starts(url, "postgresql://") && !text_starts(url, "postgres://"))
        return error_hint(FAIL(cx, ERR_INVALID, "this is not the address of a database"),
                          "Use sqlite:/path/to/file.db or postgresql://user@host/name.");
    Database *database = calloc(1, sizeof *database);
    if (!database)
        abort();
    database->read_only = options->read_only;
    database->statement_ms = options->statement_ms > 0 ? options->statement_ms : STATEMENT_MS;
    Error *error = sqlite ? sqlite_open(cx, options, url + strlen("sqlite:"), database)
                          : postgres_open(cx, options, database);
    if (error) {
        free(database);
        return error;
    }
    *out = database;
    return NULL;
}

void database_close(Database *database)
{
    if (!database)
        return;
    node_release(database);
    database->calls->close(database);
    free(database);
}

Driver database_driver(const Database *database)
{
    return database->calls->driver;
}

static FALLIBLE database_unit(Ctx *cx, Database *database, bool writes, UnitWork work, void *state)
{
    // On SQLite a write within a write would wait for itself.
    if (cx->db)
        return FAIL(cx, ERR_INTERNAL, "a unit of work is already open");
    if (!database->calls->remote)
        return database->calls->unit(cx, database, writes, work, state);
    waiting_begin();
    Error *error = database->calls->unit(cx, database, writes, work, state);
    waiting_end();
    return error;
}

FALLIBLE database_read(Ctx *cx, Database *database, UnitWork work, void *state)
{
    return database_unit(cx, database, false, work, state);
}

FALLIBLE database_write(Ctx *cx, Database *database, UnitWork work, void *state)
{
    if (database->read_only)
        return FAIL(cx, ERR_UNAVAILABLE, "the database is open for reading only");
    TRY(node_held(cx, database));
    return database_unit(cx, database, true, work, state);
}

static FALLIBLE alone_unit(Ctx *cx, void *state)
{
    TRY(session_unhurried(cx));
    return session_script(cx, state);
}

FALLIBLE database_alone(Ctx *cx, Database *database, const char *sql)
{
    if (cx->db || database->read_only)
        return FAIL(cx, ERR_INTERNAL, "this statement runs outside any unit of work");
    return database->calls->alone ? database->calls->alone(cx, database, sql)
                                  : database_write(cx, database, alone_unit, (void *)sql);
}

FALLIBLE database_backup(Ctx *cx, Database *database, const char *path)
{
    return database->calls->backup(cx, database, path);
}

FALLIBLE database_check(Ctx *cx, Database *database)
{
    return database->calls->check(cx, database);
}
