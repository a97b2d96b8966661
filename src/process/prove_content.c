// SPDX-License-Identifier: Apache-2.0
// What the company holds, as one number for each table: whether a move that was refused changed
// anything, and if so, where.
#include "base/map.h"
#include "process/prove_room.h"

// The state of processes; beside them are all entities. Of messages those that somebody may still
// get. The test of this file holds each table of the engine to be here or among those left out.
static const char *const engine_tables[] = {
    "decision_version",
    "instance",
    "instance_event",
    "instance_personal",
    "message",
    "outbox_message",
    "process_deviation",
    "process_import",
    "process_incident",
    "process_incident_event",
    "process_job",
    "process_migration",
    "process_migration_result",
    "process_suspension",
    "process_version",
    "process_wait",
    "work_item",
    "work_item_event",
    "work_item_hand",
    "work_item_user",
    "work_notice",
};
#define ENGINE_TABLES (sizeof engine_tables / sizeof *engine_tables)

// The order of rows does not matter, so the table is read as it lies.
static Error *row_add(Ctx *cx, const Row *row, void *state)
{
    uint64_t *sum = state, hash = 0;
    (void)cx;
    for (size_t i = 0; i < row_width(row); i++) {
        const Cell *cell = &row->cells[i];
        uint64_t part = (uint64_t)cell->kind;
        if (cell->kind == CELL_INTEGER)
            part ^= hash_bytes(&cell->integer, sizeof cell->integer);
        else if (cell->kind != CELL_NULL)
            part ^= hash_bytes(cell->text.bytes, cell->text.length);
        hash = (hash ^ part) * 0x9e3779b97f4a7c15ULL + i;
    }
    *sum += hash | 1;
    return NULL;
}

static FALLIBLE table_read(Ctx *cx, const char *table, uint64_t *out)
{
    *out = 0;
    const char *which = text_equal(table, "message") ? " WHERE state IN ('kept', 'queued')" : "";
    return db_built_each(cx, text_format(cx->arena, "SELECT * FROM \"%s\"%s", table, which), NULL,
                         0, row_add, out);
}

FALLIBLE proof_content(Ctx *cx, void *state)
{
    Content *content = state;
    const Schema *schema = cx->schema;
    content->count = schema->entity_count + ENGINE_TABLES;
    content->tables = NEW_ARRAY(cx->arena, const char *, content->count);
    content->sums = NEW_ARRAY(cx->arena, uint64_t, content->count);
    for (size_t i = 0; i < content->count; i++) {
        content->tables[i] =
            i < ENGINE_TABLES ? engine_tables[i] : schema->entities[i - ENGINE_TABLES]->name;
        TRY(table_read(cx, content->tables[i], &content->sums[i]));
    }
    return NULL;
}

const char *proof_content_changed(Ctx *cx, const Content *before, const Content *after)
{
    Buffer *text = buffer_new(cx->arena);
    for (size_t i = 0; i < after->count; i++)
        if (before->sums[i] != after->sums[i])
            buffer_format(text, "%s%s", text->length ? ", " : "", after->tables[i]);
    return text->length ? text->bytes : NULL;
}
