// SPDX-License-Identifier: Apache-2.0
#include "dmn/dmn.h"

#include "base/json.h"
#include "base/test.h"

#include <string.h>

#define MODEL(body)                                                                                \
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='m' "                  \
    "namespace='n'>" body "</definitions>"
#define INPUT(name) "<inputData id='" name "' name='" name "'/>"
#define NEEDS(name)                                                                                \
    "<informationRequirement><requiredInput href='#" name "'/></informationRequirement>"

static Value decide(Ctx *cx, const char *xml, const char *decision, const char *json,
                    FeelDiagnostics *diagnostics)
{
    const Dmn *model;
    Value inputs;
    Value result;
    CHECK_OK(dmn_read(cx, xml, strlen(xml), &model));
    CHECK_OK(json_parse(cx, json, strlen(json), &inputs));
    CHECK_OK(dmn_evaluate(cx, model, decision, inputs, diagnostics, NULL, &result));
    return result;
}

static const char *discount(Ctx *cx, const char *policy, const char *rules)
{
    return text_format(cx->arena,
                       MODEL(INPUT("total") "<decision id='d' name='Discount'>" NEEDS(
                           "total") "<decisionTable hitPolicy='%s'><input><inputExpression>"
                                    "<text>total</text></inputExpression></input><output>"
                                    "<outputValues><text>\"high\", \"low\"</text></outputValues>"
                                    "</output>%s</decisionTable></decision>"),
                       policy, rules);
}

#define RULE(test, output)                                                                         \
    "<rule><inputEntry><text>" test "</text></inputEntry><outputEntry><text>" output               \
    "</text></outputEntry></rule>"

TEST(a_unique_table_decides_by_its_only_match)
{
    const char *model =
        discount(cx, "UNIQUE", RULE("[0..100)", "\"low\"") RULE("&gt;= 100", "\"high\""));
    CHECK_JSON(decide(cx, model, "Discount", "{\"total\":100}", NULL), "\"high\"");
    CHECK_JSON(decide(cx, model, "d", "{\"total\":99.5}", NULL), "\"low\"");
}

TEST(two_matches_of_a_unique_table_are_null_with_a_diagnostic)
{
    FeelDiagnostics diagnostics = {0};
    const char *model = discount(cx, "UNIQUE", RULE("-", "\"low\"") RULE("&gt; 1", "\"high\""));
    CHECK_JSON(decide(cx, model, "Discount", "{\"total\":5}", &diagnostics), "null");
    CHECK_TEXT(diagnostics.items[0].code, "hit-policy");
}

TEST(priority_and_output_order_follow_the_output_values)
{
    const char *rules = RULE("-", "\"low\"") RULE("&gt; 1", "\"high\"");
    CHECK_JSON(decide(cx, discount(cx, "PRIORITY", rules), "d", "{\"total\":5}", NULL), "\"high\"");
    CHECK_JSON(decide(cx, discount(cx, "OUTPUT ORDER", rules), "d", "{\"total\":5}", NULL),
               "[\"high\",\"low\"]");
    CHECK_JSON(decide(cx, discount(cx, "RULE ORDER", rules), "d", "{\"total\":5}", NULL),
               "[\"low\",\"high\"]");
    CHECK_JSON(decide(cx, discount(cx, "FIRST", rules), "d", "{\"total\":5}", NULL), "\"low\"");
}

TEST(a_decision_requires_others_and_calls_knowledge)
{
    const char *model = MODEL(INPUT("order total") "<decision id='net' name='net total'>" NEEDS(
        "order total") "<knowledgeRequirement><requiredKnowledge "
                       "href='#tax'/></knowledgeRequirement>"
                       "<literalExpression><text>order total - tax(order "
                       "total)</text></literalExpression></decision>"
                       "<businessKnowledgeModel id='tax' "
                       "name='tax'><encapsulatedLogic><formalParameter name='x'/>"
                       "<literalExpression><text>x * "
                       "0.2</text></literalExpression></encapsulatedLogic>"
                       "</businessKnowledgeModel>"
                       "<decision id='big' name='is big'><informationRequirement><requiredDecision "
                       "href='#net'/>"
                       "</informationRequirement><literalExpression><text>net total &gt; 50</text>"
                       "</literalExpression></decision>");
    CHECK_JSON(decide(cx, model, "is big", "{\"order total\":100}", NULL), "true");
    CHECK_JSON(decide(cx, model, "net", "{\"order total\":50}", NULL), "40.0");
}

TEST(a_trace_shows_the_rules_and_which_fired)
{
    const Dmn *model;
    Value inputs;
    Value trace;
    Value result;
    const char *xml = discount(cx, "FIRST", RULE("&gt; 10", "\"high\"") RULE("-", "\"low\""));
    CHECK_OK(dmn_read(cx, xml, strlen(xml), &model));
    CHECK_OK(json_parse(cx, "{\"total\":5}", 11, &inputs));
    CHECK_OK(dmn_evaluate(cx, model, "d", inputs, NULL, &trace, &result));
    CHECK_JSON(
        trace,
        "{\"decision\":\"Discount\",\"inputs\":{\"total\":5},\"hitPolicy\":\"FIRST\",\"rules\":["
        "{\"rule\":1,\"matched\":false,\"entries\":[{\"test\":\"> 10\",\"met\":false}]},"
        "{\"rule\":2,\"matched\":true,\"entries\":[{\"test\":\"-\",\"met\":true}]}],"
        "\"fired\":[2],\"why\":\"rule 2 is the first that matches\",\"result\":\"low\"}");
}

TEST(an_expression_that_does_not_parse_is_a_problem_of_the_model)
{
    const Dmn *model;
    const char *xml = MODEL("<decision id='d' name='Broken'><literalExpression><text>1 +</text>"
                            "</literalExpression></decision>");
    CHECK_OK(dmn_read(cx, xml, strlen(xml), &model));
    CHECK_INT(dmn_problem_count(model), 1);
    CHECK_TEXT(dmn_problem(model, 0)->element, "Broken");
    CHECK_FAILS(dmn_require_sound(cx, model), ERR_INVALID, "\"Broken\" cannot be read");
}

TEST(a_decision_that_requires_itself_is_refused)
{
    const Dmn *model;
    const char *xml = MODEL("<decision id='d' name='Snake'><informationRequirement>"
                            "<requiredDecision href='#d'/></informationRequirement></decision>");
    CHECK_FAILS(dmn_read(cx, xml, strlen(xml), &model), ERR_INVALID, "requires itself");
}

TEST(an_unknown_decision_is_not_found)
{
    const Dmn *model;
    Value result;
    const char *xml = MODEL("");
    CHECK_OK(dmn_read(cx, xml, strlen(xml), &model));
    CHECK_FAILS(dmn_evaluate(cx, model, "x", value_null(), NULL, NULL, &result), ERR_NOT_FOUND,
                "no decision");
}

static const char *large_table(Ctx *cx, int rules)
{
    Buffer *out = buffer_new(cx->arena);
    for (int i = 0; i < rules; i++)
        buffer_format(out, RULE("[%d..%d)", "%d"), i * 10, i * 10 + 10, i);
    return discount(cx, "UNIQUE", out->bytes);
}

TEST(a_large_table_answers_through_its_grid_as_a_small_one_does)
{
    const char *model = large_table(cx, 200);
    CHECK_JSON(decide(cx, model, "d", "{\"total\":0}", NULL), "0");
    CHECK_JSON(decide(cx, model, "d", "{\"total\":10}", NULL), "1");
    CHECK_JSON(decide(cx, model, "d", "{\"total\":1999.99}", NULL), "199");
    CHECK_JSON(decide(cx, model, "d", "{\"total\":2000}", NULL), "null");
    CHECK_JSON(decide(cx, model, "d", "{\"total\":\"x\"}", NULL), "null");
    CHECK_JSON(decide(cx, model, "d", "{\"total\":null}", NULL), "null");
}

static const char *check_text(Ctx *cx, const char *xml)
{
    static const char *const words[] = {"gap", "overlap", "unreachable", "not analysed"};
    const Dmn *model;
    DmnFinding *findings;
    size_t count;
    Buffer *out = buffer_new(cx->arena);
    CHECK_OK(dmn_read(cx, xml, strlen(xml), &model));
    CHECK_OK(dmn_check(cx, model, &findings, &count));
    for (size_t i = 0; i < count; i++)
        buffer_format(out, "%s %zu %zu %s; ", words[findings[i].kind], findings[i].rule,
                      findings[i].other_rule, findings[i].where ? findings[i].where : "");
    return out->bytes;
}

TEST(the_check_finds_gaps_overlaps_and_rules_that_never_fire)
{
    CHECK_TEXT(check_text(cx, discount(cx, "UNIQUE",
                                       RULE("[0..10]", "\"low\"") RULE("[10..20)", "\"high\""))),
               "gap 0 0 total: < 0; overlap 1 2 total: 10; gap 0 0 total: >= 20; ");
    CHECK_TEXT(check_text(cx, discount(cx, "FIRST",
                                       RULE("&lt; 10", "\"low\"") RULE("&lt; 5", "\"high\"")
                                           RULE("-", "\"low\""))),
               "unreachable 2 0 ; ");
    CHECK_TEXT(
        check_text(cx, discount(cx, "UNIQUE", RULE("not(5)", "\"low\"") RULE("5", "\"high\""))),
        "");
    CHECK_TEXT(check_text(cx, discount(cx, "UNIQUE", RULE("? &gt; total", "\"low\""))),
               "not analysed 0 0 total; ");
}

#define CHAIN 20000

// A stranger's chain must not cost more than its length.
TEST_WITH(a_long_chain_of_decisions_is_read_quickly, NULL, 20)
{
    const Dmn *model;
    Value result;
    Buffer *xml = buffer_new(cx->arena);
    buffer_text(xml,
                "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='m' "
                "namespace='n'><decision id='d0' name='step 0'><literalExpression><text>0</text>"
                "</literalExpression></decision>");
    for (int i = 1; i < CHAIN; i++)
        buffer_format(xml,
                      "<itemDefinition name='t %d'><typeRef>number</typeRef></itemDefinition>"
                      "<decision id='d%d' name='step %d'><variable name='step %d' typeRef='t %d'/>"
                      "<informationRequirement><requiredDecision href='#d%d'/>"
                      "</informationRequirement><literalExpression><text>step %d + 1</text>"
                      "</literalExpression></decision>",
                      i, i, i, i, i, i - 1, i - 1);
    buffer_text(xml, "</definitions>");
    CHECK_OK(dmn_read(cx, xml->bytes, xml->length, &model));
    CHECK_INT(dmn_problem_count(model), 0);
    CHECK_OK(dmn_evaluate(cx, model, "step 300", value_context(cx->arena), NULL, NULL, &result));
    CHECK_JSON(result, "300");
    CHECK_FAILS(
        dmn_evaluate(cx, model, "step 19999", value_context(cx->arena), NULL, NULL, &result),
        ERR_LIMIT, "require each other more than");
}
