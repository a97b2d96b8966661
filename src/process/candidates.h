// SPDX-License-Identifier: Apache-2.0
// Who may do a work item: candidates by position, department and name, and separation of duties.
//
// Private to process/. No permission stands above this: an administrator who is no candidate, or
// who did a step that must be kept apart, may not do it either.
#ifndef MILLRACE_PROCESS_CANDIDATES_H
#define MILLRACE_PROCESS_CANDIDATES_H

#include "process/deployments.h"
#include "process/waiting.h"

// *why is NULL when the actor may do it, else what stands against it, as a sentence's text.
FALLIBLE candidate_check(Ctx *cx, const WorkItem *item, const char **why);

#endif
