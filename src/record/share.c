// SPDX-License-Identifier: Apache-2.0
#include "record/share.h"

#include "base/ids.h"
#include "base/limits.h"
#include "db/database.h"
#include "record/audit.h"
#include "record/labels.h"
#include "record/rights.h"
#include "record/row.h"
#include "record/share_query.h"

#include <string.h>

#define SHARES_SHOWN 200 // of one record

MIGRATION(record_0011_share, 20,
          "CREATE TABLE record_share (id BIGINT NOT NULL PRIMARY KEY, entity TEXT NOT NULL,"
          " record BIGINT NOT NULL, grantee TEXT NOT NULL, may_edit BIGINT NOT NULL,"
          " until BIGINT, shared_by BIGINT NOT NULL, shared_at BIGINT NOT NULL);\n"
          "CREATE UNIQUE INDEX record_share_of ON record_share (record, entity, grantee);\n"
          "CREATE INDEX record_share_for ON record_share (grantee, entity, record)");

#define SHARE_COLUMNS "id, grantee, may_edit, until, shared_by, shared_at"

QUERY(share_insert, "INSERT INTO record_share (id, entity, record, grantee, may_edit, until,"
                    " shared_by, shared_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
QUERY(shares_of, "SELECT " SHARE_COLUMNS " FROM record_share WHERE record = $1 AND entity = $2"
                 " ORDER BY id DESC LIMIT $3");
QUERY(share_get, "SELECT " SHARE_COLUMNS " FROM record_share WHERE id = $1 AND record = $2"
                 " AND entity = $3");
QUERY(share_with, "SELECT " SHARE_COLUMNS " FROM record_share WHERE record = $1 AND entity = $2"
                  " AND grantee = $3");
QUERY(share_delete, "DELETE FROM record_share WHERE id = $1");
QUERY(shares_delete, "DELETE FROM record_share WHERE record = $1 AND entity = $2");

// ---- as rights ask --------------------------------------------------------------------------

bool share_counts(Verb verb)
{
    return verb == VERB_READ || verb == VERB_EDIT;
}

// By what a share may mean this standing: itself, its positions, its department and all above.
static const char *grantees_sql(Ctx *cx, Querying *querying, const Standing *standing)
{
    const Entity *department = schema_entity(cx->schema, "department");
    Buffer *sql = buffer_new(cx->arena);
    const char *user = text_format(cx->arena, "user:%s", id_text(cx->arena, standing->user));
    buffer_format(sql, "SELECT $%zu", query_parameter(cx, querying, cell_text(user)));
    for (size_t i = 0; i < standing->position_count; i++) {
        const char *position = text_format(cx->arena, "position:%s", standing->positions[i]);
        buffer_format(sql, " UNION ALL SELECT $%zu",
                      query_parameter(cx, querying, cell_text(position)));
    }
    if (!standing->department)
        return sql->bytes;
    size_t key = query_parameter(cx, querying, cell_text(standing->department));
    if (!department || !entity_field(department, "parent")) {
        buffer_format(sql, " UNION ALL SELECT 'department:' || CAST($%zu AS TEXT)", key);
        return sql->bytes;
    }
    return text_format(cx->arena,
                       "WITH RECURSIVE above(parent, key) AS (SELECT d.\"parent\", d.\"key\""
                       " FROM \"department\" d WHERE d.\"key\" = $%zu UNION SELECT d.\"parent\","
                       " d.\"key\" FROM above JOIN \"department\" d ON d.\"id\" = above.parent)"
                       " SELECT 'department:' || key FROM above UNION ALL %s",
                       key, sql->bytes);
}

const char *share_sql(Ctx *cx, Querying *querying, Verb verb, const Standing *standing)
{
    const char *grantees = grantees_sql(cx, querying, standing);
    size_t entity = query_parameter(cx, querying, cell_text(querying->entity->name));
    size_t now = query_parameter(cx, querying, cell_integer(cx->now));
    return text_format(cx->arena,
                       "%s.\"id\" IN (SELECT s.record FROM record_share s WHERE s.grantee IN (%s)"
                       " AND s.entity = $%zu AND (s.until IS NULL OR s.until > $%zu)%s)",
                       querying->alias, grantees, entity, now,
                       verb == VERB_EDIT ? " AND s.may_edit = 1" : "");
}

static FALLIBLE covering(Ctx *cx, const Record *record, Verb verb, const Standing *standing,
                         Rows *out)
{
    Querying querying = {.entity = record->entity};
    const char *grantees = grantees_sql(cx, &querying, standing);
    size_t id = query_parameter(cx, &querying, cell_integer(record->id));
    size_t entity = query_parameter(cx, &querying, cell_text(record->entity->name));
    size_t now = query_parameter(cx, &querying, cell_integer(cx->now));
    const char *sql =
        text_format(cx->arena,
                    "SELECT " SHARE_COLUMNS " FROM record_share s"
                    " WHERE s.record = $%zu AND s.entity = $%zu"
                    " AND (s.until IS NULL OR s.until > $%zu)%s"
                    " AND s.grantee IN (%s)",
                    id, entity, now, verb == VERB_EDIT ? " AND s.may_edit = 1" : "", grantees);
    return db_built_rows(cx, out, sql, querying.cells, querying.count);
}

FALLIBLE share_covers(Ctx *cx, const Record *record, Verb verb, const Standing *standing, bool *out)
{
    Rows rows;
    TRY(covering(cx, record, verb, standing, &rows));
    *out = rows.count > 0;
    return NULL;
}

// ---- shown ----------------------------------------------------------------------------------

static FALLIBLE label_by_key(Ctx *cx, const char *entity, const char *key, const char **out)
{
    Record *record = NULL;
    const Actor *asking = cx->actor;
    cx->actor = actor_system();
    Error *error = record_find(cx, entity, "key", value_text(key), &record);
    cx->actor = asking;
    const Field *title = NULL;
    if (record)
        title = entity_field(record->entity,
                             text_equal(cx->language, "zh-CN") ? "title_zh" : "title_en");
    const char *titled = title ? record_text(record, title->name) : NULL;
    *out = titled ? titled : record ? record_label(record) : key;
    return error;
}

// "user:ID", "position:KEY" or "department:KEY" as {kind, key, name}.
static FALLIBLE grantee_value(Ctx *cx, const char *grantee, Value *out)
{
    const char *key = strchr(grantee, ':') + 1, *name = NULL;
    const char *kind = text_slice(cx->arena, grantee, (size_t)(key - grantee - 1));
    Id user = 0;
    if (text_equal(kind, "user") && id_parse(key, &user))
        TRY(record_label_of(cx, "user", user, &name));
    else
        TRY(label_by_key(cx, kind, key, &name));
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "kind", value_text(kind));
    value_set(cx->arena, *out, "key", value_text(key));
    value_set(cx->arena, *out, "name", value_text(name ? name : key));
    return NULL;
}

static FALLIBLE share_value(Ctx *cx, const Row *row, Value *out)
{
    Value with, by;
    Cell until = row_cell(row, "until");
    TRY(grantee_value(cx, row_text(row, "grantee"), &with));
    TRY(person_value(cx, row_integer(row, "shared_by"), &by));
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "id", value_text(id_text(cx->arena, row_integer(row, "id"))));
    value_set(cx->arena, *out, "with", with);
    value_set(cx->arena, *out, "may", value_text(row_integer(row, "may_edit") ? "edit" : "read"));
    value_set(cx->arena, *out, "until",
              value_text(until.kind == CELL_NULL ? NULL : instant_text(cx->arena, until.integer)));
    value_set(cx->arena, *out, "over",
              value_boolean(until.kind != CELL_NULL && until.integer <= cx->now));
    value_set(cx->arena, *out, "shared_by", by);
    value_set(cx->arena, *out, "shared_at",
              value_text(instant_text(cx->arena, row_integer(row, "shared_at"))));
    return NULL;
}

static FALLIBLE rows_value(Ctx *cx, const Rows *rows, Value *out)
{
    Value *items = NEW_ARRAY(cx->arena, Value, rows->count + 1);
    for (size_t i = 0; i < rows->count; i++)
        TRY(share_value(cx, &rows->items[i], &items[i]));
    *out = value_list(items, rows->count);
    return NULL;
}

FALLIBLE shares_covering(Ctx *cx, const Record *record, Verb verb, const Standing *standing,
                         Value *out)
{
    Rows rows;
    TRY(covering(cx, record, verb, standing, &rows));
    return rows_value(cx, &rows, out);
}

// ---- changed --------------------------------------------------------------------------------

// The complete record, which the actor may read; whether a role lets the actor edit it.
static FALLIBLE find(Ctx *cx, const char *entity_name, Id id, Record **out, bool *may_share)
{
    Record *readable;
    TRY(record_get(cx, entity_name, id, &readable));
    TRY(row_load(cx, readable->entity, id, out));
    return rights_cover_by_roles(cx, *out, VERB_EDIT, value_null(), may_share);
}

static FALLIBLE find_to_share(Ctx *cx, const char *entity, Id id, Record **out)
{
    bool may_share = false;
    TRY(find(cx, entity, id, out, &may_share));
    return may_share ? NULL
                     : error_hint(FAIL(cx, ERR_DENIED, "you may not share this record"),
                                  "Who may edit it by a role shares it.");
}

static FALLIBLE read_grantee(Ctx *cx, Value with, const char **out)
{
    static const char *const kinds[] = {"user", "position", "department"};
    const char *kind = value_get_text(with, "kind"), *key = value_get_text(with, "key");
    bool known = false;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        known = known || text_equal(kind, kinds[i]);
    if (!known || !key)
        return error_field(FAIL(cx, ERR_INVALID,
                                "'with' is {kind: user, position or department,"
                                " key}"),
                           "with");
    Record *record = NULL;
    if (schema_entity(cx->schema, kind))
        TRY(record_find(cx, kind, text_equal(kind, "user") ? "login" : "key", value_text(key),
                        &record));
    if (!record)
        return error_field(FAIL(cx, ERR_INVALID, "there is no '%s' to share with", key), "with");
    *out = text_format(cx->arena, "%s:%s", kind,
                       text_equal(kind, "user") ? id_text(cx->arena, record->id) : key);
    return NULL;
}

static FALLIBLE read_until(Ctx *cx, Value input, Cell *out)
{
    Instant until;
    const Value *given = value_get(input, "until");
    *out = cell_null();
    if (!given || given->kind == VALUE_NULL)
        return NULL;
    if (given->kind != VALUE_TEXT || !instant_parse(given->text.bytes, &until) || until <= cx->now)
        return error_field(FAIL(cx, ERR_INVALID, "'until' is an instant to come"), "until");
    *out = cell_integer(until);
    return NULL;
}

static FALLIBLE take_back(Ctx *cx, const Record *record, const Row *row)
{
    Value before;
    TRY(share_value(cx, row, &before));
    TRY(db_run(cx, NULL, share_delete, row_integer(row, "id")));
    return audit_event(cx, record, "unshare", before, value_null());
}

FALLIBLE record_share(Ctx *cx, const char *entity, Id id, Value input, Value *out)
{
    Record *record;
    Row *row;
    Cell until;
    const char *grantee = NULL, *may = value_get_text(input, "may");
    const Value *with = value_get(input, "with");
    TRY(find_to_share(cx, entity, id, &record));
    TRY(read_grantee(cx, with ? *with : value_null(), &grantee));
    TRY(read_until(cx, input, &until));
    if (!text_equal(may, "read") && !text_equal(may, "edit"))
        return error_field(FAIL(cx, ERR_INVALID, "'may' is read or edit"), "may");
    TRY(db_row(cx, &row, share_with, id, entity, grantee));
    if (row)
        TRY(take_back(cx, record, row));
    Id share = id_new(cx);
    TRY(db_run(cx, NULL, share_insert, share, entity, id, grantee, text_equal(may, "edit"), until,
               cx->actor->user, cx->now));
    TRY(db_row(cx, &row, share_get, share, id, entity));
    TRY(share_value(cx, row, out));
    return audit_event(cx, record, "share", value_null(), *out);
}

FALLIBLE record_unshare(Ctx *cx, const char *entity, Id id, Id share)
{
    Record *record;
    Row *row;
    TRY(find_to_share(cx, entity, id, &record));
    TRY(db_row(cx, &row, share_get, share, id, entity));
    return row ? take_back(cx, record, row) : FAIL(cx, ERR_NOT_FOUND, "there is no such share");
}

FALLIBLE record_shares(Ctx *cx, const char *entity, Id id, Value *out)
{
    Record *record;
    Rows rows;
    Value items;
    bool may_share = false;
    TRY(find(cx, entity, id, &record, &may_share));
    TRY(db_rows(cx, &rows, shares_of, id, entity, SHARES_SHOWN));
    TRY(rows_value(cx, &rows, &items));
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "items", items);
    value_set(cx->arena, *out, "may_share", value_boolean(may_share));
    return NULL;
}

FALLIBLE shares_forget(Ctx *cx, const Record *record)
{
    return db_run(cx, NULL, shares_delete, record->id, record->entity->name);
}
