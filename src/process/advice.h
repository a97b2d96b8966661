// SPDX-License-Identifier: Apache-2.0
// What a model that can be deployed still gives to think about: warnings.
//
// Soundness is found by exploring the step (flow/explore.h) within limits on states and steps;
// when they end it, one warning says so. Style is bpmn/style.h.
#ifndef MILLRACE_PROCESS_ADVICE_H
#define MILLRACE_PROCESS_ADVICE_H

#include "bpmn/graph.h"

#define LIMIT_ADVICE_STATES 5000

FALLIBLE advice_add(Ctx *cx, const BpmnModel *model, const Graph *graph, BpmnProblems *problems);

#endif
