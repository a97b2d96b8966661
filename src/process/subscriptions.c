// SPDX-License-Identifier: Apache-2.0
#include "process/subscriptions.h"

#include "base/ids.h"

#define COLUMNS "id, kind, name, key, starts, owner, wait, node"

QUERY(subscription_insert, "INSERT INTO process_wait (" COLUMNS ")"
                           " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
QUERY(subscription_delete, "DELETE FROM process_wait WHERE owner = $1 AND wait = $2");
QUERY(subscription_delete_all, "DELETE FROM process_wait WHERE owner = $1");
QUERY(subscription_by_owner, "SELECT " COLUMNS " FROM process_wait WHERE owner = $1 ORDER BY id");
QUERY(subscription_waiters,
      "SELECT owner, MIN(wait) AS wait FROM process_wait WHERE kind = $1 AND name = $2"
      " AND starts = 0 AND key = $3 AND owner > $4 AND id <= $5"
      " GROUP BY owner ORDER BY owner LIMIT $6");
QUERY(subscription_starting, "SELECT " COLUMNS " FROM process_wait WHERE kind = $1 AND name = $2"
                             " AND starts = 1 ORDER BY id");

static void subscriptions_read(Ctx *cx, const Rows *rows, Subscriptions *out)
{
    Subscription *items = NEW_ARRAY(cx->arena, Subscription, rows->count + 1);
    for (size_t i = 0; i < rows->count; i++) {
        const Row *row = &rows->items[i];
        items[i] = (Subscription){.id = row_integer(row, "id"),
                                  .kind = row_text(row, "kind"),
                                  .name = row_text(row, "name"),
                                  .key = row_text(row, "key"),
                                  .starts = row_integer(row, "starts") != 0,
                                  .owner = row_integer(row, "owner"),
                                  .wait = row_integer(row, "wait"),
                                  .node = row_text(row, "node")};
    }
    *out = (Subscriptions){items, rows->count};
}

FALLIBLE subscription_add(Ctx *cx, const Subscription *subscription)
{
    const char *key = subscription->key ? subscription->key : "";
    return db_post(cx, subscription_insert, id_new(cx), subscription->kind, subscription->name, key,
                   subscription->starts, subscription->owner, subscription->wait,
                   subscription->node);
}

FALLIBLE subscription_close(Ctx *cx, Id owner, int64_t wait)
{
    return db_post(cx, subscription_delete, owner, wait);
}

FALLIBLE subscriptions_close_all(Ctx *cx, Id owner)
{
    return db_post(cx, subscription_delete_all, owner);
}

FALLIBLE subscriptions_of(Ctx *cx, Id owner, Subscriptions *out)
{
    Rows rows;
    TRY(db_rows(cx, &rows, subscription_by_owner, owner));
    subscriptions_read(cx, &rows, out);
    return NULL;
}

FALLIBLE waiters_find(Ctx *cx, const WaitersOf *wanted, int limit, Waiters *out)
{
    Rows rows;
    TRY(db_rows(cx, &rows, subscription_waiters, wanted->kind, wanted->name, wanted->key,
                wanted->after, wanted->until, limit));
    Waiter *items = NEW_ARRAY(cx->arena, Waiter, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++)
        items[i] = (Waiter){row_integer(&rows.items[i], "owner"),
                            (int)row_integer(&rows.items[i], "wait")};
    *out = (Waiters){items, rows.count};
    return NULL;
}

FALLIBLE subscriptions_starting(Ctx *cx, const char *kind, const char *name, Subscriptions *out)
{
    Rows rows;
    TRY(db_rows(cx, &rows, subscription_starting, kind, name));
    subscriptions_read(cx, &rows, out);
    return NULL;
}
