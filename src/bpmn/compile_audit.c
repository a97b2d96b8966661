// SPDX-License-Identifier: Apache-2.0
// What the standard allows and this engine does not do: refused by name. What other tools add for
// their own engines is kept, and told.
#include "bpmn/compile.h"

#include <string.h>

// --- Attributes and parts of steps ---------------------------------------------------------------

static void transaction_audit(Compile *c, const GraphNode *node, const XmlNode *element)
{
    const char *method = xml_attribute(element, "method");
    if (node->kind == NODE_TRANSACTION && method && strcmp(method, "##Compensate") != 0)
        PROBLEM(c, element, "unsupported-attribute", "Use ##Compensate, or leave it out.",
                "the transaction '%s' is undone by '%s', which is not supported", node->id, method);
}

static void implementation_audit(Compile *c, const GraphNode *node, const XmlNode *element)
{
    const char *said = xml_attribute(element, "implementation");
    if (said && *said && !text_starts(said, "##"))
        PROBLEM(c, element, "unsupported-attribute",
                "Say with <millrace:call> or <millrace:task> what does it, and remove it.",
                "implementation of '%s' is '%s', which is not looked at", node->id, said);
}

// --- The document --------------------------------------------------------------------------------

static void root_audit(Compile *c)
{
    const XmlNode *root = c->model->root;
    for (const XmlNode *child = xml_child(root, BPMN_SPACE, "extension"); child;
         child = xml_next(child, BPMN_SPACE, "extension"))
        if (compile_flag(c, child, "mustUnderstand", false))
            PROBLEM(c, child, "unsupported-extension",
                    "Remove it, or say that it need not be understood.",
                    "the extension '%s' must be understood, and is not",
                    xml_attribute(child, "definition") ? xml_attribute(child, "definition") : "");
}

// --- Namespaces of others ------------------------------------------------------------------------

// Colours and the like: nothing that an engine would do.
static const char *const harmless_spaces[] = {
    "http://www.w3.org/2001/XMLSchema-instance",
    "http://www.w3.org/XML/1998/namespace",
    "http://bpmn.io/schema/bpmn/biocolor/1.0",
    "http://www.omg.org/spec/BPMN/non-normative/color/1.0",
    BPMN_SPACE,
    MILLRACE_SPACE,
};

static bool is_harmless(const char *space)
{
    for (size_t i = 0; i < sizeof harmless_spaces / sizeof *harmless_spaces; i++)
        if (strcmp(harmless_spaces[i], space) == 0)
            return true;
    return !*space;
}

static void space_note(Compile *c, Map *seen, const XmlNode *element, const char *space)
{
    if (is_harmless(space) || map_get(seen, space))
        return;
    map_put(seen, space, (void *)(uintptr_t)element);
    bpmn_warning(c->cx, c->problems, element, "foreign-extension",
                 "Say it in Millrace's own attributes, if it shall be done.",
                 "what '%s' says here is kept, but nothing is done by it", space);
}

// Each foreign namespace once, where it first stands. The depth is limited by the XML reader.
static void spaces_audit(Compile *c, Map *seen, const XmlNode *element)
{
    space_note(c, seen, element, element->space);
    for (size_t i = 0; i < element->attribute_count; i++)
        space_note(c, seen, element, element->attributes[i].space);
    for (const XmlNode *child = xml_child(element, NULL, NULL); child;
         child = xml_next(child, NULL, NULL))
        spaces_audit(c, seen, child);
}

void compile_audit(Compile *c)
{
    root_audit(c);
    for (size_t i = 0; i < c->nodes.count; i++) {
        const GraphNode *node = &c->nodes.items[i];
        transaction_audit(c, node, c->elements.items[i]);
        implementation_audit(c, node, c->elements.items[i]);
    }
    spaces_audit(c, map_new(c->cx->arena), c->scope_elements.items[0]);
}
