// SPDX-License-Identifier: Apache-2.0
// Taking work: "give me the next one", and the same deed for many items at once.
#include "base/ids.h"
#include "base/limits.h"
#include "base/messages.h"
#include "db/db.h"
#include "process/candidates.h"
#include "process/offers.h"
#include "process/process.h"
#include "process/shapes.h"
#include "process/work_queue.h"

#include <stdlib.h>

#define NEXT_AMONG 100 // how many of the most urgent are looked at

// The most important first, then the earliest due.
static int by_priority(const void *a, const void *b)
{
    const WorkItem *left = *(WorkItem *const *)a;
    const WorkItem *right = *(WorkItem *const *)b;
    int64_t left_due = left->due_at ? left->due_at : INT64_MAX;
    int64_t right_due = right->due_at ? right->due_at : INT64_MAX;
    if (left->priority != right->priority)
        return left->priority > right->priority ? -1 : 1;
    if (left_due != right_due)
        return left_due < right_due ? -1 : 1;
    return left->id > right->id ? 1 : left->id < right->id ? -1 : 0;
}

typedef struct Taking {
    Id item;
} Taking;

static FALLIBLE take(Ctx *cx, void *state)
{
    return work_item_claim(cx, ((Taking *)state)->item);
}

// What another took a moment ago, or what I must not do, is passed over.
FALLIBLE work_item_next(Ctx *cx, const char *process, Id *out)
{
    WorkQueue queue = {
        .kind = QUEUE_MINE, .process = process, .offered_only = true, .limit = NEXT_AMONG};
    People *people = people_new(cx);
    WorkItem **items;
    size_t count;
    work_queue_from_start(&queue);
    TRY(work_queue_read(cx, people, &queue, &items, &count, NULL));
    if (count)
        qsort(items, count, sizeof(WorkItem *), by_priority);
    for (size_t i = 0; i < count; i++) {
        Candidacy candidacy;
        Taking taking = {items[i]->id};
        TRY(candidate_check(cx, people, items[i], &candidacy));
        if (candidacy.why || candidacy.acting_for || items[i]->blocked)
            continue;
        Error *error = db_attempt(cx, take, &taking);
        if (error && error->code != ERR_CONFLICT && error->code != ERR_DENIED)
            return error;
        if (error)
            continue;
        *out = items[i]->id;
        return NULL;
    }
    return error_hint(FAIL(cx, ERR_NOT_FOUND, "nothing waits for you"),
                      "Everything that you may take is taken.");
}

typedef struct BulkDeed {
    const WorkBulk *bulk;
    Id item;
} BulkDeed;

static FALLIBLE bulk_deed(Ctx *cx, void *state)
{
    const BulkDeed *deed = state;
    const WorkBulk *bulk = deed->bulk;
    switch (bulk->deed) {
    case WORK_CLAIM:
        return work_item_claim(cx, deed->item);
    case WORK_RELEASE:
        return work_item_release(cx, deed->item);
    case WORK_FORWARD:
        return work_item_forward(cx, deed->item, &bulk->to, bulk->comment);
    case WORK_REASSIGN:
        return work_item_reassign(cx, deed->item, bulk->to.user, bulk->comment);
    }
    return FAIL(cx, ERR_INTERNAL, "there is no such deed");
}

FALLIBLE work_items_bulk(Ctx *cx, const WorkBulk *bulk, Value *out)
{
    if (bulk->count > LIMIT_PAGE_ROWS)
        return error_field(FAIL(cx, ERR_LIMIT, "at most %d work items at once", LIMIT_PAGE_ROWS),
                           "items");
    Value *items = NEW_ARRAY(cx->arena, Value, bulk->count + 1);
    int64_t done = 0;
    for (size_t i = 0; i < bulk->count; i++) {
        BulkDeed deed = {bulk, bulk->items[i]};
        Error *error = db_attempt(cx, bulk_deed, &deed);
        if (error && (error->code == ERR_UNAVAILABLE || error->code == ERR_INTERNAL))
            return error;
        done += error == NULL;
        items[i] = value_context(cx->arena);
        value_set(cx->arena, items[i], "id", value_text(id_text(cx->arena, bulk->items[i])));
        value_set(cx->arena, items[i], "done", value_boolean(!error));
        value_set(cx->arena, items[i], "message", value_text(error ? error->message : NULL));
    }
    Value result = value_context(cx->arena);
    value_set(cx->arena, result, "done", value_integer(done));
    value_set(cx->arena, result, "items", value_list(items, bulk->count));
    *out = result;
    return NULL;
}
