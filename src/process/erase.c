// SPDX-License-Identifier: Apache-2.0
// Erasing all histories of one record at once.
#include "base/ids.h"
#include "base/json.h"
#include "process/replay.h"
#include "process/runner.h"
#include "record/schema.h"

// "erased" is the last row of a history that was erased already; what ran on since is not skipped.
QUERY(erase_of_record, "SELECT id FROM instance WHERE entity = $1 AND subject = $2 ORDER BY id");
QUERY(erase_called, "SELECT id FROM instance WHERE parent = $1 ORDER BY id");
QUERY(erase_state, "SELECT e.kind FROM instance i LEFT JOIN instance_event e"
                   " ON e.instance = i.id AND e.sequence = i.events - 1 WHERE i.id = $1");

typedef struct Found {
    ARRAY(Id) ids;
    ARRAY(Value) running;
    int erased;
    bool left;
} Found;

static FALLIBLE found_add(Ctx *cx, Found *found, const Rows *rows)
{
    for (size_t i = 0; i < rows->count; i++)
        array_push(cx->arena, found->ids) = row_integer(&rows->items[i], "id");
    return NULL;
}

static FALLIBLE one_erase(Ctx *cx, Found *found, Id id)
{
    Row *row;
    bool keeps; // its caller, which runs, can still have it undone
    Instance *instance;
    TRY(db_row(cx, &row, erase_state, id));
    TRY(instance_load(cx, id, &instance));
    TRY(runner_keeps(cx, instance, &keeps));
    if (!instance->ended_at || keeps) {
        array_push(cx->arena, found->running) = value_text(id_text(cx->arena, id));
        return NULL;
    }
    if (text_equal(row_text(row, "kind"), "erased"))
        return NULL;
    found->left = found->erased == ERASE_AT_ONCE;
    if (found->left)
        return NULL;
    found->erased++;
    return instance_inputs_erase(cx, id);
}

FALLIBLE record_histories_erase(Ctx *cx, const char *entity, Id record, Value *out)
{
    const Entity *known;
    Found found = {0};
    Rows rows;
    if (!actor_may(cx->actor, "process.erase"))
        return FAIL(cx, ERR_DENIED, "you may not erase what came to a process");
    TRY(schema_find(cx, entity, &known));
    TRY(db_rows(cx, &rows, erase_of_record, known->name, record));
    TRY(found_add(cx, &found, &rows));
    for (size_t i = 0; i < found.ids.count && !found.left; i++) {
        TRY(one_erase(cx, &found, found.ids.items[i]));
        TRY(db_rows(cx, &rows, erase_called, found.ids.items[i]));
        TRY(found_add(cx, &found, &rows));
    }
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "erased", value_integer(found.erased));
    value_set(cx->arena, *out, "running", value_list(found.running.items, found.running.count));
    value_set(cx->arena, *out, "left", value_boolean(found.left));
    return NULL;
}
