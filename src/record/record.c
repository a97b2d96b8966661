// SPDX-License-Identifier: Apache-2.0
#include "record/record.h"

#include "base/ids.h"
#include "base/json.h"
#include "base/limits.h"
#include "record/field.h"
#include "record/links.h"
#include "record/query.h"
#include "record/rights.h"
#include "record/row.h"

#include <stdio.h>
#include <stdlib.h>

static Error *not_found(Ctx *cx, const Entity *entity, Id id)
{
    return FAIL(cx, ERR_NOT_FOUND, "there is no %s %s", entity->name, id_text(cx->arena, id));
}

FALLIBLE record_get(Ctx *cx, const char *entity_name, Id id, Record **out)
{
    const Entity *entity;
    Record *record;
    bool covered = false;
    TRY(schema_find(cx, entity_name, &entity));
    if (!rights_on_some(cx->actor, entity, VERB_READ))
        return not_found(cx, entity, id);
    TRY(row_load(cx, entity, id, &record));
    if (record)
        TRY(rights_cover(cx, record, VERB_READ, value_null(), &covered));
    if (!covered)
        return not_found(cx, entity, id);
    *out = row_readable(cx, record);
    return NULL;
}

FALLIBLE record_find(Ctx *cx, const char *entity_name, const char *field_name, Value value,
                     Record **out)
{
    const Entity *entity;
    TRY(schema_find(cx, entity_name, &entity));
    const Field *field = entity_field(entity, field_name);
    if (!field || !field_readable(cx->actor, field))
        return error_field(FAIL(cx, ERR_INVALID, "'%s' has no field '%s'", entity_name, field_name),
                           field_name);
    if (!field->unique && field->position != 0)
        return error_field(FAIL(cx, ERR_INVALID, "'%s' names no single record", field_name),
                           field_name);
    Value typed;
    TRY(field_coerce(cx, field, value, &typed));
    Rows rows;
    Record *record = NULL;
    bool covered = false;
    Cell cell = field_cell(cx, field, typed);
    Buffer *sql = buffer_new(cx->arena); // the columns are long, and this is on every step's way
    buffer_text(sql, "SELECT ");
    buffer_text(sql, entity->queries->columns);
    buffer_format(sql, " FROM \"%s\" WHERE \"%s\" = $1", entity->name, field->name);
    TRY(db_built_rows(cx, &rows, sql->bytes, &cell, 1));
    if (rows.count) {
        TRY(row_record(cx, entity, &rows.items[0], NULL, 0, &record));
        TRY(rights_cover(cx, record, VERB_READ, value_null(), &covered));
    }
    *out = covered ? row_readable(cx, record) : NULL;
    return NULL;
}

FALLIBLE record_children(Ctx *cx, const Record *parent, const char *child_list, Record ***out,
                         size_t *count)
{
    const ChildList *list = NULL;
    for (size_t i = 0; i < parent->entity->child_count; i++)
        if (text_equal(parent->entity->children[i].name, child_list))
            list = &parent->entity->children[i];
    if (!list)
        return FAIL(cx, ERR_INVALID, "'%s' has no list '%s'", parent->entity->name, child_list);
    Rows rows;
    Querying querying;
    *out = NULL;
    *count = 0;
    if (!rights_on_some(cx->actor, list->entity, VERB_READ))
        return NULL;
    TRY(query_open(cx, list->entity, VERB_READ, &querying));
    if (list->by->type == FIELD_MULTI_REFERENCE)
        links_condition(cx, &querying, list->by, parent->id);
    else
        query_condition(cx, &querying, "\"%s\" = $%zu", list->by->name,
                        query_parameter(cx, &querying, cell_integer(parent->id)));
    const char *sql = text_format(cx->arena, "SELECT %s FROM \"%s\"%s ORDER BY \"id\" LIMIT %d",
                                  query_probe_columns(cx, &querying), list->entity->name,
                                  query_where(cx, &querying), LIMIT_BULK_ROWS);
    TRY(db_built_rows(cx, &rows, sql, querying.cells, querying.count));
    Record **records = NEW_ARRAY(cx->arena, Record *, rows.count);
    size_t kept = 0;
    for (size_t i = 0; i < rows.count; i++) {
        bool keeps = true;
        Record *record;
        if (!query_is_exact(&querying))
            TRY(query_probe(cx, &querying, rows.items[i].cells, &keeps));
        TRY(row_record(cx, list->entity, &rows.items[i], NULL, 0, &record));
        if (keeps)
            records[kept++] = row_readable(cx, record);
    }
    *out = records;
    *count = kept;
    return NULL;
}

// A field the actor may not read counts as null.
static const Value *value_of(const Record *record, const char *name)
{
    static const Value none;
    const Field *field = entity_field(record->entity, name);
    const ValueContext *context = record->fields.context;
    if (!field) {
        fprintf(stderr, "millrace: the entity '%s' has no field '%s'\n", record->entity->name,
                name);
        abort();
    }
    size_t position = (size_t)field->position;
    if (position < context->count && context->entries[position].key == field->name)
        return &context->entries[position].value;
    const Value *value = value_get(record->fields, name);
    return value ? value : &none;
}

const char *record_text(const Record *record, const char *field)
{
    const Value *value = value_of(record, field);
    return value->kind == VALUE_TEXT ? value->text.bytes : NULL;
}

int64_t record_integer(const Record *record, const char *field)
{
    const Value *value = value_of(record, field);
    int64_t integer = 0;
    return value->kind == VALUE_NUMBER && decimal_to_integer(value->number, &integer) ? integer : 0;
}

bool record_boolean(const Record *record, const char *field)
{
    const Value *value = value_of(record, field);
    return value->kind == VALUE_BOOLEAN && value->boolean;
}

Id record_reference(const Record *record, const char *field)
{
    const char *text = record_text(record, field);
    Id id = 0;
    return text && id_parse(text, &id) ? id : 0;
}

Decimal record_decimal(const Record *record, const char *field)
{
    const Value *value = value_of(record, field);
    return value->kind == VALUE_NUMBER ? value->number : decimal_from_integer(0);
}

bool record_is_null(const Record *record, const char *field)
{
    return value_of(record, field)->kind == VALUE_NULL;
}

const char *record_label(const Record *record)
{
    const char *label = record_text(record, record->entity->label->name);
    return label ? label : record->entity->name;
}

FALLIBLE record_create(Ctx *cx, const char *entity, Value fields, Record **out)
{
    GateRequest request = {.action = GATE_CREATE, .entity = entity, .changes = fields};
    return gate_pass(cx, &request, out);
}

FALLIBLE record_change(Ctx *cx, const char *entity, Id id, int64_t version, Value changes,
                       Record **out)
{
    GateRequest request = {
        .action = GATE_CHANGE, .entity = entity, .id = id, .version = version, .changes = changes};
    return gate_pass(cx, &request, out);
}

FALLIBLE record_delete(Ctx *cx, const char *entity, Id id, int64_t version)
{
    Record *none;
    GateRequest request = {.action = GATE_DELETE, .entity = entity, .id = id, .version = version};
    return gate_pass(cx, &request, &none);
}
