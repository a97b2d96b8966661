// SPDX-License-Identifier: Apache-2.0
// Expressions: BPMN 2.0.2, 8.4.8.
#include "bpmn/rules.h"
#include "feel/feel.h"

#include <ctype.h>
#include <string.h>

#define XSI_SPACE "http://www.w3.org/2001/XMLSchema-instance"

// Elements whose content is an expression, and whether it gives true or false.
static const struct {
    const char *name;
    bool condition;
} expressions[] = {
    {"conditionExpression", true},
    {"completionCondition", true},
    {"loopCondition", true},
    {"activationCondition", true},
    {"condition", true},
    {"loopCardinality", false},
    {"timeDate", false},
    {"timeDuration", false},
    {"timeCycle", false},
    {"from", false},
    {"to", false},
};

static bool is_expression(const XmlNode *element, bool *condition)
{
    for (size_t i = 0; i < sizeof expressions / sizeof *expressions; i++)
        if (strcmp(expressions[i].name, element->name) == 0) {
            *condition = expressions[i].condition;
            return true;
        }
    return false;
}

// By its type, or because the model says that its language is FEEL.
static bool is_formal(RuleCheck *check, const XmlNode *element)
{
    const char *type = xml_attribute_in(element, XSI_SPACE, "type");
    if (type && text_ends(type, "tFormalExpression"))
        return true;
    const char *language = xml_attribute(check->model->root, "expressionLanguage");
    return !type && language && strstr(language, "FEEL");
}

// A condition of complexBehaviorDefinition is formal by its own type, unless it says otherwise.
static bool always_formal(const XmlNode *element)
{
    return xml_is(element->parent, BPMN_SPACE, "complexBehaviorDefinition");
}

BPMN_RULE(EXT012,
          "activity gateway sequenceFlow loopCharacteristics eventDefinition assignment "
          "complexBehaviorDefinition",
          "In a process that is executed expressions are formal: xsi:type=\"tFormalExpression\".")
{
    if (!rule_executable(element))
        return;
    bool condition;
    for (EACH(child, element, NULL)) {
        bool untyped = !xml_attribute_in(child, XSI_SPACE, "type");
        if (is_expression(child, &condition) && !is_formal(check, child) &&
            !(untyped && always_formal(child)))
            BROKEN_AT(child, "<%s> of '%s' is a text, no formal expression", child->name,
                      rule_id(element));
    }
}

BPMN_RULE(EXT123, "conditionalEventDefinition",
          "In a process that is executed a conditional event has a formal condition.")
{
    const XmlNode *condition = xml_child(element, BPMN_SPACE, "condition");
    if (rule_executable(element) &&
        (!condition || !*rule_text(check, condition) || !is_formal(check, condition)))
        BROKEN("the conditional event '%s' has no formal condition", rule_id(element->parent));
}

static bool formal_by_place(const XmlNode *child)
{
    return strcmp(child->name, "transformation") == 0 || strcmp(child->name, "dataPath") == 0 ||
           strcmp(child->name, "messagePath") == 0 ||
           strcmp(child->name, "formalExpression") == 0 || always_formal(child);
}

BPMN_RULE(EXT013, "baseElement", "A formal expression is not empty.")
{
    if (rule_process(element) && !rule_executable(element))
        return;
    for (EACH(child, element, NULL)) {
        const char *type = xml_attribute_in(child, XSI_SPACE, "type");
        bool formal = (type && text_ends(type, "tFormalExpression")) ||
                      (formal_by_place(child) && !schema_is(child, "event"));
        if (formal && !*rule_text(check, child))
            BROKEN_AT(child, "<%s> is empty", child->name);
    }
}

// --- Addresses -----------------------------------------------------------------------------------

// RFC 3986, by its letters only.
static bool is_uri(const char *text)
{
    for (; *text; text++) {
        if (*text == '%' && !(isxdigit((unsigned char)text[1]) && isxdigit((unsigned char)text[2])))
            return false;
        if (!isalnum((unsigned char)*text) && !(*text & 0x80) &&
            !strchr("-._~:/?#[]@!$&'()*+,;=%", *text))
            return false;
    }
    return true;
}

static void uri_check(RuleCheck *check, const XmlNode *element, const char *attribute)
{
    const char *text = xml_attribute(element, attribute);
    if (text && !is_uri(text))
        BROKEN("%s of <%s> is '%s', which is no URI", attribute, element->name, text);
}

static void languages_check(RuleCheck *check, const XmlNode *element)
{
    for (EACH(child, element, NULL))
        uri_check(check, child, "language");
}

BPMN_RULE(EXT014, "baseElement", "The language of an expression is a URI.")
{
    languages_check(check, element);
}

BPMN_RULE(EXT060, "transaction", "The method of a transaction is a URI.")
{
    uri_check(check, element, "method");
}

// --- Conditions that are none --------------------------------------------------------------------

// The value of an expression without names; false when it has some, or is no FEEL.
static bool constant(RuleCheck *check, const char *source, Value *out)
{
    FeelOptions options = {.strict = true};
    const Feel *expression;
    return !feel_compile(check->cx, source, &options, &expression) &&
           !feel_evaluate(check->cx, expression, value_context(check->cx->arena), NULL, out);
}

BPMN_RULE(EXT071, "activity gateway sequenceFlow loopCharacteristics eventDefinition",
          "A condition is true or false.")
{
    bool condition;
    Value value;
    for (EACH(child, element, NULL))
        if (is_expression(child, &condition) && condition && is_formal(check, child) &&
            constant(check, rule_text(check, child), &value) && value.kind != VALUE_BOOLEAN)
            BROKEN_AT(child, "<%s> is always %s", child->name, feel_text(check->cx->arena, value));
}
