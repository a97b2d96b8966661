// SPDX-License-Identifier: Apache-2.0
// Each rule that the suite of broken models does not show has a model here that breaks it, and one
// beside it that does not.
#include "bpmn/rules.h"

#include "base/test.h"

#include <string.h>

#define PROCESS(inside) "<process id=\"p\" isExecutable=\"true\">" inside "</process>"
#define FLOW(id, from, to)                                                                         \
    "<sequenceFlow id=\"" id "\" sourceRef=\"" from "\" targetRef=\"" to "\"/>"
#define START "<startEvent id=\"s\"/>"
#define END "<endEvent id=\"e\"/>"
#define FORMAL(name, text) "<" name " xsi:type=\"tFormalExpression\">" text "</" name ">"
#define TIMER "<timerEventDefinition>" FORMAL("timeDuration", "PT1H") "</timerEventDefinition>"
#define SIGNAL "<signalEventDefinition signalRef=\"SIG\"/>"
#define TASK(inside) PROCESS(START FLOW("f", "s", "t") inside FLOW("g", "t", "e") END)
#define ITEMS                                                                                      \
    "<itemDefinition id=\"I\" structureRef=\"text\"/><itemDefinition id=\"J\" "                    \
    "structureRef=\"number\"/>"                                                                    \
    "<message id=\"M\" itemRef=\"I\"/><interface id=\"F\" name=\"f\"><operation id=\"O\" "         \
    "name=\"o\">"                                                                                  \
    "<inMessageRef>M</inMessageRef></operation></interface>"
#define IN "<dataInput id=\"in\" itemSubjectRef=\"I\"/>"
#define OUT "<dataOutput id=\"out\" itemSubjectRef=\"I\"/>"
#define INSET "<inputSet><dataInputRefs>in</dataInputRefs></inputSet>"
#define OUTSET "<outputSet><dataOutputRefs>out</dataOutputRefs></outputSet>"
#define IO(inside) "<ioSpecification id=\"io\">" inside "</ioSpecification>"

typedef struct Case {
    const char *rule;
    const char *broken;
    const char *kept;
} Case;

static const Case cases[] = {
    {"EXT001", "<import namespace=\"urn:x\" location=\"x.bpmn\" importType=\"" BPMN_SPACE "\"/>",
     "<import namespace=\"urn:x\" location=\"x.xsd\" "
     "importType=\"http://www.w3.org/2001/XMLSchema\"/>"},
    {"EXT022",
     PROCESS(START FLOW("f", "s", "u") "<subProcess id=\"u\" triggeredByEvent=\"true\"/>"),
     TASK("<task id=\"t\"/>")},
    {"EXT030",
     "<collaboration id=\"c\"><participant id=\"q\"><participantMultiplicity minimum=\"3\" "
     "maximum=\"2\"/></participant></collaboration>",
     "<collaboration id=\"c\"><participant id=\"q\"><participantMultiplicity minimum=\"2\" "
     "maximum=\"2\"/></participant></collaboration>"},
    {"EXT036", PROCESS("<callChoreography id=\"c\" initiatingParticipantRef=\"q\"/>"), PROCESS("")},
    {"EXT042", ITEMS TASK("<serviceTask id=\"t\" operationRef=\"O\"/>"),
     ITEMS TASK(
         "<serviceTask id=\"t\" operationRef=\"O\">" IO(IN INSET "<outputSet/>") "</serviceTask>")},
    {"EXT043",
     ITEMS TASK("<serviceTask id=\"t\" operationRef=\"O\">" IO(
         IN OUT INSET OUTSET OUTSET) "</serviceTask>"),
     ITEMS TASK(
         "<serviceTask id=\"t\" operationRef=\"O\">" IO(IN OUT INSET OUTSET) "</serviceTask>")},
    {"EXT046",
     ITEMS TASK(
         "<sendTask id=\"t\" messageRef=\"M\">" IO(IN INSET INSET "<outputSet/>") "</sendTask>"),
     ITEMS TASK("<sendTask id=\"t\" messageRef=\"M\">" IO(IN INSET "<outputSet/>") "</sendTask>")},
    {"EXT051",
     ITEMS TASK("<receiveTask id=\"t\" messageRef=\"M\">" IO(
         OUT "<dataOutput id=\"out2\" itemSubjectRef=\"I\"/><inputSet/>" OUTSET) "</receiveTask>"),
     ITEMS TASK(
         "<receiveTask id=\"t\" messageRef=\"M\">" IO(OUT "<inputSet/>" OUTSET) "</receiveTask>")},
    {"EXT057",
     PROCESS(START FLOW("f", "s", "u") "<subProcess id=\"u\" triggeredByEvent=\"true\"/>"),
     PROCESS("<subProcess id=\"u\" triggeredByEvent=\"true\"/>")},
    {"EXT058",
     PROCESS("<subProcess id=\"u\" triggeredByEvent=\"true\"><task id=\"t\"/></subProcess>"),
     PROCESS("<subProcess id=\"u\" triggeredByEvent=\"true\">" START "</subProcess>")},
    {"EXT061", PROCESS("<adHocSubProcess id=\"u\"/>"),
     PROCESS("<adHocSubProcess id=\"u\"><task id=\"t\"/></adHocSubProcess>")},
    {"EXT065",
     ITEMS "<process id=\"p\"><supportedInterfaceRef>F</supportedInterfaceRef>" IO(
         "<dataInput id=\"in\" itemSubjectRef=\"J\"/>" INSET
         "<outputSet/>") "<ioBinding operationRef=\"O\" inputDataRef=\"in\" "
                         "outputDataRef=\"in\"/></process>",
     ITEMS "<process id=\"p\"><supportedInterfaceRef>F</supportedInterfaceRef>" IO(
         IN INSET "<outputSet/>") "<ioBinding operationRef=\"O\" inputDataRef=\"in\" "
                                  "outputDataRef=\"in\"/></process>"},
    {"EXT068",
     TASK("<task id=\"t\"><multiInstanceLoopCharacteristics><loopDataInputRef>d</loopDataInputRef>"
          "</multiInstanceLoopCharacteristics></task><dataObject id=\"d\"/>"),
     ITEMS TASK("<task id=\"t\">" IO(
         IN INSET
         "<outputSet/>") "<multiInstanceLoopCharacteristics><loopDataInputRef>in</loopDataInputRef>"
                         "</multiInstanceLoopCharacteristics></task>")},
    {"EXT079", PROCESS("<subProcess id=\"u\">" IO("<inputSet/><outputSet/>") "</subProcess>"),
     PROCESS("<task id=\"u\">" IO("<inputSet/><outputSet/>") "</task>")},
    {"EXT085",
     ITEMS TASK("<task id=\"t\">" IO(
         IN "<inputSet><optionalInputRefs>in</optionalInputRefs></inputSet>" INSET
            "<outputSet/>") "</task>"),
     ITEMS TASK("<task id=\"t\">" IO(IN "<inputSet><dataInputRefs>in</dataInputRefs>"
                                        "<optionalInputRefs>in</optionalInputRefs></inputSet>"
                                        "<outputSet/>") "</task>")},
    {"EXT089",
     ITEMS TASK("<task id=\"t\">" IO(OUT "<inputSet/><outputSet><optionalOutputRefs>out</"
                                         "optionalOutputRefs></outputSet>" OUTSET) "</task>"),
     ITEMS TASK("<task id=\"t\">" IO(OUT "<inputSet/>" OUTSET) "</task>")},
    {"EXT090",
     ITEMS TASK("<task id=\"t\">" IO(OUT
                                     "<inputSet/><outputSet><whileExecutingOutputRefs>out"
                                     "</whileExecutingOutputRefs></outputSet>" OUTSET) "</task>"),
     ITEMS TASK("<task id=\"t\">" IO(OUT "<inputSet/>" OUTSET) "</task>")},
    {"EXT092",
     TASK("<task id=\"t\"><dataInputAssociation><sourceRef>d</sourceRef><sourceRef>d2</sourceRef>"
          "<targetRef>d</targetRef></dataInputAssociation></task>"),
     TASK("<task id=\"t\"><dataInputAssociation><sourceRef>d</sourceRef><targetRef>d</targetRef>"
          "</dataInputAssociation></task>")},
    {"EXT101", PROCESS(START), TASK("<task id=\"t\"/>")},
    {"EXT109",
     "<collaboration id=\"c\"><participant id=\"q\"/><messageFlow id=\"m\" sourceRef=\"e\" "
     "targetRef=\"q\"/></collaboration>" TASK("<task id=\"t\"/>"),
     "<collaboration id=\"c\"><participant id=\"q\"/><messageFlow id=\"m\" sourceRef=\"t\" "
     "targetRef=\"q\"/></collaboration>" TASK("<task id=\"t\"/>")},
    {"EXT117",
     PROCESS(
         FLOW("f", "l", "t") "<intermediateThrowEvent id=\"l\"><linkEventDefinition name=\"x\"/>"
                             "</intermediateThrowEvent><task id=\"t\"/>"),
     PROCESS(
         FLOW("f", "t", "l") "<intermediateThrowEvent id=\"l\"><linkEventDefinition name=\"x\"/>"
                             "</intermediateThrowEvent><task id=\"t\"/>")},
    {"EXT118",
     PROCESS("<intermediateThrowEvent id=\"l\"><linkEventDefinition id=\"a\" name=\"x\">"
             "<target>b</target></linkEventDefinition></intermediateThrowEvent>"
             "<intermediateCatchEvent id=\"k\"><linkEventDefinition id=\"b\" name=\"x\"/>"
             "</intermediateCatchEvent>"),
     PROCESS("<intermediateThrowEvent id=\"l\"><linkEventDefinition id=\"a\" name=\"x\">"
             "<target>b</target></linkEventDefinition></intermediateThrowEvent>"
             "<intermediateCatchEvent id=\"k\"><linkEventDefinition id=\"b\" name=\"x\">"
             "<source>a</source></linkEventDefinition></intermediateCatchEvent>")},
    {"EXT131",
     TASK("<intermediateCatchEvent id=\"t\"><timerEventDefinition/></intermediateCatchEvent>"),
     TASK("<intermediateCatchEvent id=\"t\">" TIMER "</intermediateCatchEvent>")},
    {"EXT137",
     PROCESS("<eventBasedGateway id=\"g\"/><sequenceFlow id=\"f\" sourceRef=\"g\" targetRef=\"t\">"
             "<conditionExpression>true</conditionExpression></sequenceFlow><task id=\"t\"/>"),
     PROCESS("<exclusiveGateway id=\"g\"/><sequenceFlow id=\"f\" sourceRef=\"g\" targetRef=\"t\">"
             "<conditionExpression>true</conditionExpression></sequenceFlow><task id=\"t\"/>")},
    {"EXT152",
     PROCESS(
         "<task id=\"t\"/><subProcess id=\"u\"><task id=\"v\"/></subProcess>" FLOW("f", "t", "v")),
     PROCESS(
         "<task id=\"t\"/><subProcess id=\"u\"><task id=\"v\"/></subProcess>" FLOW("f", "t", "u"))},
    {"default-condition",
     PROCESS("<task id=\"t\" default=\"f\"/><task id=\"u\"/><sequenceFlow id=\"f\" sourceRef=\"t\" "
             "targetRef=\"u\"><conditionExpression>true</conditionExpression></sequenceFlow>"),
     PROCESS("<task id=\"t\" default=\"f\"/><task id=\"u\"/>" FLOW("f", "t", "u"))},
    {"loop-behavior",
     TASK("<task id=\"t\"><multiInstanceLoopCharacteristics behavior=\"One\"/></task>"),
     TASK("<task id=\"t\"><multiInstanceLoopCharacteristics behavior=\"All\"/></task>")},
    {"compensation-flow", TASK("<task id=\"t\" isForCompensation=\"true\"/>"),
     TASK("<task id=\"t\"/>")},
    {"message-event",
     "<collaboration id=\"c\"><participant id=\"q\"/><messageFlow id=\"m\" sourceRef=\"q\" "
     "targetRef=\"t\"/></collaboration>" TASK("<intermediateCatchEvent id=\"t\">" SIGNAL
                                              "</intermediateCatchEvent>"),
     "<collaboration id=\"c\"><participant id=\"q\"/><messageFlow id=\"m\" sourceRef=\"q\" "
     "targetRef=\"t\"/></collaboration>" TASK("<receiveTask id=\"t\"/>")},
};

static bool is_broken(Ctx *cx, const char *inside, const char *rule)
{
    BpmnProblems problems = {0};
    const BpmnModel *model;
    char *xml = text_format(cx->arena,
                            "<definitions xmlns=\"%s\" xmlns:xsi=\"http://www.w3.org/2001/"
                            "XMLSchema-instance\" targetNamespace=\"urn:t\">%s</definitions>",
                            BPMN_SPACE, inside);
    CHECK_OK(bpmn_read(cx, xml, strlen(xml), &model, &problems));
    bpmn_check(cx, model, &problems);
    for (size_t i = 0; i < problems.count; i++)
        if (strcmp(problems.items[i].rule, rule) == 0)
            return true;
    return false;
}

TEST(each_rule_tells_what_breaks_it_from_what_does_not)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *rule = cases[i].rule;
        CHECK_TEXT(is_broken(cx, cases[i].broken, rule) ? rule : "not broken", rule);
        CHECK_TEXT(is_broken(cx, cases[i].kept, rule) ? "broken" : rule, rule);
    }
}
