// SPDX-License-Identifier: Apache-2.0
#include "record/row.h"

#include "base/ids.h"
#include "record/field.h"
#include "record/live.h"

#include <string.h>

static Value context_of(Ctx *cx, size_t count)
{
    Value fields = value_context(cx->arena);
    fields.context->entries = NEW_ARRAY(cx->arena, ValueEntry, count ? count : 1);
    fields.context->count = fields.context->capacity = count;
    return fields;
}

Record *row_blank(Ctx *cx, const Entity *entity)
{
    Record *record = NEW(cx->arena, Record);
    record->entity = entity;
    record->fields = context_of(cx, entity->field_count);
    for (size_t i = 0; i < entity->field_count; i++)
        record->fields.context->entries[i].key = entity->fields[i].name;
    return record;
}

Record *row_copy(Ctx *cx, const Record *record)
{
    Record *copy = row_blank(cx, record->entity);
    copy->id = record->id;
    copy->version = record->version;
    memcpy(copy->fields.context->entries, record->fields.context->entries,
           record->entity->field_count * sizeof(ValueEntry));
    return copy;
}

Value *row_at(const Record *record, const Field *field)
{
    return &record->fields.context->entries[field->position].value;
}

FALLIBLE row_record(Ctx *cx, const Entity *entity, const Row *row, const int *positions,
                    size_t count, Record **out)
{
    Record *record = NEW(cx->arena, Record);
    record->entity = entity;
    if (!positions)
        count = entity->field_count;
    record->fields = context_of(cx, count);
    for (size_t i = 0; i < count; i++) {
        const Field *field = &entity->fields[positions ? positions[i] : (int)i];
        ValueEntry *entry = &record->fields.context->entries[i];
        entry->key = field->name;
        TRY(field_value(cx, field, row->cells[i], &entry->value));
        if (field->position == 0)
            record->id = row->cells[i].integer;
        else if (field->position == 1)
            record->version = row->cells[i].integer;
    }
    if (entity->live_count)
        TRY(live_compute(cx, record));
    *out = record;
    return NULL;
}

FALLIBLE row_load(Ctx *cx, const Entity *entity, Id id, Record **out)
{
    Rows rows;
    Cell cell = cell_integer(id);
    TRY(db_built_rows(cx, &rows, entity->queries->get, &cell, 1));
    *out = NULL;
    return rows.count ? row_record(cx, entity, &rows.items[0], NULL, 0, out) : NULL;
}

static bool entry_readable(const Ctx *cx, const Record *record, size_t i, size_t *next)
{
    const char *key = record->fields.context->entries[i].key;
    return field_readable(cx->actor, entity_field_next(record->entity, key, next));
}

Record *row_readable(Ctx *cx, Record *record)
{
    const ValueContext *all = record->fields.context;
    size_t hidden = 0, next = 0;
    for (size_t i = 0; i < all->count; i++)
        hidden += !entry_readable(cx, record, i, &next);
    if (!hidden)
        return record;
    Record *readable = NEW(cx->arena, Record);
    *readable = *record;
    readable->fields = context_of(cx, all->count - hidden);
    ValueEntry *entry = readable->fields.context->entries;
    next = 0;
    for (size_t i = 0; i < all->count; i++)
        if (entry_readable(cx, record, i, &next))
            *entry++ = all->entries[i];
    return readable;
}
