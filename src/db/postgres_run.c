// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "base/map.h"
#include "db/postgres.h"

#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Types of columns, from the server's catalogue (pg_type.dat): fixed for ever.
enum {
    TYPE_BOOL = 16,
    TYPE_BYTEA = 17,
    TYPE_CHAR = 18,
    TYPE_NAME = 19,
    TYPE_INT8 = 20,
    TYPE_INT2 = 21,
    TYPE_INT4 = 23,
    TYPE_TEXT = 25,
    TYPE_OID = 26,
    TYPE_UNKNOWN = 705,
    TYPE_BPCHAR = 1042,
    TYPE_VARCHAR = 1043,
    TYPE_NUMERIC = 1700,
};

// ---- Errors

// 'Key (code, region)=(a, b) already exists.' -> "code". The values stay out of messages.
static const char *key_column(Ctx *cx, const PGresult *result)
{
    const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
    if (!detail || !text_starts(detail, "Key ("))
        return NULL;
    const char *column = detail + strlen("Key (");
    return text_slice(cx->arena, column, strcspn(column, ",)"));
}

static const char *field_of(Ctx *cx, const PGresult *result, int field)
{
    const char *text = PQresultErrorField(result, field);
    return text ? text_copy(cx->arena, text) : NULL;
}

static FALLIBLE postgres_rule_error(Ctx *cx, const PGresult *result, const char *state)
{
    const char *rule = field_of(cx, result, PG_DIAG_CONSTRAINT_NAME);
    if (strcmp(state, "23505") == 0)
        return error_of_rule(cx, ERR_CONFLICT, "another row has this value already",
                             key_column(cx, result), rule);
    if (strcmp(state, "23503") == 0)
        return error_of_rule(cx, ERR_CONFLICT, "a row that is referred to is missing", NULL, rule);
    if (strcmp(state, "23502") == 0)
        return error_of_rule(cx, ERR_INVALID, "a value is missing",
                             field_of(cx, result, PG_DIAG_COLUMN_NAME), NULL);
    return error_of_rule(cx, ERR_INVALID, "a value breaks a rule of its table", NULL, rule);
}

// Codes: PostgreSQL 15, appendix A.
FALLIBLE postgres_error(Ctx *cx, Session *session, const PGresult *result, const char *query)
{
    session->broken = true;
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    if (PQstatus(session->postgres->handle) != CONNECTION_OK || !state) {
        session->again = session->lost = true;
        return FAIL(cx, ERR_UNAVAILABLE, "the connection to the PostgreSQL server was lost");
    }
    const char *message = field_of(cx, result, PG_DIAG_MESSAGE_PRIMARY);
    if (strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0) {
        session->again = true;
        return FAIL(cx, ERR_UNAVAILABLE, "other changes at the same time came first");
    }
    // A table changed under a prepared statement, or somebody forgot it for us.
    if (strcmp(state, "26000") == 0 || strcmp(state, "0A000") == 0)
        session->again = session->postgres->stale = true;
    if (text_starts(state, "23"))
        return postgres_rule_error(cx, result, state);
    if (strcmp(state, "57014") == 0)
        return FAIL(cx, ERR_LIMIT, "a statement took longer than it may");
    if (strcmp(state, "53100") == 0)
        return error_hint(FAIL(cx, ERR_UNAVAILABLE, "the disk of the database is full"),
                          "Free some space; nothing was changed.");
    if (strcmp(state, "25006") == 0)
        return FAIL(cx, ERR_INTERNAL, "query '%s' writes in a unit of work that reads",
                    query ? query : "built");
    if (text_starts(state, "53") || text_starts(state, "57") || text_starts(state, "08"))
        return error_detail(FAIL(cx, ERR_UNAVAILABLE, "the PostgreSQL server is not ready"), "%s",
                            message);
    return error_detail(FAIL(cx, ERR_INTERNAL, "a statement of the database failed"), "%s: %s (%s)",
                        query ? query : "built statement", message, state);
}

// ---- Results in use

static void result_hold(PostgresConnection *connection, PGresult *result)
{
    if (connection->held_count == connection->held_capacity) {
        connection->held_capacity = connection->held_capacity * 2 + 8;
        connection->held =
            realloc(connection->held, connection->held_capacity * sizeof *connection->held);
        if (!connection->held)
            abort();
    }
    connection->held[connection->held_count++] = result;
}

void results_release(PostgresConnection *connection, size_t down_to)
{
    while (connection->held_count > down_to)
        PQclear(connection->held[--connection->held_count]);
}

// ---- Parameters

typedef struct Parameters {
    int count;
    Oid *types;
    const char **values;
    int *lengths;
    int *formats;
    char *kinds;
} Parameters;

size_t parameters_in(const char *sql)
{
    size_t highest = 0;
    for (const char *at = sql; *at; at++) {
        if (*at == '\'' || *at == '"') {
            const char *end = strchr(at + 1, *at);
            if (!end)
                break;
            at = end;
        } else if (*at == '$') {
            size_t number = strtoul(at + 1, NULL, 10);
            if (number > highest)
                highest = number;
        }
    }
    return highest;
}

static void parameter_set(Arena *arena, Parameters *parameters, int at, const Cell *cell)
{
    static const Oid types[] = {
        [CELL_INTEGER] = TYPE_INT8, [CELL_TEXT] = TYPE_TEXT, [CELL_BYTES] = TYPE_BYTEA};
    parameters->kinds[at] = "nitb"[cell->kind];
    parameters->formats[at] = 1;
    parameters->types[at] = types[cell->kind];
    if (cell->kind == CELL_INTEGER) {
        uint64_t *integer = NEW(arena, uint64_t);
        *integer = htobe64((uint64_t)cell->integer);
        parameters->values[at] = (const char *)integer;
        parameters->lengths[at] = sizeof *integer;
    } else if (cell->kind != CELL_NULL) {
        parameters->values[at] = cell->text.bytes;
        parameters->lengths[at] = (int)cell->text.length;
    }
}

static FALLIBLE parameters_make(Ctx *cx, const Execution *execution, Parameters *out)
{
    size_t meant = parameters_in(execution->sql);
    if (execution->count != meant)
        return FAIL(cx, ERR_INTERNAL, "query '%s' takes %zu parameters, %zu were given",
                    execution->name ? execution->name : execution->sql, meant, execution->count);
    size_t count = execution->count;
    Arena *arena = cx->arena;
    *out = (Parameters){(int)count,
                        NEW_ARRAY(arena, Oid, count),
                        NEW_ARRAY(arena, const char *, count),
                        NEW_ARRAY(arena, int, count),
                        NEW_ARRAY(arena, int, count),
                        arena_alloc(arena, count + 1)};
    for (size_t i = 0; i < count; i++) {
        if (execution->cells[i].kind != CELL_INTEGER &&
            execution->cells[i].text.length > INT32_MAX / 4)
            return FAIL(cx, ERR_LIMIT, "a value is larger than %d bytes", INT32_MAX / 4);
        parameter_set(arena, out, (int)i, &execution->cells[i]);
    }
    return NULL;
}

// ---- Prepared statements of a connection

static Prepared **bucket_of(PostgresConnection *connection, const char *sql)
{
    size_t count = sizeof connection->buckets / sizeof *connection->buckets;
    return &connection->buckets[hash_bytes(sql, strlen(sql)) & (count - 1)];
}

void prepared_forget(PostgresConnection *connection)
{
    for (size_t i = 0; i < sizeof connection->buckets / sizeof *connection->buckets; i++)
        while (connection->buckets[i]) {
            Prepared *prepared = connection->buckets[i];
            connection->buckets[i] = prepared->chain;
            free(prepared->sql);
            free(prepared->kinds);
            free(prepared);
        }
    connection->prepared = 0;
}

static FALLIBLE result_check(Ctx *cx, Session *session, PGresult *result, const char *name)
{
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
        return NULL;
    return postgres_error(cx, session, result, name);
}

static FALLIBLE prepared_take(Ctx *cx, Session *session, const Execution *execution,
                              const Parameters *parameters, const char **name)
{
    PostgresConnection *connection = session->postgres;
    Prepared *found = *bucket_of(connection, execution->sql);
    while (found && (strcmp(found->kinds, parameters->kinds) != 0 ||
                     strcmp(found->sql, execution->sql) != 0))
        found = found->chain;
    if (!found) {
        if (connection->prepared >= POSTGRES_STATEMENTS) {
            TRY(postgres_script(cx, session, "DEALLOCATE ALL"));
            prepared_forget(connection);
        }
        char statement[24];
        snprintf(statement, sizeof statement, "s%lu", connection->number++);
        size_t mark = connection->held_count;
        PGresult *result = PQprepare(connection->handle, statement, execution->sql,
                                     parameters->count, parameters->types);
        result_hold(connection, result);
        TRY(result_check(cx, session, result, execution->name ? execution->name : execution->sql));
        results_release(connection, mark);
        found = calloc(1, sizeof *found);
        if (!found || !(found->sql = strdup(execution->sql)) ||
            !(found->kinds = strdup(parameters->kinds)))
            abort();
        strcpy(found->name, statement);
        Prepared **bucket = bucket_of(connection, execution->sql);
        found->chain = *bucket;
        *bucket = found;
        connection->prepared++;
    }
    *name = found->name;
    return NULL;
}

// ---- Rows

static int hex_digit(char digit)
{
    return digit <= '9' ? digit - '0' : digit - 'a' + 10;
}

static Cell bytea_cell(Arena *arena, const char *text, size_t length)
{
    size_t count = length >= 2 ? (length - 2) / 2 : 0;
    char *bytes = arena_alloc(arena, count + 1);
    for (size_t i = 0; i < count; i++)
        bytes[i] = (char)(hex_digit(text[2 + 2 * i]) << 4 | hex_digit(text[3 + 2 * i]));
    return (Cell){CELL_BYTES, 0, {bytes, count}};
}

// SUM of a BIGINT is NUMERIC there: taken as far as it is a 64-bit integer.
static FALLIBLE integer_cell(Ctx *cx, const char *text, const char *column, Cell *out)
{
    char *end;
    errno = 0;
    long long integer = strtoll(text, &end, 10);
    if (errno || *end)
        return FAIL(cx, ERR_INTERNAL, "column '%s' is no 64-bit integer", column);
    *out = cell_integer(integer);
    return NULL;
}

static FALLIBLE result_cell(Ctx *cx, Arena *arena, const PGresult *result, int row, int column,
                            Cell *out)
{
    if (PQgetisnull(result, row, column)) {
        *out = cell_null();
        return NULL;
    }
    const char *text = PQgetvalue(result, row, column);
    size_t length = (size_t)PQgetlength(result, row, column);
    switch (PQftype(result, column)) {
    case TYPE_INT8:
    case TYPE_INT4:
    case TYPE_INT2:
    case TYPE_OID:
    case TYPE_NUMERIC:
        return integer_cell(cx, text, PQfname(result, column), out);
    case TYPE_BOOL:
        *out = cell_integer(text[0] == 't');
        return NULL;
    case TYPE_BYTEA:
        *out = bytea_cell(arena, text, length);
        return NULL;
    case TYPE_TEXT:
    case TYPE_VARCHAR:
    case TYPE_BPCHAR:
    case TYPE_NAME:
    case TYPE_CHAR:
    case TYPE_UNKNOWN:
        *out = (Cell){CELL_TEXT, 0, {text_slice(arena, text, length), length}};
        return NULL;
    default:
        return FAIL(cx, ERR_INTERNAL, "column '%s' has a type that rows do not hold",
                    PQfname(result, column));
    }
}

static RowShape *result_shape(Arena *arena, const PGresult *result)
{
    int count = PQnfields(result);
    RowShape *shape = shape_new(arena, (size_t)count);
    for (int i = 0; i < count; i++)
        shape->names[i] = text_copy(arena, PQfname(result, i));
    return shape;
}

static FALLIBLE result_row(Ctx *cx, Arena *arena, const PGresult *result, int at, RowShape *shape,
                           Row *out)
{
    Cell *cells = NEW_ARRAY(arena, Cell, shape->count);
    for (size_t i = 0; i < shape->count; i++)
        TRY(result_cell(cx, arena, result, at, (int)i, &cells[i]));
    *out = (Row){shape, cells};
    return NULL;
}

static FALLIBLE result_rows(Ctx *cx, const PGresult *result, Rows *out)
{
    int count = PQntuples(result);
    Row *rows = NEW_ARRAY(cx->arena, Row, (size_t)count);
    RowShape *shape = count ? result_shape(cx->arena, result) : NULL;
    for (int i = 0; i < count; i++)
        TRY(result_row(cx, cx->arena, result, i, shape, &rows[i]));
    *out = (Rows){rows, (size_t)count};
    return NULL;
}

// ---- Running

static FALLIBLE run_prepared(Ctx *cx, Session *session, Execution *execution,
                             const Parameters *parameters)
{
    PostgresConnection *connection = session->postgres;
    const char *name;
    TRY(prepared_take(cx, session, execution, parameters, &name));
    size_t mark = connection->held_count;
    PGresult *result =
        PQexecPrepared(connection->handle, name, parameters->count, parameters->values,
                       parameters->lengths, parameters->formats, 0);
    result_hold(connection, result);
    TRY(result_check(cx, session, result, execution->name));
    if (execution->rows)
        TRY(result_rows(cx, result, execution->rows));
    const char *changed = PQcmdTuples(result);
    bool selects = text_starts(PQcmdStatus(result), "SELECT");
    execution->changed = selects ? 0 : strtoll(changed, NULL, 10);
    results_release(connection, mark);
    return NULL;
}

static void scratch_free(void *scratch)
{
    arena_free(scratch);
}

static FALLIBLE fetch_each(Ctx *cx, Session *session, Execution *execution, const char *fetch)
{
    PostgresConnection *connection = session->postgres;
    Arena *scratch = arena_new(LIMIT_UNIT_BYTES);
    arena_defer(cx->arena, scratch_free, scratch);
    for (int count = 1; count > 0;) {
        size_t held = connection->held_count;
        PGresult *result = PQexec(connection->handle, fetch);
        result_hold(connection, result);
        TRY(result_check(cx, session, result, "FETCH"));
        count = PQntuples(result);
        RowShape *shape = result_shape(scratch, result);
        ArenaMark mark = arena_mark(scratch);
        for (int i = 0; i < count; i++) {
            Row row;
            TRY(result_row(cx, scratch, result, i, shape, &row));
            TRY(execution->each(cx, &row, execution->state));
            arena_rewind(scratch, mark);
        }
        results_release(connection, held);
        arena_rewind(scratch, (ArenaMark){0});
    }
    return NULL;
}

// A cursor, so that `each` may run statements of its own on the same connection.
static FALLIBLE run_each(Ctx *cx, Session *session, Execution *execution,
                         const Parameters *parameters)
{
    PostgresConnection *connection = session->postgres;
    unsigned long number = connection->number++;
    char *declare =
        text_format(cx->arena, "DECLARE c%lu NO SCROLL CURSOR FOR %s", number, execution->sql);
    size_t mark = connection->held_count;
    PGresult *result =
        PQexecParams(connection->handle, declare, parameters->count, parameters->types,
                     parameters->values, parameters->lengths, parameters->formats, 0);
    result_hold(connection, result);
    TRY(result_check(cx, session, result, execution->name));
    results_release(connection, mark);
    char *fetch = text_format(cx->arena, "FETCH " POSTGRES_FETCH " FROM c%lu", number);
    Error *error = fetch_each(cx, session, execution, fetch);
    results_release(connection, mark);
    if (!session->broken)
        TRY(postgres_script(cx, session, text_format(cx->arena, "CLOSE c%lu", number)));
    return error;
}

FALLIBLE postgres_execute(Ctx *cx, Session *session, Execution *execution)
{
    Parameters parameters;
    Error *error = parameters_make(cx, execution, &parameters);
    size_t mark = session->postgres->held_count;
    if (!error)
        error = execution->each ? run_each(cx, session, execution, &parameters)
                                : run_prepared(cx, session, execution, &parameters);
    results_release(session->postgres, mark);
    if (error)
        session->broken = true;
    return error;
}

FALLIBLE postgres_script(Ctx *cx, Session *session, const char *sql)
{
    PostgresConnection *connection = session->postgres;
    size_t mark = connection->held_count;
    PGresult *result = PQexec(connection->handle, sql);
    result_hold(connection, result);
    Error *error = result_check(cx, session, result, sql);
    results_release(connection, mark);
    return error;
}
