// SPDX-License-Identifier: Apache-2.0
// Pools, message flows, conversations and choreographies: BPMN 2.0.2, 9.
#include "bpmn/rules.h"

#include <stdlib.h>
#include <string.h>

BPMN_RULE(EXT008, "messageFlow",
          "No message flow leads to an annotation, a group or an association.")
{
    const XmlNode *target = rule_target(check, element, "targetRef");
    if (schema_is(target, "artifact"))
        BROKEN("the message flow '%s' leads to the <%s> '%s'", rule_id(element), target->name,
               rule_id(target));
}

BPMN_RULE(EXT009, "messageFlow",
          "No message flow comes from an annotation, a group or an association.")
{
    const XmlNode *source = rule_target(check, element, "sourceRef");
    if (schema_is(source, "artifact"))
        BROKEN("the message flow '%s' comes from the <%s> '%s'", rule_id(element), source->name,
               rule_id(source));
}

BPMN_RULE(EXT027, "choreography globalConversation",
          "A choreography or global conversation refers to no choreography.")
{
    if (xml_child(element, BPMN_SPACE, "choreographyRef"))
        BROKEN("the <%s> '%s' refers to a choreography", element->name, rule_id(element));
}

static long number(const XmlNode *element, const char *name, long fallback)
{
    const char *text = xml_attribute(element, name);
    return text ? strtol(text, NULL, 10) : fallback;
}

BPMN_RULE(EXT029, "participantMultiplicity", "The least number of participants is not negative.")
{
    if (number(element, "minimum", 0) < 0)
        BROKEN("the least number of participants of '%s' is %ld", rule_id(element->parent),
               number(element, "minimum", 0));
}

BPMN_RULE(EXT030, "participantMultiplicity",
          "The greatest number of participants is at least 1 and not below the least.")
{
    long minimum = number(element, "minimum", 0), maximum = number(element, "maximum", 1);
    if (maximum < 1 || maximum < minimum)
        BROKEN("'%s' stands for %ld to %ld participants", rule_id(element->parent), minimum,
               maximum);
}

// The pool that an end of a message flow belongs to: its process, or itself.
static const XmlNode *pool_of(RuleCheck *check, const XmlNode *end)
{
    if (!xml_is(end, BPMN_SPACE, "participant"))
        return rule_process(end);
    const XmlNode *process = rule_target(check, end, "processRef");
    return process ? process : end;
}

BPMN_RULE(EXT031, "messageFlow", "A message flow connects two pools.")
{
    const XmlNode *from = pool_of(check, rule_target(check, element, "sourceRef"));
    const XmlNode *to = pool_of(check, rule_target(check, element, "targetRef"));
    if (from && from == to)
        BROKEN("the message flow '%s' stays in one pool", rule_id(element));
}

BPMN_RULE(EXT032, "globalConversation",
          "A global conversation holds participants, message flows and correlation keys only.")
{
    for (EACH(child, element, NULL))
        if (schema_is(child, "conversationNode") || schema_is(child, "participantAssociation") ||
            schema_is(child, "messageFlowAssociation") ||
            schema_is(child, "conversationAssociation") || schema_is(child, "artifact"))
            BROKEN_AT(child, "a <%s> stands in the global conversation '%s'", child->name,
                      rule_id(element));
}

BPMN_RULE(EXT033, "collaboration", "isClosed of a collaboration is that of its choreography.")
{
    for (EACH(child, element, "choreographyRef")) {
        const XmlNode *other = bpmn_element(check->model, rule_text(check, child));
        if (other && rule_true(other, "isClosed", false) != rule_true(element, "isClosed", false))
            BROKEN("'%s' and its choreography '%s' differ in isClosed", rule_id(element),
                   rule_id(other));
    }
}

// --- What sends and receives ---------------------------------------------------------------------

BPMN_RULE(EXT102, "messageFlow", "No message flow comes from a start event.")
{
    if (schema_is(rule_target(check, element, "sourceRef"), "startEvent"))
        BROKEN("the message flow '%s' comes from a start event", rule_id(element));
}

static bool leads(RuleCheck *check, const XmlNode *element, const char *attribute)
{
    const XmlNodes *flows = rule_message_flows(check, element);
    for (size_t i = 0; i < flows->count; i++)
        if (rule_target(check, flows->items[i], attribute) == element)
            return true;
    return false;
}

BPMN_RULE(EXT103, "startEvent", "A start event that a message flow leads to waits for a message.")
{
    if (leads(check, element, "targetRef") && !rule_count(check, element, "message"))
        BROKEN("a message flow leads to the start event '%s', which waits for no message",
               rule_id(element));
}

BPMN_RULE(EXT108, "messageFlow", "No message flow leads to an end event.")
{
    if (schema_is(rule_target(check, element, "targetRef"), "endEvent"))
        BROKEN("the message flow '%s' leads to an end event", rule_id(element));
}

BPMN_RULE(EXT109, "endEvent", "An end event that a message flow comes from sends a message.")
{
    if (leads(check, element, "sourceRef") && !rule_count(check, element, "message"))
        BROKEN("a message flow comes from the end event '%s', which sends no message",
               rule_id(element));
}

BPMN_RULE(EXT119, "intermediateThrowEvent intermediateCatchEvent",
          "A message flow comes from a throwing event, and leads to a catching one.")
{
    bool throws = schema_is(element, "throwEvent");
    if (leads(check, element, throws ? "targetRef" : "sourceRef"))
        BROKEN("a message flow at the event '%s' goes the wrong way", rule_id(element));
}

BPMN_OWN_RULE(message_event, "message-event",
              "intermediateThrowEvent intermediateCatchEvent boundaryEvent",
              "Only an event with a message is an end of a message flow.")
{
    if (rule_message_flows(check, element)->count && !rule_count(check, element, "message"))
        BROKEN("a message flow ends at the event '%s', which has no message", rule_id(element));
}
