// SPDX-License-Identifier: Apache-2.0
// Rules of the standard that an engine could live without, but a reader of the diagram could not:
// loose ends, conditions where nothing is chosen, links and compensation that lead nowhere,
// messages within one pool. BPMN 2.0.2, 9.3, 10.3 to 10.6.
#include "bpmn/compile.h"

#include <string.h>

static bool single(const GraphNode *node, TriggerKind kind)
{
    return node->trigger_count == 1 && node->triggers[0].kind == kind;
}

static bool scope_has(const Compile *c, int scope, NodeKind kind)
{
    for (size_t i = 0; i < c->nodes.count; i++)
        if (c->nodes.items[i].scope == scope && c->nodes.items[i].kind == kind)
            return true;
    return false;
}

// Where a level has a start event everything in it is led to, where it has an end everything leads
// on: 10.5.2 and 10.5.3.
static void ends_check(Compile *c, const GraphNode *node)
{
    const XmlNode *element = c->elements.items[node->index];
    bool apart = node->kind == NODE_BOUNDARY || node->kind == NODE_EVENT_SUB_PROCESS ||
                 node->for_compensation;
    bool begins = node->kind == NODE_START || node->instantiate || single(node, TRIGGER_LINK);
    if (!apart && !begins && !node->incoming_count && scope_has(c, node->scope, NODE_START))
        PROBLEM(c, element, "loose-end", "Lead a sequence flow to it.",
                "no sequence flow leads to the %s '%s'", node_kind_word(node->kind), node->id);
    bool ends = node->kind == NODE_END || single(node, TRIGGER_LINK);
    if (!apart && !ends && !node->outgoing_count && scope_has(c, node->scope, NODE_END))
        PROBLEM(c, element, "loose-end", "Lead it on to an end event.",
                "no sequence flow leaves the %s '%s'", node_kind_word(node->kind), node->id);
    if (node->kind == NODE_RECEIVE_TASK && node->incoming_count &&
        compile_flag(c, element, "instantiate", false))
        PROBLEM(c, element, "wrong-flow", "Remove the flow, or instantiate=\"true\".",
                "a sequence flow leads to '%s', which starts the process", node->id);
}

static void edges_check(Compile *c, const GraphEdge *edge)
{
    const XmlNode *element = c->flows.items[edge->index];
    if (edge->source < 0 || edge->target < 0)
        return;
    const GraphNode *source = &c->nodes.items[edge->source];
    if (edge->condition && !node_is_gateway(source) &&
        (!node_is_activity(source) || source->outgoing_count < 2))
        PROBLEM(c, element, "useless-condition",
                "A condition needs another way: a gateway, or an activity with several flows.",
                "the flow from '%s' has a condition but no other way", source->id);
    if (edge->condition && edge->index == source->default_edge)
        PROBLEM(c, element, "useless-condition", "Remove the condition.",
                "the default flow of '%s' has a condition", source->id);
    if (!compile_flag(c, element, "isImmediate", true))
        PROBLEM(c, element, "not-executable", "Remove isImmediate=\"false\".",
                "the flow from '%s' is not immediate, which cannot be executed", source->id);
}

static void links_check(Compile *c, const GraphNode *node)
{
    if (!single(node, TRIGGER_LINK))
        return;
    bool catches = node->kind == NODE_CATCH;
    size_t wrong = catches ? node->incoming_count : node->outgoing_count;
    size_t needed = catches ? node->outgoing_count : node->incoming_count;
    if (wrong || !needed)
        PROBLEM(c, c->elements.items[node->index], "broken-link",
                "A throwing link only has flows in, a catching one only flows out.",
                "the link event '%s' is connected the wrong way", node->id);
}

static void compensation_check(Compile *c, const GraphNode *node)
{
    const XmlNode *element = c->elements.items[node->index];
    if (!single(node, TRIGGER_COMPENSATION))
        return;
    if (node->kind == NODE_BOUNDARY && node->attached_to >= 0 &&
        c->nodes.items[node->attached_to].compensation < 0)
        PROBLEM(c, element, "compensation-handler",
                "Lead an association to an activity with isForCompensation=\"true\".",
                "the compensation event '%s' leads to no activity that compensates", node->id);
    bool begins = node->kind == NODE_BOUNDARY || node->kind == NODE_START;
    if (begins && !node->interrupting)
        PROBLEM(c, element, "misplaced-event", "Set it to interrupt.",
                "the compensation event '%s' cannot leave its activity running", node->id);
}

static void ad_hoc_check(Compile *c, const GraphNode *node)
{
    int owner = c->scopes.items[node->scope].node;
    bool inside = owner >= 0 && c->nodes.items[owner].kind == NODE_AD_HOC;
    if (inside && (node->kind == NODE_START || node->kind == NODE_END))
        PROBLEM(c, c->elements.items[node->index], "misplaced-event", "Remove it.",
                "an ad-hoc sub-process holds no %s", node_kind_word(node->kind));
}

// --- Collaborations ------------------------------------------------------------------------------

// The process that an end of a message flow belongs to: a pool's or an element's own.
static const XmlNode *pool_of(Compile *c, const char *reference)
{
    const XmlNode *element = reference ? bpmn_element(c->model, reference) : NULL;
    if (xml_is(element, BPMN_SPACE, "participant")) {
        const char *process = xml_attribute(element, "processRef");
        return process ? bpmn_element(c->model, process) : element;
    }
    while (element && !xml_is(element, BPMN_SPACE, "process"))
        element = element->parent;
    return element;
}

static void message_flow_check(Compile *c, const XmlNode *flow)
{
    const char *source = xml_attribute(flow, "sourceRef"),
               *target = xml_attribute(flow, "targetRef");
    const XmlNode *from = pool_of(c, source), *to = pool_of(c, target);
    if (from && from == to)
        PROBLEM(c, flow, "message-within-pool", "Within a pool draw a sequence flow.",
                "the message flow from '%s' to '%s' stays in one pool", source, target);
    const XmlNode *start = source ? bpmn_element(c->model, source) : NULL;
    const XmlNode *end = target ? bpmn_element(c->model, target) : NULL;
    if (xml_is(start, BPMN_SPACE, "startEvent"))
        PROBLEM(c, flow, "wrong-message-flow", NULL, "no message leaves the start event '%s'",
                source);
    if (xml_is(end, BPMN_SPACE, "endEvent"))
        PROBLEM(c, flow, "wrong-message-flow", NULL, "no message comes to the end event '%s'",
                target);
}

static void collaborations_check(Compile *c)
{
    for (const XmlNode *child = xml_child(c->model->root, BPMN_SPACE, "collaboration"); child;
         child = xml_next(child, BPMN_SPACE, "collaboration"))
        for (const XmlNode *flow = xml_child(child, BPMN_SPACE, "messageFlow"); flow;
             flow = xml_next(flow, BPMN_SPACE, "messageFlow"))
            message_flow_check(c, flow);
}

void compile_rules_check(Compile *c)
{
    const XmlNode *process = c->scope_elements.items[0];
    if (text_equal(xml_attribute(process, "processType"), "Public"))
        PROBLEM(c, process, "not-executable", "Remove processType=\"Public\".",
                "the process '%s' is public, which cannot be executed", c->graph->id);
    for (size_t i = 0; i < c->nodes.count; i++) {
        const GraphNode *node = &c->nodes.items[i];
        ends_check(c, node);
        links_check(c, node);
        compensation_check(c, node);
        ad_hoc_check(c, node);
    }
    for (size_t i = 0; i < c->edges.count; i++)
        edges_check(c, &c->edges.items[i]);
    collaborations_check(c);
}
