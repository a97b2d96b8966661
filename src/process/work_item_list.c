// SPDX-License-Identifier: Apache-2.0
// Queues of work items: mine, my team's, of a record.
//
// A queue is the union of a few index ranges (claimed by me; offered to each of my positions, to my
// department, to everybody, to me by name). Each range is read in order, at most a page of it, and
// they are merged here; so the cost of a page does not grow with what others have to do.
#include "base/ids.h"
#include "process/asked.h"
#include "process/describe.h"
#include "process/process.h"
#include "process/shapes.h"
#include "record/record.h"

#include <stdlib.h>
#include <string.h>

// Open items are read by (due_order, id) rising, done ones by id falling.
#define SELECT_ITEMS "SELECT " WORK_ITEM_COLUMNS " FROM work_item WHERE "
#define COUNT_ITEMS "SELECT COUNT(*) AS items FROM work_item WHERE "
#define AFTER                                                                                      \
    " AND (process_key = $5 OR $5 = '') AND (due_order, id) > ($2, $3)"                            \
    " ORDER BY due_order, id LIMIT $4"
#define OLDER " AND (process_key = $4 OR $4 = '') AND id < $2 ORDER BY id DESC LIMIT $3"
#define OF_PROCESS " AND (process_key = $2 OR $2 = '')"

#define CLAIMED_BY_ME "assignee = $1 AND state = 'claimed'"
#define FOR_POSITION "position = $1 AND state = 'offered' AND named = 0"
#define FOR_DEPARTMENT "department = $1 AND state = 'offered' AND position IS NULL AND named = 0"
#define FOR_EVERYBODY "position IS NULL AND state = $1 AND department IS NULL AND named = 0"
#define OF_TEAM "department = $1 AND state IN ('offered', 'claimed')"
#define NAMED "id IN (SELECT item FROM work_item_user WHERE user_id = $1) AND state = 'offered'"
#define DONE_BY_ME "completed_by = $1"
#define DONE_OF_TEAM "department = $1 AND state = 'completed'"
#define OPEN_OF " AND subject = $1 AND state IN ('offered', 'claimed')"
#define DONE_OF " AND subject = $1 AND state IN ('completed', 'cancelled')"

QUERY(work_queue_claimed, SELECT_ITEMS CLAIMED_BY_ME AFTER);
QUERY(work_queue_position, SELECT_ITEMS FOR_POSITION AFTER);
QUERY(work_queue_department, SELECT_ITEMS FOR_DEPARTMENT AFTER);
QUERY(work_queue_everybody, SELECT_ITEMS FOR_EVERYBODY AFTER);
QUERY(work_queue_team, SELECT_ITEMS OF_TEAM AFTER);
QUERY(work_queue_named, SELECT_ITEMS NAMED AFTER);
QUERY(work_queue_subject, SELECT_ITEMS "entity = $6" OPEN_OF AFTER);
QUERY(work_done_mine, SELECT_ITEMS DONE_BY_ME OLDER);
QUERY(work_done_team, SELECT_ITEMS DONE_OF_TEAM OLDER);
QUERY(work_done_subject, SELECT_ITEMS "entity = $5" DONE_OF OLDER);
QUERY(work_count_claimed, COUNT_ITEMS CLAIMED_BY_ME OF_PROCESS);
QUERY(work_count_position, COUNT_ITEMS FOR_POSITION OF_PROCESS);
QUERY(work_count_department, COUNT_ITEMS FOR_DEPARTMENT OF_PROCESS);
QUERY(work_count_everybody, COUNT_ITEMS FOR_EVERYBODY OF_PROCESS);
QUERY(work_count_team, COUNT_ITEMS OF_TEAM OF_PROCESS);
QUERY(work_count_named, COUNT_ITEMS NAMED OF_PROCESS);
QUERY(work_count_subject, COUNT_ITEMS "entity = $3" OPEN_OF OF_PROCESS);
QUERY(work_count_done_mine, COUNT_ITEMS DONE_BY_ME OF_PROCESS);
QUERY(work_count_done_team, COUNT_ITEMS DONE_OF_TEAM OF_PROCESS);
QUERY(work_count_done_subject, COUNT_ITEMS "entity = $3" DONE_OF OF_PROCESS);

typedef struct Range {
    const Query *read;
    const Query *count;
    Cell what;
    Cell entity; // of a subject's range, else unused
    bool has_entity;
} Range;

typedef struct Queue {
    bool done;
    int limit;
    const char *process; // "": of all processes
    int64_t after_due;
    Id after_id;
    Range ranges[40];
    size_t range_count;
    ARRAY(WorkItem *) items;
    int64_t total;
} Queue;

static void range_add(Queue *queue, const Query *read, const Query *count, Cell what)
{
    if (queue->range_count < sizeof queue->ranges / sizeof *queue->ranges)
        queue->ranges[queue->range_count++] = (Range){read, count, what, {0}, false};
}

static void mine_ranges(const Ctx *cx, Queue *queue)
{
    const Actor *actor = cx->actor;
    Cell me = cell_integer(actor->user);
    if (queue->done) {
        range_add(queue, &work_done_mine, &work_count_done_mine, me);
        return;
    }
    range_add(queue, &work_queue_claimed, &work_count_claimed, me);
    range_add(queue, &work_queue_named, &work_count_named, me);
    for (size_t i = 0; i < actor->position_count; i++)
        range_add(queue, &work_queue_position, &work_count_position,
                  cell_text(actor->positions[i]));
    if (actor->department)
        range_add(queue, &work_queue_department, &work_count_department,
                  cell_text(actor->department));
    range_add(queue, &work_queue_everybody, &work_count_everybody, cell_text("offered"));
}

static void team_ranges(const Ctx *cx, Queue *queue)
{
    if (!cx->actor->department)
        return;
    Cell team = cell_text(cx->actor->department);
    if (queue->done)
        range_add(queue, &work_done_team, &work_count_done_team, team);
    else
        range_add(queue, &work_queue_team, &work_count_team, team);
}

// Whoever may read the record sees its items.
static FALLIBLE subject_range(Ctx *cx, Queue *queue, const char *entity, Id id)
{
    Record *record;
    TRY(record_get(cx, entity, id, &record));
    range_add(queue, queue->done ? &work_done_subject : &work_queue_subject,
              queue->done ? &work_count_done_subject : &work_count_subject, cell_integer(id));
    queue->ranges[0].entity = cell_text(entity);
    queue->ranges[0].has_entity = true;
    return NULL;
}

static FALLIBLE range_read(Ctx *cx, Queue *queue, const Range *range)
{
    Cell cells[6];
    size_t count = 0;
    cells[count++] = range->what;
    if (!queue->done)
        cells[count++] = cell_integer(queue->after_due);
    cells[count++] = cell_integer(queue->after_id);
    cells[count++] = cell_integer(queue->limit + 1);
    cells[count++] = cell_text(queue->process);
    if (range->has_entity)
        cells[count++] = range->entity;
    Rows rows;
    TRY(db_rows_cells(cx, &rows, range->read, cells, count));
    for (size_t i = 0; i < rows.count; i++)
        array_push(cx->arena, queue->items) = work_item_of(cx, &rows.items[i]);
    Row *row;
    Cell counted[] = {range->what, cell_text(queue->process), range->entity};
    TRY(db_row_cells(cx, &row, range->count, counted, range->has_entity ? 3 : 2));
    queue->total += row_integer(row, "items");
    return NULL;
}

static int64_t due_order(const WorkItem *item)
{
    return item->due_at ? item->due_at : INT64_MAX;
}

static int by_due(const void *a, const void *b)
{
    const WorkItem *left = *(WorkItem *const *)a;
    const WorkItem *right = *(WorkItem *const *)b;
    if (due_order(left) != due_order(right))
        return due_order(left) < due_order(right) ? -1 : 1;
    return left->id < right->id ? -1 : left->id > right->id;
}

static int by_id_falling(const void *a, const void *b)
{
    const WorkItem *left = *(WorkItem *const *)a;
    const WorkItem *right = *(WorkItem *const *)b;
    return left->id > right->id ? -1 : left->id < right->id;
}

static FALLIBLE after_read(Ctx *cx, Queue *queue, const char *after)
{
    queue->after_due = INT64_MIN;
    queue->after_id = queue->done ? INT64_MAX : INT64_MIN;
    if (!after)
        return NULL;
    char *end;
    const char *dot = strchr(after, '.');
    queue->after_due = strtoll(after, &end, 10);
    if (!dot || end != dot || !id_parse(dot + 1, &queue->after_id))
        return asked_no_cursor(cx);
    return NULL;
}

static FALLIBLE request_read(Ctx *cx, Value request, Queue *queue)
{
    const char *state = asked_text(request, "state");
    if (state && !text_equal(state, "open") && !text_equal(state, "done"))
        return error_field(FAIL(cx, ERR_INVALID, "state is 'open' or 'done'"), "state");
    queue->done = text_equal(state, "done");
    const char *process = asked_text(request, "process");
    queue->process = process ? process : "";
    TRY(asked_limit(cx, request, &queue->limit));
    TRY(after_read(cx, queue, asked_text(request, "after")));

    const char *entity;
    Id subject;
    TRY(asked_subject(cx, request, &entity, &subject));
    if (entity)
        return subject_range(cx, queue, entity, subject);
    if (asked_true(request, "team"))
        team_ranges(cx, queue);
    else
        mine_ranges(cx, queue);
    return NULL;
}

// The same item in two ranges (mine by name and by position) stands once.
static size_t merge(Queue *queue)
{
    if (queue->items.count)
        qsort(queue->items.items, queue->items.count, sizeof(WorkItem *),
              queue->done ? by_id_falling : by_due);
    size_t kept = 0;
    for (size_t i = 0; i < queue->items.count; i++)
        if (!kept || queue->items.items[kept - 1]->id != queue->items.items[i]->id)
            queue->items.items[kept++] = queue->items.items[i];
    return kept;
}

FALLIBLE work_item_list(Ctx *cx, Value request, Value *out)
{
    Queue queue = {0};
    TRY(request_read(cx, request, &queue));
    for (size_t i = 0; i < queue.range_count; i++)
        TRY(range_read(cx, &queue, &queue.ranges[i]));
    size_t found = merge(&queue);
    size_t count = found > (size_t)queue.limit ? (size_t)queue.limit : found;

    Describer *describer = describer_new(cx);
    Value *items = NEW_ARRAY(cx->arena, Value, count + 1);
    for (size_t i = 0; i < count; i++)
        TRY(work_item_value(cx, describer, queue.items.items[i], &items[i]));
    const char *next = NULL;
    if (found > count) {
        const WorkItem *last = queue.items.items[count - 1];
        next = text_format(cx->arena, "%lld.%s", (long long)due_order(last),
                           id_text(cx->arena, last->id));
    }
    *out = page_value(cx, items, count, next, queue.total);
    return NULL;
}
