// SPDX-License-Identifier: Apache-2.0
// Queues of work items: mine, my team's, of those I stand in for, of a record.
//
// Private to process/. A queue is the union of disjoint ranges of indexes (held by me; offered to
// each audience I belong to; naming me; of each department, by state). Each range is read in order,
// at most a page of it, and they are merged here; so the cost of a page does not grow with what
// others have to do, and the counts add up exactly.
#ifndef MILLRACE_PROCESS_WORK_QUEUE_H
#define MILLRACE_PROCESS_WORK_QUEUE_H

#include "process/people.h"
#include "process/work_item.h"

typedef enum WorkQueueKind {
    QUEUE_MINE,
    QUEUE_LATER,     // mine, put off
    QUEUE_TEAM,      // of my department and those I lead, with all below them
    QUEUE_STAND_IN,  // of those I stand in for
    QUEUE_DELEGATED, // mine, with a delegate now
    QUEUE_TOLD,      // I was told of them
    QUEUE_DONE,      // by me
    QUEUE_TEAM_DONE,
    QUEUE_SUBJECT, // of a record
    QUEUE_SUBJECT_DONE,
} WorkQueueKind;

typedef struct WorkQueue {
    WorkQueueKind kind;
    const char *entity; // QUEUE_SUBJECT
    Id subject;
    const char *process; // NULL: of all
    bool overdue;        // only what is due before now
    bool offered_only;   // nothing that somebody holds
    int limit;
    int64_t after_order; // due_order, of done ones unused
    Id after_id;
} WorkQueue;

// Open items by (due_order, id) rising, done ones by id falling; one more than the limit when there
// are more. *total counts all of it, whatever the page; NULL: not asked.
FALLIBLE work_queue_read(Ctx *cx, People *people, const WorkQueue *queue, WorkItem ***out,
                         size_t *count, int64_t *total);
// The beginning of a queue.
void work_queue_from_start(WorkQueue *queue);

#endif
