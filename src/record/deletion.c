// SPDX-License-Identifier: Apache-2.0
#include "record/deletion.h"

#include "base/ids.h"
#include "base/limits.h"
#include "base/messages.h"
#include "record/links.h"
#include "record/row.h"

static FALLIBLE sources_of(Ctx *cx, const Field *field, Id target, int limit, Rows *out)
{
    if (field->type == FIELD_MULTI_REFERENCE)
        return links_to(cx, field, target, limit, out);
    Cell cells[] = {cell_integer(target), cell_integer(limit)};
    const char *sql = text_format(
        cx->arena, "SELECT \"id\" FROM \"%s\" WHERE \"%s\" = $1 ORDER BY \"id\" LIMIT $2",
        field->entity->name, field->name);
    return db_built_rows(cx, out, sql, cells, 2);
}

static Error *still_used(Ctx *cx, const Field *field, const Record *record)
{
    return error_hint(FAIL(cx, ERR_CONFLICT, "the %s is still used by a %s", record->entity->name,
                           field->entity->name),
                      "See the field '%s' of '%s'.", field->name, field->entity->name);
}

// What the field holds without the record that goes.
static Value without(Ctx *cx, Value held, const char *id)
{
    if (held.kind != VALUE_LIST)
        return value_null();
    Value *kept = NEW_ARRAY(cx->arena, Value, held.list.count);
    size_t count = 0;
    for (size_t i = 0; i < held.list.count; i++)
        if (!text_equal(held.list.items[i].text.bytes, id))
            kept[count++] = held.list.items[i];
    return value_list(kept, count);
}

static FALLIBLE clear_one(Ctx *cx, const Field *field, Id source, const Record *target)
{
    Record *record;
    Value changes = value_context(cx->arena);
    TRY(row_load(cx, field->entity, source, &record));
    if (!record)
        return NULL;
    value_set(cx->arena, changes, field->name,
              without(cx, *row_at(record, field), id_text(cx->arena, target->id)));
    GateRequest request = {.action = GATE_CHANGE,
                           .entity = field->entity->name,
                           .id = source,
                           .changes = changes,
                           .reason =
                               text_format(cx->arena, message_in(LANGUAGE_SOURCE, "%s was deleted"),
                                           record_label(target))};
    return gate_pass(cx, &request, &record);
}

static FALLIBLE clear(Ctx *cx, const Field *field, const Record *target)
{
    Rows rows;
    const Actor *actor = cx->actor;
    Actor system = *actor_system();
    Error *error = NULL;
    TRY(sources_of(cx, field, target->id, LIMIT_BULK_ROWS + 1, &rows));
    if (rows.count > LIMIT_BULK_ROWS)
        return error_hint(FAIL(cx, ERR_CONFLICT,
                               "more than %d records of '%s' lead to the %s: too many to clear",
                               LIMIT_BULK_ROWS, field->entity->name, target->entity->name),
                          "Clear the field '%s' in some of them first.", field->name);
    system.user = actor->user;
    system.name = actor->name;
    system.door = actor->door;
    cx->actor = &system;
    for (size_t i = 0; i < rows.count && !error; i++)
        if (rows.items[i].cells[0].integer != target->id)
            error = clear_one(cx, field, rows.items[i].cells[0].integer, target);
    cx->actor = actor;
    return error;
}

static FALLIBLE check(Ctx *cx, const Field *field, const Record *record)
{
    Rows rows;
    TRY(sources_of(cx, field, record->id, 2, &rows));
    for (size_t i = 0; i < rows.count; i++)
        if (rows.items[i].cells[0].integer != record->id)
            return still_used(cx, field, record);
    return NULL;
}

static bool leads_here(const Field *field, const Record *record)
{
    return field_refers(field) && field->target == record->entity &&
           (!field->system || text_equal(field->name, "owner"));
}

FALLIBLE deletion_unused(Ctx *cx, const Record *record)
{
    const Schema *schema = cx->schema;
    for (int clearing = 0; clearing < 2;
         clearing++) // what refuses is asked before anything changes
        for (size_t e = 0; e < schema->entity_count; e++)
            for (size_t i = 0; i < schema->entities[e]->field_count; i++) {
                const Field *field = &schema->entities[e]->fields[i];
                if (leads_here(field, record) && field->lets_go == (clearing == 1))
                    TRY((clearing ? clear : check)(cx, field, record));
            }
    return NULL;
}
