// SPDX-License-Identifier: Apache-2.0
#include "process/migration_detail.h"

#include "base/ids.h"
#include "base/json.h"

#include <string.h>

FlowMigrationPlan migration_plan_of(Ctx *cx, Value mapping)
{
    size_t count = mapping.kind == VALUE_CONTEXT ? mapping.context->count : 0;
    FlowMapping *items = NEW_ARRAY(cx->arena, FlowMapping, count + 1);
    for (size_t i = 0; i < count; i++) {
        const ValueEntry *entry = &mapping.context->entries[i];
        items[i] = (FlowMapping){entry->key, value_get_text(mapping, entry->key)};
    }
    return (FlowMigrationPlan){.items = items, .count = count};
}

Value migration_inverse(Ctx *cx, Value mapping)
{
    Value inverse = value_context(cx->arena);
    for (size_t i = 0; i < mapping.context->count; i++) {
        const ValueEntry *entry = &mapping.context->entries[i];
        value_set(cx->arena, inverse, value_get_text(mapping, entry->key), value_text(entry->key));
    }
    return inverse;
}

Value migration_detail(Ctx *cx, Id migration, Id from, Id to, Value mapping)
{
    Value detail = value_context(cx->arena);
    value_set(cx->arena, detail, "migration", value_text(id_text(cx->arena, migration)));
    value_set(cx->arena, detail, "from", value_text(id_text(cx->arena, from)));
    value_set(cx->arena, detail, "to", value_text(id_text(cx->arena, to)));
    value_set(cx->arena, detail, "mapping", mapping);
    return detail;
}

FALLIBLE migration_detail_read(Ctx *cx, const char *text, Id *from, Id *to, FlowMigrationPlan *plan)
{
    Value detail;
    TRY(json_parse(cx, text, strlen(text), &detail));
    if (!id_parse(value_get_text(detail, "from"), from) ||
        !id_parse(value_get_text(detail, "to"), to))
        return FAIL(cx, ERR_INTERNAL, "a migration in the history cannot be read");
    const Value *mapping = value_get(detail, "mapping");
    *plan = migration_plan_of(cx, mapping ? *mapping : value_null());
    return NULL;
}

Value migration_step(Ctx *cx, const GraphNode *node)
{
    if (!node)
        return value_null();
    Value step = value_context(cx->arena);
    value_set(cx->arena, step, "key", value_text(node->id));
    value_set(cx->arena, step, "name", value_text(graph_node_name(node, cx->language)));
    return step;
}

static Value change_value(Ctx *cx, const char *kind, const GraphNode *step, const GraphNode *to)
{
    Value change = value_context(cx->arena);
    value_set(cx->arena, change, "kind", value_text(kind));
    value_set(cx->arena, change, "step", migration_step(cx, step));
    value_set(cx->arena, change, "to", migration_step(cx, to));
    return change;
}

static bool is_target(Value mapping, const char *id)
{
    for (size_t i = 0; i < mapping.context->count; i++)
        if (text_equal(value_get_text(mapping, mapping.context->entries[i].key), id))
            return true;
    return false;
}

Value migration_changes(Ctx *cx, const ProcessModel *from, const ProcessModel *to, Value mapping)
{
    const Graph *old = from->graph, *new = to->graph;
    Value *changes = NEW_ARRAY(cx->arena, Value, old->node_count + new->node_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < old->node_count; i++) {
        const GraphNode *node = &old->nodes[i];
        const char *mapped = value_get_text(mapping, node->id);
        if (mapped)
            changes[count++] = change_value(cx, "mapped", node, graph_node(new, mapped));
        else if (!graph_node(new, node->id))
            changes[count++] = change_value(cx, "gone", node, NULL);
    }
    for (size_t i = 0; i < new->node_count; i++)
        if (!graph_node(old, new->nodes[i].id) && !is_target(mapping, new->nodes[i].id))
            changes[count++] = change_value(cx, "new", &new->nodes[i], NULL);
    return value_list(changes, count);
}
