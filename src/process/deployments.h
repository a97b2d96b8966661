// SPDX-License-Identifier: Apache-2.0
// Deployed models, compiled: process versions and decisions of one company.
//
// Private to process/. A compiled model has its own arena, is read-only and lives until
// deployments_close, so pointers to it may be kept by any thread. What counts as the newest version
// is asked of the database each time: another program may have deployed since.
#ifndef MILLRACE_PROCESS_DEPLOYMENTS_H
#define MILLRACE_PROCESS_DEPLOYMENTS_H

#include "bpmn/graph.h"
#include "dmn/dmn.h"
#include "process/bundle.h"

typedef struct ProcessModel {
    Id id; // of the row of process_version, unique for ever
    const char *key;
    int version;
    const Graph *graph;
    const char *const *personal; // names of personal fields and variables
    size_t personal_count;
    bool has_conditions; // some event in the flow waits for one
} ProcessModel;

typedef struct DecisionModel {
    Id id;
    const char *key;
    int version;
    const Dmn *dmn;
} DecisionModel;

typedef struct ProcessModels {
    const ProcessModel **items;
    size_t count;
} ProcessModels;

FALLIBLE model_by_id(Ctx *cx, Id id, const ProcessModel **out);
// The newest version; ERR_NOT_FOUND when nothing of that key is deployed.
FALLIBLE model_newest(Ctx *cx, const char *key, const ProcessModel **out);
// The newest versions that govern the entity.
FALLIBLE models_governing(Ctx *cx, const char *entity, ProcessModels *out);
FALLIBLE decision_newest(Ctx *cx, const char *key, const DecisionModel **out);

// The process whose steps alone ever change the field, as of the last load; NULL for none. Asks no
// database.
const char *deployments_owner(Ctx *cx, const char *entity, const char *field);

// Whether a change of such a record may matter to a step that waits: some deployed process governs
// the entity and has entry conditions. Asks no database.
bool deployments_watch(Ctx *cx, const char *entity);

// As the version was deployed, and such files deployed as the newest version of their process.
FALLIBLE model_files(Ctx *cx, Id id, ModelFiles *out);
FALLIBLE process_files_deploy(Ctx *cx, const ModelFiles *files);

// ERR_CONFLICT where the newest version of a process cannot go on with the schema that cx holds.
FALLIBLE deployments_fit(Ctx *cx);

// Reads and compiles what was deployed once; rules that came later are not asked of it.
FALLIBLE model_compile(Ctx *cx, const ModelFiles *files, ProcessModel *out);
// Asks everything of a model that is to be deployed: the standard's rules, the engine, this
// company's schema, function points and decisions, and what there is to warn of. *out is left alone
// when a problem blocks.
FALLIBLE model_judge(Ctx *cx, const BpmnModel *source, BpmnProblems *problems, const Graph **out);
// The same without the rules of the standard and the warnings: of what runs already.
FALLIBLE model_judge_again(Ctx *cx, const BpmnModel *source, BpmnProblems *problems,
                           const Graph **out);

#endif
