// SPDX-License-Identifier: Apache-2.0
// Events: which event definitions stand where (BPMN 2.0.2, table 10.93), and what they name.
#include "bpmn/rules.h"

#include <string.h>

static bool in_event_sub_process(const XmlNode *event)
{
    return rule_event_sub_process(event->parent);
}

// Adds a problem for each definition that is not of these kinds.
static void only(RuleCheck *check, const XmlNode *event, const char *kinds)
{
    XmlNodes all = rule_definitions(check, event);
    if (all.count != rule_count(check, event, kinds))
        BROKEN_AT(event, "the event '%s' is none that can be a <%s> here", rule_id(event),
                  event->name);
}

BPMN_RULE(EXT057, "subProcess", "No sequence flow leads to or leaves an event sub-process.")
{
    if (rule_event_sub_process(element) &&
        (rule_flows_in(check, element, MOST) || rule_flows_out(check, element, MOST)))
        BROKEN("the event sub-process '%s' is connected by a sequence flow", rule_id(element));
}

BPMN_RULE(EXT058, "subProcess", "An event sub-process has exactly one start event.")
{
    int count = 0;
    for (EACH(child, element, "startEvent"))
        count++;
    if (rule_event_sub_process(element) && count != 1)
        BROKEN("the event sub-process '%s' has %d start events", rule_id(element), count);
}

BPMN_RULE(EXT059, "startEvent",
          "An event sub-process starts by a message, a timer, a signal, a condition, an error, an "
          "escalation or compensation; errors and compensation interrupt.")
{
    if (!in_event_sub_process(element))
        return;
    if (!rule_count(check, element, NULL))
        BROKEN("the start event '%s' of an event sub-process waits for nothing", rule_id(element));
    only(check, element, "message timer signal conditional error escalation compensate");
    if (!rule_true(element, "isInterrupting", true) &&
        rule_count(check, element, "error compensate"))
        BROKEN("the start event '%s' must interrupt", rule_id(element));
}
BPMN_RULE_AGAIN(EXT129, EXT059, "startEvent");

BPMN_RULE(EXT095, "catchEvent throwEvent",
          "An event definition within a throwing event is used there only.")
{
    for (EACH(child, element, "eventDefinitionRef"))
        if (map_get(check->thrown, rule_text(check, child)))
            BROKEN_AT(child, "'%s' uses the event definition '%s' of a throwing event",
                      rule_id(element), rule_text(check, child));
}

BPMN_RULE(EXT098, "startEvent",
          "A process starts by nothing, a message, a timer, a signal or a condition.")
{
    if (xml_is(element->parent, BPMN_SPACE, "process"))
        only(check, element, "message timer signal conditional");
}

BPMN_RULE(EXT099, "callActivity", "A called process has a start event without a definition.")
{
    const XmlNode *called = rule_target(check, element, "calledElement");
    bool starts = false, plain = false;
    if (!xml_is(called, BPMN_SPACE, "process"))
        return;
    for (EACH(child, called, "startEvent")) {
        starts = true;
        plain = plain || !rule_count(check, child, NULL);
    }
    if (starts && !plain)
        BROKEN("'%s' calls the process '%s', which only events start", rule_id(element),
               rule_id(called));
}

BPMN_RULE(EXT100, "startEvent", "A sub-process starts by being reached, not by an event.")
{
    if (schema_is(element->parent, "subProcess") && !in_event_sub_process(element) &&
        rule_count(check, element, NULL))
        BROKEN("the start event '%s' of a sub-process waits for an event", rule_id(element));
}

BPMN_RULE(EXT106, "endEvent", "A cancel end event stands within a transaction.")
{
    const XmlNode *around = element->parent;
    while (around && !schema_is(around, "transaction"))
        around = around->parent;
    if (rule_count(check, element, "cancel") && !around)
        BROKEN("the cancel event '%s' belongs to no transaction", rule_id(element));
}

BPMN_RULE(EXT110, "boundaryEvent",
          "A boundary event waits for something that can come: no link, no termination; and only "
          "messages, timers, signals, conditions and escalations leave the activity running.")
{
    if (!rule_count(check, element, NULL))
        BROKEN("the boundary event '%s' waits for nothing", rule_id(element));
    const char *kinds = "message timer signal conditional escalation error cancel compensate";
    bool interrupts = rule_true(element, "cancelActivity", true);
    only(check, element, interrupts ? kinds : "message timer signal conditional escalation");
}
BPMN_RULE_AGAIN(EXT147, EXT110, "boundaryEvent");

BPMN_RULE(EXT111, "boundaryEvent", "A cancel boundary event stands on a transaction.")
{
    if (rule_count(check, element, "cancel") &&
        !schema_is(rule_target(check, element, "attachedToRef"), "transaction"))
        BROKEN("the cancel event '%s' stands on no transaction", rule_id(element));
}

BPMN_RULE(EXT122, "intermediateCatchEvent", "Compensation is not awaited in the flow.")
{
    if (rule_count(check, element, "compensate"))
        BROKEN("the event '%s' in the flow waits for compensation", rule_id(element));
}

BPMN_RULE(EXT146, "endEvent",
          "An end event throws nothing, a message, a signal, an error, an escalation, "
          "compensation, a cancellation or a termination.")
{
    only(check, element, "message signal error escalation compensate cancel terminate");
}

BPMN_RULE(EXT148, "intermediateCatchEvent",
          "A catching event in the flow waits for a message, a timer, a signal, a condition or a "
          "link.")
{
    if (!rule_count(check, element, NULL))
        BROKEN("the event '%s' waits for nothing", rule_id(element));
    only(check, element, "message timer signal conditional link");
}

BPMN_RULE(EXT149, "intermediateThrowEvent",
          "A throwing event in the flow throws nothing, a message, a signal, an escalation, "
          "compensation or a link.")
{
    only(check, element, "message signal escalation compensate link");
}

// --- What they name ------------------------------------------------------------------------------

BPMN_RULE(EXT011, "throwEvent", "A thrown escalation has an escalationCode.")
{
    XmlNodes all = rule_definitions(check, element);
    for (size_t i = 0; rule_executable(element) && i < all.count; i++) {
        if (strcmp(all.items[i]->name, "escalationEventDefinition") != 0)
            continue;
        const XmlNode *escalation = rule_target(check, all.items[i], "escalationRef");
        const char *code = escalation ? xml_attribute(escalation, "escalationCode") : NULL;
        if (!code || !*code)
            BROKEN("'%s' throws an escalation without a code", rule_id(element));
    }
}

BPMN_RULE(EXT127, "messageEventDefinition",
          "In a process that is executed a message event says which message: messageRef.")
{
    if (rule_executable(element) && !xml_attribute(element, "messageRef"))
        BROKEN("the message event '%s' does not say which message", rule_id(element->parent));
}

// Millrace's own attributes say it as well.
static bool is_bound(const XmlNode *element)
{
    return xml_child(xml_child(element, BPMN_SPACE, "extensionElements"), MILLRACE_SPACE, NULL);
}

BPMN_RULE(EXT128, "messageEventDefinition",
          "In a process that is executed a message event says how the message comes or goes: "
          "operationRef, or <millrace:correlation> on its message.")
{
    const XmlNode *message = rule_target(check, element, "messageRef");
    if (rule_executable(element) && !xml_child(element, BPMN_SPACE, "operationRef") &&
        !is_bound(element) && !is_bound(element->parent) && !is_bound(message))
        BROKEN("the message event '%s' does not say how its message comes or goes",
               rule_id(element->parent));
}

BPMN_RULE(EXT131, "timerEventDefinition",
          "A timer has exactly one of timeDate, timeDuration and timeCycle.")
{
    int count = 0;
    for (EACH(child, element, NULL))
        count += text_starts(child->name, "time");
    if (count > 1 || (!count && rule_executable(element)))
        BROKEN("a timer needs one time, not %d", count);
}

// --- Links ---------------------------------------------------------------------------------------

static bool throws_link(const XmlNode *definition)
{
    return schema_is(definition->parent, "throwEvent");
}

// Partners are named by reference, or have the same name on the same level.
static const XmlNode *partner_by_name(const XmlNode *definition)
{
    const char *name = xml_attribute(definition, "name");
    for (EACH(event, definition->parent->parent, NULL)) {
        const XmlNode *own = xml_child(event, BPMN_SPACE, "linkEventDefinition");
        if (own && throws_link(own) != throws_link(definition) &&
            text_equal(xml_attribute(own, "name"), name))
            return own;
    }
    return NULL;
}

static bool is_link_event(const XmlNode *definition)
{
    return schema_is(definition->parent, "event");
}

BPMN_RULE(EXT117, "intermediateThrowEvent intermediateCatchEvent",
          "A throwing link only has flows in, a catching one only flows out.")
{
    bool catches = schema_is(element, "catchEvent");
    size_t wrong =
        catches ? rule_flows_in(check, element, MOST) : rule_flows_out(check, element, MOST);
    if (rule_count(check, element, "link") && wrong)
        BROKEN("the link event '%s' is connected the wrong way", rule_id(element));
}

static bool refers(RuleCheck *check, const XmlNode *from, const char *child, const XmlNode *to)
{
    for (EACH(reference, from, child))
        if (bpmn_element(check->model, rule_text(check, reference)) == to)
            return true;
    return false;
}

BPMN_RULE(EXT118, "linkEventDefinition", "Both ends of a link name each other.")
{
    const char *own = throws_link(element) ? "target" : "source";
    const char *back = throws_link(element) ? "source" : "target";
    for (EACH(reference, element, own)) {
        const XmlNode *other = bpmn_element(check->model, rule_text(check, reference));
        if (schema_is(other, "linkEventDefinition") && !refers(check, other, back, element))
            BROKEN("the link event '%s' names '%s', which does not name it",
                   rule_id(element->parent), rule_id(other->parent));
    }
}

BPMN_RULE(EXT124, "linkEventDefinition", "A catching link has a throwing one.")
{
    if (is_link_event(element) && !throws_link(element) &&
        !xml_child(element, BPMN_SPACE, "source") && !partner_by_name(element))
        BROKEN("nothing leads to the link event '%s'", rule_id(element->parent));
}

BPMN_RULE(EXT125, "linkEventDefinition", "A throwing link has exactly one catching one.")
{
    if (is_link_event(element) && throws_link(element) &&
        !xml_child(element, BPMN_SPACE, "target") && !partner_by_name(element))
        BROKEN("the link event '%s' leads nowhere", rule_id(element->parent));
}

// The other end by its name, at whatever level.
static const XmlNode *partner_below(const XmlNode *level, const XmlNode *definition)
{
    for (EACH(child, level, NULL)) {
        const XmlNode *found =
            schema_is(child, "linkEventDefinition") && is_link_event(child) &&
                    throws_link(child) != throws_link(definition) &&
                    text_equal(xml_attribute(child, "name"), xml_attribute(definition, "name"))
                ? child
                : partner_below(child, definition);
        if (found)
            return found;
    }
    return NULL;
}

BPMN_RULE(EXT126, "linkEventDefinition", "A link stays on its level of the process.")
{
    if (!is_link_event(element))
        return;
    const char *own = throws_link(element) ? "target" : "source";
    const XmlNode *named = NULL;
    if (!xml_child(element, BPMN_SPACE, own) && !partner_by_name(element))
        named = partner_below(rule_process(element), element);
    if (named)
        BROKEN("the link from '%s' to '%s' leaves its level", rule_id(element->parent),
               rule_id(named->parent));
    for (EACH(reference, element, own)) {
        const XmlNode *other = bpmn_element(check->model, rule_text(check, reference));
        if (schema_is(other, "linkEventDefinition") && is_link_event(other) &&
            other->parent->parent != element->parent->parent)
            BROKEN("the link from '%s' to '%s' leaves its level", rule_id(element->parent),
                   rule_id(other->parent));
    }
}

// --- Compensation --------------------------------------------------------------------------------

static const XmlNode *handler_of(RuleCheck *check, const XmlNode *event, const XmlNode *level)
{
    for (EACH(association, level, "association")) {
        const XmlNode *target = rule_target(check, association, "targetRef");
        if (rule_target(check, association, "sourceRef") == event && schema_is(target, "activity"))
            return target;
    }
    return NULL;
}

// Tools put associations beside the steps, some into the collaboration.
static const XmlNode *handler_find(RuleCheck *check, const XmlNode *event)
{
    for (const XmlNode *level = event->parent; level; level = level->parent) {
        const XmlNode *found = handler_of(check, event, level);
        if (found)
            return found;
    }
    for (EACH(root, check->model->root, NULL)) {
        const XmlNode *found = handler_of(check, event, root);
        if (found)
            return found;
    }
    return NULL;
}

BPMN_RULE(EXT143, "boundaryEvent",
          "An association leads from a compensation event to its activity.")
{
    if (rule_count(check, element, "compensate") && !handler_find(check, element))
        BROKEN("the compensation event '%s' leads to no activity", rule_id(element));
}

BPMN_RULE(EXT144, "boundaryEvent",
          "The activity behind a compensation event is marked isForCompensation=\"true\".")
{
    const XmlNode *handler =
        rule_count(check, element, "compensate") ? handler_find(check, element) : NULL;
    if (handler && !rule_true(handler, "isForCompensation", false))
        BROKEN("'%s', which the compensation event '%s' leads to, is not for compensation",
               rule_id(handler), rule_id(element));
}
