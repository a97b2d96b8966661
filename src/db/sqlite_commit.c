// SPDX-License-Identifier: Apache-2.0
// What SQLite does for the group commit of commit.c: a savepoint a unit, a commit a batch.
#include "db/sqlite.h"

#include <stdio.h>

static FALLIBLE batch_begin(Ctx *cx, Session *session)
{
    SqliteConnection *connection = session->database->sqlite->writing;
    int code = sqlite_do(connection, "BEGIN IMMEDIATE");
    return code == SQLITE_OK ? NULL
                             : sqlite_error(cx, code, sqlite3_errmsg(connection->handle), NULL);
}

static bool batch_stands(Database *database)
{
    return !sqlite3_get_autocommit(database->sqlite->writing->handle);
}

static void batch_commit(Database *database, int units, BatchEnd *end)
{
    SqliteConnection *connection = database->sqlite->writing;
    end->code = sqlite_do(connection, units ? "COMMIT" : "ROLLBACK");
    if (end->code != SQLITE_OK)
        snprintf(end->message, sizeof end->message, "%s", sqlite3_errmsg(connection->handle));
    if (batch_stands(database))
        sqlite_do(connection, "ROLLBACK");
}

static FALLIBLE batch_refusal(Ctx *cx, const BatchEnd *end)
{
    return sqlite_error(cx, end->code, end->message, NULL);
}

static FALLIBLE deferred_rules(Ctx *cx, sqlite3 *handle)
{
    int open = 0, highest;
    sqlite3_db_status(handle, SQLITE_DBSTATUS_DEFERRED_FKS, &open, &highest, 0);
    // Left to the COMMIT it would fail the whole batch.
    return open ? sqlite_error(cx, SQLITE_CONSTRAINT_FOREIGNKEY, "FOREIGN KEY constraint failed",
                               NULL)
                : NULL;
}

static FALLIBLE step_do(Ctx *cx, SqliteConnection *connection, const char *sql)
{
    int code = sqlite_do(connection, sql);
    return code == SQLITE_OK ? NULL
                             : sqlite_error(cx, code, sqlite3_errmsg(connection->handle), NULL);
}

static FALLIBLE unit_in_savepoint(Ctx *cx, Session *session, UnitWork work, void *state)
{
    SqliteConnection *connection = session->sqlite = session->database->sqlite->writing;
    Error *error = step_do(cx, connection, "SAVEPOINT unit");
    if (!error)
        error = unit_run(cx, session, work, state);
    statements_release(connection);
    if (!error && !session->overflow)
        error = deferred_rules(cx, connection->handle);
    if (!error && !session->overflow)
        error = step_do(cx, connection, "RELEASE unit");
    // What cannot be rolled back alone takes the batch with it.
    if ((error || session->overflow) && batch_stands(session->database) &&
        (sqlite_do(connection, "ROLLBACK TO unit") != SQLITE_OK ||
         sqlite_do(connection, "RELEASE unit") != SQLITE_OK))
        sqlite_do(connection, "ROLLBACK");
    return error;
}

const WriterCalls sqlite_writer = {
    .units_most = SQLITE_BATCH_UNITS,
    .begin = batch_begin,
    .unit = unit_in_savepoint,
    .stands = batch_stands,
    .commit = batch_commit,
    .refusal = batch_refusal,
    .rest = checkpoint_when_due,
};
