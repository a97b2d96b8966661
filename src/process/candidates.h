// SPDX-License-Identifier: Apache-2.0
// Who may do a work item: its audience, those it names, substitutes, and separation of duties.
//
// Private to process/. No permission stands above this: an administrator who is no candidate, or
// who did a step that must be kept apart, may not do it either. Claiming, delegating, forwarding,
// reassigning, distributing and standing in all ask here.
#ifndef MILLRACE_PROCESS_CANDIDATES_H
#define MILLRACE_PROCESS_CANDIDATES_H

#include "process/deployments.h"
#include "process/people.h"
#include "process/work_item.h"

// How the actor stands to an item.
typedef struct Candidacy {
    const char *why; // NULL: may do it; else what stands against it, as a sentence's text
    Id acting_for;   // may do it only for this person, whom the actor stands in for; 0: oneself
    bool apart;      // a candidate, but had a hand in a step that is kept apart
    bool delegate;   // holds it for its owner: may give it back, not complete it
} Candidacy;

FALLIBLE candidate_check(Ctx *cx, People *people, const WorkItem *item, Candidacy *out);

// Whether the person may do the item: among its candidates, and not kept apart. *why as above, of
// somebody else.
FALLIBLE candidate_other(Ctx *cx, People *people, const WorkItem *item, Person *person,
                         const char **why);
// The same of whoever it is handed to: by all groups that the model names, and those to which it
// was escalated, whatever it was forwarded to since.
FALLIBLE candidate_receiver(Ctx *cx, People *people, const WorkItem *item, Person *person,
                            const char **why);
FALLIBLE groups_of_item(Ctx *cx, const WorkItem *item, WorkGroups *out);
// Separation of duties alone: *other is the step that the person had a hand in, NULL: none.
FALLIBLE separate_check(Ctx *cx, const WorkItem *item, Id user, const GraphNode **other);

// The groups of an audience as it is written; none for NULL.
FALLIBLE groups_read(Ctx *cx, const char *text, WorkGroups *out);
// The audience of these groups as it is written, made when it is not there yet; NULL for none.
FALLIBLE audience_of(Ctx *cx, const WorkGroups *groups, const char **out);
// The audiences whose items the person may take.
FALLIBLE audiences_of_person(Ctx *cx, People *people, Person *person, Id **out, size_t *count);
// The groups that the model names for a step: all but those that name users.
void groups_of_node(Ctx *cx, const Graph *graph, const GraphNode *node, WorkGroups *out);

// Everybody it may be handed to: its groups by id, then those it names, without who is kept apart.
FALLIBLE candidates_list(Ctx *cx, People *people, const WorkItem *item, Person ***out,
                         size_t *count);

#endif
