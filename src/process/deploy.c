// SPDX-License-Identifier: Apache-2.0
// Deployment, and what there is to read of deployed processes.
#include "base/ids.h"
#include "base/limits.h"
#include "db/db.h"
#include "process/deployments.h"
#include "process/describe.h"
#include "process/governor.h"
#include "process/process.h"
#include "process/shapes.h"
#include "process/starts.h"

#include <sodium.h>
#include <string.h>

QUERY(process_version_by_hash,
      "SELECT id, version, newest FROM process_version WHERE process_key = $1 AND hash = $2");
QUERY(process_version_last,
      "SELECT MAX(version) AS version FROM process_version WHERE process_key = $1");
QUERY(process_version_retire,
      "UPDATE process_version SET newest = 0 WHERE process_key = $1 AND newest = 1");
QUERY(process_version_renew, "UPDATE process_version SET newest = 1 WHERE id = $1");
QUERY(process_version_add,
      "INSERT INTO process_version (id, process_key, version, entity, newest, hash, xml,"
      " deployed_at, deployed_by, tag) VALUES ($1, $2, $3, $4, 1, $5, $6, $7, $8, $9)");
QUERY(process_version_list,
      "SELECT id, deployed_at FROM process_version WHERE newest = 1 ORDER BY process_key");
QUERY(process_version_deployed,
      "SELECT deployed_at FROM process_version WHERE process_key = $1 AND version = $2");
QUERY(process_version_xml,
      "SELECT xml FROM process_version WHERE process_key = $1 AND version = $2");
QUERY(decision_version_by_hash,
      "SELECT id, version FROM decision_version WHERE decision_key = $1 AND hash = $2");
QUERY(decision_version_last,
      "SELECT MAX(version) AS version FROM decision_version WHERE decision_key = $1");
QUERY(decision_version_retire,
      "UPDATE decision_version SET newest = 0 WHERE decision_key = $1 AND newest = 1");
QUERY(decision_version_renew, "UPDATE decision_version SET newest = 1 WHERE id = $1");
QUERY(decision_version_add,
      "INSERT INTO decision_version (id, decision_key, version, newest, hash, xml, deployed_at,"
      " deployed_by) VALUES ($1, $2, $3, 1, $4, $5, $6, $7)");

static const char *hash_text(Ctx *cx, const char *bytes, size_t length)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)bytes, length);
    char *text = arena_alloc(cx->arena, sizeof hash * 2 + 1);
    sodium_bin2hex(text, sizeof hash * 2 + 1, hash, sizeof hash);
    return text;
}

static FALLIBLE may_deploy(Ctx *cx, size_t length)
{
    if (!actor_may(cx->actor, "process.deploy"))
        return FAIL(cx, ERR_DENIED, "you may not deploy processes and decisions");
    if (length > LIMIT_MODEL_BYTES)
        return FAIL(cx, ERR_LIMIT, "a model may have at most %lu bytes", LIMIT_MODEL_BYTES);
    return NULL;
}

// One decision chooses between them, so that no record ever has both.
static bool are_variants(const Graph *one, const Graph *other)
{
    if (!one->record_start_count || !other->record_start_count)
        return false;
    for (size_t i = 0; i < one->record_start_count; i++) {
        const GraphStart *start = &one->record_starts[i];
        if (!start->decision || !starts_by_decision(other, start) ||
            other->record_start_count != one->record_start_count)
            return false;
    }
    return true;
}

// Several processes may govern the same record, but no field has two owners.
static FALLIBLE check_owners(Ctx *cx, const ProcessModel *model)
{
    if (!model->graph->entity)
        return NULL;
    ProcessModels others;
    TRY(models_governing(cx, model->graph->entity, &others));
    for (size_t i = 0; i < others.count; i++) {
        if (text_equal(others.items[i]->key, model->key) ||
            are_variants(model->graph, others.items[i]->graph))
            continue;
        for (size_t f = 0; f < model->graph->owned_count; f++) {
            const char *field = model->graph->owned[f].field;
            if (graph_owned(others.items[i]->graph, field))
                return error_hint(
                    error_field(FAIL(cx, ERR_INVALID, "%s.%s is owned by the process %s already",
                                     model->graph->entity, field, others.items[i]->key),
                                field),
                    "A field has one owner, unless one decision chooses between its owners.");
        }
    }
    return NULL;
}

FALLIBLE process_deploy(Ctx *cx, const char *xml, size_t length, const char **key, int *version)
{
    TRY(may_deploy(cx, length));
    ProcessModel model;
    TRY(model_compile(cx, xml, length, true, &model));
    TRY(check_owners(cx, &model));
    const char *hash = hash_text(cx, xml, length);

    Row *row;
    TRY(db_row(cx, &row, process_version_by_hash, model.key, hash));
    *key = model.key;
    if (row && row_integer(row, "newest")) { // as it was, with its timers
        *version = (int)row_integer(row, "version");
        return NULL;
    }
    TRY(starts_close(cx, model.key));
    TRY(db_run(cx, NULL, process_version_retire, model.key));
    if (row) {
        model.id = row_integer(row, "id");
        TRY(db_run(cx, NULL, process_version_renew, model.id));
        *version = (int)row_integer(row, "version");
    } else {
        Row *last;
        TRY(db_row(cx, &last, process_version_last, model.key));
        int64_t next = row_integer(last, "version") + 1;
        model.id = id_new(cx);
        TRY(db_run(cx, NULL, process_version_add, model.id, model.key, next, model.graph->entity,
                   hash, cell_bytes(xml, length), cx->now, cx->actor->user, model.graph->tag));
        *version = (int)next;
    }
    return starts_open(cx, &model);
}

FALLIBLE decision_deploy(Ctx *cx, const char *xml, size_t length, const char **key, int *version)
{
    TRY(may_deploy(cx, length));
    const Dmn *dmn;
    TRY(dmn_read(cx, xml, length, &dmn));
    TRY(dmn_require_sound(cx, dmn));
    const char *name = dmn_name(dmn);
    const char *hash = hash_text(cx, xml, length);

    Row *row;
    TRY(db_row(cx, &row, decision_version_by_hash, name, hash));
    TRY(db_run(cx, NULL, decision_version_retire, name));
    if (row) {
        TRY(db_run(cx, NULL, decision_version_renew, row_integer(row, "id")));
        *version = (int)row_integer(row, "version");
    } else {
        Row *last;
        TRY(db_row(cx, &last, decision_version_last, name));
        int64_t next = row_integer(last, "version") + 1;
        TRY(db_run(cx, NULL, decision_version_add, id_new(cx), name, next, hash,
                   cell_bytes(xml, length), cx->now, cx->actor->user));
        *version = (int)next;
    }
    *key = name;
    return NULL;
}

// ---- reading --------------------------------------------------------------------------------

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

static Value deployed_value(Ctx *cx, const ProcessModel *model, Instant deployed_at)
{
    const Graph *graph = model->graph;
    Value value = process_value(cx, model);
    value_set(cx->arena, value, "version", value_integer(model->version));
    value_set(cx->arena, value, "entity", value_text(graph->entity));
    value_set(cx->arena, value, "department_count",
              value_integer((int64_t)department_count(graph)));
    value_set(cx->arena, value, "deployed_at", value_text(instant_text(cx->arena, deployed_at)));
    return value;
}

FALLIBLE process_list(Ctx *cx, Value *out)
{
    Rows rows;
    TRY(db_rows(cx, &rows, process_version_list));
    Value *items = NEW_ARRAY(cx->arena, Value, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++) {
        const ProcessModel *model;
        TRY(model_by_id(cx, row_integer(&rows.items[i], "id"), &model));
        items[i] = deployed_value(cx, model, row_integer(&rows.items[i], "deployed_at"));
    }
    Value list = value_context(cx->arena);
    value_set(cx->arena, list, "items", value_list(items, rows.count));
    *out = list;
    return NULL;
}

FALLIBLE process_show(Ctx *cx, const char *key, Value *out)
{
    const ProcessModel *model;
    TRY(model_newest(cx, key, &model));
    Row *row;
    TRY(db_row(cx, &row, process_version_deployed, key, model->version));
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
    Value shown = deployed_value(cx, model, row_integer(row, "deployed_at"));
    value_set(cx->arena, shown, "steps", value_list(steps, graph->node_count));
    *out = shown;
    return NULL;
}

FALLIBLE process_diagram(Ctx *cx, const char *key, int version, Text *xml)
{
    if (!version) {
        const ProcessModel *model;
        TRY(model_newest(cx, key, &model));
        version = model->version;
    }
    Row *row;
    TRY(db_row(cx, &row, process_version_xml, key, version));
    if (!row)
        return FAIL(cx, ERR_NOT_FOUND, "there is no version %d of the process %s", version, key);
    *xml = row_cell(row, "xml").text;
    return NULL;
}

bool model_is_decision(const char *xml)
{
    return strstr(xml, "omg.org/spec/DMN/") && !strstr(xml, "/spec/BPMN/");
}

FALLIBLE model_deploy(Ctx *cx, const char *xml, size_t length, const char **key, int *version)
{
    return model_is_decision(xml) ? decision_deploy(cx, xml, length, key, version)
                                  : process_deploy(cx, xml, length, key, version);
}
