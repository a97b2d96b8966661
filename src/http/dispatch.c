// SPDX-License-Identifier: Apache-2.0
// From a request to a response: route, actor, right, CSRF, body, unit of work, handler.
#include "base/json.h"
#include "base/log.h"
#include "db/database.h"
#include "http/pipe.h"
#include "http/problem.h"
#include "http/router.h"
#include "http/session.h"
#include "http/spool.h"
#include "record/record.h"

#include <sodium.h>
#include <string.h>

typedef struct Dispatch {
    const Route *route;
    Request *request;
    Response *response;
    Actor *actor;
    const char *session; // NULL for programs
} Dispatch;

static const Actor nobody = {.login = "", .name = "", .door = DOOR_API};

static FALLIBLE check_csrf(Ctx *cx, const Dispatch *dispatch)
{
    if (dispatch->request->method == METHOD_GET || !dispatch->session)
        return NULL;
    const char *wanted = session_csrf(cx, dispatch->session);
    const char *given = value_get_text(dispatch->request->headers, "x-csrf-token");
    size_t length = strlen(wanted);
    if (!given || strlen(given) != length || sodium_memcmp(given, wanted, length) != 0)
        return error_hint(FAIL(cx, ERR_DENIED, "the header X-CSRF-Token is missing or wrong"),
                          "Take it from GET /api/v1/session.");
    return NULL;
}

static FALLIBLE check_right(Ctx *cx, const Dispatch *dispatch)
{
    const char *right = dispatch->route->right;
    if (text_equal(right, "public"))
        return NULL;
    if (!dispatch->actor)
        return error_hint(FAIL(cx, ERR_SIGNED_OUT, "nobody is signed in"), "Sign in first.");
    if (!text_equal(right, "signed-in") && !actor_may(dispatch->actor, right))
        return error_hint(FAIL(cx, ERR_DENIED, "this needs the permission %s", right),
                          "Ask an administrator for a role that has it.");
    return check_csrf(cx, dispatch);
}

// What the request asks for, else what the actor has chosen.
static const char *choose_language(const Dispatch *dispatch)
{
    const char *wanted = value_get_text(dispatch->request->headers, "accept-language");
    if (!wanted || text_starts(wanted, "*"))
        wanted = dispatch->actor ? dispatch->actor->language : NULL;
    return wanted && text_starts(wanted, "zh") ? "zh-CN" : "en";
}

// Inside a unit of work: finds the actor and checks the right.
static FALLIBLE admit(Ctx *cx, void *state)
{
    Dispatch *dispatch = state;
    dispatch->actor = NULL;
    Error *error = session_actor(cx, dispatch->request, &dispatch->actor, &dispatch->session);
    // A session that is over does not stand in the way of signing in again.
    if (error && (error->code != ERR_SIGNED_OUT || !text_equal(dispatch->route->right, "public")))
        return error;
    cx->language = choose_language(dispatch);
    return check_right(cx, dispatch);
}

// Whether a Content-Type names this media type, whatever its parameters.
static bool is_media(const char *given, const char *wanted)
{
    size_t length = strlen(wanted);
    return given && strncasecmp(given, wanted, length) == 0 &&
           (given[length] == '\0' || given[length] == ';' || given[length] == ' ');
}

static FALLIBLE check_media(Ctx *cx, const Dispatch *dispatch)
{
    const Request *request = dispatch->request;
    const Route *route = dispatch->route;
    const char *given = value_get_text(request->headers, "content-type");
    const char *wanted = route->accepts ? route->accepts : "application/json";
    if (!is_media(given, wanted))
        return error_hint(FAIL(cx, ERR_INVALID, "the body must be %s", wanted),
                          "Set the header Content-Type.");
    return NULL;
}

static FALLIBLE read_body(Ctx *cx, Dispatch *dispatch)
{
    Request *request = dispatch->request;
    const Route *route = dispatch->route;
    if (request->method == METHOD_GET ||
        (!request->body_length && !route->input && !route->streams))
        return NULL;
    TRY(check_media(cx, dispatch));
    if (route->accepts)
        return NULL;
    TRY(json_parse(cx, request->body, request->body_length, &request->json));
    if (request->json.kind != VALUE_CONTEXT)
        return FAIL(cx, ERR_INVALID, "the body must be a JSON object");
    return NULL;
}

static FALLIBLE handle(Ctx *cx, void *state)
{
    Dispatch *dispatch = state;
    struct Pipe *pipe = dispatch->response->pipe;
    if (pipe)
        TRY(pipe_restart(cx, pipe));
    *dispatch->response = (Response){.status = 200,
                                     .type = "application/json",
                                     .headers = value_context(cx->arena),
                                     .pipe = pipe};
    TRY(dispatch->route->handle(cx, dispatch->request, dispatch->response));
    bool writes = dispatch->request->method != METHOD_GET && dispatch->route->unit != UNIT_READ;
    if (cx->db && writes && dispatch->session)
        return session_seen(cx, dispatch->request);
    return NULL;
}

// What can be told of the request once it is known who asks.
static FALLIBLE check(Ctx *cx, Dispatch *dispatch)
{
    cx->actor = dispatch->actor ? dispatch->actor : &nobody;
    TRY(router_check_query(cx, dispatch->route, dispatch->request));
    return read_body(cx, dispatch);
}

// The server has looked for it already, to know what body to take.
static FALLIBLE find_route(Ctx *cx, Dispatch *dispatch)
{
    Request *request = dispatch->request;
    if (!request->route)
        TRY(router_find(cx, request->method, request->path, &request->route, &request->parameters));
    dispatch->route = request->route;
    return NULL;
}

// A request that only reads is one unit of work.
static FALLIBLE admit_and_handle(Ctx *cx, void *state)
{
    TRY(admit(cx, state));
    TRY(check(cx, state));
    return handle(cx, state);
}

static FALLIBLE run(Ctx *cx, Dispatch *dispatch)
{
    TRY(find_route(cx, dispatch));
    Unit unit = dispatch->route->unit;
    if (unit == UNIT_READ || (unit == UNIT_BY_METHOD && dispatch->request->method == METHOD_GET))
        return database_read(cx, cx->company->database, admit_and_handle, dispatch);
    TRY(database_read(cx, cx->company->database, admit, dispatch));
    TRY(check(cx, dispatch));
    return unit == UNIT_NONE ? handle(cx, dispatch)
                             : database_write(cx, cx->company->database, handle, dispatch);
}

FALLIBLE http_admit(Ctx *cx, Request *request)
{
    Dispatch dispatch = {.request = request};
    cx->language = choose_language(&dispatch);
    cx->actor = &nobody;
    TRY(find_route(cx, &dispatch));
    TRY(database_read(cx, cx->company->database, admit, &dispatch));
    return check_media(cx, &dispatch);
}

FALLIBLE body_read(Ctx *cx, char *bytes, size_t room, size_t *got, void *state)
{
    BodyReader *reader = state;
    const Request *request = reader->request;
    if (request->spool) {
        TRY(spool_read(cx, request->spool, reader->at, bytes, room, got));
    } else {
        size_t left = request->body_length - reader->at;
        *got = left < room ? left : room;
        memcpy(bytes, request->body + reader->at, *got);
    }
    reader->at += *got;
    return NULL;
}

FALLIBLE response_write(Ctx *cx, const char *bytes, size_t length, void *state)
{
    Response *response = state;
    if (response->pipe)
        return pipe_write(cx, response->pipe, bytes, length);
    Buffer *body = buffer_new(cx->arena);
    buffer_add(body, response->body ? response->body : "", response->body_length);
    buffer_add(body, bytes, length);
    response->body = body->bytes;
    response->body_length = body->length;
    return NULL;
}

void http_dispatch(Ctx *cx, Request *request, Response *response)
{
    Dispatch dispatch = {.request = request, .response = response};
    cx->language = choose_language(&dispatch);
    cx->actor = &nobody;
    Error *error = run(cx, &dispatch);
    if (!error)
        return;
    if (error->code == ERR_INTERNAL)
        log_error(request->path, error);
    if (response->pipe && pipe_flows(response->pipe)) {
        pipe_end(response->pipe, true);
        return;
    }
    problem_answer(cx, error, response);
}
