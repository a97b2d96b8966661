// SPDX-License-Identifier: Apache-2.0
// BPMN: a stranger's model is read and all its processes compiled; whatever is wrong is a problem
// with a message, and what compiles has only indexes that exist.
#include "bpmn/style.h"
#include "fuzz.h"

#include <string.h>

static void edges_hold(const Graph *graph)
{
    for (size_t i = 0; i < graph->edge_count; i++) {
        const GraphEdge *edge = &graph->edges[i];
        FUZZ_HOLDS(edge->source >= 0 && (size_t)edge->source < graph->node_count);
        FUZZ_HOLDS(edge->target >= 0 && (size_t)edge->target < graph->node_count);
    }
}

static void graph_holds(const Graph *graph)
{
    edges_hold(graph);
    FUZZ_HOLDS(graph->scope_count > 0 && graph->node_count <= LIMIT_GRAPH_NODES);
    for (size_t i = 0; i < graph->node_count; i++) {
        const GraphNode *node = &graph->nodes[i];
        FUZZ_HOLDS(node->scope >= 0 && (size_t)node->scope < graph->scope_count);
        FUZZ_HOLDS(node->inner < (int)graph->scope_count && node->lane < (int)graph->lane_count);
        FUZZ_HOLDS(node->attached_to < (int)graph->node_count);
        FUZZ_HOLDS(node->compensation < (int)graph->node_count);
        FUZZ_HOLDS(node->default_edge < (int)graph->edge_count);
        FUZZ_HOLDS((node->kind == NODE_BOUNDARY) == (node->attached_to >= 0));
        FUZZ_HOLDS(*graph_node_name(node, "zh-CN") || !*node->id);
        for (size_t k = 0; k < node->outgoing_count; k++)
            FUZZ_HOLDS(graph->edges[node->outgoing[k]].source == node->index);
    }
}

static void problems_hold(Ctx *cx, BpmnProblems *problems)
{
    FUZZ_HOLDS(problems->count <= LIMIT_BPMN_PROBLEMS + 1);
    for (size_t i = 0; i < problems->count; i++)
        FUZZ_HOLDS(*problems->items[i].message && *problems->items[i].rule);
    fuzz_fine(bpmn_problems_error(cx, problems));
}

static void run(Ctx *cx, const char *bytes, size_t length)
{
    BpmnProblems problems = {0};
    const BpmnModel *model;
    if (!fuzz_fine(bpmn_read(cx, bytes, length, &model, &problems)))
        return;
    if (length % 2) // what was not checked must not bring the compiler down either
        bpmn_check(cx, model, &problems);
    for (size_t i = 0; i < model->process_count; i++) {
        const Graph *graph = NULL;
        const char *id = xml_attribute(model->processes[i], "id");
        if (id && fuzz_fine(bpmn_compile(cx, model, id, &graph, &problems)) && graph) {
            graph_holds(graph);
            bpmn_style(cx, model, graph, &problems);
        }
    }
    problems_hold(cx, &problems);
}

static const char *const seeds[] = {
    "<definitions xmlns='" BPMN_SPACE "' xmlns:m='" MILLRACE_SPACE "'>"
    "<message id='M' name='m'><extensionElements><m:correlation key='x'/></extensionElements>"
    "</message><process id='p' isExecutable='true'><startEvent id='s'/>"
    "<sequenceFlow id='f' sourceRef='s' targetRef='g'/><exclusiveGateway id='g' default='h'/>"
    "<sequenceFlow id='h' sourceRef='g' targetRef='t'/>"
    "<sequenceFlow id='i' sourceRef='g' targetRef='e'>"
    "<conditionExpression>x &gt; 1</conditionExpression></sequenceFlow>"
    "<userTask id='t'><multiInstanceLoopCharacteristics isSequential='true'>"
    "<loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></userTask>"
    "<boundaryEvent id='b' attachedToRef='t'><timerEventDefinition><timeCycle>R3/PT1H</timeCycle>"
    "</timerEventDefinition></boundaryEvent><sequenceFlow id='j' sourceRef='t' targetRef='e'/>"
    "<subProcess id='u' triggeredByEvent='true'><startEvent id='v'>"
    "<messageEventDefinition messageRef='M'/></startEvent></subProcess>"
    "<endEvent id='e'/></process></definitions>",
    NULL,
};
static const char *const files[] = {"packs/*/*.bpmn", "src/process/test_packs/*/*.bpmn", NULL};

const FuzzTarget fuzz_target = {.run = run, .seeds = seeds, .files = files};
