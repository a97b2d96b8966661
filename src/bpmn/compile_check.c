// SPDX-License-Identifier: Apache-2.0
// Whether the engine can run the connected graph. What the standard forbids is refused by
// bpmn_check; here stands what the standard leaves open, and what a graph must hold so that flow/
// can rely on it.
#include "bpmn/compile.h"

#include <string.h>

static const XmlNode *element_of(const Compile *c, const GraphNode *node)
{
    return c->elements.items[node->index];
}

static bool single(const GraphNode *node, TriggerKind kind)
{
    return node->trigger_count == 1 && node->triggers[0].kind == kind;
}

static bool is_inside(const Compile *c, const GraphNode *node, NodeKind kind)
{
    int owner = c->scopes.items[node->scope].node;
    return owner >= 0 && c->nodes.items[owner].kind == kind;
}

#define BIT(kind) (1u << (kind))

// BPMN 2.0.2, table 10.93.
static unsigned triggers_allowed(const Compile *c, const GraphNode *node)
{
    const unsigned waits =
        BIT(TRIGGER_MESSAGE) | BIT(TRIGGER_TIMER) | BIT(TRIGGER_SIGNAL) | BIT(TRIGGER_CONDITION);
    const unsigned thrown = BIT(TRIGGER_MESSAGE) | BIT(TRIGGER_SIGNAL) | BIT(TRIGGER_ESCALATION) |
                            BIT(TRIGGER_COMPENSATION);
    const unsigned raised =
        BIT(TRIGGER_ERROR) | BIT(TRIGGER_ESCALATION) | BIT(TRIGGER_COMPENSATION);
    switch (node->kind) {
    case NODE_START:
        if (is_inside(c, node, NODE_EVENT_SUB_PROCESS))
            return waits | raised;
        return c->scopes.items[node->scope].node < 0 ? waits : 0;
    case NODE_CATCH:
        return waits | BIT(TRIGGER_LINK);
    case NODE_THROW:
        return thrown | BIT(TRIGGER_LINK);
    case NODE_END:
        return thrown | BIT(TRIGGER_ERROR) | BIT(TRIGGER_CANCEL) | BIT(TRIGGER_TERMINATE);
    case NODE_BOUNDARY:
        return waits | raised | BIT(TRIGGER_CANCEL);
    default:
        return BIT(TRIGGER_MESSAGE);
    }
}

static void triggers_check(Compile *c, const GraphNode *node)
{
    const XmlNode *element = element_of(c, node);
    bool needs = node->kind == NODE_CATCH || node->kind == NODE_BOUNDARY ||
                 (node->kind == NODE_START && is_inside(c, node, NODE_EVENT_SUB_PROCESS));
    if (needs && !node->trigger_count)
        GUARD(c, element, "missing-trigger", "Give it an event definition.",
              "the %s '%s' waits for nothing", node_kind_word(node->kind), node->id);
    for (size_t i = 0; i < node->trigger_count; i++)
        if (!(triggers_allowed(c, node) & BIT(node->triggers[i].kind)))
            GUARD(c, element, "misplaced-event", NULL, "the event '%s' cannot be a %s here",
                  node->id, node_kind_word(node->kind));
    bool cancels = single(node, TRIGGER_CANCEL) && node->kind == NODE_END;
    if (cancels && !is_inside(c, node, NODE_TRANSACTION))
        GUARD(c, element, "misplaced-event", "Put it directly into the transaction.",
              "the cancel event '%s' does not stand in the transaction itself", node->id);
}

// Links are joined by their names.
static void link_check(Compile *c, const GraphNode *node)
{
    if (!single(node, TRIGGER_LINK))
        return;
    NodeKind other = node->kind == NODE_THROW ? NODE_CATCH : NODE_THROW;
    int found = 0;
    for (size_t i = 0; i < c->nodes.count; i++) {
        const GraphNode *peer = &c->nodes.items[i];
        found += peer->kind == other && peer->scope == node->scope && single(peer, TRIGGER_LINK) &&
                 text_equal(peer->triggers[0].name, node->triggers[0].name);
    }
    if (!found || (other == NODE_CATCH && found > 1))
        GUARD(c, element_of(c, node), "broken-link", "Give both ends the same name.",
              "the link '%s' has %d partners", node->triggers[0].name, found);
}

static void flows_check(Compile *c, const GraphNode *node)
{
    if (node_is_gateway(node) && !node->outgoing_count)
        GUARD(c, element_of(c, node), "wrong-flow", "Lead it on, or end there.",
              "the %s '%s' leads nowhere", node_kind_word(node->kind), node->id);
    if (node->kind == NODE_BOUNDARY && single(node, TRIGGER_COMPENSATION) &&
        node->attached_to >= 0 && c->nodes.items[node->attached_to].compensation < 0)
        GUARD(c, element_of(c, node), "compensation-handler",
              "Lead an association to an activity with isForCompensation=\"true\".",
              "the compensation event '%s' leads to no activity that compensates", node->id);
}

// Where one of several ways is chosen, each needs its condition but the default.
static void conditions_check(Compile *c, const GraphNode *node)
{
    if ((node->kind != NODE_EXCLUSIVE && node->kind != NODE_INCLUSIVE) || node->outgoing_count < 2)
        return;
    for (size_t i = 0; i < node->outgoing_count; i++) {
        const GraphEdge *edge = &c->edges.items[node->outgoing[i]];
        if (!edge->condition && edge->index != node->default_edge)
            PROBLEM(c, c->flows.items[edge->index], "missing-condition",
                    "Give it a condition in FEEL, or make it the default flow.",
                    "the flow from '%s' to '%s' has no condition", node->id,
                    c->nodes.items[edge->target].id);
    }
}

static void event_gateway_check(Compile *c, const GraphNode *node)
{
    if (node->kind != NODE_EVENT_GATEWAY)
        return;
    const XmlNode *element = element_of(c, node);
    if (node->instantiate && (node->incoming_count || node->scope != 0))
        GUARD(c, element, "wrong-flow", "Nothing leads to it.",
              "the event-based gateway '%s' starts the process", node->id);
    if (node->all_triggers && !node->instantiate)
        PROBLEM(c, element, "wrong-attribute", "Use a parallel gateway.",
                "the event-based gateway '%s' waits for all its events but starts no process",
                node->id);
    for (size_t i = 0; i < node->outgoing_count; i++) {
        const GraphNode *target = &c->nodes.items[c->edges.items[node->outgoing[i]].target];
        bool event = target->kind == NODE_CATCH && target->trigger_count == 1 &&
                     target->triggers[0].kind != TRIGGER_LINK;
        if (!event && target->kind != NODE_RECEIVE_TASK)
            GUARD(c, element, "wrong-flow",
                  "After an event-based gateway come events with one definition and receive tasks.",
                  "the event-based gateway '%s' leads to '%s', which waits for no event", node->id,
                  target->id);
    }
}

static void complex_gateway_check(Compile *c, const GraphNode *node)
{
    if (node->kind == NODE_COMPLEX && node->incoming_count > LIMIT_COMPLEX_FLOWS)
        PROBLEM(c, element_of(c, node), "too-many-flows", "Join some of them before it.",
                "%zu flows lead into the complex gateway '%s', which takes at most %d",
                node->incoming_count, node->id, LIMIT_COMPLEX_FLOWS);
}

static void event_sub_process_check(Compile *c, const GraphNode *node)
{
    if (node->kind != NODE_EVENT_SUB_PROCESS)
        return;
    int starts = 0;
    for (size_t i = 0; i < c->nodes.count; i++)
        starts += c->nodes.items[i].kind == NODE_START && c->nodes.items[i].scope == node->inner;
    if (starts != 1)
        GUARD(c, element_of(c, node), "event-sub-process", "Give it exactly one start event.",
              "the event sub-process '%s' has %d start events", node->id, starts);
}

// How an instance can begin at all.
static void start_check(Compile *c)
{
    bool starts = c->scopes.items[0].start_count > 0;
    for (size_t i = 0; i < c->nodes.count; i++) {
        const GraphNode *node = &c->nodes.items[i];
        starts = starts || (node->scope == 0 && (node->kind == NODE_START || node->instantiate));
    }
    if (!starts)
        PROBLEM(c, c->scope_elements.items[0], "no-start", "Add a start event.",
                "nothing starts the process");
    for (size_t i = 1; i < c->scopes.count; i++) {
        const GraphScope *scope = &c->scopes.items[i];
        const GraphNode *owner = &c->nodes.items[scope->node];
        if (owner->kind != NODE_EVENT_SUB_PROCESS && owner->kind != NODE_AD_HOC &&
            !scope->start_count)
            PROBLEM(c, element_of(c, owner), "no-start", "Add a start event inside.",
                    "nothing starts the sub-process '%s'", owner->id);
    }
}

void compile_check(Compile *c)
{
    const XmlNode *process = c->scope_elements.items[0];
    if (xml_attribute(process, "isExecutable") && !compile_flag(c, process, "isExecutable", true))
        PROBLEM(c, process, "not-executable", "Set isExecutable=\"true\" on the process.",
                "the process '%s' is a drawing only", c->graph->id);
    for (size_t i = 0; i < c->nodes.count; i++) {
        const GraphNode *node = &c->nodes.items[i];
        triggers_check(c, node);
        link_check(c, node);
        flows_check(c, node);
        conditions_check(c, node);
        event_gateway_check(c, node);
        complex_gateway_check(c, node);
        event_sub_process_check(c, node);
    }
    start_check(c);
}
