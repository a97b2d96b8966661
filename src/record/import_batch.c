// SPDX-License-Identifier: Apache-2.0
#include "record/import_batch.h"

#include "base/ids.h"
#include "base/json.h"
#include "base/limits.h"
#include "db/db.h"
#include "record/import_job.h"

#include <string.h>

#define BATCH_COLUMNS                                                                              \
    "id, entity, name, path, actor, language, task, state, settings, line, rows, taken, refused,"  \
    " created, updated, undone, kept, message"

QUERY(import_batch_get, "SELECT " BATCH_COLUMNS " FROM import_batch WHERE id = $1");
QUERY(import_batches_of_actor, "SELECT " BATCH_COLUMNS " FROM import_batch"
                               " WHERE actor = $1 AND id < $2 ORDER BY id DESC LIMIT $3");
QUERY(import_refusals_shown, "SELECT line, field, message, cells FROM import_refusal"
                             " WHERE batch = $1 ORDER BY line LIMIT $2");
// Kept rows are few among those of the batch only after an undo, which forgets the others.
QUERY(import_problems_shown, "SELECT record, line, problem FROM import_row"
                             " WHERE batch = $1 AND problem IS NOT NULL ORDER BY record LIMIT $2");

QUERY(import_duplicates_shown,
      "SELECT line, record, label, other, other_label, score FROM import_duplicate"
      " WHERE batch = $1 ORDER BY line LIMIT $2");
QUERY(import_duplicates_counted, "SELECT COUNT(*) AS count FROM import_duplicate WHERE batch = $1");

static FALLIBLE batch_of(Ctx *cx, const Row *row, ImportBatch *out)
{
    ImportBatch batch = {.id = row_integer(row, "id"),
                         .entity = row_text(row, "entity"),
                         .name = row_text(row, "name"),
                         .path = row_text(row, "path"),
                         .language = row_text(row, "language"),
                         .task = row_text(row, "task"),
                         .state = row_text(row, "state"),
                         .message = row_text(row, "message"),
                         .actor = row_integer(row, "actor"),
                         .line = (int)row_integer(row, "line"),
                         .totals = {.rows = row_integer(row, "rows"),
                                    .taken = row_integer(row, "taken"),
                                    .refused = row_integer(row, "refused"),
                                    .created = row_integer(row, "created"),
                                    .updated = row_integer(row, "updated")},
                         .undone = row_integer(row, "undone"),
                         .kept = row_integer(row, "kept")};
    const char *settings = row_text(row, "settings");
    if (settings)
        TRY(json_parse(cx, settings, strlen(settings), &batch.settings));
    *out = batch;
    return NULL;
}

FALLIBLE batch_load(Ctx *cx, Id id, ImportBatch *out)
{
    Row *row;
    TRY(db_row(cx, &row, import_batch_get, id));
    bool mine = row && (row_integer(row, "actor") == cx->actor->user ||
                        actor_may(cx->actor, "import.others"));
    if (!mine)
        return FAIL(cx, ERR_NOT_FOUND, "there is no import %s", id_text(cx->arena, id));
    return batch_of(cx, row, out);
}

// Settings are kept as they were sent: each is read with its own error.
static FALLIBLE read_columns(Ctx *cx, Value list, ImportRequest *request)
{
    if (list.kind != VALUE_LIST)
        return error_field(FAIL(cx, ERR_INVALID, "columns is a list of fields"), "columns");
    const char **columns = NEW_ARRAY(cx->arena, const char *, list.list.count + 1);
    for (size_t i = 0; i < list.list.count; i++) {
        Value item = list.list.items[i];
        if (item.kind != VALUE_NULL && item.kind != VALUE_TEXT)
            return error_field(FAIL(cx, ERR_INVALID, "columns is a list of fields"), "columns");
        columns[i] = item.kind == VALUE_TEXT ? item.text.bytes : NULL;
    }
    request->columns = columns;
    request->column_count = list.list.count;
    return NULL;
}

FALLIBLE batch_request(Ctx *cx, const ImportBatch *batch, ImportRequest *out)
{
    Value settings = batch->settings;
    const char *delimiter = value_get_text(settings, "delimiter");
    ImportRequest request = {.entity = batch->entity,
                             .name = batch->name,
                             .batch = batch->id,
                             .before = batch->totals,
                             .match = value_get_text(settings, "match")};
    request.file = (ImportFile){.path = batch->path,
                                .encoding = value_get_text(settings, "encoding"),
                                .sheet = value_get_text(settings, "sheet")};
    if (!batch->path)
        return FAIL(cx, ERR_CONFLICT, "the file of this import is not there any more");
    if (delimiter && *delimiter && delimiter[1])
        return error_field(FAIL(cx, ERR_INVALID, "the delimiter is one character"), "delimiter");
    request.file.delimiter = delimiter ? *delimiter : '\0';
    const Value *only_update = value_get(settings, "only_update");
    request.only_update = only_update && only_update->kind == VALUE_BOOLEAN && only_update->boolean;
    const Value *warns = value_get(settings, "duplicates");
    request.warns = !warns || warns->kind != VALUE_BOOLEAN || warns->boolean;
    const Value *columns = value_get(settings, "columns");
    if (columns && columns->kind != VALUE_NULL)
        TRY(read_columns(cx, *columns, &request));
    *out = request;
    return NULL;
}

// ---- As it is told

static Value batch_value(Ctx *cx, const ImportBatch *batch)
{
    const ImportTotals *totals = &batch->totals;
    const struct {
        const char *key;
        Value value;
    } entries[] = {
        {"id", value_text(id_text(cx->arena, batch->id))},
        {"entity", value_text(batch->entity)},
        {"name", value_text(batch->name)},
        {"task", value_text(batch->task)},
        {"state", value_text(batch->state)},
        {"line", value_integer(batch->line)},
        {"rows", value_integer(totals->rows)},
        {"created", value_integer(totals->created)},
        {"updated", value_integer(totals->updated)},
        {"unchanged", value_integer(totals->taken - totals->created - totals->updated)},
        {"refused", value_integer(totals->refused)},
        {"undone", value_integer(batch->undone)},
        {"kept", value_integer(batch->kept)},
        {"message", value_text(batch->message)},
    };
    Value value = value_context(cx->arena);
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++)
        value_set(cx->arena, value, entries[i].key, entries[i].value);
    return value;
}

static FALLIBLE refusals_value(Ctx *cx, Id job, Value *out)
{
    Rows rows;
    TRY(db_rows(cx, &rows, import_refusals_shown, job, IMPORT_SHOWN_PROBLEMS));
    Value *items = NEW_ARRAY(cx->arena, Value, rows.count);
    for (size_t i = 0; i < rows.count; i++) {
        const char *cells = row_text(&rows.items[i], "cells");
        Value list = value_null();
        TRY(json_parse(cx, cells, strlen(cells), &list));
        items[i] = value_context(cx->arena);
        value_set(cx->arena, items[i], "line", value_integer(row_integer(&rows.items[i], "line")));
        value_set(cx->arena, items[i], "field", value_text(row_text(&rows.items[i], "field")));
        value_set(cx->arena, items[i], "message", value_text(row_text(&rows.items[i], "message")));
        value_set(cx->arena, items[i], "cells", list);
    }
    *out = value_list(items, rows.count);
    return NULL;
}

static FALLIBLE problems_value(Ctx *cx, Id job, Value *out)
{
    Rows rows;
    TRY(db_rows(cx, &rows, import_problems_shown, job, IMPORT_SHOWN_PROBLEMS));
    Value *items = NEW_ARRAY(cx->arena, Value, rows.count);
    for (size_t i = 0; i < rows.count; i++) {
        const char *record = id_text(cx->arena, row_integer(&rows.items[i], "record"));
        items[i] = value_context(cx->arena);
        value_set(cx->arena, items[i], "record", value_text(record));
        value_set(cx->arena, items[i], "line", value_integer(row_integer(&rows.items[i], "line")));
        value_set(cx->arena, items[i], "message", value_text(row_text(&rows.items[i], "problem")));
    }
    *out = value_list(items, rows.count);
    return NULL;
}

static FALLIBLE duplicates_value(Ctx *cx, Id job, Value *out)
{
    Rows rows;
    TRY(db_rows(cx, &rows, import_duplicates_shown, job, IMPORT_SHOWN_PROBLEMS));
    Value *items = NEW_ARRAY(cx->arena, Value, rows.count);
    for (size_t i = 0; i < rows.count; i++) {
        const Row *row = &rows.items[i];
        Id record = row_integer(row, "record");
        Value item = items[i] = value_context(cx->arena), other = value_context(cx->arena);
        value_set(cx->arena, other, "id",
                  value_text(id_text(cx->arena, row_integer(row, "other"))));
        value_set(cx->arena, other, "label", value_text(row_text(row, "other_label")));
        value_set(cx->arena, item, "line", value_integer(row_integer(row, "line")));
        value_set(cx->arena, item, "record",
                  value_text(record ? id_text(cx->arena, record) : NULL));
        value_set(cx->arena, item, "label", value_text(row_text(row, "label")));
        value_set(cx->arena, item, "other", other);
        value_set(cx->arena, item, "score", value_integer(row_integer(row, "score")));
    }
    *out = value_list(items, rows.count);
    return NULL;
}

FALLIBLE import_job_show(Ctx *cx, Id job, Value *out)
{
    ImportBatch batch;
    Row *counted;
    Value refusals, duplicates, problems = value_list(NULL, 0);
    TRY(batch_load(cx, job, &batch));
    TRY(refusals_value(cx, job, &refusals));
    TRY(duplicates_value(cx, job, &duplicates));
    TRY(db_row(cx, &counted, import_duplicates_counted, job));
    if (batch.kept)
        TRY(problems_value(cx, job, &problems));
    *out = batch_value(cx, &batch);
    value_set(cx->arena, *out, "refusals", refusals);
    value_set(cx->arena, *out, "problems", problems);
    value_set(cx->arena, *out, "duplicates", duplicates);
    value_set(cx->arena, *out, "alike", value_integer(row_integer(counted, "count")));
    return NULL;
}

FALLIBLE import_job_list(Ctx *cx, Id before, int limit, Value *out)
{
    Rows rows;
    if (limit < 1 || limit > LIMIT_PAGE_ROWS)
        limit = LIMIT_PAGE_ROWS;
    TRY(db_rows(cx, &rows, import_batches_of_actor, cx->actor->user, before ? before : INT64_MAX,
                limit + 1));
    size_t count = rows.count > (size_t)limit ? (size_t)limit : rows.count;
    Value *items = NEW_ARRAY(cx->arena, Value, count), page = value_context(cx->arena);
    for (size_t i = 0; i < count; i++) {
        ImportBatch batch;
        TRY(batch_of(cx, &rows.items[i], &batch));
        items[i] = batch_value(cx, &batch);
    }
    value_set(cx->arena, page, "items", value_list(items, count));
    if (rows.count > count)
        value_set(cx->arena, page, "next", *value_get(items[count - 1], "id"));
    *out = page;
    return NULL;
}
