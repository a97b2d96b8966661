// SPDX-License-Identifier: Apache-2.0
// Webhooks, for whoever connects other programs.
#include "api/list_query.h"
#include "channel/webhook.h"
#include "http/http.h"
#include "http/schemas.h"

#define WEBHOOKS_PATH "/api/v1/webhooks"

ROUTE(webhook_list_route, GET, WEBHOOKS_PATH, "webhook.manage", "Webhooks, by name",
      .output = SCHEMA("Webhooks"))
{
    return webhooks_list(cx, &response->json);
}

ROUTE(webhook_show_route, GET, WEBHOOKS_PATH "/{id}", "webhook.manage", "A webhook",
      .output = SCHEMA("Webhook"))
{
    Id id;
    TRY(request_id(cx, request, "id", &id));
    return webhook_show(cx, id, &response->json);
}

ROUTE(webhook_add_route, POST, WEBHOOKS_PATH, "webhook.manage",
      "Tell another program what changes, of what you may read; the answer alone has the secret "
      "by which it knows us",
      .input = SCHEMA("WebhookInput"), .output = SCHEMA("Webhook"))
{
    response->status = 201;
    return webhook_add(cx, request->json, &response->json);
}

ROUTE(webhook_change_route, PATCH, WEBHOOKS_PATH "/{id}", "webhook.manage",
      "Change a webhook, or switch it on or off", .input = SCHEMA("WebhookChange"),
      .output = SCHEMA("Webhook"))
{
    Id id;
    TRY(request_id(cx, request, "id", &id));
    return webhook_change(cx, id, request->json, &response->json);
}

ROUTE(webhook_remove_route, DELETE, WEBHOOKS_PATH "/{id}", "webhook.manage", "Remove a webhook")
{
    Id id;
    TRY(request_id(cx, request, "id", &id));
    response->status = 204;
    return webhook_remove(cx, id);
}

ROUTE(webhook_renew_route, POST, WEBHOOKS_PATH "/{id}/secret", "webhook.manage",
      "Give a webhook a new secret; for a day the old one signs beside it",
      .output = SCHEMA("Webhook"))
{
    Id id;
    TRY(request_id(cx, request, "id", &id));
    return webhook_renew(cx, id, &response->json);
}

ROUTE(webhook_test_route, POST, WEBHOOKS_PATH "/{id}/test", "webhook.manage",
      "Send a message of the type test")
{
    Id id;
    TRY(request_id(cx, request, "id", &id));
    response->status = 204;
    return webhook_test(cx, id);
}

static FALLIBLE state_of(Ctx *cx, const Request *request, const char **out)
{
    const char *state = request_query(request, "state");
    if (state && !text_equal(state, "waiting") && !text_equal(state, "delivered") &&
        !text_equal(state, "given-up"))
        return error_field(FAIL(cx, ERR_INVALID, "state is one of: waiting, delivered, given-up"),
                           "state");
    *out = state;
    return NULL;
}

ROUTE(webhook_deliveries_route, GET, WEBHOOKS_PATH "/{id}/deliveries", "webhook.manage",
      "What a webhook was sent, what waits and what was given up, newest first",
      .query = "state limit:integer after", .output = SCHEMA("WebhookDeliveries"))
{
    Id id, after;
    int limit;
    const char *state = NULL;
    TRY(request_id(cx, request, "id", &id));
    TRY(state_of(cx, request, &state));
    TRY(id_page_query_read(cx, request, &limit, &after));
    return webhook_deliveries(cx, id, state, after, limit, &response->json);
}

ROUTE(webhook_replay_route, POST, WEBHOOKS_PATH "/{id}/deliveries/{delivery}/replay",
      "webhook.manage", "Send a message once more, with the same webhook-id")
{
    Id id, delivery;
    TRY(request_id(cx, request, "id", &id));
    TRY(request_id(cx, request, "delivery", &delivery));
    response->status = 204;
    return webhook_replay(cx, id, delivery);
}
