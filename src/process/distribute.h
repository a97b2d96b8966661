// SPDX-License-Identifier: Apache-2.0
// Giving offered work to people: fair, by what they can and already hold, deterministic.
//
// Private to process/. Of the candidates who are not kept apart, not away and below their capacity,
// one is taken: the next in turn, the least busy (then the next in turn), or the best in the skill
// asked for (then the least busy). When nobody has room the item stays offered and waits; it is
// given away as soon as somebody has. The turn of a step is one row that every giving writes, so
// that two at once are put in order by the database.
#ifndef MILLRACE_PROCESS_DISTRIBUTE_H
#define MILLRACE_PROCESS_DISTRIBUTE_H

#include "process/deployments.h"
#include "process/people.h"
#include "process/work_item.h"

// Gives an offered item of a distributed step to somebody, if anybody has room.
FALLIBLE distribute_item(Ctx *cx, People *people, const WorkItem *item);
// Whatever waits to be given away, the most urgent first, a few at a time.
FALLIBLE distribute_waiting(Ctx *cx);

#endif
