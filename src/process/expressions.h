// SPDX-License-Identifier: Apache-2.0
// The expressions of a process held against the types that are known before it runs: the fields of
// the governed entity. Private to process/.
//
// What scripts and outputs write has no type, and may be anything. An entry that the entity does
// not have keeps the model from being deployed ("unknown-field"); whatever else can only give null
// is a warning ("doubtful-expression"). Each names the element, its line and the place in the
// expression.
#ifndef MILLRACE_PROCESS_EXPRESSIONS_H
#define MILLRACE_PROCESS_EXPRESSIONS_H

#include "bpmn/graph.h"
#include "record/schema.h"

// `entity` is the governed one; NULL: none.
FALLIBLE expressions_check(Ctx *cx, const BpmnModel *model, const Graph *graph,
                           const Entity *entity, BpmnProblems *problems);

#endif
