// SPDX-License-Identifier: Apache-2.0
#include "db/postgres.h"

#include "base/waiting.h"

#include <stdlib.h>
#include <string.h>

// ---- Connections

void connection_free(PostgresConnection *connection)
{
    results_release(connection, 0);
    prepared_forget(connection);
    PQfinish(connection->handle);
    free(connection->held);
    free(connection);
}

static void no_notice(void *user, const PGresult *result)
{
    (void)user, (void)result;
}

FALLIBLE connection_new(Ctx *cx, Database *database, PostgresConnection **out)
{
    // A URL that names its own values keeps them: it is expanded last.
    const char *const words[] = {"connect_timeout", "keepalives_idle", "application_name",
                                 "dbname",          "client_encoding", NULL};
    const char *const values[] = {"10", "30", "millrace", database->postgres->url, "UTF8", NULL};
    PostgresConnection *connection = calloc(1, sizeof *connection);
    if (!connection)
        abort();
    connection->handle = PQconnectdbParams(words, values, 1);
    if (PQstatus(connection->handle) != CONNECTION_OK) {
        const char *why = text_trim(cx->arena, PQerrorMessage(connection->handle));
        Error *error = error_hint(
            error_detail(FAIL(cx, ERR_UNAVAILABLE, "the PostgreSQL server cannot be reached"), "%s",
                         why),
            "Is it running, and is the address right?");
        connection_free(connection);
        return error;
    }
    PQsetNoticeReceiver(connection->handle, no_notice, NULL);
    const char *settings =
        text_format(cx->arena,
                    "SET statement_timeout = %d; SET timezone = 'UTC'; SET bytea_output = 'hex';"
                    "SET standard_conforming_strings = on",
                    database->statement_ms);
    PGresult *result = PQexec(connection->handle, settings);
    bool good = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    if (!good) {
        connection_free(connection);
        return FAIL(cx, ERR_UNAVAILABLE, "the PostgreSQL server refuses the session's settings");
    }
    *out = connection;
    return NULL;
}

static FALLIBLE connection_take(Ctx *cx, Database *database, PostgresConnection **out)
{
    PostgresDatabase *postgres = database->postgres;
    pthread_mutex_lock(&postgres->lock);
    while (!postgres->idle && postgres->open == postgres->open_max)
        waiting_for(&postgres->freed, &postgres->lock);
    PostgresConnection *connection = postgres->idle;
    if (connection)
        postgres->idle = connection->next;
    else
        postgres->open++;
    pthread_mutex_unlock(&postgres->lock);
    Error *error = NULL;
    if (!connection)
        error = connection_new(cx, database, &connection);
    if (error) {
        pthread_mutex_lock(&postgres->lock);
        postgres->open--;
        pthread_cond_signal(&postgres->freed);
        pthread_mutex_unlock(&postgres->lock);
        return error;
    }
    *out = connection;
    return NULL;
}

// With the lock.
static void idle_close(PostgresDatabase *postgres)
{
    while (postgres->idle) {
        PostgresConnection *connection = postgres->idle;
        postgres->idle = connection->next;
        postgres->open--;
        connection_free(connection);
    }
}

static void connection_give(PostgresDatabase *postgres, PostgresConnection *connection)
{
    bool dead = PQstatus(connection->handle) != CONNECTION_OK;
    bool keep =
        !dead && !connection->stale && PQtransactionStatus(connection->handle) == PQTRANS_IDLE;
    pthread_mutex_lock(&postgres->lock);
    if (keep) {
        connection->next = postgres->idle;
        postgres->idle = connection;
    } else {
        postgres->open--;
        connection_free(connection);
    }
    // When the server went away, the others in the pool are as dead as this one.
    if (dead)
        idle_close(postgres);
    pthread_cond_broadcast(&postgres->freed);
    pthread_mutex_unlock(&postgres->lock);
}

// ---- Units of work

static FALLIBLE read_once(Ctx *cx, Session *session, UnitWork work, void *state)
{
    PostgresDatabase *postgres = session->database->postgres;
    TRY(connection_take(cx, session->database, &session->postgres));
    PostgresConnection *connection = session->postgres;
    Error *error = postgres_script(cx, session, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    if (!error)
        error = unit_run(cx, session, work, state);
    posted_gather(connection);
    results_release(connection, 0);
    PQexitPipelineMode(connection->handle);
    if (PQtransactionStatus(connection->handle) != PQTRANS_IDLE)
        PQclear(PQexec(connection->handle, "ROLLBACK"));
    connection_give(postgres, connection);
    return error;
}

static FALLIBLE alone_on(Ctx *cx, Session *session, const char *sql)
{
    TRY(postgres_script(cx, session, "SET statement_timeout = 0"));
    Error *error = postgres_script(cx, session, sql);
    session->broken = false;
    Error *second = postgres_script(
        cx, session,
        text_format(cx->arena, "SET statement_timeout = %d", session->database->statement_ms));
    return error ? error : second;
}

static FALLIBLE postgres_alone(Ctx *cx, Database *database, const char *sql)
{
    Session session = {.database = database, .writes = true};
    TRY(connection_take(cx, database, &session.postgres));
    Error *error = alone_on(cx, &session, sql);
    results_release(session.postgres, 0);
    connection_give(database->postgres, session.postgres);
    return error;
}

static FALLIBLE postgres_read(Ctx *cx, Database *database, UnitWork work, void *state)
{
    ArenaMark mark = arena_mark(cx->arena);
    for (int attempt = 1;; attempt++) {
        Session session = {.database = database};
        Error *error = read_once(cx, &session, work, state);
        if (!session.again || attempt == POSTGRES_ATTEMPTS)
            return unit_error(cx, &session, error, mark);
        arena_rewind(cx->arena, mark);
        unit_pause(attempt);
    }
}

static FALLIBLE postgres_unit(Ctx *cx, Database *database, bool writes, UnitWork work, void *state)
{
    return writes ? writer_unit(cx, database, work, state)
                  : postgres_read(cx, database, work, state);
}

// ---- Opening and closing

static FALLIBLE fitness_work(Ctx *cx, void *state)
{
    (void)state;
    Rows rows;
    TRY(db_built_rows(cx, &rows,
                      "SELECT pg_encoding_to_char(encoding) AS encoding, datcollate AS collation, "
                      "datlocprovider = 'c' AS is_plain FROM pg_database "
                      "WHERE datname = current_database()",
                      NULL, 0));
    const Row *row = &rows.items[0];
    const char *hint = "Create it with: createdb --template=template0 --encoding=UTF8 --locale=C";
    const char *collation = row_text(row, "collation");
    if (!text_equal(row_text(row, "encoding"), "UTF8"))
        return error_hint(FAIL(cx, ERR_INVALID, "the database's encoding is %s, not UTF8",
                               row_text(row, "encoding")),
                          "%s", hint);
    bool bytewise = text_equal(collation, "C") || text_equal(collation, "POSIX") ||
                    text_equal(collation, "C.UTF-8") || text_equal(collation, "C.utf8");
    if (!bytewise || !row_integer(row, "is_plain"))
        return error_hint(FAIL(cx, ERR_INVALID, "the database's collation is %s, not C",
                               bytewise ? "of ICU" : collation),
                          "%s", hint);
    return NULL;
}

static void postgres_close(Database *database)
{
    PostgresDatabase *postgres = database->postgres;
    idle_close(postgres);
    if (postgres->writing)
        connection_free(postgres->writing);
    writer_end(&database->writer);
    pthread_mutex_destroy(&postgres->lock);
    pthread_cond_destroy(&postgres->freed);
    free(postgres->url);
    free(postgres);
}

FALLIBLE postgres_open(Ctx *cx, const DatabaseOptions *options, Database *database)
{
    PostgresDatabase *postgres = calloc(1, sizeof *postgres);
    if (!postgres || !(postgres->url = strdup(options->url)))
        abort();
    postgres->open_max = options->connections > 0 ? options->connections : POSTGRES_CONNECTIONS;
    pthread_mutex_init(&postgres->lock, NULL);
    writer_make(&database->writer, &postgres_writer);
    pthread_cond_init(&postgres->freed, NULL);
    database->postgres = postgres;
    database->calls = &postgres_calls;
    Error *error = postgres_read(cx, database, fitness_work, NULL);
    if (error)
        postgres_close(database);
    return error;
}

const DriverCalls postgres_calls = {
    .driver = DRIVER_POSTGRES,
    .remote = true,
    .close = postgres_close,
    .unit = postgres_unit,
    .execute = postgres_execute,
    .settle = postgres_settle,
    .script = postgres_script,
    .alone = postgres_alone,
    .scans = postgres_scans,
    .backup = postgres_backup,
    .check = postgres_check,
};
