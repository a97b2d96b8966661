// SPDX-License-Identifier: Apache-2.0
// What somebody does with a work item: how the actor stands to it is asked once, and every change
// of the item is one compare-and-set with one event.
//
// Private to process/.
#ifndef MILLRACE_PROCESS_DEED_H
#define MILLRACE_PROCESS_DEED_H

#include "process/candidates.h"

typedef struct Deed {
    WorkItem *item;
    People *people;
    Candidacy candidacy;
    bool mine; // the actor holds it
    bool lead; // the actor leads its department, or may reassign anything ("work.reassign")
} Deed;

// ERR_NOT_FOUND for whoever may not even see the item.
FALLIBLE deed_find(Ctx *cx, Id id, Deed *out);
// Open, free or the actor's own or held by somebody the actor stands in for, not blocked, and the
// actor may do it.
FALLIBLE deed_admit(Ctx *cx, Id id, Deed *out);
// The same, and it is no delegate's.
FALLIBLE deed_admit_owner(Ctx *cx, Id id, Deed *out);
// Writes what the item becomes, with the event; ERR_CONFLICT when another was faster. Whoever holds
// it anew has not seen it.
FALLIBLE deed_store(Ctx *cx, const Deed *deed, const WorkItem *after, WorkEvent event);
// A comment of a deed: NULL for none, ERR_LIMIT when too long.
FALLIBLE deed_comment(Ctx *cx, const char *given, const char **out);
#define LIMIT_WORK_COMMENT 2000
// The form as a delegate has filled it; an empty context for none.
FALLIBLE work_draft_read(Ctx *cx, const WorkItem *item, Value *out);

#endif
