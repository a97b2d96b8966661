// SPDX-License-Identifier: Apache-2.0
#include "process/waiting.h"

#include "base/ids.h"

QUERY(work_item_by_id, "SELECT " WORK_ITEM_COLUMNS " FROM work_item WHERE id = $1");
QUERY(work_item_add,
      "INSERT INTO work_item (id, instance, wait, process_key, model, node, entity, subject, state,"
      " position, department, named, assignee, priority, created_at, due_at, due_order)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)");
QUERY(work_item_open_of, "SELECT " WORK_ITEM_COLUMNS " FROM work_item WHERE instance = $1"
                         " AND state IN ('offered', 'claimed') ORDER BY id");
QUERY(work_item_by_node_and_user,
      "SELECT COUNT(*) AS items FROM work_item WHERE instance = $1 AND node = $2"
      " AND state = 'completed' AND completed_by = $3");
QUERY(work_item_ended_of_node, "SELECT COUNT(*) AS items FROM work_item WHERE instance = $1"
                               " AND node = $2 AND state <> 'offered' AND state <> 'claimed'");
QUERY(work_item_claim_row, "UPDATE work_item SET state = 'claimed', assignee = $2, claimed_at = $3"
                           " WHERE id = $1 AND state = 'offered'");
QUERY(work_item_offer_row,
      "UPDATE work_item SET state = 'offered', assignee = NULL, claimed_at = NULL"
      " WHERE id = $1 AND state = 'claimed'");
QUERY(work_item_complete_row,
      "UPDATE work_item SET state = 'completed', assignee = $2, completed_by = $2, ended_at = $3"
      " WHERE id = $1 AND (state = 'offered' OR (state = 'claimed' AND assignee = $2))");
QUERY(work_item_cancel_wait, "UPDATE work_item SET state = 'cancelled', ended_at = $3"
                             " WHERE instance = $1 AND wait = $2"
                             " AND state IN ('offered', 'claimed')");
QUERY(work_item_cancel_all, "UPDATE work_item SET state = 'cancelled', ended_at = $2"
                            " WHERE instance = $1 AND state IN ('offered', 'claimed')");

QUERY(work_item_user_add, "INSERT INTO work_item_user (item, user_id) VALUES ($1, $2)");
QUERY(work_item_user_is,
      "SELECT COUNT(*) AS users FROM work_item_user WHERE user_id = $1 AND item = $2");
QUERY(timer_add, "INSERT INTO timer (id, instance, wait, node, due_at, attempts)"
                 " VALUES ($1, $2, $3, $4, $5, 0)");
QUERY(timer_drop, "DELETE FROM timer WHERE instance = $1 AND wait = $2");
QUERY(timer_drop_all, "DELETE FROM timer WHERE instance = $1");
QUERY(timer_of_instance, "SELECT wait, node, due_at FROM timer WHERE instance = $1 ORDER BY id");
QUERY(message_wait_add, "INSERT INTO message_wait (id, instance, wait, node, name, key, created_at)"
                        " VALUES ($1, $2, $3, $4, $5, $6, $7)");
QUERY(message_wait_drop, "DELETE FROM message_wait WHERE instance = $1 AND wait = $2");
QUERY(message_wait_drop_all, "DELETE FROM message_wait WHERE instance = $1");
QUERY(message_wait_of_instance,
      "SELECT wait, node, name FROM message_wait WHERE instance = $1 ORDER BY id");

WorkItem *work_item_of(Ctx *cx, const Row *row)
{
    WorkItem *item = NEW(cx->arena, WorkItem);
    item->id = row_integer(row, "id");
    item->instance = row_integer(row, "instance");
    item->wait = row_integer(row, "wait");
    item->process_key = row_text(row, "process_key");
    item->model = row_integer(row, "model");
    item->node = row_text(row, "node");
    item->entity = row_text(row, "entity");
    item->subject = row_integer(row, "subject");
    item->state = row_text(row, "state");
    item->position = row_text(row, "position");
    item->department = row_text(row, "department");
    item->named = row_integer(row, "named") != 0;
    item->assignee = row_integer(row, "assignee");
    item->priority = (int)row_integer(row, "priority");
    item->created_at = row_integer(row, "created_at");
    item->due_at = row_integer(row, "due_at");
    item->ended_at = row_integer(row, "ended_at");
    item->completed_by = row_integer(row, "completed_by");
    return item;
}

static Cell id_or_null(Id id)
{
    return id ? cell_integer(id) : cell_null();
}

FALLIBLE work_item_load(Ctx *cx, Id id, WorkItem **out)
{
    Row *row;
    TRY(db_row(cx, &row, work_item_by_id, id));
    if (!row)
        return FAIL(cx, ERR_NOT_FOUND, "there is no such work item");
    *out = work_item_of(cx, row);
    return NULL;
}

FALLIBLE work_item_insert(Ctx *cx, const WorkItem *item)
{
    return db_run(cx, NULL, work_item_add, item->id, item->instance, item->wait, item->process_key,
                  item->model, item->node, item->entity, id_or_null(item->subject), item->state,
                  item->position, item->department, item->named, id_or_null(item->assignee),
                  item->priority, item->created_at, id_or_null(item->due_at),
                  item->due_at ? item->due_at : INT64_MAX);
}

FALLIBLE work_items_open(Ctx *cx, Id instance, WorkItem ***out, size_t *count)
{
    Rows rows;
    TRY(db_rows(cx, &rows, work_item_open_of, instance));
    WorkItem **items = NEW_ARRAY(cx->arena, WorkItem *, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++)
        items[i] = work_item_of(cx, &rows.items[i]);
    *out = items;
    *count = rows.count;
    return NULL;
}

FALLIBLE work_item_done_by(Ctx *cx, Id instance, const char *node, Id user, bool *done)
{
    Row *row;
    TRY(db_row(cx, &row, work_item_by_node_and_user, instance, node, user));
    *done = row_integer(row, "items") > 0;
    return NULL;
}

FALLIBLE work_item_ended(Ctx *cx, Id instance, const char *node, bool *ended)
{
    Row *row;
    TRY(db_row(cx, &row, work_item_ended_of_node, instance, node));
    *ended = row_integer(row, "items") > 0;
    return NULL;
}

FALLIBLE work_item_take(Ctx *cx, Id item, Id user, bool *taken)
{
    int64_t changed = 0;
    TRY(db_run(cx, &changed, work_item_claim_row, item, user, cx->now));
    *taken = changed == 1;
    return NULL;
}

FALLIBLE work_item_give_back(Ctx *cx, Id item)
{
    return db_run(cx, NULL, work_item_offer_row, item);
}

FALLIBLE work_item_finish(Ctx *cx, Id item, Id user, bool *finished)
{
    int64_t changed = 0;
    TRY(db_run(cx, &changed, work_item_complete_row, item, user, cx->now));
    *finished = changed == 1;
    return NULL;
}

FALLIBLE work_item_name(Ctx *cx, Id item, Id user)
{
    return db_run(cx, NULL, work_item_user_add, item, user);
}

FALLIBLE work_item_is_named(Ctx *cx, Id item, Id user, bool *named)
{
    Row *row;
    TRY(db_row(cx, &row, work_item_user_is, user, item));
    *named = row_integer(row, "users") > 0;
    return NULL;
}

FALLIBLE timer_insert(Ctx *cx, Id instance, int64_t wait, const char *node, Instant due_at)
{
    return db_run(cx, NULL, timer_add, id_new(cx), instance, wait, node, due_at);
}

FALLIBLE message_wait_insert(Ctx *cx, Id instance, int64_t wait, const char *node, const char *name,
                             const char *key)
{
    return db_run(cx, NULL, message_wait_add, id_new(cx), instance, wait, node, name, key, cx->now);
}

FALLIBLE work_item_close(Ctx *cx, Id instance, int64_t wait)
{
    return db_run(cx, NULL, work_item_cancel_wait, instance, wait, cx->now);
}

FALLIBLE timer_close(Ctx *cx, Id instance, int64_t wait)
{
    return db_run(cx, NULL, timer_drop, instance, wait);
}

FALLIBLE message_wait_close(Ctx *cx, Id instance, int64_t wait)
{
    return db_run(cx, NULL, message_wait_drop, instance, wait);
}

FALLIBLE waiting_close_all(Ctx *cx, Id instance)
{
    TRY(db_run(cx, NULL, work_item_cancel_all, instance, cx->now));
    TRY(db_run(cx, NULL, timer_drop_all, instance));
    return db_run(cx, NULL, message_wait_drop_all, instance);
}

FALLIBLE waiting_of(Ctx *cx, Id instance, Waiting **out, size_t *count)
{
    Rows timers;
    Rows messages;
    TRY(db_rows(cx, &timers, timer_of_instance, instance));
    TRY(db_rows(cx, &messages, message_wait_of_instance, instance));
    Waiting *all = NEW_ARRAY(cx->arena, Waiting, timers.count + messages.count + 1);
    size_t n = 0;
    for (size_t i = 0; i < messages.count; i++, n++) {
        all[n].wait = row_integer(&messages.items[i], "wait");
        all[n].node = row_text(&messages.items[i], "node");
        all[n].name = row_text(&messages.items[i], "name");
    }
    for (size_t i = 0; i < timers.count; i++, n++) {
        all[n].wait = row_integer(&timers.items[i], "wait");
        all[n].node = row_text(&timers.items[i], "node");
        all[n].due_at = row_integer(&timers.items[i], "due_at");
    }
    *out = all;
    *count = n;
    return NULL;
}
