// SPDX-License-Identifier: Apache-2.0
// A list as CSV: titles in the reader's language, references by key, so that it can be imported
// again.
#include "base/csv.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/limits.h"
#include "record/field.h"
#include "record/list_columns.h"

#include <string.h>

#define EXPORT_BLOCK 32768

typedef struct Export {
    const Field **fields;
    size_t count;
    ListSink sink;
    void *state;
    Buffer *block;
} Export;

// A reference is shown by the key of its record, which an import takes; without one by its label.
static const Field *shown_by(const Field *field)
{
    if (field->type != FIELD_REFERENCE || !field->target || field->position == 0)
        return NULL;
    return field->target->key ? field->target->key : field->target->label;
}

static FALLIBLE export_fields(Ctx *cx, const Entity *entity, const ListRequest *request,
                              Export *export)
{
    size_t room = request->column_count ? request->column_count : entity->field_count;
    export->fields = NEW_ARRAY(cx->arena, const Field *, room);
    for (size_t i = 0; i < request->column_count; i++)
        TRY(query_field(cx, entity, request->columns[i], &export->fields[export->count++]));
    for (size_t i = 0; i < entity->field_count && !request->column_count; i++)
        if (!entity->fields[i].system && field_readable(cx->actor, &entity->fields[i]))
            export->fields[export->count++] = &entity->fields[i];
    return NULL;
}

static char *export_columns(Ctx *cx, const Entity *entity, const Export *export)
{
    Buffer *sql = buffer_new(cx->arena);
    for (size_t i = 0; i < export->count; i++) {
        const Field *field = export->fields[i], *shown = shown_by(field);
        buffer_text(sql, i ? ", " : "");
        if (shown)
            buffer_format(sql,
                          "(SELECT led.\"%s\" FROM \"%s\" led WHERE led.\"id\" = \"%s\".\"%s\")"
                          " AS \"%s\"",
                          shown->name, field->target->name, entity->name, field->name, field->name);
        else
            buffer_format(sql, "\"%s\"", field->name);
    }
    return sql->bytes;
}

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

static FALLIBLE pour(Ctx *cx, Export *export)
{
    TRY(export->sink(cx, export->block->bytes, export->block->length, export->state));
    export->block->length = 0;
    return NULL;
}

static Error *export_row(Ctx *cx, const Row *row, void *state)
{
    Export *export = state;
    ArenaMark mark = arena_mark(cx->arena); // the block has an arena of its own
    for (size_t i = 0; i < export->count; i++) {
        const Field *field = export->fields[i], *shown = shown_by(field);
        const Field *form = shown ? shown : field;
        Value value;
        TRY(field_value(cx, form, row->cells[i], &value));
        if (i)
            buffer_byte(export->block, ',');
        bool text = form->type == FIELD_JSON || field_in_text_column(form);
        csv_write_field(export->block, value_as_text(cx, value), text);
    }
    buffer_text(export->block, "\r\n");
    arena_rewind(cx->arena, mark);
    return export->block->length >= EXPORT_BLOCK ? pour(cx, export) : NULL;
}

static void free_arena(void *handle)
{
    arena_free(handle);
}

FALLIBLE list_export_csv(Ctx *cx, const ListRequest *request, ListSink sink, void *state)
{
    const Entity *entity;
    SortKeys keys;
    Querying querying;
    Arena *arena = arena_new(LIMIT_UNIT_BYTES);
    arena_defer(cx->arena, free_arena, arena);
    Export export = {.sink = sink, .state = state, .block = buffer_new(arena)};
    TRY(schema_find(cx, request->entity, &entity));
    TRY(list_query(cx, entity, request, VERB_READ, &querying));
    TRY(query_reach(cx, &querying, VERB_EXPORT));
    TRY(sort_keys(cx, entity, request->sorts, request->sort_count, &keys));
    TRY(export_fields(cx, entity, request, &export));
    buffer_text(export.block, "\xef\xbb\xbf"); // spreadsheets know UTF-8 by it
    for (size_t i = 0; i < export.count; i++) {
        if (i)
            buffer_byte(export.block, ',');
        csv_write_field(export.block, title_in(cx, export.fields[i]->title), true);
    }
    buffer_text(export.block, "\r\n");
    const char *sql = text_format(cx->arena, "SELECT %s FROM \"%s\"%s ORDER BY %s",
                                  export_columns(cx, entity, &export), entity->name,
                                  query_where(cx, &querying), sort_order(cx, &keys));
    TRY(db_built_each(cx, sql, querying.cells, querying.count, export_row, &export));
    return pour(cx, &export);
}
