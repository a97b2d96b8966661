// SPDX-License-Identifier: Apache-2.0
// What stands inside elements: nothing that means something to a process engine is passed over in
// silence.
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
        GUARD(c, child, "unsupported-element", "Remove it, or say it in another way.",
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
            GUARD(c, child, "foreign-element",
                  "Foreign elements belong inside <extensionElements>.",
                  "<%s> of the namespace '%s' cannot stand here", child->name, child->space);
}

void compile_content_check(Compile *c)
{
    for (size_t i = 0; i < c->nodes.count; i++)
        children_check(c, &c->nodes.items[i]);
}
