// SPDX-License-Identifier: Apache-2.0
#include "dmn/dmn.h"

#include "base/json.h"
#include "base/test.h"

#include <string.h>

static const Dmn *read_model(Ctx *cx, const char *xml)
{
    const Dmn *model;
    CHECK_OK(dmn_read(cx, xml, strlen(xml), &model));
    return model;
}

static const char *result_of(Ctx *cx, const Dmn *model, const char *decision, const char *json)
{
    Value inputs, result;
    CHECK_OK(json_parse(cx, json, strlen(json), &inputs));
    CHECK_OK(dmn_evaluate(cx, model, decision, inputs, NULL, NULL, &result));
    return feel_text(cx->arena, result);
}

static const char old_model[] =
    "<?xml version='1.0'?><!-- of 2015 --><d:definitions "
    "xmlns:d='http://www.omg.org/spec/DMN/20151101/dmn.xsd' "
    "xmlns:feel='http://www.omg.org/spec/FEEL/20140401' xmlns:own='n' "
    "xmlns:x='urn:x' id='m' name='m' namespace='n' "
    "expressionLanguage='http://www.omg.org/spec/FEEL/20140401'>\n"
    "  <d:extensionElements><x:note x:by='a&#10;b'>kept &amp; <![CDATA[<whole>]]></x:note>"
    "</d:extensionElements>\n"
    "  <d:itemDefinition name='tDay'><d:typeRef>feel:dateTime</d:typeRef></d:itemDefinition>\n"
    "  <d:itemDefinition name='tSum'><d:typeRef> feel:number </d:typeRef></d:itemDefinition>\n"
    "  <d:inputData id='i' name='total'><d:variable name='total' typeRef='own:tSum'/></d:inputData>"
    "<!-- a comment -->\n"
    "  <d:businessKnowledgeModel id='b' name='tax'>\n"
    "    <d:encapsulatedLogic><d:formalParameter name='x' typeRef='feel:number'/>"
    "<d:literalExpression expressionLanguage='http://www.omg.org/spec/FEEL/20140401'>"
    "<d:text>x * 2</d:text></d:literalExpression></d:encapsulatedLogic>\n"
    "    <d:variable name='tax' typeRef='feel:number'/>\n"
    "  </d:businessKnowledgeModel>\n"
    "  <d:decision id='r' name='result'><d:variable name='result' typeRef='feel:number'/>"
    "<d:informationRequirement><d:requiredInput href='#i'/></d:informationRequirement>"
    "<d:knowledgeRequirement><d:requiredKnowledge href='#b'/></d:knowledgeRequirement>"
    "<d:invocation><d:literalExpression><d:text>tax</d:text></d:literalExpression>"
    "<d:binding><d:parameter name='x'/><d:literalExpression><d:text>total</d:text>"
    "</d:literalExpression></d:binding></d:invocation></d:decision>\n"
    "  <d:textAnnotation id='t'><d:text>a note</d:text></d:textAnnotation>\n"
    "</d:definitions>";

TEST(a_model_of_1_1_is_written_as_1_5)
{
    const Dmn *model = read_model(cx, old_model);
    const char *written = dmn_write(cx, model);
    CHECK_TEXT(
        written,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- of 2015 -->\n<d:definitions "
        "xmlns:d=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" "
        "xmlns:feel=\"https://www.omg.org/spec/DMN/20230324/FEEL/\" xmlns:own=\"n\" "
        "xmlns:x=\"urn:x\" id=\"m\" name=\"m\" namespace=\"n\" "
        "expressionLanguage=\"https://www.omg.org/spec/DMN/20230324/FEEL/\">\n"
        "  <d:extensionElements><x:note x:by=\"a&#10;b\">kept &amp; &lt;whole&gt;</x:note>"
        "</d:extensionElements>\n"
        "  <d:itemDefinition name=\"tDay\"><d:typeRef>date and time</d:typeRef>"
        "</d:itemDefinition>\n"
        "  <d:itemDefinition name=\"tSum\"><d:typeRef>number</d:typeRef></d:itemDefinition>\n"
        "  <d:inputData id=\"i\" name=\"total\"><d:variable name=\"total\" typeRef=\"tSum\"/>"
        "</d:inputData><!-- a comment -->\n"
        "  <d:businessKnowledgeModel id=\"b\" name=\"tax\">\n"
        "    <d:variable name=\"tax\" typeRef=\"number\"/><d:encapsulatedLogic>"
        "<d:formalParameter name=\"x\" typeRef=\"number\"/><d:literalExpression "
        "expressionLanguage=\"https://www.omg.org/spec/DMN/20230324/FEEL/\"><d:text>x * 2</d:text>"
        "</d:literalExpression></d:encapsulatedLogic>\n    \n"
        "  </d:businessKnowledgeModel>\n"
        "  <d:decision id=\"r\" name=\"result\"><d:variable name=\"result\" typeRef=\"number\"/>"
        "<d:informationRequirement><d:requiredInput href=\"#i\"/></d:informationRequirement>"
        "<d:knowledgeRequirement><d:requiredKnowledge href=\"#b\"/></d:knowledgeRequirement>"
        "<d:invocation><d:literalExpression><d:text>tax</d:text></d:literalExpression>"
        "<d:binding><d:parameter name=\"x\"/><d:literalExpression><d:text>total</d:text>"
        "</d:literalExpression></d:binding></d:invocation></d:decision>\n"
        "  <d:textAnnotation id=\"t\"><d:text>a note</d:text></d:textAnnotation>\n"
        "</d:definitions>\n");
    const Dmn *again = read_model(cx, written);
    CHECK_TEXT(result_of(cx, model, "r", "{\"total\": 4}"), "8");
    CHECK_TEXT(result_of(cx, again, "r", "{\"total\": 4}"), "8");
    CHECK_INT(dmn_problem_count(again), 0);
    CHECK_TEXT(dmn_write(cx, again), written);
}

TEST(models_of_every_version_are_written_as_1_5)
{
    static const char *const versions[][3] = {
        {"http://www.omg.org/spec/DMN/20180521/MODEL/",
         "http://www.omg.org/spec/DMN/20180521/FEEL/",
         "http://www.omg.org/spec/DMN/20180521/DMNDI/"},
        {"https://www.omg.org/spec/DMN/20191111/MODEL/",
         "https://www.omg.org/spec/DMN/20191111/FEEL/",
         "https://www.omg.org/spec/DMN/20191111/DMNDI/"},
        {"https://www.omg.org/spec/DMN/20211108/MODEL/",
         "https://www.omg.org/spec/DMN/20211108/FEEL/",
         "https://www.omg.org/spec/DMN/20211108/DMNDI/"},
        {"https://www.omg.org/spec/DMN/20230324/MODEL/",
         "https://www.omg.org/spec/DMN/20230324/FEEL/",
         "https://www.omg.org/spec/DMN/20230324/DMNDI/"},
    };
    const char *written[4];
    for (size_t i = 0; i < 4; i++) {
        const char *const *version = versions[i];
        char *xml = text_format(
            cx->arena,
            "<definitions xmlns='%s' xmlns:di='%s' "
            "xmlns:dc='http://www.omg.org/spec/DMN/20180521/DC/' name='m' namespace='n' "
            "typeLanguage='%s'><import name='p' namespace='urn:pmml' "
            "importType='http://www.dmg.org/PMML-4_2'/><decision id='d' name='d'>"
            "<literalExpression><text>%s</text></literalExpression></decision><di:DMNDI>"
            "<di:DMNDiagram><di:DMNShape dmnElementRef='d'><dc:Bounds x='1.50' y='2' width='3' "
            "height='4'/></di:DMNShape></di:DMNDiagram></di:DMNDI></definitions>",
            version[0], version[2], version[1], "\"http://www.omg.org/spec/DMN/20180521/FEEL/\"");
        written[i] = dmn_write(cx, read_model(cx, xml));
        CHECK_TEXT(written[i], written[0]);
    }
    CHECK(strstr(written[0], "xmlns:di=\"https://www.omg.org/spec/DMN/20230324/DMNDI/\""));
    CHECK(strstr(written[0], "x=\"1.50\""));
    CHECK_TEXT(result_of(cx, read_model(cx, written[0]), "d", "{}"),
               "\"http://www.omg.org/spec/DMN/20180521/FEEL/\"");
}

TEST(a_comment_before_the_root_ends_where_xml_ends_it)
{
    const char *written =
        dmn_write(cx, read_model(cx, "<!--->- x --><definitions name='m' namespace='n' "
                                     "xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/'/>"));
    CHECK(strstr(written, "\n<!--->- x -->\n<definitions"));
    CHECK_TEXT(dmn_write(cx, read_model(cx, written)), written);
}
