// SPDX-License-Identifier: Apache-2.0
#include "record/links.h"

#include "base/ids.h"
#include "db/database.h"
#include "record/row.h"

MIGRATION_ON_BOTH(record_0030_link, 20,
                  "CREATE TABLE record_link (target BIGINT NOT NULL, field TEXT NOT NULL,"
                  " source BIGINT NOT NULL, PRIMARY KEY (target, field, source)) WITHOUT ROWID",
                  "CREATE TABLE record_link (target BIGINT NOT NULL, field TEXT COLLATE \"C\""
                  " NOT NULL, source BIGINT NOT NULL, PRIMARY KEY (target, field, source))");

QUERY(link_insert, "INSERT INTO record_link (target, field, source) VALUES ($1, $2, $3)"
                   " ON CONFLICT DO NOTHING");
QUERY(link_delete, "DELETE FROM record_link WHERE target = $1 AND field = $2 AND source = $3");
QUERY(link_sources, "SELECT source FROM record_link WHERE target = $1 AND field = $2"
                    " ORDER BY source LIMIT $3");
QUERY_FULL(link_forget, "DELETE FROM record_link WHERE field = $1", NULL,
           "only millrace pack prune drops a column");

static const char *name_of(Ctx *cx, const Field *field)
{
    return text_format(cx->arena, "%s.%s", field->entity->name, field->name);
}

static bool holds(Value list, Value item)
{
    for (size_t i = 0; list.kind == VALUE_LIST && i < list.list.count; i++)
        if (value_equal(list.list.items[i], item))
            return true;
    return false;
}

// Runs the statement for what `list` holds beyond `other`.
static FALLIBLE each_beyond(Ctx *cx, const Query *query, const Field *field, Id source, Value list,
                            Value other)
{
    const char *name = name_of(cx, field);
    for (size_t i = 0; list.kind == VALUE_LIST && i < list.list.count; i++) {
        Id target;
        if (!holds(other, list.list.items[i]) && id_parse(list.list.items[i].text.bytes, &target))
            TRY(db_run(cx, NULL, *query, target, name, source));
    }
    return NULL;
}

FALLIBLE links_write(Ctx *cx, const Record *before, const Record *after)
{
    const Record *record = after ? after : before;
    const Entity *entity = record->entity;
    for (size_t i = 0; i < entity->field_count; i++) {
        const Field *field = &entity->fields[i];
        if (field->type != FIELD_MULTI_REFERENCE)
            continue;
        Value old = before ? *row_at(before, field) : value_null();
        Value new = after ? *row_at(after, field) : value_null();
        if (value_equal(old, new))
            continue;
        TRY(each_beyond(cx, &link_delete, field, record->id, old, new));
        TRY(each_beyond(cx, &link_insert, field, record->id, new, old));
    }
    return NULL;
}

void links_condition(Ctx *cx, Querying *querying, const Field *field, Id target)
{
    size_t leads = query_parameter(cx, querying, cell_integer(target));
    size_t name = query_parameter(cx, querying, cell_text(name_of(cx, field)));
    query_condition(cx, querying,
                    "\"id\" IN (SELECT source FROM record_link WHERE target = $%zu"
                    " AND field = $%zu)",
                    leads, name);
}

FALLIBLE links_to(Ctx *cx, const Field *field, Id target, int limit, Rows *out)
{
    return db_rows(cx, out, link_sources, target, name_of(cx, field), limit);
}

FALLIBLE links_forget(Ctx *cx, const char *entity, const char *field)
{
    return db_run(cx, NULL, link_forget, text_format(cx->arena, "%s.%s", entity, field));
}
