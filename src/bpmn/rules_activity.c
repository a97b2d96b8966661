// SPDX-License-Identifier: Apache-2.0
// Activities: BPMN 2.0.2, 10.3, and the processes around them.
#include "bpmn/rules.h"

#include <stdlib.h>
#include <string.h>

static void import_check(RuleCheck *check, const BpmnImport *import)
{
    const char *location = xml_attribute(import->element, "location");
    const char *space = xml_attribute(import->element, "namespace");
    const BpmnModel *other = import->model;
    if (!other)
        BROKEN_AT(import->element,
                  "the model imports '%s', which is not among what is deployed with it",
                  location ? location : "");
    else if (!text_equal(space, other->target_namespace))
        BROKEN_AT(import->element, "the model imports '%s' as '%s', but its namespace is '%s'",
                  location, space ? space : "",
                  other->target_namespace ? other->target_namespace : "");
}

// What another file holds is there when both are deployed together. Types of XML Schema mean
// nothing here, and DMN is deployed apart.
BPMN_RULE(EXT001, "definitions",
          "What a model needs of other BPMN files is deployed with it; it needs no WSDL.")
{
    for (size_t i = 0; i < check->model->import_count; i++)
        import_check(check, &check->model->imports[i]);
    for (EACH(child, element, "import")) {
        const char *type = xml_attribute(child, "importType");
        if (type && strstr(type, "wsdl"))
            BROKEN_AT(child, "the model imports '%s', which is not read",
                      xml_attribute(child, "location") ? xml_attribute(child, "location") : "");
    }
}

BPMN_RULE(EXT035, "process", "A public process is not executed.")
{
    if (text_equal(xml_attribute(element, "processType"), "Public") &&
        rule_true(element, "isExecutable", false))
        BROKEN("the process '%s' is public and to be executed", rule_id(element));
}

static void no_choreography(RuleCheck *check, const XmlNode *level)
{
    for (EACH(child, level, NULL))
        if (schema_is(child, "choreographyActivity"))
            BROKEN_AT(child, "a <%s> stands in a <%s>", child->name, level->name);
}

BPMN_RULE(EXT036, "process", "A process holds no choreography activities.")
{
    no_choreography(check, element);
}

BPMN_RULE(EXT056, "subProcess", "A sub-process holds no choreography activities.")
{
    no_choreography(check, element);
}

static void at_least_one(RuleCheck *check, const XmlNode *element, const char *attribute)
{
    const char *text = xml_attribute(element, attribute);
    if (text && strtol(text, NULL, 10) < 1)
        BROKEN("%s of '%s' is %s", attribute, rule_id(element), text);
}

BPMN_RULE(EXT037, "activity", "startQuantity is at least 1.")
{
    at_least_one(check, element, "startQuantity");
}

BPMN_RULE(EXT038, "activity", "completionQuantity is at least 1.")
{
    at_least_one(check, element, "completionQuantity");
}

BPMN_RULE(EXT039, "resourceRole",
          "Who does it is said by a resource or by an expression, not both.")
{
    if (xml_child(element, BPMN_SPACE, "resourceRef") &&
        xml_child(element, BPMN_SPACE, "resourceAssignmentExpression"))
        BROKEN("<%s> names a resource and an expression", element->name);
}

BPMN_RULE(EXT040, "resourceRole", "Parameters of a resource need the resource.")
{
    if (xml_child(element, BPMN_SPACE, "resourceParameterBinding") &&
        !xml_child(element, BPMN_SPACE, "resourceRef"))
        BROKEN("<%s> binds parameters but names no resource", element->name);
}

BPMN_RULE(EXT041, "activity", "An activity is a loop or has multiple instances, not both.")
{
    int loops = 0;
    for (EACH(child, element, NULL))
        loops += schema_is(child, "loopCharacteristics");
    if (loops > 1)
        BROKEN("'%s' loops in two ways", rule_id(element));
}
BPMN_RULE_AGAIN(EXT054, EXT041, "subProcess");
BPMN_RULE_AGAIN(EXT055, EXT041, "subProcess");

BPMN_RULE(EXT049, "receiveTask", "No sequence flow leads to a receive task that starts a process.")
{
    if (rule_true(element, "instantiate", false) && rule_flows_in(check, element, MOST))
        BROKEN("a sequence flow leads to '%s', which starts the process", rule_id(element));
}

BPMN_RULE(EXT053, "scriptTask globalScriptTask", "A script says its language.")
{
    const char *attribute = schema_is(element, "scriptTask") ? "scriptFormat" : "scriptLanguage";
    if (xml_child(element, BPMN_SPACE, "script") && !xml_attribute(element, attribute))
        BROKEN("the script of '%s' has no %s", rule_id(element), attribute);
}

BPMN_RULE(EXT061, "adHocSubProcess", "An ad-hoc sub-process holds an activity.")
{
    for (EACH(child, element, NULL))
        if (schema_is(child, "activity"))
            return;
    BROKEN("the ad-hoc sub-process '%s' holds no activity", rule_id(element));
}

BPMN_RULE(EXT062, "adHocSubProcess",
          "An ad-hoc sub-process holds no start and end events, conversations or choreographies.")
{
    for (EACH(child, element, NULL))
        if (schema_is(child, "startEvent") || schema_is(child, "endEvent") ||
            schema_is(child, "choreographyActivity") || schema_is(child, "conversationNode") ||
            schema_is(child, "conversationLink"))
            BROKEN_AT(child, "a <%s> stands in the ad-hoc sub-process '%s'", child->name,
                      rule_id(element));
}

// Millrace's <each> is a collection too.
static bool says_how_many(const XmlNode *loop)
{
    const XmlNode *own = xml_child(loop, BPMN_SPACE, "extensionElements");
    return xml_child(loop, BPMN_SPACE, "loopCardinality") ||
           xml_child(loop, BPMN_SPACE, "loopDataInputRef") ||
           xml_child(own, MILLRACE_SPACE, "each");
}

BPMN_RULE(EXT067, "multiInstanceLoopCharacteristics",
          "Multiple instances say how many: loopCardinality, loopDataInputRef or <millrace:each>.")
{
    if (rule_executable(element) && !says_how_many(element))
        BROKEN("'%s' does not say how many instances it has", rule_id(element->parent));
}

static void behaves(RuleCheck *check, const XmlNode *element, const char *behavior,
                    const char *needed, bool there)
{
    if (text_equal(xml_attribute(element, "behavior"), behavior) && !there)
        BROKEN("behavior of '%s' is %s, but there is no %s", rule_id(element->parent), behavior,
               needed);
}

BPMN_OWN_RULE(
    loop_behavior, "loop-behavior", "multiInstanceLoopCharacteristics",
    "behavior None needs noneBehaviorEventRef, One needs oneBehaviorEventRef, Complex needs "
    "complexBehaviorDefinition.")
{
    behaves(check, element, "None", "noneBehaviorEventRef",
            xml_attribute(element, "noneBehaviorEventRef"));
    behaves(check, element, "One", "oneBehaviorEventRef",
            xml_attribute(element, "oneBehaviorEventRef"));
    behaves(check, element, "Complex", "complexBehaviorDefinition",
            xml_child(element, BPMN_SPACE, "complexBehaviorDefinition"));
}

BPMN_OWN_RULE(compensation_flow, "compensation-flow", "activity",
              "No sequence flow leads to or leaves an activity that is for compensation.")
{
    if (rule_true(element, "isForCompensation", false) &&
        (rule_flows_in(check, element, MOST) || rule_flows_out(check, element, MOST)))
        BROKEN("the compensation activity '%s' is connected by a sequence flow", rule_id(element));
}
