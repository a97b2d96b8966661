// SPDX-License-Identifier: Apache-2.0
// Webhooks against an HTTP server on loopback.
#include "channel/webhook.h"

#include "base/ids.h"
#include "base/json.h"
#include "channel/networks.h"
#include "channel/signature.h"
#include "db/database.h"
#include "process/delivery.h"
#include "process/test_desk.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HOUR_US (3600 * 1000000LL)

// The other side: answers each call with a status and keeps what it was sent.
typedef struct Listener {
    int socket;
    int port;
    pthread_t thread;
    int status;
    char request[8192];
} Listener;

static bool is_whole(const char *request)
{
    const char *body = strstr(request, "\r\n\r\n"),
               *length = strcasestr(request, "content-length:");
    return body && length && strlen(body + 4) >= (size_t)atoi(length + strlen("content-length:"));
}

static void *listen_once(void *state)
{
    Listener *listener = state;
    int peer = accept(listener->socket, NULL, NULL);
    size_t length = 0;
    if (peer < 0) // nobody has called
        return NULL;
    while (!is_whole(listener->request)) {
        ssize_t got = read(peer, listener->request + length, sizeof listener->request - 1 - length);
        if (got <= 0)
            break;
        length += (size_t)got;
        listener->request[length] = '\0';
    }
    dprintf(peer, "HTTP/1.1 %d Answer\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
            listener->status);
    close(peer);
    return NULL;
}

static void listener_open(Listener *listener, int status)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    *listener = (Listener){.socket = socket(AF_INET, SOCK_STREAM, 0), .status = status};
    CHECK_INT(bind(listener->socket, (struct sockaddr *)&address, size), 0);
    CHECK_INT(listen(listener->socket, 1), 0);
    CHECK_INT(getsockname(listener->socket, (struct sockaddr *)&address, &size), 0);
    listener->port = ntohs(address.sin_port);
    CHECK_INT(pthread_create(&listener->thread, NULL, listen_once, listener), 0);
}

static void listener_close(Listener *listener)
{
    pthread_join(listener->thread, NULL);
    close(listener->socket);
}

static const char *header_of(Ctx *cx, const Listener *listener, const char *name)
{
    const char *at = strcasestr(listener->request, name);
    CHECK(at != NULL);
    at += strlen(name) + strlen(": ");
    return text_slice(cx->arena, at, strcspn(at, "\r"));
}

// ---- units of work ---------------------------------------------------------------------------

typedef struct Desk {
    const char *input;
    Id webhook;
    Id delivery;
    const char *state;
    Value shown;
    bool flag;
    Outgoing outgoing[5];
    int count;
    const char *problem;
} Desk;

static Error *add(Ctx *cx, void *state)
{
    Desk *desk = state;
    Value input;
    CHECK_OK(json_parse(cx, desk->input, strlen(desk->input), &input));
    return webhook_add(cx, input, &desk->shown);
}

static Error *change(Ctx *cx, void *state)
{
    Desk *desk = state;
    Value input;
    CHECK_OK(json_parse(cx, desk->input, strlen(desk->input), &input));
    return webhook_change(cx, desk->webhook, input, &desk->shown);
}

static Error *renew(Ctx *cx, void *state)
{
    Desk *desk = state;
    return webhook_renew(cx, desk->webhook, &desk->shown);
}

static Error *show(Ctx *cx, void *state)
{
    Desk *desk = state;
    return webhook_show(cx, desk->webhook, &desk->shown);
}

static Error *behind(Ctx *cx, void *state)
{
    Desk *desk = state;
    return webhooks_behind(cx, &desk->flag);
}

static Error *tell(Ctx *cx, void *state)
{
    Desk *desk = state;
    return webhooks_tell(cx, &desk->flag);
}

static Error *deliveries(Ctx *cx, void *state)
{
    Desk *desk = state;
    return webhook_deliveries(cx, desk->webhook, desk->state, 0, 10, &desk->shown);
}

static Error *replay(Ctx *cx, void *state)
{
    Desk *desk = state;
    return webhook_replay(cx, desk->webhook, desk->delivery);
}

static Error *take(Ctx *cx, void *state)
{
    Desk *desk = state;
    return deliveries_take(cx, "test", 5, cx->now + HOUR_US, desk->outgoing, &desk->count);
}

static Error *done(Ctx *cx, void *state)
{
    Desk *desk = state;
    return desk->problem ? job_failed(cx, "test", desk->outgoing[0].job, desk->problem)
                         : delivery_done(cx, "test", &desk->outgoing[0]);
}

static void must(Ctx *cx, UnitWork work, Desk *desk)
{
    CHECK_OK(desk_do(cx, "root", DOOR_API, work, desk));
}

static Id id_of(Value shown)
{
    Id id;
    CHECK(id_parse(value_get_text(shown, "id"), &id));
    return id;
}

// Takes the one message that is due, sends it, and says how it went.
static Error *deliver(Ctx *cx, Desk *desk)
{
    must(cx, take, desk);
    CHECK_INT(desk->count, 1);
    Error *error = delivery_make(cx, &desk->outgoing[0]);
    desk->problem = error ? error->source : NULL;
    must(cx, done, desk);
    return error;
}

static Value first_delivery(Ctx *cx, Desk *desk, const char *state)
{
    desk->state = state;
    must(cx, deliveries, desk);
    Value items = *value_get(desk->shown, "items");
    CHECK_INT((int)items.list.count, 1);
    return items.list.items[0];
}

static const Networks loopback = {.networks = {{{[10] = 0xff, [11] = 0xff, [12] = 127}, 104}},
                                  .count = 1};

// A webhook on loans at the listener; it has heard of nothing yet.
static void webhook_open(Ctx *cx, Desk *desk, const Listener *listener)
{
    cx->company->networks = &loopback;
    *desk = (Desk){.input = text_format(cx->arena,
                                        "{\"name\":\"ledger\",\"entities\":[\"loan\"],"
                                        "\"url\":\"http://127.0.0.1:%d/hook\"}",
                                        listener->port)};
    must(cx, add, desk);
    desk->webhook = id_of(desk->shown);
}

// ---- tests -----------------------------------------------------------------------------------

DESK_TEST(a_change_is_told_by_a_signed_call)
{
    Listener listener;
    Desk desk;
    const char *wanted;
    listener_open(&listener, 204);
    webhook_open(cx, &desk, &listener);
    const char *secret = value_get_text(desk.shown, "secret");
    must(cx, behind, &desk);
    CHECK(!desk.flag);
    Id loan = desk_loan(cx, "500");
    must(cx, behind, &desk);
    CHECK(desk.flag);
    must(cx, tell, &desk);
    must(cx, behind, &desk);
    CHECK(!desk.flag);
    CHECK_OK(deliver(cx, &desk));
    listener_close(&listener);
    const char *body = strstr(listener.request, "\r\n\r\n") + 4;
    CHECK_OK(signature_of(cx, secret, header_of(cx, &listener, "webhook-id"),
                          atoll(header_of(cx, &listener, "webhook-timestamp")), body, &wanted));
    CHECK_TEXT(header_of(cx, &listener, "webhook-signature"), wanted);
    CHECK(strstr(body, "\"type\":\"loan.create\"") != NULL);
    CHECK(strstr(body, id_text(cx->arena, loan)) != NULL);
    Value delivery = first_delivery(cx, &desk, "delivered");
    CHECK_TEXT(value_get_text(delivery, "type"), "loan.create");
}

DESK_TEST(what_is_refused_is_tried_again_by_the_same_id_and_can_be_replayed)
{
    Listener listener;
    Desk desk;
    listener_open(&listener, 503);
    webhook_open(cx, &desk, &listener);
    desk_loan(cx, "500");
    must(cx, tell, &desk);
    CHECK_FAILS(deliver(cx, &desk), ERR_UNAVAILABLE, "answered 503");
    listener_close(&listener);
    const char *first = header_of(cx, &listener, "webhook-id");
    Value waiting = first_delivery(cx, &desk, "waiting");
    CHECK_JSON(*value_get(waiting, "failures"), "1");
    CHECK_TEXT(value_get_text(waiting, "problem"), "the other side answered 503");
    must(cx, take, &desk);
    CHECK_INT(desk.count, 0); // later
    desk.delivery = id_of(waiting);
    must(cx, replay, &desk);
    int port = listener.port;
    listener_open(&listener, 200);
    desk.input = text_format(cx->arena, "{\"url\":\"http://127.0.0.1:%d/\"}", listener.port);
    CHECK(port != listener.port);
    must(cx, change, &desk);
    CHECK_OK(deliver(cx, &desk));
    listener_close(&listener);
    CHECK_TEXT(header_of(cx, &listener, "webhook-id"), first);
    desk.delivery++;
    CHECK_FAILS(desk_do(cx, "root", DOOR_API, replay, &desk), ERR_NOT_FOUND, "no such message");
}

DESK_TEST(a_side_that_is_gone_is_called_no_more)
{
    Listener listener;
    Desk desk;
    listener_open(&listener, 410);
    webhook_open(cx, &desk, &listener);
    desk_loan(cx, "500");
    must(cx, tell, &desk);
    CHECK_FAILS(deliver(cx, &desk), ERR_UNAVAILABLE, "410");
    listener_close(&listener);
    must(cx, show, &desk);
    CHECK(!value_get(desk.shown, "active")->boolean);
    CHECK_TEXT(value_get_text(desk.shown, "why"), "the other side answered that it is gone (410)");
    desk_loan(cx, "600");
    must(cx, behind, &desk);
    CHECK(!desk.flag);
    desk.input = "{\"active\":true}";
    must(cx, change, &desk);
    must(cx, behind, &desk);
    CHECK(!desk.flag); // what came meanwhile is not told
}

DESK_TEST(a_new_secret_signs_beside_the_old_one_for_a_day)
{
    Listener listener;
    Desk desk;
    listener_open(&listener, 200);
    webhook_open(cx, &desk, &listener);
    must(cx, renew, &desk);
    desk_loan(cx, "500");
    must(cx, tell, &desk);
    CHECK_OK(deliver(cx, &desk));
    listener_close(&listener);
    CHECK(strstr(header_of(cx, &listener, "webhook-signature"), " v1,") != NULL);
}

static Error *rename_bob(Ctx *cx, void *state)
{
    (void)state;
    Record *bob, *renamed;
    TRY(record_find(cx, "user", "login", value_text("bob"), &bob));
    Value fields = value_context(cx->arena);
    value_set(cx->arena, fields, "name", value_text("Robert"));
    return record_change(cx, "user", bob->id, bob->version, fields, &renamed);
}

DESK_TEST(nobody_is_told_what_the_maker_of_the_webhook_may_not_read)
{
    Desk desk = {.input = "{\"name\":\"all\",\"url\":\"https://example.com/\"}"};
    CHECK_OK(desk_do(cx, "anna", DOOR_API, add, &desk));
    desk.webhook = id_of(desk.shown);
    CHECK_OK(desk_do(cx, "root", DOOR_API, rename_bob, NULL));
    must(cx, tell, &desk);
    must(cx, deliveries, &desk);
    CHECK_INT((int)value_get(desk.shown, "items")->list.count, 0);
    desk_loan(cx, "500");
    must(cx, tell, &desk);
    must(cx, deliveries, &desk);
    CHECK(value_get(desk.shown, "items")->list.count > 0);
}

DESK_TEST(addresses_beside_the_program_are_not_called)
{
    Listener listener;
    Desk desk;
    listener_open(&listener, 200);
    webhook_open(cx, &desk, &listener);
    cx->company->networks = NULL;
    desk_loan(cx, "500");
    must(cx, tell, &desk);
    CHECK_FAILS(deliver(cx, &desk), ERR_UNAVAILABLE, "not within reach");
    shutdown(listener.socket, SHUT_RDWR);
    listener_close(&listener);
    CHECK_TEXT(listener.request, "");
}

DESK_TEST(what_is_no_webhook_is_refused_by_name)
{
    static const struct {
        const char *input;
        ErrorCode code;
        const char *words;
    } wrong[] = {
        {"{\"url\":\"https://example.com/\"}", ERR_INVALID, "has a name"},
        {"{\"name\":\"a\",\"url\":\"file:///etc/passwd\"}", ERR_INVALID, "no address to call"},
        {"{\"name\":\"a\",\"url\":\"gopher://example.com/\"}", ERR_INVALID, "no address to call"},
        {"{\"name\":\"a\",\"url\":\"http://me:secret@example.com/\"}", ERR_INVALID, "no name and"},
        {"{\"name\":\"a\"}", ERR_INVALID, "no address to call"},
        {"{\"name\":\"a\",\"url\":\"https://example.com/\",\"entities\":[\"nothing\"]}",
         ERR_NOT_FOUND, "nothing"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        Desk desk = {.input = wrong[i].input};
        CHECK_FAILS(desk_do(cx, "root", DOOR_API, add, &desk), wrong[i].code, wrong[i].words);
    }
}
