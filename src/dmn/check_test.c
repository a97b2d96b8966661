// SPDX-License-Identifier: Apache-2.0
#include "dmn/dmn.h"

#include "base/test.h"

#include <string.h>

#define MODEL(body)                                                                                \
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='m' "                  \
    "namespace='n'>" body "</definitions>"
#define RULE(test, output)                                                                         \
    "<rule><inputEntry><text>" test "</text></inputEntry><outputEntry><text>" output               \
    "</text></outputEntry></rule>"
#define LITERAL(text) "<literalExpression><text>" text "</text></literalExpression>"

// "line[ from-to] kind: message" of each, a line each.
static const char *findings(Ctx *cx, const char *xml)
{
    const Dmn *model;
    Value found;
    Buffer *out = buffer_new(cx->arena);
    CHECK_OK(dmn_read(cx, xml, strlen(xml), &model));
    CHECK_OK(dmn_check_value(cx, model, &found));
    for (size_t i = 0; i < found.list.count; i++) {
        Value one = found.list.items[i];
        buffer_text(out, feel_text(cx->arena, *value_get(one, "line")));
        if (value_get(one, "to"))
            buffer_format(out, " %s-%s", feel_text(cx->arena, *value_get(one, "from")),
                          feel_text(cx->arena, *value_get(one, "to")));
        buffer_format(out, " %s: %s\n", value_get_text(one, "kind"),
                      value_get_text(one, "message"));
    }
    return out->bytes;
}

// A table over one input of that type.
static const char *table(Ctx *cx, const char *type, const char *attributes, const char *outputs,
                         const char *rules)
{
    return findings(
        cx,
        text_format(cx->arena,
                    MODEL("<itemDefinition name='tSize'><typeRef>string</typeRef><allowedValues>"
                          "<text>\"S\", \"L\"</text></allowedValues></itemDefinition>"
                          "<inputData id='i' name='x'><variable name='x' typeRef='%s'/>"
                          "</inputData><decision id='d' name='D'><informationRequirement>"
                          "<requiredInput href='#i'/></informationRequirement><decisionTable %s>"
                          "<input><inputExpression typeRef='%s'><text>x</text></inputExpression>"
                          "</input>%s%s</decisionTable></decision>"),
                    type, attributes, type, outputs, rules));
}

TEST(gaps_are_told_in_the_words_of_their_type)
{
    CHECK_TEXT(table(cx, "boolean", "", "<output/>", RULE("true", "1")),
               "1 gap: no rule speaks of x: false\n");
    CHECK_TEXT(table(cx, "string", "", "<output/>", RULE("\"S\"", "1") RULE("\"L\"", "2")),
               "1 gap: no rule speaks of x: not(\"L\", \"S\")\n");
    CHECK_TEXT(table(cx, "tSize", "", "<output/>", RULE("\"S\"", "1") RULE("\"L\"", "2")), "");
    CHECK_TEXT(table(cx, "tSize", "", "<output/>", RULE("\"S\"", "1")),
               "1 gap: no rule speaks of x: \"L\"\n");
    CHECK_TEXT(table(cx, "date", "", "<output/>", RULE("&lt; date(\"2026-01-01\")", "1")),
               "1 gap: no rule speaks of x: >= date(\"2026-01-01\")\n");
}

TEST(overlaps_are_what_the_hit_policy_forbids)
{
    const char *rules = RULE("&lt; 10", "1") RULE("-", "1") RULE("&gt; 5", "2");
    CHECK_TEXT(table(cx, "number", "hitPolicy='ANY'", "<output/>", rules),
               "1 overlap: rules 1 and 3 both match x: (5..10)\n"
               "1 overlap: rules 2 and 3 both match x: (5..10)\n");
    CHECK_TEXT(table(cx, "number", "hitPolicy='RULE ORDER'", "<output/>", rules), "");
    CHECK_TEXT(table(cx, "number", "hitPolicy='ANY'", "<output/>", RULE("-", "x") RULE("-", "1")),
               "");
}

TEST(rules_that_a_higher_priority_hides_never_fire)
{
    const char *outputs =
        "<output><outputValues><text>\"high\", \"low\"</text></outputValues></output>";
    CHECK_TEXT(table(cx, "number", "hitPolicy='PRIORITY'", outputs,
                     RULE("&gt; 5", "\"low\"") RULE("-", "\"high\"")),
               "1 unreachable: rule 1 can never fire\n");
    CHECK_TEXT(table(cx, "number", "hitPolicy='PRIORITY'", outputs,
                     RULE("-", "\"low\"") RULE("&gt; 5", "\"high\"")),
               "");
}

TEST(a_hit_policy_is_held_against_its_table)
{
    CHECK_TEXT(table(cx, "number", "hitPolicy='OUTPUT ORDER'", "<output/>", RULE("-", "1")),
               "1 policy: the hit policy follows output values, but the table has none\n");
    CHECK_TEXT(table(cx, "number", "aggregation='SUM'", "<output/>", RULE("-", "1")),
               "1 policy: only the hit policy COLLECT aggregates\n");
    CHECK_TEXT(
        table(
            cx, "number", "hitPolicy='COLLECT' aggregation='SUM'",
            "<output name='a'/><output name='b'/>",
            "<rule><inputEntry><text>-</text></inputEntry><outputEntry><text>1</text></outputEntry>"
            "<outputEntry><text>1</text></outputEntry></rule>"),
        "1 policy: the results of several outputs cannot be aggregated\n");
}

TEST(types_are_checked_over_what_an_element_requires)
{
    CHECK_TEXT(
        findings(
            cx,
            MODEL("<itemDefinition name='tOrder'><itemComponent name='total'>"
                  "<typeRef>number</typeRef></itemComponent></itemDefinition>\n"
                  "<inputData id='i' name='order'><variable name='order' typeRef='tOrder'/>"
                  "</inputData>\n"
                  "<businessKnowledgeModel id='k' name='double'><variable name='double' "
                  "typeRef='number'/><encapsulatedLogic><formalParameter name='n' "
                  "typeRef='number'/>" LITERAL(
                      "n * 2") "</encapsulatedLogic>"
                               "</businessKnowledgeModel>\n"
                               "<decision id='d' name='D'><informationRequirement><requiredInput "
                               "href='#i'/>"
                               "</informationRequirement><knowledgeRequirement><requiredKnowledge "
                               "href='#k'/></knowledgeRequirement><literalExpression><text>\n\n"
                               "   order.total +\n "
                               "double(\"2\")</text></literalExpression></decision>\n"
                               "<decision id='e' name='E'><informationRequirement><requiredInput "
                               "href='#i'/>"
                               "</informationRequirement>" LITERAL(
                                   "order.totl &lt; \"5\"") "</decision>\n"
                                                            "<decision id='f' name='F'>" LITERAL(
                                                                "1 +\n +") "</decision>")),
        "10 5-6 problem: expected an expression, but found \"+\"\n"
        "7 22-25 type: string does not conform to type number\n"
        "8 5-10 type: the context has no entry \"totl\"\n");
}
