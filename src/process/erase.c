// SPDX-License-Identifier: Apache-2.0
// Erasing what stands beside a history, and all histories of one record at once.
#include "base/ids.h"
#include "base/json.h"
#include "db/database.h"
#include "process/replay.h"
#include "process/runner.h"
#include "record/schema.h"

// Of a row of the history whose detail is a person's words it may be taken away, as any input.
#define WORDS "OLD.kind IN ('suspended', 'cancelled')"
#define APPEND_ONLY "the history of a process is only added to"
MIGRATION_ON_BOTH(
    process_0073_words, 30,
    "DROP TRIGGER instance_event_fixed;\n"
    "CREATE TRIGGER instance_event_fixed BEFORE UPDATE ON instance_event"
    " WHEN (NEW.input IS NOT OLD.input AND length(NEW.input) IS NOT 0)"
    " OR (NEW.detail IS NOT OLD.detail AND NOT (NEW.detail IS NULL AND " WORDS "))"
    " OR NEW.instance <> OLD.instance OR NEW.sequence <> OLD.sequence OR NEW.at <> OLD.at"
    " OR NEW.kind <> OLD.kind OR NEW.node IS NOT OLD.node OR NEW.actor <> OLD.actor"
    " OR NEW.entries <> OLD.entries BEGIN SELECT RAISE(ABORT, '" APPEND_ONLY "'); END",
    "CREATE OR REPLACE FUNCTION instance_event_fixed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " IF TG_OP = 'DELETE' THEN"
    "  IF EXISTS (SELECT 1 FROM instance WHERE id = OLD.instance AND ended_at IS NOT NULL"
    "   AND pruned > 0) THEN RETURN OLD; END IF;"
    " ELSIF TG_OP = 'UPDATE' THEN"
    "  IF (NEW.input IS NOT DISTINCT FROM OLD.input OR length(NEW.input) = 0)"
    "   AND (NEW.detail IS NOT DISTINCT FROM OLD.detail OR (NEW.detail IS NULL AND " WORDS "))"
    "   AND to_jsonb(NEW) - 'input' - 'detail' = to_jsonb(OLD) - 'input' - 'detail'"
    "   THEN RETURN NEW; END IF;"
    " END IF;"
    " RAISE EXCEPTION '" APPEND_ONLY "' USING ERRCODE = '23514'; END $$");

// Forms half filled in, values of deviations, what was sent.
QUERY(erase_drafts, "UPDATE work_item SET draft = NULL WHERE instance = $1 AND draft IS NOT NULL");
QUERY(erase_asked, "UPDATE process_deviation SET state = 'closed', decided_at = $2"
                   " WHERE instance = $1 AND state = 'requested' AND fields IS NOT NULL");
QUERY(erase_values, "UPDATE process_deviation SET fields = '{}', before = '{}'"
                    " WHERE instance = $1 AND fields IS NOT NULL");
QUERY(erase_payloads, "UPDATE outbox_message SET payload = '{}' WHERE instance = $1"
                      " AND state = 'delivered'");
// What people wrote.
QUERY(erase_words, "UPDATE instance_event SET detail = NULL WHERE instance = $1"
                   " AND kind IN ('suspended', 'cancelled') AND detail IS NOT NULL");
QUERY(erase_suspended,
      "UPDATE instance SET suspended = NULL WHERE id = $1 AND suspended IS NOT NULL");
QUERY(erase_reasons, "UPDATE process_deviation SET reason = '', comment = NULL"
                     " WHERE instance = $1");
QUERY(erase_comments, "UPDATE work_item_event SET comment = NULL WHERE instance = $1"
                      " AND comment IS NOT NULL");
QUERY(erase_notes, "UPDATE process_incident_event SET comment = NULL WHERE comment IS NOT NULL"
                   " AND incident IN (SELECT id FROM process_incident WHERE instance = $1)");

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

FALLIBLE erase_beside(Ctx *cx, Id id)
{
    TRY(db_run(cx, NULL, erase_drafts, id));
    TRY(db_run(cx, NULL, erase_asked, id, cx->now)); // what it asked for is not there any more
    TRY(db_run(cx, NULL, erase_values, id));
    TRY(db_run(cx, NULL, erase_payloads, id));
    TRY(db_run(cx, NULL, erase_words, id));
    TRY(db_run(cx, NULL, erase_suspended, id));
    TRY(db_run(cx, NULL, erase_reasons, id));
    TRY(db_run(cx, NULL, erase_comments, id));
    return db_run(cx, NULL, erase_notes, id);
}

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
