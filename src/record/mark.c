// SPDX-License-Identifier: Apache-2.0
#include "base/ids.h"
#include "db/db.h"
#include "record/list.h"
#include "record/view.h"

QUERY(mark_put, "INSERT INTO record_mark (user_id, kind, entity, record, at)"
                " VALUES ($1, $2, $3, $4, $5)"
                " ON CONFLICT (user_id, kind, entity, record) DO UPDATE SET at = excluded.at");
QUERY(mark_delete, "DELETE FROM record_mark WHERE user_id = $1 AND kind = $2 AND entity = $3"
                   " AND record = $4");
QUERY(marks_trim, "DELETE FROM record_mark WHERE user_id = $1 AND kind = $2 AND at <"
                  " (SELECT at FROM record_mark WHERE user_id = $1 AND kind = $2"
                  " ORDER BY at DESC LIMIT 1 OFFSET $3)");
QUERY(marks_of, "SELECT entity, record, at FROM record_mark WHERE user_id = $1 AND kind = $2"
                " ORDER BY at DESC LIMIT $3");

static const char *const words[] = {"favourite", "recent"};
static const int kept[] = {FAVOURITES, MARKS_KEPT};

FALLIBLE mark_set(Ctx *cx, MarkKind kind, const char *entity, Id id)
{
    Record *record;
    TRY(record_get(cx, entity, id, &record));
    TRY(db_run(cx, NULL, mark_put, cx->actor->user, words[kind], entity, id, cx->now));
    return db_run(cx, NULL, marks_trim, cx->actor->user, words[kind], kept[kind] - 1);
}

FALLIBLE mark_remove(Ctx *cx, MarkKind kind, const char *entity, Id id)
{
    return db_run(cx, NULL, mark_delete, cx->actor->user, words[kind], entity, id);
}

// The labels of those marked records of one entity that the actor may read, by id.
static FALLIBLE read_labels(Ctx *cx, const char *entity, const Rows *rows, Value labels)
{
    Value *ids = NEW_ARRAY(cx->arena, Value, rows->count);
    size_t count = 0;
    for (size_t i = 0; i < rows->count; i++)
        if (text_equal(row_text(&rows->items[i], "entity"), entity))
            ids[count++] = value_text(id_text(cx->arena, row_integer(&rows->items[i], "record")));
    ListFilter among = {"id", "in", value_list(ids, count)};
    const char *column = "id";
    ListRequest request = {.entity = entity,
                           .filters = &among,
                           .filter_count = 1,
                           .columns = &column,
                           .column_count = 1,
                           .limit = FAVOURITES};
    ListPage page;
    Error *error = list_read(cx, &request, &page);
    if (error && (error->code == ERR_DENIED || error->code == ERR_NOT_FOUND))
        return NULL; // not for this actor any more, as a whole
    TRY(error);
    for (size_t i = 0; i < page.count; i++)
        value_set(cx->arena, labels, id_text(cx->arena, page.records[i]->id),
                  value_text(record_label(page.records[i])));
    return NULL;
}

FALLIBLE marks_list(Ctx *cx, MarkKind kind, Value *out)
{
    Rows rows;
    Value labels = value_context(cx->arena);
    size_t count = 0;
    TRY(db_rows(cx, &rows, marks_of, cx->actor->user, words[kind], kept[kind]));
    for (size_t i = 0; i < rows.count; i++) {
        const char *entity = row_text(&rows.items[i], "entity");
        bool first = true;
        for (size_t before = 0; before < i && first; before++)
            first = !text_equal(row_text(&rows.items[before], "entity"), entity);
        if (first)
            TRY(read_labels(cx, entity, &rows, labels));
    }
    Value *items = NEW_ARRAY(cx->arena, Value, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++) {
        const Row *row = &rows.items[i];
        const char *id = id_text(cx->arena, row_integer(row, "record"));
        const char *label = value_get_text(labels, id);
        if (!label)
            continue;
        Value item = items[count++] = value_context(cx->arena);
        value_set(cx->arena, item, "entity", value_text(row_text(row, "entity")));
        value_set(cx->arena, item, "id", value_text(id));
        value_set(cx->arena, item, "label", value_text(label));
        value_set(cx->arena, item, "at",
                  value_text(instant_text(cx->arena, row_integer(row, "at"))));
    }
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "items", value_list(items, count));
    return NULL;
}
