// SPDX-License-Identifier: Apache-2.0
// Messages: correlation by name and key, kept ones, idempotency, the outbox.
#include "process/messages.h"
#include "base/ids.h"
#include "base/json.h"
#include "db/database.h"
#include "process/agenda.h"
#include "process/fan.h"
#include "process/process.h"
#include "process/runner.h"
#include "process/starts.h"

#include <string.h>

#define LIMIT_MESSAGE_TEXT 200 // bytes of a name, a key, an idempotency key

QUERY(message_by_idempotency_key,
      "SELECT name, key, state, delivered FROM message WHERE idempotency_key = $1");
QUERY(message_add,
      "INSERT INTO message (id, name, key, payload, idempotency_key, state, delivered,"
      " published_at, published_by, keep_until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
QUERY(message_kept_first, "SELECT id, payload FROM message WHERE name = $1 AND key = $2"
                          " AND state = 'kept' AND keep_until > $3 ORDER BY id LIMIT 1");
QUERY(message_taken,
      "UPDATE message SET state = 'delivered', delivered = 1, payload = '{}' WHERE id = $1"
      " AND state = 'kept'");
QUERY(outbox_message_add,
      "INSERT INTO outbox_message (id, instance, node, name, key, payload, state, created_at)"
      " VALUES ($1, $2, $3, $4, $5, $6, 'pending', $7)");
QUERY(outbox_message_delivered, "UPDATE outbox_message SET state = 'delivered' WHERE id = $1");

// Those that were taken until here.
MIGRATION(process_0074_taken, 30, "UPDATE message SET payload = '{}' WHERE state <> 'kept'");

typedef struct Delivered {
    int reached;
    bool queued;
} Delivered;

// Who waits comes first; when nobody does, the message starts what it can.
static FALLIBLE message_deliver(Ctx *cx, const Fan *fan, bool to_one, const StartedBy *by,
                                Delivered *out)
{
    Delivered delivered = {0};
    if (to_one)
        TRY(fan_to_one(cx, fan, &delivered.reached));
    else
        TRY(fan_out(cx, fan, &delivered.reached, &delivered.queued));
    if (!delivered.reached && !delivered.queued)
        TRY(starts_by_event(cx, WAITS_MESSAGE, fan->name, by, &delivered.reached));
    *out = delivered;
    return NULL;
}

FALLIBLE message_follow(Ctx *cx, const Follow *follow)
{
    Fan fan = {WAITS_MESSAGE, follow->name, follow->key, follow->value, 0};
    StartedBy by = {.payload = follow->value,
                    .entity = follow->entity,
                    .subject = follow->subject,
                    .message = follow->name,
                    .key = follow->key};
    Delivered delivered;
    TRY(message_deliver(cx, &fan, false, &by, &delivered));
    return delivered.reached || delivered.queued
               ? db_post(cx, outbox_message_delivered, follow->row)
               : NULL;
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

// The oldest message that nobody took; the process that it starts was busy with its key. What
// starts nothing now either stays where it is.
FALLIBLE kept_follow(Ctx *cx, const Follow *follow)
{
    Row *row;
    TRY(db_row(cx, &row, message_kept_first, follow->name, follow->key, cx->now));
    if (!row)
        return NULL;
    const char *text = row_text(row, "payload");
    StartedBy by = {.message = follow->name, .key = follow->key};
    int started;
    TRY(json_parse(cx, text, strlen(text), &by.payload));
    TRY(starts_by_event(cx, WAITS_MESSAGE, follow->name, &by, &started));
    return started ? db_post(cx, message_taken, row_integer(row, "id")) : NULL;
}

FALLIBLE outbox_message_insert(Ctx *cx, Id instance, const char *node, const char *name,
                               const char *key, Value payload, Id *out)
{
    Id row = id_new(cx);
    TRY(db_post(cx, outbox_message_add, row, instance, node, name, key,
                json_text(cx->arena, payload), cx->now));
    *out = row;
    return NULL;
}

FALLIBLE outbox_message_send(Ctx *cx, const char *name, const char *key, Value payload)
{
    Id row;
    const ActiveStep *step = cx->step;
    return outbox_message_insert(cx, step ? step->instance : 0,
                                 step && step->node ? step->node->id : "", name, key, payload,
                                 &row);
}

static FALLIBLE text_check(Ctx *cx, const char *text, int least, const char *field)
{
    if (text && (int)strlen(text) >= least && strlen(text) <= LIMIT_MESSAGE_TEXT)
        return NULL;
    return error_field(
        FAIL(cx, ERR_INVALID, "%s has %d to %d bytes", field, least, LIMIT_MESSAGE_TEXT), field);
}

FALLIBLE event_check(Ctx *cx, const char *name, Value payload)
{
    if (!actor_may(cx->actor, "message.publish"))
        return FAIL(cx, ERR_DENIED, "you may not publish messages");
    TRY(text_check(cx, name, 1, "name"));
    if (payload.kind != VALUE_NULL && payload.kind != VALUE_CONTEXT)
        return error_field(FAIL(cx, ERR_INVALID, "the payload must be an object"), "payload");
    return NULL;
}

// What was published before with this idempotency key; *row is NULL when nothing was.
static FALLIBLE message_before(Ctx *cx, const IncomingMessage *message, Row **row)
{
    *row = NULL;
    if (!message->idempotency_key)
        return NULL;
    TRY(db_row(cx, row, message_by_idempotency_key, message->idempotency_key));
    if (*row && (!text_equal(row_text(*row, "name"), message->name) ||
                 !text_equal(row_text(*row, "key"), message->key)))
        return error_field(
            FAIL(cx, ERR_CONFLICT, "this idempotency key was used for another message"),
            "idempotency_key");
    return NULL;
}

FALLIBLE message_publish(Ctx *cx, const IncomingMessage *message, int *reached, bool *queued)
{
    TRY(event_check(cx, message->name, message->payload));
    TRY(text_check(cx, message->key, 0, "key"));
    if (message->idempotency_key)
        TRY(text_check(cx, message->idempotency_key, 1, "idempotency_key"));
    Value payload =
        message->payload.kind == VALUE_NULL ? value_context(cx->arena) : message->payload;
    Row *row;
    TRY(message_before(cx, message, &row));
    if (row) {
        *reached = (int)row_integer(row, "delivered");
        *queued = text_equal(row_text(row, "state"), "queued");
        return NULL;
    }
    Fan fan = {WAITS_MESSAGE, message->name, message->key, payload, 0};
    StartedBy by = {.payload = payload, .message = message->name, .key = message->key};
    Delivered delivered;
    TRY(message_deliver(cx, &fan, message->to_one, &by, &delivered));
    const char *state = delivered.queued                ? "queued"
                        : delivered.reached             ? "delivered"
                        : message->keep_until > cx->now ? "kept"
                                                        : "dropped";
    // What has been taken stands in the histories of those who took it, where it can be erased.
    const char *kept = text_equal(state, "kept") ? json_text(cx->arena, payload) : "{}";
    TRY(db_post(cx, message_add, id_new(cx), message->name, message->key, kept,
                message->idempotency_key, state, delivered.reached, cx->now,
                cx->actor ? cx->actor->user : 0, message->keep_until));
    *reached = delivered.reached;
    *queued = delivered.queued;
    return NULL;
}
