// SPDX-License-Identifier: Apache-2.0
// Requests through the dispatcher, without a socket.
#include "db/database.h"
#include "http/http.h"
#include "http/session.h"
#include "record/test_packs.h"

#include <string.h>

ROUTE(test_open_route, GET, "/test/open", "public", "For everybody")
{
    response->json = value_text(cx->language);
    return NULL;
}

ROUTE(test_who_route, GET, "/test/who", "signed-in", "Who asks")
{
    response->json = value_text(cx->actor->login);
    return NULL;
}

ROUTE(test_change_route, POST, "/test/change", "signed-in", "A change", .input = "{}")
{
    response->json = request->json;
    return NULL;
}

ROUTE(test_rare_route, GET, "/test/rare", "test.rare", "For few")
{
    return NULL;
}

typedef struct Sent {
    const char *cookie;
    const char *bearer;
    const char *csrf;
    const char *body;
    const char *type;
} Sent;

static Response ask(Ctx *cx, Method method, const char *path, Sent sent)
{
    Response response = {0};
    Request request = {.method = method, .path = path, .address = "127.0.0.1"};
    request.query = request.parameters = value_context(cx->arena);
    request.headers = value_context(cx->arena);
    request.body = sent.body ? sent.body : "";
    request.body_length = strlen(request.body);
    if (sent.cookie)
        value_set(cx->arena, request.headers, "cookie",
                  value_text(text_format(cx->arena, "a=b; %s=%s", SESSION_COOKIE, sent.cookie)));
    if (sent.bearer)
        value_set(cx->arena, request.headers, "authorization",
                  value_text(text_format(cx->arena, "Bearer %s", sent.bearer)));
    if (sent.csrf)
        value_set(cx->arena, request.headers, "x-csrf-token", value_text(sent.csrf));
    value_set(cx->arena, request.headers, "content-type",
              value_text(sent.type ? sent.type : "application/json; charset=utf-8"));
    http_dispatch(cx, &request, &response);
    return response;
}

static int status(Ctx *cx, Method method, const char *path, Sent sent)
{
    Response response = ask(cx, method, path, sent);
    return response.status;
}

static FALLIBLE find_sofia(Ctx *cx, void *state)
{
    Actor *actor;
    TRY(actor_load(cx, "sofia", DOOR_API, &actor));
    *(Id *)state = actor->user;
    return NULL;
}

typedef struct Given {
    Id user;
    const char *text; // a hash in, or a token out
} Given;

static FALLIBLE give_password(Ctx *cx, void *state)
{
    const Given *given = state;
    return password_set(cx, given->user, given->text);
}

static FALLIBLE give_token(Ctx *cx, void *state)
{
    Given *given = state;
    return token_create(cx, given->user, "test", 1, &given->text);
}

// Sofia with the password "correct horse".
static Given sofia(Ctx *cx)
{
    Given given = {0};
    test_packs_open(cx);
    CHECK_OK(database_read(cx, cx->company->database, find_sofia, &given.user));
    CHECK_OK(password_hash(cx, "correct horse", &given.text));
    CHECK_OK(database_write(cx, cx->company->database, give_password, &given));
    return given;
}

static SignedIn sign_in(Ctx *cx)
{
    SignedIn signed_in;
    CHECK_OK(session_sign_in(cx, "sofia", "correct horse", "10.0.0.1", &signed_in));
    return signed_in;
}

DB_TEST(a_session_is_known_by_its_cookie_until_it_is_over)
{
    sofia(cx);
    SignedIn session = sign_in(cx);
    Response who = ask(cx, METHOD_GET, "/test/who", (Sent){.cookie = session.token});
    CHECK_INT(who.status, 200);
    CHECK_TEXT(who.json.text.bytes, "sofia");
    CHECK_INT(status(cx, METHOD_GET, "/test/who", (Sent){0}), 401);
    CHECK_INT(status(cx, METHOD_GET, "/test/who", (Sent){.cookie = "made-up"}), 401);
    cx->now += ((Instant)SESSION_IDLE_S + 1) * 1000000;
    CHECK_INT(status(cx, METHOD_GET, "/test/who", (Sent){.cookie = session.token}), 401);
    CHECK_INT(status(cx, METHOD_GET, "/test/open", (Sent){.cookie = session.token}), 200);
}

DB_TEST(a_change_needs_the_csrf_header_of_its_session)
{
    sofia(cx);
    SignedIn one = sign_in(cx), other = sign_in(cx);
    Sent sent = {.cookie = one.token, .body = "{\"a\":1}"};
    CHECK_INT(status(cx, METHOD_POST, "/test/change", sent), 403);
    sent.csrf = other.csrf;
    CHECK_INT(status(cx, METHOD_POST, "/test/change", sent), 403);
    sent.csrf = one.csrf;
    CHECK_INT(status(cx, METHOD_POST, "/test/change", sent), 200);
}

DB_TEST(a_program_comes_with_a_token_and_without_csrf)
{
    Given given = sofia(cx);
    CHECK_OK(database_write(cx, cx->company->database, give_token, &given));
    Sent sent = {.bearer = given.text, .body = "{}"};
    CHECK_INT(status(cx, METHOD_POST, "/test/change", sent), 200);
    cx->now += (Instant)2 * 86400 * 1000000;
    CHECK_INT(status(cx, METHOD_POST, "/test/change", sent), 401);
}

DB_TEST(a_new_password_ends_all_sessions_of_the_user)
{
    Given given = sofia(cx);
    SignedIn session = sign_in(cx);
    CHECK_OK(password_hash(cx, "battery staple", &given.text));
    CHECK_OK(database_write(cx, cx->company->database, give_password, &given));
    CHECK_INT(status(cx, METHOD_GET, "/test/who", (Sent){.cookie = session.token}), 401);
    SignedIn again;
    CHECK_FAILS(session_sign_in(cx, "sofia", "correct horse", "10.0.0.1", &again), ERR_SIGNED_OUT,
                "wrong");
}

DB_TEST(guessing_is_stopped_and_says_so)
{
    SignedIn session;
    sofia(cx);
    for (int i = 0; i < SESSION_FAILURES; i++)
        CHECK_FAILS(session_sign_in(cx, "sofia", "a wrong one", "10.0.0.9", &session),
                    ERR_SIGNED_OUT, "wrong");
    CHECK_FAILS(session_sign_in(cx, "sofia", "correct horse", "10.0.0.9", &session), ERR_TOO_MANY,
                "too many");
    CHECK_OK(session_sign_in(cx, "sofia", "correct horse", "10.0.0.1", &session));
}

DB_TEST(a_right_that_is_not_held_is_denied_and_named)
{
    sofia(cx);
    SignedIn session = sign_in(cx);
    Response denied = ask(cx, METHOD_GET, "/test/rare", (Sent){.cookie = session.token});
    CHECK_INT(denied.status, 403);
    CHECK_TEXT(value_get_text(denied.json, "message"), "this needs the permission test.rare");
}

DB_TEST(a_body_must_be_what_the_route_takes)
{
    sofia(cx);
    SignedIn session = sign_in(cx);
    Sent sent = {.cookie = session.token, .csrf = session.csrf, .body = "{\"a\":", .type = NULL};
    CHECK_INT(status(cx, METHOD_POST, "/test/change", sent), 400);
    sent.body = "[1]";
    CHECK_INT(status(cx, METHOD_POST, "/test/change", sent), 400);
    sent.body = "{}";
    sent.type = "text/plain";
    CHECK_INT(status(cx, METHOD_POST, "/test/change", sent), 400);
}
