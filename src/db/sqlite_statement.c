// SPDX-License-Identifier: Apache-2.0
// Errors of SQLite in our words, and the prepared statements that a connection keeps.
#include "base/map.h"
#include "db/sqlite.h"

#include <stdlib.h>
#include <string.h>

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

static Statement **recent_of(SqliteConnection *connection, const char *sql)
{
    return &connection->recent[((uintptr_t)sql >> 4) & (SQLITE_RECENT - 1)];
}

static void statement_forget(SqliteConnection *connection, Statement *statement)
{
    for (size_t i = 0; i < SQLITE_RECENT; i++)
        if (connection->recent[i] == statement)
            connection->recent[i] = NULL;
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

// *hash is of use only when it is not there.
static Statement *statement_find(SqliteConnection *connection, const char *sql, uint64_t *hash)
{
    Statement **recent = recent_of(connection, sql);
    *hash = 0;
    if (*recent && strcmp((*recent)->sql, sql) == 0)
        return *recent;
    *hash = hash_bytes(sql, strlen(sql));
    Statement *found = *bucket_of(connection, *hash);
    while (found && (found->hash != *hash || strcmp(found->sql, sql) != 0))
        found = found->chain;
    if (found)
        *recent = found;
    return found;
}

// A statement in use (an outer db_built_each of the same text) is not shared: a second one is made
// and thrown away.
FALLIBLE statement_take(Ctx *cx, SqliteConnection *connection, const char *sql, const char *name,
                        Statement **out)
{
    uint64_t hash;
    Statement *found = statement_find(connection, sql, &hash);
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

void statement_release(SqliteConnection *connection, Statement *statement)
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

int sqlite_do(SqliteConnection *connection, const char *sql)
{
    // These few texts are asked for often enough to stay prepared, and never carry a deadline.
    uint64_t hash;
    Statement *found = statement_find(connection, sql, &hash);
    if (!found) {
        found = calloc(1, sizeof *found);
        if (!found || !(found->sql = strdup(sql)))
            abort();
        found->hash = hash;
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
