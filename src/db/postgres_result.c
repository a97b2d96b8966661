// SPDX-License-Identifier: Apache-2.0
// What the server answers: errors in our words, results as rows.
#include "db/postgres.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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
    if (strcmp(state, "57014") == 0 && query == postgres_turn)
        return FAIL(cx, ERR_UNAVAILABLE, "another program has been writing for too long");
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

RowShape *result_shape(Arena *arena, const PGresult *result)
{
    int count = PQnfields(result);
    RowShape *shape = shape_new(arena, (size_t)count);
    for (int i = 0; i < count; i++)
        shape->names[i] = text_copy(arena, PQfname(result, i));
    return shape;
}

FALLIBLE result_row(Ctx *cx, Arena *arena, const PGresult *result, int at, RowShape *shape,
                    Row *out)
{
    Cell *cells = NEW_ARRAY(arena, Cell, shape->count);
    for (size_t i = 0; i < shape->count; i++)
        TRY(result_cell(cx, arena, result, at, (int)i, &cells[i]));
    *out = (Row){shape, cells};
    return NULL;
}

FALLIBLE result_rows(Ctx *cx, const PGresult *result, Rows *out)
{
    int count = PQntuples(result);
    Row *rows = NEW_ARRAY(cx->arena, Row, (size_t)count);
    RowShape *shape = count ? result_shape(cx->arena, result) : NULL;
    for (int i = 0; i < count; i++)
        TRY(result_row(cx, cx->arena, result, i, shape, &rows[i]));
    *out = (Rows){rows, (size_t)count};
    return NULL;
}
