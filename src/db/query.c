// SPDX-License-Identifier: Apache-2.0
#include "db/driver.h"

Registry queries = {"query", NULL, NULL, 0};

Driver db_driver(const Ctx *cx)
{
    return cx->db->database->calls->driver;
}

FALLIBLE session_execute(Ctx *cx, Execution *execution)
{
    Session *session = cx->db;
    if (!session)
        return FAIL(cx, ERR_INTERNAL, "no unit of work is open");
    if (session->broken)
        return FAIL(cx, ERR_INTERNAL, "an earlier statement of this unit of work failed");
    return session->database->calls->execute(cx, session, execution);
}

FALLIBLE session_script(Ctx *cx, const char *sql)
{
    return cx->db->database->calls->script(cx, cx->db, sql);
}

FALLIBLE session_settle(Ctx *cx)
{
    const DriverCalls *calls = cx->db->database->calls;
    return calls->settle ? calls->settle(cx, cx->db) : NULL;
}

FALLIBLE session_unhurried(Ctx *cx)
{
    cx->db->unhurried = true;
    return db_driver(cx) == DRIVER_POSTGRES ? session_script(cx, "SET LOCAL statement_timeout = 0")
                                            : NULL;
}

static Execution query_execution(const Ctx *cx, const Query *query, const Cell *cells, size_t count)
{
    bool own = query->postgres && cx->db && db_driver(cx) == DRIVER_POSTGRES;
    return (Execution){.name = query->name,
                       .sql = own ? query->postgres : query->sql,
                       .cells = cells,
                       .count = count};
}

FALLIBLE db_row_cells(Ctx *cx, Row **out, const Query *query, const Cell *cells, size_t count)
{
    Rows rows;
    TRY(db_rows_cells(cx, &rows, query, cells, count));
    if (rows.count > 1)
        return FAIL(cx, ERR_INTERNAL, "query '%s' gave %zu rows where one was meant", query->name,
                    rows.count);
    *out = rows.count ? rows.items : NULL;
    return NULL;
}

FALLIBLE db_rows_cells(Ctx *cx, Rows *out, const Query *query, const Cell *cells, size_t count)
{
    Rows rows = {0};
    Execution execution = query_execution(cx, query, cells, count);
    execution.rows = &rows;
    TRY(session_execute(cx, &execution));
    *out = rows;
    return NULL;
}

FALLIBLE db_run_cells(Ctx *cx, int64_t *changed, const Query *query, const Cell *cells,
                      size_t count)
{
    Execution execution = query_execution(cx, query, cells, count);
    TRY(session_execute(cx, &execution));
    if (changed)
        *changed = execution.changed;
    return NULL;
}

FALLIBLE db_post_cells(Ctx *cx, bool one, const Query *query, const Cell *cells, size_t count)
{
    Execution execution = query_execution(cx, query, cells, count);
    execution.posted = true;
    execution.one = one;
    return session_execute(cx, &execution);
}

FALLIBLE db_built_rows(Ctx *cx, Rows *out, const char *sql, const Cell *cells, size_t count)
{
    Rows rows = {0};
    Execution execution = {.sql = sql, .cells = cells, .count = count, .rows = &rows};
    TRY(session_execute(cx, &execution));
    *out = rows;
    return NULL;
}

FALLIBLE db_built_post(Ctx *cx, const char *sql, const Cell *cells, size_t count)
{
    Execution execution = {.sql = sql, .cells = cells, .count = count, .posted = true};
    return session_execute(cx, &execution);
}

FALLIBLE db_built_run(Ctx *cx, int64_t *changed, const char *sql, const Cell *cells, size_t count)
{
    Execution execution = {.sql = sql, .cells = cells, .count = count};
    TRY(session_execute(cx, &execution));
    if (changed)
        *changed = execution.changed;
    return NULL;
}

FALLIBLE db_built_each(Ctx *cx, const char *sql, const Cell *cells, size_t count,
                       Error *(*each)(Ctx *cx, const Row *row, void *state), void *state)
{
    Execution execution = {
        .sql = sql, .cells = cells, .count = count, .each = each, .state = state};
    return session_execute(cx, &execution);
}

static FALLIBLE attempt_do(Ctx *cx, const char *verb)
{
    const char *sql = text_format(cx->arena, "%s attempt_%d", verb, cx->db->depth);
    return session_execute(cx, &(Execution){.sql = sql, .posted = true, .sure = true});
}

// Also after a failure: what is still on its way is undone with the rest.
static FALLIBLE attempt_work(Ctx *cx, UnitWork work, void *state)
{
    Error *error = work(cx, state);
    Error *posted = cx->db->broken ? NULL : session_settle(cx);
    if (error || posted)
        return error ? error : posted;
    return cx->db->broken ? FAIL(cx, ERR_INTERNAL, "a statement failed and its attempt went on")
                          : NULL;
}

FALLIBLE db_attempt(Ctx *cx, UnitWork work, void *state)
{
    Session *session = cx->db;
    if (!session || session->broken)
        return FAIL(cx, ERR_INTERNAL, "no unit of work is open that could go on");
    TRY(session_settle(cx)); // what fails of what came before is no failure of the attempt
    session->depth++;
    Error *error = attempt_do(cx, "SAVEPOINT");
    if (!error) {
        error = attempt_work(cx, work, state);
        // What only running the whole unit again can mend stays broken.
        if (session->again || session->lost)
            return error;
        session->broken = false;
        Error *undone = error ? attempt_do(cx, "ROLLBACK TO") : NULL;
        if (!undone)
            undone = attempt_do(cx, "RELEASE");
        if (undone) {
            session->broken = true;
            error = undone;
        }
    }
    session->depth--;
    return error;
}

FALLIBLE change_check(Ctx *cx, Session *session, bool one, int64_t changed)
{
    if (!one || changed == 1)
        return NULL;
    session->broken = true;
    return error_hint(FAIL(cx, ERR_UNAVAILABLE, "another change of the same came first"),
                      "Try again.");
}

FALLIBLE error_of_rule(Ctx *cx, ErrorCode code, const char *message, const char *column,
                       const char *detail)
{
    Error *error = FAIL(cx, code, "%s", message);
    if (column)
        error_field(error, column);
    if (detail)
        error_detail(error, "%s", detail);
    return error;
}
