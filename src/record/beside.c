// SPDX-License-Identifier: Apache-2.0
#include "record/beside.h"

#include "db/database.h"
#include "record/comment.h"
#include "record/file.h"
#include "record/follow.h"
#include "record/row.h"

MIGRATION(record_0035_gone, 20,
          "CREATE TABLE record_gone (record BIGINT NOT NULL, entity TEXT NOT NULL,"
          " at BIGINT NOT NULL, PRIMARY KEY (record, entity));\n"
          "CREATE INDEX record_gone_at ON record_gone (at)");

QUERY(gone_put, "INSERT INTO record_gone (record, entity, at) VALUES ($1, $2, $3)"
                " ON CONFLICT (record, entity) DO UPDATE SET at = excluded.at");
QUERY(gone_since, "SELECT record, entity FROM record_gone WHERE at < $1 ORDER BY at LIMIT $2");
QUERY(gone_delete, "DELETE FROM record_gone WHERE record = $1 AND entity = $2");

FALLIBLE beside_deleted(Ctx *cx, const Record *record)
{
    return db_post(cx, gone_put, record->id, record->entity->name, cx->now);
}

FALLIBLE beside_forget_record(Ctx *cx, const char *entity, Id record)
{
    TRY(files_forget_record(cx, entity, record));
    TRY(comments_forget(cx, entity, record));
    return followers_forget(cx, entity, record);
}

FALLIBLE beside_forget(Ctx *cx, int limit, int *done)
{
    Rows rows;
    TRY(db_rows(cx, &rows, gone_since, cx->now - BESIDE_KEPT, limit));
    for (size_t i = 0; i < rows.count; i++) {
        const char *name = row_text(&rows.items[i], "entity");
        Id id = row_integer(&rows.items[i], "record");
        const Entity *entity = schema_entity(cx->schema, name);
        Record *back = NULL;
        if (entity)
            TRY(row_load(cx, entity, id, &back));
        if (!back)
            TRY(beside_forget_record(cx, name, id));
        TRY(db_run(cx, NULL, gone_delete, id, name));
    }
    *done = (int)rows.count;
    return NULL;
}
