// SPDX-License-Identifier: Apache-2.0
// Models that break a rule of the specification: each is refused by the rule that its folder is
// named by, with the element and the line. That no good model is refused is the business of
// bpmn/execution and bpmn/interchange.
#include "bpmn/graph.h"
#include "suite.h"

#include <string.h>

// The name of the folder that the file stands in.
static const char *folder_of(Ctx *cx, const char *path)
{
    const char *end = strrchr(path, '/'), *start = end;
    while (start > path && start[-1] != '/')
        start--;
    return end ? text_slice(cx->arena, start, (size_t)(end - start)) : "";
}

static bool is_said(const BpmnProblems *problems, const char *rule)
{
    for (size_t i = 0; i < problems->count; i++)
        if (!problems->items[i].warning && strcmp(problems->items[i].rule, rule) == 0 &&
            *problems->items[i].element && problems->items[i].line > 0)
            return true;
    return false;
}

static FALLIBLE deploy(Ctx *cx, Text xml, BpmnProblems *problems)
{
    const BpmnModel *model;
    TRY(bpmn_read(cx, xml.bytes, xml.length, &model, problems));
    bpmn_check(cx, model, problems);
    for (size_t i = 0; i < model->process_count; i++) {
        const Graph *graph;
        TRY(bpmn_compile(cx, model, xml_attribute(model->processes[i], "id"), &graph, problems));
    }
    return bpmn_problems_error(cx, problems);
}

void bpmn_rejected_judge(const SuiteRun *run, const char *name, Text xml, const char *rule)
{
    BpmnProblems problems = {0};
    Error *refusal = deploy(run->cx, xml, &problems);
    bool passes = refusal && is_said(&problems, rule);
    run->tally->total++;
    run->tally->passed += passes;
    if (!passes && run->out) {
        fprintf(run->out, "FAIL %s: %s, not by %s:", name, refusal ? "refused" : "taken", rule);
        for (size_t i = 0; i < problems.count; i++)
            fprintf(run->out, " %s(%s)", problems.items[i].rule, problems.items[i].element);
        fprintf(run->out, "\n");
    }
}

static FALLIBLE visit(const SuiteRun *run, const char *path)
{
    Text xml;
    TRY(suite_file(run->cx, path, &xml));
    bpmn_rejected_judge(run, path, xml, folder_of(run->cx, path));
    return NULL;
}

FALLIBLE bpmn_rejected_run(const SuiteRun *run)
{
    return suite_walk(run, ".bpmn", visit);
}
