// SPDX-License-Identifier: Apache-2.0
// For inclusive joins, and complex ones that wait for the rest: from where can a token still come
// to an incoming flow without passing the join? BPMN 2.0.2, 13.4.3. Computed once at compilation,
// one bit set for each incoming flow.
#include "bpmn/compile.h"

typedef struct Reach {
    Compile *c;
    uint64_t *bits;
    int gateway;
    IntArray open; // nodes whose predecessors are still to be visited
} Reach;

static void reach_add(Reach *reach, int node)
{
    uint64_t bit = 1ULL << (node % 64);
    if (node == reach->gateway || (reach->bits[node / 64] & bit))
        return;
    reach->bits[node / 64] |= bit;
    array_push(reach->c->cx->arena, reach->open) = node;
}

static bool is_link(const GraphNode *node, NodeKind kind)
{
    return node->kind == kind && node->trigger_count == 1 && node->triggers[0].kind == TRIGGER_LINK;
}

static void predecessors_add(Reach *reach, const GraphNode *node)
{
    const Compile *c = reach->c;
    for (size_t i = 0; i < node->incoming_count; i++)
        reach_add(reach, c->edges.items[node->incoming[i]].source);
    if (node->kind == NODE_BOUNDARY && node->attached_to >= 0)
        reach_add(reach, node->attached_to);
    if (!is_link(node, NODE_CATCH))
        return;
    for (size_t i = 0; i < c->nodes.count; i++)
        if (is_link(&c->nodes.items[i], NODE_THROW) && c->nodes.items[i].scope == node->scope &&
            text_equal(c->nodes.items[i].triggers[0].name, node->triggers[0].name))
            reach_add(reach, (int)i);
}

static const uint64_t *reach_of(Compile *c, int gateway, int edge)
{
    Reach reach = {.c = c,
                   .bits = NEW_ARRAY(c->cx->arena, uint64_t, c->nodes.count / 64 + 1),
                   .gateway = gateway};
    reach_add(&reach, c->edges.items[edge].source);
    for (size_t i = 0; i < reach.open.count; i++)
        predecessors_add(&reach, &c->nodes.items[reach.open.items[i]]);
    return reach.bits;
}

void compile_reach(Compile *c)
{
    for (size_t i = 0; i < c->nodes.count; i++) {
        GraphNode *node = &c->nodes.items[i];
        bool joins = node->kind == NODE_INCLUSIVE || node->kind == NODE_COMPLEX;
        if (!joins || node->incoming_count < 2)
            continue;
        size_t words = c->nodes.count / 64 + 1;
        const uint64_t **reach =
            NEW_ARRAY(c->cx->arena, const uint64_t *, node->incoming_count + 1);
        uint64_t *together = NEW_ARRAY(c->cx->arena, uint64_t, words);
        for (size_t k = 0; k < node->incoming_count; k++) {
            reach[k] = reach_of(c, node->index, node->incoming[k]);
            for (size_t word = 0; word < words; word++)
                together[word] |= reach[k][word];
        }
        reach[node->incoming_count] = together;
        node->reach = reach;
    }
}
