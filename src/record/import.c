// SPDX-License-Identifier: Apache-2.0
// Rows go in batches, each one unit of work:
//
//   batch_together: all rows, one after the other
//     one of them is refused -> batch_apart: again, each within what can be undone alone
//   with the notes of the batch and the lines before it that were refused, in the same commit
#include "record/import.h"

#include "base/ids.h"
#include "db/database.h"
#include "record/field.h"
#include "record/import_mapping.h"
#include "record/import_note.h"
#include "record/rights.h"

#include <string.h>

#define IMPORT_BATCH 500

typedef struct ImportRow {
    const char **cells; // by column; NULL: empty
    size_t count;
    // Of the unit that took it:
    ImportLine done;
    int64_t version;
} ImportRow;

typedef struct Import {
    const ImportRequest *request;
    const Entity *entity;
    ImportMapping mapping;
    Value headers; // a list of texts
    const Field *match;
    size_t match_column;
    bool pads; // a short row is one whose last cells are empty
    Id batch;
    ImportRow rows[IMPORT_BATCH];
    size_t row_count;
    ImportTotals totals;
} Import;

// ---- One row

static FALLIBLE row_fields(Ctx *cx, const Import *import, const ImportRow *row, bool update,
                           Value *out)
{
    Value fields = value_context(cx->arena);
    for (size_t i = 0; i < import->mapping.count; i++) {
        const Field *field = import->mapping.fields[i];
        bool named = field && (field->position == 0 || (update && field == import->match));
        Value value;
        // An export shows what is computed anew.
        if (!row->cells[i] || !field || field_is_computed(field) || named)
            continue;
        TRY(mapping_value(cx, field, row->cells[i], &value));
        value_set(cx->arena, fields, field->name, value);
    }
    *out = fields;
    return NULL;
}

static FALLIBLE find_match(Ctx *cx, const Import *import, const ImportRow *row, Record **out)
{
    *out = NULL;
    const char *text = import->match ? row->cells[import->match_column] : NULL;
    if (!text)
        return NULL;
    Value value;
    TRY(mapping_value(cx, import->match, text, &value));
    TRY(record_find(cx, import->entity->name, import->match->name, value, out));
    if (!*out && (import->request->only_update || import->match->position == 0))
        return error_field(FAIL(cx, ERR_INVALID, "there is no %s '%s'", import->entity->name, text),
                           import->match->name);
    return NULL;
}

static FALLIBLE take_row(Ctx *cx, const Import *import, ImportRow *row)
{
    Record *found, *record = NULL;
    Value fields;
    TRY(find_match(cx, import, row, &found));
    TRY(row_fields(cx, import, row, found != NULL, &fields));
    if (!found && import->request->only_update)
        return FAIL(cx, ERR_INVALID, "the row names no record");
    if (found)
        TRY(record_change(cx, import->entity->name, found->id, found->version, fields, &record));
    else
        TRY(record_create(cx, import->entity->name, fields, &record));
    if (!found && record && import->request->warns)
        TRY(duplicate_likeliest(cx, record, &row->done.duplicate));
    row->version = record ? record->version : 0;
    row->done.record = record ? record->id : 0;
    row->done.number = record ? text_copy(cx->arena, record_label(record)) : NULL;
    row->done.action = !found                           ? IMPORT_CREATED
                       : row->version == found->version ? IMPORT_UNCHANGED
                                                        : IMPORT_UPDATED;
    return NULL;
}

// ---- A batch of rows

// Only what concerns the row is the row's: a database that is gone, or a fault of ours, stops all.
static bool concerns_row(const Error *error)
{
    return error->code != ERR_UNAVAILABLE && error->code != ERR_INTERNAL &&
           error->code != ERR_SIGNED_OUT;
}

static void count_row(ImportTotals *totals, const ImportLine *line)
{
    totals->rows++;
    totals->taken += line->action != IMPORT_REFUSED;
    totals->refused += line->action == IMPORT_REFUSED;
    totals->created += line->action == IMPORT_CREATED;
    totals->updated += line->action == IMPORT_UPDATED;
}

static FALLIBLE note_refused(Ctx *cx, const Import *import)
{
    int64_t kept = import->totals.refused;
    for (size_t i = 0; i < import->row_count; i++) {
        const ImportRow *row = &import->rows[i];
        if (row->done.error && kept++ < IMPORT_REFUSALS)
            TRY(note_refusal(cx, import->batch, &row->done, row->cells, row->count));
    }
    return NULL;
}

static FALLIBLE note_all(Ctx *cx, const Import *import)
{
    ImportTotals totals = import->totals;
    if (!import->batch || !import->row_count)
        return NULL;
    for (size_t i = 0; i < import->row_count; i++) {
        const ImportRow *row = &import->rows[i];
        if (!import->request->dry_run)
            TRY(note_row(cx, import->batch, &row->done, row->version));
        TRY(note_duplicate(cx, import->batch, &row->done, import->request->dry_run));
        count_row(&totals, &row->done);
    }
    TRY(note_refused(cx, import));
    return note_progress(cx, import->batch, import->rows[import->row_count - 1].done.line, &totals);
}

// What a unit of work leaves of a row when it is run again.
static void start_rows(Import *import)
{
    for (size_t i = 0; i < import->row_count; i++) {
        ImportRow *row = &import->rows[i];
        row->done = (ImportLine){.line = row->done.line};
    }
}

#define ROLL_BACK "dry run"

static FALLIBLE end_unit(Ctx *cx, const Import *import)
{
    if (import->request->dry_run)
        return FAIL(cx, ERR_CONFLICT, ROLL_BACK);
    return note_all(cx, import);
}

typedef struct BatchUnit {
    Import *import;
    bool done;
} BatchUnit;

static Error *batch_together(Ctx *cx, void *state)
{
    BatchUnit *unit = state;
    Import *import = unit->import;
    unit->done = false;
    start_rows(import);
    for (size_t i = 0; i < import->row_count; i++)
        TRY(take_row(cx, import, &import->rows[i]));
    unit->done = true;
    return end_unit(cx, import);
}

typedef struct RowAttempt {
    const Import *import;
    ImportRow *row;
} RowAttempt;

static Error *row_attempt(Ctx *cx, void *state)
{
    RowAttempt *attempt = state;
    return take_row(cx, attempt->import, attempt->row);
}

static Error *batch_apart(Ctx *cx, void *state)
{
    BatchUnit *unit = state;
    Import *import = unit->import;
    unit->done = false;
    start_rows(import);
    for (size_t i = 0; i < import->row_count; i++) {
        ImportRow *row = &import->rows[i];
        RowAttempt attempt = {import, row};
        Error *error = row->count != import->mapping.count
                           ? FAIL(cx, ERR_INVALID, "the row has %zu columns, the header %zu",
                                  row->count, import->mapping.count)
                           : db_attempt(cx, row_attempt, &attempt);
        if (error && !concerns_row(error))
            return error;
        if (!error)
            continue;
        error->line = row->done.line;
        row->done = (ImportLine){.line = row->done.line, .error = error};
    }
    unit->done = true;
    return end_unit(cx, import);
}

static Error *note_tried(Ctx *cx, void *state)
{
    return note_all(cx, state);
}

static bool all_fit(const Import *import)
{
    for (size_t i = 0; i < import->row_count; i++)
        if (import->rows[i].count != import->mapping.count)
            return false;
    return true;
}

static FALLIBLE report_rows(Ctx *cx, Import *import)
{
    const ImportRequest *request = import->request;
    for (size_t i = 0; i < import->row_count; i++) {
        ImportLine *line = &import->rows[i].done;
        if (request->dry_run && line->action == IMPORT_CREATED)
            line->record = 0; // it is not there
        count_row(&import->totals, line);
        if (request->report)
            TRY(request->report(cx, line, request->report_state));
    }
    import->row_count = 0;
    return NULL;
}

static FALLIBLE run_batch(Ctx *cx, struct Database *database, Import *import)
{
    const ImportRequest *request = import->request;
    BatchUnit unit = {import, false};
    if (!import->row_count)
        return NULL;
    if (request->may_go_on)
        TRY(request->may_go_on(cx, request->may_go_on_state));
    Error *error = all_fit(import) ? database_write(cx, database, batch_together, &unit) : NULL;
    if (error && !unit.done && !concerns_row(error))
        return error;
    if (!unit.done)
        error = database_write(cx, database, batch_apart, &unit);
    if (error && !(request->dry_run && unit.done))
        return error;
    if (request->dry_run && import->batch)
        TRY(database_write(cx, database, note_tried, import));
    return report_rows(cx, import);
}

// ---- The file

// Keeps a row's cells beyond the reader's next row.
static void keep_row(Ctx *cx, Import *import, const CsvRow *row)
{
    ImportRow *kept = &import->rows[import->row_count++];
    size_t columns = import->mapping.count, room = row->count > columns ? row->count : columns;
    bool short_one = import->pads && row->count < columns;
    *kept = (ImportRow){.cells = NEW_ARRAY(cx->arena, const char *, room),
                        .count = short_one ? columns : row->count,
                        .done = {.line = row->line}};
    for (size_t i = 0; i < row->count; i++) {
        const char *cell = text_trim(cx->arena, row->fields[i].bytes);
        kept->cells[i] = *cell ? cell : NULL;
    }
}

static FALLIBLE run_rows(Ctx *cx, struct Database *database, Import *import, ImportRows *rows)
{
    for (bool more = true; more;) {
        ArenaMark mark = arena_mark(cx->arena);
        Error *broken = NULL;
        while (import->row_count < IMPORT_BATCH) {
            const CsvRow *row = NULL;
            broken = import_rows_next(cx, rows, &row);
            more = !broken && row;
            if (!more)
                break;
            if (row->line > import->request->after_line)
                keep_row(cx, import, row);
        }
        TRY(run_batch(cx, database, import));
        TRY(broken);
        arena_rewind(cx->arena, mark);
    }
    return NULL;
}

static FALLIBLE choose_match(Ctx *cx, Import *import)
{
    const char *name = import->request->match;
    if (!name)
        return import->request->only_update
                   ? FAIL(cx, ERR_INVALID, "to change records, say which field names them")
                   : NULL;
    const Field *field = entity_field(import->entity, name);
    if (!field || !field_readable(cx->actor, field))
        return error_field(
            FAIL(cx, ERR_INVALID, "'%s' has no field '%s'", import->entity->name, name), name);
    if (!field->unique && field->position != 0)
        return error_field(FAIL(cx, ERR_INVALID, "'%s' names no single record", name), name);
    for (size_t i = 0; i < import->mapping.count; i++)
        if (import->mapping.fields[i] == field) {
            import->match = field;
            import->match_column = i;
            return NULL;
        }
    return error_field(FAIL(cx, ERR_INVALID, "the column '%s' is missing", name), name);
}

static FALLIBLE read_header(Ctx *cx, Import *import, ImportRows *rows)
{
    const ImportRequest *request = import->request;
    const CsvRow *header = NULL;
    TRY(import_rows_next(cx, rows, &header));
    if (!header)
        return FAIL(cx, ERR_INVALID, "the file is empty");
    TRY(mapping_make(cx, import->entity, header, request->columns, request->column_count,
                     &import->mapping));
    Value *headers = NEW_ARRAY(cx->arena, Value, header->count);
    for (size_t i = 0; i < header->count; i++)
        headers[i] = value_text(text_copy(cx->arena, header->fields[i].bytes));
    import->headers = value_list(headers, header->count);
    TRY(choose_match(cx, import));
    bool by_id = import->match && import->match->position == 0;
    if (request->only_update || by_id)
        return NULL;
    return mapping_complete(cx, import->entity, &import->mapping);
}

static FALLIBLE check_rights(Ctx *cx, const Import *import)
{
    TRY(rights_need(cx, import->entity, VERB_IMPORT));
    if (import->request->match)
        TRY(rights_need(cx, import->entity, VERB_EDIT));
    return import->request->only_update ? NULL : rights_need(cx, import->entity, VERB_CREATE);
}

static Error *begin_batch(Ctx *cx, void *state)
{
    Import *import = state;
    return note_batch(cx, import->request, import->headers, &import->batch);
}

typedef struct Ending {
    Id batch;
    const Error *error;
} Ending;

static Error *end_batch(Ctx *cx, void *state)
{
    const Ending *ending = state;
    return note_end(cx, ending->batch, ending->error ? "failed" : "done", ending->error);
}

// A batch of its own; that of a job begins and ends with the job.
static FALLIBLE run_noted(Ctx *cx, struct Database *database, Import *import, ImportRows *rows)
{
    if (import->batch || import->request->dry_run)
        return run_rows(cx, database, import, rows);
    TRY(database_write(cx, database, begin_batch, import));
    Error *error = run_rows(cx, database, import, rows);
    Ending ending = {import->batch, error};
    Error *unnoted = database_write(cx, database, end_batch, &ending);
    return error ? error : unnoted;
}

FALLIBLE import_run(Ctx *cx, struct Database *database, const ImportRequest *request,
                    ImportTotals *totals, Id *batch)
{
    Import *import = NEW(cx->arena, Import);
    ImportRows *rows;
    import->request = request;
    import->batch = request->batch;
    import->totals = request->before;
    if (totals)
        *totals = import->totals;
    TRY(schema_find(cx, request->entity, &import->entity));
    TRY(check_rights(cx, import));
    TRY(import_rows_open(cx, &request->file, &rows));
    import->pads = text_equal(import_rows_format(rows), "xlsx");
    TRY(read_header(cx, import, rows));
    Error *error = run_noted(cx, database, import, rows);
    if (totals)
        *totals = import->totals;
    if (batch)
        *batch = import->batch;
    return error;
}
