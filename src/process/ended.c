// SPDX-License-Identifier: Apache-2.0
// What stands beside instances that ended long ago, and in the end they themselves.
#include "base/ids.h"
#include "db/database.h"
#include "process/housekeeping.h"
#include "process/jobs.h"
#include "process/retention.h"

// `cleared`: nothing stands beside the instance any more; it stays because of its record.
MIGRATION(process_0072_ended, 30,
          "ALTER TABLE instance ADD COLUMN cleared BIGINT NOT NULL DEFAULT 0;\n"
          "CREATE INDEX instance_clear ON instance (ended_at, id) WHERE pruned > 1"
          " AND cleared = 0;\n"
          "INSERT INTO process_job (id, queue, kind, owner, wait, node, due_at, ready_at, attempts)"
          " VALUES (9, '" QUEUE_HOUSE "', 'housekeeping', 0, 0, 'ended', 1, 1, 0);\n"
          "INSERT INTO process_job (id, queue, kind, owner, wait, node, due_at, ready_at, attempts)"
          " VALUES (10, '" QUEUE_HOUSE "', 'housekeeping', 0, 0, 'undelivered', 1, 1, 0)");

// A caller that may run again may ask what it called to be undone.
QUERY(ended_next,
      "SELECT i.id, i.subject FROM instance i WHERE i.pruned > 1 AND i.cleared = 0"
      " AND i.ended_at < $1 AND NOT EXISTS (SELECT 1 FROM instance p WHERE p.id = i.parent"
      " AND p.pruned < 2) ORDER BY i.ended_at, i.id LIMIT $2");
QUERY(ended_clear, "UPDATE instance SET cleared = 1 WHERE id = $1");
QUERY(ended_remove, "DELETE FROM instance WHERE id = $1");
QUERY(ended_undelivered, "DELETE FROM outbox_message WHERE id IN (SELECT id FROM outbox_message"
                         " WHERE state = 'pending' AND id < $1 ORDER BY id LIMIT $2)");

// ---- the rows of one instance, $2 at a time -------------------------------------------------

#define ITEMS "(SELECT id FROM work_item WHERE instance = $1 ORDER BY id LIMIT $2)"
QUERY(ended_users, "DELETE FROM work_item_user WHERE item IN " ITEMS);
QUERY(ended_notices, "DELETE FROM work_notice WHERE item IN " ITEMS);
QUERY(ended_seen, "DELETE FROM work_item_seen WHERE item IN " ITEMS);
QUERY(ended_items, "DELETE FROM work_item WHERE id IN " ITEMS);
QUERY(ended_hands, "DELETE FROM work_item_hand WHERE instance = $1 AND node IN (SELECT h.node"
                   " FROM work_item_hand h WHERE h.instance = $1 ORDER BY h.node LIMIT $2)");
#define ROWS_OF(table)                                                                             \
    "DELETE FROM " table " WHERE id IN (SELECT id FROM " table                                     \
    " WHERE instance = $1 ORDER BY id LIMIT $2)"
QUERY(ended_item_events, ROWS_OF("work_item_event"));
QUERY(ended_messages, ROWS_OF("outbox_message"));
QUERY(ended_incident_events,
      "DELETE FROM process_incident_event WHERE incident IN"
      " (SELECT id FROM process_incident WHERE instance = $1 ORDER BY id LIMIT $2)");
QUERY(ended_incidents, ROWS_OF("process_incident"));
QUERY(ended_deviations, ROWS_OF("process_deviation"));
QUERY(ended_migrations,
      "DELETE FROM process_migration_result WHERE instance = $1 AND migration IN"
      " (SELECT r.migration FROM process_migration_result r WHERE r.instance = $1 LIMIT $2)");
// What was noted after the history had gone.
QUERY(ended_notes, "DELETE FROM instance_event WHERE instance = $1 AND sequence IN"
                   " (SELECT e.sequence FROM instance_event e WHERE e.instance = $1 LIMIT $2)");

// What hangs on a row goes before it.
static const Query *const beside[] = {
    &ended_users,    &ended_notices,         &ended_seen,
    &ended_items,    &ended_hands,           &ended_item_events,
    &ended_messages, &ended_incident_events, &ended_incidents,
};
static const Query *const with_it[] = {&ended_deviations, &ended_migrations, &ended_notes};

static FALLIBLE rows_go(Ctx *cx, Id instance, const Query *const *of, size_t count, bool *whole)
{
    Cell cells[] = {cell_integer(instance), cell_integer(RETENTION_ROWS)};
    for (size_t i = 0; i < count && *whole; i++) {
        int64_t rows;
        TRY(db_run_cells(cx, &rows, of[i], cells, 2));
        *whole = rows < RETENTION_ROWS;
    }
    return NULL;
}

static FALLIBLE instance_goes(Ctx *cx, const Row *row, bool *whole)
{
    Id id = row_integer(row, "id");
    bool on_record = row_cell(row, "subject").kind != CELL_NULL;
    TRY(rows_go(cx, id, beside, sizeof beside / sizeof *beside, whole));
    if (!on_record)
        TRY(rows_go(cx, id, with_it, sizeof with_it / sizeof *with_it, whole));
    if (!*whole)
        return NULL;
    return on_record ? db_run(cx, NULL, ended_clear, id) : db_run(cx, NULL, ended_remove, id);
}

FALLIBLE retention_ended(Ctx *cx, int limit, int *done)
{
    Rows rows;
    bool whole = true;
    *done = 0;
    Instant before = retention_company(cx);
    if (!before)
        return NULL;
    TRY(db_rows(cx, &rows, ended_next, before, limit));
    for (size_t i = 0; i < rows.count && whole; i++)
        TRY(instance_goes(cx, &rows.items[i], &whole));
    *done = whole ? (int)rows.count : limit;
    return NULL;
}

FALLIBLE retention_undelivered(Ctx *cx, int limit, int *done)
{
    int64_t changed = 0;
    Instant before = retention_company(cx);
    if (before)
        TRY(db_run(cx, &changed, ended_undelivered, id_first(before), limit));
    *done = (int)changed;
    return NULL;
}
