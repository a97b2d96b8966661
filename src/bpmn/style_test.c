// SPDX-License-Identifier: Apache-2.0
#include "bpmn/style.h"

#include "base/test.h"

#include <string.h>

TEST(names_of_verb_and_object_are_told_from_others)
{
    static const char *const good[] = {"Check credit", "Send payment reminder", "审核信用",
                                       "录入订单"};
    static const char *const bad[] = {"Check",     "Credit check", "Limit confirmation",
                                      "Invoicing", "Approval",     "订单审核",
                                      "信用检查"};
    static const char *const open[] = {"Haggle over terms",
                                       "Order confirmation",
                                       "Déjà vu encore",
                                       "发货",
                                       "照看仓库",
                                       "Заказ",
                                       ""};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        CHECK_INT(bpmn_label_form(cx, good[i]), LABEL_VERB_OBJECT);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK_INT(bpmn_label_form(cx, bad[i]), LABEL_OTHER);
    for (size_t i = 0; i < sizeof open / sizeof *open; i++)
        CHECK_INT(bpmn_label_form(cx, open[i]), LABEL_UNKNOWN);
}

static const char *warnings_of(Ctx *cx, const char *inside)
{
    BpmnProblems problems = {0};
    const BpmnModel *model;
    const Graph *graph = NULL;
    char *xml = text_format(cx->arena,
                            "<definitions xmlns=\"%s\" targetNamespace=\"urn:t\">"
                            "<process id=\"p\">%s</process></definitions>",
                            BPMN_SPACE, inside);
    CHECK_OK(bpmn_read(cx, xml, strlen(xml), &model, &problems));
    CHECK_OK(bpmn_compile(cx, model, NULL, &graph, &problems));
    CHECK_OK(bpmn_problems_error(cx, &problems));
    bpmn_style(cx, model, graph, &problems);
    Buffer *out = buffer_new(cx->arena);
    for (size_t i = 0; i < problems.count; i++) {
        CHECK(problems.items[i].warning);
        buffer_format(out, "%s %s;", problems.items[i].rule, problems.items[i].element);
    }
    return out->bytes;
}

TEST(what_reads_badly_is_a_warning)
{
    CHECK_TEXT(warnings_of(cx,
                           "<startEvent id=\"s\"/><startEvent id=\"r\"/>"
                           "<userTask id=\"a\" name=\"Approval\"/><userTask id=\"b\"/>"
                           "<exclusiveGateway id=\"g\" default=\"g2\"/><endEvent id=\"e\"/>"
                           "<sequenceFlow id=\"f\" sourceRef=\"s\" targetRef=\"a\"/>"
                           "<sequenceFlow id=\"h\" sourceRef=\"r\" targetRef=\"a\"/>"
                           "<sequenceFlow id=\"i\" sourceRef=\"a\" targetRef=\"g\"/>"
                           "<sequenceFlow id=\"g1\" name=\"yes\" sourceRef=\"g\" targetRef=\"b\">"
                           "<conditionExpression>true</conditionExpression></sequenceFlow>"
                           "<sequenceFlow id=\"g2\" sourceRef=\"g\" targetRef=\"e\"/>"
                           "<sequenceFlow id=\"j\" sourceRef=\"b\" targetRef=\"e\"/>"),
               "style-label a;style-label b;style-flow-label g2;style-starts p;");
}
