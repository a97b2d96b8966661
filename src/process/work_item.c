// SPDX-License-Identifier: Apache-2.0
#include "process/work_item.h"

#include "base/ids.h"

#define AUDIENCE_OF(groups) "(SELECT a.id FROM work_audience a WHERE a.groups = " groups ")"
#define OPEN "state IN ('offered', 'claimed', 'started')"

QUERY(work_item_by_id, "SELECT " WORK_ITEM_COLUMNS " FROM work_item WHERE id = $1");
QUERY(work_item_add,
      "INSERT INTO work_item (id, instance, wait, process_key, model, node, entity, subject, state,"
      " position, department, audience, named, assignee, priority, blocked, pushing, created_at,"
      " due_at, due_order, claimed_at, escalate_at, follow_up_at, escalation)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, " AUDIENCE_OF(
          "$12") ", $13, $14, $15, $16, $17, $18,"
                 " $19, $20, $21, $22, 0, 0)");
QUERY(work_item_move_row,
      "UPDATE work_item SET state = $2, audience = " AUDIENCE_OF(
          "$3") ", named = $4, assignee = $5, acting_for = $6,"
                " owner = $7, blocked = $8, pushing = $9, claimed_at = $10, started_at = $11,"
                " follow_up_at = $12, escalate_at = $13, escalation = $14, draft = $15, ended_at = "
                "$16,"
                " completed_by = $17 WHERE id = $1 AND state = $18 AND COALESCE(assignee, 0) = $19"
                " AND COALESCE(owner, 0) = $20");
QUERY(work_item_open_of,
      "SELECT " WORK_ITEM_COLUMNS " FROM work_item WHERE instance = $1 AND " OPEN " ORDER BY id");
QUERY(work_item_done_of_node, "SELECT completed_by FROM work_item WHERE instance = $1 AND node = $2"
                              " AND state = 'completed' ORDER BY ended_at DESC, id DESC LIMIT 1");
QUERY(work_item_ended_of_node, "SELECT id FROM work_item WHERE instance = $1 AND node = $2"
                               " AND state IN ('completed', 'cancelled') LIMIT 1");
QUERY(work_item_cancel_wait,
      "UPDATE work_item SET state = 'cancelled', ended_at = $3, escalate_at = NULL, pushing = 0"
      " WHERE instance = $1 AND wait = $2 AND " OPEN);
QUERY(work_item_cancel_all,
      "UPDATE work_item SET state = 'cancelled', ended_at = $2, escalate_at = NULL, pushing = 0"
      " WHERE instance = $1 AND " OPEN);

QUERY(work_item_user_add, "INSERT INTO work_item_user (item, user_id) VALUES ($1, $2)"
                          " ON CONFLICT (user_id, item) DO NOTHING");
QUERY(work_item_user_is,
      "SELECT COUNT(*) AS users FROM work_item_user WHERE user_id = $1 AND item = $2");
QUERY(work_item_user_all, "SELECT user_id FROM work_item_user WHERE item = $1 ORDER BY user_id");
QUERY(work_hand_add_row, "INSERT INTO work_item_hand (instance, node, user_id) VALUES ($1, $2, $3)"
                         " ON CONFLICT (instance, node, user_id) DO NOTHING");
QUERY(work_hand_of, "SELECT COUNT(*) AS hands FROM work_item_hand"
                    " WHERE instance = $1 AND node = $2 AND user_id = $3");
QUERY(work_item_seen_add, "INSERT INTO work_item_seen (item, user_id) VALUES ($1, $2)"
                          " ON CONFLICT (item, user_id) DO NOTHING");
QUERY(work_item_seen_drop, "DELETE FROM work_item_seen WHERE item = $1 AND user_id = $2");
QUERY(work_item_seen_drop_all, "DELETE FROM work_item_seen WHERE item = $1");
QUERY(work_item_seen_is,
      "SELECT COUNT(*) AS seen FROM work_item_seen WHERE item = $1 AND user_id = $2");
QUERY(work_item_user_drop, "DELETE FROM work_item_user WHERE item = $1");
QUERY(work_notice_add_row, "INSERT INTO work_notice (item, user_id) VALUES ($1, $2)"
                           " ON CONFLICT (user_id, item) DO NOTHING");
QUERY(work_notice_is, "SELECT COUNT(*) AS told FROM work_notice WHERE user_id = $1 AND item = $2");
QUERY(work_notice_drop, "DELETE FROM work_notice WHERE item = $1");
QUERY(work_event_add_row,
      "INSERT INTO work_item_event (id, item, instance, node, at, kind, actor, acting_for,"
      " receiver, position, department, comment)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)");
QUERY(work_event_of_item_rows, "SELECT * FROM work_item_event WHERE item = $1 ORDER BY id");
QUERY(work_event_of_instance_rows, "SELECT * FROM work_item_event WHERE instance = $1 ORDER BY id");

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
    item->groups = row_text(row, "groups");
    item->named = (WorkNamed)row_integer(row, "named");
    item->assignee = row_integer(row, "assignee");
    item->acting_for = row_integer(row, "acting_for");
    item->owner = row_integer(row, "owner");
    item->priority = (int)row_integer(row, "priority");
    item->blocked = row_integer(row, "blocked") != 0;
    item->pushing = row_integer(row, "pushing") != 0;
    item->created_at = row_integer(row, "created_at");
    item->due_at = row_integer(row, "due_at");
    item->claimed_at = row_integer(row, "claimed_at");
    item->started_at = row_integer(row, "started_at");
    item->follow_up_at = row_integer(row, "follow_up_at");
    item->escalate_at = row_integer(row, "escalate_at");
    item->escalation = (int)row_integer(row, "escalation");
    item->draft = row_text(row, "draft");
    item->ended_at = row_integer(row, "ended_at");
    item->completed_by = row_integer(row, "completed_by");
    item->suspended = row_text(row, "suspended");
    return item;
}

bool work_item_held(const WorkItem *item)
{
    return text_equal(item->state, "claimed") || text_equal(item->state, "started");
}

bool work_item_open(const WorkItem *item)
{
    return text_equal(item->state, "offered") || work_item_held(item);
}

static Cell number_or_null(int64_t number)
{
    return number ? cell_integer(number) : cell_null();
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
    return db_post(cx, work_item_add, item->id, item->instance, item->wait, item->process_key,
                   item->model, item->node, item->entity, number_or_null(item->subject),
                   item->state, item->position, item->department, item->groups,
                   (int64_t)item->named, number_or_null(item->assignee), item->priority,
                   item->blocked, item->pushing, item->created_at, number_or_null(item->due_at),
                   item->due_at ? item->due_at : INT64_MAX, number_or_null(item->claimed_at),
                   number_or_null(item->escalate_at));
}

FALLIBLE work_item_move(Ctx *cx, const WorkItem *before, const WorkItem *after)
{
    bool open = work_item_open(after);
    return db_post_one(
        cx, work_item_move_row, before->id, after->state, after->groups, (int64_t)after->named,
        number_or_null(after->assignee), number_or_null(after->acting_for),
        number_or_null(after->owner), after->blocked, open && after->pushing,
        number_or_null(after->claimed_at), number_or_null(after->started_at), after->follow_up_at,
        open ? number_or_null(after->escalate_at) : cell_null(), after->escalation, after->draft,
        number_or_null(after->ended_at), number_or_null(after->completed_by), before->state,
        before->assignee, before->owner);
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

FALLIBLE work_item_done_by(Ctx *cx, Id instance, const char *node, Id *user)
{
    Row *row;
    TRY(db_row(cx, &row, work_item_done_of_node, instance, node));
    *user = row ? row_integer(row, "completed_by") : 0;
    return NULL;
}

FALLIBLE work_item_ended(Ctx *cx, Id instance, const char *node, bool *ended)
{
    Row *row;
    TRY(db_row(cx, &row, work_item_ended_of_node, instance, node));
    *ended = row != NULL;
    return NULL;
}

FALLIBLE work_item_close(Ctx *cx, Id instance, int64_t wait)
{
    return db_post(cx, work_item_cancel_wait, instance, wait, cx->now);
}

FALLIBLE work_items_close(Ctx *cx, Id instance)
{
    return db_post(cx, work_item_cancel_all, instance, cx->now);
}

FALLIBLE work_item_name(Ctx *cx, Id item, Id user)
{
    return db_post(cx, work_item_user_add, item, user);
}

FALLIBLE work_item_is_named(Ctx *cx, Id item, Id user, bool *named)
{
    Row *row;
    TRY(db_row(cx, &row, work_item_user_is, user, item));
    *named = row_integer(row, "users") > 0;
    return NULL;
}

FALLIBLE work_item_named(Ctx *cx, Id item, Id **users, size_t *count)
{
    Rows rows;
    TRY(db_rows(cx, &rows, work_item_user_all, item));
    *users = NEW_ARRAY(cx->arena, Id, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++)
        (*users)[i] = row_integer(&rows.items[i], "user_id");
    *count = rows.count;
    return NULL;
}

FALLIBLE work_hand_add(Ctx *cx, const WorkItem *item, Id user)
{
    return user ? db_post(cx, work_hand_add_row, item->instance, item->node, user) : NULL;
}

FALLIBLE work_hand_had(Ctx *cx, Id instance, const char *node, Id user, bool *had)
{
    Row *row;
    TRY(db_row(cx, &row, work_hand_of, instance, node, user));
    *had = row_integer(row, "hands") > 0;
    return NULL;
}

FALLIBLE work_item_see(Ctx *cx, Id item, Id user, bool seen)
{
    return seen ? db_post(cx, work_item_seen_add, item, user)
                : db_post(cx, work_item_seen_drop, item, user);
}

FALLIBLE work_item_unsee(Ctx *cx, Id item)
{
    return db_post(cx, work_item_seen_drop_all, item);
}

FALLIBLE work_item_seen(Ctx *cx, Id item, Id user, bool *seen)
{
    Row *row;
    TRY(db_row(cx, &row, work_item_seen_is, item, user));
    *seen = row_integer(row, "seen") > 0;
    return NULL;
}

FALLIBLE work_notice_add(Ctx *cx, const WorkItem *item, Id user)
{
    return db_post(cx, work_notice_add_row, item->id, user);
}

FALLIBLE work_notice_has(Ctx *cx, Id item, Id user, bool *told)
{
    Row *row;
    TRY(db_row(cx, &row, work_notice_is, user, item));
    *told = row_integer(row, "told") > 0;
    return NULL;
}

FALLIBLE work_item_forget(Ctx *cx, Id item)
{
    TRY(db_post(cx, work_item_user_drop, item));
    TRY(db_post(cx, work_notice_drop, item));
    return work_item_unsee(cx, item);
}

FALLIBLE work_event_add(Ctx *cx, const WorkItem *item, WorkEvent event)
{
    return db_post(cx, work_event_add_row, id_new(cx), item->id, item->instance, item->node,
                   cx->now, event.kind, cx->actor ? cx->actor->user : (Id)0,
                   number_or_null(event.acting_for), number_or_null(event.receiver), event.position,
                   event.department, event.comment);
}

static void events_of(Ctx *cx, const Rows *rows, WorkEvent **out, size_t *count)
{
    WorkEvent *events = NEW_ARRAY(cx->arena, WorkEvent, rows->count + 1);
    for (size_t i = 0; i < rows->count; i++) {
        const Row *row = &rows->items[i];
        events[i] = (WorkEvent){.id = row_integer(row, "id"),
                                .item = row_integer(row, "item"),
                                .instance = row_integer(row, "instance"),
                                .node = row_text(row, "node"),
                                .at = row_integer(row, "at"),
                                .kind = row_text(row, "kind"),
                                .actor = row_integer(row, "actor"),
                                .acting_for = row_integer(row, "acting_for"),
                                .receiver = row_integer(row, "receiver"),
                                .position = row_text(row, "position"),
                                .department = row_text(row, "department"),
                                .comment = row_text(row, "comment")};
    }
    *out = events;
    *count = rows->count;
}

FALLIBLE work_events_of_item(Ctx *cx, Id item, WorkEvent **out, size_t *count)
{
    Rows rows;
    TRY(db_rows(cx, &rows, work_event_of_item_rows, item));
    events_of(cx, &rows, out, count);
    return NULL;
}

FALLIBLE work_events_of_instance(Ctx *cx, Id instance, WorkEvent **out, size_t *count)
{
    Rows rows;
    TRY(db_rows(cx, &rows, work_event_of_instance_rows, instance));
    events_of(cx, &rows, out, count);
    return NULL;
}
