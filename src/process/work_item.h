// SPDX-License-Identifier: Apache-2.0
// Rows of `work_item`: the steps that people do, and what is kept beside them.
//
// Private to process/. A row is written in the transaction of the step that opened or closed its
// place, so that it and the packed state never disagree, and is kept for ever with its end.
//
//     offered <--> claimed --> started --> completed
//        |            |           |
//        +------------+-----------+----> cancelled (the engine closes the place)
//
// An *audience* is who may take an offered item: groups of candidates, any of which is enough.
// There are few of them, each item has one, so a queue is read as one range of an index for each
// audience that a person belongs to, and its count is exact.
#ifndef MILLRACE_PROCESS_WORK_ITEM_H
#define MILLRACE_PROCESS_WORK_ITEM_H

#include "base/value.h"
#include "db/db.h"

typedef enum WorkNamed {
    NAMED_NONE,
    NAMED_TOO,  // those in work_item_user, beside the audience
    NAMED_ONLY, // kept for one person
} WorkNamed;

typedef struct WorkItem {
    Id id;
    Id instance;
    int64_t wait; // the waiting place in the packed state
    const char *process_key;
    Id model;
    const char *node;
    const char *entity; // NULL when there is no subject
    Id subject;
    const char *state;      // "offered", "claimed", "started", "completed", "cancelled"
    const char *position;   // of its first candidates; NULL: anybody of the department
    const char *department; // where it belongs; NULL: nowhere
    const char *groups;     // its audience, see groups_read; NULL: only those who are named
    WorkNamed named;
    Id assignee;
    Id acting_for; // whom the assignee stands in for; 0: nobody
    Id owner;      // who has delegated it to the assignee and gets it back; 0: nobody
    int priority;
    bool blocked; // its entry condition does not hold
    bool pushing; // waits to be given to somebody
    Instant created_at;
    Instant due_at; // 0: none
    Instant claimed_at;
    Instant started_at;
    Instant follow_up_at; // hidden from the assignee's queue until then; 0: not
    Instant escalate_at;  // 0: never (again)
    int escalation;       // which of the model's comes then
    const char *draft;    // JSON of the form as the delegate filled it; NULL: none
    Instant ended_at;
    Id completed_by;
    const char *suspended; // why its instance stands still; NULL: it does not; only read
} WorkItem;

// As columns of `work_item` in every query that ends in work_item_of, with what whoever shows or
// does an item would ask next.
#define WORK_ITEM_COLUMNS                                                                          \
    "id, instance, wait, process_key, model, node, entity, subject, state, position, department, " \
    "named, assignee, acting_for, owner, priority, blocked, pushing, created_at, due_at, "         \
    "due_order, claimed_at, started_at, follow_up_at, escalate_at, escalation, draft, ended_at, "  \
    "completed_by, (SELECT a.groups FROM work_audience a WHERE a.id = work_item.audience)"         \
    " AS groups, (SELECT i.suspended FROM instance i WHERE i.id = work_item.instance)"             \
    " AS suspended"
WorkItem *work_item_of(Ctx *cx, const Row *row);

bool work_item_open(const WorkItem *item); // offered, claimed or started
bool work_item_held(const WorkItem *item); // claimed or started

// ERR_NOT_FOUND when there is none.
FALLIBLE work_item_load(Ctx *cx, Id id, WorkItem **out);
FALLIBLE work_item_insert(Ctx *cx, const WorkItem *item);
// Writes `after`. State, assignee and owner are still those of `before`, which was read in the same
// unit of work: else it fails, by db_post_one.
FALLIBLE work_item_move(Ctx *cx, const WorkItem *before, const WorkItem *after);
// The open items of an instance, oldest first.
FALLIBLE work_items_open(Ctx *cx, Id instance, WorkItem ***out, size_t *count);
// Whether the step was ended, completed or cancelled, in this instance.
FALLIBLE work_item_ended(Ctx *cx, Id instance, const char *node, bool *ended);
// Closes what is open at this waiting place, or in the whole instance: it becomes "cancelled".
FALLIBLE work_item_close(Ctx *cx, Id instance, int64_t wait);
FALLIBLE work_items_close(Ctx *cx, Id instance);

// Names a user who may do the item.
FALLIBLE work_item_name(Ctx *cx, Id item, Id user);
FALLIBLE work_item_is_named(Ctx *cx, Id item, Id user, bool *named);
FALLIBLE work_item_named(Ctx *cx, Id item, Id **users, size_t *count);

// Whoever had a hand in a step in this instance: did it, for whom it was done, did it as delegate.
FALLIBLE work_hand_add(Ctx *cx, const WorkItem *item, Id user);
FALLIBLE work_hand_had(Ctx *cx, Id instance, const char *node, Id user, bool *had);
// Who completed the step last in this instance; 0: nobody.
FALLIBLE work_item_done_by(Ctx *cx, Id instance, const char *node, Id *user);

// Who has looked at an item. Whoever gets it anew has not.
FALLIBLE work_item_see(Ctx *cx, Id item, Id user, bool seen);
FALLIBLE work_item_seen(Ctx *cx, Id item, Id user, bool *seen);
FALLIBLE work_item_unsee(Ctx *cx, Id item);

// Who was told of an item without being asked to do it.
FALLIBLE work_notice_add(Ctx *cx, const WorkItem *item, Id user);
FALLIBLE work_notice_has(Ctx *cx, Id item, Id user, bool *told);

// What only matters while it is open: who is named, who was told, who has seen it.
FALLIBLE work_item_forget(Ctx *cx, Id item);

// What somebody did with an item: append-only, for its history and that of its record.
typedef struct WorkEvent {
    Id id;
    Id item;
    Id instance;
    const char *node;
    Instant at;
    const char *kind; // "claimed", "released", "started", "completed", "skipped", "delegated",
                      // "returned", "forwarded", "reassigned", "escalated", "told", "assigned",
                      // "commented", "put off"
    Id actor;         // 0: the engine
    Id acting_for;    // whom the actor stood in for
    Id receiver;      // to whom; 0: nobody by name
    const char *position;
    const char *department;
    const char *comment;
} WorkEvent;

// Writes what `event` says of the item, by the unit's actor at its time.
FALLIBLE work_event_add(Ctx *cx, const WorkItem *item, WorkEvent event);
FALLIBLE work_events_of_item(Ctx *cx, Id item, WorkEvent **out, size_t *count);
FALLIBLE work_events_of_instance(Ctx *cx, Id instance, WorkEvent **out, size_t *count);

#endif
