// SPDX-License-Identifier: Apache-2.0
#include "record/import_rows.h"

#include "base/json.h"
#include "base/value.h"
#include "base/xlsx.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define HEAD_BYTES 512

// What a file begins with, given again before the rest.
typedef struct Headed {
    CsvSource source;
    void *state;
    char head[HEAD_BYTES];
    size_t length, at;
} Headed;

// JSON Lines.
typedef struct Objects {
    char *bytes; // CSV_ROW_BYTES: the line at hand, and what was read behind it
    size_t length, at;
    bool ended;
    int line;
    Value first; // its keys are the header
    const char **keys;
    size_t key_count;
    Text *fields;
} Objects;

struct ImportRows {
    Headed headed;
    Csv *csv; // one of the three
    Xlsx *xlsx;
    Objects *objects;
    CsvRow row;
};

static Error *read_headed(Ctx *cx, char *bytes, size_t room, size_t *got, void *state)
{
    Headed *headed = state;
    size_t left = headed->length - headed->at;
    if (!left)
        return headed->source(cx, bytes, room, got, headed->state);
    *got = left < room ? left : room;
    memcpy(bytes, headed->head + headed->at, *got);
    headed->at += *got;
    return NULL;
}

static FALLIBLE read_head(Ctx *cx, Headed *headed)
{
    for (size_t got = 1; got && headed->length < HEAD_BYTES; headed->length += got)
        TRY(headed->source(cx, headed->head + headed->length, HEAD_BYTES - headed->length, &got,
                           headed->state));
    return NULL;
}

static Error *read_file(Ctx *cx, char *bytes, size_t room, size_t *got, void *state)
{
    *got = fread(bytes, 1, room, state);
    if (!*got && ferror((FILE *)state))
        return FAIL(cx, ERR_UNAVAILABLE, "the file cannot be read to its end");
    return NULL;
}

static void close_file(void *handle)
{
    fclose(handle);
}

// ---- JSON Lines

static const char *cell_text_of(Ctx *cx, Value value)
{
    if (value.kind == VALUE_NULL)
        return "";
    return value.kind == VALUE_TEXT ? value.text.bytes : json_text(cx->arena, value);
}

static FALLIBLE fill_objects(Ctx *cx, ImportRows *rows)
{
    Objects *objects = rows->objects;
    memmove(objects->bytes, objects->bytes + objects->at, objects->length - objects->at);
    objects->length -= objects->at;
    objects->at = 0;
    size_t got = 0;
    if (objects->length == CSV_ROW_BYTES)
        return error_at(FAIL(cx, ERR_INVALID, "the row is too long"), objects->line + 1, 1);
    TRY(read_headed(cx, objects->bytes + objects->length, CSV_ROW_BYTES - objects->length, &got,
                    &rows->headed));
    objects->length += got;
    objects->ended = !got;
    return NULL;
}

// The next line that is not empty: *line = NULL at the end.
static FALLIBLE next_line(Ctx *cx, ImportRows *rows, const char **line, size_t *length)
{
    Objects *objects = rows->objects;
    for (;;) {
        char *from = objects->bytes + objects->at;
        size_t left = objects->length - objects->at;
        char *end = memchr(from, '\n', left);
        if (!end && !objects->ended) {
            TRY(fill_objects(cx, rows));
            continue;
        }
        *line = left ? from : NULL;
        *length = end ? (size_t)(end - from) : left;
        if (!left)
            return NULL;
        objects->at += *length + (end != NULL);
        objects->line++;
        if (*length && from[*length - 1] == '\r')
            --*length;
        if (*length)
            return NULL;
    }
}

static FALLIBLE next_object(Ctx *cx, ImportRows *rows, Value *out)
{
    const char *line;
    size_t length;
    *out = value_null();
    TRY(next_line(cx, rows, &line, &length));
    if (!line)
        return NULL;
    Error *error = json_parse(cx, line, length, out);
    if (!error && out->kind != VALUE_CONTEXT)
        error = FAIL(cx, ERR_INVALID, "the line is not a JSON object");
    if (error)
        error->line = rows->objects->line;
    return error;
}

static FALLIBLE open_objects(Ctx *cx, ImportRows *rows)
{
    Objects *objects = rows->objects = NEW(cx->arena, Objects);
    objects->bytes = arena_alloc(cx->arena, CSV_ROW_BYTES);
    TRY(next_object(cx, rows, &objects->first));
    if (objects->first.kind == VALUE_NULL)
        return NULL;
    size_t count = objects->first.context->count;
    if (count > CSV_COLUMNS)
        return error_at(FAIL(cx, ERR_INVALID, "the row has too many columns"), objects->line, 1);
    objects->keys = NEW_ARRAY(cx->arena, const char *, count + 1);
    objects->fields = NEW_ARRAY(cx->arena, Text, count + 1);
    for (size_t i = 0; i < count; i++) {
        const char *key = objects->first.context->entries[i].key;
        objects->keys[i] = key;
        objects->fields[i] = (Text){key, strlen(key)};
    }
    objects->key_count = count;
    return NULL;
}

static void set_object_row(Ctx *cx, ImportRows *rows, Value object)
{
    Objects *objects = rows->objects;
    size_t known = 0;
    for (size_t i = 0; i < objects->key_count; i++) {
        const Value *value = value_get(object, objects->keys[i]);
        const char *text = value ? cell_text_of(cx, *value) : "";
        known += value != NULL;
        objects->fields[i] = (Text){text, strlen(text)};
    }
    objects->fields[objects->key_count] = (Text){"", 0};
    bool wide = known < object.context->count;
    rows->row = (CsvRow){objects->fields, objects->key_count + wide, objects->line};
}

static FALLIBLE next_objects(Ctx *cx, ImportRows *rows, const CsvRow **row)
{
    Objects *objects = rows->objects;
    *row = NULL;
    if (!objects->keys)
        return NULL;
    if (!rows->row.fields) { // the header, on no line of its own
        rows->row = (CsvRow){objects->fields, objects->key_count, 0};
        *row = &rows->row;
        return NULL;
    }
    Value object = objects->first;
    objects->first = value_null();
    if (object.kind == VALUE_NULL)
        TRY(next_object(cx, rows, &object));
    if (object.kind == VALUE_NULL)
        return NULL;
    set_object_row(cx, rows, object);
    *row = &rows->row;
    return NULL;
}

// ---- All formats

static bool looks_like_objects(const Headed *headed)
{
    size_t at = headed->length >= 3 && memcmp(headed->head, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    return at < headed->length && headed->head[at] == '{';
}

FALLIBLE import_rows_open(Ctx *cx, const ImportFile *file, ImportRows **out)
{
    ImportRows *rows = NEW(cx->arena, ImportRows);
    rows->headed = (Headed){.source = file->source, .state = file->source_state};
    if (file->path) {
        FILE *opened = fopen(file->path, "rbe");
        if (!opened)
            return FAIL(cx, ERR_NOT_FOUND, "cannot read %s: %s", file->path, strerror(errno));
        arena_defer(cx->arena, close_file, opened);
        rows->headed.source = read_file;
        rows->headed.state = opened;
    }
    TRY(read_head(cx, &rows->headed));
    if (xlsx_looks_like(rows->headed.head, rows->headed.length)) {
        if (!file->path)
            return error_hint(FAIL(cx, ERR_INVALID, "a workbook cannot be read as a stream"),
                              "Give it as a file.");
        TRY(xlsx_open(cx, file->path, file->sheet, &rows->xlsx));
    } else if (looks_like_objects(&rows->headed)) {
        rows->headed.at = rows->headed.head[0] == '{' ? 0 : 3;
        TRY(open_objects(cx, rows));
    } else {
        TRY(csv_open(cx, read_headed, &rows->headed, file->encoding, file->delimiter, &rows->csv));
    }
    *out = rows;
    return NULL;
}

FALLIBLE import_rows_next(Ctx *cx, ImportRows *rows, const CsvRow **row)
{
    if (rows->csv)
        return csv_next(cx, rows->csv, row);
    if (rows->xlsx)
        return xlsx_next(cx, rows->xlsx, row);
    return next_objects(cx, rows, row);
}

const char *import_rows_format(const ImportRows *rows)
{
    return rows->csv ? "csv" : rows->xlsx ? "xlsx" : "jsonl";
}

const char *import_rows_encoding(const ImportRows *rows)
{
    return rows->csv ? csv_encoding(rows->csv) : NULL;
}

char import_rows_delimiter(const ImportRows *rows)
{
    return rows->csv ? csv_delimiter(rows->csv) : '\0';
}

const char *import_rows_sheet(const ImportRows *rows, size_t *count)
{
    *count = rows->xlsx ? xlsx_sheet_count(rows->xlsx) : 0;
    return rows->xlsx ? xlsx_sheet(rows->xlsx) : NULL;
}

const char *import_rows_sheet_name(const ImportRows *rows, size_t index)
{
    return xlsx_sheet_name(rows->xlsx, index);
}
