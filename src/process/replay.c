// SPDX-License-Identifier: Apache-2.0
#include "process/replay.h"

#include "base/ids.h"
#include "base/json.h"
#include "db/database.h"
#include "process/calendars.h"
#include "process/history.h"
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

// What is personal of an input stands apart, so that it alone can be erased.
MIGRATION(process_0065_personal, 30,
          "CREATE TABLE instance_personal (\n"
          "  instance BIGINT NOT NULL,\n"
          "  sequence BIGINT NOT NULL,\n"
          "  input BYTEA NOT NULL,\n"
          "  PRIMARY KEY (instance, sequence)\n"
          ")");

QUERY(replay_rows,
      "SELECT e.sequence, e.at, e.kind, e.entries, e.input, e.detail, p.input AS personal"
      " FROM instance_event e LEFT JOIN instance_personal p"
      " ON p.instance = e.instance AND p.sequence = e.sequence"
      " WHERE e.instance = $1 ORDER BY e.sequence");
QUERY(replay_erase_personal, "DELETE FROM instance_personal WHERE instance = $1");
QUERY(replay_erase, "UPDATE instance_event SET input = $2 WHERE instance = $1"
                    " AND input IS NOT NULL");

typedef struct Replay {
    Replayed *out;
    Value subject;
    Buffer *entries;  // what the row that is replayed makes happen
    FlowState *after; // each row, by its place among the rows
    const ProcessModel **on;
    const Rows *rows;
} Replay;

static void outcome_take(const FlowOutcome *outcome, Replay *replay)
{
    replay->out->state = outcome->state;
    for (size_t i = 0; i < outcome->effect_count; i++)
        if (outcome->effects[i].kind == EFFECT_HISTORY)
            entries_add(replay->entries, &outcome->effects[i]);
}

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
    TRY(calendars_use(cx, model->graph)); // and for the rows from here on
    TRY(flow_migrate(cx, out->model->graph, &out->state, model->graph, &plan, &migration));
    outcome_take(&migration.outcome, replay);
    out->model = model;
    return NULL;
}

static FALLIBLE restarted(Ctx *cx, const Row *row, const FlowEvent *event, Replay *replay)
{
    Value detail;
    FlowOutcome outcome;
    int64_t sequence = -1;
    Replayed *out = replay->out;
    const char *text = row_text(row, "detail");
    TRY(json_parse(cx, text, strlen(text), &detail));
    const Value *number = value_get(detail, "event");
    if (!number || number->kind != VALUE_NUMBER || !decimal_to_integer(number->number, &sequence))
        return FAIL(cx, ERR_INTERNAL, "a restart in the history cannot be read");
    size_t at = 0;
    while (at < (size_t)out->rows && row_integer(&replay->rows->items[at], "sequence") != sequence)
        at++;
    if (at == (size_t)out->rows || replay->on[at] != out->model)
        return FAIL(cx, ERR_INTERNAL, "a restart in the history cannot be read");
    FlowRestart restart = {&out->state, &replay->after[at], event->subject};
    TRY(flow_restart(cx, out->model->graph, &restart, &outcome));
    outcome_take(&outcome, replay);
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
    TRY(calendars_use(cx, replay->out->model->graph)); // as the runner does; a row may change it
    FlowEvents events;
    Text input = row_cell(row, "input").text;
    Replayed *out = replay->out;
    if (text_equal(row_text(row, "kind"), "given up"))
        return given_up(cx, row, replay);
    if (row_cell(row, "input").kind == CELL_NULL)
        return NULL; // nothing came to the process
    if (!input.length)
        return FAIL(cx, ERR_CONFLICT, "what came to this process has been erased");
    TRY(flow_unpack_events(cx, input, row_cell(row, "personal").text, &replay->subject, &events));
    out->erased += (int64_t)events.erased;
    replay->entries = buffer_new(cx->arena);
    buffer_text(replay->entries, "");
    cx->now = row_integer(row, "at");
    bool migrates = text_equal(row_text(row, "kind"), MIGRATED) && events.count;
    bool restarts = text_equal(row_text(row, "kind"), RESTARTED) && events.count;
    if (migrates)
        TRY(migrated(cx, row, &events.items[0], replay));
    if (restarts)
        TRY(restarted(cx, row, &events.items[0], replay));
    for (size_t i = migrates || restarts; i < events.count; i++) {
        FlowOutcome outcome;
        TRY(flow_step(cx, out->model->graph, &out->state, &events.items[i], &outcome));
        outcome_take(&outcome, replay);
        out->steps++;
    }
    if (!text_equal(replay->entries->bytes, row_text(row, "entries")))
        out->strays++;
    return NULL;
}

static FALLIBLE rows_replay(Ctx *cx, const Rows *rows, int64_t until, Replay *replay)
{
    for (size_t i = 0; i < rows->count; i++) {
        if (until >= 0 && row_integer(&rows->items[i], "sequence") > until)
            return NULL;
        TRY(row_replay(cx, &rows->items[i], replay));
        replay->after[i] = replay->out->state;
        replay->on[i] = replay->out->model;
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
    replay.rows = &rows;
    replay.after = NEW_ARRAY(cx->arena, FlowState, rows.count);
    replay.on = NEW_ARRAY(cx->arena, const ProcessModel *, rows.count);
    Instant now = cx->now;
    const struct BusinessCalendars *calendars = cx->calendars;
    Error *error = rows_replay(cx, &rows, until, &replay);
    cx->now = now;
    cx->calendars = calendars;
    return error && out->erased ? error_detail(FAIL(cx, ERR_CONFLICT,
                                                    "the way of this process hung on a value that"
                                                    " has been erased"),
                                               "%s", error->message)
                                : error;
}

static Value replayed_value(Ctx *cx, const Replayed *replayed, bool equal)
{
    Value value = value_context(cx->arena);
    value_set(cx->arena, value, "equal", value_boolean(equal));
    value_set(cx->arena, value, "rows", value_integer(replayed->rows));
    value_set(cx->arena, value, "steps", value_integer(replayed->steps));
    value_set(cx->arena, value, "erased", value_integer(replayed->erased));
    return value;
}

static bool is_stored(Ctx *cx, const Replayed *replayed, const Instance *instance)
{
    Text now = flow_pack(cx, &replayed->state);
    return !replayed->strays && now.length == instance->blob.length &&
           memcmp(now.bytes, instance->blob.bytes, now.length) == 0;
}

FALLIBLE instance_replay_check(Ctx *cx, Id id, Value *out)
{
    Instance *instance;
    Replayed replayed;
    if (!actor_may(cx->actor, "process.read"))
        return FAIL(cx, ERR_DENIED, "you may not replay processes");
    TRY(instance_load(cx, id, &instance));
    TRY(instance_replay(cx, id, -1, &replayed));
    *out = replayed_value(cx, &replayed, is_stored(cx, &replayed, instance));
    return NULL;
}

static FALLIBLE erase_begin(Ctx *cx, Id id, Instance **out)
{
    if (!actor_may(cx->actor, "process.erase"))
        return FAIL(cx, ERR_DENIED, "you may not erase what came to a process");
    TRY(instance_load(cx, id, out));
    if (!(*out)->ended_at)
        return FAIL(cx, ERR_CONFLICT,
                    "this process runs; what came to it is erased when it has ended");
    bool keeps;
    TRY(runner_keeps(cx, *out, &keeps));
    if (keeps)
        return error_hint(
            FAIL(cx, ERR_CONFLICT, "the process that called this one can still have it undone"),
            "What came to it is erased when that process has ended.");
    (*out)->subject_seen = 0; // it tells something of the record, too
    TRY(erase_beside(cx, id));
    return db_run(cx, NULL, replay_erase_personal, id);
}

FALLIBLE instance_inputs_erase(Ctx *cx, Id id)
{
    Instance *instance;
    TRY(erase_begin(cx, id, &instance));
    TRY(db_run(cx, NULL, replay_erase, id, cell_bytes("", 0)));
    InstanceNote note = {.kind = "erased"};
    TRY(instance_note(cx, instance, &note));
    return instance_store(cx, instance);
}

FALLIBLE instance_personal_erase(Ctx *cx, Id id, Value *out)
{
    Instance *instance;
    Replayed replayed;
    TRY(erase_begin(cx, id, &instance));
    InstanceNote note = {.kind = "personal erased"};
    TRY(instance_note(cx, instance, &note));
    TRY(instance_store(cx, instance));
    // It is erased whatever hung on it.
    Error *error = instance_replay(cx, id, -1, &replayed);
    if (error && error->code != ERR_CONFLICT)
        return error;
    *out = replayed_value(cx, &replayed, !error && is_stored(cx, &replayed, instance));
    return NULL;
}
