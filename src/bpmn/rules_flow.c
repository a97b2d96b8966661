// SPDX-License-Identifier: Apache-2.0
// Sequence flows: BPMN 2.0.2, 8.4.13, and what each flow node must be connected to.
#include "bpmn/rules.h"

#include <string.h>

BPMN_RULE(EXT003, "flowNode", "Each step has an id.")
{
    if (!*rule_id(element))
        BROKEN("a <%s> has no id", element->name);
}

BPMN_RULE(EXT006, "sequenceFlow",
          "No sequence flow leads to an annotation, a group or an association.")
{
    const XmlNode *target = rule_target(check, element, "targetRef");
    if (schema_is(target, "artifact"))
        BROKEN("the flow '%s' leads to the <%s> '%s'", rule_id(element), target->name,
               rule_id(target));
}

BPMN_RULE(EXT007, "sequenceFlow",
          "No sequence flow comes from an annotation, a group or an association.")
{
    const XmlNode *source = rule_target(check, element, "sourceRef");
    if (schema_is(source, "artifact"))
        BROKEN("the flow '%s' comes from the <%s> '%s'", rule_id(element), source->name,
               rule_id(source));
}

// An event sub-process is started by its event only; in a process nothing else can be an end.
static bool cannot_be_end(const XmlNode *element)
{
    bool step = schema_is(element, "activity") || schema_is(element, "gateway") ||
                schema_is(element, "event");
    if (rule_process(element) && schema_is(element, "flowNode") && !step)
        return true;
    return rule_event_sub_process(element) ||
           (element && !schema_is(element, "flowNode") && !schema_is(element, "artifact"));
}

BPMN_RULE(
    EXT021, "sequenceFlow",
    "A sequence flow comes from an activity, a gateway or an event, but no event sub-process.")
{
    const XmlNode *source = rule_target(check, element, "sourceRef");
    if (cannot_be_end(source))
        BROKEN("the flow '%s' cannot come from the <%s> '%s'", rule_id(element), source->name,
               rule_id(source));
}

BPMN_RULE(EXT022, "sequenceFlow",
          "A sequence flow leads to an activity, a gateway or an event, but no event sub-process.")
{
    const XmlNode *target = rule_target(check, element, "targetRef");
    if (cannot_be_end(target))
        BROKEN("the flow '%s' cannot lead to the <%s> '%s'", rule_id(element), target->name,
               rule_id(target));
}

// --- Lists of flows: they may be left out, by all ------------------------------------------------

static const char *local(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon ? colon + 1 : name;
}

static bool lists(RuleCheck *check, const XmlNode *node, const char *list, const char *flow)
{
    for (EACH(child, node, list))
        if (strcmp(local(rule_text(check, child)), flow) == 0)
            return true;
    return false;
}

static void flow_listed(RuleCheck *check, const XmlNode *flow, const char *end, const char *list)
{
    const XmlNode *node = rule_target(check, flow, end);
    if (node && !lists(check, node, list, rule_id(flow)))
        BROKEN_AT(node, "'%s' does not list the %s flow '%s'", rule_id(node), list, rule_id(flow));
}

static void list_true(RuleCheck *check, const XmlNode *node, const char *list, const char *end)
{
    for (EACH(child, node, list)) {
        const char *name = rule_text(check, child);
        const XmlNode *flow = bpmn_element(check->model, name);
        const char *other = flow ? xml_attribute(flow, end) : NULL;
        if (flow && other && bpmn_element(check->model, other) != node)
            BROKEN_AT(child, "'%s' lists the %s flow '%s', which is not its own", rule_id(node),
                      list, name);
    }
}

static void lists_check(RuleCheck *check, const XmlNode *level)
{
    for (EACH(child, level, NULL)) {
        if (strcmp(child->name, "sequenceFlow") == 0) {
            flow_listed(check, child, "targetRef", "incoming");
            flow_listed(check, child, "sourceRef", "outgoing");
        } else if (schema_is(child, "flowNode")) {
            list_true(check, child, "incoming", "targetRef");
            list_true(check, child, "outgoing", "sourceRef");
        }
        if (schema_is(child, "subProcess"))
            lists_check(check, child);
    }
}

BPMN_RULE(EXT023, "process", "Each sequence flow is listed at both of its ends, and only there.")
{
    if (check->lists)
        lists_check(check, element);
}

// --- Conditions and defaults ---------------------------------------------------------------------

BPMN_RULE(EXT024, "sequenceFlow", "In a process that is executed every flow is immediate.")
{
    if (rule_executable(element) && !rule_true(element, "isImmediate", true))
        BROKEN("the flow '%s' is not immediate", rule_id(element));
}

BPMN_RULE(EXT025, "sequenceFlow",
          "A condition needs another way: a gateway, or an activity with several flows.")
{
    const XmlNode *source = rule_target(check, element, "sourceRef");
    if (!xml_child(element, BPMN_SPACE, "conditionExpression") || !source ||
        schema_is(source, "gateway"))
        return;
    if (!schema_is(source, "activity") || rule_flows_out(check, source, FEWEST) < 2)
        BROKEN("the flow '%s' has a condition but there is no other way", rule_id(element));
}

BPMN_RULE(EXT026, "activity gateway", "The default flow leaves the step it is the default of.")
{
    const XmlNode *flow = rule_target(check, element, "default");
    const char *source = flow ? xml_attribute(flow, "sourceRef") : NULL;
    if (xml_attribute(element, "default") &&
        (!source || bpmn_element(check->model, source) != element))
        BROKEN("the default flow of '%s' does not leave it", rule_id(element));
}

BPMN_OWN_RULE(default_condition, "default-condition", "activity gateway",
              "A default flow has no condition.")
{
    const XmlNode *flow = rule_target(check, element, "default");
    if (xml_child(flow, BPMN_SPACE, "conditionExpression"))
        BROKEN_AT(flow, "the default flow of '%s' has a condition", rule_id(element));
}

static bool ends_of(RuleCheck *check, const XmlNode *flow, const XmlNode **from, const XmlNode **to)
{
    *from = rule_target(check, flow, "sourceRef");
    *to = rule_target(check, flow, "targetRef");
    return schema_is(*from, "flowNode") && schema_is(*to, "flowNode");
}

BPMN_RULE(EXT028, "sequenceFlow", "A sequence flow stays in its pool.")
{
    const XmlNode *from, *to;
    if (ends_of(check, element, &from, &to) && rule_process(from) != rule_process(to))
        BROKEN("the flow from '%s' to '%s' leaves the pool", rule_id(from), rule_id(to));
}

BPMN_RULE(EXT152, "sequenceFlow", "A sequence flow does not cross the border of a sub-process.")
{
    const XmlNode *from, *to;
    if (ends_of(check, element, &from, &to) && from->parent != to->parent &&
        rule_process(from) == rule_process(to))
        BROKEN("the flow from '%s' to '%s' crosses a sub-process", rule_id(from), rule_id(to));
}

// --- What leads to and from a step ---------------------------------------------------------------

BPMN_RULE(EXT096, "startEvent", "No sequence flow leads into a start event.")
{
    if (rule_flows_in(check, element, MOST))
        BROKEN("a sequence flow leads into the start event '%s'", rule_id(element));
}

BPMN_RULE(EXT101, "startEvent", "A start event leads on.")
{
    if (!rule_flows_out(check, element, FEWEST))
        BROKEN("no sequence flow leaves the start event '%s'", rule_id(element));
}

BPMN_RULE(EXT104, "endEvent", "No sequence flow leaves an end event.")
{
    if (rule_flows_out(check, element, MOST))
        BROKEN("a sequence flow leaves the end event '%s'", rule_id(element));
}

BPMN_RULE(EXT107, "endEvent", "A sequence flow leads to an end event.")
{
    if (!rule_flows_in(check, element, FEWEST))
        BROKEN("no sequence flow leads to the end event '%s'", rule_id(element));
}

BPMN_RULE(EXT097, "endEvent",
          "Where there is an end event there is a start event on the same level.")
{
    if (!xml_child(element->parent, BPMN_SPACE, "startEvent"))
        BROKEN("beside the end event '%s' there is no start event", rule_id(element));
}

BPMN_RULE(EXT105, "startEvent",
          "Where there is a start event there is an end event on the same level.")
{
    if (!xml_child(element->parent, BPMN_SPACE, "endEvent"))
        BROKEN("beside the start event '%s' there is no end event", rule_id(element));
}

BPMN_RULE(EXT112, "boundaryEvent", "No sequence flow leads to a boundary event.")
{
    if (rule_flows_in(check, element, MOST))
        BROKEN("a sequence flow leads to the boundary event '%s'", rule_id(element));
}

BPMN_RULE(EXT113, "boundaryEvent", "A boundary event leads on, unless it is one of compensation.")
{
    if (!rule_flows_out(check, element, FEWEST) && !rule_count(check, element, "compensate"))
        BROKEN("no sequence flow leaves the boundary event '%s'", rule_id(element));
}

BPMN_RULE(EXT114, "boundaryEvent", "No sequence flow leaves a boundary event of compensation.")
{
    if (rule_flows_out(check, element, MOST) && rule_count(check, element, "compensate"))
        BROKEN("a sequence flow leaves the compensation event '%s'", rule_id(element));
}

static bool links(RuleCheck *check, const XmlNode *event)
{
    return rule_count(check, event, "link") > 0;
}

BPMN_RULE(EXT115, "intermediateThrowEvent intermediateCatchEvent",
          "A sequence flow leads to each intermediate event but a catching link.")
{
    bool catching_link = schema_is(element, "catchEvent") && links(check, element);
    if (!rule_flows_in(check, element, FEWEST) && !catching_link)
        BROKEN("no sequence flow leads to the event '%s'", rule_id(element));
}

BPMN_RULE(EXT116, "intermediateThrowEvent intermediateCatchEvent",
          "A sequence flow leaves each intermediate event but a throwing link.")
{
    bool throwing_link = schema_is(element, "throwEvent") && links(check, element);
    if (!rule_flows_out(check, element, FEWEST) && !throwing_link)
        BROKEN("no sequence flow leaves the event '%s'", rule_id(element));
}

// Stands apart from the flow: started by an event, or by compensation.
static bool apart(const XmlNode *node)
{
    return schema_is(node, "boundaryEvent") || rule_event_sub_process(node) ||
           rule_true(node, "isForCompensation", false);
}

BPMN_RULE(EXT150, "flowNode", "On a level with a start event a sequence flow leads to every step.")
{
    bool begins = schema_is(element, "startEvent") || rule_true(element, "instantiate", false) ||
                  links(check, element);
    if (!begins && !apart(element) && !schema_is(element, "endEvent") &&
        !rule_flows_in(check, element, FEWEST) &&
        xml_child(element->parent, BPMN_SPACE, "startEvent"))
        BROKEN("no sequence flow leads to '%s'", rule_id(element));
}

BPMN_RULE(EXT151, "flowNode", "On a level with an end event a sequence flow leaves every step.")
{
    bool ends = schema_is(element, "endEvent") || links(check, element);
    if (!ends && !apart(element) && !schema_is(element, "startEvent") &&
        !rule_flows_out(check, element, FEWEST) &&
        xml_child(element->parent, BPMN_SPACE, "endEvent"))
        BROKEN("no sequence flow leaves '%s'", rule_id(element));
}
