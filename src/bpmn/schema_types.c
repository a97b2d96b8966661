// SPDX-License-Identifier: Apache-2.0
// The table of schema.h; sorted by name. Source: BPMN 2.0.2, Semantic.xsd and BPMN20.xsd, and for
// the kinds behind references the metamodel of chapters 8 to 11.
#include "bpmn/schema.h"

#include <stdlib.h>
#include <string.h>

static const SchemaType types[] = {
    {"activity", "flowNode", true,
     "isForCompensation:boolean startQuantity:integer "
     "completionQuantity:integer default=sequenceFlow",
     "ioSpecification? property* dataInputAssociation* dataOutputAssociation* "
     "resourceRole* loopCharacteristics?"},
    {"adHocSubProcess", "subProcess", false,
     "cancelRemainingInstances:boolean ordering:Parallel|Sequential",
     "completionCondition:expression?"},
    {"artifact", "baseElement", true, "", ""},
    {"assignment", "baseElement", false, "", "from:expression! to:expression!"},
    {"association", "artifact", false,
     "sourceRef!=* targetRef!=* associationDirection:None|One|Both", ""},
    {"auditing", "baseElement", false, "", ""},
    {"baseElement", "", true, "id:id", "documentation* extensionElements?"},
    {"baseElementWithMixedContent", "", true, "id:id", "documentation* extensionElements?"},
    {"boundaryEvent", "catchEvent", false, "cancelActivity:boolean attachedToRef!=activity", ""},
    {"businessRuleTask", "task", false, "implementation:uri", ""},
    {"callActivity", "activity", false, "calledElement~callableElement", ""},
    {"callChoreography", "choreographyActivity", false,
     "calledChoreographyRef=choreography,globalChoreographyTask", "participantAssociation*"},
    {"callConversation", "conversationNode", false, "calledCollaborationRef=collaboration",
     "participantAssociation*"},
    {"callableElement", "rootElement", false, "name:text",
     "supportedInterfaceRef=interface* ioSpecification? ioBinding*"},
    {"cancelEventDefinition", "eventDefinition", false, "", ""},
    {"catchEvent", "event", true, "parallelMultiple:boolean",
     "dataOutput* dataOutputAssociation* outputSet? eventDefinition* "
     "eventDefinitionRef=eventDefinition*"},
    {"category", "rootElement", false, "name:text", "categoryValue*"},
    {"categoryValue", "baseElement", false, "value:text", ""},
    {"choreography", "collaboration", false, "", "flowElement*"},
    {"choreographyActivity", "flowNode", true,
     "initiatingParticipantRef!=participant "
     "loopType:None|Standard|MultiInstanceSequential|MultiInstanceParallel",
     "participantRef=participant++ correlationKey*"},
    {"choreographyTask", "choreographyActivity", false, "", "messageFlowRef=messageFlow!2"},
    {"collaboration", "rootElement", false, "name:text isClosed:boolean",
     "participant* messageFlow* artifact* conversationNode* "
     "conversationAssociation* participantAssociation* messageFlowAssociation* "
     "correlationKey* choreographyRef=choreography* conversationLink*"},
    {"compensateEventDefinition", "eventDefinition", false,
     "waitForCompletion:boolean activityRef=activity", ""},
    {"complexBehaviorDefinition", "baseElement", false, "",
     "condition:formalExpression! event:implicitThrowEvent?"},
    {"complexGateway", "gateway", false, "default=sequenceFlow", "activationCondition:expression?"},
    {"conditionalEventDefinition", "eventDefinition", false, "", "condition:expression!"},
    {"conversation", "conversationNode", false, "", ""},
    {"conversationAssociation", "baseElement", false,
     "innerConversationNodeRef!=conversationNode "
     "outerConversationNodeRef!=conversationNode",
     ""},
    {"conversationLink", "baseElement", false, "name:text sourceRef!=@talks targetRef!=@talks", ""},
    {"conversationNode", "baseElement", true, "name:text",
     "participantRef=participant* messageFlowRef=messageFlow* correlationKey*"},
    {"correlationKey", "baseElement", false, "name:text",
     "correlationPropertyRef=correlationProperty*"},
    {"correlationProperty", "rootElement", false, "name:text type=itemDefinition",
     "correlationPropertyRetrievalExpression+"},
    {"correlationPropertyBinding", "baseElement", false,
     "correlationPropertyRef!=correlationProperty", "dataPath:formalExpression!"},
    {"correlationPropertyRetrievalExpression", "baseElement", false, "messageRef!=message",
     "messagePath:formalExpression!"},
    {"correlationSubscription", "baseElement", false, "correlationKeyRef!=correlationKey",
     "correlationPropertyBinding*"},
    {"dataAssociation", "baseElement", false, "",
     "sourceRef=@data* targetRef=@data! transformation:formalExpression? "
     "assignment*"},
    {"dataInput", "baseElement", false,
     "name:text itemSubjectRef=itemDefinition isCollection:boolean", "dataState?"},
    {"dataInputAssociation", "dataAssociation", false, "", ""},
    {"dataObject", "flowElement", false, "itemSubjectRef=itemDefinition isCollection:boolean",
     "dataState?"},
    {"dataObjectReference", "flowElement", false,
     "itemSubjectRef=itemDefinition dataObjectRef=dataObject", "dataState?"},
    {"dataOutput", "baseElement", false,
     "name:text itemSubjectRef=itemDefinition isCollection:boolean", "dataState?"},
    {"dataOutputAssociation", "dataAssociation", false, "", ""},
    {"dataState", "baseElement", false, "name:text", ""},
    {"dataStore", "rootElement", false,
     "name:text capacity:integer isUnlimited:boolean "
     "itemSubjectRef=itemDefinition",
     "dataState?"},
    {"dataStoreReference", "flowElement", false,
     "itemSubjectRef=itemDefinition dataStoreRef=dataStore", "dataState?"},
    {"definitions", "", false,
     "id:id name:text targetNamespace!:uri expressionLanguage:uri "
     "typeLanguage:uri exporter:text exporterVersion:text",
     "import* extension* rootElement* relationship*"},
    {"documentation", "", false, "id:id textFormat:text", "any*"},
    {"endEvent", "throwEvent", false, "", ""},
    {"endPoint", "rootElement", false, "", ""},
    {"error", "rootElement", false, "name:text errorCode:text structureRef=itemDefinition", ""},
    {"errorEventDefinition", "eventDefinition", false, "errorRef=error", ""},
    {"escalation", "rootElement", false,
     "name:text escalationCode:text structureRef=itemDefinition", ""},
    {"escalationEventDefinition", "eventDefinition", false, "escalationRef=escalation", ""},
    {"event", "flowNode", true, "", "property*"},
    {"eventBasedGateway", "gateway", false,
     "instantiate:boolean eventGatewayType:Exclusive|Parallel", ""},
    {"eventDefinition", "rootElement", true, "", ""},
    {"exclusiveGateway", "gateway", false, "default=sequenceFlow", ""},
    {"expression", "baseElementWithMixedContent", false, "", ""},
    {"extension", "", false, "definition:qname mustUnderstand:boolean", "documentation*"},
    {"extensionElements", "", false, "", "any*"},
    {"flowElement", "baseElement", true, "name:text",
     "auditing? monitoring? categoryValueRef=categoryValue*"},
    {"flowNode", "flowElement", true, "", "incoming=sequenceFlow* outgoing=sequenceFlow*"},
    {"formalExpression", "expression", false, "language:uri evaluatesToTypeRef=itemDefinition", ""},
    {"gateway", "flowNode", false, "gatewayDirection:Unspecified|Converging|Diverging|Mixed", ""},
    {"globalBusinessRuleTask", "globalTask", false, "implementation:uri", ""},
    {"globalChoreographyTask", "choreography", false, "initiatingParticipantRef=participant", ""},
    {"globalConversation", "collaboration", false, "", ""},
    {"globalManualTask", "globalTask", false, "", ""},
    {"globalScriptTask", "globalTask", false, "scriptLanguage:uri", "script?"},
    {"globalTask", "callableElement", false, "", "resourceRole*"},
    {"globalUserTask", "globalTask", false, "implementation:uri", "rendering*"},
    {"group", "artifact", false, "categoryValueRef=categoryValue", ""},
    {"humanPerformer", "performer", false, "", ""},
    {"implicitThrowEvent", "throwEvent", false, "", ""},
    {"import", "", false, "namespace!:uri location!:text importType!:uri", ""},
    {"inclusiveGateway", "gateway", false, "default=sequenceFlow", ""},
    {"inputOutputBinding", "baseElement", false,
     "operationRef!=operation inputDataRef!=dataInput,inputSet "
     "outputDataRef!=dataOutput,outputSet",
     ""},
    {"inputOutputSpecification", "baseElement", false, "",
     "dataInput* dataOutput* inputSet+ outputSet+"},
    {"inputSet", "baseElement", false, "name:text",
     "dataInputRefs=dataInput* optionalInputRefs=dataInput* "
     "whileExecutingInputRefs=dataInput* outputSetRefs=outputSet*"},
    {"interface", "rootElement", false, "name!:text implementationRef:qname", "operation+"},
    {"intermediateCatchEvent", "catchEvent", false, "", ""},
    {"intermediateThrowEvent", "throwEvent", false, "", ""},
    {"itemDefinition", "rootElement", false,
     "structureRef:qname isCollection:boolean itemKind:Information|Physical", ""},
    {"lane", "baseElement", false, "name:text partitionElementRef=*",
     "partitionElement:baseElement? flowNodeRef=flowNode* childLaneSet:laneSet?"},
    {"laneSet", "baseElement", false, "name:text", "lane*"},
    {"linkEventDefinition", "eventDefinition", false, "name!:text",
     "source=linkEventDefinition* target=linkEventDefinition?"},
    {"loopCharacteristics", "baseElement", true, "", ""},
    {"manualTask", "task", false, "", ""},
    {"message", "rootElement", false, "name:text itemRef=itemDefinition", ""},
    {"messageEventDefinition", "eventDefinition", false, "messageRef=message",
     "operationRef=operation?"},
    {"messageFlow", "baseElement", false,
     "name:text sourceRef!=@talks targetRef!=@talks messageRef=message", ""},
    {"messageFlowAssociation", "baseElement", false,
     "innerMessageFlowRef!=messageFlow outerMessageFlowRef!=messageFlow", ""},
    {"monitoring", "baseElement", false, "", ""},
    {"multiInstanceLoopCharacteristics", "loopCharacteristics", false,
     "isSequential:boolean behavior:None|One|All|Complex "
     "oneBehaviorEventRef=eventDefinition noneBehaviorEventRef=eventDefinition",
     "loopCardinality:expression? loopDataInputRef=@data? "
     "loopDataOutputRef=@data? inputDataItem:dataInput? "
     "outputDataItem:dataOutput? complexBehaviorDefinition* "
     "completionCondition:expression?"},
    {"operation", "baseElement", false, "name!:text implementationRef:qname",
     "inMessageRef=message! outMessageRef=message? errorRef=error*"},
    {"outputSet", "baseElement", false, "name:text",
     "dataOutputRefs=dataOutput* optionalOutputRefs=dataOutput* "
     "whileExecutingOutputRefs=dataOutput* inputSetRefs=inputSet*"},
    {"parallelGateway", "gateway", false, "", ""},
    {"participant", "baseElement", false, "name:text processRef=process",
     "interfaceRef=interface* endPointRef=endPoint* participantMultiplicity?"},
    {"participantAssociation", "baseElement", false, "",
     "innerParticipantRef=participant! outerParticipantRef=participant!"},
    {"participantMultiplicity", "baseElement", false, "minimum:integer maximum:integer", ""},
    {"partnerEntity", "rootElement", false, "name:text", "participantRef=participant*"},
    {"partnerRole", "rootElement", false, "name:text", "participantRef=participant*"},
    {"performer", "resourceRole", false, "", ""},
    {"potentialOwner", "humanPerformer", false, "", ""},
    {"process", "callableElement", false,
     "processType:None|Public|Private isClosed:boolean isExecutable:boolean "
     "definitionalCollaborationRef=collaboration",
     "auditing? monitoring? property* laneSet* flowElement* artifact* "
     "resourceRole* correlationSubscription* supports=process*"},
    {"property", "baseElement", false, "name:text itemSubjectRef=itemDefinition", "dataState?"},
    {"receiveTask", "task", false,
     "implementation:uri instantiate:boolean messageRef=message "
     "operationRef=operation",
     ""},
    {"relationship", "baseElement", false, "type!:text direction:None|Forward|Backward|Both",
     "source:qname+ target:qname+"},
    {"rendering", "baseElement", false, "", ""},
    {"resource", "rootElement", false, "name!:text", "resourceParameter*"},
    {"resourceAssignmentExpression", "baseElement", false, "", "expression!"},
    {"resourceParameter", "baseElement", false, "name:text type=itemDefinition isRequired:boolean",
     ""},
    {"resourceParameterBinding", "baseElement", false, "parameterRef!=resourceParameter",
     "expression!"},
    {"resourceRole", "baseElement", false, "name:text",
     "resourceRef=resource? resourceParameterBinding* "
     "resourceAssignmentExpression?"},
    {"rootElement", "baseElement", true, "", ""},
    {"script", "", false, "", "any*"},
    {"scriptTask", "task", false, "scriptFormat:text", "script?"},
    {"sendTask", "task", false, "implementation:uri messageRef=message operationRef=operation", ""},
    {"sequenceFlow", "flowElement", false,
     "sourceRef!=flowNode targetRef!=flowNode isImmediate:boolean",
     "conditionExpression:expression?"},
    {"serviceTask", "task", false, "implementation:uri operationRef=operation", ""},
    {"signal", "rootElement", false, "name:text structureRef~itemDefinition", ""},
    {"signalEventDefinition", "eventDefinition", false, "signalRef=signal", ""},
    {"standardLoopCharacteristics", "loopCharacteristics", false,
     "testBefore:boolean loopMaximum:integer", "loopCondition:expression?"},
    {"startEvent", "catchEvent", false, "isInterrupting:boolean", ""},
    {"subChoreography", "choreographyActivity", false, "", "flowElement* artifact*"},
    {"subConversation", "conversationNode", false, "", "conversationNode*"},
    {"subProcess", "activity", false, "triggeredByEvent:boolean",
     "laneSet* flowElement* artifact*"},
    {"task", "activity", false, "", ""},
    {"terminateEventDefinition", "eventDefinition", false, "", ""},
    {"text", "", false, "", "any*"},
    {"textAnnotation", "artifact", false, "textFormat:text", "text?"},
    {"throwEvent", "event", true, "",
     "dataInput* dataInputAssociation* inputSet? eventDefinition* "
     "eventDefinitionRef=eventDefinition*"},
    {"timerEventDefinition", "eventDefinition", false, "",
     "timeDate:expression? timeDuration:expression? timeCycle:expression?"},
    {"transaction", "subProcess", false, "method:uri", ""},
    {"userTask", "task", false, "implementation:uri", "rendering*"},
};

static int by_name(const void *name, const void *type)
{
    return strcmp(name, ((const SchemaType *)type)->name);
}

// Types whose elements have another name, and elements within one type only.
static const char *const other_names[][2] = {
    {"childLaneSet", "laneSet"},      {"inputDataItem", "dataInput"},
    {"outputDataItem", "dataOutput"}, {"ioBinding", "inputOutputBinding"},
    {"event", "implicitThrowEvent"},  {"ioSpecification", "inputOutputSpecification"},
};

const SchemaType *schema_type(const char *name)
{
    return bsearch(name, types, sizeof types / sizeof *types, sizeof *types, by_name);
}

bool schema_derives(const char *type, const char *kind)
{
    for (const SchemaType *at = schema_type(type); at; at = schema_type(at->base))
        if (strcmp(at->name, kind) == 0)
            return true;
    return false;
}

bool schema_is(const XmlNode *element, const char *kind)
{
    if (!element || strcmp(element->space, BPMN_SPACE) != 0)
        return false;
    const char *type = element->name;
    for (size_t i = 0; i < sizeof other_names / sizeof *other_names; i++)
        if (strcmp(other_names[i][0], type) == 0)
            type = other_names[i][1];
    return schema_derives(type, kind);
}
