// SPDX-License-Identifier: Apache-2.0
#include "process/work_queue.h"

#include "process/candidates.h"
#include "process/describe.h"

#include <stdlib.h>

#define SELECT_ITEMS "SELECT " WORK_ITEM_COLUMNS " FROM work_item WHERE "
#define COUNT_ITEMS "SELECT COUNT(*) AS items FROM work_item WHERE "
// $1 and $2 say what of, $3 the process, $4 due before; of what somebody holds $5 and $6 put off
// from and to. The indexes hold all of it, so that counting reads no rows of what is offered.
#define FILTER " AND ended_at IS NULL AND (process_key = $3 OR $3 = '') AND due_order <= $4"
#define PAGE " AND (due_order, id) > ($5, $6) ORDER BY due_order, id LIMIT $7"
#define HELD_FILTER FILTER " AND follow_up_at >= $5 AND follow_up_at <= $6"
#define HELD_PAGE " AND (due_order, id) > ($7, $8) ORDER BY due_order, id LIMIT $9"
#define DONE_FILTER " AND (process_key = $3 OR $3 = '')"
#define DONE_PAGE " AND id < $4 ORDER BY id DESC LIMIT $5"

#define OPEN_QUERY(name, condition)                                                                \
    QUERY(work_queue_##name, SELECT_ITEMS condition FILTER PAGE);                                  \
    QUERY(work_count_##name, COUNT_ITEMS condition FILTER)
#define HELD_QUERY(name, condition)                                                                \
    QUERY(work_queue_##name, SELECT_ITEMS condition HELD_FILTER HELD_PAGE);                        \
    QUERY(work_count_##name, COUNT_ITEMS condition HELD_FILTER)
#define DONE_QUERY(name, condition)                                                                \
    QUERY(work_queue_##name, SELECT_ITEMS condition DONE_FILTER DONE_PAGE);                        \
    QUERY(work_count_##name, COUNT_ITEMS condition DONE_FILTER)

HELD_QUERY(assignee, "assignee = $1 AND state = $2");
HELD_QUERY(owner, "owner = $1 AND state = $2");
OPEN_QUERY(audience, "audience = $1 AND state = $2");
OPEN_QUERY(department, "department = $1 AND state = $2");
OPEN_QUERY(subject, "entity = $1 AND subject = $2 AND state IN ('offered', 'claimed', 'started')");
// Those of an audience of mine stand in its range.
OPEN_QUERY(named, "id IN (SELECT item FROM work_item_user WHERE user_id = $1) AND state = $2");
OPEN_QUERY(told, "id IN (SELECT item FROM work_notice WHERE user_id = $1) AND state = $2");
DONE_QUERY(done, "completed_by = $1 AND state = $2");
DONE_QUERY(department_done, "department = $1 AND ended_at IS NOT NULL AND state = $2");
DONE_QUERY(subject_done, "entity = $1 AND subject = $2 AND state IN ('completed', 'cancelled')");
QUERY(work_named_audiences,
      "SELECT audience, COUNT(*) AS items FROM work_item"
      " WHERE id IN (SELECT item FROM work_item_user WHERE user_id = $1) AND state = $2" FILTER
      " GROUP BY audience");

typedef struct Range {
    const Query *read;
    const Query *count; // NULL: counted by audience
    Cell of;
    Cell with;
    bool held; // by one person, who may have put some off
} Range;

typedef struct Reading {
    const WorkQueue *queue;
    ARRAY(Range) ranges;
    Id *audiences; // those that are ranges
    size_t audience_count;
    ARRAY(WorkItem *) items;
    int64_t total;
} Reading;

static bool is_done(const WorkQueue *queue)
{
    return queue->kind == QUEUE_DONE || queue->kind == QUEUE_TEAM_DONE ||
           queue->kind == QUEUE_SUBJECT_DONE;
}

#define RANGE_OF(cx, reading, name, of_what, with_what, is_held)                                   \
    (array_push((cx)->arena, (reading)->ranges) =                                                  \
         (Range){&work_queue_##name, &work_count_##name, CELL(of_what), CELL(with_what), is_held})
#define RANGE(cx, reading, name, of_what, with_what)                                               \
    RANGE_OF(cx, reading, name, of_what, with_what, false)
#define HELD_RANGE(cx, reading, name, user, state) RANGE_OF(cx, reading, name, user, state, true)

// ---- which ranges ---------------------------------------------------------------------------

static FALLIBLE ranges_of_person(Ctx *cx, People *people, Reading *reading, Person *person,
                                 const Reading *without)
{
    if (!reading->queue->offered_only) {
        HELD_RANGE(cx, reading, assignee, person->id, "claimed");
        HELD_RANGE(cx, reading, assignee, person->id, "started");
    }
    Id *audiences;
    size_t count;
    TRY(audiences_of_person(cx, people, person, &audiences, &count));
    size_t kept = reading->audience_count;
    Id *all = NEW_ARRAY(cx->arena, Id, kept + count + 1);
    for (size_t i = 0; i < kept; i++)
        all[i] = reading->audiences[i];
    for (size_t i = 0; i < count; i++) {
        bool there = false;
        for (size_t k = 0; k < kept && !there; k++)
            there = all[k] == audiences[i];
        for (size_t k = 0; without && k < without->audience_count && !there; k++)
            there = without->audiences[k] == audiences[i];
        if (there)
            continue;
        all[kept++] = audiences[i];
        RANGE(cx, reading, audience, audiences[i], "offered");
    }
    reading->audiences = all;
    reading->audience_count = kept;
    array_push(cx->arena, reading->ranges) =
        (Range){&work_queue_named, NULL, CELL(person->id), CELL("offered"), false};
    return NULL;
}

static FALLIBLE ranges_stand_in(Ctx *cx, People *people, Reading *reading, Person *me)
{
    Person **persons;
    size_t count;
    Reading own = {.queue = reading->queue};
    TRY(people_stood_in(cx, people, &persons, &count));
    if (count)
        TRY(ranges_of_person(cx, people, &own, me, NULL));
    for (size_t i = 0; i < count; i++)
        TRY(ranges_of_person(cx, people, reading, persons[i], &own));
    return NULL;
}

static void departments_add(const char **all, size_t *count, const char **more, size_t more_count)
{
    for (size_t i = 0; i < more_count; i++) {
        bool there = false;
        for (size_t k = 0; k < *count && !there; k++)
            there = text_equal(all[k], more[i]);
        if (!there)
            all[(*count)++] = more[i];
    }
}

FALLIBLE departments_of_team(Ctx *cx, People *people, const char ***out, size_t *count)
{
    const char **led;
    size_t led_count;
    const char **below = NULL;
    size_t below_count = 0;
    TRY(departments_led(cx, people, &led, &led_count));
    if (cx->actor->department)
        TRY(departments_below(cx, people, cx->actor->department, &below, &below_count));
    *out = NEW_ARRAY(cx->arena, const char *, led_count + below_count + 1);
    *count = 0;
    departments_add(*out, count, below, below_count);
    departments_add(*out, count, led, led_count);
    return NULL;
}

static FALLIBLE ranges_of_team(Ctx *cx, People *people, Reading *reading)
{
    const char **departments;
    size_t count;
    TRY(departments_of_team(cx, people, &departments, &count));
    for (size_t i = 0; i < count; i++) {
        if (is_done(reading->queue)) {
            RANGE(cx, reading, department_done, departments[i], "completed");
            continue;
        }
        RANGE(cx, reading, department, departments[i], "offered");
        if (reading->queue->offered_only)
            continue;
        RANGE(cx, reading, department, departments[i], "claimed");
        RANGE(cx, reading, department, departments[i], "started");
    }
    return NULL;
}

static FALLIBLE ranges_find(Ctx *cx, People *people, Reading *reading)
{
    const WorkQueue *queue = reading->queue;
    Person *me = people_me(cx, people);
    if (!me && queue->kind != QUEUE_SUBJECT && queue->kind != QUEUE_SUBJECT_DONE)
        return NULL;
    switch (queue->kind) {
    case QUEUE_MINE:
        return ranges_of_person(cx, people, reading, me, NULL);
    case QUEUE_LATER:
        HELD_RANGE(cx, reading, assignee, me->id, "claimed");
        HELD_RANGE(cx, reading, assignee, me->id, "started");
        return NULL;
    case QUEUE_TEAM:
    case QUEUE_TEAM_DONE:
        return ranges_of_team(cx, people, reading);
    case QUEUE_STAND_IN:
        return ranges_stand_in(cx, people, reading, me);
    case QUEUE_DELEGATED:
        HELD_RANGE(cx, reading, owner, me->id, "claimed");
        HELD_RANGE(cx, reading, owner, me->id, "started");
        return NULL;
    case QUEUE_TOLD:
        RANGE(cx, reading, told, me->id, "offered");
        RANGE(cx, reading, told, me->id, "claimed");
        RANGE(cx, reading, told, me->id, "started");
        return NULL;
    case QUEUE_DONE:
        RANGE(cx, reading, done, me->id, "completed");
        return NULL;
    case QUEUE_SUBJECT:
        RANGE(cx, reading, subject, queue->entity, queue->subject);
        return NULL;
    case QUEUE_SUBJECT_DONE:
        RANGE(cx, reading, subject_done, queue->entity, queue->subject);
        return NULL;
    }
    return NULL;
}

// ---- reading them ---------------------------------------------------------------------------

static size_t filter_cells(const Ctx *cx, const WorkQueue *queue, const Range *range, Cell *cells)
{
    bool mine = queue->kind == QUEUE_MINE;
    size_t count = 0;
    cells[count++] = range->of;
    cells[count++] = range->with;
    cells[count++] = cell_text(queue->process ? queue->process : "");
    if (is_done(queue))
        return count;
    cells[count++] = cell_integer(queue->overdue ? cx->now : INT64_MAX);
    if (!range->held)
        return count;
    cells[count++] = cell_integer(queue->kind == QUEUE_LATER ? cx->now + 1 : 0);
    cells[count++] = cell_integer(mine ? cx->now : INT64_MAX);
    return count;
}

static bool is_mine_by_audience(const Reading *reading, Id audience)
{
    for (size_t i = 0; i < reading->audience_count; i++)
        if (reading->audiences[i] == audience)
            return true;
    return false;
}

static FALLIBLE range_count(Ctx *cx, Reading *reading, const Range *range, const Cell *cells,
                            size_t count)
{
    if (range->count) {
        Row *row;
        TRY(db_row_cells(cx, &row, range->count, cells, count));
        reading->total += row_integer(row, "items");
        return NULL;
    }
    Rows rows;
    TRY(db_rows_cells(cx, &rows, &work_named_audiences, cells, count));
    for (size_t i = 0; i < rows.count; i++)
        if (!is_mine_by_audience(reading, row_integer(&rows.items[i], "audience")))
            reading->total += row_integer(&rows.items[i], "items");
    return NULL;
}

static FALLIBLE range_read(Ctx *cx, Reading *reading, const Range *range, bool counted)
{
    const WorkQueue *queue = reading->queue;
    Cell cells[9];
    size_t count = filter_cells(cx, queue, range, cells);
    if (counted)
        TRY(range_count(cx, reading, range, cells, count));
    if (!is_done(queue))
        cells[count++] = cell_integer(queue->after_order);
    cells[count++] = cell_integer(queue->after_id);
    cells[count++] = cell_integer(queue->limit + 1);
    Rows rows;
    TRY(db_rows_cells(cx, &rows, range->read, cells, count));
    for (size_t i = 0; i < rows.count; i++)
        array_push(cx->arena, reading->items) = work_item_of(cx, &rows.items[i]);
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
    return left->id > right->id ? 1 : left->id < right->id ? -1 : 0;
}

static int by_id_falling(const void *a, const void *b)
{
    const WorkItem *left = *(WorkItem *const *)a;
    const WorkItem *right = *(WorkItem *const *)b;
    return left->id > right->id ? -1 : left->id < right->id ? 1 : 0;
}

// An item that names me and is of an audience of mine stands once.
static size_t merge(Reading *reading)
{
    if (reading->items.count)
        qsort(reading->items.items, reading->items.count, sizeof(WorkItem *),
              is_done(reading->queue) ? by_id_falling : by_due);
    size_t kept = 0;
    for (size_t i = 0; i < reading->items.count; i++)
        if (!kept || reading->items.items[kept - 1]->id != reading->items.items[i]->id)
            reading->items.items[kept++] = reading->items.items[i];
    return kept;
}

void work_queue_from_start(WorkQueue *queue)
{
    queue->after_order = INT64_MIN;
    queue->after_id = is_done(queue) ? INT64_MAX : INT64_MIN;
}

FALLIBLE work_queue_read(Ctx *cx, People *people, const WorkQueue *queue, WorkItem ***out,
                         size_t *count, int64_t *total)
{
    Reading reading = {.queue = queue};
    TRY(ranges_find(cx, people, &reading));
    for (size_t i = 0; i < reading.ranges.count; i++)
        TRY(range_read(cx, &reading, &reading.ranges.items[i], total != NULL));
    size_t found = merge(&reading);
    size_t most = (size_t)queue->limit + 1;
    *out = reading.items.items;
    *count = found > most ? most : found;
    if (total)
        *total = reading.total;
    return NULL;
}
