// SPDX-License-Identifier: Apache-2.0
// Data: items, inputs and outputs, sets and associations. BPMN 2.0.2, 8.4.10 and 10.4.
#include "bpmn/rules.h"

#include <string.h>

// The item definition that an attribute of the element, or of what it refers to, names.
static const XmlNode *item_of(RuleCheck *check, const XmlNode *element)
{
    if (schema_is(element, "message"))
        return rule_target(check, element, "itemRef");
    if (schema_is(element, "error") || schema_is(element, "signal") ||
        schema_is(element, "escalation"))
        return rule_target(check, element, "structureRef");
    const XmlNode *own = element ? rule_target(check, element, "itemSubjectRef") : NULL;
    if (!own && xml_is(element, BPMN_SPACE, "dataObjectReference"))
        return item_of(check, rule_target(check, element, "dataObjectRef"));
    if (!own && xml_is(element, BPMN_SPACE, "dataStoreReference"))
        return item_of(check, rule_target(check, element, "dataStoreRef"));
    return own;
}

static bool same_item(const XmlNode *a, const XmlNode *b)
{
    const char *structure = a ? xml_attribute(a, "structureRef") : NULL;
    return a && b &&
           (a == b || (structure && text_equal(structure, xml_attribute(b, "structureRef"))));
}

// Types matter where something is executed: in a process, or in what stands for itself.
static bool is_executed(const XmlNode *element)
{
    return !rule_process(element) || rule_executable(element);
}

// --- Collections and names -----------------------------------------------------------------------

BPMN_RULE(EXT020, "dataObject dataInput dataOutput", "isCollection is as the item definition says.")
{
    const XmlNode *item = rule_target(check, element, "itemSubjectRef");
    bool within_loop = schema_is(element->parent, "loopCharacteristics");
    if (item && !within_loop && is_executed(element) &&
        rule_true(element, "isCollection", false) != rule_true(item, "isCollection", false))
        BROKEN("'%s' and its item definition '%s' differ in isCollection", rule_id(element),
               rule_id(item));
}
BPMN_RULE_AGAIN(EXT077, EXT020, "dataObject");
BPMN_RULE_AGAIN(EXT081, EXT020, "dataInput");
BPMN_RULE_AGAIN(EXT083, EXT020, "dataOutput");

BPMN_RULE(EXT076, "dataObjectReference",
          "A reference to a data object is called as the object, with its state in brackets.")
{
    const XmlNode *object = rule_target(check, element, "dataObjectRef");
    const XmlNode *state = xml_child(element, BPMN_SPACE, "dataState");
    const char *name = xml_attribute(element, "name");
    const char *own = object ? xml_attribute(object, "name") : NULL;
    if (!name || !*name || !own || !*own)
        return;
    const char *said = state ? xml_attribute(state, "name") : NULL;
    if (strcmp(name, said ? text_format(check->cx->arena, "%s [%s]", own, said) : own) != 0)
        BROKEN("'%s' is called '%s', not as the data object '%s'", rule_id(element), name, own);
}

// --- Inputs, outputs and their sets --------------------------------------------------------------

static size_t count_of(const XmlNode *parent, const char *name)
{
    size_t count = 0;
    for (EACH(child, parent, name))
        count++;
    return count;
}

static const XmlNode *specification(const XmlNode *element)
{
    return xml_child(element, BPMN_SPACE, "ioSpecification");
}

BPMN_RULE(EXT079, "subProcess", "A sub-process has no inputs and outputs of its own.")
{
    if (specification(element))
        BROKEN("the sub-process '%s' has an <ioSpecification>", rule_id(element));
}

static bool lists(RuleCheck *check, const XmlNode *set, const char *list, const char *id)
{
    for (EACH(child, set, list))
        if (strcmp(rule_text(check, child), id) == 0)
            return true;
    return false;
}

static void in_some_set(RuleCheck *check, const XmlNode *element, const char *sets,
                        const char *list)
{
    if (schema_is(element->parent, "loopCharacteristics"))
        return;
    for (EACH(set, element->parent, sets))
        if (lists(check, set, list, rule_id(element)))
            return;
    BROKEN("'%s' is in no <%s>", rule_id(element), sets);
}

BPMN_RULE(EXT084, "dataInput", "Each data input is in an input set.")
{
    in_some_set(check, element, "inputSet", "dataInputRefs");
}

BPMN_RULE(EXT088, "dataOutput", "Each data output is in an output set.")
{
    in_some_set(check, element, "outputSet", "dataOutputRefs");
}

static void listed_too(RuleCheck *check, const XmlNode *element, const char *some, const char *all)
{
    for (EACH(child, element, some))
        if (!lists(check, element, all, rule_text(check, child)))
            BROKEN_AT(child, "'%s' is in %s but not in %s", rule_text(check, child), some, all);
}

BPMN_RULE(EXT085, "inputSet", "An optional input is an input of the set.")
{
    listed_too(check, element, "optionalInputRefs", "dataInputRefs");
}

BPMN_RULE(EXT086, "inputSet", "An input that may come while it runs is an input of the set.")
{
    listed_too(check, element, "whileExecutingInputRefs", "dataInputRefs");
}

BPMN_RULE(EXT089, "outputSet", "An optional output is an output of the set.")
{
    listed_too(check, element, "optionalOutputRefs", "dataOutputRefs");
}

BPMN_RULE(EXT090, "outputSet", "An output that may come while it runs is an output of the set.")
{
    listed_too(check, element, "whileExecutingOutputRefs", "dataOutputRefs");
}

BPMN_RULE(EXT087, "inputSet outputSet", "An input set and an output set name each other.")
{
    bool input = schema_is(element, "inputSet");
    const char *own = input ? "outputSetRefs" : "inputSetRefs";
    const char *back = input ? "inputSetRefs" : "outputSetRefs";
    for (EACH(child, element, own)) {
        const XmlNode *other = bpmn_element(check->model, rule_text(check, child));
        if (other && !lists(check, other, back, rule_id(element)))
            BROKEN_AT(child, "'%s' names '%s', which does not name it", rule_id(element),
                      rule_id(other));
    }
}

// --- Associations --------------------------------------------------------------------------------

BPMN_RULE(EXT080, "dataOutputAssociation", "No data association leads to an input of the process.")
{
    const XmlNode *target = rule_child_target(check, element, "targetRef");
    if (xml_is(target, BPMN_SPACE, "dataInput"))
        BROKEN("data of '%s' is led to the input '%s'", rule_id(element->parent), rule_id(target));
}

BPMN_RULE(EXT082, "dataInputAssociation",
          "No data association comes from an output of the process.")
{
    const XmlNode *source = rule_child_target(check, element, "sourceRef");
    if (xml_is(source, BPMN_SPACE, "dataOutput"))
        BROKEN("data of '%s' comes from the output '%s'", rule_id(element->parent),
               rule_id(source));
}

BPMN_RULE(EXT091, "dataAssociation",
          "Both ends of a data association have the same item, or there is a transformation.")
{
    const XmlNode *from = item_of(check, rule_child_target(check, element, "sourceRef"));
    const XmlNode *to = item_of(check, rule_child_target(check, element, "targetRef"));
    if (from && to && is_executed(element) && !same_item(from, to) &&
        !xml_child(element, BPMN_SPACE, "transformation"))
        BROKEN("the data association of '%s' leads from '%s' to '%s'", rule_id(element->parent),
               rule_id(from), rule_id(to));
}

BPMN_RULE(EXT092, "dataAssociation", "Several sources of a data association need a transformation.")
{
    size_t sources = count_of(element, "sourceRef");
    bool assigns = xml_child(element, BPMN_SPACE, "assignment");
    if (!xml_child(element, BPMN_SPACE, "transformation") &&
        (sources > 1 || (!sources && !assigns)))
        BROKEN("the data association of '%s' has %zu sources and no transformation",
               rule_id(element->parent), sources);
}

// --- Events --------------------------------------------------------------------------------------

BPMN_RULE(EXT093, "event", "An event with data has one for each of its event definitions.")
{
    const char *kind = schema_is(element, "throwEvent") ? "dataInput" : "dataOutput";
    size_t data = count_of(element, kind), definitions = rule_count(check, element, NULL);
    if (data && is_executed(element) && data != definitions)
        BROKEN("the event '%s' has %zu data and %zu event definitions", rule_id(element), data,
               definitions);
}

static const XmlNode *payload_of(RuleCheck *check, const XmlNode *definition)
{
    static const char *const references[] = {"messageRef", "errorRef", "escalationRef",
                                             "signalRef"};
    for (size_t i = 0; i < 4; i++) {
        const XmlNode *target = rule_target(check, definition, references[i]);
        if (target)
            return item_of(check, target);
    }
    return NULL;
}

BPMN_RULE(EXT094, "event", "The data of an event has the item of its event definition.")
{
    const char *kind = schema_is(element, "throwEvent") ? "dataInput" : "dataOutput";
    const XmlNode *data = xml_child(element, BPMN_SPACE, kind);
    XmlNodes all = rule_definitions(check, element);
    for (size_t i = 0; data && i < all.count; i++, data = xml_next(data, BPMN_SPACE, kind)) {
        const XmlNode *own = item_of(check, data), *payload = payload_of(check, all.items[i]);
        if (own && payload && is_executed(element) && !same_item(own, payload))
            BROKEN("'%s' of the event '%s' holds '%s', not '%s'", rule_id(data), rule_id(element),
                   rule_id(own), rule_id(payload));
    }
}

// --- Loops ---------------------------------------------------------------------------------------

BPMN_RULE(EXT068, "multiInstanceLoopCharacteristics",
          "The collection of an activity with multiple instances is one of its inputs.")
{
    const XmlNode *input = rule_child_target(check, element, "loopDataInputRef");
    if (input && rule_executable(element) && !schema_is(element->parent, "subProcess") &&
        input->parent != specification(element->parent))
        BROKEN("the collection '%s' is no input of '%s'", rule_id(input), rule_id(element->parent));
}

static void scalar(RuleCheck *check, const XmlNode *element, const char *whole, const char *part)
{
    const XmlNode *collection = item_of(check, rule_child_target(check, element, whole));
    const XmlNode *item = item_of(check, xml_child(element, BPMN_SPACE, part));
    if (collection && item && rule_executable(element) &&
        (rule_true(item, "isCollection", false) ||
         (item != collection && !same_item(item, collection))))
        BROKEN("<%s> of '%s' is no single one of '%s'", part, rule_id(element->parent),
               rule_id(collection));
}

BPMN_RULE(EXT069, "multiInstanceLoopCharacteristics",
          "The output of an instance is a single one of the collection's items.")
{
    scalar(check, element, "loopDataOutputRef", "outputDataItem");
}

BPMN_RULE(EXT070, "multiInstanceLoopCharacteristics",
          "The input of an instance is a single one of the collection's items.")
{
    scalar(check, element, "loopDataInputRef", "inputDataItem");
}
