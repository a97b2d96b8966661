// SPDX-License-Identifier: Apache-2.0
// Gateways: BPMN 2.0.2, 10.6.
#include "bpmn/rules.h"

#include <string.h>

static bool directed(const XmlNode *gateway, const char *direction)
{
    return text_equal(xml_attribute(gateway, "gatewayDirection"), direction);
}

BPMN_RULE(EXT017, "gateway", "One flow leaves a converging gateway.")
{
    if (directed(element, "Converging") && rule_flows_out(check, element, MOST) > 1)
        BROKEN("%zu flows leave the converging gateway '%s'", rule_flows_out(check, element, MOST),
               rule_id(element));
}

BPMN_RULE(EXT018, "gateway", "One flow leads into a diverging gateway.")
{
    if (directed(element, "Diverging") && rule_flows_in(check, element, MOST) > 1)
        BROKEN("%zu flows lead into the diverging gateway '%s'",
               rule_flows_in(check, element, MOST), rule_id(element));
}

BPMN_RULE(EXT019, "gateway", "Several flows lead into a mixed gateway, and several leave it.")
{
    if (directed(element, "Mixed") &&
        (rule_flows_in(check, element, FEWEST) < 2 || rule_flows_out(check, element, FEWEST) < 2))
        BROKEN("%zu flows lead into the mixed gateway '%s', %zu leave it",
               rule_flows_in(check, element, FEWEST), rule_id(element),
               rule_flows_out(check, element, FEWEST));
}

BPMN_RULE(EXT135, "gateway", "Several flows lead into a gateway, or several leave it.")
{
    if (rule_flows_in(check, element, FEWEST) < 2 && rule_flows_out(check, element, FEWEST) < 2)
        BROKEN("the gateway '%s' neither splits nor joins", rule_id(element));
}

BPMN_RULE(EXT136, "eventBasedGateway", "At least two flows leave an event-based gateway.")
{
    if (rule_flows_out(check, element, FEWEST) < 2)
        BROKEN("the event-based gateway '%s' leaves no choice", rule_id(element));
}

BPMN_RULE(EXT137, "eventBasedGateway", "Flows from an event-based gateway have no condition.")
{
    const XmlNodes *flows = rule_outgoing(check, element);
    for (size_t i = 0; i < flows->count; i++)
        if (xml_child(flows->items[i], BPMN_SPACE, "conditionExpression"))
            BROKEN_AT(flows->items[i], "the flow '%s' from an event-based gateway has a condition",
                      rule_id(flows->items[i]));
}

static bool waits_for_event(RuleCheck *check, const XmlNode *node)
{
    if (schema_is(node, "receiveTask"))
        return true;
    size_t all = rule_count(check, node, NULL);
    return schema_is(node, "intermediateCatchEvent") && all &&
           rule_count(check, node, "message signal timer conditional") == all;
}

BPMN_RULE(EXT138, "eventBasedGateway",
          "After an event-based gateway come receive tasks and catching events for a message, a "
          "signal, a timer or a condition.")
{
    const XmlNodes *flows = rule_outgoing(check, element);
    for (size_t i = 0; i < flows->count; i++) {
        const XmlNode *target = rule_target(check, flows->items[i], "targetRef");
        if (target && !waits_for_event(check, target))
            BROKEN("the event-based gateway '%s' leads to '%s', which waits for no event",
                   rule_id(element), rule_id(target));
    }
}

BPMN_RULE(EXT139, "eventBasedGateway",
          "After an event-based gateway messages are awaited by events or by receive tasks, not "
          "both.")
{
    const XmlNodes *flows = rule_outgoing(check, element);
    bool task = false, event = false;
    for (size_t i = 0; i < flows->count; i++) {
        const XmlNode *target = rule_target(check, flows->items[i], "targetRef");
        task = task || schema_is(target, "receiveTask");
        event = event || (schema_is(target, "catchEvent") && rule_count(check, target, "message"));
    }
    if (task && event)
        BROKEN("the event-based gateway '%s' leads to receive tasks and to message events",
               rule_id(element));
}

static bool after_event_gateway(RuleCheck *check, const XmlNode *node)
{
    const XmlNodes *flows = rule_incoming(check, node);
    for (size_t i = 0; i < flows->count; i++)
        if (schema_is(rule_target(check, flows->items[i], "sourceRef"), "eventBasedGateway"))
            return true;
    return false;
}

BPMN_RULE(EXT140, "boundaryEvent",
          "A receive task behind an event-based gateway has no boundary events.")
{
    const XmlNode *host = rule_target(check, element, "attachedToRef");
    if (schema_is(host, "receiveTask") && after_event_gateway(check, host))
        BROKEN("'%s' stands on the receive task '%s' behind an event-based gateway",
               rule_id(element), rule_id(host));
}

BPMN_RULE(EXT141, "flowNode", "What comes after an event-based gateway has no other flow into it.")
{
    if (rule_flows_in(check, element, MOST) > 1 && after_event_gateway(check, element))
        BROKEN("not only the event-based gateway leads to '%s'", rule_id(element));
}

BPMN_RULE(EXT142, "eventBasedGateway",
          "No flow leads to an event-based gateway that starts a process.")
{
    if (rule_true(element, "instantiate", false) && rule_flows_in(check, element, MOST))
        BROKEN("a sequence flow leads to the event-based gateway '%s', which starts the process",
               rule_id(element));
}
