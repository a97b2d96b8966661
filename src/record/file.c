// SPDX-License-Identifier: Apache-2.0
#include "record/file.h"

#include "base/ids.h"
#include "base/limits.h"
#include "db/database.h"
#include "record/audit.h"
#include "record/labels.h"
#include "record/rights.h"
#include "record/row.h"

#include <string.h>

MIGRATION(record_0031_file, 20,
          "CREATE TABLE record_file (id BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL,"
          " content TEXT NOT NULL, type TEXT NOT NULL, size BIGINT NOT NULL, entity TEXT,"
          " record BIGINT, field TEXT, created_by BIGINT NOT NULL, gone_at BIGINT);\n"
          "CREATE INDEX record_file_of ON record_file (record, entity, id)"
          " WHERE record IS NOT NULL;\n"
          "CREATE INDEX record_file_loose ON record_file (id) WHERE record IS NULL;\n"
          "CREATE INDEX record_file_gone ON record_file (gone_at) WHERE gone_at IS NOT NULL");

#define FILE_COLUMNS "id, name, content, type, size, entity, record, field, created_by"

QUERY(file_insert, "INSERT INTO record_file (id, name, content, type, size, entity, record, field,"
                   " created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, $8)");
QUERY(file_by_id, "SELECT " FILE_COLUMNS ", gone_at FROM record_file WHERE id = $1");
QUERY(files_attached, "SELECT " FILE_COLUMNS " FROM record_file WHERE record = $1 AND entity = $2"
                      " AND id < $3 AND field IS NULL AND gone_at IS NULL ORDER BY id DESC"
                      " LIMIT $4");
QUERY(file_set_name, "UPDATE record_file SET name = $2 WHERE id = $1");
QUERY(file_set_gone, "UPDATE record_file SET gone_at = $2 WHERE id = $1");
QUERY(file_set_place, "UPDATE record_file SET entity = $2, record = $3, field = $4, gone_at = NULL"
                      " WHERE id = $1");
QUERY(files_loose, "SELECT id, content FROM record_file WHERE record IS NULL AND id < $1"
                   " ORDER BY id LIMIT $2");
QUERY(files_gone, "SELECT id, content FROM record_file WHERE gone_at IS NOT NULL AND gone_at < $1"
                  " ORDER BY gone_at LIMIT $2");
QUERY(files_all_of, "SELECT id, content FROM record_file WHERE record = $1 AND entity = $2"
                    " AND record IS NOT NULL");
QUERY(file_delete, "DELETE FROM record_file WHERE id = $1");

static Error *no_file(Ctx *cx)
{
    return FAIL(cx, ERR_NOT_FOUND, "there is no such file");
}

static File file_of(const Row *row)
{
    Id id = row_integer(row, "id");
    return (File){.id = id,
                  .name = row_text(row, "name"),
                  .content = {.hash = row_text(row, "content"),
                              .type = row_text(row, "type"),
                              .size = row_integer(row, "size")},
                  .entity = row_text(row, "entity"),
                  .record = row_integer(row, "record"),
                  .field = row_text(row, "field"),
                  .created_by = row_integer(row, "created_by"),
                  .created_at = id_instant(id)};
}

FALLIBLE file_value(Ctx *cx, const File *file, Value *out)
{
    Value by;
    TRY(person_value(cx, file->created_by, &by));
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "id", value_text(id_text(cx->arena, file->id)));
    value_set(cx->arena, *out, "name", value_text(file->name));
    value_set(cx->arena, *out, "type", value_text(file->content.type));
    value_set(cx->arena, *out, "size", value_integer(file->content.size));
    value_set(cx->arena, *out, "by", by);
    value_set(cx->arena, *out, "at", value_text(instant_text(cx->arena, file->created_at)));
    return NULL;
}

FALLIBLE file_name_check(Ctx *cx, const char *name)
{
    size_t length = name ? strlen(name) : 0;
    bool fits = length && utf8_length(name, length) <= FILE_NAME_LENGTH && !strchr(name, '/') &&
                !strchr(name, '\\') && !text_equal(name, ".") && !text_equal(name, "..");
    for (size_t i = 0; fits && i < length; i++)
        fits = (unsigned char)name[i] >= 0x20 && name[i] != 0x7f;
    return fits ? NULL
                : error_field(FAIL(cx, ERR_INVALID,
                                   "a file's name has 1 to %d characters, without slashes and "
                                   "control characters",
                                   FILE_NAME_LENGTH),
                              "name");
}

// ---- attached -------------------------------------------------------------------------------

// The complete record, which the actor may read; whether the actor may edit it.
static FALLIBLE find(Ctx *cx, const char *entity, Id id, Record **out, bool *may_edit)
{
    Record *readable;
    TRY(record_get(cx, entity, id, &readable));
    TRY(row_load(cx, readable->entity, id, out));
    return rights_cover(cx, *out, VERB_EDIT, value_null(), may_edit);
}

static FALLIBLE find_to_edit(Ctx *cx, const char *entity, Id id, Record **out)
{
    bool may_edit = false;
    TRY(find(cx, entity, id, out, &may_edit));
    return may_edit ? NULL
                    : error_hint(FAIL(cx, ERR_DENIED, "you may not change this record's files"),
                                 "It needs the right to edit the record.");
}

FALLIBLE file_attach_admit(Ctx *cx, const char *entity, Id record)
{
    Record *found;
    return find_to_edit(cx, entity, record, &found);
}

static FALLIBLE insert(Ctx *cx, const char *name, const Content *content, const Record *record,
                       Value *out)
{
    File file = {
        .id = id_new(cx), .name = name, .content = *content, .created_by = cx->actor->user};
    file.created_at = id_instant(file.id);
    TRY(file_name_check(cx, name));
    TRY(content_hold(cx, content->hash));
    TRY(db_run(cx, NULL, file_insert, file.id, name, content->hash, content->type, content->size,
               record ? record->entity->name : NULL,
               record ? cell_integer(record->id) : cell_null(), file.created_by));
    return file_value(cx, &file, out);
}

FALLIBLE file_upload(Ctx *cx, const char *name, const Content *content, Value *out)
{
    return insert(cx, name, content, NULL, out);
}

FALLIBLE file_attach(Ctx *cx, const char *entity, Id id, const char *name, const Content *content,
                     Value *out)
{
    Record *record;
    TRY(find_to_edit(cx, entity, id, &record));
    TRY(insert(cx, name, content, record, out));
    return audit_event(cx, record, "attach", value_null(), *out);
}

FALLIBLE files_before(Ctx *cx, const Record *record, Id before, int limit, Value **out,
                      size_t *count)
{
    Rows rows;
    TRY(db_rows(cx, &rows, files_attached, record->id, record->entity->name, before, limit));
    Value *items = NEW_ARRAY(cx->arena, Value, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++) {
        File file = file_of(&rows.items[i]);
        TRY(file_value(cx, &file, &items[i]));
    }
    *out = items;
    *count = rows.count;
    return NULL;
}

FALLIBLE files_of_record(Ctx *cx, const char *entity, Id id, Value *out)
{
    Record *record;
    Value *items;
    size_t count;
    bool may_edit = false;
    TRY(find(cx, entity, id, &record, &may_edit));
    TRY(files_before(cx, record, INT64_MAX, FILES_SHOWN, &items, &count));
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "items", value_list(items, count));
    value_set(cx->arena, *out, "may_attach", value_boolean(may_edit));
    return NULL;
}

static FALLIBLE find_attached(Ctx *cx, Id id, File *out, Record **record)
{
    TRY(file_get(cx, id, out));
    if (!out->record || out->field)
        return error_hint(FAIL(cx, ERR_CONFLICT, "this file is the value of a field"),
                          "Change the field.");
    return find_to_edit(cx, out->entity, out->record, record);
}

FALLIBLE file_rename(Ctx *cx, Id id, const char *name, Value *out)
{
    File file;
    Record *record;
    Value before;
    TRY(file_name_check(cx, name));
    TRY(find_attached(cx, id, &file, &record));
    TRY(file_value(cx, &file, &before));
    TRY(db_run(cx, NULL, file_set_name, id, name));
    file.name = name;
    TRY(file_value(cx, &file, out));
    return audit_event(cx, record, "rename", before, *out);
}

FALLIBLE file_remove(Ctx *cx, Id id)
{
    File file;
    Record *record;
    Value before;
    TRY(find_attached(cx, id, &file, &record));
    TRY(file_value(cx, &file, &before));
    TRY(db_run(cx, NULL, file_set_gone, id, cx->now));
    return audit_event(cx, record, "detach", before, value_null());
}

// ---- read -----------------------------------------------------------------------------------

static FALLIBLE is_readable(Ctx *cx, const File *file, bool *out)
{
    Record *record;
    const Field *field = NULL;
    *out = !file->record && file->created_by && file->created_by == cx->actor->user;
    if (!file->record)
        return NULL;
    Error *error = record_get(cx, file->entity, file->record, &record);
    if (error && error->code == ERR_NOT_FOUND)
        return NULL;
    TRY(error);
    if (file->field)
        field = entity_field(record->entity, file->field);
    *out = !file->field || (field && field_readable(cx->actor, field));
    return NULL;
}

FALLIBLE file_get(Ctx *cx, Id id, File *out)
{
    Row *row;
    bool readable = false;
    TRY(db_row(cx, &row, file_by_id, id));
    if (!row || row_cell(row, "gone_at").kind != CELL_NULL)
        return no_file(cx);
    File file = file_of(row);
    TRY(is_readable(cx, &file, &readable));
    if (!readable)
        return no_file(cx);
    *out = file;
    return NULL;
}

// ---- of fields ------------------------------------------------------------------------------

static bool is_of(const File *file, const Record *record, const Field *field)
{
    return file->record == record->id && text_equal(file->entity, record->entity->name) &&
           text_equal(file->field, field->name);
}

FALLIBLE file_take(Ctx *cx, const Record *record, const Field *field, Id id)
{
    Row *row;
    TRY(db_row(cx, &row, file_by_id, id));
    File file = row ? file_of(row) : (File){0};
    bool own = row && !file.record && file.created_by == cx->actor->user;
    if (!row || (!own && !is_of(&file, record, field)))
        return error_field(
            error_hint(FAIL(cx, ERR_INVALID, "there is no such file to take"), "Upload it first."),
            field->name);
    return db_run(cx, NULL, file_set_place, id, record->entity->name, record->id, field->name);
}

FALLIBLE file_let_go(Ctx *cx, const Record *record, const Field *field, Id id)
{
    Row *row;
    TRY(db_row(cx, &row, file_by_id, id));
    File file = row ? file_of(row) : (File){0};
    if (!row || !is_of(&file, record, field))
        return NULL;
    return db_run(cx, NULL, file_set_gone, id, cx->now);
}

// ---- forgotten ------------------------------------------------------------------------------

static FALLIBLE forget_rows(Ctx *cx, const Rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        TRY(content_release(cx, row_text(&rows->items[i], "content")));
        TRY(db_run(cx, NULL, file_delete, row_integer(&rows->items[i], "id")));
    }
    return NULL;
}

FALLIBLE files_forget(Ctx *cx, int limit, int *done)
{
    Rows loose, gone;
    TRY(db_rows(cx, &loose, files_loose, id_first(cx->now - FILE_KEPT_LOOSE), limit));
    TRY(forget_rows(cx, &loose));
    TRY(db_rows(cx, &gone, files_gone, cx->now - FILE_KEPT_GONE, limit));
    TRY(forget_rows(cx, &gone));
    *done = (int)(loose.count > gone.count ? loose.count : gone.count);
    return NULL;
}

FALLIBLE files_forget_record(Ctx *cx, const char *entity, Id record)
{
    Rows rows;
    TRY(db_rows(cx, &rows, files_all_of, record, entity));
    return forget_rows(cx, &rows);
}
