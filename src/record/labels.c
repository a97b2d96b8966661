// SPDX-License-Identifier: Apache-2.0
#include "record/labels.h"

#include "base/ids.h"
#include "record/field.h"
#include "record/list.h"
#include "record/statements.h"

#include <stdlib.h>

static int by_id(const void *a, const void *b)
{
    Id left = *(const Id *)a, right = *(const Id *)b;
    return (left > right) - (left < right);
}

#define LABEL_BATCH 200

static const char *many(Ctx *cx, const Field *shown, size_t count)
{
    Buffer *sql = buffer_new(cx->arena);
    buffer_format(sql, "SELECT \"id\", \"%s\" FROM \"%s\" WHERE \"id\" IN (", shown->name,
                  shown->entity->name);
    for (size_t i = 0; i < count; i++)
        buffer_format(sql, "%s$%zu", i ? ", " : "", i + 1);
    buffer_text(sql, ")");
    return sql->bytes;
}

static FALLIBLE labels_batch(Ctx *cx, const Field *shown, const Cell *ids, size_t count,
                             Value labels)
{
    Rows rows;
    bool one = count == 1 && shown == shown->entity->label;
    TRY(db_built_rows(cx, &rows, one ? shown->entity->queries->label : many(cx, shown, count), ids,
                      count));
    for (size_t i = 0; i < rows.count; i++) {
        const char *id = id_text(cx->arena, rows.items[i].cells[0].integer);
        Value name;
        TRY(field_value(cx, shown, rows.items[i].cells[1], &name));
        value_set(cx->arena, labels, id, name.kind == VALUE_TEXT ? name : value_text(id));
    }
    return NULL;
}

static FALLIBLE texts_of(Ctx *cx, const Field *shown, const Id *ids, size_t count, Value labels)
{
    Id *sorted = NEW_ARRAY(cx->arena, Id, count);
    Cell *cells = NEW_ARRAY(cx->arena, Cell, count);
    size_t wanted = 0;
    for (size_t i = 0; i < count; i++)
        sorted[i] = ids[i];
    if (count)
        qsort(sorted, count, sizeof *sorted, by_id);
    for (size_t i = 0; i < count; i++)
        if (sorted[i] && (i == 0 || sorted[i] != sorted[i - 1]))
            cells[wanted++] = cell_integer(sorted[i]);
    for (size_t from = 0; from < wanted; from += LABEL_BATCH) {
        size_t batch = wanted - from < LABEL_BATCH ? wanted - from : LABEL_BATCH;
        TRY(labels_batch(cx, shown, cells + from, batch, labels));
    }
    return NULL;
}

FALLIBLE labels_of(Ctx *cx, const Entity *entity, const Id *ids, size_t count, Value labels)
{
    return texts_of(cx, entity->label, ids, count, labels);
}

FALLIBLE labels_replace(Ctx *cx, const Field *shown, Value list)
{
    size_t count = list.list.count;
    Id *ids = NEW_ARRAY(cx->arena, Id, count + 1);
    Value labels = value_context(cx->arena);
    for (size_t i = 0; i < count; i++)
        id_parse(list.list.items[i].text.bytes, &ids[i]);
    TRY(texts_of(cx, shown, ids, count, labels));
    for (size_t i = 0; i < count; i++) {
        const Value *label = value_get(labels, list.list.items[i].text.bytes);
        if (label)
            list.list.items[i] = *label;
    }
    return NULL;
}

FALLIBLE record_label_of(Ctx *cx, const char *entity_name, Id id, const char **out)
{
    const Entity *entity;
    Value labels = value_context(cx->arena);
    TRY(schema_find(cx, entity_name, &entity));
    TRY(labels_of(cx, entity, &id, 1, labels));
    *out = value_get_text(labels, id_text(cx->arena, id));
    return NULL;
}

FALLIBLE person_value(Ctx *cx, Id user, Value *out)
{
    const char *name = NULL;
    *out = value_null();
    if (!user)
        return NULL;
    TRY(record_label_of(cx, "user", user, &name));
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "id", value_text(id_text(cx->arena, user)));
    value_set(cx->arena, *out, "name", value_text(name ? name : ""));
    return NULL;
}

// The fields of a record in the order of its entries.
static const Field **fields_of(Ctx *cx, const Record *record)
{
    const ValueContext *values = record->fields.context;
    const Field **fields = NEW_ARRAY(cx->arena, const Field *, values->count);
    size_t next = 0;
    for (size_t i = 0; i < values->count; i++)
        fields[i] = entity_field_next(record->entity, values->entries[i].key, &next);
    return fields;
}

// The ids that all records hold in the fields that lead to `target`. Records of one list have the
// same entries, so that `fields`, those of the first, nearly always fit.
static size_t gather(Record *const *records, size_t count, const Field *const *fields,
                     const Entity *target, Id *ids)
{
    size_t found = 0;
    const ValueContext *first = records[0]->fields.context;
    for (size_t r = 0; r < count; r++) {
        const ValueContext *values = records[r]->fields.context;
        for (size_t i = 0; i < values->count; i++) {
            const char *key = values->entries[i].key;
            const Field *field = i < first->count && first->entries[i].key == key
                                     ? fields[i]
                                     : entity_field(records[r]->entity, key);
            Value value = values->entries[i].value;
            if (!field_refers(field) || field->target != target || !field->position)
                continue;
            if (value.kind == VALUE_TEXT)
                found += id_parse(value.text.bytes, &ids[found]);
            for (size_t k = 0; value.kind == VALUE_LIST && k < value.list.count; k++)
                found += id_parse(value.list.items[k].text.bytes, &ids[found]);
        }
    }
    return found;
}

// Of texts that name records: ids are the same over all entities, so one map serves.
static FALLIBLE named_labels(Ctx *cx, Record *const *records, size_t count, const Field *field,
                             Value labels)
{
    const Entity **entities = NEW_ARRAY(cx->arena, const Entity *, count);
    Id *ids = NEW_ARRAY(cx->arena, Id, count), *of_one = NEW_ARRAY(cx->arena, Id, count);
    for (size_t i = 0; i < count; i++) {
        const Value *value = value_get(records[i]->fields, field->name);
        if (value && value->kind == VALUE_TEXT)
            record_name_read(cx->schema, value->text.bytes, &entities[i], &ids[i]);
    }
    for (size_t i = 0; i < count; i++) {
        const Entity *entity = entities[i];
        size_t found = 0;
        for (size_t other = i; entity && other < count; other++) {
            if (entities[other] != entity)
                continue;
            of_one[found++] = ids[other];
            entities[other] = NULL;
        }
        if (found)
            TRY(labels_of(cx, entity, of_one, found, labels));
    }
    return NULL;
}

static size_t room_for(const ValueContext *values)
{
    size_t room = values->count;
    for (size_t i = 0; i < values->count; i++)
        if (values->entries[i].value.kind == VALUE_LIST)
            room += values->entries[i].value.list.count;
    return room;
}

FALLIBLE list_labels(Ctx *cx, Record *const *records, size_t count, Value *labels)
{
    Value all = value_context(cx->arena);
    size_t room = 0;
    for (size_t r = 0; r < count; r++)
        room += room_for(records[r]->fields.context);
    Id *ids = NEW_ARRAY(cx->arena, Id, room);
    const Entity *entity = count ? records[0]->entity : NULL;
    const Field **fields = count ? fields_of(cx, records[0]) : NULL;
    for (size_t i = 0; entity && i < entity->field_count; i++) {
        if (entity->fields[i].names_record)
            TRY(named_labels(cx, records, count, &entity->fields[i], all));
        const Entity *target = entity->fields[i].target;
        bool first = target && entity->fields[i].position;
        for (size_t before = 1; before < i && first; before++)
            first = entity->fields[before].target != target;
        if (first)
            TRY(labels_of(cx, target, ids, gather(records, count, fields, target, ids), all));
    }
    *labels = all;
    return NULL;
}
