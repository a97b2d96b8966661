// SPDX-License-Identifier: Apache-2.0
#include "record/list_walk.h"

#include <string.h>

#define WALK_ROWS 500 // of one statement

typedef struct Walk {
    const Querying *querying;
    const SortKeys *keys; // NULL: only counted
    Id *ids;
    size_t room;
    int64_t kept;
    size_t seen;               // of the statement under way
    Cell last[LIST_SORTS + 1]; // where a full statement ended
} Walk;

static Error *walk_row(Ctx *cx, const Row *row, void *state)
{
    Walk *walk = state;
    bool keeps = false;
    if (walk->keys && (size_t)walk->kept == walk->room)
        return NULL;
    ArenaMark mark = arena_mark(cx->arena);
    TRY(query_probe(cx, walk->querying, row->cells, &keeps));
    arena_rewind(cx->arena, mark);
    if (keeps && walk->keys)
        walk->ids[walk->kept] = row->cells[0].integer;
    walk->kept += keeps;
    if (!walk->keys || ++walk->seen < WALK_ROWS)
        return NULL;
    for (size_t i = 0; i < walk->keys->count; i++) {
        Cell cell = row->cells[walk->keys->items[i].field->position];
        if (cell.kind == CELL_TEXT)
            cell.text.bytes = text_slice(cx->arena, cell.text.bytes, cell.text.length);
        walk->last[i] = cell;
    }
    return NULL;
}

static FALLIBLE walk_part(Ctx *cx, const Querying *part, Walk *walk)
{
    const char *sql = text_format(cx->arena, "SELECT %s FROM \"%s\"%s ORDER BY %s LIMIT %d",
                                  query_probe_columns(cx, part), part->entity->name,
                                  query_where(cx, part), sort_order(cx, walk->keys), WALK_ROWS);
    walk->seen = 0;
    return db_built_each(cx, sql, part->cells, part->count, walk_row, walk);
}

FALLIBLE list_walk(Ctx *cx, const Querying *querying, const SortKeys *keys, const Cell *after,
                   size_t room, Id *ids, size_t *count)
{
    Walk walk = {.querying = querying, .keys = keys, .ids = ids, .room = room};
    Querying parts[2] = {*querying};
    size_t part_count = after ? cursor_after(cx, querying, keys, after, parts) : 1;
    for (size_t i = 0; i < part_count && (size_t)walk.kept < room; i++) {
        TRY(walk_part(cx, &parts[i], &walk));
        if (walk.seen < WALK_ROWS)
            continue;
        // More may follow in this part: from here the rest is found anew.
        part_count = cursor_after(cx, querying, keys, walk.last, parts);
        i = (size_t)-1;
    }
    *count = (size_t)walk.kept;
    return NULL;
}

FALLIBLE list_walk_count(Ctx *cx, const Querying *querying, int64_t *total)
{
    Walk walk = {.querying = querying};
    const char *sql =
        text_format(cx->arena, "SELECT %s FROM \"%s\"%s", query_probe_columns(cx, querying),
                    querying->entity->name, query_where(cx, querying));
    TRY(db_built_each(cx, sql, querying->cells, querying->count, walk_row, &walk));
    *total = walk.kept;
    return NULL;
}
