// SPDX-License-Identifier: Apache-2.0
#include "process/mining.h"

#include "base/csv.h"
#include "base/ids.h"
#include "db/database.h"
#include "process/deployments.h"
#include "process/describe.h"
#include "process/jobs.h"
#include "record/record.h"

// `flow`: 1 a sequence flow, 0 a node; `number`: its index in the compiled model, -1 the process.
// `described` of a version: 0 not yet, 1 its elements stand here, 2 it cannot be read any more.
MIGRATION(process_0063_elements, 30,
          "CREATE TABLE process_element (\n"
          "  model BIGINT NOT NULL,\n"
          "  flow BIGINT NOT NULL,\n"
          "  number BIGINT NOT NULL,\n"
          "  step TEXT NOT NULL,\n"
          "  name TEXT NOT NULL,\n"
          "  type TEXT NOT NULL,\n"
          "  PRIMARY KEY (model, flow, number)\n"
          ");\n"
          "ALTER TABLE process_version ADD COLUMN described BIGINT NOT NULL DEFAULT 0;\n"
          "CREATE INDEX process_version_described ON process_version (id)"
          " WHERE described = 0 AND drawing = 0;\n"
          "CREATE INDEX process_migration_result_instance ON process_migration_result (instance);\n"
          "INSERT INTO process_job (id, queue, kind, owner, wait, node, due_at, ready_at, attempts)"
          " VALUES (8, '" QUEUE_HOUSE "', 'housekeeping', 0, 0, 'elements', 1, 1, 0)");

// One row for each word of `entries`, see history.h.
#define ENTRY_VIEW(key, word, source)                                                              \
    "CREATE VIEW history_entry AS SELECT e.instance, e.sequence, " key " AS place, e.at, e.actor," \
    " e.node AS came_to, substr(" word ", 1, 1) AS letter,"                                        \
    " CAST(substr(" word ", 2) AS BIGINT) AS number FROM instance_event e" source                  \
    " WHERE e.entries <> '';\n"
// A row speaks of the version on which the instance was then: before a migration of another one.
#define MODEL_THEN                                                                                 \
    "COALESCE((SELECT p.from_model FROM process_migration_result r"                                \
    " JOIN process_migration p ON p.id = r.migration WHERE r.instance = i.id"                      \
    " AND r.state = 'migrated' AND h.sequence < r.events - 1 ORDER BY r.events LIMIT 1), i.model)"
#define AUDIT_VIEW                                                                                 \
    "CREATE VIEW history_audit AS SELECT e.instance, i.process_key AS process, i.version,"         \
    " i.entity, i.subject AS record, e.sequence, e.at, e.kind AS what, e.node AS step,"            \
    " NULLIF(e.actor, 0) AS actor, e.detail FROM instance_event e"                                 \
    " JOIN instance i ON i.id = e.instance;\n"
#define EVENT_VIEW                                                                                 \
    "CREATE VIEW history_event AS SELECT i.id AS instance, i.process_key AS process, v.version,"   \
    " i.entity, i.subject AS record, h.sequence, h.place, h.at, x.step, x.name, x.type,"           \
    " CASE h.letter WHEN 'S' THEN 'start' WHEN 'E' THEN 'start' WHEN 'X' THEN 'ate_abort'"         \
    " WHEN 'F' THEN 'ate_abort' WHEN 'K' THEN 'manualskip' WHEN 'U' THEN 'unknown'"                \
    " ELSE 'complete' END AS lifecycle,"                                                           \
    " CASE WHEN h.letter = 'S' OR x.step = h.came_to THEN NULLIF(h.actor, 0) END AS resource"      \
    " FROM history_entry h JOIN instance i ON i.id = h.instance"                                   \
    " JOIN process_version v ON v.id = " MODEL_THEN                                                \
    " JOIN process_element x ON x.model = v.id AND x.flow = 0 AND x.number = h.number"             \
    " WHERE h.letter <> '>';\n"
// The n-th end of a step in an instance is that of its n-th beginning.
#define TURN "ROW_NUMBER() OVER (PARTITION BY instance, step ORDER BY sequence, place) AS turn"
#define STEP_VIEW                                                                                  \
    "CREATE VIEW history_step AS SELECT b.instance, b.process, b.version, b.entity, b.record,"     \
    " b.step, b.name, b.type, b.turn, b.at AS started_at, f.at AS ended_at,"                       \
    " f.lifecycle AS ended_as, f.resource, f.at - b.at AS duration"                                \
    " FROM (SELECT e.*, " TURN " FROM history_event e"                                             \
    " WHERE e.lifecycle = 'start' AND e.type <> 'process') b"                                      \
    " LEFT JOIN (SELECT e.*, " TURN " FROM history_event e"                                        \
    " WHERE e.lifecycle NOT IN ('start', 'unknown')) f"                                            \
    " ON f.instance = b.instance AND f.step = b.step AND f.turn = b.turn;\n"
#define HEAT_VIEW                                                                                  \
    "CREATE VIEW history_heat AS"                                                                  \
    " SELECT process, version, step, name, type, COUNT(*) AS times,"                               \
    " SUM(CASE WHEN ended_at IS NULL THEN 1 ELSE 0 END) AS open,"                                  \
    " SUM(CASE WHEN ended_as = 'ate_abort' THEN 1 ELSE 0 END) AS broken_off,"                      \
    " CAST(SUM(duration) AS BIGINT) AS duration, MAX(duration) AS longest"                         \
    " FROM history_step GROUP BY process, version, step, name, type"                               \
    " UNION ALL SELECT i.process_key, v.version, x.step, x.name, x.type, COUNT(*), 0, 0, NULL,"    \
    " NULL FROM history_entry h JOIN instance i ON i.id = h.instance"                              \
    " JOIN process_version v ON v.id = " MODEL_THEN                                                \
    " JOIN process_element x ON x.model = v.id AND x.flow = 1 AND x.number = h.number"             \
    " WHERE h.letter = '>' GROUP BY i.process_key, v.version, x.step, x.name, x.type"
#define VIEWS AUDIT_VIEW EVENT_VIEW STEP_VIEW HEAT_VIEW
MIGRATION_ON_BOTH(process_0064_views, 30,
                  ENTRY_VIEW("w.key + 1", "w.value",
                             ", json_each('[\"' || replace(e.entries, ' ', '\",\"') || '\"]') w")
                      VIEWS,
                  ENTRY_VIEW("w.key", "w.value",
                             " CROSS JOIN LATERAL regexp_split_to_table(e.entries, ' ')"
                             " WITH ORDINALITY AS w (value, key)") VIEWS);

QUERY(element_add, "INSERT INTO process_element (model, flow, number, step, name, type)"
                   " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING");
QUERY(model_described, "UPDATE process_version SET described = $2 WHERE id = $1");
QUERY(model_undescribed, "SELECT id FROM process_version WHERE described = 0 AND drawing = 0"
                         " ORDER BY id LIMIT $1");

// ---- elements -------------------------------------------------------------------------------

FALLIBLE mining_elements_write(Ctx *cx, Id model, const Graph *graph)
{
    TRY(db_run(cx, NULL, element_add, model, 0, -1, graph->id, graph->name, "process"));
    for (size_t i = 0; i < graph->node_count; i++) {
        const GraphNode *node = &graph->nodes[i];
        TRY(db_run(cx, NULL, element_add, model, 0, node->index, node->id, node->name,
                   node_kind_word(node->kind)));
    }
    for (size_t i = 0; i < graph->edge_count; i++) {
        const GraphEdge *edge = &graph->edges[i];
        TRY(db_run(cx, NULL, element_add, model, 1, edge->index, edge->id, edge->name,
                   "sequence flow"));
    }
    return db_run(cx, NULL, model_described, model, 1);
}

FALLIBLE mining_elements_make_up(Ctx *cx, int limit, int *done)
{
    Rows rows;
    TRY(db_rows(cx, &rows, model_undescribed, limit));
    for (size_t i = 0; i < rows.count; i++) {
        Id id = row_integer(&rows.items[i], "id");
        const ProcessModel *model;
        Error *error = model_by_id(cx, id, &model);
        if (error && error->code == ERR_UNAVAILABLE)
            return error;
        TRY(error ? db_run(cx, NULL, model_described, id, 2)
                  : mining_elements_write(cx, id, model->graph));
    }
    *done = (int)rows.count;
    return NULL;
}

// ---- the log --------------------------------------------------------------------------------

// The names of XES (IEEE 1849): concept, lifecycle, time and organizational extension.
static const char *const columns[] = {"case:concept:name", "concept:name",   "lifecycle:transition",
                                      "time:timestamp",    "org:resource",   "millrace:step",
                                      "millrace:type",     "millrace:record"};
#define COLUMNS (sizeof columns / sizeof *columns)

static const char log_rows[] =
    "SELECT instance, record, at, step, name, type, lifecycle, resource FROM history_event"
    " WHERE process = $1 AND at >= $2 AND at < $3 AND type NOT LIKE '%gateway'"
    " ORDER BY instance, sequence, place";

typedef struct Log {
    const EventLogWriter *writer;
    Describer *describer; // remembers names, a few of many lines
} Log;

static FALLIBLE line_write(Ctx *cx, const Log *log, const char *const *fields)
{
    Buffer *line = buffer_new(cx->arena);
    for (size_t i = 0; i < COLUMNS; i++) {
        if (i)
            buffer_byte(line, ',');
        csv_write_field(line, fields[i] ? fields[i] : "", true);
    }
    buffer_text(line, "\r\n");
    return log->writer->write(cx, line->bytes, line->length, log->writer->state);
}

static FALLIBLE event_write(Ctx *cx, const Row *row, void *state)
{
    Log *log = state;
    const char *name = row_text(row, "name"), *step = row_text(row, "step");
    Id record = row_integer(row, "record");
    Value resource;
    TRY(describe_user(cx, log->describer, row_integer(row, "resource"), &resource));
    ArenaMark mark = arena_mark(cx->arena);
    const char *const fields[COLUMNS] = {id_text(cx->arena, row_integer(row, "instance")),
                                         *name ? name : step,
                                         row_text(row, "lifecycle"),
                                         instant_text(cx->arena, row_integer(row, "at")),
                                         value_get_text(resource, "name"),
                                         step,
                                         row_text(row, "type"),
                                         record ? id_text(cx->arena, record) : NULL};
    TRY(line_write(cx, log, fields));
    arena_rewind(cx->arena, mark);
    return NULL;
}

FALLIBLE event_log_write(Ctx *cx, const char *key, Instant from, Instant until,
                         const EventLogWriter *writer)
{
    const ProcessModel *model;
    if (!actor_may(cx->actor, "process.read"))
        return FAIL(cx, ERR_DENIED, "you may not read the histories of processes");
    TRY(model_newest(cx, key, &model));
    Log log = {writer, describer_new(cx)};
    TRY(line_write(cx, &log, columns));
    Cell cells[] = {cell_text(key), cell_integer(from), cell_integer(until)};
    return db_built_each(cx, log_rows, cells, 3, event_write, &log);
}
