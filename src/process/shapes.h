// SPDX-License-Identifier: Apache-2.0
// Pieces that several answers of process/ share: names, departments, the open step, work items.
//
// Private to process/. Names are in the unit's language.
#ifndef MILLRACE_PROCESS_SHAPES_H
#define MILLRACE_PROCESS_SHAPES_H

#include "flow/step.h"
#include "process/deployments.h"
#include "process/describe.h"
#include "process/instance.h"
#include "process/waiting.h"

// The department and position that do the step: the task's own, else the lane's; NULL: none.
const char *node_department(const Graph *graph, const GraphNode *node);
const char *node_position(const Graph *graph, const GraphNode *node);

// Boundary events and event sub-processes are watched for; nobody waits at them.
bool node_is_watch(const GraphNode *node);

const char *model_name(Ctx *cx, const ProcessModel *model);
// The node's name, or the process's where there is no node.
const char *entry_name(Ctx *cx, const ProcessModel *model, const GraphNode *node);
// {key, name} of the process.
Value process_value(Ctx *cx, const ProcessModel *model);

// The instance, when the actor may see it: by "process.read", or by reading its subject.
FALLIBLE instance_readable(Ctx *cx, Id id, Instance **out);

// {key, name, process, instance, work_item, who: {department, position, users}, where}.
FALLIBLE open_step_of_item(Ctx *cx, Describer *describer, const WorkItem *item, Value *out);
// The step that stands in the way of changing `field` (NULL: any): the open work item that lists
// it, else the first open one, else what the instance waits for. Null when nothing is open.
FALLIBLE open_step_of_instance(Ctx *cx, Describer *describer, const Instance *instance,
                               const char *field, Value *out);

// The subject as the API shows records, {id, version, label, fields, references}, as far as the
// actor may read it; null when it may not.
FALLIBLE subject_record_value(Ctx *cx, const char *entity, Id subject, Value *out);

// The item as in the lists of the API.
FALLIBLE work_item_value(Ctx *cx, Describer *describer, const WorkItem *item, Value *out);

// Sets the members of `about` of an error, made if there is none.
Error *error_about(Ctx *cx, Error *error, const char *key, Value value);

#endif
