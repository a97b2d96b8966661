// SPDX-License-Identifier: Apache-2.0
#include "base/ids.h"
#include "db/database.h"
#include "http/http.h"
#include "http/schemas.h"
#include "http/session.h"
#include "record/department.h"
#include "record/record.h"

static Value words_json(Ctx *cx, const char *const *words, size_t count)
{
    Value *items = NEW_ARRAY(cx->arena, Value, count + 1);
    for (size_t i = 0; i < count; i++)
        items[i] = value_text(words[i]);
    return value_list(items, count);
}

static FALLIBLE user_json(Ctx *cx, const Actor *actor, Value *out)
{
    Record *user;
    Value department, json = value_context(cx->arena);
    const Actor *asking = cx->actor;
    // The own name and language are everybody's to know of themselves.
    cx->actor = actor_system();
    Error *error = record_get(cx, "user", actor->user, &user);
    cx->actor = asking;
    TRY(error);
    TRY(department_value(cx, actor->department, &department));
    value_set(cx->arena, json, "id", value_text(id_text(cx->arena, actor->user)));
    value_set(cx->arena, json, "login", value_text(actor->login));
    value_set(cx->arena, json, "name", value_text(actor->name));
    value_set(cx->arena, json, "department", department);
    value_set(cx->arena, json, "positions",
              words_json(cx, actor->positions, actor->position_count));
    value_set(cx->arena, json, "language", value_text(record_text(user, "language")));
    value_set(cx->arena, json, "permissions",
              words_json(cx, actor->permissions, actor->permission_count));
    *out = json;
    return NULL;
}

static FALLIBLE session_json(Ctx *cx, const Actor *actor, const char *csrf, Value *out)
{
    Value user, json = value_context(cx->arena);
    TRY(user_json(cx, actor, &user));
    value_set(cx->arena, json, "user", user);
    value_set(cx->arena, json, "csrf", value_text(csrf ? csrf : ""));
    *out = json;
    return NULL;
}

typedef struct Opened {
    SignedIn signed_in;
    Value json;
} Opened;

static FALLIBLE show_opened(Ctx *cx, void *state)
{
    Opened *opened = state;
    Actor *actor;
    TRY(actor_load_id(cx, opened->signed_in.user, DOOR_API, &actor));
    return session_json(cx, actor, opened->signed_in.csrf, &opened->json);
}

static Value cookie(Ctx *cx, const Request *request, const char *token, int seconds)
{
    return value_text(
        text_format(cx->arena, "%s=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Strict%s",
                    SESSION_COOKIE, token, seconds, request->secure ? "; Secure" : ""));
}

ROUTE(session_open_route, POST, "/api/v1/session", "public", "Sign in with login and password",
      .unit = UNIT_NONE, .input = SCHEMA("SignIn"), .output = SCHEMA("Session"))
{
    const char *login = value_get_text(request->json, "login");
    const char *password = value_get_text(request->json, "password");
    if (!login || !password)
        return error_field(FAIL(cx, ERR_INVALID, "signing in needs login and password"),
                           login ? "password" : "login");
    Opened opened;
    TRY(session_sign_in(cx, login, password, request->address, &opened.signed_in));
    TRY(database_read(cx, cx->company->database, show_opened, &opened));
    value_set(cx->arena, response->headers, "Set-Cookie",
              cookie(cx, request, opened.signed_in.token, SESSION_LIFE_S));
    response->status = 201;
    response->json = opened.json;
    return NULL;
}

ROUTE(session_show_route, GET, "/api/v1/session", "signed-in", "Who is signed in",
      .output = SCHEMA("Session"))
{
    const char *token = session_cookie(cx, request);
    return session_json(cx, cx->actor, token ? session_csrf(cx, token) : NULL, &response->json);
}

ROUTE(session_close_route, DELETE, "/api/v1/session", "signed-in", "Sign out")
{
    value_set(cx->arena, response->headers, "Set-Cookie", cookie(cx, request, "", 0));
    response->status = 204;
    return session_end(cx, request);
}
