// SPDX-License-Identifier: Apache-2.0
#include "record/indexes.h"

#include "db/db.h"
#include "record/field.h"

typedef struct Indexes {
    Index *items;
    size_t count;
    size_t capacity;
} Indexes;

// FNV-1a, 64 bits (Fowler, Noll, Vo): names must be the same on every machine and day.
static uint64_t stable_hash(const char *text)
{
    uint64_t hash = 0xcbf29ce484222325ULL;
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3ULL;
    return hash;
}

static void add(Ctx *cx, Indexes *indexes, const Entity *entity, bool unique, const char *columns)
{
    Index index;
    index.name = text_format(cx->arena, "ix_%.30s_%016llx", entity->name,
                             (unsigned long long)stable_hash(text_format(
                                 cx->arena, "%s %d %s", entity->name, unique, columns)));
    index.sql = text_format(cx->arena, "CREATE %sINDEX \"%s\" ON \"%s\" (%s)",
                            unique ? "UNIQUE " : "", index.name, entity->name, columns);
    for (size_t i = 0; i < indexes->count; i++)
        if (text_equal(indexes->items[i].name, index.name))
            return;
    array_push(cx->arena, *indexes) = index;
}

// Nulls are the smallest on both databases: SQLite's own order, told to PostgreSQL. The id is never
// null and keeps the order of the primary key's own index.
static void add_column(Ctx *cx, Buffer *columns, const char *name, bool descending)
{
    const char *nulls = db_driver(cx) == DRIVER_SQLITE || text_equal(name, "id") ? ""
                        : descending                                             ? " NULLS LAST"
                                                                                 : " NULLS FIRST";
    buffer_format(columns, "%s\"%s\"%s%s", columns->length ? ", " : "", name,
                  descending ? " DESC" : "", nulls);
}

static bool is_equal_filter(const DeclaredFilter *filter)
{
    return text_equal(filter->operator, "=");
}

// An index is read from either end: only what runs against the last key is turned round.
static void add_list(Ctx *cx, Indexes *indexes, const Entity *entity, const DeclaredList *list)
{
    Buffer *columns = buffer_new(cx->arena);
    bool last = list->sort_count ? list->sorts[list->sort_count - 1].descending : true;
    bool by_id = false;
    for (size_t i = 0; i < list->filter_count; i++)
        if (is_equal_filter(&list->filters[i]))
            add_column(cx, columns, list->filters[i].field, false);
    for (size_t i = 0; i < list->sort_count && !by_id; i++) {
        add_column(cx, columns, list->sorts[i].field, list->sorts[i].descending != last);
        by_id = text_equal(list->sorts[i].field, "id");
    }
    if (!columns->length)
        return;
    if (!by_id)
        add_column(cx, columns, "id", false);
    add(cx, indexes, entity, false, columns->bytes);
}

FALLIBLE indexes_of(Ctx *cx, const Entity *entity, Index **out, size_t *count)
{
    Indexes indexes = {0};
    for (size_t i = 1; i < entity->field_count; i++) {
        const Field *field = &entity->fields[i];
        bool reference =
            field->type == FIELD_REFERENCE && (!field->system || text_equal(field->name, "owner"));
        Buffer *columns = buffer_new(cx->arena);
        add_column(cx, columns, field->name, false);
        if (field->live)
            continue;
        if (field->unique)
            add(cx, &indexes, entity, true, columns->bytes);
        if (field->indexed || field->indexed_by || reference) {
            if (field->indexed_by)
                add_column(cx, columns, field->indexed_by, false);
            add_column(cx, columns, "id", false);
            add(cx, &indexes, entity, false, columns->bytes);
        }
    }
    for (size_t i = 0; i < entity->unique_count; i++) {
        Buffer *columns = buffer_new(cx->arena);
        for (size_t f = 0; f < entity->uniques[i].count; f++)
            add_column(cx, columns, entity->uniques[i].fields[f]->name, false);
        add(cx, &indexes, entity, true, columns->bytes);
    }
    for (size_t i = 0; i < entity->list_count; i++)
        add_list(cx, &indexes, entity, &entity->lists[i]);
    *out = indexes.items;
    *count = indexes.count;
    return NULL;
}
