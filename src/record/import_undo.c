// SPDX-License-Identifier: Apache-2.0
#include "record/import_undo.h"

#include "base/ids.h"
#include "base/json.h"
#include "db/database.h"
#include "record/audit.h"
#include "record/row.h"

#include <string.h>

#define UNDO_BATCH 100

QUERY(import_rows_to_undo,
      "SELECT r.record, r.at, r.action, r.version, b.entity FROM import_row r"
      " JOIN import_batch b ON b.id = r.batch WHERE r.batch = $1 AND r.record < $2"
      " ORDER BY r.record DESC LIMIT $3");
QUERY(import_row_forget, "DELETE FROM import_row WHERE batch = $1 AND record = $2");
QUERY(import_row_problem, "UPDATE import_row SET problem = $3 WHERE batch = $1 AND record = $2");
QUERY(import_batch_undone,
      "UPDATE import_batch SET undone = undone + $2, kept = kept + $3, changed_at = $4"
      " WHERE id = $1");
QUERY(import_batch_undo_again, "UPDATE import_batch SET kept = 0 WHERE id = $1");
typedef struct Undoing {
    Id batch;
    Id from; // records below this one are still to do
    // Of the unit:
    Id next;
    size_t count;
} Undoing;

typedef struct UndoRow {
    const char *entity;
    const char *action;
    Id record;
    Instant at;
    int64_t version;
} UndoRow;

static Error *undo_row(Ctx *cx, void *state)
{
    const UndoRow *row = state;
    const Entity *entity;
    Record *record;
    TRY(schema_find(cx, row->entity, &entity));
    TRY(row_load(cx, entity, row->record, &record));
    if (!record) // somebody has deleted it
        return NULL;
    if (record->version != row->version)
        return FAIL(cx, ERR_CONFLICT, "it was changed since the import");
    bool create = text_equal(row->action, "create");
    GateRequest request = {.action = create ? GATE_DELETE : GATE_CHANGE,
                           .entity = row->entity,
                           .id = row->record,
                           .version = row->version,
                           .reason = "import undone"};
    if (!create)
        TRY(audit_values_before(cx, entity, row->record, row->at, &request.changes));
    return gate_pass(cx, &request, &record);
}

static bool stops_all(const Error *error)
{
    return error->code == ERR_UNAVAILABLE || error->code == ERR_INTERNAL;
}

static Error *undo_batch(Ctx *cx, void *state)
{
    Undoing *undoing = state;
    Rows rows;
    int64_t undone = 0, kept = 0;
    undoing->next = undoing->from;
    TRY(db_rows(cx, &rows, import_rows_to_undo, undoing->batch, undoing->from, UNDO_BATCH));
    for (size_t i = 0; i < rows.count; i++) {
        const Row *found = &rows.items[i];
        UndoRow row = {.entity = row_text(found, "entity"),
                       .action = row_text(found, "action"),
                       .record = row_integer(found, "record"),
                       .at = row_integer(found, "at"),
                       .version = row_integer(found, "version")};
        Error *error = db_attempt(cx, undo_row, &row);
        if (error && stops_all(error))
            return error;
        if (error)
            TRY(db_run(cx, NULL, import_row_problem, undoing->batch, row.record, error->message));
        else
            TRY(db_run(cx, NULL, import_row_forget, undoing->batch, row.record));
        undone += !error;
        kept += error != NULL;
        undoing->next = row.record;
    }
    TRY(db_run(cx, NULL, import_batch_undone, undoing->batch, undone, kept, cx->now));
    undoing->count = rows.count;
    return NULL;
}

static Error *start_again(Ctx *cx, void *state)
{
    return db_run(cx, NULL, import_batch_undo_again, *(Id *)state);
}

FALLIBLE import_undo(Ctx *cx, struct Database *database, Id batch, ImportMayGoOn may_go_on,
                     void *state)
{
    Undoing undoing = {.batch = batch, .next = INT64_MAX};
    TRY(database_write(cx, database, start_again, &batch));
    do {
        ArenaMark mark = arena_mark(cx->arena);
        if (may_go_on)
            TRY(may_go_on(cx, state));
        undoing.from = undoing.next;
        TRY(database_write(cx, database, undo_batch, &undoing));
        arena_rewind(cx->arena, mark);
    } while (undoing.count);
    return NULL;
}
