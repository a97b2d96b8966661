// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "base/map.h"
#include "db/sqlite.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

// ---- Errors

static const char *after(const char *message, const char *words)
{
    const char *found = strstr(message, words);
    return found ? found + strlen(words) : NULL;
}

// "UNIQUE constraint failed: customer.code, customer.region" -> "code".
static const char *failed_column(Ctx *cx, const char *message)
{
    const char *columns = after(message, "constraint failed: ");
    const char *dot = columns ? strchr(columns, '.') : NULL;
    return dot ? text_slice(cx->arena, dot + 1, strcspn(dot + 1, ", ")) : NULL;
}

static FALLIBLE sqlite_rule_error(Ctx *cx, int code, const char *message)
{
    const char *column = failed_column(cx, message);
    switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
        return error_of_rule(cx, ERR_CONFLICT, "another row has this value already", column,
                             message);
    case SQLITE_CONSTRAINT_FOREIGNKEY:
        return error_of_rule(cx, ERR_CONFLICT, "a row that is referred to is missing", NULL,
                             message);
    case SQLITE_CONSTRAINT_NOTNULL:
        return error_of_rule(cx, ERR_INVALID, "a value is missing", column, message);
    default:
        return error_of_rule(cx, ERR_INVALID, "a value breaks a rule of its table", NULL, message);
    }
}

FALLIBLE sqlite_error(Ctx *cx, int code, const char *message, const char *query)
{
    switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
        return sqlite_rule_error(cx, code, message);
    case SQLITE_FULL:
        return error_hint(FAIL(cx, ERR_UNAVAILABLE, "the disk of the database is full"),
                          "Free some space; nothing was changed.");
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return error_detail(FAIL(cx, ERR_UNAVAILABLE, "the database cannot be read or written"),
                            "%s", message);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return FAIL(cx, ERR_UNAVAILABLE, "the database is locked by another process");
    case SQLITE_INTERRUPT:
        return FAIL(cx, ERR_LIMIT, "a statement took longer than it may");
    case SQLITE_TOOBIG:
        return FAIL(cx, ERR_LIMIT, "a value is larger than %d bytes", SQLITE_VALUE_BYTES);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return error_hint(FAIL(cx, ERR_INTERNAL, "the database file is damaged: %s", message),
                          "Restore the last backup.");
    default:
        return error_detail(FAIL(cx, ERR_INTERNAL, "a statement of the database failed"), "%s: %s",
                            query ? query : "built statement", message);
    }
}

// ---- Prepared statements of a connection

static void list_remove(SqliteConnection *connection, Statement *statement)
{
    *(statement->newer ? &statement->newer->older : &connection->newest) = statement->older;
    *(statement->older ? &statement->older->newer : &connection->oldest) = statement->newer;
    statement->newer = statement->older = NULL;
}

static void list_put_newest(SqliteConnection *connection, Statement *statement)
{
    statement->older = connection->newest;
    statement->newer = NULL;
    *(connection->newest ? &connection->newest->newer : &connection->oldest) = statement;
    connection->newest = statement;
}

static Statement **bucket_of(SqliteConnection *connection, uint64_t hash)
{
    size_t count = sizeof connection->buckets / sizeof *connection->buckets;
    return &connection->buckets[hash & (count - 1)];
}

static void statement_free(Statement *statement)
{
    sqlite3_finalize(statement->handle);
    free(statement->slots);
    free(statement->sql);
    free(statement);
}

static void statement_forget(SqliteConnection *connection, Statement *statement)
{
    Statement **at = bucket_of(connection, statement->hash);
    while (*at != statement)
        at = &(*at)->chain;
    *at = statement->chain;
    list_remove(connection, statement);
    connection->statement_count--;
    statement_free(statement);
}

static void statement_keep(SqliteConnection *connection, Statement *statement)
{
    for (Statement *old = connection->oldest;
         old && connection->statement_count >= SQLITE_STATEMENTS;) {
        Statement *next = old->newer;
        if (!old->busy)
            statement_forget(connection, old);
        old = next;
    }
    Statement **bucket = bucket_of(connection, statement->hash);
    statement->chain = *bucket;
    *bucket = statement;
    statement->kept = true;
    list_put_newest(connection, statement);
    connection->statement_count++;
}

// The number in "$12"; 0 when the name is none.
static int parameter_number(const char *name)
{
    if (!name || name[0] != '$' || name[1] < '1' || name[1] > '9')
        return 0;
    char *end;
    long number = strtol(name + 1, &end, 10);
    return *end || number > 32766 ? 0 : (int)number;
}

static bool statement_slots(Statement *statement)
{
    statement->slot_count = sqlite3_bind_parameter_count(statement->handle);
    statement->slots = calloc((size_t)statement->slot_count + 1, sizeof *statement->slots);
    if (!statement->slots)
        abort();
    for (int i = 0; i < statement->slot_count; i++) {
        int number = parameter_number(sqlite3_bind_parameter_name(statement->handle, i + 1));
        if (!number)
            return false;
        statement->slots[i] = number - 1;
        if ((size_t)number > statement->cell_count)
            statement->cell_count = (size_t)number;
    }
    return true;
}

static FALLIBLE statement_prepare(Ctx *cx, SqliteConnection *connection, const char *sql,
                                  const char *name, Statement **out)
{
    sqlite3_stmt *handle;
    const char *tail = "";
    int code =
        sqlite3_prepare_v3(connection->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle, &tail);
    if (code != SQLITE_OK)
        return sqlite_error(cx, code, sqlite3_errmsg(connection->handle), name);
    if (!handle || tail[strspn(tail, " \n\t;")]) {
        sqlite3_finalize(handle);
        return FAIL(cx, ERR_INTERNAL, "query '%s' is not one statement", name ? name : sql);
    }
    Statement *statement = calloc(1, sizeof *statement);
    if (!statement || !(statement->sql = strdup(sql)))
        abort();
    statement->handle = handle;
    if (!statement_slots(statement)) {
        statement_free(statement);
        return FAIL(cx, ERR_INTERNAL, "query '%s' has a parameter that is not $1, $2, ...",
                    name ? name : sql);
    }
    *out = statement;
    return NULL;
}

// A statement in use (an outer db_built_each of the same text) is not shared: a second one is made
// and thrown away.
static FALLIBLE statement_take(Ctx *cx, SqliteConnection *connection, const char *sql,
                               const char *name, Statement **out)
{
    uint64_t hash = hash_bytes(sql, strlen(sql));
    Statement *found = *bucket_of(connection, hash);
    while (found && (found->hash != hash || strcmp(found->sql, sql) != 0))
        found = found->chain;
    Statement *statement = found;
    if (!found || found->busy) {
        TRY(statement_prepare(cx, connection, sql, name, &statement));
        statement->hash = hash;
        if (!found)
            statement_keep(connection, statement);
    } else if (connection->newest != found) {
        list_remove(connection, found);
        list_put_newest(connection, found);
    }
    statement->busy = true;
    statement->active = connection->active;
    connection->active = statement;
    *out = statement;
    return NULL;
}

static void statement_release(SqliteConnection *connection, Statement *statement)
{
    Statement **at = &connection->active;
    while (*at != statement)
        at = &(*at)->active;
    *at = statement->active;
    sqlite3_reset(statement->handle);
    sqlite3_clear_bindings(statement->handle);
    statement->busy = false;
    if (!statement->kept)
        statement_free(statement);
}

void statements_release(SqliteConnection *connection)
{
    while (connection->active)
        statement_release(connection, connection->active);
    connection->deadline_ms = 0;
}

void statements_drop(SqliteConnection *connection)
{
    statements_release(connection);
    while (connection->oldest)
        statement_forget(connection, connection->oldest);
}

// ---- Running

static int64_t monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
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
    for (int i = 0; i < count; i++)
        shape->names[i] = text_copy(arena, sqlite3_column_name(handle, i));
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
static FALLIBLE statement_each(Ctx *cx, Statement *statement, Execution *execution, int *code)
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
    if (!connection->deadline_ms && !session->unhurried)
        connection->deadline_ms = monotonic_ms() + session->database->statement_ms;
    int before = sqlite3_total_changes(connection->handle), code;
    TRY(execution->each ? statement_each(cx, statement, execution, &code)
                        : statement_rows(cx, statement, execution, &code));
    if (code != SQLITE_DONE)
        return sqlite_error(cx, code, sqlite3_errmsg(connection->handle), execution->name);
    if (changes && sqlite3_total_changes(connection->handle) != before)
        execution->changed = sqlite3_changes64(connection->handle);
    return NULL;
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

int sqlite_do(SqliteConnection *connection, const char *sql)
{
    // These few texts are asked for often enough to stay prepared, and never carry a deadline.
    Statement **bucket = bucket_of(connection, hash_bytes(sql, strlen(sql)));
    Statement *found = *bucket;
    while (found && strcmp(found->sql, sql) != 0)
        found = found->chain;
    if (!found) {
        found = calloc(1, sizeof *found);
        if (!found || !(found->sql = strdup(sql)))
            abort();
        found->hash = hash_bytes(sql, strlen(sql));
        int code = sqlite3_prepare_v3(connection->handle, sql, -1, SQLITE_PREPARE_PERSISTENT,
                                      &found->handle, NULL);
        if (code != SQLITE_OK) {
            statement_free(found);
            return code;
        }
        statement_keep(connection, found);
    }
    connection->deadline_ms = 0;
    int code = sqlite3_step(found->handle);
    sqlite3_reset(found->handle);
    return code == SQLITE_DONE || code == SQLITE_ROW ? SQLITE_OK : code;
}

// ---- Plans

static bool plan_names(const Rows *plan, const char *table)
{
    static const char *const made[] = {"CO-ROUTINE ", "MATERIALIZE "};
    for (size_t i = 0; i < plan->count; i++)
        for (size_t j = 0; j < sizeof made / sizeof *made; j++) {
            const char *detail = row_text(&plan->items[i], "detail");
            if (text_starts(detail, made[j]) && text_equal(detail + strlen(made[j]), table))
                return true;
        }
    return false;
}

// "SCAN t" reads a whole table; with an index it reads in the index's order, which only a LIMIT
// ends. What the query itself made ("SCAN (subquery-1)", a common table) does not grow by itself.
static bool plan_scans(Ctx *cx, const Rows *plan, const char *detail, bool limited)
{
    if (strstr(detail, "USING AUTOMATIC"))
        return true;
    if (!text_starts(detail, "SCAN ") || strstr(detail, " VIRTUAL TABLE ") ||
        text_equal(detail, "SCAN CONSTANT ROW") || (limited && strstr(detail, " USING ")))
        return false;
    const char *table = detail + strlen("SCAN ");
    table = text_slice(cx->arena, table, strcspn(table, " "));
    return table[0] != '(' && !plan_names(plan, table);
}

FALLIBLE sqlite_scans(Ctx *cx, Session *session, const char *sql, const char **out)
{
    Statement *statement;
    TRY(statement_take(cx, session->sqlite, sql, sql, &statement));
    size_t count = statement->cell_count;
    statement_release(session->sqlite, statement);
    Rows plan;
    TRY(db_built_rows(cx, &plan, text_format(cx->arena, "EXPLAIN QUERY PLAN %s", sql),
                      NEW_ARRAY(cx->arena, Cell, count), count));
    Buffer *scans = buffer_new(cx->arena);
    for (size_t i = 0; i < plan.count; i++) {
        const char *detail = row_text(&plan.items[i], "detail");
        if (plan_scans(cx, &plan, detail, strcasestr(sql, "LIMIT") != NULL))
            buffer_format(scans, "%s%s", scans->length ? "\n" : "", detail);
    }
    *out = scans->length ? scans->bytes : NULL;
    return NULL;
}
