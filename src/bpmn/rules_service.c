// SPDX-License-Identifier: Apache-2.0
// Operations, messages and what is called: BPMN 2.0.2, 8.4.3, 10.3.3 and 10.3.6.
#include "bpmn/rules.h"

#include <string.h>

static const XmlNode *specification(const XmlNode *element)
{
    return xml_child(element, BPMN_SPACE, "ioSpecification");
}

static size_t count_of(const XmlNode *parent, const char *name)
{
    size_t count = 0;
    for (EACH(child, parent, name))
        count++;
    return count;
}

static const XmlNode *item_of(RuleCheck *check, const XmlNode *element)
{
    return element ? rule_target(check, element,
                                 schema_is(element, "message") ? "itemRef" : "itemSubjectRef")
                   : NULL;
}

static bool same_item(const XmlNode *a, const XmlNode *b)
{
    const char *structure = a ? xml_attribute(a, "structureRef") : NULL;
    return a && b &&
           (a == b || (structure && text_equal(structure, xml_attribute(b, "structureRef"))));
}

// Does one of the data have the message's item?
static bool carries(RuleCheck *check, const XmlNode *task, const char *data, const XmlNode *message)
{
    for (EACH(child, specification(task), data))
        if (same_item(item_of(check, child), item_of(check, message)))
            return true;
    return false;
}

// --- Service tasks -------------------------------------------------------------------------------

BPMN_RULE(EXT042, "serviceTask", "A service task with an operation has one input set.")
{
    size_t sets = count_of(specification(element), "inputSet");
    if (rule_executable(element) && xml_attribute(element, "operationRef") && sets != 1)
        BROKEN("'%s' calls an operation with %zu input sets", rule_id(element), sets);
}

BPMN_RULE(EXT043, "serviceTask", "A service task with an operation has at most one output set.")
{
    size_t sets = count_of(specification(element), "outputSet");
    if (rule_executable(element) && xml_attribute(element, "operationRef") && sets > 1)
        BROKEN("'%s' calls an operation with %zu output sets", rule_id(element), sets);
}

BPMN_RULE(EXT044, "serviceTask",
          "The input of a service task has the item of the operation's message.")
{
    const XmlNode *operation = rule_target(check, element, "operationRef");
    const XmlNode *message = rule_child_target(check, operation, "inMessageRef");
    if (message && rule_executable(element) && count_of(specification(element), "dataInput") &&
        !carries(check, element, "dataInput", message))
        BROKEN("no input of '%s' has the item of the message '%s'", rule_id(element),
               rule_id(message));
}

BPMN_RULE(EXT045, "serviceTask",
          "The output of a service task has the item of the operation's answer.")
{
    const XmlNode *operation = rule_target(check, element, "operationRef");
    const XmlNode *message = rule_child_target(check, operation, "outMessageRef");
    if (message && rule_executable(element) && !carries(check, element, "dataOutput", message))
        BROKEN("no output of '%s' has the item of the message '%s'", rule_id(element),
               rule_id(message));
}

// --- Messages ------------------------------------------------------------------------------------

static void at_most_one(RuleCheck *check, const XmlNode *element, const char *name)
{
    size_t count = count_of(specification(element), name);
    if (xml_attribute(element, "messageRef") && count > 1)
        BROKEN("'%s' has a message and %zu <%s>", rule_id(element), count, name);
}

BPMN_RULE(EXT046, "sendTask", "A send task with a message has at most one input set.")
{
    at_most_one(check, element, "inputSet");
}

BPMN_RULE(EXT047, "sendTask", "A send task with a message has at most one data input.")
{
    at_most_one(check, element, "dataInput");
}

BPMN_RULE(EXT050, "receiveTask", "A receive task with a message has at most one output set.")
{
    at_most_one(check, element, "outputSet");
}

BPMN_RULE(EXT051, "receiveTask", "A receive task with a message has at most one data output.")
{
    at_most_one(check, element, "dataOutput");
}

BPMN_RULE(EXT048, "sendTask", "The data input of a send task has the item of its message.")
{
    const XmlNode *message = rule_target(check, element, "messageRef");
    if (message && rule_executable(element) && count_of(specification(element), "dataInput") &&
        !carries(check, element, "dataInput", message))
        BROKEN("the input of '%s' has not the item of the message '%s'", rule_id(element),
               rule_id(message));
}

BPMN_RULE(EXT052, "receiveTask", "The data output of a receive task has the item of its message.")
{
    const XmlNode *message = rule_target(check, element, "messageRef");
    if (message && rule_executable(element) && count_of(specification(element), "dataOutput") &&
        !carries(check, element, "dataOutput", message))
        BROKEN("the output of '%s' has not the item of the message '%s'", rule_id(element),
               rule_id(message));
}

// --- Calls ---------------------------------------------------------------------------------------

static bool same_counts(const XmlNode *a, const XmlNode *b)
{
    static const char *const names[] = {"dataInput", "dataOutput", "inputSet", "outputSet"};
    for (size_t i = 0; i < 4; i++)
        if (count_of(a, names[i]) != count_of(b, names[i]))
            return false;
    return true;
}

static bool has_counterpart(RuleCheck *check, const XmlNode *data, const XmlNode *other)
{
    const XmlNode *item = item_of(check, data);
    for (EACH(child, other, data->name)) {
        const XmlNode *own = item_of(check, child);
        if ((!item && !own) || same_item(item, own))
            return true;
    }
    return false;
}

BPMN_RULE(EXT063, "callActivity", "A call activity has the inputs and outputs of what it calls.")
{
    const XmlNode *called = rule_target(check, element, "calledElement");
    const XmlNode *own = specification(element), *theirs = specification(called);
    if (!schema_is(called, "callableElement") || !rule_executable(element))
        return;
    bool fits = same_counts(own, theirs);
    for (EACH(child, own, NULL))
        if (schema_is(child, "dataInput") || schema_is(child, "dataOutput"))
            fits = fits && has_counterpart(check, child, theirs);
    if (!fits)
        BROKEN("'%s' has other inputs or outputs than '%s', which it calls", rule_id(element),
               rule_id(called));
}

BPMN_RULE(EXT064, "callableElement", "What supports an interface binds its data to an operation.")
{
    if (xml_child(element, BPMN_SPACE, "supportedInterfaceRef") &&
        !xml_child(element, BPMN_SPACE, "ioBinding"))
        BROKEN("'%s' supports an interface but binds no data to it", rule_id(element));
}

static void binds(RuleCheck *check, const XmlNode *element, const char *data, const char *message)
{
    const XmlNode *operation = rule_target(check, element, "operationRef");
    const XmlNode *sent = item_of(check, rule_child_target(check, operation, message));
    const XmlNode *own = item_of(check, rule_target(check, element, data));
    if (sent && !same_item(sent, own))
        BROKEN("'%s' binds data of '%s' to a message of '%s'", rule_id(element->parent),
               own ? rule_id(own) : "?", rule_id(sent));
}

BPMN_RULE(EXT065, "inputOutputBinding", "Bound data have the items of the operation's messages.")
{
    binds(check, element, "inputDataRef", "inMessageRef");
    binds(check, element, "outputDataRef", "outMessageRef");
}
