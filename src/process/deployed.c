// SPDX-License-Identifier: Apache-2.0
// What there is to read of deployed processes and drawings.
#include "base/json.h"
#include "db/db.h"
#include "process/deployments.h"
#include "process/describe.h"
#include "process/process.h"
#include "process/shapes.h"
#include "process/suspension.h"

#include <string.h>

QUERY(process_version_list,
      "SELECT id, deployed_at FROM process_version WHERE newest = 1 ORDER BY process_key");
QUERY(process_drawing_list,
      "SELECT process_key, version, deployed_at, about FROM process_version WHERE drawing = 1"
      " ORDER BY process_key");
QUERY(process_drawing_of, "SELECT process_key, version, deployed_at, about FROM process_version"
                          " WHERE process_key = $1 AND drawing = 1");
QUERY(process_version_deployed,
      "SELECT deployed_at, about FROM process_version WHERE process_key = $1 AND version = $2");
QUERY(process_version_runs_as, "SELECT id FROM process_version WHERE process_key = $1"
                               " AND version = $2 AND drawing = 0");
QUERY(process_version_xml,
      "SELECT xml FROM process_version WHERE process_key = $1 AND version = $2");

QUERY(process_versions_of, "SELECT id, version, drawing, deployed_at, deployed_by"
                           " FROM process_version WHERE process_key = $1 ORDER BY version DESC");
QUERY(process_version_running, "SELECT COUNT(*) AS instances FROM instance WHERE model = $1"
                               " AND ended_at IS NULL");

static size_t department_count(const Graph *graph)
{
    size_t count = 0;
    for (size_t i = 0; i < graph->lane_count; i++) {
        const char *department = graph->lanes[i].department;
        bool seen = !department;
        for (size_t j = 0; j < i && !seen; j++)
            seen = text_equal(department, graph->lanes[j].department);
        count += !seen;
    }
    return count;
}

// {name, problems: {en, zh-CN}}, as it was said at the deployment; empty when nobody did.
static FALLIBLE about_read(Ctx *cx, const Row *row, Value *out)
{
    const char *text = row_text(row, "about");
    if (text)
        return json_parse(cx, text, strlen(text), out);
    *out = value_context(cx->arena);
    return NULL;
}

static Value problems_of(Ctx *cx, Value about)
{
    const Value *all = value_get(about, "problems");
    const Value *own =
        all ? value_get(*all, text_starts(cx->language, "zh") ? "zh-CN" : "en") : NULL;
    return own ? *own : value_list(NULL, 0);
}

static FALLIBLE deployed_value(Ctx *cx, const ProcessModel *model, Instant deployed_at, Value *out)
{
    const char *suspended;
    const Graph *graph = model->graph;
    Value value = process_value(cx, model);
    value_set(cx->arena, value, "version", value_integer(model->version));
    value_set(cx->arena, value, "entity", value_text(graph->entity));
    value_set(cx->arena, value, "department_count",
              value_integer((int64_t)department_count(graph)));
    value_set(cx->arena, value, "deployed_at", value_text(instant_text(cx->arena, deployed_at)));
    value_set(cx->arena, value, "drawing", value_boolean(false));
    TRY(suspension_reason_of(cx, model->key, &suspended));
    value_set(cx->arena, value, "suspended", value_text(suspended));
    *out = value;
    return NULL;
}

static FALLIBLE drawing_value(Ctx *cx, const Row *row, Value *about, Value *out)
{
    TRY(about_read(cx, row, about));
    Value value = value_context(cx->arena);
    value_set(cx->arena, value, "key", value_text(row_text(row, "process_key")));
    value_set(cx->arena, value, "name", value_text(value_get_text(*about, "name")));
    value_set(cx->arena, value, "version", value_integer(row_integer(row, "version")));
    value_set(cx->arena, value, "entity", value_null());
    value_set(cx->arena, value, "department_count", value_integer(0));
    value_set(cx->arena, value, "deployed_at",
              value_text(instant_text(cx->arena, row_integer(row, "deployed_at"))));
    value_set(cx->arena, value, "drawing", value_boolean(true));
    value_set(cx->arena, value, "suspended", value_null());
    *out = value;
    return NULL;
}

FALLIBLE process_list(Ctx *cx, Value *out)
{
    Rows rows, drawings;
    Value about;
    TRY(db_rows(cx, &rows, process_version_list));
    TRY(db_rows(cx, &drawings, process_drawing_list));
    Value *items = NEW_ARRAY(cx->arena, Value, rows.count + drawings.count + 1);
    for (size_t i = 0; i < rows.count; i++) {
        const ProcessModel *model;
        TRY(model_by_id(cx, row_integer(&rows.items[i], "id"), &model));
        TRY(deployed_value(cx, model, row_integer(&rows.items[i], "deployed_at"), &items[i]));
    }
    for (size_t i = 0; i < drawings.count; i++)
        TRY(drawing_value(cx, &drawings.items[i], &about, &items[rows.count + i]));
    Value list = value_context(cx->arena);
    value_set(cx->arena, list, "items", value_list(items, rows.count + drawings.count));
    *out = list;
    return NULL;
}

static FALLIBLE drawing_show(Ctx *cx, const Row *row, Value *out)
{
    Value about, shown;
    TRY(drawing_value(cx, row, &about, &shown));
    value_set(cx->arena, shown, "steps", value_list(NULL, 0));
    value_set(cx->arena, shown, "problems", problems_of(cx, about));
    *out = shown;
    return NULL;
}

static FALLIBLE model_show(Ctx *cx, const ProcessModel *model, Value *out)
{
    Row *row;
    Value about;
    TRY(db_row(cx, &row, process_version_deployed, model->key, model->version));
    TRY(about_read(cx, row, &about));
    const Graph *graph = model->graph;
    Describer *describer = describer_new(cx);
    Value *steps = NEW_ARRAY(cx->arena, Value, graph->node_count + 1);
    for (size_t i = 0; i < graph->node_count; i++) {
        const GraphNode *node = &graph->nodes[i];
        Value department;
        TRY(describe_department(cx, describer, node_department(graph, node), &department));
        steps[i] = value_context(cx->arena);
        value_set(cx->arena, steps[i], "key", value_text(node->id));
        value_set(cx->arena, steps[i], "name", value_text(graph_node_name(node, cx->language)));
        value_set(cx->arena, steps[i], "kind", value_text(node_kind_word(node->kind)));
        value_set(cx->arena, steps[i], "department", department);
    }
    Value shown;
    TRY(deployed_value(cx, model, row_integer(row, "deployed_at"), &shown));
    value_set(cx->arena, shown, "steps", value_list(steps, graph->node_count));
    value_set(cx->arena, shown, "problems", problems_of(cx, about));
    *out = shown;
    return NULL;
}

FALLIBLE process_show(Ctx *cx, const char *key, int version, Value *out)
{
    Row *row;
    const ProcessModel *model;
    if (version) {
        TRY(db_row(cx, &row, process_version_runs_as, key, version));
        if (!row)
            return FAIL(cx, ERR_NOT_FOUND, "there is no version %d of the process %s", version,
                        key);
        TRY(model_by_id(cx, row_integer(row, "id"), &model));
        return model_show(cx, model, out);
    }
    TRY(db_row(cx, &row, process_drawing_of, key));
    if (row)
        return drawing_show(cx, row, out);
    TRY(model_newest(cx, key, &model));
    return model_show(cx, model, out);
}

FALLIBLE process_diagram(Ctx *cx, const char *key, int version, Text *xml)
{
    Row *row;
    if (!version) {
        const ProcessModel *model;
        TRY(db_row(cx, &row, process_drawing_of, key));
        if (!row)
            TRY(model_newest(cx, key, &model));
        version = row ? (int)row_integer(row, "version") : model->version;
    }
    TRY(db_row(cx, &row, process_version_xml, key, version));
    if (!row)
        return FAIL(cx, ERR_NOT_FOUND, "there is no version %d of the process %s", version, key);
    *xml = row_cell(row, "xml").text;
    return NULL;
}

FALLIBLE process_versions(Ctx *cx, const char *key, Value *out)
{
    Rows rows;
    if (!actor_may(cx->actor, "process.read"))
        return FAIL(cx, ERR_DENIED, "you may not look into all instances of a process");
    TRY(db_rows(cx, &rows, process_versions_of, key));
    if (!rows.count)
        return FAIL(cx, ERR_NOT_FOUND, "there is no process %s", key);
    Value *items = NEW_ARRAY(cx->arena, Value, rows.count);
    Describer *describer = describer_new(cx);
    for (size_t i = 0; i < rows.count; i++) {
        const Row *row = &rows.items[i];
        Row *running;
        Value by;
        TRY(db_row(cx, &running, process_version_running, row_integer(row, "id")));
        TRY(describe_user(cx, describer, row_integer(row, "deployed_by"), &by));
        items[i] = value_context(cx->arena);
        value_set(cx->arena, items[i], "version", value_integer(row_integer(row, "version")));
        value_set(cx->arena, items[i], "drawing", value_boolean(row_integer(row, "drawing") != 0));
        value_set(cx->arena, items[i], "deployed_at",
                  value_text(instant_text(cx->arena, row_integer(row, "deployed_at"))));
        value_set(cx->arena, items[i], "deployed_by", by);
        value_set(cx->arena, items[i], "running", value_integer(row_integer(running, "instances")));
    }
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "items", value_list(items, rows.count));
    return NULL;
}
