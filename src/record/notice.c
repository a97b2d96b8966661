// SPDX-License-Identifier: Apache-2.0
#include "record/notice.h"

#include "base/ids.h"
#include "base/limits.h"
#include "db/database.h"
#include "record/comment.h"
#include "record/labels.h"

MIGRATION(
    record_0032_notice, 20,
    "CREATE TABLE notice (id BIGINT NOT NULL PRIMARY KEY, user_id BIGINT NOT NULL,"
    " kind TEXT NOT NULL, entity TEXT NOT NULL, record BIGINT NOT NULL, about BIGINT NOT NULL,"
    " actor BIGINT NOT NULL, read_at BIGINT);\n"
    "CREATE INDEX notice_of ON notice (user_id, id);\n"
    "CREATE INDEX notice_unread ON notice (user_id, record, kind) WHERE read_at IS NULL");

QUERY(notice_insert, "INSERT INTO notice (id, user_id, kind, entity, record, about, actor)"
                     " VALUES ($1, $2, $3, $4, $5, $6, $7)");
QUERY(notice_replace, "DELETE FROM notice WHERE user_id = $1 AND record = $2 AND kind = $3"
                      " AND entity = $4 AND read_at IS NULL");
QUERY(notices_page, "SELECT id, kind, entity, record, about, actor, read_at FROM notice"
                    " WHERE user_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3");
QUERY(notices_count, "SELECT COUNT(*) AS unread FROM (SELECT 1 FROM notice WHERE user_id = $1"
                     " AND read_at IS NULL LIMIT $2) AS few");
QUERY(notice_set_read, "UPDATE notice SET read_at = $3 WHERE id = $1 AND user_id = $2"
                       " AND read_at IS NULL");
QUERY(notices_set_read, "UPDATE notice SET read_at = $2 WHERE user_id = $1 AND read_at IS NULL");
QUERY(notices_old, "DELETE FROM notice WHERE id IN (SELECT id FROM notice WHERE id < $1"
                   " ORDER BY id LIMIT $2)");

static const char *const words[] = {"mention", "comment", "change", "reminder"};

FALLIBLE notice_give(Ctx *cx, const Notice *notice, Id user, bool *told)
{
    Actor *reader;
    const char *kind = words[notice->kind];
    *told = false;
    if (!user || (user == cx->actor->user && notice->kind != NOTICE_REMINDER))
        return NULL;
    Error *error = actor_load_id(cx, user, DOOR_API, &reader);
    if (error && error->code == ERR_NOT_FOUND)
        return NULL;
    TRY(error);
    TRY(record_visible(cx, reader, notice->entity, notice->record, told));
    if (!*told)
        return NULL;
    if (notice->kind == NOTICE_CHANGE)
        TRY(db_run(cx, NULL, notice_replace, user, notice->record, kind, notice->entity));
    return db_run(cx, NULL, notice_insert, id_new(cx), user, kind, notice->entity, notice->record,
                  notice->about, cx->actor->user);
}

// What the actor may not read any more is passed over.
static FALLIBLE notice_value(Ctx *cx, const Row *row, Value *out)
{
    Record *record;
    Value by;
    const char *text = NULL;
    Id id = row_integer(row, "id");
    *out = value_null();
    Error *error = record_get(cx, row_text(row, "entity"), row_integer(row, "record"), &record);
    if (error && error->code == ERR_NOT_FOUND)
        return NULL;
    TRY(error);
    TRY(person_value(cx, row_integer(row, "actor"), &by));
    if (row_integer(row, "about"))
        TRY(comment_text(cx, record, row_integer(row, "about"), &text));
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "id", value_text(id_text(cx->arena, id)));
    value_set(cx->arena, *out, "kind", value_text(row_text(row, "kind")));
    value_set(cx->arena, *out, "at", value_text(instant_text(cx->arena, id_instant(id))));
    value_set(cx->arena, *out, "read", value_boolean(row_cell(row, "read_at").kind != CELL_NULL));
    value_set(cx->arena, *out, "by", by);
    value_set(cx->arena, *out, "entity", value_text(record->entity->name));
    value_set(cx->arena, *out, "record", value_text(id_text(cx->arena, record->id)));
    value_set(cx->arena, *out, "label", value_text(record_label(record)));
    value_set(cx->arena, *out, "text", value_text(text));
    return NULL;
}

FALLIBLE notices_of_actor(Ctx *cx, Id before, int limit, Value *out)
{
    Rows rows;
    int64_t unread;
    size_t count = 0;
    TRY(db_rows(cx, &rows, notices_page, cx->actor->user, before ? before : INT64_MAX, limit));
    TRY(notices_unread(cx, &unread));
    Value *items = NEW_ARRAY(cx->arena, Value, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++) {
        TRY(notice_value(cx, &rows.items[i], &items[count]));
        count += items[count].kind != VALUE_NULL;
    }
    bool more = rows.count == (size_t)limit && rows.count;
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "items", value_list(items, count));
    value_set(cx->arena, *out, "unread", value_integer(unread));
    value_set(cx->arena, *out, "next",
              value_text(more ? id_text(cx->arena, row_integer(&rows.items[rows.count - 1], "id"))
                              : NULL));
    return NULL;
}

FALLIBLE notices_unread(Ctx *cx, int64_t *out)
{
    Row *row;
    TRY(db_row(cx, &row, notices_count, cx->actor->user, NOTICES_COUNTED));
    *out = row_integer(row, "unread");
    return NULL;
}

FALLIBLE notice_read(Ctx *cx, Id id)
{
    if (id)
        return db_run(cx, NULL, notice_set_read, id, cx->actor->user, cx->now);
    return db_run(cx, NULL, notices_set_read, cx->actor->user, cx->now);
}

FALLIBLE notices_forget(Ctx *cx, int limit, int *done)
{
    int64_t changed;
    TRY(db_run(cx, &changed, notices_old, id_first(cx->now - NOTICE_KEPT), limit));
    *done = (int)changed;
    return NULL;
}
