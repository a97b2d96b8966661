// SPDX-License-Identifier: Apache-2.0
// What the file of an import holds, and the lines of it that were refused.
#include "record/import_job.h"

#include "base/json.h"
#include "db/database.h"
#include "record/import_batch.h"
#include "record/import_mapping.h"

#include <inttypes.h>
#include <string.h>

QUERY(import_header_set, "UPDATE import_batch SET header = $2, settings = $3 WHERE id = $1");
// The mapping that was used last for a file with this header.
QUERY(import_settings_before,
      "SELECT settings FROM import_batch WHERE entity = $1 AND header = $2 AND id <> $3"
      " AND task <> 'try' ORDER BY id DESC LIMIT 1");
QUERY(import_refusals_after, "SELECT line, field, message, cells FROM import_refusal"
                             " WHERE batch = $1 AND line > $2 ORDER BY line LIMIT 200");

typedef struct Look {
    struct Database *database;
    Id job;
    ImportBatch batch;
    ImportRows *rows;
    const Entity *entity;
    const char **headers;
    size_t column_count;
    const char *fingerprint; // of the header
    const char **samples[IMPORT_PREVIEW_ROWS];
    size_t sample_count;
    Value shown;
    Value before; // the settings that were used last
} Look;

static Error *load(Ctx *cx, void *state)
{
    Look *look = state;
    TRY(batch_load(cx, look->job, &look->batch));
    TRY(schema_find(cx, look->batch.entity, &look->entity));
    return import_job_show(cx, look->job, &look->shown);
}

static void keep_cells(Ctx *cx, const Look *look, const CsvRow *row, const char **cells)
{
    for (size_t i = 0; i < look->column_count; i++)
        cells[i] = i < row->count ? text_trim(cx->arena, row->fields[i].bytes) : "";
}

// FNV-1a, to find a header again; a file of refused lines has that of the file it comes from.
static const char *fingerprint_of(Ctx *cx, const Look *look)
{
    uint64_t hash = 14695981039346656037UL;
    for (size_t i = 0; i < look->column_count; i++)
        for (const char *at = look->headers[i]; *look->headers[i] != IMPORT_REMARK; at++) {
            hash = (hash ^ (unsigned char)*at) * 1099511628211UL;
            if (!*at)
                break;
        }
    return text_format(cx->arena, "%016" PRIx64, hash);
}

static FALLIBLE read_rows(Ctx *cx, Look *look, const ImportFile *file)
{
    const CsvRow *row;
    TRY(import_rows_open(cx, file, &look->rows));
    TRY(import_rows_next(cx, look->rows, &row));
    if (!row)
        return FAIL(cx, ERR_INVALID, "the file is empty");
    look->column_count = row->count;
    look->headers = NEW_ARRAY(cx->arena, const char *, row->count);
    keep_cells(cx, look, row, look->headers);
    look->fingerprint = fingerprint_of(cx, look);
    while (look->sample_count < IMPORT_PREVIEW_ROWS) {
        TRY(import_rows_next(cx, look->rows, &row));
        if (!row)
            return NULL;
        const char **cells = NEW_ARRAY(cx->arena, const char *, look->column_count);
        keep_cells(cx, look, row, cells);
        look->samples[look->sample_count++] = cells;
    }
    return NULL;
}

// ---- Types, guessed from the first rows

static bool all_of(const Look *look, size_t column, bool (*is)(const char *text))
{
    bool any = false;
    for (size_t i = 0; i < look->sample_count; i++) {
        const char *text = look->samples[i][column];
        if (*text && !is(text))
            return false;
        any |= *text != '\0';
    }
    return any;
}

static bool is_number(const char *text)
{
    Decimal number;
    return decimal_parse(text, strlen(text), &number);
}

static bool is_day(const char *text)
{
    static const char digits[] = "0123456789";
    size_t year = strspn(text, digits);
    const char *rest = text + year;
    if (year != 4 || (*rest != '-' && *rest != '/'))
        return false;
    size_t month = strspn(rest + 1, digits);
    return month && month <= 2 && rest[1 + month] == *rest && strspn(rest + 2 + month, digits);
}

static bool is_boolean(const char *text)
{
    static const char *const words[] = {"true", "false", "yes", "no", "是", "否"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_equal(text, words[i]))
            return true;
    return false;
}

static const char *guessed_type(const Look *look, size_t column)
{
    if (all_of(look, column, is_boolean))
        return "boolean";
    if (all_of(look, column, is_number))
        return "number";
    return all_of(look, column, is_day) ? "date" : "text";
}

// ---- The mapping

static Error *find_before(Ctx *cx, void *state)
{
    Look *look = state;
    Row *row;
    look->before = value_null();
    TRY(db_row(cx, &row, import_settings_before, look->batch.entity, look->fingerprint,
               look->batch.id));
    const char *settings = row ? row_text(row, "settings") : NULL;
    return settings ? json_parse(cx, settings, strlen(settings), &look->before) : NULL;
}

static Value guessed_columns(Ctx *cx, const Look *look)
{
    Value *fields = NEW_ARRAY(cx->arena, Value, look->column_count);
    for (size_t i = 0; i < look->column_count; i++) {
        const char *header = look->headers[i];
        const Field *field =
            *header && *header != IMPORT_REMARK ? mapping_field(cx, look->entity, header) : NULL;
        bool taken = field && ((field->system && field->position != 0) || field_is_computed(field));
        for (size_t other = 0; field && other < i; other++)
            taken |= text_equal(field->name,
                                fields[other].kind == VALUE_TEXT ? fields[other].text.bytes : NULL);
        fields[i] = field && !taken ? value_text(field->name) : value_null();
    }
    return value_list(fields, look->column_count);
}

static Value headers_value(Ctx *cx, const Look *look)
{
    Value *headers = NEW_ARRAY(cx->arena, Value, look->column_count);
    for (size_t i = 0; i < look->column_count; i++)
        headers[i] = value_text(look->headers[i]);
    return value_list(headers, look->column_count);
}

// The fields that columns of the same names filled last time.
static Value columns_before(Ctx *cx, const Look *look, Value headers, Value columns)
{
    Value *fields = NEW_ARRAY(cx->arena, Value, look->column_count);
    for (size_t i = 0; i < look->column_count; i++)
        for (size_t k = 0; k < headers.list.count && k < columns.list.count; k++)
            if (value_equal(headers.list.items[k], value_text(look->headers[i])))
                fields[i] = columns.list.items[k];
    return value_list(fields, look->column_count);
}

static Error *keep_settings(Ctx *cx, void *state)
{
    const Look *look = state;
    return db_run(cx, NULL, import_header_set, look->job, look->fingerprint,
                  json_text(cx->arena, look->batch.settings));
}

// What was chosen; else what was used last for such a header; else what its words say.
static FALLIBLE choose_settings(Ctx *cx, Look *look)
{
    const Value given = look->batch.settings, *chosen = value_get(given, "columns");
    Value settings = value_context(cx->arena);
    for (size_t i = 0; given.kind == VALUE_CONTEXT && i < given.context->count; i++)
        value_set(cx->arena, settings, given.context->entries[i].key,
                  given.context->entries[i].value);
    value_set(cx->arena, settings, "headers", headers_value(cx, look));
    look->batch.settings = settings;
    if (chosen && chosen->kind == VALUE_LIST && chosen->list.count == look->column_count)
        return value_equal(given, settings)
                   ? NULL
                   : database_write(cx, look->database, keep_settings, look);
    TRY(database_read(cx, look->database, find_before, look));
    const Value *before = value_get(look->before, "columns");
    const Value *headers = value_get(look->before, "headers");
    bool fits = before && headers;
    value_set(cx->arena, settings, "columns",
              fits ? columns_before(cx, look, *headers, *before) : guessed_columns(cx, look));
    const Value *match = value_get(look->before, "match");
    if (fits && match && !value_get(settings, "match"))
        value_set(cx->arena, settings, "match", *match);
    return database_write(cx, look->database, keep_settings, look);
}

// Why this mapping cannot be imported with, NULL when it can.
static const Error *mapping_problem(Ctx *cx, const Look *look, const ImportRequest *request)
{
    Text *names = NEW_ARRAY(cx->arena, Text, look->column_count);
    for (size_t i = 0; i < look->column_count; i++)
        names[i] = (Text){look->headers[i], strlen(look->headers[i])};
    CsvRow header = {names, look->column_count, 1};
    ImportMapping mapping;
    Error *error =
        mapping_make(cx, look->entity, &header, request->columns, request->column_count, &mapping);
    bool makes_new = !request->only_update && !text_equal(request->match, "id");
    return error || !makes_new ? error : mapping_complete(cx, look->entity, &mapping);
}

// ---- As it is told

static Value columns_value(Ctx *cx, const Look *look, const ImportRequest *request)
{
    Value *columns = NEW_ARRAY(cx->arena, Value, look->column_count);
    for (size_t i = 0; i < look->column_count; i++) {
        Value *samples = NEW_ARRAY(cx->arena, Value, look->sample_count);
        for (size_t k = 0; k < look->sample_count; k++)
            samples[k] = value_text(look->samples[k][i]);
        columns[i] = value_context(cx->arena);
        value_set(cx->arena, columns[i], "header", value_text(look->headers[i]));
        value_set(cx->arena, columns[i], "field", value_text(request->columns[i]));
        value_set(cx->arena, columns[i], "type", value_text(guessed_type(look, i)));
        value_set(cx->arena, columns[i], "samples", value_list(samples, look->sample_count));
    }
    return value_list(columns, look->column_count);
}

static void tell_format(Ctx *cx, const Look *look, Value out)
{
    size_t count;
    const char *sheet = import_rows_sheet(look->rows, &count);
    Value *sheets = NEW_ARRAY(cx->arena, Value, count);
    for (size_t i = 0; i < count; i++)
        sheets[i] = value_text(import_rows_sheet_name(look->rows, i));
    char delimiter[2] = {import_rows_delimiter(look->rows), '\0'};
    value_set(cx->arena, out, "format", value_text(import_rows_format(look->rows)));
    value_set(cx->arena, out, "encoding", value_text(import_rows_encoding(look->rows)));
    value_set(cx->arena, out, "delimiter",
              *delimiter ? value_text(text_copy(cx->arena, delimiter)) : value_null());
    value_set(cx->arena, out, "sheet", value_text(sheet));
    value_set(cx->arena, out, "sheets", value_list(sheets, count));
}

FALLIBLE import_job_look(Ctx *cx, struct Database *database, Id job, Value *out)
{
    Look look = {.database = database, .job = job};
    ImportRequest request;
    TRY(database_read(cx, database, load, &look));
    TRY(batch_request(cx, &look.batch, &request));
    TRY(read_rows(cx, &look, &request.file));
    TRY(choose_settings(cx, &look));
    TRY(batch_request(cx, &look.batch, &request));
    const Error *problem = mapping_problem(cx, &look, &request);
    tell_format(cx, &look, look.shown);
    value_set(cx->arena, look.shown, "columns", columns_value(cx, &look, &request));
    value_set(cx->arena, look.shown, "match", value_text(request.match));
    value_set(cx->arena, look.shown, "only_update", value_boolean(request.only_update));
    value_set(cx->arena, look.shown, "problem", value_text(problem ? problem->message : NULL));
    *out = look.shown;
    return NULL;
}

// ---- The refused lines

static void write_cells(Buffer *out, Value cells, const char *message)
{
    for (size_t i = 0; cells.kind == VALUE_LIST && i < cells.list.count; i++) {
        csv_write_field(out, cells.list.items[i].text.bytes, true);
        buffer_byte(out, ',');
    }
    csv_write_field(out, message, true);
    buffer_text(out, "\r\n");
}

FALLIBLE import_job_refusals(Ctx *cx, Id job, ListSink sink, void *state)
{
    ImportBatch batch;
    TRY(batch_load(cx, job, &batch));
    int64_t line = -1;
    const Value *headers = value_get(batch.settings, "headers");
    Buffer *head = buffer_new(cx->arena);
    buffer_text(head, "\xef\xbb\xbf");
    write_cells(head, headers ? *headers : value_null(), "#problem");
    TRY(sink(cx, head->bytes, head->length, state));
    for (Rows rows = {.count = 1}; rows.count;) {
        Buffer *out = buffer_new(cx->arena);
        TRY(db_rows(cx, &rows, import_refusals_after, job, line));
        for (size_t i = 0; i < rows.count; i++) {
            const char *cells = row_text(&rows.items[i], "cells");
            Value list;
            TRY(json_parse(cx, cells, strlen(cells), &list));
            line = row_integer(&rows.items[i], "line");
            write_cells(out, list, row_text(&rows.items[i], "message"));
        }
        TRY(sink(cx, out->bytes, out->length, state));
    }
    return NULL;
}
