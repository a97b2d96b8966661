// SPDX-License-Identifier: Apache-2.0
// The rules of BPMN 2.0.2 that its schema cannot say, each a small function, registered where it is
// written (rules_*.c, one file a theme). Nobody outside src/bpmn includes it but tests.
//
// The numbers (EXT001 ...) are those of the list of serialization constraints of the University of
// Bamberg, by which test suites name them; docs/bpmn-rules.md tells all.
#ifndef MILLRACE_BPMN_RULES_H
#define MILLRACE_BPMN_RULES_H

#include "base/registry.h"
#include "bpmn/schema.h"

typedef struct RuleCheck RuleCheck;

typedef struct BpmnRule {
    const char *name;
    const char *kinds; // of the elements it is asked of, with spaces between
    const char *statement;
    void (*check)(RuleCheck *check, const XmlNode *element);
} BpmnRule;

struct RuleCheck {
    Ctx *cx;
    const BpmnModel *model;
    BpmnProblems *problems;
    const BpmnRule *rule;
    Map *incoming; // id of a node -> its XmlNodes (sequence flows)
    Map *outgoing;
    Map *message_flows; // id of an end -> message flows, from and to it
    Map *thrown;        // id of an event definition that stands in a throwing event
    bool lists;         // the model lists flows at their ends, too
};

typedef struct XmlNodes {
    const XmlNode **items;
    size_t count;
    size_t capacity;
} XmlNodes;

extern Registry bpmn_rules;

#define BPMN_RULE(identifier, kinds_text, statement_text)                                          \
    BPMN_OWN_RULE(identifier, #identifier, kinds_text, statement_text)

// A rule of the standard that the list has no number for.
#define BPMN_OWN_RULE(identifier, name_text, kinds_text, statement_text)                           \
    static void check_##identifier(RuleCheck *check, const XmlNode *element);                      \
    static const BpmnRule rule_##identifier = {name_text, kinds_text, statement_text,              \
                                               check_##identifier};                                \
    REGISTER(bpmn_rules, identifier, name_text, &rule_##identifier);                               \
    static void check_##identifier(RuleCheck *check, const XmlNode *element)

// The list has the rule a second time, under another number.
#define BPMN_RULE_AGAIN(identifier, other, kinds_text)                                             \
    static const BpmnRule rule_##identifier = {#identifier, kinds_text, NULL, check_##other};      \
    REGISTER(bpmn_rules, identifier, #identifier, &rule_##identifier)

// The rule is broken by `element`, or by another one.
#define BROKEN(...) BROKEN_AT(element, __VA_ARGS__)
#define BROKEN_AT(where, ...)                                                                      \
    bpmn_problem(check->cx, check->problems, (where), check->rule->name, rule_statement(check),    \
                 __VA_ARGS__)

#define EACH(child, parent, name)                                                                  \
    const XmlNode *child = xml_child((parent), BPMN_SPACE, (name));                                \
    child;                                                                                         \
    child = xml_next(child, BPMN_SPACE, (name))

const char *rule_statement(const RuleCheck *check);
const char *rule_id(const XmlNode *element);                             // "" when it has none
bool rule_true(const XmlNode *element, const char *name, bool fallback); // a boolean attribute
const char *rule_text(RuleCheck *check, const XmlNode *element);         // content, trimmed
// What the attribute, or the child's content, refers to; NULL when that is not there.
const XmlNode *rule_target(RuleCheck *check, const XmlNode *element, const char *attribute);
const XmlNode *rule_child_target(RuleCheck *check, const XmlNode *element, const char *child);

const XmlNodes *rule_incoming(RuleCheck *check, const XmlNode *node);
const XmlNodes *rule_outgoing(RuleCheck *check, const XmlNode *node);
// How many flows lead in, or out. Where the model lists them at their ends, too, the two numbers
// may differ: then the lower or the higher one.
typedef enum Count { FEWEST, MOST } Count;
size_t rule_flows_in(RuleCheck *check, const XmlNode *node, Count which);
size_t rule_flows_out(RuleCheck *check, const XmlNode *node, Count which);
const XmlNodes *rule_message_flows(RuleCheck *check, const XmlNode *end);

// The event definitions of an event, those it refers to too.
XmlNodes rule_definitions(RuleCheck *check, const XmlNode *event);
// How many of them are of these kinds ("link terminate"); NULL: of any.
size_t rule_count(RuleCheck *check, const XmlNode *event, const char *kinds);
// Does an event have exactly one definition, of that kind?
bool rule_only(RuleCheck *check, const XmlNode *event, const char *kind);
bool rule_event_sub_process(const XmlNode *element);

// The <process> around the element or itself; NULL outside one.
const XmlNode *rule_process(const XmlNode *element);
bool rule_executable(const XmlNode *element); // in a process that is to be executed

#endif
