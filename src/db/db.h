// SPDX-License-Identifier: Apache-2.0
// Database: one small API over SQLite (embedded default) and PostgreSQL.
//
// A Database is one company's store. A Session is the open transaction of one unit of work; it is
// in Ctx.db. Domain code runs queries on cx and never begins, commits or cleans up. Rows and texts
// live in the arena of the unit of work.
//
// Columns hold BIGINT, TEXT or BYTEA: instants are microseconds UTC, dates days since 1970-01-01,
// booleans 0 and 1, money scaled integers. SQL is the shared subset with $1 parameters; where the
// two differ a query carries an override. Text compares bytewise on both.
//
// On PostgreSQL an integer parameter is a BIGINT, so that `$1 + 1` has 64 bits; a function that
// takes INTEGER wants CAST($1 AS INTEGER). Where nothing around a parameter tells its type, as in
// `$1 IS NULL`, write CAST($1 AS BIGINT). A column that gives a binary fraction is refused by name.
#ifndef MILLRACE_DB_DB_H
#define MILLRACE_DB_DB_H

#include "base/ctx.h"
#include "base/decimal.h"
#include "base/registry.h"
#include "base/text.h"

typedef struct Database Database;
typedef struct Session Session;

typedef enum Driver { DRIVER_SQLITE, DRIVER_POSTGRES } Driver;

// A query: named, registered, enumerable. `postgres` is NULL where the text is shared.
// `scans` says why reading a whole growing table is right here; NULL: the plan test refuses a scan.
typedef struct Query {
    const char *name;
    const char *sql;
    const char *postgres;
    const char *scans;
} Query;

extern Registry queries;

#define QUERY(identifier, sql_text) QUERY_FULL(identifier, sql_text, NULL, NULL)
#define QUERY_ON_BOTH(identifier, sqlite_text, postgres_text)                                      \
    QUERY_FULL(identifier, sqlite_text, postgres_text, NULL)
#define QUERY_FULL(identifier, sql_text, postgres_text, why_scans)                                 \
    static const Query identifier = {#identifier, sql_text, postgres_text, why_scans};             \
    REGISTER(queries, query_##identifier, #identifier, &identifier)

// A parameter or a column's value.
typedef enum CellKind { CELL_NULL, CELL_INTEGER, CELL_TEXT, CELL_BYTES } CellKind;
typedef struct Cell {
    CellKind kind;
    int64_t integer;
    Text text; // also the bytes of CELL_BYTES
} Cell;

Cell cell_null(void);
Cell cell_integer(int64_t integer);
Cell cell_text(const char *text); // NULL gives CELL_NULL
Cell cell_bytes(const void *bytes, size_t length);
Cell cell_same(Cell cell);

#define CELL(x)                                                                                    \
    _Generic((x),                                                                                  \
        char *: cell_text, const char *: cell_text, Cell: cell_same, default: cell_integer)(x)

typedef struct Row {
    struct RowShape *shape; // the columns' names, shared by all rows of one result
    const Cell *cells;
} Row;

typedef struct Rows {
    Row *items;
    size_t count;
} Rows;

// Read by column name; a column that the query does not have is our own mistake and aborts.
int64_t row_integer(const Row *row, const char *column);  // 0 for NULL
const char *row_text(const Row *row, const char *column); // NULL for NULL
Cell row_cell(const Row *row, const char *column);
size_t row_width(const Row *row);
const char *row_column(const Row *row, size_t index);

// The parameters behind the query, at most 24, each passed through CELL:
//   TRY(db_row(cx, &row, stage_edge_exists, from, to));
#define db_row(cx, out, query, ...)                                                                \
    db_row_cells((cx), (out), &(query), CELLS(__VA_ARGS__), CELL_COUNT(__VA_ARGS__))
#define db_rows(cx, out, query, ...)                                                               \
    db_rows_cells((cx), (out), &(query), CELLS(__VA_ARGS__), CELL_COUNT(__VA_ARGS__))
#define db_run(cx, changed, query, ...)                                                            \
    db_run_cells((cx), (changed), &(query), CELLS(__VA_ARGS__), CELL_COUNT(__VA_ARGS__))

#define db_post(cx, query, ...)                                                                    \
    db_post_cells((cx), false, &(query), CELLS(__VA_ARGS__), CELL_COUNT(__VA_ARGS__))
#define db_post_one(cx, query, ...)                                                                \
    db_post_cells((cx), true, &(query), CELLS(__VA_ARGS__), CELL_COUNT(__VA_ARGS__))

// One row, or *out = NULL when there is none; more than one is our own mistake (ERR_INTERNAL).
FALLIBLE db_row_cells(Ctx *cx, Row **out, const Query *query, const Cell *cells, size_t count);
FALLIBLE db_rows_cells(Ctx *cx, Rows *out, const Query *query, const Cell *cells, size_t count);
// Runs a change; *changed (may be NULL) is the number of rows. A broken unique rule is
// ERR_CONFLICT.
FALLIBLE db_run_cells(Ctx *cx, int64_t *changed, const Query *query, const Cell *cells,
                      size_t count);
// A change that needs no answer: on PostgreSQL it goes out together with the next statement that
// does, or at the end of the unit. A failure may be told there, so this is for changes that no rule
// of the table refuses to a person; the unit fails all the same. db_post_one changes one row, or
// else is ERR_UNAVAILABLE: a compare-and-set that was lost.
FALLIBLE db_post_cells(Ctx *cx, bool one, const Query *query, const Cell *cells, size_t count);

// Text made from validated metadata (record/'s query builder and migrations only); values stay
// bound.
FALLIBLE db_built_rows(Ctx *cx, Rows *out, const char *sql, const Cell *cells, size_t count);
FALLIBLE db_built_run(Ctx *cx, int64_t *changed, const char *sql, const Cell *cells, size_t count);
FALLIBLE db_built_post(Ctx *cx, const char *sql, const Cell *cells, size_t count); // as db_post
// One row at a time with constant memory, for exports; `each` sees a row that lives until it
// returns.
FALLIBLE db_built_each(Ctx *cx, const char *sql, const Cell *cells, size_t count,
                       Error *(*each)(Ctx *cx, const Row *row, void *state), void *state);

// The steps of the plan of a built query that read a whole table or index, one a line; NULL: none.
FALLIBLE db_built_scans(Ctx *cx, const char *sql, const char **out);

// Runs `work` inside the open transaction as a part that can fail alone: an error undoes what it
// did, is returned, and the unit of work may go on. Without it a failed statement spoils the unit.
FALLIBLE db_attempt(Ctx *cx, Error *(*work)(Ctx *cx, void *state), void *state);

Driver db_driver(const Ctx *cx);

#define CELL_COUNT(...)                                                                            \
    (sizeof((Cell[]){{0} __VA_OPT__(, CELL_EACH(__VA_ARGS__))}) / sizeof(Cell) - 1)
#define CELLS(...) ((const Cell[]){{0} __VA_OPT__(, CELL_EACH(__VA_ARGS__))} + 1)
// CELL_EACH(a, b, c) -> CELL(a), CELL(b), CELL(c)
#define CELL_EACH(...) CELL_EXPAND(CELL_STEP(__VA_ARGS__))
#define CELL_STEP(first, ...) CELL(first) __VA_OPT__(, CELL_AGAIN CELL_PARENS(__VA_ARGS__))
#define CELL_AGAIN() CELL_STEP
#define CELL_PARENS ()
#define CELL_EXPAND(...) CELL_EXPAND_3(CELL_EXPAND_3(CELL_EXPAND_3(__VA_ARGS__)))
#define CELL_EXPAND_3(...) CELL_EXPAND_2(CELL_EXPAND_2(CELL_EXPAND_2(__VA_ARGS__)))
#define CELL_EXPAND_2(...) CELL_EXPAND_1(CELL_EXPAND_1(CELL_EXPAND_1(__VA_ARGS__)))
#define CELL_EXPAND_1(...) __VA_ARGS__

#endif
