// SPDX-License-Identifier: Apache-2.0
// What PostgreSQL does for the group commit of commit.c.
//
// One transaction of the whole database writes at a time, over all programs: it holds an advisory
// lock. Serialisable transactions side by side cost each other more attempts than they gained, for
// units of work touch neighbouring rows of the same indexes; one after the other they need no
// attempt, and a commit is shared. READ COMMITTED suffices then: each statement sees all that was
// committed before the lock was had, and nobody commits meanwhile.
#include "db/postgres.h"

#include <stdio.h>
#include <string.h>

// Whoever stops in the middle of a batch may not keep the others from writing for ever.
#define IDLE_SECONDS "60"
static const char begin[] = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
const char postgres_turn[] = "SELECT pg_advisory_xact_lock(7814523)";

enum { COMMIT_REFUSED = 1, COMMIT_UNKNOWN };

// An index serves tables that are still small too, before the server knows how large they are.
static FALLIBLE writing_connect(Ctx *cx, Database *database)
{
    PostgresConnection *connection;
    TRY(connection_new(cx, database, &connection));
    PGresult *result =
        PQexec(connection->handle, "SET enable_seqscan = off; SET synchronous_commit = on;"
                                   "SET idle_in_transaction_session_timeout = '" IDLE_SECONDS "s'");
    bool good = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    if (!good) {
        connection_free(connection);
        return FAIL(cx, ERR_UNAVAILABLE, "the PostgreSQL server refuses the session's settings");
    }
    database->postgres->writing = connection;
    return NULL;
}

static void writing_end(PostgresDatabase *postgres)
{
    connection_free(postgres->writing);
    postgres->writing = NULL;
}

static FALLIBLE posted(Ctx *cx, Session *session, const char *sql, bool sure)
{
    return postgres_execute(cx, session,
                            &(Execution){.name = sql, .sql = sql, .posted = true, .sure = sure});
}

// Both go out with what the first unit asks first, and fail there.
static FALLIBLE batch_begin(Ctx *cx, Session *session)
{
    PostgresDatabase *postgres = session->database->postgres;
    if (!postgres->writing)
        TRY(writing_connect(cx, session->database));
    session->postgres = postgres->writing;
    Error *error = posted(cx, session, begin, false);
    if (!error)
        error = posted(cx, session, postgres_turn, false);
    if (error)
        writing_end(postgres);
    return error;
}

static bool batch_stands(Database *database)
{
    PostgresConnection *connection = database->postgres->writing;
    return connection && PQtransactionStatus(connection->handle) == PQTRANS_INTRANS;
}

static void batch_commit(Database *database, int units, BatchEnd *end)
{
    PostgresConnection *connection = database->postgres->writing;
    // Behind what is still on its way: savepoints let go.
    PQenterPipelineMode(connection->handle);
    PQsendQueryParams(connection->handle, units ? "COMMIT" : "ROLLBACK", 0, NULL, NULL, NULL, NULL,
                      0);
    posted_gather(connection);
    size_t count = connection->held_count;
    PGresult *result = count ? connection->held[count - 1] : NULL;
    bool good = PQresultStatus(result) == PGRES_COMMAND_OK &&
                strcmp(PQcmdStatus(result), units ? "COMMIT" : "ROLLBACK") == 0;
    if (!good && PQstatus(connection->handle) != CONNECTION_OK) {
        end->code = COMMIT_UNKNOWN;
    } else if (!good) {
        // A rule that is looked at in the end: run alone, it fails whoever broke it.
        end->code = COMMIT_REFUSED;
        end->lost = units > 1;
        const char *words = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
        const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
        snprintf(end->message, sizeof end->message, "%s %s", state ? state : "",
                 words ? words : "");
    }
    results_release(connection, 0);
    if (!good)
        writing_end(database->postgres);
}

static FALLIBLE batch_refusal(Ctx *cx, const BatchEnd *end)
{
    // Nobody knows whether it was committed: only an idempotency key can tell.
    if (end->code == COMMIT_UNKNOWN)
        return error_hint(FAIL(cx, ERR_UNAVAILABLE, "the connection was lost during the commit"),
                          "Look whether the change is there before you send it again.");
    if (text_starts(end->message, "23503"))
        return error_of_rule(cx, ERR_CONFLICT, "a row that is referred to is missing", NULL,
                             end->message);
    if (text_starts(end->message, "23505"))
        return error_of_rule(cx, ERR_CONFLICT, "another row has this value already", NULL,
                             end->message);
    return error_detail(FAIL(cx, ERR_UNAVAILABLE, "the PostgreSQL server did not commit"), "%s",
                        end->message);
}

static FALLIBLE unit_settle(Ctx *cx, Session *session)
{
    if (session->unhurried)
        TRY(postgres_script(cx, session,
                            text_format(cx->arena, "SET LOCAL statement_timeout = %d",
                                        session->database->statement_ms)));
    TRY(posted(cx, session, "RELEASE SAVEPOINT unit", true));
    return postgres_settle(cx, session);
}

// What the unit left on its way is waited for and forgotten; then it is undone.
static void unit_undo(PostgresDatabase *postgres)
{
    PostgresConnection *connection = postgres->writing;
    posted_gather(connection);
    results_release(connection, 0);
    PQexitPipelineMode(connection->handle);
    PQclear(PQexec(connection->handle, connection->stale
                                           ? "ROLLBACK TO unit; RELEASE unit; DEALLOCATE ALL"
                                           : "ROLLBACK TO unit; RELEASE unit"));
    if (connection->stale)
        prepared_forget(connection);
    connection->stale = false;
    if (PQtransactionStatus(connection->handle) != PQTRANS_INTRANS)
        writing_end(postgres);
}

static FALLIBLE unit_in_savepoint(Ctx *cx, Session *session, UnitWork work, void *state)
{
    PostgresDatabase *postgres = session->database->postgres;
    PostgresConnection *connection = session->postgres = postgres->writing;
    Error *error = posted(cx, session, "SAVEPOINT unit", true);
    if (!error)
        error = unit_run(cx, session, work, state);
    if (!error && !session->overflow)
        error = unit_settle(cx, session);
    results_release(connection, 0);
    if (error || session->overflow)
        unit_undo(postgres);
    return error;
}

const WriterCalls postgres_writer = {
    .units_most = POSTGRES_BATCH_UNITS,
    .begin = batch_begin,
    .unit = unit_in_savepoint,
    .stands = batch_stands,
    .commit = batch_commit,
    .refusal = batch_refusal,
};
