// SPDX-License-Identifier: Apache-2.0
#include "dmn/trace.h"

#include "base/json.h"
#include "base/test.h"

#include <string.h>

#define MODEL(body)                                                                                \
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='m' "                  \
    "namespace='n'>" body "</definitions>"
#define NEEDS_DECISION(id)                                                                         \
    "<informationRequirement><requiredDecision href='#" id "'/></informationRequirement>"
#define NEEDS_INPUT(id)                                                                            \
    "<informationRequirement><requiredInput href='#" id "'/></informationRequirement>"
#define NEEDS_KNOWLEDGE(id)                                                                        \
    "<knowledgeRequirement><requiredKnowledge href='#" id "'/></knowledgeRequirement>"
#define LITERAL(text) "<literalExpression><text>" text "</text></literalExpression>"
#define RULE(test, output)                                                                         \
    "<rule><inputEntry><text>" test "</text></inputEntry><outputEntry><text>" output               \
    "</text></outputEntry></rule>"

static Value trace_of(Ctx *cx, const char *xml, const char *decision, const char *json)
{
    const Dmn *model;
    Value inputs, result, trace;
    CHECK_OK(dmn_read(cx, xml, strlen(xml), &model));
    CHECK_OK(json_parse(cx, json, strlen(json), &inputs));
    CHECK_OK(dmn_evaluate(cx, model, decision, inputs, NULL, &trace, &result));
    return trace;
}

static Value at(Value trace, const char *pointer)
{
    const Value *value = value_at(trace, pointer);
    return value ? *value : value_null();
}

TEST(a_trace_shows_what_was_required_and_called)
{
    Value trace = trace_of(
        cx,
        MODEL(
            "<inputData id='i' name='x'/>"
            "<decision id='a' name='A'>" NEEDS_INPUT("i") LITERAL(
                "x + 1") "</decision>"
                         "<decision id='b' name='B'>" NEEDS_DECISION("a") LITERAL(
                             "A * 2") "</decision>"
                                      "<businessKnowledgeModel id='k' "
                                      "name='K'><encapsulatedLogic><formalParameter name='p'/>"
                                      "<decisionTable><input><inputExpression><text>p</text></"
                                      "inputExpression></input>"
                                      "<output/>" RULE("&lt; 5", "\"low\"") RULE(
                                          "&gt;= 5",
                                          "\"high\"") "</decisionTable></encapsulatedLogic></"
                                                      "businessKnowledgeModel>"
                                                      "<decisionService id='s' "
                                                      "name='S'><outputDecision href='#b'/>"
                                                      "<encapsulatedDecision href='#a'/><inputData "
                                                      "href='#i'/></decisionService>"
                                                      "<decision id='c' name='C'>" NEEDS_DECISION(
                                                          "b") NEEDS_DECISION("a")
                                                          NEEDS_KNOWLEDGE("k") NEEDS_KNOWLEDGE("s")
                                                              LITERAL(
                                                                  "[K(B), K(p: A), S(10)]") "</"
                                                                                            "decisi"
                                                                                            "on>"),
        "C", "{\"x\": 2}");
    CHECK_JSON(at(trace, "/decision"), "\"C\"");
    CHECK_JSON(at(trace, "/requires"), "[\"B\",\"A\"]");
    CHECK_JSON(at(trace, "/inputs"), "{\"B\":6,\"A\":3}");
    CHECK_JSON(at(trace, "/result"), "[\"high\",\"low\",22]");
    CHECK_JSON(at(trace, "/required"),
               "[{\"decision\":\"A\",\"inputs\":{\"x\":2},\"result\":3},"
               "{\"decision\":\"B\",\"requires\":[\"A\"],\"inputs\":{\"A\":3},\"result\":6}]");
    CHECK_JSON(at(trace, "/calls/0/knowledge"), "\"K\"");
    CHECK_JSON(at(trace, "/calls/0/inputs"), "{\"p\":6}");
    CHECK_JSON(at(trace, "/calls/0/fired"), "[2]");
    CHECK_JSON(at(trace, "/calls/1/fired"), "[1]");
    CHECK_JSON(at(trace, "/calls/2/service"), "\"S\"");
    CHECK_JSON(at(trace, "/calls/2/required/1/result"), "22");
}

static Value table_trace(Ctx *cx, const char *policy, const char *json)
{
    return trace_of(
        cx,
        text_format(cx->arena,
                    MODEL("<inputData id='i' name='x'/><decision id='d' name='D'>" NEEDS_INPUT(
                        "i") "<decisionTable %s><input><inputExpression><text>x</text>"
                             "</inputExpression></input><output><outputValues><text>3, 2, 1</text>"
                             "</outputValues></output>" RULE("&lt; 10", "1") RULE("&lt; 5", "2")
                                 RULE("&lt; 3", "3") "</decisionTable></decision>"),
                    policy),
        "D", json);
}

TEST(a_trace_says_why_rules_fired)
{
    static const struct {
        const char *policy, *fired, *why;
    } cases[] = {
        {"hitPolicy='UNIQUE'", "[]", "the hit policy forbids that rules 1, 2 match"},
        {"hitPolicy='ANY'", "[]", "the hit policy forbids that rules 1, 2 match"},
        {"hitPolicy='FIRST'", "[1]", "rule 1 is the first that matches"},
        {"hitPolicy='PRIORITY'", "[2]",
         "the output of rule 2 stands first among the output values"},
        {"hitPolicy='OUTPUT ORDER'", "[2,1]",
         "the results of all rules that match, in the order of the output values"},
        {"hitPolicy='RULE ORDER'", "[1,2]", "the results of all rules that match, in their order"},
        {"hitPolicy='COLLECT' aggregation='SUM'", "[1,2]", "the sum of all rules that match"},
        {"hitPolicy='COLLECT'", "[1,2]", "the results of all rules that match"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Value trace = table_trace(cx, cases[i].policy, "{\"x\": 4}");
        CHECK_JSON(at(trace, "/fired"), cases[i].fired);
        CHECK_TEXT(value_get_text(trace, "why"), cases[i].why);
    }
    CHECK_TEXT(value_get_text(table_trace(cx, "", "{\"x\": 7}"), "why"),
               "rule 1 is the only one that matches");
    CHECK_TEXT(value_get_text(table_trace(cx, "", "{\"x\": 70}"), "why"), "no rule matches");
    cx->language = "zh-CN";
    CHECK(strcmp(value_get_text(table_trace(cx, "", "{\"x\": 70}"), "why"), "no rule matches") !=
          0);
}

TEST(a_table_within_a_context_has_a_frame_of_its_own)
{
    Value trace = trace_of(
        cx,
        MODEL("<decision id='d' name='D'><context><contextEntry><variable name='rate'/>"
              "<decisionTable><input><inputExpression><text>3</text></inputExpression></input>"
              "<output/>" RULE("3", "0.5") "</decisionTable></contextEntry><contextEntry>" LITERAL(
                  "rate * 2") "</contextEntry></context></decision>"),
        "d", "{}");
    CHECK_JSON(trace,
               "{\"decision\":\"D\",\"inputs\":{},\"result\":1.0,\"calls\":[{\"table\":\"rate\","
               "\"inputs\":{\"3\":3},\"hitPolicy\":\"UNIQUE\",\"rules\":[{\"rule\":1,"
               "\"matched\":true,\"entries\":[{\"test\":\"3\",\"met\":true}]}],\"fired\":[1],"
               "\"why\":\"rule 1 is the only one that matches\",\"result\":0.5}]}");
}

TEST(a_trace_does_not_grow_without_end)
{
    Value trace = trace_of(
        cx,
        MODEL("<businessKnowledgeModel id='k' name='K'><encapsulatedLogic><formalParameter "
              "name='n'/>" LITERAL(
                  "if n = 0 then 0 else K(n - 1)") "</encapsulatedLogic></businessKnowledgeModel>"
                                                   "<decision id='d' name='D'>" NEEDS_KNOWLEDGE("k")
                                                       LITERAL("sum(for i in 1..2000 return K(0)) "
                                                               "+ K(20)") "</decision>"),
        "d", "{}");
    CHECK_JSON(at(trace, "/result"), "0");
    CHECK_INT(at(trace, "/calls").list.count, LIMIT_TRACE_FRAMES - 1);
    CHECK_JSON(at(trace, "/leftOut"), "true");
}
