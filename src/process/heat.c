// SPDX-License-Identifier: Apache-2.0
#include "process/heat.h"

#include "base/map.h"
#include "db/database.h"
#include "process/history.h"
#include "process/migration_detail.h"
#include "process/shapes.h"

MIGRATION(process_0040_heat, 30,
          "CREATE INDEX instance_started ON instance (process_key, started_at, id);\n"
          "CREATE INDEX instance_process_state ON instance (process_key, state, id)");

// Where its caller stands: the call activity's id in the caller's version.
MIGRATION(process_0071_called, 30, "ALTER TABLE instance ADD COLUMN parent_node TEXT");

// $1 process, $2 version or 0, $3 from, $4 to, $5 at most so many.
#define CASES                                                                                      \
    "WITH cases AS (SELECT i.id, i.model, (SELECT MAX(m.sequence) FROM instance_event m"           \
    " WHERE m.instance = i.id AND m.kind = '" MIGRATED "') AS migrated FROM instance i"            \
    " WHERE i.process_key = $1 AND i.started_at >= $3 AND i.started_at < $4"                       \
    " AND (i.version = $2 OR $2 = 0) ORDER BY i.started_at DESC, i.id DESC LIMIT $5)"
// $1 process, $2 version or 0, $3 at most so many of each.
#define RUNNING_IN(state)                                                                          \
    "SELECT id FROM (SELECT id FROM instance WHERE process_key = $1"                               \
    " AND state = '" state "' AND (version = $2 OR $2 = 0) ORDER BY id DESC LIMIT $3) " state
#define RUNNING "WITH waiting AS (" RUNNING_IN("running") " UNION ALL " RUNNING_IN("incident") ")"
// The value that half of them, and nine of ten, do not exceed, by nearest rank.
#define RANKED(what)                                                                               \
    "MAX(CASE WHEN " what "_rank = (items + 1) / 2 THEN " what " END) AS " what "_median, "        \
    "MAX(CASE WHEN " what "_rank = (9 * items + 9) / 10 THEN " what " END) AS " what "_p90"

QUERY(heat_cases, "SELECT COUNT(*) AS cases FROM instance WHERE process_key = $1"
                  " AND started_at >= $3 AND started_at < $4 AND (version = $2 OR $2 = 0)");
QUERY(heat_passed, CASES " SELECT cases.model, e.entries, COUNT(*) AS times FROM cases"
                         " JOIN instance_event e ON e.instance = cases.id"
                         " WHERE e.sequence > COALESCE(cases.migrated, -1)"
                         " GROUP BY cases.model, e.entries");
QUERY(heat_times,
      CASES ", done AS (SELECT w.node, w.instance, w.due_at, w.ended_at,"
            " COALESCE(w.started_at, w.claimed_at, w.ended_at) - w.created_at AS waiting,"
            " w.ended_at - COALESCE(w.started_at, w.claimed_at, w.ended_at) AS working"
            " FROM cases JOIN work_item w ON w.instance = cases.id WHERE w.state = 'completed'),"
            " ranked AS (SELECT node, instance, due_at, ended_at, waiting, working,"
            " ROW_NUMBER() OVER (PARTITION BY node ORDER BY waiting) AS waiting_rank,"
            " ROW_NUMBER() OVER (PARTITION BY node ORDER BY working) AS working_rank,"
            " COUNT(*) OVER (PARTITION BY node) AS items FROM done)"
            " SELECT node, COUNT(*) AS items, COUNT(DISTINCT instance) AS cases,"
            " COUNT(CASE WHEN ended_at > due_at THEN 1 END) AS late, " RANKED("waiting") ", " //
      RANKED("working") " FROM ranked GROUP BY node");
QUERY(heat_open, RUNNING " SELECT w.node, COUNT(*) AS waits,"
                         " COUNT(CASE WHEN w.due_at < $4 THEN 1 END) AS late"
                         " FROM waiting JOIN work_item w ON w.instance = waiting.id"
                         " WHERE w.state IN ('offered', 'claimed', 'started') GROUP BY w.node");
QUERY(heat_subscribed, RUNNING " SELECT w.node, COUNT(*) AS waits FROM waiting"
                               " JOIN process_wait w ON w.owner = waiting.id GROUP BY w.node");
QUERY(heat_jobs, RUNNING " SELECT j.node, COUNT(*) AS waits FROM waiting"
                         " JOIN process_job j ON j.owner = waiting.id"
                         " WHERE j.kind IN ('timer', 'external', 'call') GROUP BY j.node");
QUERY(heat_called, RUNNING " SELECT c.parent_node AS node, COUNT(*) AS waits FROM waiting"
                           " JOIN instance c ON c.parent = waiting.id WHERE c.ended_at IS NULL"
                           " AND c.parent_node IS NOT NULL GROUP BY c.parent_node");

typedef struct StepHeat {
    const GraphNode *node;
    int64_t passed;
    int64_t cases;
    int64_t returned;
    int64_t late;
    int64_t waiting_now;
    int64_t late_now;
    Value waiting;
    Value working;
} StepHeat;

typedef struct Heat {
    Map *steps; // by the node's id
    Map *flows; // int64_t by the flow's id
} Heat;

static StepHeat *step_of(Ctx *cx, Heat *heat, const GraphNode *node)
{
    StepHeat *step = map_get(heat->steps, node->id);
    if (step)
        return step;
    step = NEW(cx->arena, StepHeat);
    *step = (StepHeat){.node = node, .waiting = value_null(), .working = value_null()};
    map_put(heat->steps, node->id, step);
    return step;
}

static void flow_count(Ctx *cx, Heat *heat, const GraphEdge *edge, int64_t times)
{
    int64_t *passed = map_get(heat->flows, edge->id);
    if (!passed) {
        passed = NEW(cx->arena, int64_t);
        map_put(heat->flows, edge->id, passed);
    }
    *passed += times;
}

// ---- what was passed ------------------------------------------------------------------------

static void entries_count(Ctx *cx, Heat *heat, const Graph *graph, const Row *row)
{
    int64_t times = row_integer(row, "times");
    const char *at = row_text(row, "entries");
    HistoryWord word;
    while (history_word_next(&at, &word)) {
        if (word.what == HISTORY_FLOW && word.index < (int)graph->edge_count)
            flow_count(cx, heat, &graph->edges[word.index], times);
        if (word.what == HISTORY_COMPLETED && word.index >= 0 &&
            word.index < (int)graph->node_count)
            step_of(cx, heat, &graph->nodes[word.index])->passed += times;
    }
}

static FALLIBLE passed_read(Ctx *cx, const HeatAsked *asked, Heat *heat)
{
    Rows rows;
    TRY(db_rows(cx, &rows, heat_passed, asked->process, asked->version, asked->from, asked->to,
                HEAT_CASES));
    for (size_t i = 0; i < rows.count; i++) {
        const ProcessModel *model;
        TRY(model_by_id(cx, row_integer(&rows.items[i], "model"), &model));
        entries_count(cx, heat, model->graph, &rows.items[i]);
    }
    return NULL;
}

// ---- how long it took -----------------------------------------------------------------------

static Value seconds_value(Ctx *cx, const Row *row, const char *median, const char *p90)
{
    Value value = value_context(cx->arena);
    value_set(cx->arena, value, "median", value_integer(row_integer(row, median) / 1000000));
    value_set(cx->arena, value, "p90", value_integer(row_integer(row, p90) / 1000000));
    return value;
}

static FALLIBLE times_read(Ctx *cx, const HeatAsked *asked, Heat *heat)
{
    Rows rows;
    TRY(db_rows(cx, &rows, heat_times, asked->process, asked->version, asked->from, asked->to,
                HEAT_CASES));
    for (size_t i = 0; i < rows.count; i++) {
        const Row *row = &rows.items[i];
        StepHeat *step = map_get(heat->steps, row_text(row, "node"));
        if (!step)
            continue; // only steps of before a migration
        step->cases = row_integer(row, "cases");
        step->returned = row_integer(row, "items") - step->cases;
        step->late = row_integer(row, "late");
        step->waiting = seconds_value(cx, row, "waiting_median", "waiting_p90");
        step->working = seconds_value(cx, row, "working_median", "working_p90");
    }
    return NULL;
}

// ---- what waits now -------------------------------------------------------------------------

// Nobody waits at what is only watched for.
static StepHeat *waiting_step(const Heat *heat, const Row *row)
{
    StepHeat *step = map_get(heat->steps, row_text(row, "node"));
    return step && !node_is_watch(step->node) ? step : NULL;
}

static FALLIBLE waiting_read(Ctx *cx, const HeatAsked *asked, Heat *heat)
{
    Rows open, subscribed, jobs, called;
    TRY(db_rows(cx, &open, heat_open, asked->process, asked->version, HEAT_RUNNING, cx->now));
    TRY(db_rows(cx, &subscribed, heat_subscribed, asked->process, asked->version, HEAT_RUNNING));
    TRY(db_rows(cx, &jobs, heat_jobs, asked->process, asked->version, HEAT_RUNNING));
    TRY(db_rows(cx, &called, heat_called, asked->process, asked->version, HEAT_RUNNING));
    const Rows *all[] = {&open, &subscribed, &jobs, &called};
    for (size_t a = 0; a < sizeof all / sizeof *all; a++)
        for (size_t i = 0; i < all[a]->count; i++) {
            const Row *row = &all[a]->items[i];
            StepHeat *step = waiting_step(heat, row);
            if (!step)
                continue;
            step->waiting_now += row_integer(row, "waits");
            if (all[a] == &open)
                step->late_now += row_integer(row, "late");
        }
    return NULL;
}

// ---- the answer -----------------------------------------------------------------------------

static Value step_value(Ctx *cx, const StepHeat *step)
{
    const struct {
        const char *name;
        int64_t number;
    } numbers[] = {{"passed", step->passed},           {"cases", step->cases},
                   {"returned", step->returned},       {"late", step->late},
                   {"waiting_now", step->waiting_now}, {"late_now", step->late_now}};
    Value value = value_context(cx->arena);
    value_set(cx->arena, value, "key", value_text(step->node->id));
    value_set(cx->arena, value, "name", value_text(graph_node_name(step->node, cx->language)));
    value_set(cx->arena, value, "kind", value_text(node_kind_word(step->node->kind)));
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        value_set(cx->arena, value, numbers[i].name, value_integer(numbers[i].number));
    value_set(cx->arena, value, "waiting", step->waiting);
    value_set(cx->arena, value, "working", step->working);
    return value;
}

static void lists_set(Ctx *cx, const Heat *heat, Value out)
{
    Value *steps = NEW_ARRAY(cx->arena, Value, heat->steps->count + 1);
    Value *flows = NEW_ARRAY(cx->arena, Value, heat->flows->count + 1);
    for (size_t i = 0; i < heat->steps->count; i++)
        steps[i] = step_value(cx, heat->steps->entries[i].value);
    for (size_t i = 0; i < heat->flows->count; i++) {
        const MapEntry *entry = &heat->flows->entries[i];
        flows[i] = value_context(cx->arena);
        value_set(cx->arena, flows[i], "key", value_text(entry->key));
        value_set(cx->arena, flows[i], "passed", value_integer(*(int64_t *)entry->value));
    }
    value_set(cx->arena, out, "steps", value_list(steps, heat->steps->count));
    value_set(cx->arena, out, "flows", value_list(flows, heat->flows->count));
}

FALLIBLE process_heat(Ctx *cx, const HeatAsked *asked, Value *out)
{
    const ProcessModel *model;
    Row *counted;
    if (!actor_may(cx->actor, "process.read"))
        return FAIL(cx, ERR_DENIED, "you may not look into all instances of a process");
    if (asked->from >= asked->to)
        return error_field(FAIL(cx, ERR_INVALID, "a period ends after it begins"), "to");
    TRY(model_newest(cx, asked->process, &model));
    Heat heat = {map_new(cx->arena), map_new(cx->arena)};
    for (size_t i = 0; i < model->graph->node_count; i++)
        (void)step_of(cx, &heat, &model->graph->nodes[i]); // in the order of the model
    TRY(db_row(cx, &counted, heat_cases, asked->process, asked->version, asked->from, asked->to));
    TRY(passed_read(cx, asked, &heat));
    TRY(times_read(cx, asked, &heat));
    TRY(waiting_read(cx, asked, &heat));
    int64_t cases = row_integer(counted, "cases");
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "version",
              asked->version ? value_integer(asked->version) : value_null());
    value_set(cx->arena, *out, "from", value_text(instant_text(cx->arena, asked->from)));
    value_set(cx->arena, *out, "to", value_text(instant_text(cx->arena, asked->to)));
    value_set(cx->arena, *out, "cases", value_integer(cases));
    value_set(cx->arena, *out, "complete", value_boolean(cases <= HEAT_CASES));
    lists_set(cx, &heat, *out);
    return NULL;
}
