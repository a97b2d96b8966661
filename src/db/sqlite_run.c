// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "db/sqlite.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// For the outermost statement; one within the `each` of another has what that has left.
static void deadline_set(const Session *session)
{
    if (!session->unhurried)
        session->sqlite->deadline_ms = monotonic_ms() + session->database->statement_ms;
}

int sqlite_progress(void *user)
{
    const SqliteConnection *connection = user;
    return connection->deadline_ms && monotonic_ms() > connection->deadline_ms;
}

static int bind_cell(sqlite3_stmt *handle, int at, const Cell *cell)
{
    switch (cell->kind) {
    case CELL_INTEGER:
        return sqlite3_bind_int64(handle, at, cell->integer);
    case CELL_TEXT:
        return sqlite3_bind_text64(handle, at, cell->text.bytes, cell->text.length, SQLITE_STATIC,
                                   SQLITE_UTF8);
    case CELL_BYTES:
        return sqlite3_bind_blob64(handle, at, cell->text.bytes, cell->text.length, SQLITE_STATIC);
    case CELL_NULL:
        return sqlite3_bind_null(handle, at);
    }
    abort();
}

static FALLIBLE statement_bind(Ctx *cx, SqliteConnection *connection, const Statement *statement,
                               const Execution *execution)
{
    const char *name = execution->name ? execution->name : execution->sql;
    if (execution->count != statement->cell_count)
        return FAIL(cx, ERR_INTERNAL, "query '%s' takes %zu parameters, %zu were given", name,
                    statement->cell_count, execution->count);
    for (int i = 0; i < statement->slot_count; i++) {
        int code = bind_cell(statement->handle, i + 1, &execution->cells[statement->slots[i]]);
        if (code != SQLITE_OK)
            return sqlite_error(cx, code, sqlite3_errmsg(connection->handle), name);
    }
    return NULL;
}

static RowShape *statement_shape(Arena *arena, sqlite3_stmt *handle)
{
    int count = sqlite3_column_count(handle);
    RowShape *shape = shape_new(arena, (size_t)count);
    size_t room = 0;
    for (int i = 0; i < count; i++)
        room += strlen(sqlite3_column_name(handle, i)) + 1;
    char *at = arena_alloc(arena, room);
    for (int i = 0; i < count; i++) {
        shape->names[i] = at;
        at = stpcpy(at, sqlite3_column_name(handle, i)) + 1;
    }
    return shape;
}

static FALLIBLE column_cell(Ctx *cx, Arena *arena, sqlite3_stmt *handle, int at, Cell *out)
{
    switch (sqlite3_column_type(handle, at)) {
    case SQLITE_NULL:
        *out = cell_null();
        return NULL;
    case SQLITE_INTEGER:
        *out = cell_integer(sqlite3_column_int64(handle, at));
        return NULL;
    case SQLITE_FLOAT:
        return FAIL(cx, ERR_INTERNAL, "column '%s' holds a binary fraction",
                    sqlite3_column_name(handle, at));
    default: {
        bool text = sqlite3_column_type(handle, at) == SQLITE_TEXT;
        const void *bytes =
            text ? (const void *)sqlite3_column_text(handle, at) : sqlite3_column_blob(handle, at);
        size_t length = (size_t)sqlite3_column_bytes(handle, at);
        if (!bytes && length)
            return sqlite_error(cx, SQLITE_NOMEM, "out of memory", NULL);
        char *copy = text_slice(arena, bytes ? bytes : "", length);
        *out = (Cell){text ? CELL_TEXT : CELL_BYTES, 0, {copy, length}};
        return NULL;
    }
    }
}

static FALLIBLE statement_row(Ctx *cx, Arena *arena, sqlite3_stmt *handle, RowShape *shape,
                              Row *out)
{
    Cell *cells = NEW_ARRAY(arena, Cell, shape->count);
    for (size_t i = 0; i < shape->count; i++)
        TRY(column_cell(cx, arena, handle, (int)i, &cells[i]));
    *out = (Row){shape, cells};
    return NULL;
}

static void scratch_free(void *scratch)
{
    arena_free(scratch);
}

// Rows for `each` live in an arena of their own, so that a long result needs the memory of one row.
static FALLIBLE statement_each(Ctx *cx, Session *session, Statement *statement,
                               Execution *execution, int *code)
{
    Arena *scratch = arena_new(LIMIT_UNIT_BYTES);
    arena_defer(cx->arena, scratch_free, scratch);
    RowShape *shape = NULL;
    ArenaMark mark = arena_mark(scratch);
    while ((*code = sqlite3_step(statement->handle)) == SQLITE_ROW) {
        if (!shape) {
            shape = statement_shape(scratch, statement->handle);
            mark = arena_mark(scratch);
        }
        Row row;
        TRY(statement_row(cx, scratch, statement->handle, shape, &row));
        TRY(execution->each(cx, &row, execution->state));
        arena_rewind(scratch, mark);
        deadline_set(session); // what `each` did does not count: an export may take long
    }
    return NULL;
}

static FALLIBLE statement_rows(Ctx *cx, Statement *statement, Execution *execution, int *code)
{
    ARRAY(Row) rows = {0};
    RowShape *shape = NULL;
    while ((*code = sqlite3_step(statement->handle)) == SQLITE_ROW) {
        // Shaped after the first step: that is when SQLite prepares again after a migration.
        if (!shape)
            shape = statement_shape(cx->arena, statement->handle);
        Row *row = &array_push(cx->arena, rows);
        TRY(statement_row(cx, cx->arena, statement->handle, shape, row));
    }
    if (execution->rows)
        *execution->rows = (Rows){rows.items, rows.count};
    return NULL;
}

static FALLIBLE statement_run(Ctx *cx, Session *session, Statement *statement, Execution *execution)
{
    SqliteConnection *connection = session->sqlite;
    TRY(statement_bind(cx, connection, statement, execution));
    bool changes =
        !sqlite3_stmt_readonly(statement->handle) && !sqlite3_stmt_isexplain(statement->handle);
    if (!session->writes && changes)
        return FAIL(cx, ERR_INTERNAL, "query '%s' writes in a unit of work that reads",
                    execution->name ? execution->name : execution->sql);
    if (!connection->deadline_ms)
        deadline_set(session);
    int before = sqlite3_total_changes(connection->handle), code;
    TRY(execution->each ? statement_each(cx, session, statement, execution, &code)
                        : statement_rows(cx, statement, execution, &code));
    if (code != SQLITE_DONE)
        return sqlite_error(cx, code, sqlite3_errmsg(connection->handle), execution->name);
    if (changes && sqlite3_total_changes(connection->handle) != before)
        execution->changed = sqlite3_changes64(connection->handle);
    return change_check(cx, session, execution->one, execution->changed);
}

FALLIBLE sqlite_execute(Ctx *cx, Session *session, Execution *execution)
{
    SqliteConnection *connection = session->sqlite;
    Statement *statement;
    Error *error = statement_take(cx, connection, execution->sql, execution->name, &statement);
    if (!error) {
        error = statement_run(cx, session, statement, execution);
        statement_release(connection, statement);
    }
    if (!connection->active)
        connection->deadline_ms = 0;
    if (error) {
        session->broken = true;
        // A full disk or a deadline may have rolled back the whole transaction already.
        session->lost = session->writes && sqlite3_get_autocommit(connection->handle);
    }
    return error;
}

FALLIBLE sqlite_script(Ctx *cx, Session *session, const char *sql)
{
    int code = sqlite3_exec(session->sqlite->handle, sql, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        return NULL;
    session->broken = true;
    session->lost = session->writes && sqlite3_get_autocommit(session->sqlite->handle);
    return sqlite_error(cx, code, sqlite3_errmsg(session->sqlite->handle), NULL);
}
