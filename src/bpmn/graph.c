// SPDX-License-Identifier: Apache-2.0
#include "bpmn/graph.h"

#include <string.h>

const GraphNode *graph_node(const Graph *graph, const char *id)
{
    for (size_t i = 0; i < graph->node_count; i++)
        if (strcmp(graph->nodes[i].id, id) == 0)
            return &graph->nodes[i];
    return NULL;
}

const GraphOwned *graph_owned(const Graph *graph, const char *field)
{
    for (size_t i = 0; i < graph->owned_count; i++)
        if (graph->owned[i].field == field) // who asks has it from here, mostly
            return &graph->owned[i];
    for (size_t i = 0; i < graph->owned_count; i++)
        if (strcmp(graph->owned[i].field, field) == 0)
            return &graph->owned[i];
    return NULL;
}

const char *graph_text(const GraphTexts *texts, const char *language, const char *fallback)
{
    for (size_t i = 0; i < texts->count; i++)
        if (text_equal(texts->items[i].language, language))
            return texts->items[i].text;
    size_t base = strcspn(language, "-");
    for (size_t i = 0; i < texts->count; i++) {
        const char *own = texts->items[i].language;
        if (own && strncmp(own, language, base) == 0 && (own[base] == '\0' || own[base] == '-'))
            return texts->items[i].text;
    }
    return fallback;
}

const char *graph_node_name(const GraphNode *node, const char *language)
{
    return graph_text(&node->names, language, *node->name ? node->name : node->id);
}

bool node_is_activity(const GraphNode *node)
{
    return node->kind >= NODE_TASK && node->kind <= NODE_AD_HOC &&
           node->kind != NODE_EVENT_SUB_PROCESS;
}

bool node_is_gateway(const GraphNode *node)
{
    return node->kind >= NODE_EXCLUSIVE;
}

const char *node_kind_word(NodeKind kind)
{
    static const char *const words[] = {
        "start event",       "catching event",      "throwing event",
        "end event",         "boundary event",      "task",
        "user task",         "manual task",         "service task",
        "script task",       "business rule task",  "send task",
        "receive task",      "call activity",       "sub-process",
        "event sub-process", "transaction",         "ad-hoc sub-process",
        "exclusive gateway", "parallel gateway",    "inclusive gateway",
        "complex gateway",   "event-based gateway",
    };
    return words[kind];
}
