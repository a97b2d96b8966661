// SPDX-License-Identifier: Apache-2.0
#include "record/bulk.h"

#include "base/ids.h"
#include "base/limits.h"
#include "db/database.h"
#include "record/audit.h"
#include "record/restore.h"

#define DELETED 0 // stands for the version of a record that the bulk deleted

MIGRATION(record_0013_bulk, 20,
          "CREATE TABLE bulk_change (id BIGINT NOT NULL PRIMARY KEY, entity TEXT NOT NULL,"
          " actor BIGINT NOT NULL, at BIGINT NOT NULL);\n"
          "CREATE TABLE bulk_row (bulk BIGINT NOT NULL, record BIGINT NOT NULL,"
          " at BIGINT NOT NULL, version BIGINT NOT NULL, PRIMARY KEY (bulk, record))");

QUERY(bulk_insert, "INSERT INTO bulk_change (id, entity, actor, at) VALUES ($1, $2, $3, $4)");
QUERY(bulk_of_actor, "SELECT id FROM bulk_change WHERE id = $1 AND entity = $2 AND actor = $3");
QUERY(bulk_row_insert, "INSERT INTO bulk_row (bulk, record, at, version) VALUES ($1, $2, $3, $4)"
                       " ON CONFLICT (bulk, record) DO UPDATE SET version = excluded.version");
QUERY(bulk_rows, "SELECT record FROM bulk_row WHERE bulk = $1 ORDER BY record LIMIT $2");
QUERY(bulk_row_get, "SELECT at, version FROM bulk_row WHERE bulk = $1 AND record = $2");
QUERY(bulk_record_since, "SELECT at FROM audit WHERE record = $1 AND at > $2 AND entity = $3"
                         " LIMIT 1");
QUERY(bulk_row_delete, "DELETE FROM bulk_row WHERE bulk = $1 AND record = $2");

FALLIBLE bulk_open(Ctx *cx, const char *entity, Id *bulk)
{
    *bulk = id_new(cx);
    return db_run(cx, NULL, bulk_insert, *bulk, entity, cx->actor->user, cx->now);
}

FALLIBLE bulk_change(Ctx *cx, Id bulk, const char *entity, Id id, Value fields, const char *reason)
{
    Record *before, *after;
    TRY(record_get(cx, entity, id, &before));
    GateRequest request = {
        .action = GATE_CHANGE, .entity = entity, .id = id, .changes = fields, .reason = reason};
    TRY(gate_pass(cx, &request, &after));
    if (after->version == before->version)
        return NULL;
    return db_run(cx, NULL, bulk_row_insert, bulk, id, cx->now, after->version);
}

FALLIBLE bulk_delete(Ctx *cx, Id bulk, const char *entity, Id id, const char *reason)
{
    Record *none;
    GateRequest request = {.action = GATE_DELETE, .entity = entity, .id = id, .reason = reason};
    TRY(gate_pass(cx, &request, &none));
    return db_run(cx, NULL, bulk_row_insert, bulk, id, cx->now, (int64_t)DELETED);
}

static FALLIBLE find_own(Ctx *cx, Id bulk, const char *entity)
{
    Row *row;
    TRY(db_row(cx, &row, bulk_of_actor, bulk, entity, cx->actor->user));
    return row ? NULL : FAIL(cx, ERR_NOT_FOUND, "there is no such bulk of yours");
}

FALLIBLE bulk_changed(Ctx *cx, Id bulk, const char *entity, Id **records, size_t *count)
{
    Rows rows;
    TRY(find_own(cx, bulk, entity));
    TRY(db_rows(cx, &rows, bulk_rows, bulk, LIMIT_BULK_ROWS));
    *records = NEW_ARRAY(cx->arena, Id, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++)
        (*records)[i] = row_integer(&rows.items[i], "record");
    *count = rows.count;
    return NULL;
}

static Error *changed_since(Ctx *cx)
{
    return FAIL(cx, ERR_CONFLICT, "it was changed since");
}

// Somebody may have taken it back, and deleted it again: that is not this bulk's deletion.
static FALLIBLE undo_deletion(Ctx *cx, const char *entity, Id id, Instant at)
{
    Row *since;
    Record *record;
    RestoreRequest restore = {.entity = entity, .id = id};
    TRY(db_row(cx, &since, bulk_record_since, id, at, entity));
    return since ? changed_since(cx) : record_restore(cx, &restore, &record);
}

static FALLIBLE undo_change(Ctx *cx, const char *entity_name, Id id, const Row *row)
{
    const Entity *entity;
    Record *record;
    Value values;
    TRY(schema_find(cx, entity_name, &entity));
    TRY(record_get(cx, entity_name, id, &record));
    if (record->version != row_integer(row, "version"))
        return changed_since(cx);
    TRY(audit_values_before(cx, entity, id, row_integer(row, "at"), &values));
    return record_change(cx, entity_name, id, record->version, values, &record);
}

FALLIBLE bulk_undo(Ctx *cx, Id bulk, const char *entity_name, Id id)
{
    Row *row;
    TRY(find_own(cx, bulk, entity_name));
    TRY(db_row(cx, &row, bulk_row_get, bulk, id));
    if (!row)
        return FAIL(cx, ERR_CONFLICT, "it is undone already");
    if (row_integer(row, "version") == DELETED)
        TRY(undo_deletion(cx, entity_name, id, row_integer(row, "at")));
    else
        TRY(undo_change(cx, entity_name, id, row));
    return db_run(cx, NULL, bulk_row_delete, bulk, id);
}
