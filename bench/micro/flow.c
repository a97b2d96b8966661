// SPDX-License-Identifier: Apache-2.0
// The pure step: one instance from its start to its end, its state packed and unpacked between the
// steps as in a row of the database. Start, service, choice, user, split, two services, join, end:
// five steps.
#include "micro.h"

#include "flow/step.h"

#include <string.h>

static const char model_xml[] =
    "<definitions xmlns='" BPMN_SPACE "' xmlns:m='" MILLRACE_SPACE "' targetNamespace='urn:b'>"
    "<process id='order' isExecutable='true'><startEvent id='s'/>"
    "<serviceTask id='check'><extensionElements><m:call function='check'>"
    "<m:input name='amount' value='amount'/><m:output name='risk' value='result.risk'/></m:call>"
    "</extensionElements></serviceTask>"
    "<exclusiveGateway id='high' default='no'/>"
    "<userTask id='approve'><extensionElements><m:task due='P1D'/></extensionElements></userTask>"
    "<parallelGateway id='split'/>"
    "<serviceTask id='ship'><extensionElements><m:call function='ship'/></extensionElements>"
    "</serviceTask>"
    "<serviceTask id='bill'><extensionElements><m:call function='bill'/></extensionElements>"
    "</serviceTask>"
    "<parallelGateway id='join'/><endEvent id='e'/><endEvent id='low'/>"
    "<sequenceFlow id='f1' sourceRef='s' targetRef='check'/>"
    "<sequenceFlow id='f2' sourceRef='check' targetRef='high'/>"
    "<sequenceFlow id='f3' sourceRef='high' targetRef='approve'>"
    "<conditionExpression>risk &gt; 3</conditionExpression></sequenceFlow>"
    "<sequenceFlow id='no' sourceRef='high' targetRef='low'/>"
    "<sequenceFlow id='f4' sourceRef='approve' targetRef='split'/>"
    "<sequenceFlow id='f5' sourceRef='split' targetRef='ship'/>"
    "<sequenceFlow id='f6' sourceRef='split' targetRef='bill'/>"
    "<sequenceFlow id='f7' sourceRef='ship' targetRef='join'/>"
    "<sequenceFlow id='f8' sourceRef='bill' targetRef='join'/>"
    "<sequenceFlow id='f9' sourceRef='join' targetRef='e'/></process></definitions>";

static FALLIBLE graph_make(Ctx *cx, const Graph **out)
{
    BpmnProblems problems = {0};
    const BpmnModel *model;
    TRY(bpmn_read(cx, model_xml, strlen(model_xml), &model, &problems));
    TRY(bpmn_compile(cx, model, NULL, out, &problems));
    return bpmn_problems_error(cx, &problems);
}

// Answers what the step asks, the newest first, until the instance has ended.
static FALLIBLE instance_run(Ctx *cx, const Graph *graph, Value variables, Value risk)
{
    FlowState state = {0};
    FlowEvent event = {.kind = FLOW_START, .node = -1, .value = variables};
    int open[8], count = 0;
    for (;;) {
        FlowOutcome outcome;
        TRY(flow_step(cx, graph, &state, &event, &outcome));
        for (size_t i = 0; i < outcome.effect_count; i++)
            if (outcome.effects[i].kind == EFFECT_FUNCTION_CALL ||
                outcome.effects[i].kind == EFFECT_WORK_OFFER)
                open[count++] = outcome.effects[i].wait;
        Text packed = flow_pack(cx, &outcome.state);
        if (!count && outcome.state.status != FLOW_COMPLETED)
            return FAIL(cx, ERR_INTERNAL, "the instance has not come to its end");
        if (!count)
            return NULL;
        TRY(flow_unpack(cx, graph, packed.bytes, packed.length, &state));
        event = (FlowEvent){.kind = FLOW_COMPLETE, .wait = open[--count]};
        if (graph->nodes[flow_place(&state, event.wait)->node].function)
            event.value = risk;
    }
}

MICRO(flow_instance, "flow-instance")
{
    const Graph *graph;
    TRY(graph_make(cx, &graph));
    Value variables = value_context(cx->arena), risk = value_context(cx->arena);
    value_set(cx->arena, variables, "amount", value_number(decimal_scaled(420000, -2)));
    value_set(cx->arena, risk, "risk", value_integer(5));
    ArenaMark mark = arena_mark(cx->arena);
    for (int64_t i = 0; i < rounds; i++) {
        TRY(instance_run(cx, graph, variables, risk));
        arena_rewind(cx->arena, mark);
    }
    return NULL;
}

MICRO(bpmn_compilation, "bpmn-compile")
{
    ArenaMark mark = arena_mark(cx->arena);
    for (int64_t i = 0; i < rounds; i++) {
        const Graph *graph;
        TRY(graph_make(cx, &graph));
        arena_rewind(cx->arena, mark);
    }
    return NULL;
}
