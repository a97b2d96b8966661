// SPDX-License-Identifier: Apache-2.0
// What stands inside elements: nothing that means something to a process engine is passed over in
// silence. Rules of BPMN 2.0.2 on lists that say the same thing twice.
#include "bpmn/compile.h"

#include <string.h>

// Inside every flow node.
static const char common[] =
    " documentation extensionElements auditing monitoring categoryValueRef "
    "incoming outgoing ";
static const char activity[] = " ioSpecification dataInputAssociation dataOutputAssociation "
                               "standardLoopCharacteristics multiInstanceLoopCharacteristics ";
static const char event[] = " dataInput dataOutput inputSet outputSet dataInputAssociation "
                            "dataOutputAssociation eventDefinitionRef ";

static bool among(Compile *c, const char *words, const char *word)
{
    return strstr(words, text_format(c->cx->arena, " %s ", word)) != NULL;
}

static const char *own_children(const GraphNode *node)
{
    switch (node->kind) {
    case NODE_SCRIPT_TASK:
        return " script ";
    case NODE_COMPLEX:
        return " activationCondition ";
    default:
        return " ";
    }
}

static bool is_role(const char *name)
{
    return strcmp(name, "resourceRole") == 0 || strcmp(name, "performer") == 0 ||
           strcmp(name, "humanPerformer") == 0 || strcmp(name, "potentialOwner") == 0;
}

static void child_check(Compile *c, const GraphNode *node, const XmlNode *child)
{
    const char *name = child->name;
    bool known = among(c, common, name) || among(c, own_children(node), name);
    if (node_is_activity(node))
        known = known || among(c, activity, name);
    if (node->kind <= NODE_BOUNDARY)
        known = known || among(c, event, name) || text_ends(name, "EventDefinition");
    if (is_role(name))
        PROBLEM(c, child, "unsupported-element",
                "Say who does it with <millrace:task position=.../>.",
                "<%s> does not say who does a step here", name);
    else if (!known)
        PROBLEM(c, child, "unsupported-element", "Remove it, or say it in another way.",
                "<%s> in a %s is not supported", name, node_kind_word(node->kind));
}

static void children_check(Compile *c, const GraphNode *node)
{
    if (node->inner >= 0)
        return; // the compiler collects them
    for (const XmlNode *child = xml_child(c->elements.items[node->index], NULL, NULL); child;
         child = xml_next(child, NULL, NULL))
        if (strcmp(child->space, BPMN_SPACE) == 0)
            child_check(c, node, child);
        else
            PROBLEM(c, child, "foreign-element",
                    "Foreign elements belong inside <extensionElements>.",
                    "<%s> of the namespace '%s' cannot stand here", child->name, child->space);
}

// --- Incoming and outgoing -----------------------------------------------------------------------

static bool lists_flow(Compile *c, const XmlNode *element, const char *list, const char *id)
{
    for (const XmlNode *child = xml_child(element, BPMN_SPACE, list); child;
         child = xml_next(child, BPMN_SPACE, list)) {
        const char *name = text_trim(c->cx->arena, xml_text(c->cx->arena, child));
        const char *colon = strrchr(name, ':');
        if (text_equal(colon ? colon + 1 : name, id))
            return true;
    }
    return false;
}

// Whoever lists flows lists those that there are, no other.
static void list_check(Compile *c, const GraphNode *node, const char *list, bool outgoing)
{
    const XmlNode *element = c->elements.items[node->index];
    const int *edges = outgoing ? node->outgoing : node->incoming;
    size_t count = outgoing ? node->outgoing_count : node->incoming_count;
    for (size_t i = 0; i < count; i++)
        if (!lists_flow(c, element, list, c->edges.items[edges[i]].id))
            PROBLEM(c, element, "flow-list", "List each sequence flow at both of its ends.",
                    "'%s' does not list the %s flow '%s'", node->id, list,
                    c->edges.items[edges[i]].id);
    for (const XmlNode *child = xml_child(element, BPMN_SPACE, list); child;
         child = xml_next(child, BPMN_SPACE, list)) {
        const char *name = text_trim(c->cx->arena, xml_text(c->cx->arena, child));
        const char *colon = strrchr(name, ':');
        int edge = (int)(intptr_t)map_get(c->edge_numbers, colon ? colon + 1 : name) - 1;
        if (edge < 0 ||
            (outgoing ? c->edges.items[edge].source : c->edges.items[edge].target) != node->index)
            PROBLEM(c, child, "flow-list", "List each sequence flow at both of its ends.",
                    "'%s' lists the %s flow '%s', which is not its own", node->id, list, name);
    }
}

// The lists may be left out, by all.
static bool lists_are_used(const Compile *c)
{
    for (size_t i = 0; i < c->elements.count; i++)
        if (xml_child(c->elements.items[i], BPMN_SPACE, "incoming") ||
            xml_child(c->elements.items[i], BPMN_SPACE, "outgoing"))
            return true;
    return false;
}

// --- Gateways and loops --------------------------------------------------------------------------

static void direction_check(Compile *c, const GraphNode *node)
{
    const XmlNode *element = c->elements.items[node->index];
    const char *direction = xml_attribute(element, "gatewayDirection");
    if (!direction)
        return;
    bool in = node->incoming_count > 1, out = node->outgoing_count > 1;
    bool wrong = (strcmp(direction, "Converging") == 0 && (out || !in)) ||
                 (strcmp(direction, "Diverging") == 0 && (in || !out)) ||
                 (strcmp(direction, "Mixed") == 0 && (!in || !out));
    if (wrong)
        PROBLEM(c, element, "gateway-direction",
                "Set gatewayDirection as the flows are, or remove it.",
                "the %s '%s' is no %s one: %zu flows lead in, %zu out", node_kind_word(node->kind),
                node->id, direction, node->incoming_count, node->outgoing_count);
}

static void loops_check(Compile *c, const GraphNode *node)
{
    const XmlNode *element = c->elements.items[node->index];
    if (xml_child(element, BPMN_SPACE, "standardLoopCharacteristics") &&
        xml_child(element, BPMN_SPACE, "multiInstanceLoopCharacteristics"))
        PROBLEM(c, element, "two-loops", "Keep one of them.",
                "'%s' is both a loop and a multiple-instance activity", node->id);
}

void compile_content_check(Compile *c)
{
    bool lists = lists_are_used(c);
    for (size_t i = 0; i < c->nodes.count; i++) {
        const GraphNode *node = &c->nodes.items[i];
        children_check(c, node);
        bool global = text_starts(c->elements.items[i]->name, "global"); // stands elsewhere
        if (lists && !global) {
            list_check(c, node, "incoming", false);
            list_check(c, node, "outgoing", true);
        }
        if (node_is_gateway(node))
            direction_check(c, node);
        loops_check(c, node);
    }
}
