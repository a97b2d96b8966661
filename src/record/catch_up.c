// SPDX-License-Identifier: Apache-2.0
#include "record/catch_up.h"

#include "db/database.h"
#include "record/row.h"

#define BATCH_RECORDS 200 // in one unit of work
#define COMPLETE (-1)

MIGRATION(record_0022_catch_up, 20,
          "CREATE TABLE record_catch_up (entity TEXT NOT NULL, task TEXT NOT NULL,"
          " declared TEXT NOT NULL, reached BIGINT NOT NULL, PRIMARY KEY (entity, task))");

QUERY_FULL(catch_up_all,
           "SELECT entity, task, declared, reached FROM record_catch_up"
           " ORDER BY entity, task",
           NULL, "a row an entity and task");
QUERY(catch_up_of, "SELECT declared, reached FROM record_catch_up WHERE entity = $1 AND task = $2");
QUERY(catch_up_declare,
      "INSERT INTO record_catch_up (entity, task, declared, reached) VALUES ($1, $2, $3, $4)"
      " ON CONFLICT (entity, task) DO UPDATE SET declared = excluded.declared,"
      " reached = excluded.reached");
QUERY(catch_up_reach, "UPDATE record_catch_up SET reached = $3 WHERE entity = $1 AND task = $2");

static const CatchUpTask *const tasks[] = {&phone_task, &duplicate_task};
#define TASKS (sizeof tasks / sizeof *tasks)

static FALLIBLE has_records(Ctx *cx, const Entity *entity, bool *out)
{
    Rows rows;
    TRY(db_built_rows(
        cx, &rows, text_format(cx->arena, "SELECT 1 FROM \"%s\" LIMIT 1", entity->name), NULL, 0));
    *out = rows.count > 0;
    return NULL;
}

static FALLIBLE prepare(Ctx *cx, const Schema *schema, const Entity *entity,
                        const CatchUpTask *task)
{
    Row *row;
    bool filled;
    const char *declared = task->declared(cx, schema, entity);
    TRY(db_row(cx, &row, catch_up_of, entity->name, task->name));
    if (declared ? row && text_equal(row_text(row, "declared"), declared) : !row)
        return NULL;
    TRY(has_records(cx, entity, &filled));
    return db_run(cx, NULL, catch_up_declare, entity->name, task->name, declared ? declared : "",
                  filled && declared ? 0 : COMPLETE);
}

FALLIBLE catch_up_prepare(Ctx *cx, const Schema *schema)
{
    for (size_t i = 0; i < schema->entity_count; i++)
        for (size_t t = 0; t < TASKS; t++)
            TRY(prepare(cx, schema, schema->entities[i], tasks[t]));
    return NULL;
}

FALLIBLE catch_up_done(Ctx *cx, const Entity *entity, const CatchUpTask *task, bool *out)
{
    Row *row;
    TRY(db_row(cx, &row, catch_up_of, entity->name, task->name));
    *out = row && row_integer(row, "reached") == COMPLETE;
    return NULL;
}

// ---- the work -------------------------------------------------------------------------------

typedef struct CatchingUp {
    const Entity *entity; // NULL: nothing waits
    const CatchUpTask *task;
    Record *record;
    Id reached;
} CatchingUp;

static Error *next_waiting(Ctx *cx, void *state)
{
    CatchingUp *working = state;
    Rows rows;
    *working = (CatchingUp){0};
    TRY(db_rows(cx, &rows, catch_up_all));
    for (size_t i = 0; i < rows.count && !working->entity; i++) {
        const Row *row = &rows.items[i];
        const Entity *entity = schema_entity(cx->schema, row_text(row, "entity"));
        for (size_t t = 0; t < TASKS && entity && !working->entity; t++) {
            bool waits = text_equal(tasks[t]->name, row_text(row, "task")) &&
                         row_integer(row, "reached") != COMPLETE;
            // A schema that is not the newest any more leaves it to the one that is.
            if (waits &&
                text_equal(tasks[t]->declared(cx, cx->schema, entity), row_text(row, "declared")))
                *working = (CatchingUp){
                    .entity = entity, .task = tasks[t], .reached = row_integer(row, "reached")};
        }
    }
    return NULL;
}

static Error *one_record(Ctx *cx, void *state)
{
    const CatchingUp *working = state;
    return working->task->each(cx, working->record);
}

static Error *one_batch(Ctx *cx, void *state)
{
    CatchingUp *working = state;
    Rows rows;
    TRY(next_waiting(cx, working));
    if (!working->entity)
        return NULL;
    const Entity *entity = working->entity;
    Cell reached = cell_integer(working->reached);
    TRY(db_built_rows(
        cx, &rows,
        text_format(cx->arena, "SELECT %s FROM \"%s\" WHERE \"id\" > $1 ORDER BY \"id\" LIMIT %d",
                    entity->queries->columns, entity->name, BATCH_RECORDS),
        &reached, 1));
    for (size_t i = 0; i < rows.count; i++) {
        TRY(row_record(cx, entity, &rows.items[i], NULL, 0, &working->record));
        Error *error = db_attempt(cx, one_record, working);
        if (error && (error->code == ERR_UNAVAILABLE || error->code == ERR_INTERNAL))
            return error;
    }
    return db_run(cx, NULL, catch_up_reach, entity->name, working->task->name,
                  rows.count < BATCH_RECORDS ? COMPLETE
                                             : rows.items[rows.count - 1].cells[0].integer);
}

FALLIBLE catch_up_work(Ctx *cx, struct Database *database, bool *found)
{
    CatchingUp working;
    TRY(database_read(cx, database, next_waiting, &working));
    *found = working.entity != NULL;
    return *found ? database_write(cx, database, one_batch, &working) : NULL;
}
