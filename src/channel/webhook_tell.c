// SPDX-License-Identifier: Apache-2.0
// From the feed to the outbox.
#include "channel/webhook.h"

#include "base/calendar.h"
#include "base/ids.h"
#include "channel/webhook_row.h"
#include "db/database.h"
#include "process/delivery.h"
#include "record/feed.h"

#define CHANGES_AT_ONCE 100 // of one webhook in one unit of work

QUERY_FULL(webhook_last, "SELECT cursor FROM webhook WHERE active = 1 ORDER BY cursor LIMIT 1",
           NULL, "one row, the first of the index");

FALLIBLE webhooks_behind(Ctx *cx, bool *behind)
{
    Row *row;
    int64_t newest;
    *behind = false;
    TRY(db_row(cx, &row, webhook_last));
    if (!row)
        return NULL;
    TRY(feed_newest(cx, &newest));
    *behind = row_integer(row, "cursor") < newest;
    return NULL;
}

static FALLIBLE send(Ctx *cx, const Webhook *webhook, const char *type, Instant at, Value data)
{
    Value message = value_context(cx->arena);
    value_set(cx->arena, message, "type", value_text(type));
    value_set(cx->arena, message, "timestamp", value_text(instant_text(cx->arena, at)));
    value_set(cx->arena, message, "data", data);
    return outbox_send(cx, WEBHOOK_CHANNEL, type, id_text(cx->arena, webhook->id), message);
}

static FALLIBLE tell(Ctx *cx, const Webhook *webhook, const Actor *reader, const Change *change)
{
    bool may;
    if (webhook->entities.list.count && !feed_names(webhook->entities, change))
        return NULL;
    TRY(feed_may_know(cx, reader, change, &may));
    if (!may)
        return NULL;
    const char *type =
        text_format(cx->arena, "%s.%s", change->entity, value_get_text(change->what, "action"));
    return send(cx, webhook, type, change->at, feed_change_json(cx, reader, change));
}

static FALLIBLE tell_changes(Ctx *cx, const Webhook *webhook, const Actor *reader, bool *more)
{
    Change *changes;
    size_t count;
    TRY(feed_after(cx, webhook->cursor, CHANGES_AT_ONCE, &changes, &count));
    for (size_t i = 0; i < count; i++)
        TRY(tell(cx, webhook, reader, &changes[i]));
    *more |= count == CHANGES_AT_ONCE;
    return count ? webhook_move(cx, webhook->id, changes[count - 1].number) : NULL;
}

FALLIBLE webhooks_tell(Ctx *cx, bool *more)
{
    Webhook *webhooks;
    size_t count;
    *more = false;
    TRY(webhooks_active(cx, &webhooks, &count));
    for (size_t i = 0; i < count; i++) {
        Actor *reader;
        Error *error = actor_load_id(cx, webhooks[i].made_by, DOOR_SYSTEM, &reader);
        if (!error)
            TRY(tell_changes(cx, &webhooks[i], reader, more));
        else if (error->code == ERR_NOT_FOUND)
            TRY(webhook_switch_off(
                cx, webhooks[i].id,
                FAIL(cx, ERR_CONFLICT, "whoever made it is not active any more")));
        else
            return error;
    }
    return NULL;
}

FALLIBLE webhook_test(Ctx *cx, Id id)
{
    Webhook webhook;
    Value data = value_context(cx->arena);
    TRY(webhook_load(cx, id, &webhook));
    value_set(cx->arena, data, "webhook", value_text(webhook.name));
    return send(cx, &webhook, "test", cx->now, data);
}
