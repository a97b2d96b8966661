// SPDX-License-Identifier: Apache-2.0
#include "dmn/dmn.h"

#include "base/json.h"
#include "base/test.h"

#include <string.h>

static const char model_xml[] =
    "<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='m' namespace='n'>"
    "<itemDefinition name='tDay'><typeRef>date</typeRef></itemDefinition>"
    "<itemDefinition name='tSize'><typeRef>string</typeRef><allowedValues><text>\"S\", \"L\"</text>"
    "</allowedValues></itemDefinition>"
    "<itemDefinition name='tAge'><typeRef>number</typeRef><typeConstraint><text>[0..150]</text>"
    "</typeConstraint></itemDefinition>"
    "<itemDefinition name='tOrder'><itemComponent name='due date'><typeRef>tDay</typeRef>"
    "</itemComponent><itemComponent name='at' isCollection='true'><typeRef>date and time</typeRef>"
    "</itemComponent></itemDefinition>"
    "<itemDefinition name='tSizes' isCollection='true'><typeRef>tSize</typeRef></itemDefinition>"
    "<inputData id='i' name='given'><variable name='given' typeRef='%s'/></inputData>"
    "<decision id='d' name='out'><informationRequirement><requiredInput href='#i'/>"
    "</informationRequirement><literalExpression><text>given</text></literalExpression></decision>"
    "</definitions>";

// The input as the decision sees it when JSON gave it, as FEEL; with the first diagnostic behind
// it.
static const char *seen(Ctx *cx, const char *type, const char *json)
{
    const Dmn *model;
    Value inputs, result;
    FeelDiagnostics diagnostics = {0};
    char *xml = text_format(cx->arena, model_xml, type);
    char *text = text_format(cx->arena, "{\"given\": %s}", json);
    CHECK_OK(dmn_read(cx, xml, strlen(xml), &model));
    CHECK_TEXT(dmn_problem_count(model) ? dmn_problem(model, 0)->message : "", "");
    CHECK_OK(json_parse(cx, text, strlen(text), &inputs));
    CHECK_OK(
        dmn_evaluate(cx, model, "d", dmn_inputs(cx, model, inputs), &diagnostics, NULL, &result));
    return text_format(cx->arena, "%s%s%s", feel_text(cx->arena, result),
                       diagnostics.count ? " " : "",
                       diagnostics.count ? diagnostics.items[0].code : "");
}

TEST(text_becomes_what_the_type_of_the_input_asks_for)
{
    CHECK_TEXT(seen(cx, "date", "\"2026-01-01\""), "date(\"2026-01-01\")");
    CHECK_TEXT(seen(cx, "tDay", "\"2026-01-01\""), "date(\"2026-01-01\")");
    CHECK_TEXT(seen(cx, "time", "\"10:30:00\""), "time(\"10:30:00\")");
    CHECK_TEXT(seen(cx, "date and time", "\"2026-01-01T10:30:00Z\""),
               "date and time(\"2026-01-01T10:30:00Z\")");
    CHECK_TEXT(seen(cx, "date and time", "\"2026-01-01\""),
               "date and time(\"2026-01-01T00:00:00Z\")");
    CHECK_TEXT(seen(cx, "days and time duration", "\"P1DT2H\""), "duration(\"P1DT2H\")");
    CHECK_TEXT(seen(cx, "years and months duration", "\"P1Y2M\""), "duration(\"P1Y2M\")");
    CHECK_TEXT(seen(cx, "string", "\"2026-01-01\""), "\"2026-01-01\"");
    CHECK_TEXT(seen(cx, "Any", "\"2026-01-01\""), "\"2026-01-01\"");
    CHECK_TEXT(seen(cx, "number", "12.50"), "12.50");
    CHECK_TEXT(
        seen(cx, "tOrder",
             "{\"due date\": \"2026-01-01\", \"at\": [\"2026-01-01T00:00:00\"], \"n\": 1}"),
        "{due date: date(\"2026-01-01\"), at: [date and time(\"2026-01-01T00:00:00\")], n: 1}");
}

TEST(lists_and_single_values_are_brought_to_each_other)
{
    CHECK_TEXT(seen(cx, "date", "[\"2026-01-01\"]"), "date(\"2026-01-01\")");
    CHECK_TEXT(seen(cx, "tSizes", "\"S\""), "[\"S\"]");
    CHECK_TEXT(seen(cx, "list&lt;date>", "\"2026-01-01\""), "[date(\"2026-01-01\")]");
}

TEST(what_does_not_fit_the_type_of_an_input_is_null_and_told)
{
    CHECK_TEXT(seen(cx, "date", "\"2026-02-30\""), "null type-mismatch");
    CHECK_TEXT(seen(cx, "date", "\"10:30:00\""), "null type-mismatch");
    CHECK_TEXT(seen(cx, "number", "\"12\""), "null type-mismatch");
    CHECK_TEXT(seen(cx, "tSize", "\"M\""), "null type-mismatch");
    CHECK_TEXT(seen(cx, "tSizes", "[\"S\", \"M\"]"), "null type-mismatch");
    CHECK_TEXT(seen(cx, "tAge", "151"), "null type-mismatch");
    CHECK_TEXT(seen(cx, "tAge", "150"), "150");
}
