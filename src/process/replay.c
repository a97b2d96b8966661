// SPDX-License-Identifier: Apache-2.0
#include "process/replay.h"

#include "base/ids.h"
#include "base/json.h"
#include "db/database.h"
#include "process/migration_detail.h"
#include "process/process.h"
#include "process/runner.h"
#include "process/shapes.h"
#include "record/record.h"

#include <string.h>

// `input`: the events of the row (flow_pack_events); NULL: none, '' erased. `subject_seen`: the
// record that was kept last, so that it is kept once while it stays the same.
MIGRATION(process_0032_history_input, 30,
          "ALTER TABLE instance_event ADD COLUMN input BYTEA;\n"
          "ALTER TABLE instance ADD COLUMN subject_seen BIGINT NOT NULL DEFAULT 0;\n"
          "ALTER TABLE instance ADD COLUMN pruned BIGINT NOT NULL DEFAULT 0;\n"
          "CREATE INDEX instance_ended ON instance (pruned, ended_at, id)");

QUERY(replay_rows, "SELECT sequence, at, kind, input, detail FROM instance_event"
                   " WHERE instance = $1 ORDER BY sequence");
QUERY(replay_erase, "UPDATE instance_event SET input = $2 WHERE instance = $1"
                    " AND input IS NOT NULL");

typedef struct Replay {
    Replayed *out;
    Value subject;
} Replay;

static FALLIBLE given_up(Ctx *cx, const Row *row, Replay *replay)
{
    Value detail;
    int64_t wait = 0;
    const char *text = row_text(row, "detail");
    TRY(json_parse(cx, text, strlen(text), &detail));
    const Value *number = value_get(detail, "wait");
    if (!number || number->kind != VALUE_NUMBER || !decimal_to_integer(number->number, &wait))
        return FAIL(cx, ERR_CONFLICT, "the history was written before it could be replayed");
    state_give_up(&replay->out->state, (int)wait);
    return NULL;
}

static FALLIBLE migrated(Ctx *cx, const Row *row, const FlowEvent *event, Replay *replay)
{
    Id from, to;
    FlowMigrationPlan plan;
    FlowMigration migration;
    const ProcessModel *model;
    Replayed *out = replay->out;
    TRY(migration_detail_read(cx, row_text(row, "detail"), &from, &to, &plan));
    TRY(model_by_id(cx, to, &model));
    plan.subject = event->subject;
    TRY(flow_migrate(cx, out->model->graph, &out->state, model->graph, &plan, &migration));
    out->state = migration.outcome.state;
    out->model = model;
    return NULL;
}

// The version on which the instance began.
static FALLIBLE first_model(Ctx *cx, const Instance *instance, const Rows *rows,
                            const ProcessModel **out)
{
    Id from = instance->model, to;
    FlowMigrationPlan plan;
    for (size_t i = 0; i < rows->count; i++)
        if (text_equal(row_text(&rows->items[i], "kind"), MIGRATED)) {
            TRY(migration_detail_read(cx, row_text(&rows->items[i], "detail"), &from, &to, &plan));
            break;
        }
    return model_by_id(cx, from, out);
}

static FALLIBLE row_replay(Ctx *cx, const Row *row, Replay *replay)
{
    FlowEvents events;
    Text input = row_cell(row, "input").text;
    Replayed *out = replay->out;
    if (text_equal(row_text(row, "kind"), "given up"))
        return given_up(cx, row, replay);
    if (row_cell(row, "input").kind == CELL_NULL)
        return NULL; // nothing came to the process
    if (!input.length)
        return FAIL(cx, ERR_CONFLICT, "what came to this process has been erased");
    TRY(flow_unpack_events(cx, input, &replay->subject, &events));
    cx->now = row_integer(row, "at");
    bool migrates = text_equal(row_text(row, "kind"), MIGRATED) && events.count;
    if (migrates)
        TRY(migrated(cx, row, &events.items[0], replay));
    for (size_t i = migrates; i < events.count; i++) {
        FlowOutcome outcome;
        TRY(flow_step(cx, out->model->graph, &out->state, &events.items[i], &outcome));
        out->state = outcome.state;
        out->steps++;
    }
    return NULL;
}

static FALLIBLE rows_replay(Ctx *cx, const Rows *rows, int64_t until, Replay *replay)
{
    for (size_t i = 0; i < rows->count; i++) {
        if (until >= 0 && row_integer(&rows->items[i], "sequence") > until)
            return NULL;
        TRY(row_replay(cx, &rows->items[i], replay));
        replay->out->rows++;
    }
    return NULL;
}

FALLIBLE instance_replay(Ctx *cx, Id id, int64_t until, Replayed *out)
{
    Instance *instance;
    Rows rows;
    Replay replay = {.out = out};
    *out = (Replayed){0};
    TRY(instance_load(cx, id, &instance));
    TRY(db_rows(cx, &rows, replay_rows, id));
    TRY(first_model(cx, instance, &rows, &out->model));
    if (!rows.count)
        return FAIL(cx, ERR_CONFLICT, "the history of this process has been pruned");
    if (row_cell(&rows.items[0], "input").kind == CELL_NULL)
        return FAIL(cx, ERR_CONFLICT, "the history was written before it could be replayed");
    Instant now = cx->now;
    Error *error = rows_replay(cx, &rows, until, &replay);
    cx->now = now;
    return error;
}

FALLIBLE instance_replay_check(Ctx *cx, Id id, Value *out)
{
    Instance *instance;
    Replayed replayed;
    if (!actor_may(cx->actor, "process.read"))
        return FAIL(cx, ERR_DENIED, "you may not replay processes");
    TRY(instance_load(cx, id, &instance));
    TRY(instance_replay(cx, id, -1, &replayed));
    Text now = flow_pack(cx, &replayed.state);
    bool equal = now.length == instance->blob.length &&
                 memcmp(now.bytes, instance->blob.bytes, now.length) == 0;
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "equal", value_boolean(equal));
    value_set(cx->arena, *out, "rows", value_integer(replayed.rows));
    value_set(cx->arena, *out, "steps", value_integer(replayed.steps));
    return NULL;
}

FALLIBLE instance_inputs_erase(Ctx *cx, Id id)
{
    Instance *instance;
    if (!actor_may(cx->actor, "process.erase"))
        return FAIL(cx, ERR_DENIED, "you may not erase what came to a process");
    TRY(instance_load(cx, id, &instance));
    if (!instance->ended_at)
        return FAIL(cx, ERR_CONFLICT,
                    "this process runs; what came to it is erased when it has ended");
    TRY(db_run(cx, NULL, replay_erase, id, cell_bytes("", 0)));
    InstanceNote note = {.kind = "erased"};
    TRY(instance_note(cx, instance, &note));
    return instance_store(cx, instance);
}
