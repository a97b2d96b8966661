// SPDX-License-Identifier: Apache-2.0
// Lists of work items as the API gives them, and how much waits in each queue.
#include "base/ids.h"
#include "process/asked.h"
#include "process/describe.h"
#include "process/process.h"
#include "process/shapes.h"
#include "process/work_queue.h"
#include "record/record.h"

#include <stdlib.h>
#include <string.h>

static FALLIBLE after_read(Ctx *cx, WorkQueue *queue, const char *after)
{
    work_queue_from_start(queue);
    if (!after)
        return NULL;
    char *end;
    const char *dot = strchr(after, '.');
    queue->after_order = strtoll(after, &end, 10);
    if (!dot || end != dot || !id_parse(dot + 1, &queue->after_id))
        return asked_no_cursor(cx);
    return NULL;
}

static FALLIBLE kind_read(Ctx *cx, Value request, bool done, WorkQueueKind *out)
{
    static const struct {
        const char *word;
        WorkQueueKind open;
        WorkQueueKind done;
    } kinds[] = {{"mine", QUEUE_MINE, QUEUE_DONE},
                 {"later", QUEUE_LATER, QUEUE_LATER},
                 {"team", QUEUE_TEAM, QUEUE_TEAM_DONE},
                 {"standing-in", QUEUE_STAND_IN, QUEUE_STAND_IN},
                 {"delegated", QUEUE_DELEGATED, QUEUE_DELEGATED},
                 {"told", QUEUE_TOLD, QUEUE_TOLD}};
    const char *word = asked_text(request, "queue");
    word = word ? word : asked_true(request, "team") ? "team" : "mine";
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        *out = done ? kinds[i].done : kinds[i].open;
        if (text_equal(kinds[i].word, word))
            return done && kinds[i].done == kinds[i].open
                       ? error_field(
                             FAIL(cx, ERR_INVALID, "the queue '%s' has open steps only", word),
                             "state")
                       : NULL;
    }
    return error_hint(error_field(FAIL(cx, ERR_INVALID, "there is no queue '%s'", word), "queue"),
                      "There are mine, later, team, standing-in, delegated and told.");
}

static FALLIBLE request_read(Ctx *cx, Value request, WorkQueue *queue)
{
    const char *state = asked_text(request, "state");
    if (state && !text_equal(state, "open") && !text_equal(state, "done"))
        return error_field(FAIL(cx, ERR_INVALID, "state is 'open' or 'done'"), "state");
    bool done = text_equal(state, "done");
    TRY(asked_limit(cx, request, &queue->limit));
    queue->process = asked_text(request, "process");
    queue->overdue = asked_true(request, "overdue");
    queue->offered_only = asked_true(request, "offered");
    TRY(asked_subject(cx, request, &queue->entity, &queue->subject));
    if (queue->entity) { // whoever may read the record sees its items
        Record *record;
        queue->kind = done ? QUEUE_SUBJECT_DONE : QUEUE_SUBJECT;
        TRY(record_get(cx, queue->entity, queue->subject, &record));
    } else {
        TRY(kind_read(cx, request, done, &queue->kind));
    }
    return after_read(cx, queue, asked_text(request, "after"));
}

static FALLIBLE entry_value(Ctx *cx, Describer *describer, const WorkItem *item, Value *out)
{
    bool seen = true;
    TRY(work_item_value(cx, describer, item, out));
    if (work_item_open(item) && cx->actor->user)
        TRY(work_item_seen(cx, item->id, cx->actor->user, &seen));
    value_set(cx->arena, *out, "unread", value_boolean(!seen));
    return NULL;
}

FALLIBLE work_item_list(Ctx *cx, Value request, Value *out)
{
    WorkQueue queue = {0};
    WorkItem **found;
    size_t count;
    int64_t total;
    TRY(request_read(cx, request, &queue));
    TRY(work_queue_read(cx, people_new(cx), &queue, &found, &count, &total));
    bool more = count > (size_t)queue.limit;
    if (more)
        count = (size_t)queue.limit;

    Describer *describer = describer_new(cx);
    Value *items = NEW_ARRAY(cx->arena, Value, count + 1);
    for (size_t i = 0; i < count; i++)
        TRY(entry_value(cx, describer, found[i], &items[i]));
    const char *next = NULL;
    if (more) {
        const WorkItem *last = found[count - 1];
        next = text_format(cx->arena, "%lld.%s",
                           last->due_at ? (long long)last->due_at : (long long)INT64_MAX,
                           id_text(cx->arena, last->id));
    }
    *out = page_value(cx, items, count, next, total);
    return NULL;
}
