// SPDX-License-Identifier: Apache-2.0
#include "record/list.h"

#include "base/ids.h"
#include "base/limits.h"
#include "record/cursor.h"
#include "record/field.h"
#include "record/labels.h"
#include "record/list_columns.h"
#include "record/list_walk.h"
#include "record/row.h"

#include <string.h>

// What the live fields among the wanted (NULL: all) are computed from.
static bool *used_by_live(Ctx *cx, const Entity *entity, const bool *wanted)
{
    bool *used = NEW_ARRAY(cx->arena, bool, entity->field_count);
    for (size_t i = entity->live_count ? entity->field_count : 0; i-- > 0;) {
        const Field *field = &entity->fields[i];
        bool asked = !wanted || wanted[i] || used[i];
        for (size_t k = 0; field->live && asked && k < field->use_count; k++)
            used[field->uses[k]] = true;
    }
    return used;
}

FALLIBLE list_columns(Ctx *cx, const Entity *entity, const ListRequest *request,
                      const SortKeys *keys, ListColumns *out)
{
    bool *wanted = NEW_ARRAY(cx->arena, bool, entity->field_count);
    wanted[0] = wanted[1] = wanted[entity->label->position] = true;
    for (size_t i = 0; keys && i < keys->count; i++)
        wanted[keys->items[i].field->position] = true;
    ListColumns columns = {.positions = NEW_ARRAY(cx->arena, int, entity->field_count),
                           .paths = NEW_ARRAY(cx->arena, ListPath, request->column_count + 1)};
    for (size_t i = 0; i < request->column_count; i++) {
        ListPath path;
        TRY(list_path_read(cx, entity, request->columns[i], &path));
        if (path.reference)
            columns.paths[columns.path_count++] = path;
        else
            wanted[path.field->position] = true;
    }
    Buffer *sql = buffer_new(cx->arena);
    bool *used = used_by_live(cx, entity, request->column_count ? wanted : NULL);
    for (size_t i = 0; i < entity->field_count; i++) {
        const Field *field = &entity->fields[i];
        bool shown = field_readable(cx->actor, field) && (!request->column_count || wanted[i]);
        if (!shown && !used[i])
            continue;
        buffer_format(sql, "%s%s\"%s\"", columns.count ? ", " : "", field->live ? "NULL AS " : "",
                      field->name);
        columns.positions[columns.count++] = (int)i;
    }
    columns.sql = sql->bytes;
    *out = columns;
    return NULL;
}

FALLIBLE list_query(Ctx *cx, const Entity *entity, const ListRequest *request, Verb verb,
                    Querying *out)
{
    Querying querying;
    if (request->filter_count > LIST_FILTERS)
        return FAIL(cx, ERR_INVALID, "a list has at most %d filters", LIST_FILTERS);
    TRY(query_open(cx, entity, verb, &querying));
    for (size_t i = 0; i < request->filter_count; i++)
        TRY(query_filter(cx, &querying, &request->filters[i]));
    if (request->where && *request->where)
        TRY(query_feel(cx, &querying, request->where));
    if (request->search && *request->search)
        TRY(query_search(cx, &querying, request->search));
    *out = querying;
    return NULL;
}

// All columns as text; those through references may bring parameters of their own.
static FALLIBLE columns_sql(Ctx *cx, Querying *querying, const ListColumns *columns,
                            const char **out)
{
    Buffer *sql = buffer_new(cx->arena);
    buffer_text(sql, columns->sql);
    for (size_t i = 0; i < columns->path_count; i++) {
        const char *path;
        TRY(list_path_sql(cx, querying, &columns->paths[i], &path));
        buffer_format(sql, ", %s", path);
    }
    *out = sql->bytes;
    return NULL;
}

// Appends up to `room` rows of one query.
static FALLIBLE read_rows(Ctx *cx, const Querying *querying, const char *columns,
                          const SortKeys *keys, Rows *rows, size_t room)
{
    const char *sql =
        text_format(cx->arena, "SELECT %s FROM \"%s\"%s ORDER BY %s LIMIT %zu", columns,
                    querying->entity->name, query_where(cx, querying), sort_order(cx, keys), room);
    Rows more;
    TRY(db_built_rows(cx, &more, sql, querying->cells, querying->count));
    Row *items = NEW_ARRAY(cx->arena, Row, rows->count + more.count);
    if (rows->count)
        memcpy(items, rows->items, rows->count * sizeof(Row));
    if (more.count)
        memcpy(items + rows->count, more.items, more.count * sizeof(Row));
    rows->items = items;
    rows->count += more.count;
    return NULL;
}

static char *cursor_of(Ctx *cx, const Row *row, const ListColumns *columns, const SortKeys *keys)
{
    Cell cells[LIST_SORTS + 1];
    for (size_t k = 0; k < keys->count; k++)
        for (size_t i = 0; i < columns->count; i++)
            if (columns->positions[i] == keys->items[k].field->position)
                cells[k] = row->cells[i];
    return cursor_text(cx, keys, cells);
}

static FALLIBLE count_all(Ctx *cx, const Querying *querying, int64_t *total)
{
    Rows rows;
    if (!query_is_exact(querying))
        return list_walk_count(cx, querying, total);
    const char *sql = text_format(cx->arena, "SELECT COUNT(*) FROM \"%s\"%s",
                                  querying->entity->name, query_where(cx, querying));
    TRY(db_built_rows(cx, &rows, sql, querying->cells, querying->count));
    *total = rows.items[0].cells[0].integer;
    return NULL;
}

// The rows of a page and one more, in the list's order.
static FALLIBLE read_exact(Ctx *cx, const Querying *querying, const ListColumns *columns,
                           const SortKeys *keys, const Cell *after, Rows *rows, size_t room)
{
    const char *sql;
    Querying whole = query_branch(cx, querying);
    TRY(columns_sql(cx, &whole, columns, &sql));
    Querying parts[2] = {whole};
    size_t part_count = after ? cursor_after(cx, &whole, keys, after, parts) : 1;
    for (size_t i = 0; i < part_count && rows->count < room; i++)
        TRY(read_rows(cx, &parts[i], sql, keys, rows, room - rows->count));
    return NULL;
}

static FALLIBLE read_walked(Ctx *cx, const Querying *querying, const ListColumns *columns,
                            const SortKeys *keys, const Cell *after, Rows *rows, size_t room)
{
    Id *ids = NEW_ARRAY(cx->arena, Id, room);
    size_t found = 0;
    TRY(list_walk(cx, querying, keys, after, room, ids, &found));
    if (!found)
        return NULL;
    const char *sql;
    Querying kept = query_of_ids(cx, querying->entity, ids, found);
    TRY(columns_sql(cx, &kept, columns, &sql));
    return read_rows(cx, &kept, sql, keys, rows, found);
}

// Puts the values through references on the page's records, under the names of their paths.
static FALLIBLE add_paths(Ctx *cx, const ListColumns *columns, const Rows *rows, ListPage *page)
{
    for (size_t p = 0; p < columns->path_count; p++) {
        const ListPath *path = &columns->paths[p];
        ARRAY(Id) ids = {0};
        for (size_t i = 0; i < page->count; i++) {
            Value value;
            Cell cell = rows->items[i].cells[columns->count + p];
            TRY(field_value(cx, path->field, cell, &value));
            value_set(cx->arena, page->records[i]->fields, path->name, value);
            for (size_t k = 0; value.kind == VALUE_LIST && k < value.list.count; k++) {
                Id id;
                if (field_refers(path->field) && id_parse(value.list.items[k].text.bytes, &id))
                    array_push(cx->arena, ids) = id;
            }
            array_push(cx->arena, ids) = cell.integer;
        }
        if (field_refers(path->field) && path->field->target)
            TRY(labels_of(cx, path->field->target, ids.items, ids.count, page->labels));
    }
    return NULL;
}

FALLIBLE list_read(Ctx *cx, const ListRequest *request, ListPage *out)
{
    const Entity *entity;
    SortKeys keys;
    ListColumns columns;
    Querying querying;
    Cell cells[LIST_SORTS + 1], *after = NULL;
    ListPage page = {.total = -1};
    size_t limit = request->limit ? (size_t)request->limit : 20;
    if (request->limit < 0 || limit > LIMIT_PAGE_ROWS)
        return error_field(FAIL(cx, ERR_INVALID, "a page has 1 to %d rows", LIMIT_PAGE_ROWS),
                           "limit");
    TRY(schema_find(cx, request->entity, &entity));
    TRY(list_query(cx, entity, request, VERB_READ, &querying));
    TRY(sort_keys(cx, entity, request->sorts, request->sort_count, &keys));
    TRY(list_columns(cx, entity, request, &keys, &columns));
    if (request->after && *request->after) {
        TRY(cursor_read(cx, &keys, request->after, cells));
        after = cells;
    }
    Rows rows = {0};
    TRY((query_is_exact(&querying) ? read_exact : read_walked)(cx, &querying, &columns, &keys,
                                                               after, &rows, limit + 1));
    page.count = rows.count > limit ? limit : rows.count;
    page.records = NEW_ARRAY(cx->arena, Record *, page.count);
    for (size_t i = 0; i < page.count; i++)
        TRY(row_record(cx, entity, &rows.items[i], columns.positions, columns.count,
                       &page.records[i]));
    for (size_t i = 0; entity->live_count && i < page.count; i++)
        page.records[i] = row_readable(cx, page.records[i]);
    if (rows.count > limit)
        page.next = cursor_of(cx, &rows.items[limit - 1], &columns, &keys);
    if (request->count)
        TRY(count_all(cx, &querying, &page.total));
    TRY(list_labels(cx, page.records, page.count, &page.labels));
    TRY(add_paths(cx, &columns, &rows, &page));
    page.pushed = querying.pushed;
    page.asked = querying.filters.count > 0;
    *out = page;
    return NULL;
}

FALLIBLE list_declared(Ctx *cx, const char *entity_name, const char *list, ListRequest *out)
{
    const Entity *entity;
    TRY(schema_find(cx, entity_name, &entity));
    const DeclaredList *declared = entity_list(entity, list);
    if (!declared)
        return FAIL(cx, ERR_NOT_FOUND, "'%s' has no list '%.80s'", entity_name, list ? list : "");
    *out = (ListRequest){.entity = entity_name,
                         .filters = declared->filters,
                         .filter_count = declared->filter_count,
                         .sorts = declared->sorts,
                         .sort_count = declared->sort_count,
                         .columns = declared->columns,
                         .column_count = declared->column_count};
    return NULL;
}
