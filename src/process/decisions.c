// SPDX-License-Identifier: Apache-2.0
// Deployed decisions, asked from outside a process.
#include "db/db.h"
#include "process/deployments.h"
#include "process/process.h"

QUERY(decision_xml, "SELECT xml FROM decision_version WHERE id = $1");

// The one of the model, when none is named.
static FALLIBLE choose(Ctx *cx, const DecisionModel *model, const char *named, const char **out)
{
    size_t count = dmn_decision_count(model->dmn);
    Buffer *names = buffer_new(cx->arena);
    for (size_t i = 0; i < count; i++) {
        const char *name = dmn_decision_name(model->dmn, i);
        const char *id = dmn_decision_id(model->dmn, i);
        buffer_format(names, "%s%s", i ? ", " : "", name);
        if (named ? text_equal(name, named) || text_equal(id, named) : count == 1) {
            *out = name;
            return NULL;
        }
    }
    Error *error = named ? FAIL(cx, ERR_NOT_FOUND, "%s has no decision %s", model->key, named)
                         : FAIL(cx, ERR_INVALID, "%s has %zu decisions", model->key, count);
    error_field(error, "decision");
    return count ? error_hint(error, "Name one of: %s.", names->bytes) : error;
}

FALLIBLE decision_evaluate(Ctx *cx, const char *key, const char *decision, Value inputs, bool trace,
                           Value *out)
{
    const DecisionModel *model;
    FeelDiagnostics diagnostics = {0};
    Value result, rules = value_null();
    TRY(decision_newest(cx, key, &model));
    TRY(choose(cx, model, decision, &decision));
    TRY(dmn_evaluate(cx, model->dmn, decision, dmn_inputs(cx, model->dmn, inputs), &diagnostics,
                     trace ? &rules : NULL, &result));
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "decision", value_text(decision));
    value_set(cx->arena, *out, "version", value_integer(model->version));
    value_set(cx->arena, *out, "result", result);
    if (trace)
        value_set(cx->arena, *out, "trace", rules);
    value_set(cx->arena, *out, "diagnostics", feel_diagnostics_value(cx->arena, &diagnostics));
    return NULL;
}

FALLIBLE decision_diagram(Ctx *cx, const char *key, Text *xml)
{
    const DecisionModel *model;
    Row *row;
    TRY(decision_newest(cx, key, &model));
    TRY(db_row(cx, &row, decision_xml, model->id));
    *xml = row_cell(row, "xml").text;
    return NULL;
}

FALLIBLE decision_check(Ctx *cx, const char *xml, size_t length, Value *out)
{
    const Dmn *model;
    TRY(dmn_read(cx, xml, length, &model));
    return dmn_check_value(cx, model, out);
}
