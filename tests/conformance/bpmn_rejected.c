// SPDX-License-Identifier: Apache-2.0
// Models that break a rule of the specification: each is refused, with an element or a line named.
// That no good model is refused is the business of bpmn/execution.
#include "bpmn/graph.h"
#include "suite.h"

static bool is_placed(const Error *error, const BpmnProblems *problems)
{
    for (size_t i = 0; i < problems->count; i++)
        if (!problems->items[i].warning && (problems->items[i].element || problems->items[i].line))
            return true;
    return problems->count == 0 && error->line > 0;
}

static FALLIBLE deploy(Ctx *cx, Text xml, BpmnProblems *problems)
{
    const BpmnModel *model;
    TRY(bpmn_read(cx, xml.bytes, xml.length, &model, problems));
    for (size_t i = 0; i < model->process_count; i++) {
        const Graph *graph;
        TRY(bpmn_compile(cx, model, xml_attribute(model->processes[i], "id"), &graph, problems));
    }
    return bpmn_problems_error(cx, problems);
}

static FALLIBLE visit(const SuiteRun *run, const char *path)
{
    Text xml;
    BpmnProblems problems = {0};
    TRY(suite_file(run->cx, path, &xml));
    Error *refusal = deploy(run->cx, xml, &problems);
    bool passes = refusal && is_placed(refusal, &problems);
    run->tally->total++;
    run->tally->passed += passes;
    if (!passes && run->out)
        fprintf(run->out, "FAIL %s: %s\n", path, refusal ? refusal->message : "the model is taken");
    return NULL;
}

FALLIBLE bpmn_rejected_run(const SuiteRun *run)
{
    return suite_walk(run, ".bpmn", visit);
}
