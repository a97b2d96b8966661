// SPDX-License-Identifier: Apache-2.0
// A list as CSV, XLSX or JSON Lines: references by key, so that it can be imported again.
#include "base/csv.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/xlsx.h"
#include "record/address.h"
#include "record/field.h"
#include "record/labels.h"
#include "record/list_columns.h"
#include "record/row.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXPORT_BLOCK 32768

typedef struct Export Export;

// What a format does with the titles, with each row's values, and at the end.
typedef struct ExportWriter {
    const char *word;
    const char *media;
    Error *(*head)(Ctx *cx, Export *export);
    Error *(*row)(Ctx *cx, Export *export, const Value *values);
    Error *(*end)(Ctx *cx, Export *export);
} ExportWriter;

struct Export {
    const ExportWriter *writer;
    const Entity *entity;
    ListPath *paths;
    size_t count;
    const Querying *probing; // each row is to be asked; NULL: the query says it all
    bool whole;              // behind the columns stands the whole record
    ListSink sink;
    void *state;
    Buffer *block;
    char *path; // of the workbook under way
    XlsxWriter *workbook;
};

// A reference is shown by the key of its record, which an import takes; without one by its label.
static const Field *shown_by(const ListPath *path)
{
    const Field *field = path->field;
    if (path->reference || field->type != FIELD_REFERENCE || !field->target || field->position == 0)
        return NULL;
    return field->target->key ? field->target->key : field->target->label;
}

static FALLIBLE export_fields(Ctx *cx, const ListRequest *request, Export *export)
{
    const Entity *entity = export->entity;
    size_t room = request->column_count ? request->column_count : entity->field_count;
    export->paths = NEW_ARRAY(cx->arena, ListPath, room);
    for (size_t i = 0; i < request->column_count; i++)
        TRY(list_path_read(cx, entity, request->columns[i], &export->paths[export->count++]));
    for (size_t i = 0; i < entity->field_count && !request->column_count; i++)
        if (!entity->fields[i].system && field_readable(cx->actor, &entity->fields[i]))
            export->paths[export->count++] =
                (ListPath){.name = entity->fields[i].name, .field = &entity->fields[i]};
    return NULL;
}

static FALLIBLE export_columns(Ctx *cx, const Export *export, Querying *querying, const char **out)
{
    Buffer *sql = buffer_new(cx->arena);
    for (size_t i = 0; i < export->count; i++) {
        const Field *field = export->paths[i].field, *shown = shown_by(&export->paths[i]);
        const char *path = NULL;
        buffer_text(sql, i ? ", " : "");
        if (export->paths[i].reference)
            TRY(list_path_sql(cx, querying, &export->paths[i], &path));
        if (path)
            buffer_text(sql, path);
        else if (shown)
            buffer_format(sql,
                          "(SELECT led.\"%s\" FROM \"%s\" led WHERE led.\"id\" = \"%s\".\"%s\")"
                          " AS \"%s\"",
                          shown->name, field->target->name, export->entity->name, field->name,
                          field->name);
        else
            buffer_format(sql, "%s\"%s\"", field->live ? "NULL AS " : "", field->name);
    }
    *out = sql->bytes;
    return NULL;
}

// "Account: City" for what a reference leads to.
static const char *title_of(Ctx *cx, const ListPath *path)
{
    const char *title = title_in(cx, path->field->title);
    return path->reference
               ? text_format(cx->arena, "%s: %s", title_in(cx, path->reference->title), title)
               : title;
}

static FALLIBLE pour(Ctx *cx, Export *export)
{
    TRY(export->sink(cx, export->block->bytes, export->block->length, export->state));
    export->block->length = 0;
    return NULL;
}

static const Field *form_of(const Export *export, size_t column)
{
    const Field *shown = shown_by(&export->paths[column]);
    return shown ? shown : export->paths[column].field;
}

// Several stand in one cell, as imports read them.
static Value cell_value(Ctx *cx, const Export *export, size_t column, Value value)
{
    FieldType type = form_of(export, column)->type;
    if (type == FIELD_ADDRESS && value.kind == VALUE_CONTEXT)
        return value_text(address_text(cx, value));
    bool several = type == FIELD_MULTI_CHOICE || type == FIELD_MULTI_REFERENCE;
    return several && value.kind == VALUE_LIST ? value_text(field_words_text(cx, value)) : value;
}

// A list of references is shown as one is, by keys or labels.
static FALLIBLE show_references(Ctx *cx, const Export *export, size_t column, Value *value)
{
    const Field *field = form_of(export, column);
    if (field->type != FIELD_MULTI_REFERENCE || value->kind != VALUE_LIST || !field->target)
        return NULL;
    return labels_replace(cx, field->target->key ? field->target->key : field->target->label,
                          *value);
}

// ---- CSV

static const char *value_as_text(Ctx *cx, Value value)
{
    if (value.kind == VALUE_NULL)
        return "";
    if (value.kind == VALUE_TEXT)
        return value.text.bytes;
    const char *json = json_text(cx->arena, value);
    size_t length = strlen(json);
    return *json == '"' ? text_slice(cx->arena, json + 1, length - 2) : json;
}

static Error *csv_head(Ctx *cx, Export *export)
{
    buffer_text(export->block, "\xef\xbb\xbf"); // spreadsheets know UTF-8 by it
    for (size_t i = 0; i < export->count; i++) {
        if (i)
            buffer_byte(export->block, ',');
        csv_write_field(export->block, title_of(cx, &export->paths[i]), true);
    }
    buffer_text(export->block, "\r\n");
    return NULL;
}

static Error *csv_row(Ctx *cx, Export *export, const Value *values)
{
    for (size_t i = 0; i < export->count; i++) {
        const Field *form = form_of(export, i);
        bool text = form->type == FIELD_JSON || field_in_text_column(form);
        if (i)
            buffer_byte(export->block, ',');
        csv_write_field(export->block, value_as_text(cx, cell_value(cx, export, i, values[i])),
                        text);
    }
    buffer_text(export->block, "\r\n");
    return NULL;
}

// ---- JSON Lines: names, not titles, and no marks against formulas

static Error *objects_head(Ctx *cx, Export *export)
{
    (void)cx, (void)export;
    return NULL;
}

static Error *objects_row(Ctx *cx, Export *export, const Value *values)
{
    (void)cx;
    for (size_t i = 0; i < export->count; i++) {
        buffer_byte(export->block, i ? ',' : '{');
        json_write_text(export->block, export->paths[i].name);
        buffer_byte(export->block, ':');
        json_write(export->block, values[i]);
    }
    buffer_text(export->block, "}\n");
    return NULL;
}

// ---- XLSX: written to a file first, for an archive ends with its list of contents

static void remove_workbook(void *handle)
{
    unlink(handle);
}

static Error *workbook_head(Ctx *cx, Export *export)
{
    const char *temporary = getenv("TMPDIR");
    export->path = text_format(cx->arena, "%s/millrace-export-XXXXXX",
                               temporary && *temporary ? temporary : "/tmp");
    int file = mkostemp(export->path, O_CLOEXEC);
    if (file < 0)
        return FAIL(cx, ERR_UNAVAILABLE, "the export cannot be written: %s", strerror(errno));
    close(file);
    arena_defer(cx->arena, remove_workbook, export->path);
    TRY(xlsx_create(cx, export->path, &export->workbook));
    TRY(xlsx_add_sheet(cx, export->workbook, title_in(cx, export->entity->plural)));
    Value *titles = NEW_ARRAY(cx->arena, Value, export->count);
    for (size_t i = 0; i < export->count; i++)
        titles[i] = value_text(title_of(cx, &export->paths[i]));
    return xlsx_write(cx, export->workbook, titles, export->count, true);
}

static Error *workbook_row(Ctx *cx, Export *export, const Value *values)
{
    Value *cells = NEW_ARRAY(cx->arena, Value, export->count);
    for (size_t i = 0; i < export->count; i++)
        cells[i] = cell_value(cx, export, i, values[i]);
    return xlsx_write(cx, export->workbook, cells, export->count, false);
}

static FALLIBLE pour_file(Ctx *cx, Export *export, FILE *file)
{
    char *chunk = arena_alloc(cx->arena, EXPORT_BLOCK);
    size_t got;
    while ((got = fread(chunk, 1, EXPORT_BLOCK, file)))
        TRY(export->sink(cx, chunk, got, export->state));
    return ferror(file) ? FAIL(cx, ERR_UNAVAILABLE, "the file cannot be read to its end") : NULL;
}

static Error *workbook_end(Ctx *cx, Export *export)
{
    TRY(xlsx_finish(cx, export->workbook));
    FILE *file = fopen(export->path, "rbe");
    if (!file)
        return FAIL(cx, ERR_UNAVAILABLE, "the export cannot be written: %s", strerror(errno));
    Error *error = pour_file(cx, export, file);
    fclose(file);
    return error;
}

static const ExportWriter writers[] = {
    [EXPORT_CSV] = {"csv", "text/csv; charset=utf-8", csv_head, csv_row, pour},
    [EXPORT_XLSX] = {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                     workbook_head, workbook_row, workbook_end},
    [EXPORT_JSON_LINES] = {"jsonl", "application/x-ndjson", objects_head, objects_row, pour},
};

FALLIBLE export_format_read(Ctx *cx, const char *word, ExportFormat *out)
{
    for (size_t i = 0; i < sizeof writers / sizeof *writers; i++)
        if (!word || text_equal(writers[i].word, word)) {
            *out = (ExportFormat)i;
            return NULL;
        }
    return error_field(FAIL(cx, ERR_INVALID, "the format is csv, xlsx or jsonl"), "format");
}

const char *export_format_word(ExportFormat format)
{
    return writers[format].word;
}

const char *export_format_media(ExportFormat format)
{
    return writers[format].media;
}

static Error *export_row(Ctx *cx, const Row *row, void *state)
{
    Export *export = state;
    ArenaMark mark = arena_mark(cx->arena); // the block has an arena of its own
    bool keeps = true;
    if (export->probing)
        TRY(query_probe(cx, export->probing, row->cells + export->count, &keeps));
    if (!keeps) {
        arena_rewind(cx->arena, mark);
        return NULL;
    }
    Value *values = NEW_ARRAY(cx->arena, Value, export->count);
    Record *record = NULL;
    Row behind = {.cells = row->cells + export->count};
    if (export->whole)
        TRY(row_record(cx, export->entity, &behind, NULL, 0, &record));
    for (size_t i = 0; i < export->count; i++) {
        if (export->paths[i].field->live) {
            values[i] = *row_at(record, export->paths[i].field);
            continue;
        }
        TRY(field_value(cx, form_of(export, i), row->cells[i], &values[i]));
        TRY(show_references(cx, export, i, &values[i]));
    }
    TRY(export->writer->row(cx, export, values));
    arena_rewind(cx->arena, mark);
    return export->block->length >= EXPORT_BLOCK ? pour(cx, export) : NULL;
}

FALLIBLE list_export(Ctx *cx, const ListRequest *request, ExportFormat format, ListSink sink,
                     void *state)
{
    SortKeys keys;
    Querying querying;
    Arena *arena = arena_new(LIMIT_UNIT_BYTES);
    arena_defer_free(cx->arena, arena);
    Export export = {
        .writer = &writers[format], .sink = sink, .state = state, .block = buffer_new(arena)};
    TRY(schema_find(cx, request->entity, &export.entity));
    TRY(list_query(cx, export.entity, request, VERB_READ, &querying));
    TRY(query_reach(cx, &querying, VERB_EXPORT));
    TRY(sort_keys(cx, export.entity, request->sorts, request->sort_count, &keys));
    TRY(export_fields(cx, request, &export));
    TRY(export.writer->head(cx, &export));
    if (!query_is_exact(&querying))
        export.probing = &querying;
    export.whole = export.probing != NULL;
    for (size_t i = 0; i < export.count; i++)
        export.whole = export.whole || export.paths[i].field->live;
    const char *columns;
    TRY(export_columns(cx, &export, &querying, &columns));
    const char *sql = text_format(
        cx->arena, "SELECT %s%s%s FROM \"%s\"%s ORDER BY %s", columns, export.whole ? ", " : "",
        export.whole ? query_probe_columns(cx, &querying) : "", export.entity->name,
        query_where(cx, &querying), sort_order(cx, &keys));
    TRY(db_built_each(cx, sql, querying.cells, querying.count, export_row, &export));
    return export.writer->end(cx, &export);
}
