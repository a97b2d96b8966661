// SPDX-License-Identifier: Apache-2.0
#include "db/test_db.h"
#include "db/test_postgres.h"

#include <string.h>

static Error *open_fresh(Ctx *cx, const char *name, const char *options, Database **out)
{
    char *address = arena_alloc(cx->arena, 200);
    CHECK(cluster_run("postgres", text_format(cx->arena, "CREATE DATABASE %s TEMPLATE template0 %s",
                                              name, options)));
    cluster_address(name, address, 200);
    Error *error = database_open(cx, &(DatabaseOptions){.url = address}, out);
    CHECK(cluster_run("postgres", text_format(cx->arena, "DROP DATABASE %s", name)));
    return error;
}

POSTGRES_TEST(database_with_another_encoding_is_refused)
{
    Database *database;
    Error *error = open_fresh(cx, "latin", "ENCODING 'LATIN1' LOCALE 'C'", &database);
    CHECK_FAILS(error, ERR_INVALID, "encoding is LATIN1, not UTF8");
    CHECK(error->hint != NULL);
}

POSTGRES_TEST(database_that_sorts_by_language_is_refused)
{
    Database *database;
    Error *error = open_fresh(
        cx, "sorted", "ENCODING 'UTF8' LOCALE 'C' LOCALE_PROVIDER icu ICU_LOCALE 'de'", &database);
    CHECK_FAILS(error, ERR_INVALID, "not C");
    CHECK(error->hint != NULL);
}

POSTGRES_TEST(server_out_of_reach_is_unavailable_without_telling_the_password)
{
    Database *database;
    Error *error = database_open(
        cx, &(DatabaseOptions){.url = "postgresql://a:secret@/b?host=/nonexistent"}, &database);
    CHECK_FAILS(error, ERR_UNAVAILABLE, "cannot be reached");
    CHECK(!strstr(error->detail, "secret"));
}

typedef struct Losing {
    int runs;
    int64_t sum;
} Losing;

static FALLIBLE lose_the_connection_once(Ctx *cx, void *state)
{
    Losing *losing = state;
    Rows rows;
    losing->runs++;
    TRY(db_built_rows(cx, &rows, "SELECT pg_backend_pid() AS process", NULL, 0));
    if (losing->runs == 1)
        TRY(db_built_rows(cx, &rows, "SELECT pg_terminate_backend(pg_backend_pid())", NULL, 0));
    TRY(db_built_rows(cx, &rows, "SELECT 40 + 2 AS sum", NULL, 0));
    losing->sum = row_integer(&rows.items[0], "sum");
    return NULL;
}

POSTGRES_TEST(unit_of_work_runs_again_when_its_connection_is_lost)
{
    Losing losing = {0};
    CHECK_OK(database_write(cx, cx->company->database, lose_the_connection_once, &losing));
    CHECK_INT(losing.runs, 2);
    CHECK_INT(losing.sum, 42);
}

static FALLIBLE change_table(Ctx *cx, void *state)
{
    return db_built_run(cx, NULL, state, NULL, 0);
}

static FALLIBLE read_wide(Ctx *cx, void *state)
{
    Rows rows;
    TRY(db_built_rows(cx, &rows, "SELECT * FROM wide", NULL, 0));
    *(size_t *)state = row_width(&rows.items[0]);
    return NULL;
}

POSTGRES_TEST(table_that_changed_under_a_prepared_statement_is_read_again)
{
    size_t width;
    test_unit(cx, change_table, "CREATE TABLE wide AS SELECT 1 AS a");
    CHECK_OK(database_read(cx, cx->company->database, read_wide, &width));
    CHECK_INT(width, 1);
    test_unit(cx, change_table, "ALTER TABLE wide ADD COLUMN b BIGINT");
    CHECK_OK(database_read(cx, cx->company->database, read_wide, &width));
    CHECK_INT(width, 2);
    CHECK_OK(database_write(cx, cx->company->database, read_wide, &width));
    test_unit(cx, change_table, "ALTER TABLE wide ADD COLUMN c BIGINT");
    CHECK_OK(database_write(cx, cx->company->database, read_wide, &width));
    CHECK_INT(width, 3);
}

static FALLIBLE write_beside(Ctx *cx, void *state)
{
    Ctx own = *cx;
    own.db = NULL;
    Rows rows;
    TRY(db_built_rows(cx, &rows, "SELECT 1 AS one", NULL, 0)); // it is this program's turn now
    return database_write(&own, state, change_table, "CREATE TABLE beside (a BIGINT)");
}

POSTGRES_TEST(program_that_waits_too_long_for_its_turn_is_told_so)
{
    Database *other;
    CHECK_OK(database_open(cx, &(DatabaseOptions){.url = test_database_url(cx), .statement_ms = 50},
                           &other));
    CHECK_FAILS(database_write(cx, cx->company->database, write_beside, other), ERR_UNAVAILABLE,
                "another program has been writing");
    CHECK_OK(database_write(cx, other, change_table, "CREATE TABLE beside (a BIGINT)"));
    database_close(other);
}

POSTGRES_TEST(backup_names_the_tool_of_the_server)
{
    Error *error = database_backup(cx, cx->company->database, "/tmp/never");
    CHECK_FAILS(error, ERR_INVALID, "a backup tool of its own");
    CHECK(strstr(error->hint, "pg_dump") != NULL);
}
