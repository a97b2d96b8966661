// SPDX-License-Identifier: Apache-2.0
// Rules over the connected graph: what may stand where (BPMN 2.0.2, 10.4 to 10.7, table 10.93).
#include "bpmn/compile.h"

#include <string.h>

#define BIT(kind) (1u << (kind))

static const XmlNode *element_of(const Compile *c, const GraphNode *node)
{
    return c->elements.items[node->index];
}

static bool in_event_sub_process(const Compile *c, const GraphNode *node)
{
    int owner = c->scopes.items[node->scope].node;
    return owner >= 0 && c->nodes.items[owner].kind == NODE_EVENT_SUB_PROCESS;
}

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
        if (in_event_sub_process(c, node))
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

static const char *trigger_word(TriggerKind kind)
{
    static const char *const words[] = {"message",    "timer",     "signal", "error",
                                        "escalation", "condition", "link",   "compensation",
                                        "cancel",     "terminate"};
    return words[kind];
}

static void cancel_check(Compile *c, const GraphNode *node)
{
    int owner = c->scopes.items[node->scope].node;
    bool inside = owner >= 0 && c->nodes.items[owner].kind == NODE_TRANSACTION;
    bool on = node->attached_to >= 0 && c->nodes.items[node->attached_to].kind == NODE_TRANSACTION;
    if (node->kind == NODE_END ? !inside : !on)
        PROBLEM(c, element_of(c, node), "misplaced-event",
                "A cancel end event stands inside a transaction, a cancel boundary event on one.",
                "the cancel event '%s' belongs to no transaction", node->id);
}

static void triggers_check(Compile *c, const GraphNode *node)
{
    const XmlNode *element = element_of(c, node);
    bool needs = node->kind == NODE_CATCH || node->kind == NODE_BOUNDARY ||
                 (node->kind == NODE_START && in_event_sub_process(c, node));
    if (needs && !node->trigger_count)
        PROBLEM(c, element, "missing-trigger", "Give it an event definition.",
                "the %s '%s' waits for nothing", node_kind_word(node->kind), node->id);
    for (size_t i = 0; i < node->trigger_count; i++) {
        TriggerKind kind = node->triggers[i].kind;
        if (!(triggers_allowed(c, node) & BIT(kind)))
            PROBLEM(c, element, "misplaced-event", NULL, "a %s event cannot be a %s here",
                    trigger_word(kind), node_kind_word(node->kind));
        if (kind == TRIGGER_CANCEL)
            cancel_check(c, node);
        if (kind == TRIGGER_ERROR && !node->interrupting)
            PROBLEM(c, element, "misplaced-event", "Set it to interrupt.",
                    "the error event '%s' must interrupt", node->id);
    }
}

static void link_check(Compile *c, const GraphNode *node)
{
    if (node->trigger_count != 1 || node->triggers[0].kind != TRIGGER_LINK)
        return;
    NodeKind other = node->kind == NODE_THROW ? NODE_CATCH : NODE_THROW;
    int found = 0;
    for (size_t i = 0; i < c->nodes.count; i++) {
        const GraphNode *peer = &c->nodes.items[i];
        found += peer->kind == other && peer->scope == node->scope && peer->trigger_count == 1 &&
                 peer->triggers[0].kind == TRIGGER_LINK &&
                 text_equal(peer->triggers[0].name, node->triggers[0].name);
    }
    if (!found || (other == NODE_CATCH && found > 1))
        PROBLEM(c, element_of(c, node), "broken-link", NULL, "the link '%s' has %d partners",
                node->triggers[0].name, found);
}

static void flows_check(Compile *c, const GraphNode *node)
{
    const XmlNode *element = element_of(c, node);
    const char *word = node_kind_word(node->kind);
    bool from_outside = node->kind == NODE_START || node->kind == NODE_BOUNDARY ||
                        node->kind == NODE_EVENT_SUB_PROCESS || node->for_compensation;
    if (from_outside && node->incoming_count)
        PROBLEM(c, element, "wrong-flow", "Remove the flow.",
                "a sequence flow leads into the %s '%s'", word, node->id);
    bool compensates = node->kind == NODE_BOUNDARY && node->trigger_count == 1 &&
                       node->triggers[0].kind == TRIGGER_COMPENSATION;
    bool last = node->kind == NODE_END || node->kind == NODE_EVENT_SUB_PROCESS ||
                node->for_compensation || compensates;
    if (last && node->outgoing_count)
        PROBLEM(c, element, "wrong-flow", "Remove the flow.", "a sequence flow leaves the %s '%s'",
                word, node->id);
    if (node_is_gateway(node) && !node->outgoing_count)
        PROBLEM(c, element, "wrong-flow", "Lead it on, or end there.", "the %s '%s' leads nowhere",
                word, node->id);
    if (node->kind == NODE_BOUNDARY && !compensates && !node->outgoing_count)
        PROBLEM(c, element, "wrong-flow", "Draw what happens then.",
                "the boundary event '%s' leads nowhere", node->id);
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
    if (node->instantiate && (node->incoming_count || node->scope != 0))
        PROBLEM(c, element_of(c, node), "wrong-flow", "Nothing leads to it.",
                "the event-based gateway '%s' starts the process", node->id);
    if (node->all_triggers && !node->instantiate)
        PROBLEM(c, element_of(c, node), "wrong-attribute", "Use a parallel gateway.",
                "the event-based gateway '%s' waits for all its events but starts no process",
                node->id);
    if (node->outgoing_count < 2)
        PROBLEM(c, element_of(c, node), "wrong-flow", "Give it a second event.",
                "the event-based gateway '%s' leaves no choice", node->id);
    for (size_t i = 0; i < node->outgoing_count; i++) {
        const GraphNode *target = &c->nodes.items[c->edges.items[node->outgoing[i]].target];
        bool event = target->kind == NODE_CATCH && target->trigger_count == 1 &&
                     target->triggers[0].kind != TRIGGER_LINK;
        if (!event && target->kind != NODE_RECEIVE_TASK)
            PROBLEM(c, element_of(c, node), "wrong-flow",
                    "After an event-based gateway come catching events and receive tasks.",
                    "the event-based gateway '%s' leads to '%s', which waits for no event",
                    node->id, target->id);
    }
}

static void event_sub_process_check(Compile *c, const GraphNode *node)
{
    if (node->kind != NODE_EVENT_SUB_PROCESS)
        return;
    int starts = 0;
    for (size_t i = 0; i < c->nodes.count; i++)
        starts += c->nodes.items[i].kind == NODE_START && c->nodes.items[i].scope == node->inner;
    if (starts != 1)
        PROBLEM(c, element_of(c, node), "event-sub-process", "Give it exactly one start event.",
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
        event_sub_process_check(c, node);
    }
    start_check(c);
}
