// SPDX-License-Identifier: Apache-2.0
// From the outbox to the other side.
#include "channel/webhook.h"

#include "base/calendar.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/messages.h"
#include "channel/outward.h"
#include "channel/signature.h"
#include "channel/webhook_row.h"
#include "db/database.h"
#include "process/delivery.h"

#include <string.h>

#define SECOND_US 1000000LL
#define OLD_SECRET_US (WEBHOOK_OLD_SECRET_H * 3600 * SECOND_US)
#define STATUS_GONE 410

typedef struct Target {
    Id id;
    Webhook webhook;
} Target;

static FALLIBLE load(Ctx *cx, void *state)
{
    Target *target = state;
    return webhook_load(cx, target->id, &target->webhook);
}

static FALLIBLE switch_off(Ctx *cx, void *state)
{
    const Target *target = state;
    return webhook_switch_off(
        cx, target->id, FAIL(cx, ERR_CONFLICT, "the other side answered that it is gone (410)"));
}

// By the secret, and for a day by the one before it.
static FALLIBLE signatures(Ctx *cx, const Webhook *webhook, const char *id, const char *body,
                           const char **out)
{
    int64_t seconds = cx->now / SECOND_US;
    TRY(signature_of(cx, webhook->secret, id, seconds, body, out));
    if (!webhook->old_secret || cx->now > webhook->renewed_at + OLD_SECRET_US)
        return NULL;
    const char *old;
    TRY(signature_of(cx, webhook->old_secret, id, seconds, body, &old));
    *out = text_format(cx->arena, "%s %s", *out, old);
    return NULL;
}

static FALLIBLE post(Ctx *cx, const Webhook *webhook, const Outgoing *outgoing, int *status)
{
    const char *body = json_text(cx->arena, outgoing->payload), *signature;
    const char *id = text_format(cx->arena, "msg_%s", id_text(cx->arena, outgoing->id));
    TRY(signatures(cx, webhook, id, body, &signature));
    const char *headers[] = {
        "content-type: application/json",
        "user-agent: Millrace",
        text_format(cx->arena, "webhook-id: %s", id),
        text_format(cx->arena, "webhook-timestamp: %lld", (long long)(cx->now / SECOND_US)),
        text_format(cx->arena, "webhook-signature: %s", signature),
        NULL,
    };
    return outward_post(cx, &(Outward){webhook->url, headers, body}, status);
}

CHANNEL(webhook_channel, WEBHOOK_CHANNEL, "Calls the address of a webhook.")
{
    Target target = {0};
    int status;
    if (!id_parse(outgoing->key, &target.id))
        return FAIL(cx, ERR_INTERNAL, "a message without a webhook");
    TRY(database_read(cx, cx->company->database, load, &target));
    if (!target.webhook.active)
        return FAIL(cx, ERR_UNAVAILABLE, "the webhook is switched off");
    TRY(post(cx, &target.webhook, outgoing, &status));
    if (status == STATUS_GONE)
        TRY(database_write(cx, cx->company->database, switch_off, &target));
    if (status < 200 || status >= 300)
        return FAIL(cx, ERR_UNAVAILABLE, "the other side answered %d", status);
    return NULL;
}

// ---- what became of them ---------------------------------------------------------------------

static Value delivery_json(Ctx *cx, const Delivery *delivery)
{
    Arena *arena = cx->arena;
    Value json = value_context(arena);
    const char *problem = message_said(arena, cx->language, delivery->problem);
    value_set(arena, json, "id", value_text(id_text(arena, delivery->id)));
    value_set(arena, json, "type", value_text(delivery->name));
    value_set(arena, json, "at", value_text(instant_text(arena, delivery->at)));
    value_set(arena, json, "state", value_text(delivery->state));
    value_set(arena, json, "failures", value_integer(delivery->failures));
    value_set(arena, json, "problem", value_text(problem));
    value_set(arena, json, "message", delivery->payload);
    return json;
}

FALLIBLE webhook_deliveries(Ctx *cx, Id id, const char *state, Id before, int limit, Value *out)
{
    Webhook webhook;
    Delivery *deliveries;
    size_t count;
    TRY(webhook_load(cx, id, &webhook));
    const DeliveryList wanted = {WEBHOOK_CHANNEL, id_text(cx->arena, id), state, before, limit + 1};
    TRY(deliveries_list(cx, &wanted, &deliveries, &count));
    bool more = count > (size_t)limit;
    count -= more;
    Value *items = NEW_ARRAY(cx->arena, Value, count + 1);
    for (size_t i = 0; i < count; i++)
        items[i] = delivery_json(cx, &deliveries[i]);
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "items", value_list(items, count));
    value_set(cx->arena, *out, "next",
              value_text(more ? id_text(cx->arena, deliveries[count - 1].id) : NULL));
    return NULL;
}

FALLIBLE webhook_replay(Ctx *cx, Id id, Id delivery)
{
    Webhook webhook;
    TRY(webhook_load(cx, id, &webhook));
    return delivery_again(cx, WEBHOOK_CHANNEL, id_text(cx->arena, id), delivery);
}
