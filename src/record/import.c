// SPDX-License-Identifier: Apache-2.0
#include "record/import.h"

#include "base/ids.h"
#include "db/database.h"
#include "record/field.h"
#include "record/statements.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

// Rows that share one unit of work, and so one commit, as long as none of them is refused.
#define IMPORT_BATCH 200

typedef struct ImportRow {
    int line;
    const char **cells; // by column; NULL: empty
    // Of the unit that took it:
    Id record;
    const char *number;
    Error *error;
} ImportRow;

typedef struct Import {
    const ImportRequest *request;
    const Entity *entity;
    const Field **columns;
    size_t column_count;
    ImportRow rows[IMPORT_BATCH];
    size_t row_count;
    ImportTotals totals;
} Import;

static bool same_word(const char *a, const char *b)
{
    return a && b && strcasecmp(a, b) == 0;
}

static const Field *column_field(Ctx *cx, const Entity *entity, const char *header)
{
    const Field *field = entity_field(entity, header);
    for (size_t i = 0; i < entity->field_count && !field; i++)
        if (same_word(entity->fields[i].title.en, header) ||
            same_word(entity->fields[i].title.zh, header) ||
            same_word(entity->fields[i].name, header))
            field = &entity->fields[i];
    return field && field_readable(cx->actor, field) ? field : NULL;
}

static Error *unknown_column(Ctx *cx, const Import *import, const char *header, int line)
{
    Buffer *known = buffer_new(cx->arena);
    for (size_t i = 0; i < import->entity->field_count; i++) {
        const Field *field = &import->entity->fields[i];
        if (!field->system && !field->computed && field_readable(cx->actor, field))
            buffer_format(known, "%s%s", known->length ? ", " : "", field->name);
    }
    Error *error = FAIL(cx, ERR_INVALID, "'%s' has no field for the column '%.80s'",
                        import->entity->name, header);
    error->line = line;
    return error_hint(error_field(error, header), "Columns are: %s.", known->bytes);
}

static FALLIBLE read_header(Ctx *cx, Import *import, const CsvRow *row)
{
    import->columns = NEW_ARRAY(cx->arena, const Field *, row->count);
    import->column_count = row->count;
    for (size_t i = 0; i < row->count; i++) {
        const char *header = text_trim(cx->arena, row->fields[i].bytes);
        const Field *field = column_field(cx, import->entity, header);
        if (!field)
            return unknown_column(cx, import, header, row->line);
        if (field->system && !text_equal(field->name, "owner") &&
            !text_equal(field->name, "department"))
            return error_field(
                FAIL(cx, ERR_INVALID, "the column '%.80s' is written by the system alone", header),
                field->name);
        for (size_t other = 0; other < i; other++)
            if (import->columns[other] == field)
                return error_field(FAIL(cx, ERR_INVALID, "the column '%.80s' stands twice", header),
                                   field->name);
        import->columns[i] = field;
    }
    for (size_t i = 0; i < import->entity->field_count; i++) {
        const Field *field = &import->entity->fields[i];
        bool found = !field->required || field->default_value || field->computed;
        for (size_t c = 0; c < import->column_count && !found; c++)
            found = import->columns[c] == field;
        if (!found)
            return error_field(FAIL(cx, ERR_INVALID, "the column '%s' is missing", field->name),
                               field->name);
    }
    return NULL;
}

// 2026/1/5 and 2026-1-5, as spreadsheets write days; anything else is left to the field's own rule.
static Value day_of(Ctx *cx, const char *text)
{
    long parts[3] = {0};
    const char *at = text;
    for (int i = 0; i < 3; i++) {
        char *end;
        if (*at < '0' || *at > '9')
            return value_text(text);
        parts[i] = strtol(at, &end, 10);
        at = end;
        if (i < 2 && *at != '/' && *at != '-')
            return value_text(text);
        at += i < 2;
    }
    if (*at || parts[0] > 9999 || parts[1] > 12 || parts[2] > 31)
        return value_text(text);
    return value_text(text_format(cx->arena, "%04ld-%02ld-%02ld", parts[0], parts[1], parts[2]));
}

static Value choice_of(const Field *field, const char *text)
{
    for (size_t i = 0; i < field->choice_count; i++)
        if (same_word(field->choices[i].value, text) ||
            same_word(field->choices[i].title.en, text) ||
            same_word(field->choices[i].title.zh, text))
            return value_text(field->choices[i].value);
    return value_text(text);
}

static FALLIBLE reference_of(Ctx *cx, const Field *field, const char *text, Value *out)
{
    Id id = 0;
    if (field->target && field->target->key) {
        Error *error = record_key_find(cx, field->target, text, &id);
        if (error && !id_parse(text, &id))
            return error_field(error, field->name);
    } else if (!id_parse(text, &id)) {
        return error_field(
            FAIL(cx, ERR_INVALID, "'%s' needs the id of a %s", field->name, field->to),
            field->name);
    }
    *out = value_text(id_text(cx->arena, id));
    return NULL;
}

static FALLIBLE cell_value(Ctx *cx, const Field *field, const char *text, Value *out)
{
    switch (field->type) {
    case FIELD_REFERENCE:
        return reference_of(cx, field, text, out);
    case FIELD_CHOICE:
        *out = choice_of(field, text);
        return NULL;
    case FIELD_DATE:
        *out = day_of(cx, text);
        return NULL;
    default:
        *out = value_text(field_is_text(field) ? csv_plain(text) : text);
        return NULL;
    }
}

static FALLIBLE create_row(Ctx *cx, const Import *import, ImportRow *row)
{
    Value fields = value_context(cx->arena);
    for (size_t i = 0; i < import->column_count; i++) {
        Value value;
        if (!row->cells[i] || import->columns[i]->computed) // an export shows what is computed anew
            continue;
        TRY(cell_value(cx, import->columns[i], row->cells[i], &value));
        value_set(cx->arena, fields, import->columns[i]->name, value);
    }
    Record *record;
    TRY(record_create(cx, import->entity->name, fields, &record));
    row->record = record ? record->id : 0;
    row->number = record ? record_label(record) : NULL;
    return NULL;
}

typedef struct RowUnit {
    const Import *import;
    ImportRow *row;
    bool done;
} RowUnit;

#define ROLL_BACK "dry run"

static Error *row_unit(Ctx *cx, void *state)
{
    RowUnit *unit = state;
    unit->done = false;
    TRY(create_row(cx, unit->import, unit->row));
    unit->done = true;
    return unit->import->request->dry_run ? FAIL(cx, ERR_CONFLICT, ROLL_BACK) : NULL;
}

static Error *batch_unit(Ctx *cx, void *state)
{
    Import *import = state;
    for (size_t i = 0; i < import->row_count; i++)
        TRY(create_row(cx, import, &import->rows[i]));
    return NULL;
}

// Only what concerns the row is the row's: a database that is gone, or a fault of ours, stops all.
static bool concerns_row(const Error *error)
{
    return error->code != ERR_UNAVAILABLE && error->code != ERR_INTERNAL &&
           error->code != ERR_SIGNED_OUT;
}

static FALLIBLE run_single(Ctx *cx, struct Database *database, Import *import, ImportRow *row)
{
    RowUnit unit = {import, row, false};
    row->error = database_write(cx, database, row_unit, &unit);
    if (row->error && import->request->dry_run && unit.done) {
        row->error = NULL;
        row->record = 0;
    }
    return row->error && !concerns_row(row->error) ? row->error : NULL;
}

static FALLIBLE report_row(Ctx *cx, Import *import, const ImportRow *row)
{
    ImportLine line = {.line = row->line,
                       .number = row->error ? NULL : row->number,
                       .record = row->error ? 0 : row->record,
                       .error = row->error};
    import->totals.rows++;
    import->totals.taken += !row->error;
    import->totals.refused += row->error != NULL;
    const ImportRequest *request = import->request;
    return request->report ? request->report(cx, &line, request->report_state) : NULL;
}

static FALLIBLE run_batch(Ctx *cx, struct Database *database, Import *import)
{
    bool together = !import->request->dry_run && import->row_count > 1 &&
                    !database_write(cx, database, batch_unit, import);
    for (size_t i = 0; i < import->row_count; i++) {
        if (!together)
            TRY(run_single(cx, database, import, &import->rows[i]));
        TRY(report_row(cx, import, &import->rows[i]));
    }
    return NULL;
}

// Keeps a row's cells beyond the reader's next row. A row of another width is refused by itself.
static void keep_row(Ctx *cx, Import *import, const CsvRow *row)
{
    ImportRow *kept = &import->rows[import->row_count++];
    *kept = (ImportRow){.line = row->line,
                        .cells = NEW_ARRAY(cx->arena, const char *, import->column_count)};
    for (size_t i = 0; i < import->column_count && i < row->count; i++) {
        const char *cell = text_trim(cx->arena, row->fields[i].bytes);
        kept->cells[i] = *cell ? cell : NULL;
    }
}

static FALLIBLE refuse_width(Ctx *cx, Import *import, const CsvRow *row)
{
    ImportRow refused = {.line = row->line,
                         .error = FAIL(cx, ERR_INVALID, "the row has %zu columns, the header %zu",
                                       row->count, import->column_count)};
    refused.error->line = row->line;
    return report_row(cx, import, &refused);
}

static FALLIBLE run_rows(Ctx *cx, struct Database *database, Import *import, Csv *csv)
{
    for (bool more = true; more;) {
        ArenaMark mark = arena_mark(cx->arena);
        Error *broken = NULL;
        import->row_count = 0;
        while (import->row_count < IMPORT_BATCH) {
            const CsvRow *row = NULL;
            broken = csv_next(cx, csv, &row);
            more = !broken && row;
            if (!more)
                break;
            if (row->count != import->column_count) { // in its order among the others
                TRY(run_batch(cx, database, import));
                import->row_count = 0;
                TRY(refuse_width(cx, import, row));
                continue;
            }
            keep_row(cx, import, row);
        }
        TRY(run_batch(cx, database, import));
        TRY(broken);
        arena_rewind(cx->arena, mark);
    }
    return NULL;
}

static FALLIBLE check_right(Ctx *cx, const Entity *entity, Verb verb)
{
    if (reach_of(cx->actor, entity, verb) != REACH_NONE)
        return NULL;
    return error_hint(
        FAIL(cx, ERR_DENIED, "you may not %s records of '%s'", verb_word(verb), entity->name),
        "It needs the permission %s.%s.", entity->name, verb_word(verb));
}

FALLIBLE import_run(Ctx *cx, struct Database *database, const ImportRequest *request,
                    ImportTotals *totals)
{
    Import *import = NEW(cx->arena, Import);
    const CsvRow *header = NULL;
    Csv *csv;
    import->request = request;
    if (totals)
        *totals = import->totals;
    TRY(schema_find(cx, request->entity, &import->entity));
    TRY(check_right(cx, import->entity, VERB_IMPORT));
    TRY(check_right(cx, import->entity, VERB_CREATE));
    TRY(csv_open(cx, request->source, request->source_state, request->encoding, request->delimiter,
                 &csv));
    TRY(csv_next(cx, csv, &header));
    if (!header)
        return FAIL(cx, ERR_INVALID, "the file is empty");
    TRY(read_header(cx, import, header));
    Error *error = run_rows(cx, database, import, csv);
    if (totals)
        *totals = import->totals;
    return error;
}
