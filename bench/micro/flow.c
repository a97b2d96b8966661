// SPDX-License-Identifier: Apache-2.0
// The pure step: instances of an order process from start to end, in memory. Start, service,
// exclusive gateway, user task, split, two services, join, end: six steps.
#include "micro.h"

#include "bpmn/model.h"
#include "flow/step.h"

#include <string.h>

static const char order[] =
    "<definitions xmlns=\"" BPMN_SPACE "\" xmlns:m=\"" MILLRACE_SPACE
    "\" targetNamespace=\"urn:bench\"><process id=\"order\" isExecutable=\"true\">"
    "<startEvent id=\"start\"/><sequenceFlow id=\"f1\" sourceRef=\"start\" targetRef=\"check\"/>"
    "<serviceTask id=\"check\"><extensionElements><m:call function=\"stock.check\""
    " result=\"checked\"/></extensionElements></serviceTask>"
    "<sequenceFlow id=\"f2\" sourceRef=\"check\" targetRef=\"choice\"/>"
    "<exclusiveGateway id=\"choice\" default=\"f4\"/>"
    "<sequenceFlow id=\"f3\" sourceRef=\"choice\" targetRef=\"approve\">"
    "<conditionExpression>amount &gt; 1000</conditionExpression></sequenceFlow>"
    "<sequenceFlow id=\"f4\" sourceRef=\"choice\" targetRef=\"merge\"/>"
    "<userTask id=\"approve\"/><sequenceFlow id=\"f5\" sourceRef=\"approve\" targetRef=\"merge\"/>"
    "<exclusiveGateway id=\"merge\"/>"
    "<sequenceFlow id=\"f0\" sourceRef=\"merge\" targetRef=\"split\"/>"
    "<parallelGateway id=\"split\"/>"
    "<sequenceFlow id=\"f6\" sourceRef=\"split\" targetRef=\"reserve\"/>"
    "<sequenceFlow id=\"f7\" sourceRef=\"split\" targetRef=\"invoice\"/>"
    "<serviceTask id=\"reserve\"><extensionElements><m:call function=\"stock.reserve\"/>"
    "</extensionElements></serviceTask>"
    "<serviceTask id=\"invoice\"><extensionElements><m:call function=\"invoice.write\"/>"
    "</extensionElements></serviceTask>"
    "<sequenceFlow id=\"f8\" sourceRef=\"reserve\" targetRef=\"join\"/>"
    "<sequenceFlow id=\"f9\" sourceRef=\"invoice\" targetRef=\"join\"/>"
    "<parallelGateway id=\"join\"/>"
    "<sequenceFlow id=\"f10\" sourceRef=\"join\" targetRef=\"end\"/><endEvent id=\"end\"/>"
    "</process></definitions>";

static FALLIBLE order_graph(Ctx *cx, const Graph **out)
{
    BpmnProblems problems = {0};
    const BpmnModel *model;
    TRY(bpmn_read(cx, order, strlen(order), &model, &problems));
    TRY(bpmn_compile(cx, model, NULL, out, &problems));
    return bpmn_problems_error(cx, &problems);
}

// A place that waits for an answer: no token at the join.
static int waiting(const FlowState *state)
{
    for (size_t i = 0; i < state->place_count; i++)
        if (state->places[i].kind == PLACE_FUNCTION || state->places[i].kind == PLACE_WORK)
            return state->places[i].number;
    return 0;
}

static FALLIBLE instance_run(Ctx *cx, const Graph *graph, Value variables, bool packed)
{
    FlowOutcome outcome;
    FlowEvent event = {.kind = FLOW_START, .node = -1, .value = variables};
    TRY(flow_step(cx, graph, NULL, &event, &outcome));
    while (outcome.state.status == FLOW_RUNNING) {
        FlowState state = outcome.state;
        if (packed) {
            Text bytes = flow_pack(cx, &outcome.state);
            TRY(flow_unpack(cx, graph, bytes.bytes, bytes.length, &state));
        }
        event = (FlowEvent){.kind = FLOW_COMPLETE, .wait = waiting(&state)};
        TRY(flow_step(cx, graph, &state, &event, &outcome));
    }
    return NULL;
}

static FALLIBLE instances_run(Ctx *cx, int64_t rounds, bool packed)
{
    const Graph *graph;
    TRY(order_graph(cx, &graph));
    Value variables = value_context(cx->arena);
    value_set(cx->arena, variables, "amount", value_integer(4200));
    value_set(cx->arena, variables, "customer", value_text("Acme Pumps Ltd."));
    ArenaMark mark = arena_mark(cx->arena);
    for (int64_t i = 0; i < rounds; i++) {
        TRY(instance_run(cx, graph, variables, packed));
        arena_rewind(cx->arena, mark);
    }
    return NULL;
}

MICRO(instance, "flow-instance")
{
    return instances_run(cx, rounds, false);
}

MICRO(instance_packed, "flow-instance-packed")
{
    return instances_run(cx, rounds, true);
}
