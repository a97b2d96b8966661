// SPDX-License-Identifier: Apache-2.0
// How well a process reads: warnings that block nothing.
//
// After the seven guidelines of Mendling, Reijers and van der Aalst (2010): few elements, few arms
// at a gateway, one start and one end, names of verb and object ("Check credit", 审核信用). What a
// name is made of is guessed from lists of words; a name that is neither plainly right nor plainly
// wrong is left in peace.
#ifndef MILLRACE_BPMN_STYLE_H
#define MILLRACE_BPMN_STYLE_H

#include "bpmn/graph.h"

void bpmn_style(Ctx *cx, const BpmnModel *model, const Graph *graph, BpmnProblems *problems);

typedef enum LabelForm { LABEL_UNKNOWN, LABEL_VERB_OBJECT, LABEL_OTHER } LabelForm;

// The form of a step's name, English or Chinese as its letters are.
LabelForm bpmn_label_form(Ctx *cx, const char *label);

#endif
