// SPDX-License-Identifier: Apache-2.0
#include "process/waiting.h"

#include "base/ids.h"

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

FALLIBLE timer_insert(Ctx *cx, Id instance, int64_t wait, const char *node, Instant due_at)
{
    return db_run(cx, NULL, timer_add, id_new(cx), instance, wait, node, due_at);
}

FALLIBLE message_wait_insert(Ctx *cx, Id instance, int64_t wait, const char *node, const char *name,
                             const char *key)
{
    return db_run(cx, NULL, message_wait_add, id_new(cx), instance, wait, node, name, key, cx->now);
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
    TRY(work_items_close(cx, instance));
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
