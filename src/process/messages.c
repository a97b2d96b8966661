// SPDX-License-Identifier: Apache-2.0
// Messages: correlation by name and key, kept ones, idempotency, the outbox.
#include "base/ids.h"
#include "base/json.h"
#include "db/db.h"
#include "process/process.h"
#include "process/runner.h"

#include <string.h>

#define LIMIT_MESSAGE_TEXT 200 // bytes of a name, a key, an idempotency key

// One instance takes a message once, at the subscription it made first.
QUERY(message_wait_find, "SELECT instance, MIN(wait) AS wait FROM message_wait"
                         " WHERE name = $1 AND key = $2 GROUP BY instance ORDER BY instance");
QUERY(message_by_idempotency_key,
      "SELECT name, key, delivered FROM message WHERE idempotency_key = $1");
QUERY(message_add,
      "INSERT INTO message (id, name, key, payload, idempotency_key, state, delivered,"
      " published_at, published_by, keep_until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
QUERY(message_kept_first, "SELECT id, payload FROM message WHERE name = $1 AND key = $2"
                          " AND state = 'kept' AND keep_until > $3 ORDER BY id LIMIT 1");
QUERY(message_taken,
      "UPDATE message SET state = 'delivered', delivered = 1 WHERE id = $1 AND state = 'kept'");
QUERY(outbox_message_add,
      "INSERT INTO outbox_message (id, instance, node, name, key, payload, state, created_at)"
      " VALUES ($1, $2, $3, $4, $5, $6, 'pending', $7)");
QUERY(outbox_message_delivered, "UPDATE outbox_message SET state = 'delivered' WHERE id = $1");

FALLIBLE message_deliver(Ctx *cx, const char *name, const char *key, Value payload, int depth,
                         int *delivered)
{
    Rows rows;
    TRY(db_rows(cx, &rows, message_wait_find, name, key));
    RunCause cause = {"message", value_context(cx->arena), depth};
    value_set(cx->arena, cause.detail, "name", value_text(name));
    value_set(cx->arena, cause.detail, "payload", payload);
    int reached = 0;
    for (size_t i = 0; i < rows.count; i++) {
        Instance *instance;
        TRY(instance_load(cx, row_integer(&rows.items[i], "instance"), &instance));
        FlowEvent event = {.kind = FLOW_MESSAGE,
                           .wait = (int)row_integer(&rows.items[i], "wait"),
                           .value = payload};
        TRY(runner_run(cx, instance, &event, &cause));
        reached++;
    }
    *delivered = reached;
    return NULL;
}

FALLIBLE message_take_kept(Ctx *cx, const char *name, const char *key, bool *found, Value *payload)
{
    *found = false;
    Row *row;
    TRY(db_row(cx, &row, message_kept_first, name, key, cx->now));
    if (!row)
        return NULL;
    int64_t changed = 0;
    TRY(db_run(cx, &changed, message_taken, row_integer(row, "id")));
    if (!changed)
        return NULL;
    const char *text = row_text(row, "payload");
    TRY(json_parse(cx, text, strlen(text), payload));
    *found = true;
    return NULL;
}

FALLIBLE outbox_message_insert(Ctx *cx, Id instance, const char *node, const char *name,
                               const char *key, Value payload, Id *out)
{
    Id row = id_new(cx);
    TRY(db_run(cx, NULL, outbox_message_add, row, instance, node, name, key,
               json_text(cx->arena, payload), cx->now));
    *out = row;
    return NULL;
}

FALLIBLE outbox_delivered(Ctx *cx, Id row)
{
    return db_run(cx, NULL, outbox_message_delivered, row);
}

FALLIBLE outbox_message_send(Ctx *cx, const char *name, const char *key, Value payload)
{
    Id row;
    const ActiveStep *step = cx->step;
    return outbox_message_insert(cx, step ? step->instance : 0,
                                 step && step->node ? step->node->id : "", name, key, payload,
                                 &row);
}

static FALLIBLE message_check(Ctx *cx, const char *name, const char *key, Value payload,
                              const char *idempotency_key)
{
    if (!actor_may(cx->actor, "message.publish"))
        return FAIL(cx, ERR_DENIED, "you may not publish messages");
    if (!name || !*name || strlen(name) > LIMIT_MESSAGE_TEXT)
        return error_field(
            FAIL(cx, ERR_INVALID, "a message needs a name of at most %d bytes", LIMIT_MESSAGE_TEXT),
            "name");
    if (!key || strlen(key) > LIMIT_MESSAGE_TEXT)
        return error_field(
            FAIL(cx, ERR_INVALID, "a message needs a key of at most %d bytes", LIMIT_MESSAGE_TEXT),
            "key");
    if (idempotency_key && (!*idempotency_key || strlen(idempotency_key) > LIMIT_MESSAGE_TEXT))
        return error_field(
            FAIL(cx, ERR_INVALID, "an idempotency key has 1 to %d bytes", LIMIT_MESSAGE_TEXT),
            "idempotency_key");
    if (payload.kind != VALUE_NULL && payload.kind != VALUE_CONTEXT)
        return error_field(FAIL(cx, ERR_INVALID, "the payload must be an object"), "payload");
    return NULL;
}

FALLIBLE message_publish(Ctx *cx, const char *name, const char *key, Value payload,
                         const char *idempotency_key, Instant keep_until, int *delivered)
{
    TRY(message_check(cx, name, key, payload, idempotency_key));
    if (payload.kind == VALUE_NULL)
        payload = value_context(cx->arena);
    if (idempotency_key) {
        Row *row;
        TRY(db_row(cx, &row, message_by_idempotency_key, idempotency_key));
        if (row &&
            (!text_equal(row_text(row, "name"), name) || !text_equal(row_text(row, "key"), key)))
            return error_field(
                FAIL(cx, ERR_CONFLICT, "this idempotency key was used for another message"),
                "idempotency_key");
        if (row) {
            *delivered = (int)row_integer(row, "delivered");
            return NULL;
        }
    }
    int reached = 0;
    TRY(message_deliver(cx, name, key, payload, 0, &reached));
    const char *state = reached ? "delivered" : keep_until > cx->now ? "kept" : "dropped";
    TRY(db_run(cx, NULL, message_add, id_new(cx), name, key, json_text(cx->arena, payload),
               idempotency_key, state, reached, cx->now, cx->actor ? cx->actor->user : 0,
               keep_until));
    *delivered = reached;
    return NULL;
}
