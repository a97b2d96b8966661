// SPDX-License-Identifier: Apache-2.0
#include "process/advice.h"

#include "bpmn/style.h"
#include "flow/explore.h"

static void finding_say(Ctx *cx, const BpmnModel *model, const Graph *graph, const Finding *finding,
                        BpmnProblems *problems)
{
    const char *id = finding->node < 0 ? graph->id : graph->nodes[finding->node].id;
    const XmlNode *element = bpmn_element(model, id);
    switch (finding->kind) {
    case FINDING_DEAD_STEP:
        bpmn_warning(cx, problems, element, "dead-step", "Lead a way to it, or remove it.",
                     "no way ever leads to '%s'", id);
        return;
    case FINDING_DEADLOCK:
        bpmn_warning(cx, problems, element, "deadlock",
                     "Does a join wait for a way that was not taken?",
                     "the process can get stuck at '%s'", id);
        return;
    case FINDING_NO_END:
        bpmn_warning(cx, problems, element, "no-end", "Lead a way out to an end event.",
                     "the process can come to where no end can be reached: '%s'", id);
        return;
    case FINDING_UNBOUNDED:
        bpmn_warning(cx, problems, element, "tokens-pile-up",
                     "Join what was split before it leads back.", "tokens can pile up at '%s'", id);
        return;
    }
}

static FALLIBLE soundness_add(Ctx *cx, const BpmnModel *model, const Graph *graph,
                              BpmnProblems *problems)
{
    Exploration exploration;
    TRY(flow_explore(cx, graph, LIMIT_ADVICE_STATES, &exploration));
    for (size_t i = 0; i < exploration.finding_count; i++)
        finding_say(cx, model, graph, &exploration.findings[i], problems);
    if (!exploration.complete)
        bpmn_warning(cx, problems, bpmn_element(model, graph->id), "not-explored-whole",
                     "Smaller processes can be explored whole.",
                     "only %zu states were explored; there may be more to find",
                     exploration.states);
    return NULL;
}

FALLIBLE advice_add(Ctx *cx, const BpmnModel *model, const Graph *graph, BpmnProblems *problems)
{
    bpmn_style(cx, model, graph, problems);
    return soundness_add(cx, model, graph, problems);
}
