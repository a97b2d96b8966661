// SPDX-License-Identifier: Apache-2.0
#include "bpmn/graph.h"
#include "bpmn/rules.h"
#include "bpmn/timer.h"

#include "base/messages.h"
#include "base/test.h"

#include <stdio.h>
#include <string.h>

static char *definitions(Ctx *cx, const char *inside)
{
    return text_format(cx->arena,
                       "<definitions xmlns=\"%s\" xmlns:m=\"%s\" targetNamespace=\"urn:t\">\n%s\n"
                       "</definitions>",
                       BPMN_SPACE, MILLRACE_SPACE, inside);
}

static const Graph *compile(Ctx *cx, const char *inside, BpmnProblems *problems)
{
    const BpmnModel *model;
    const Graph *graph = NULL;
    char *xml = definitions(cx, inside);
    *problems = (BpmnProblems){0};
    CHECK_OK(bpmn_read(cx, xml, strlen(xml), &model, problems));
    bpmn_check(cx, model, problems);
    CHECK_OK(bpmn_compile(cx, model, NULL, &graph, problems));
    return bpmn_problems_block(problems) ? NULL : graph;
}

static const char *rules_of(Ctx *cx, const BpmnProblems *problems)
{
    Buffer *out = buffer_new(cx->arena);
    for (size_t i = 0; i < problems->count; i++)
        buffer_format(out, "%s%s %s", i ? ", " : "", problems->items[i].rule,
                      problems->items[i].element);
    return out->bytes;
}

// The model is refused with these problems and no other: "EXT096 s, REF f".
static void refused(Ctx *cx, const char *inside, const char *rules)
{
    BpmnProblems problems;
    CHECK(compile(cx, inside, &problems) == NULL);
    CHECK(bpmn_problems_error(cx, &problems) != NULL);
    CHECK_TEXT(rules_of(cx, &problems), rules);
    for (size_t i = 0; i < problems.count; i++)
        CHECK(problems.items[i].line > 0);
}

#define PROCESS(inside) "<process id=\"p\" isExecutable=\"true\">" inside "</process>"
#define FLOW(id, from, to)                                                                         \
    "<sequenceFlow id=\"" id "\" sourceRef=\"" from "\" targetRef=\"" to "\"/>"
#define START "<startEvent id=\"s\"/>"
#define END "<endEvent id=\"e\"/>"

TEST(a_process_is_compiled_with_lanes_forms_and_owners)
{
    BpmnProblems problems;
    const Graph *graph = compile(
        cx,
        PROCESS("<extensionElements><m:governs entity=\"order\" variable=\"o\">"
                "<m:owns field=\"status\"/><m:owns field=\"total\" free-until=\"a\"/></m:governs>"
                "<m:starts on=\"create\" when=\"o.total > 1\"/><m:text lang=\"zh-CN\">订单</m:text>"
                "</extensionElements>"
                "<laneSet><lane id=\"l\" name=\"Sales\"><extensionElements>"
                "<m:lane department=\"sales\" position=\"rep\"/></extensionElements>"
                "<flowNodeRef>a</flowNodeRef></lane></laneSet>" START
                "<userTask id=\"a\" name=\"Enter\"><extensionElements>"
                "<m:task due=\"P1D\" priority=\"70\" position=\"boss\"/>"
                "<m:instruction lang=\"en\">Do it.</m:instruction>"
                "<m:form><m:field name=\"total\" access=\"required\"/></m:form>"
                "<m:separate from=\"a\"/><m:set field=\"status\" value='\"x\"' on=\"leave\"/>"
                "</extensionElements></userTask>" END FLOW("f", "s", "a") FLOW("g", "a", "e")),
        &problems);
    CHECK_OK(bpmn_problems_error(cx, &problems));
    const GraphNode *a = graph_node(graph, "a");
    CHECK_TEXT(graph->entity, "order");
    CHECK_INT(graph_owned(graph, "status")->free_until, -1);
    CHECK_INT(graph_owned(graph, "total")->free_until, a->index);
    CHECK(graph_owned(graph, "other") == NULL);
    CHECK_TEXT(graph_text(&graph->names, "zh-CN", graph->name), "订单");
    CHECK_TEXT(graph_text(&graph->names, "fr", "Order"), "Order");
    CHECK_TEXT(graph->lanes[a->lane].department, "sales");
    CHECK_TEXT(a->task->candidates[0].position, "boss");
    CHECK_TEXT(a->task->due->text, "P1D");
    CHECK_TEXT(a->task->fields[0].name, "total");
    CHECK_INT(a->task->fields[0].access, FIELD_REQUIRED);
    CHECK_INT(a->task->separate[0], a->index);
    CHECK(a->sets[0].on_leave);
    CHECK_INT((long long)graph->record_start_count, 1);
}

#define TYPED "xmlns:x=\"http://www.w3.org/2001/XMLSchema-instance\" x:type=\"tFormalExpression\""
#define TO(from) FLOW("to", from, "e") END
#define TASK(inside) PROCESS(START FLOW("f", "s", "t") inside TO("t"))

TEST(what_is_wrong_is_refused_by_name)
{
    refused(cx, PROCESS(START END FLOW("f", "s", "nowhere")), "REF f, EXT107 e");
    refused(cx, PROCESS(START "<choreographyTask id=\"c\"/>" END FLOW("f", "s", "e")),
            "XSD c, XSD c, XSD c, EXT036 c, EXT150 c, EXT151 c");
    refused(cx, TASK("<serviceTask id=\"t\"/>"), "missing-element t");
    refused(cx,
            TASK("<scriptTask id=\"t\" scriptFormat=\"groovy\"><script>1</script></scriptTask>"),
            "unsupported-language t");
    refused(cx,
            PROCESS(START "<exclusiveGateway id=\"g\"/>" END "<endEvent id=\"e2\"/>" FLOW(
                "f", "s", "g") FLOW("h", "g", "e") FLOW("i", "g", "e2")),
            "missing-condition h, missing-condition i");
    refused(cx,
            PROCESS(START END "<boundaryEvent id=\"b\" attachedToRef=\"e\">"
                              "<timerEventDefinition><timeDuration " TYPED ">PT1H</timeDuration>"
                              "</timerEventDefinition></boundaryEvent>" FLOW("f", "s", "e")),
            "REF b, EXT113 b");
    refused(cx,
            TASK("<userTask id=\"t\"><extensionElements><m:frm/></extensionElements></userTask>"),
            "unknown-extension t");
    refused(cx,
            TASK("<userTask id=\"t\"><extensionElements><m:set field=\"x\" value=\"1\"/>"
                 "</extensionElements></userTask>"),
            "not-owned t");
    refused(cx, PROCESS(START "<task id=\"s\"/>" END FLOW("f", "s", "e")), "EXT002 s, EXT150 s");
    refused(cx,
            "<process id=\"p\" isExecutable=\"false\">" START END FLOW("f", "s", "e") "</process>",
            "not-executable p");
    refused(cx,
            PROCESS(START "<exclusiveGateway id=\"g\" default=\"f\"/>" FLOW("f", "s", "g") TO("g")),
            "EXT026 g, EXT135 g");
}

#define WORK(elements)                                                                             \
    PROCESS(START "<userTask id=\"t\"><extensionElements>" elements                                \
                  "</extensionElements></userTask>" END FLOW("f", "s", "t") FLOW("g", "t", "e"))

TEST(work_that_makes_no_sense_is_refused)
{
    refused(cx, WORK("<m:task level=\"3\"/>"), "missing-attribute t");
    refused(cx, WORK("<m:task calendar=\"department\" due=\"P1D\"/>"), "missing-attribute t");
    refused(cx, WORK("<m:distribute by=\"chance\"/>"), "wrong-attribute t");
    refused(cx, WORK("<m:distribute by=\"skill\"/>"), "missing-attribute t");
    refused(cx, WORK("<m:escalate after=\"soon\" to=\"boss\"/>"), "wrong-attribute t");
    refused(cx, WORK("<m:escalate after=\"P1D\"/>"), "missing-attribute t");
    refused(cx, WORK("<m:keep as=\"nobody\"/>"), "unknown-reference t");
    refused(cx, WORK("<m:separate from=\"nobody\"/>"), "unknown-reference t");
    refused(cx, WORK("<m:separate from=\"t\"/><m:keep as=\"t\"/>"), "contradiction t");
    refused(cx, WORK("<m:entry condition=\"x &gt;\" message=\"No.\"/>"), "wrong-expression t");
}

TEST(a_complex_gateway_takes_no_more_flows_than_it_can_count)
{
    BpmnProblems problems;
    Buffer *inside = buffer_new(cx->arena);
    buffer_text(
        inside,
        "<process id='p' isExecutable='true'><startEvent id='s'/>"
        "<parallelGateway id='split'/><sequenceFlow id='f' sourceRef='s' targetRef='split'/>"
        "<complexGateway id='join'/><endEvent id='e'/>"
        "<sequenceFlow id='g' sourceRef='join' targetRef='e'/>");
    for (int i = 0; i <= LIMIT_COMPLEX_FLOWS; i++)
        buffer_format(inside, "<sequenceFlow id='f%d' sourceRef='split' targetRef='join'/>", i);
    buffer_text(inside, "</process>");
    CHECK(!compile(cx, inside->bytes, &problems));
    CHECK_TEXT(rules_of(cx, &problems), "too-many-flows join");
}

TEST(an_expression_that_is_no_feel_is_refused_with_its_line)
{
    refused(cx,
            PROCESS(START "<task id=\"t\"/>" FLOW(
                "f", "s", "t") "<sequenceFlow id=\"g\" sourceRef=\"t\" targetRef=\"e\">"
                               "<conditionExpression " TYPED ">x &gt;</conditionExpression>"
                               "</sequenceFlow>" TO("t")),
            "wrong-expression g");
}

TEST(rules_of_the_standard_are_held)
{
    refused(cx, PROCESS(START "<task id=\"t\"/>" END FLOW("f", "s", "e")), "EXT150 t, EXT151 t");
    refused(cx,
            PROCESS(START END "<sequenceFlow id=\"f\" sourceRef=\"s\" targetRef=\"e\">"
                              "<conditionExpression>true</conditionExpression></sequenceFlow>"),
            "EXT012 f, EXT025 f");
    refused(
        cx,
        PROCESS("<startEvent id=\"s\"><outgoing>f</outgoing></startEvent>" END FLOW("f", "s", "e")),
        "EXT023 e, EXT107 e");
    refused(cx, TASK("<parallelGateway id=\"t\" gatewayDirection=\"Mixed\"/>"),
            "EXT019 t, EXT135 t");
    refused(cx,
            "<collaboration id=\"c\"><participant id=\"q\" processRef=\"p\"/>"
            "<messageFlow id=\"m\" sourceRef=\"q\" targetRef=\"t\"/></collaboration>" TASK(
                "<task id=\"t\"/>"),
            "EXT031 m");
    refused(cx, PROCESS(START END FLOW("f", "s", "e")) "<process id=\"q\" isExecutable=\"true\"/>",
            "several-processes p");
}

TEST(what_the_schema_forbids_is_told)
{
    refused(cx, TASK("<task id=\"t\" color=\"red\" startQuantity=\"many\"/>"),
            "XSD t, XSD t, EXT037 t");
    refused(cx, TASK("<task id=\"t\"><script>1</script></task>"), "XSD t");
    refused(cx, TASK("<m:task id=\"t\"/><task id=\"t\"/>"), "XSD t");
    refused(cx, TASK("<task id=\"t\"><ioSpecification/></task>"), "XSD t, XSD t");
    refused(cx, TASK("<task id=\"t\"/>") "<message id=\"1\" itemRef=\"t\"/>", "XSD 1, REF 1");
    refused(cx, TASK("<task id=\"t\"/>") "<interface id=\"i\" name=\"i\"/>", "XSD i");
}

static const char *text_file(Ctx *cx, const char *path)
{
    FILE *file = fopen(path, "rb");
    CHECK(file != NULL);
    Buffer *out = buffer_new(cx->arena);
    char piece[4096];
    size_t length;
    while ((length = fread(piece, 1, sizeof piece, file)) > 0)
        buffer_add(out, piece, length);
    fclose(file);
    return out->bytes;
}

TEST(what_the_engine_does_not_do_is_refused_and_what_others_do_is_told)
{
    refused(cx, TASK("<transaction id=\"t\" method=\"##Store\"><task id=\"a\"/></transaction>"),
            "unsupported-attribute t");
    refused(cx, TASK("<userTask id=\"t\" implementation=\"http://forms\"/>"),
            "unsupported-attribute t");
    refused(cx, "<extension definition=\"q\" mustUnderstand=\"true\"/>" TASK("<task id=\"t\"/>"),
            "unsupported-extension extension");
    BpmnProblems problems;
    CHECK(compile(cx,
                  "<message id=\"M\" xmlns:z=\"urn:z\"/>" TASK(
                      "<task id=\"t\" xmlns:z=\"urn:z\" z:who=\"me\"><extensionElements>"
                      "<z:mapping/></extensionElements></task>"),
                  &problems) != NULL);
    CHECK_TEXT(rules_of(cx, &problems), "foreign-extension t");
}

// Each rule has its statement in both languages, and stands in the documents.
TEST(every_rule_says_what_it_asks)
{
    const char *document = text_file(cx, TEST_SOURCE_ROOT "/docs/bpmn-rules.md");
    size_t count;
    const BpmnRule *const *rules = (const BpmnRule *const *)registry_all(&bpmn_rules, &count);
    CHECK(count > 100);
    RuleCheck check = {.cx = cx};
    for (size_t i = 0; i < count; i++) {
        check.rule = rules[i];
        CHECK(rule_statement(&check) != NULL);
        char *line =
            text_format(cx->arena, "| `%s` | %s |", rules[i]->name, rule_statement(&check));
        CHECK_TEXT(strstr(document, line) ? line : "not in docs/bpmn-rules.md", line);
        CHECK(strcmp(message_in("zh-CN", rule_statement(&check)), rule_statement(&check)) != 0);
    }
}

TEST(a_name_that_nothing_writes_is_a_warning)
{
    BpmnProblems problems;
    CHECK(compile(cx,
                  PROCESS(START "<scriptTask id=\"a\" scriptFormat=\"feel\" m:result=\"x\">"
                                "<script>1</script></scriptTask>"
                                "<scriptTask id=\"b\" scriptFormat=\"feel\"><script>x + xx</script>"
                                "</scriptTask>" END FLOW("f", "s", "a") FLOW("g", "a", "b")
                                    FLOW("h", "b", "e")),
                  &problems) != NULL);
    CHECK_OK(bpmn_problems_error(cx, &problems));
    CHECK_INT((long long)problems.count, 1);
    CHECK_TEXT(problems.items[0].rule, "unknown-name");
    CHECK_TEXT(problems.items[0].element, "b");
}

TEST(all_problems_come_at_once)
{
    BpmnProblems problems;
    compile(cx,
            PROCESS(START "<serviceTask id=\"a\"/><serviceTask id=\"b\"/>" FLOW("f", "s", "a")
                        FLOW("g", "a", "b") TO("b")),
            &problems);
    CHECK_INT((long long)problems.count, 2);
    Error *error = bpmn_problems_error(cx, &problems);
    CHECK_FAILS(error, ERR_INVALID, "a: the service task 'a' does not say what it calls");
    CHECK_TEXT(error->detail, "2 problems in all");
    CHECK(value_at(*error->about, "/problems/1/element") != NULL);
}

TEST(a_document_that_is_no_bpmn_is_an_error)
{
    BpmnProblems problems = {0};
    const BpmnModel *model;
    CHECK_FAILS(bpmn_read(cx, "<html/>", 7, &model, &problems), ERR_INVALID, "no BPMN");
    CHECK_FAILS(bpmn_read(cx, "<a", 2, &model, &problems), ERR_INVALID, "not well-formed");
    const Graph *graph;
    char *xml = definitions(cx, "");
    CHECK_OK(bpmn_read(cx, xml, strlen(xml), &model, &problems));
    CHECK_FAILS(bpmn_compile(cx, model, NULL, &graph, &problems), ERR_INVALID, "no process");
}

static void parses(const char *text, TimeForm form)
{
    TimeSpec spec;
    CHECK(time_spec_parse(text, &spec));
    CHECK_INT(spec.form, form);
}

TEST(timer_texts_are_read_as_iso_8601)
{
    TimeSpec spec;
    parses("2026-11-22T10:00:00Z", TIME_DATE);
    parses("2026-11-22", TIME_DATE);
    parses("R/PT10S", TIME_REPEAT);
    parses("R5/2026-11-22T10:00:00Z/P1D", TIME_REPEAT);
    parses("R5/P1D/2027-11-22T10:00:00Z", TIME_REPEAT);
    CHECK(time_spec_parse("P1Y2M3W4DT5H6M7.5S", &spec));
    CHECK_INT(spec.months, 14);
    CHECK_INT(spec.weeks, 3);
    CHECK_INT(spec.days, 4);
    CHECK_INT(spec.rest.seconds, 5 * 3600 + 6 * 60 + 7);
    CHECK_INT(spec.rest.nanoseconds, 500000000);
    TimePlace utc = {zone_utc(), NULL};
    Instant after;
    CHECK(time_spec_after(&spec, &utc, 0, &after));
    CHECK_INT(after, (424 + 25) * 86400000000LL + 18367500000LL);
    parses("0 9 * * MON-FRI", TIME_CRON);
    parses("*/10 * * * * *", TIME_CRON);
    parses("@daily", TIME_CRON);
    static const char *const wrong[] = {"",     "P",    "PT",    "P1",       "1D",    "P1S",
                                        "PT1D", "P1H",  "PTT1S", "P1DT",     "R3",    "R3/",
                                        "R/P",  "-P1D", "P1M1Y", "R0x/PT1S", "R/PT0S"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK(!time_spec_parse(wrong[i], &spec));
}

// --- Several files -------------------------------------------------------------------------------

#define IMPORT "<import namespace=\"urn:o\" location=\"../o.bpmn\" importType=\"" BPMN_SPACE "\"/>"

// `inside` stands in a model that may import another, o.bpmn, with `other` inside.
static const Graph *compile_with(Ctx *cx, const char *inside, const char *other,
                                 BpmnProblems *problems)
{
    const BpmnModel *model;
    const Graph *graph = NULL;
    char *own = text_format(cx->arena,
                            "<definitions xmlns=\"%s\" xmlns:o=\"urn:o\" targetNamespace=\"urn:t\">"
                            "\n%s\n</definitions>",
                            BPMN_SPACE, inside);
    char *text = text_format(cx->arena,
                             "<definitions xmlns=\"%s\" xmlns:t=\"urn:t\" targetNamespace=\"urn:o\""
                             ">\n%s\n</definitions>",
                             BPMN_SPACE, other);
    BpmnFile files[] = {{"models/t.bpmn", own, strlen(own)}, {"o.bpmn", text, strlen(text)}};
    *problems = (BpmnProblems){0};
    CHECK_OK(bpmn_read_with(cx, &files[0], files, 2, &model, problems));
    bpmn_check(cx, model, problems);
    CHECK_OK(bpmn_compile(cx, model, NULL, &graph, problems));
    return bpmn_problems_block(problems) ? NULL : graph;
}

TEST(what_a_model_refers_to_may_stand_in_another_that_it_imports)
{
    BpmnProblems problems;
    const char *own = IMPORT "<message id=\"M\" name=\"mine\"/>" PROCESS(
        "<receiveTask id=\"r\" messageRef=\"o:M\"/><callActivity id=\"c\" "
        "calledElement=\"o:G\"/><callActivity id=\"d\" calledElement=\"o:P\"/>");
    const Graph *graph = compile_with(cx, own,
                                      "<message id=\"M\" name=\"theirs\"/><process id=\"P\"/>"
                                      "<globalUserTask id=\"G\" name=\"Look\"/>",
                                      &problems);
    CHECK_TEXT(rules_of(cx, &problems), "");
    CHECK_TEXT(graph_node(graph, "r")->triggers[0].name, "theirs");
    CHECK_INT(graph_node(graph, "c")->kind, NODE_USER_TASK);
    CHECK_TEXT(graph_node(graph, "d")->called, "P");
}

TEST(models_may_import_each_other)
{
    BpmnProblems problems;
    const char *own = IMPORT PROCESS("<callActivity id=\"c\" calledElement=\"o:P\"/>");
    CHECK(compile_with(cx, own,
                       "<import namespace=\"urn:t\" location=\"t.bpmn\" importType=\"" BPMN_SPACE
                       "\"/><process id=\"P\"><startEvent id=\"s\"/><callActivity id=\"c\" "
                       "calledElement=\"t:p\"/></process>",
                       &problems) != NULL);
}

TEST(what_an_imported_model_does_not_hold_is_refused_by_name_and_line)
{
    BpmnProblems problems;
    const char *own =
        IMPORT PROCESS("\n<callActivity id=\"c\" calledElement=\"o:Q\"/>\n<receiveTask id=\"r\" "
                       "messageRef=\"o:P\"/>");
    CHECK(compile_with(cx, own, "<process id=\"P\"/>", &problems) == NULL);
    CHECK_FAILS(bpmn_problems_error(cx, &problems), ERR_INVALID,
                "calledElement leads to 'o:Q', which is not in the model");
    CHECK_TEXT(rules_of(cx, &problems), "REF c, REF r");
    CHECK_INT(problems.items[0].line, 3);
    CHECK_INT(problems.items[1].line, 4);
    compile_with(cx, IMPORT TASK("<task id=\"t\"/>"), "", &problems);
    CHECK_TEXT(rules_of(cx, &problems), "");
    compile_with(cx,
                 "<import namespace=\"urn:x\" location=\"o.bpmn\" importType=\"" BPMN_SPACE
                 "\"/>" TASK("<task id=\"t\"/>"),
                 "", &problems);
    CHECK_TEXT(rules_of(cx, &problems), "EXT001 import");
    CHECK(strstr(problems.items[0].message, "'urn:o'") != NULL);
}

TEST(what_is_wrong_in_an_imported_task_tells_in_which_file)
{
    BpmnProblems problems;
    compile_with(cx, IMPORT PROCESS("<callActivity id=\"c\" calledElement=\"o:G\"/>"),
                 "\n<globalScriptTask id=\"G\"/>", &problems);
    CHECK_FAILS(bpmn_problems_error(cx, &problems), ERR_INVALID, "in o.bpmn: ");
    CHECK_INT(problems.items[0].line, 3);
}
