// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "base/map.h"
#include "db/postgres.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static FALLIBLE pipeline_leave(Ctx *cx, Session *session);

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
        TRY(pipeline_leave(cx, session));
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
        memcpy(found->name, statement, sizeof statement);
        Prepared **bucket = bucket_of(connection, execution->sql);
        found->chain = *bucket;
        *bucket = found;
        connection->prepared++;
    }
    *name = found->name;
    return NULL;
}

// ---- Running

static FALLIBLE statement_send(Ctx *cx, Session *session, const Execution *execution)
{
    PostgresConnection *connection = session->postgres;
    Parameters parameters;
    const char *name;
    TRY(parameters_make(cx, execution, &parameters));
    TRY(prepared_take(cx, session, execution, &parameters, &name));
    PQenterPipelineMode(connection->handle);
    // That it cannot be sent shows in what is read.
    if (PQsendQueryPrepared(connection->handle, name, parameters.count, parameters.values,
                            parameters.lengths, parameters.formats, 0)) {
        const char *known = execution->name ? execution->name : "built statement";
        connection->posted[connection->posted_count++] = (Posted){known, execution->one};
        connection->doubts += !execution->sure;
    }
    return NULL;
}

// Nothing here lives in the arena: passing its ceiling leaves no answer behind.
void posted_gather(PostgresConnection *connection)
{
    connection->posted_count = connection->doubts = 0;
    if (PQpipelineStatus(connection->handle) == PQ_PIPELINE_OFF)
        return;
    PQpipelineSync(connection->handle);
    for (int ends = 0; ends < 2;) {
        PGresult *result = PQgetResult(connection->handle);
        if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
            PQclear(result);
            return;
        }
        ends = result ? 0 : ends + 1; // one after each answer, two where no more will come
        if (result)
            result_hold(connection, result);
    }
}

static int64_t result_changed(PGresult *result)
{
    bool selects = text_starts(PQcmdStatus(result), "SELECT");
    return selects ? 0 : strtoll(PQcmdTuples(result), NULL, 10);
}

// The answers that are held from `mark` on, the last of which is for whoever asks; all are looked
// at, so that what was posted fails here at the latest.
static FALLIBLE posted_answers(Ctx *cx, Session *session, size_t mark, PGresult **last)
{
    PostgresConnection *connection = session->postgres;
    int sent = connection->posted_count;
    posted_gather(connection);
    size_t count = connection->held_count - mark;
    for (size_t i = 0; i < count && i < (size_t)sent; i++) {
        PGresult *result = connection->held[mark + i];
        TRY(result_check(cx, session, result, connection->posted[i].name));
        TRY(change_check(cx, session, connection->posted[i].one, result_changed(result)));
    }
    if (count != (size_t)sent || PQstatus(connection->handle) != CONNECTION_OK)
        return postgres_error(cx, session, NULL, NULL);
    *last = sent ? connection->held[mark + count - 1] : NULL;
    return NULL;
}

static FALLIBLE posted_settle(Ctx *cx, Session *session)
{
    PGresult *last;
    size_t mark = session->postgres->held_count;
    Error *error = posted_answers(cx, session, mark, &last);
    results_release(session->postgres, mark);
    return error;
}

FALLIBLE postgres_settle(Ctx *cx, Session *session)
{
    return session->postgres->doubts ? posted_settle(cx, session) : NULL;
}

// Whatever does not go through the pipeline comes behind it.
static FALLIBLE pipeline_leave(Ctx *cx, Session *session)
{
    if (session->postgres->posted_count)
        TRY(posted_settle(cx, session));
    PQexitPipelineMode(session->postgres->handle);
    return NULL;
}

static FALLIBLE run_prepared(Ctx *cx, Session *session, Execution *execution)
{
    PostgresConnection *connection = session->postgres;
    if (connection->posted_count == POSTGRES_POSTED - 1)
        TRY(posted_settle(cx, session));
    TRY(statement_send(cx, session, execution));
    if (execution->posted)
        return NULL;
    PGresult *result;
    TRY(posted_answers(cx, session, connection->held_count, &result));
    if (execution->rows)
        TRY(result_rows(cx, result, execution->rows));
    execution->changed = result_changed(result);
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
        TRY(pipeline_leave(cx, session)); // that `each` of the rows before has entered
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
static FALLIBLE run_each(Ctx *cx, Session *session, Execution *execution)
{
    PostgresConnection *connection = session->postgres;
    Parameters parameters;
    TRY(parameters_make(cx, execution, &parameters));
    TRY(pipeline_leave(cx, session));
    unsigned long number = connection->number++;
    char *declare =
        text_format(cx->arena, "DECLARE c%lu NO SCROLL CURSOR FOR %s", number, execution->sql);
    size_t mark = connection->held_count;
    PGresult *result = PQexecParams(connection->handle, declare, parameters.count, parameters.types,
                                    parameters.values, parameters.lengths, parameters.formats, 0);
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
    size_t mark = session->postgres->held_count;
    Error *error =
        execution->each ? run_each(cx, session, execution) : run_prepared(cx, session, execution);
    results_release(session->postgres, mark);
    if (error)
        session->broken = true;
    return error;
}

FALLIBLE postgres_script(Ctx *cx, Session *session, const char *sql)
{
    PostgresConnection *connection = session->postgres;
    TRY(pipeline_leave(cx, session));
    size_t mark = connection->held_count;
    PGresult *result = PQexec(connection->handle, sql);
    result_hold(connection, result);
    Error *error = result_check(cx, session, result, sql);
    results_release(connection, mark);
    return error;
}
