// SPDX-License-Identifier: Apache-2.0
// What a migration is, as values: its mapping, its row of the history, what changes.
//
// Private to process/.
#ifndef MILLRACE_PROCESS_MIGRATION_DETAIL_H
#define MILLRACE_PROCESS_MIGRATION_DETAIL_H

#include "flow/migrate.h"
#include "process/deployments.h"

FlowMigrationPlan migration_plan_of(Ctx *cx, Value mapping);
// Where two steps became one, the way back takes the last of them.
Value migration_inverse(Ctx *cx, Value mapping);

// The detail of a history row of the kind "migrated": {migration, from, to, mapping}.
#define MIGRATED "migrated"
Value migration_detail(Ctx *cx, Id migration, Id from, Id to, Value mapping);
FALLIBLE migration_detail_read(Ctx *cx, const char *detail, Id *from, Id *to,
                               FlowMigrationPlan *plan);

// [{kind: "gone", "new", "mapped", step: {key, name}, to: {key, name} | null}].
Value migration_changes(Ctx *cx, const ProcessModel *from, const ProcessModel *to, Value mapping);
// {key, name}; null for no step.
Value migration_step(Ctx *cx, const GraphNode *node);

#endif
